"""What the grammar's rules are turned into while a sentence is read: things, and items that follow a verb."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from deskgraph.schema.english.plan import Condition, Option, Ref
from deskgraph.schema.verb import Verb


@dataclass(frozen=True, slots=True)
class Edge:
    """One meaning of the tokens from `first` to before `behind`: a terminal of the grammar, at a cost.

    `fix` has the misspelled tokens and what they were read as.
    """

    terminal: str
    meaning: Any
    cost: float
    first: int
    behind: int
    fix: tuple[tuple[int, str], ...] = ()

    def __str__(self) -> str:
        return self.terminal


@dataclass(frozen=True, slots=True)
class Text:
    """Free text. `quoted`: it stands in quotation marks."""

    text: str
    first: int
    behind: int
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a choice, with the names of the fields that it may be the value of."""

    values: tuple[tuple[str, str], ...]
    first: int
    behind: int

    def of(self, name: str) -> str | None:
        """The value for the field of that name."""
        return dict(self.values).get(name)


@dataclass(frozen=True, slots=True)
class Null:
    """That a field is to have no value."""

    first: int
    behind: int


Value = Ref | Text | Word | Null


POLITE = "polite"


@dataclass(frozen=True, slots=True)
class Item:
    """Something that follows a verb.

    kind      mark            name         values
    thing                                  references
    marked    "to", "with"                 references, or one text, word or null
    named                     the field    references, or one text, word or null
    field                     the field
    chosen                                 one word
    where                                  conditions, each an adjective's meaning
    bare                                   one text
    noise
    fill      POLITE or ""
    """

    kind: str
    mark: str = ""
    name: str = ""
    values: tuple[Any, ...] = ()
    first: int = 0
    behind: int = 0


@dataclass(frozen=True, slots=True)
class Things:
    """References with what describes them further."""

    refs: tuple[Ref, ...]
    mods: tuple[Item, ...]
    first: int
    behind: int


@dataclass(frozen=True, slots=True)
class Adjective:
    """An adjective: what it asks, by the noun that it describes."""

    meaning: dict[str, tuple[str, tuple[str, ...]]]
    first: int
    behind: int

    def of(self, noun: str) -> Condition | None:
        """The condition for a noun, if the adjective fits it."""
        field, values = self.meaning.get(noun, ("", ()))
        return Condition(field, values) if field else None


@dataclass(frozen=True, slots=True)
class Done:
    """A verb's past with what follows it."""

    group: str
    items: tuple[Item, ...]
    first: int
    behind: int


@dataclass(frozen=True, slots=True)
class Filled:
    """An idiom's slots, filled, and what the idiom itself gives."""

    verb: type[Verb]
    slots: tuple[tuple[str, Any], ...]
    given: dict[str, Any]


class Refused(Exception):
    """A reading that makes no sense: what is wrong, with which tokens, and in how far it was right at least.

    `option` is what it comes to if what is missing is found elsewhere in the sentence.
    """

    def __init__(
        self,
        message: str,
        first: int,
        behind: int,
        *,
        code: str = "NOT_UNDERSTOOD",
        field: str | None = None,
        verb: type[Verb] | None = None,
        candidates: tuple[str, ...] = (),
        weight: int = 0,
        option: Option | None = None,
    ) -> None:
        super().__init__(message)
        self.message, self.first, self.behind, self.code = message, first, behind, code
        self.field, self.verb, self.candidates, self.weight = field, verb, candidates, weight
        self.option = option
