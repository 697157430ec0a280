"""What the generated words are made of: fields, nouns and verbs, as a client needs them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Generic, TypeAlias, TypeVar

from deskgraph.client.errors import raise_first
from deskgraph.schema.errors import InvalidInputError

T = TypeVar("T")
R = TypeVar("R", bound="Record")
# A value, or several of which one is to match.
Some: TypeAlias = T | list[T] | tuple[T, ...] | set[T]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A noun as it was read, in Python's names. An edge to one node is that node's id: `ticket.contact`.

    What a verb reveals once (`webhook.secret`) is an attribute, too, but no value that is compared or printed.
    """

    id: str

    def as_dict(self) -> dict[str, Any]:
        """The values by name."""
        return {column.name: getattr(self, column.name) for column in fields(self) if column.compare}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a noun or an input of a verb, by its name in GraphQL.

    `words`: the enum of its values. `moment`: it is a time. `to`: the noun at the other end of an edge, one or `many`.
    """

    graphql: str
    words: type[StrEnum] | None = None
    moment: bool = False
    to: str = ""
    many: bool = False
    sortable: bool = False

    def load(self, value: Any) -> Any:
        """The Python value of what was read."""
        if value is None:
            return None
        if self.to:
            return value["id"]
        if self.moment:
            return datetime.fromisoformat(value)
        known = self.words is not None and value in self.words.__members__  # a newer server may have more words
        return self.words(value) if self.words and known else value

    def dump(self, value: Any) -> Any:
        """The value as it is sent."""
        if value is None or self.words is None:
            return plain(value)
        if isinstance(value, list | tuple | set):
            return [self.dump(one) for one in value]
        word = str(value).upper().replace("-", "_").replace(" ", "_")
        if word not in self.words.__members__:
            known = ", ".join(self.words.__members__)
            raise InvalidInputError(f"{self.graphql} must be one of {known}, not {value!r}.", field=self.graphql)
        return word


def plain(value: Any) -> Any:
    """A value without records: each stands for its id."""
    if isinstance(value, Record):
        return value.id
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list | tuple | set) else value


NOUNS: dict[str, Noun[Any]] = {}


@dataclass(frozen=True)
class Noun(Generic[R]):
    """A noun: its record with the record's fields, and by what else it may be asked for, both by Python's names."""

    name: str
    prefix: str
    plural: str
    record: type[R]
    fields: dict[str, Field]
    others: dict[str, Field] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Remember the noun by its name."""
        NOUNS[self.name] = self

    @cached_property
    def selection(self) -> str:
        """What to ask of GraphQL for a record, under Python's names."""
        return " ".join(
            f"{'' if name == one.graphql else f'{name}: '}{one.graphql}{' { id }' if one.to else ''}"
            for name, one in self.fields.items()
        )

    @cached_property
    def by_graphql(self) -> dict[str, Field]:
        """All fields by their names in GraphQL."""
        return {one.graphql: one for one in (*self.fields.values(), *self.others.values())}

    def read(self, node: dict[str, Any], **revealed: Any) -> R:
        """The record of what was read, and of what a verb revealed."""
        values: dict[str, Any] = {name: one.load(node[name]) for name, one in self.fields.items()}
        return self.record(**values, **revealed)


@dataclass(frozen=True)
class Verb(Generic[R]):
    """A verb of a noun: what it takes, by Python's names, what it needs of that, and what its answer reveals once."""

    noun: Noun[R]
    name: str
    past: str
    takes: dict[str, Field]
    needs: tuple[str, ...] = ()
    reveals: tuple[str, ...] = ()

    @property
    def mutation(self) -> str:
        """The name of its mutation: `resolveTicket`."""
        return f"{self.name}{self.noun.name}"

    @property
    def event(self) -> str:
        """The type of its event: `ticket.resolved`."""
        return f"{self.noun.prefix}.{self.past}"

    @cached_property
    def text(self) -> str:
        """The operation that does it."""
        mutation = self.mutation
        return (
            f"mutation ($input: {mutation[0].upper()}{mutation[1:]}Input!) {{ done: {mutation}(input: $input) {{"
            f" noun: {self.noun.prefix} {{ {self.noun.selection} }} {' '.join(self.reveals)}"
            f" errors {{ code message field }} }} }}"
        )

    @cached_property
    def batch_text(self) -> str:
        """The operation that does it many times."""
        mutation = f"{self.name}{self.noun.plural[0].upper()}{self.noun.plural[1:]}"
        return (
            f"mutation ($input: {mutation[0].upper()}{mutation[1:]}Input!) {{ done: {mutation}(input: $input) {{"
            f" results {{ noun: {self.noun.prefix} {{ {self.noun.selection} }} errors {{ code message field }} }}"
            f" errors {{ code message field }} }} }}"
        )

    def input(self, given: Mapping[str, object]) -> dict[str, Any]:
        """The mutation's input; INVALID_INPUT where something is missing, or is nothing that it takes."""
        for name in given:
            if name not in self.takes:
                raise InvalidInputError(f"{self.mutation} takes {', '.join(self.takes)}, not {name!r}.", field=name)
        for name in self.needs:
            if given.get(name) is None:
                missing = self.takes[name].graphql
                raise InvalidInputError(f"{self.mutation} needs {missing}.", field=missing)
        return {self.takes[name].graphql: self.takes[name].dump(value) for name, value in given.items()}

    def read(self, data: dict[str, Any]) -> R:
        """The noun as it is after the verb, or what the payload's errors say."""
        payload = data["done"]
        raise_first(payload["errors"])
        return self.noun.read(payload["noun"], **{name: payload[name] for name in self.reveals})
