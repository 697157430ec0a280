"""What nouns are counted by: their choices, whole numbers and single edges, the days and months of their moments."""

from __future__ import annotations

from dataclasses import dataclass

from deskgraph.schema.fields import Choice, Field, Integer, LongInteger, Moment, One, Prop, Text, camel_case
from deskgraph.schema.noun import Noun, noun_of

DEFAULT_COUNTS = 100
MAX_COUNTS = 10_000
# How many characters of a moment in ISO 8601 tell them.
UNITS = {"day": 10, "month": 7}


@dataclass(frozen=True, slots=True)
class Group:
    """A field that nouns are counted by, or, with a `unit`, the day or month in UTC of a moment."""

    field: Field
    unit: str = ""

    @property
    def name(self) -> str:
        """Its name in Python: `assignee`, `created_day`; `day` of a moment called `at`."""
        stem = self.field.name
        return f"{stem.removesuffix('at').removesuffix('_')}_{self.unit}".strip("_") if self.unit else stem

    @property
    def graphql(self) -> str:
        """Its name as a field of a count."""
        return camel_case(self.name)

    @property
    def doc(self) -> str:
        """What it is."""
        return f"{self.field.doc.removesuffix('.')}: the {self.unit} in UTC." if self.unit else self.field.doc

    def read(self, variable: str) -> str:
        """The Cypher expression of a stored value for the node in `variable`."""
        assert isinstance(self.field, Prop)
        return f"left({self.field.read(variable)}, {UNITS[self.unit]})" if self.unit else self.field.read(variable)

    def sort(self, value: str) -> str:
        """The Cypher expression that groups of equal counts are ordered by."""
        if isinstance(self.field, One):
            return f"{value}.id"
        return self.field.rank(value) if isinstance(self.field, Choice) else value


def groups_of(noun: type[Noun]) -> dict[str, Group]:
    """What a noun is counted by, by the names in GraphQL."""
    found = [group for declared in noun.fields.values() for group in _of(declared)]
    return {group.graphql: group for group in found}


def counts_of(noun: type[Noun]) -> str:
    """The root field that counts a noun: `ticketCounts`."""
    return f"{noun.prefix}Counts"


def target_of(group: Group) -> type[Noun] | None:
    """The noun that an edge leads to."""
    return noun_of(group.field.target) if isinstance(group.field, One) else None


def _of(declared: Field) -> list[Group]:
    if isinstance(declared, Moment):
        return [Group(declared, unit) for unit in UNITS]
    whole = isinstance(declared, Integer) and not isinstance(declared, LongInteger)
    kind = isinstance(declared, Text) and declared.kind
    edge = isinstance(declared, One) and declared.target != "Node"
    return [Group(declared)] if whole or kind or edge or isinstance(declared, Choice) else []
