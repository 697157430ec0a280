"""What a sentence means before anything is looked up: steps of verbs, with references to what there is.

Everything has a notation, in which plans are shown and tests are written: `ticket.assign #1042 agent=Sam`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from deskgraph.schema.fields import Choice, Field
from deskgraph.schema.verb import Verb

MANY = ("all", "several", "both")
RANGED = "range"


@dataclass(frozen=True, slots=True)
class Condition:
    """What is asked of something that is described: a field that has one of `values`, or an edge to `ref`.

    No values and no `ref`: there must be none. Without a `field` any edge that can lead to `ref` will do. `part`:
    text that the field must contain. `relation`: how a moment stands to the value, which is a day or "30 days ago".
    """

    field: str
    values: tuple[str, ...] = ()
    ref: Ref | None = None
    part: str = ""
    relation: str = ""

    def __str__(self) -> str:
        if self.relation:
            return f"{self.field}{self.relation}{self.values[0]}"
        if self.part:
            return f"{self.field}~{self.part!r}"
        if self.ref is not None:
            return f"{self.field or 'of'}={self.ref}"
        return f"{self.field}={'/'.join(self.values) or 'none'}"


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference: `kind` is id, number, bare number, email, name, quoted, pronoun, me, anyone or select.

    `text` is the id, number, address, name or pronoun. `noun` is the prefix of the noun, where the sentence says it.
    A select describes what it means by conditions, and `count` says how many are meant: one, all, several, both,
    newest or oldest; of a number it may say that it
    is one of a range. `first` and `behind` are the tokens that say it.
    """

    kind: str
    text: str = ""
    noun: str = ""
    count: str = "one"
    conditions: tuple[Condition, ...] = ()
    first: int = 0
    behind: int = 0

    def __str__(self) -> str:
        return f"{self._head()}{''.join(f'[{condition}]' for condition in self.conditions)}"

    def _head(self) -> str:
        if self.kind == "select":
            return f"{'' if self.count == 'one' else self.count + ' '}{self.noun}"
        if self.kind in ("number", "bare number"):
            return f"#{self.text}"
        if self.kind == "quoted":
            return f"{self._typed()}{self.text!r}"
        return f"{self._typed()}{self.text}"

    def _typed(self) -> str:
        return f"{self.noun} " if self.noun and self.kind in ("name", "quoted", "email", "pronoun") else ""

    def where(self, *conditions: Condition) -> Ref:
        """The reference with more conditions."""
        return replace(self, conditions=(*self.conditions, *conditions))

    @property
    def many(self) -> bool:
        """Whether more than one may be meant."""
        return (self.kind == "select" and self.count in MANY) or (self.kind == "pronoun" and self.text == "them")


@dataclass(frozen=True, slots=True)
class Option:
    """One way to understand a step: a verb, what it is done to, and its inputs, in which a Ref is not looked up yet."""

    verb: type[Verb]
    subject: tuple[Ref, ...]
    given: dict[str, Any]

    @property
    def implied(self) -> bool:
        """Whether the sentence does not say what it is done to."""
        return any(ref.kind == "pronoun" and ref.text == "implied" for ref in self.subject)

    def __str__(self) -> str:
        subject = " & ".join(str(ref) for ref in self.subject)
        given = [f"{name}={_shown(self.verb.inputs[name], value)}" for name, value in self.given.items()]
        return " ".join([self.verb.key(), *([subject] if subject else []), *given])


@dataclass(frozen=True, slots=True)
class Correction:
    """A word that was taken for another one, and where it is in the text."""

    written: str
    read: str
    position: int


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the ways to understand it, of which what is looked up leaves one, and the words that say it.

    `asked`: it has the form of a polite question. `items` is what a step without a verb says. `terse`: it
    only states something, as in "#3: urgent". `headed`: it creates without a verb, which it may do "alone" ("Ticket
    for Ann: cannot log in") or only behind another creating step ("and a contact Ann"). `lacks` is the error of
    a step whose text may yet come from the words before it. `fronted`: a value stands before it, as in "urgent: create
    a ticket ...", and nothing else can be created behind it, for that may be meant as well. `mood`: it says
    what is so ("stated"), what should be done to something ("wished"), or the same in short behind another wish
    ("elliptic"), as in "#3 should be closed and #4 reopened".
    """

    options: tuple[Option, ...]
    first: int = 0
    behind: int = 0
    position: int = 0
    length: int = 0
    text: str = ""
    corrections: tuple[Correction, ...] = ()
    asked: bool = False
    items: tuple[Any, ...] = ()
    lacks: Exception | None = None
    terse: bool = False
    headed: str = ""
    fronted: bool = False
    mood: str = ""

    @property
    def price(self) -> float:
        """What it costs to understand the step so: something must be done to what is not even mentioned."""
        if any(not option.implied for option in self.options):
            return 0.0
        return 3.0 if any(option.verb.partial for option in self.options) else 1.0

    def __str__(self) -> str:
        return " | ".join(str(option) for option in self.options)


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of a sentence, in order."""

    text: str
    steps: tuple[Step, ...]

    def __str__(self) -> str:
        return "\n".join(str(step) for step in self.steps)


def _shown(declared: Field, value: Any) -> str:
    return repr(value) if isinstance(value, str) and not isinstance(declared, Choice) else str(value)


def joined(conditions: list[Condition]) -> tuple[Condition, ...]:
    """The conditions, those on the same field as one: "open and escalated" is either."""
    found: dict[str, Condition] = {}
    rest: list[Condition] = []
    for condition in conditions:
        known = found.get(condition.field)
        if condition.ref is not None or condition.relation or not condition.values:
            rest.append(condition)
        else:
            values = (*(known.values if known else ()), *condition.values)
            found[condition.field] = Condition(condition.field, tuple(dict.fromkeys(values)))
    return (*found.values(), *rest)
