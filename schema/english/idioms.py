"""Idioms: whole phrases that verbs declare, such as "let {agent} (handle|take) {id}"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from deskgraph.schema.english.groups import Group, is_text
from deskgraph.schema.verb import Verb


@dataclass(frozen=True)
class Meaning:
    """What an idiom does: a verb, with the inputs that its slots hold in this order, and those it gives itself."""

    verb: type[Verb]
    slots: tuple[str, ...]
    given: dict[str, Any]


@dataclass(frozen=True)
class Idiom:
    """A phrase of words and slots, and what it may mean. A part is `{kind}` or the alternatives of its words."""

    parts: tuple[str, ...]
    meanings: tuple[Meaning, ...]
    group: Group

    @property
    def starts(self) -> str:
        """The words that it starts with, if it starts with words."""
        return "" if self.parts[0].startswith("{") else self.parts[0]

    def literals(self) -> Iterator[str]:
        """The parts that are words."""
        return (part for part in self.parts if not part.startswith("{"))


def literal(part: str) -> str:
    """The terminal of a part that is words."""
    first = re.sub(r"\W+", "_", part.split("|")[0].strip("( ")).upper()
    return f"L_{first}_{sum(map(ord, part)) % 9973}"


def idioms_of(groups: list[Group]) -> list[Idiom]:
    """All idioms; those of the same words and kinds of slots are one, which may mean several things."""
    found: dict[tuple[str, ...], Idiom] = {}
    for group in groups:
        for verb in group.verbs:
            for text, given in declared(verb).items():
                for parts, slots in _readings(verb, text):
                    known = found.get(parts)
                    meaning = Meaning(verb, slots, given)
                    meanings = (*(known.meanings if known else ()), meaning)
                    found[parts] = Idiom(parts, meanings, known.group if known else group)
    return list(found.values())


def declared(verb: type[Verb]) -> dict[str, dict[str, Any]]:
    """The idioms of a verb and of the classes that it is made of."""
    return {text: given for base in reversed(verb.__mro__) for text, given in vars(base).get("idioms", {}).items()}


def _readings(verb: type[Verb], text: str) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The parts and slots of an idiom, with and without each part that may be missing."""
    ways: list[tuple[tuple[str, ...], tuple[str, ...]]] = [((), ())]
    for kind, content in _pieces(text):
        part = f"{{{_kind(verb, content)}}}" if kind == "slot" else content
        longer = [((*parts, part), (*slots, content.rstrip("!")) if kind == "slot" else slots) for parts, slots in ways]
        ways = [*ways, *longer] if kind == "optional" else longer
    return ways


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """The slots, words and optional words of an idiom, in order: `{slot}`, `(these|those)`, `(these)?`, others."""
    while text := text.strip():
        if text[0] == "{":
            content, _, text = text[1:].partition("}")
            yield "slot", content
        elif text[0] == "(":
            end = _balanced(text)
            content, text = text[1:end], text[end + 1 :]
            yield ("optional" if text.startswith("?") else "words"), content
            text = text.removeprefix("?")
        else:
            content = re.split(r"[{(]", text, maxsplit=1)[0]
            text = text[len(content) :]
            yield "words", content.strip()


def _balanced(text: str) -> int:
    """Where the parenthesis that opens the text closes."""
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if not depth:
            return place
    raise ValueError(f"an idiom has a parenthesis too many: {text!r}")


def _kind(verb: type[Verb], slot: str) -> str:
    """Whether a slot holds something there is, or text; `{title!}` only what is in quotes."""
    if slot.endswith("!"):
        return "quote"
    return "text" if slot == "title" or is_text(verb.inputs.get(slot)) else "np"
