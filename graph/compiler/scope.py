"""The variables and parameters of one query while it is compiled."""

from __future__ import annotations

from typing import Any

from deskgraph.schema.errors import FilterTooComplexError, ForbiddenError
from deskgraph.schema.noun import Noun
from deskgraph.schema.roles import Role, forbidden

# Of all filters of one operation. Neo4j plans a query with 20 edges in its conditions in some 3 seconds, but one with
# 60 of them, or with 36 within each other, in half a minute; and once it has begun to plan, no time-out stops it.
MAX_CONDITIONS = 500
MAX_EDGES = 20


class Holes:
    """Whether a value was missing that GraphQL promises to be there, in the row that was shaped last."""

    found = False

    def mark(self) -> None:
        """One was missing."""
        self.found = True


class Scope:
    """Hands out fresh variable names, takes values as parameters, and knows what whoever reads may see.

    `reads_log`: the query lists events. `role` is the reader's; none is the desk itself, which sees everything.
    """

    def __init__(self, role: Role | None = None) -> None:
        self.role = role
        self.parameters: dict[str, Any] = {}
        self.holes = Holes()
        self.reads_log = False
        self._variables = self._conditions = self._edges = 0

    def condition(self, *, edge: bool = False) -> None:
        """Count a condition of a filter; FILTER_TOO_COMPLEX if there are too many for the database to plan in time."""
        self._conditions += 1
        self._edges += edge
        if self._conditions > MAX_CONDITIONS or self._edges > MAX_EDGES:
            raise FilterTooComplexError(field="filter")

    def sees(self, noun: type[Noun]) -> bool:
        """Whether the reader sees nouns of that kind at all."""
        return self.role is None or self.role in noun.readers

    def seen(self, noun: type[Noun], variable: str) -> list[str]:
        """The predicates that hold of those nouns that the reader sees; FORBIDDEN if that is none of the kind."""
        if not self.sees(noun):
            assert self.role
            raise ForbiddenError(forbidden(self.role, f"see {noun.plural}", noun.readers))
        condition = noun.scopes.get(self.role) if self.role else None
        return [condition(variable)] if condition else []

    def variable(self) -> str:
        """A new variable: n0, n1, ..."""
        self._variables += 1
        return f"n{self._variables - 1}"

    def parameter(self, value: Any) -> str:
        """The reference to a new parameter that holds the value: $p0, $p1, ..."""
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f"${name}"
