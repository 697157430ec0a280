"""Reading together: queries of one plan, each with its own parameters and its own answer, which nobody changes."""

from __future__ import annotations

from functools import lru_cache, partial
from string import Template
from typing import Any

from deskgraph.graph.compiler.cypher import Plan
from deskgraph.graph.compiler.slots import Slot
from deskgraph.graph.database import Database
from deskgraph.graph.sharing import FLIGHTS, Shared

# What takes the database fewer seconds is brief: it is asked together, so many at once at the most.
BRIEF = 0.005
MOST = 16
# Of what takes longer so many are under way at once, each alone: the round trip is little beside it, and others would
# have to wait for it. More at once would only share the database's cores, and answer nobody sooner.
LANES = 8
MAX_KINDS = 1000
AT = "asked_at"
Parameters = dict[str, Any]
Row = dict[str, Any]


class Kind(Shared[Parameters, Row]):
    """The questions of one plan. `fixed` are the parameters that all of them share.

    Several may not be asked together until it is known how long the database takes, nor if a list is asked with: Neo4j
    looks at its length when it chooses an index.
    """

    def __init__(self, database: Database, plan: Plan) -> None:
        super().__init__(LANES, 1)
        self.cypher = plan.cypher
        self.fixed = {name: value for name, value in plan.parameters.items() if not isinstance(value, Slot)}
        self.together = together(plan.cypher, self.fixed)
        self._database = database

    def key(self, asked: Parameters) -> str:
        """All that is asked with, told apart as Cypher does: the same moment with another offset is another value."""
        return repr(self._own(asked))

    async def send(self, asked: list[Parameters]) -> list[Row]:
        """The only row of each question."""
        own = [self._own(one) for one in asked]
        if len(asked) == 1:
            rows, seconds = await self._database.ask(self.cypher, asked[0])
        else:
            each = [{**one, AT: at} for at, one in enumerate(own)]
            rows, seconds = await self._database.ask(self.together, {**self.fixed, "each": each})
            rows.sort(key=lambda row: row.pop(AT))
        brief = seconds < BRIEF * len(asked) and not any(isinstance(value, list) for value in own[0].values())
        self.lanes, self.most = (FLIGHTS, MOST) if brief else (LANES, 1)
        return rows

    def _own(self, asked: Parameters) -> Parameters:
        return {name: value for name, value in asked.items() if name not in self.fixed}


class Questions:
    """Asks for the rows of plans, outside any transaction."""

    def __init__(self, database: Database) -> None:
        self._kind = lru_cache(MAX_KINDS)(partial(Kind, database))

    async def ask(self, plan: Plan, parameters: Parameters) -> Row:
        """The only row of a plan's query, perhaps asked for together with others."""
        return await self._kind(plan).ask(parameters)


def together(cypher: str, fixed: Parameters) -> str:
    """The text that asks for each of the list `$each`, whose entries hold all parameters but the fixed ones."""
    text = Template(cypher)
    own = {name: f"${name}" if name in fixed else f"each.{name}" for name in text.get_identifiers()}
    return f"UNWIND $each AS each\n{text.substitute(own)},\n  each.{AT} AS {AT}"
