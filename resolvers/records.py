"""What hooks and the SDK hold in their hands: a noun as it was read, or a verb as it is about to be done."""

from __future__ import annotations

from typing import Any

from deskgraph.schema.fields import Derived, Prop
from deskgraph.schema.noun import Noun
from deskgraph.schema.verb import Verb


class Record:
    """A noun as it was read, in Python's names: `ticket.subject`, `ticket.created_at`.

    An edge to one node is that node's id: `ticket.contact`. What a verb `revealed` is an attribute too
    (`webhook.secret`), but not among the values, so that nothing prints it.
    """

    __slots__ = ("_noun", "_revealed", "_values")

    def __init__(self, noun: type[Noun], values: dict[str, Any], revealed: dict[str, Any] | None = None) -> None:
        self._noun = noun
        self._values = values
        self._revealed = revealed or {}

    @classmethod
    def read(cls, noun: type[Noun], values: dict[str, Any], revealed: dict[str, Any] | None = None) -> Record:
        """The record of what the compiler's `record_picks` gave."""
        return cls(noun, {name: _load(noun, name, value) for name, value in values.items()}, revealed)

    def __getattr__(self, name: str) -> Any:
        try:
            return self._revealed[name] if name in self._revealed else self._values[name]
        except KeyError:
            raise AttributeError(f"{self._noun.__name__} has {', '.join(self._values)}, not {name!r}") from None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Record) and (self._noun, self._values) == (other._noun, other._values)

    def __hash__(self) -> int:
        return hash((self._noun, self._values["id"], self._values.get("version")))

    def __repr__(self) -> str:
        return f"{self._noun.__name__}({', '.join(f'{name}={value!r}' for name, value in self._values.items())})"

    def as_dict(self) -> dict[str, Any]:
        """The values by name."""
        return dict(self._values)


def _load(noun: type[Noun], name: str, value: Any) -> Any:
    """The Python value of a property; an edge's value is the id at its other end."""
    declared = noun.fields.get(name)
    if isinstance(declared, Prop):
        return declared.load(value)
    if isinstance(declared, Derived):
        return value
    return value["id"] if value else None


class Draft:
    """A verb as it is about to be done: the noun with the verb's input laid over it.

    Reading gives the input where there is one and otherwise the noun's present value. Setting changes the input, so
    only what the verb takes can be set.
    """

    __slots__ = ("current", "given", "verb")

    verb: type[Verb]
    given: dict[str, Any]
    current: Record | None

    def __init__(self, verb: type[Verb], given: dict[str, Any], current: Record | None) -> None:
        object.__setattr__(self, "verb", verb)
        object.__setattr__(self, "given", given)
        object.__setattr__(self, "current", current)

    def __getattr__(self, name: str) -> Any:
        if name in self.given:
            return self.given[name]
        if self.current is not None:
            return getattr(self.current, name)
        if name in self.verb.inputs or name in self.verb.noun.fields:
            return None
        raise AttributeError(f"{self.verb.noun.__name__} has no {name!r}")

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self.verb.inputs:
            takes = ", ".join(self.verb.inputs) or "no input"
            raise AttributeError(f"{self.verb.mutation()} takes {takes}: a hook can't set {name!r}")
        self.given[name] = value

    def __repr__(self) -> str:
        return f"{self.verb.mutation()}({self.given!r})"
