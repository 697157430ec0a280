"""From the text to tokens: words, ids, numbers, addresses, quoted texts and marks, each with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from deskgraph.schema.english.quotes import content, quoted_parts
from deskgraph.schema.noun import NOUNS

SCAN = re.compile(
    r"""
    (?P<space>[^\S\n]+)
  | (?P<newline>\s*\n\s*)
  | (?P<url>https?://[^\s<>"'`“”‘’]*[^\s<>"'`“”‘’.,;:!?)\]])
  | (?P<email>[^\W_][\w.+-]*@[\w-]+(?:\.[\w-]+)*\w)
  | (?P<hash>\#\s?\d{1,3}(?:,\d{3})+\b|\#\s?\d+\b)
  | (?P<arrow>->|=>|→|:=)
  | (?P<ordinal>\b(?:nos?|nrs?|num)\.(?=\s?\#?\d))
  | (?P<time>\b\d{1,2}(?::\d\d)?\s?(?:am|pm|a\.m\.|p\.m\.|o'clock)\b|\b\d{1,2}:\d\d\b)
  | (?P<number>\d+\b(?![.\-/'’]\w))
  | (?P<possessive>['’]s\b)
  | (?P<word>[@+]?\w(?:[\w/&+-]|[.'’](?=\w)|\.\*)*|\*\.\w+|\$(?=\w)|&)
  | (?P<stops>[.!?]{2,})
  | (?P<mark>.)
    """,
    re.VERBOSE | re.IGNORECASE,
)
STOPS = ".!?"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text: its `kind`, how it is spelled in vocabulary (`word`, in lower case), and its place."""

    kind: str
    text: str
    word: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text and its tokens. `unclosed` is where a quotation mark was never closed, or -1."""

    text: str
    tokens: tuple[Token, ...]
    unclosed: int = -1

    def place(self, first: int, behind: int) -> tuple[int, int]:
        """Where the tokens from `first` to before `behind` lie in the text."""
        if first >= len(self.tokens):
            return len(self.text.rstrip()), len(self.text.rstrip())
        return self.tokens[first].start, self.tokens[max(first, behind - 1)].end


def tokens_of(text: str) -> Sentence:
    """The sentence with its tokens."""
    parts = quoted_parts(text)
    found: list[Token] = []
    unclosed, place = -1, 0
    while place < len(text):
        if place in parts and parts[place] >= 0:
            end = parts[place] + 1
            found.append(Token("quoted", content(text[place:end]), "", place, end))
            place = end
            continue
        if place in parts:
            unclosed = place
        match = SCAN.match(text, place)
        assert match
        end = match.end()
        found += _made(match.lastgroup or "", text[place:end], place)
        if found and found[-1].text in ("'", "’") and place and text[place - 1].isalnum():
            found[-1] = Token("possessive", "'", "'s", place, end)
        place = end
    return Sentence(text, tuple(found), unclosed)


def _made(kind: str, text: str, start: int) -> list[Token]:
    """The tokens of one match: none for blanks, two for a possessive."""
    if kind == "space":
        return []
    if kind == "hash":
        digits = re.sub(r"\D", "", text)
        return [Token("hash", digits, "", start, start + len(text))]
    if kind == "stops":
        return [Token("stop", text, "?" if "?" in text else ".", start, start + len(text))]
    if kind == "possessive":
        return [Token(kind, text, "'s", start, start + len(text))]
    if kind == "mark":
        kind = "stop" if text in STOPS else "mark"
    if kind == "newline":
        return [Token("newline", text, "\n", start, start + len(text))]
    if kind == "word":
        return _word(text, start)
    return [Token(kind, text, text.lower(), start, start + len(text))]


def _word(text: str, start: int) -> list[Token]:
    """A word, or a word and its possessive ending."""
    plain = text.replace("’", "'")
    end = start + len(text)
    if plain.lower().endswith("'s") and len(plain) > 2 and plain.lower() not in CONTRACTED:
        return [*_word(text[:-2], start), Token("possessive", text[-2:], "'s", end - 2, end)]
    kind = "id" if _id_prefix(plain) else "number" if plain.isdigit() else "word"
    return [Token(kind, text.lstrip("@"), plain.lower().lstrip("@"), start, end)]


CONTRACTED = {
    "let's",
    "it's",
    "that's",
    "what's",
    "who's",
    "where's",
    "here's",
    "there's",
    "when's",
    "he's",
    "she's",
    "how's",
}


def _id_prefix(word: str) -> str:
    """The noun's prefix, if the word has the form of an id."""
    prefix, underscore, rest = word.partition("_")
    known = underscore and prefix.lower() in prefixes() and rest and re.fullmatch(r"[\w-]+", rest)
    return prefix.lower() if known else ""


@cache
def _prefixes(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(NOUNS[name].prefix for name in names)


def prefixes() -> frozenset[str]:
    """What ids may begin with."""
    return _prefixes(tuple(NOUNS))
