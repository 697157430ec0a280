"""The words that belong to no noun or verb of the desk, from words.txt, and lists of words that declarations share.

A list of phrases is text in which `|` separates them, `(a|b)` means either, and `@name` is another list of words.txt.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from deskgraph.schema.english.tokens import tokens_of

Phrase = tuple[str, ...]
REFERENCE = re.compile(r"@([a-z]+(?: [a-z]+)*)")

# Frequent slips and abbreviations that are too short to be found by their distance.
SLIPS = {
    "adn": "and",
    "nad": "and",
    "teh": "the",
    "hte": "the",
    "tehn": "then",
    "thn": "then",
    "wih": "with",
    "wth": "with",
    "wit": "with",
    "w/": "with",
    "u": "you",
    "til": "until",
    "thru": "through",
    "bc": "because",
    "b/c": "because",
    "cuz": "because",
    "coz": "because",
    "cos": "because",
    "tix": "tickets",
    "tkt": "ticket",
    "tkts": "tickets",
    "nd": "and",
    "n": "and",
}


@cache
def sections() -> dict[str, str]:
    """The lists of words.txt by their names."""
    found: dict[str, list[str]] = {}
    for line in (files(__package__) / "words.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            lines = found.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            lines.append(line)
    return {name: "|".join(lines) for name, lines in found.items()}


@cache
def listed(name: str) -> tuple[Phrase, ...]:
    """The phrases of a list of words.txt, each as its words."""
    return phrases(sections()[name])


@cache
def phrases(text: str) -> tuple[Phrase, ...]:
    """The alternatives of a text, each as its words: "go|make (sure|certain)" has three."""
    found = [words for part in _split(_resolved(text)) for words in _expand(part.strip())]
    return tuple(dict.fromkeys(spelled(words) for words in found if words))


@cache
def spelled(phrase: str) -> Phrase:
    """The words of a phrase as the tokens of a sentence have them."""
    return tuple(token.word for token in tokens_of(phrase).tokens)


@cache
def marks(text: str) -> tuple[str, ...]:
    """The phrases of a declaration's marks, each as one text."""
    return tuple(" ".join(words) for words in phrases(text)) if text else ()


def _resolved(text: str) -> str:
    """The text with lists in place of their names; the longest name that there is counts."""
    while match := REFERENCE.search(text):
        words = match[1].split()
        names = [" ".join(words[:count]) for count in range(len(words), 0, -1)]
        name = next(name for name in names if name in sections())
        inner = f"({sections()[name]})" if text.strip() != match[0] else sections()[name]
        text = f"{text[: match.start()]}{inner}{text[match.start() + 1 + len(name) :]}"
    return text


def _split(text: str) -> list[str]:
    """The parts between the bars outside of parentheses."""
    parts, depth = [""], 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if letter == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def _expand(part: str) -> list[str]:
    """The phrases that a part with parentheses stands for; one parenthesis may hold another."""
    head, opening, rest = part.partition("(")
    if not opening:
        return [part]
    depth = 1
    for place, letter in enumerate(rest):
        depth += (letter == "(") - (letter == ")")
        if not depth:
            inner, tails = rest[:place], _expand(rest[place + 1 :])
            break
    else:
        return [part]  # a lone parenthesis is a word of its own
    middles = [words for choice in _split(inner) for words in _expand(choice.strip())]
    return [f"{head}{middle}{tail}" for middle in middles for tail in tails]
