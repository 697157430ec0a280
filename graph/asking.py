"""Group reading: queries of one plan that come while the database is busy with others of it are asked as one.

Each has its own parameters and its own answer; what they share is the round trip. Whoever comes alone is asked at once,
and nobody joins a query that has begun: an answer holds all that was committed before it was asked for.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextvars import Context
from functools import lru_cache
from string import Template
from typing import Any

from neo4j.exceptions import Neo4jError

from deskgraph.graph.compiler.cypher import Plan
from deskgraph.graph.compiler.slots import Slot
from deskgraph.graph.database import Database

# What takes the database fewer seconds is brief: so many queries of a plan are under way at once, and each asks so many
# questions at the most.
BRIEF = 0.005
FLIGHTS = 2
MOST = 16
# Of what takes longer so many are under way at once, each alone: the round trip is little beside it, and others would
# have to wait for it. More at once would only share the database's cores, and answer nobody sooner.
LANES = 8
MAX_KINDS = 1000
AT = "asked_at"
Parameters = dict[str, Any]
Row = dict[str, Any]
Found = asyncio.Future[Row]
Asked = tuple[Parameters, Found]


class Kind:
    """The questions of one plan. `fixed` are the parameters that all of them share, `waiting` are those to come.

    `brief`: several may be asked together. They may not until it is known how long the database takes, nor if a list
    is asked with: Neo4j looks at its length when it chooses an index.
    """

    def __init__(self, plan: Plan) -> None:
        self.cypher = plan.cypher
        self.fixed = {name: value for name, value in plan.parameters.items() if not isinstance(value, Slot)}
        self.together = together(plan.cypher, self.fixed)
        self.brief = False
        self.flights = 0
        self.waiting: deque[Asked] = deque()

    def waits(self) -> bool:
        """Whether one that comes now waits for others to land."""
        return self.flights >= (FLIGHTS if self.brief else LANES)

    def next(self) -> list[Asked]:
        """Those that go next, without those for whom nobody waits any more."""
        taken: list[Asked] = []
        while self.waiting and len(taken) < (MOST if self.brief else 1):
            one = self.waiting.popleft()
            if not one[1].done():
                taken.append(one)
        return taken

    async def rows(self, database: Database, asked: list[Parameters]) -> list[Row]:
        """The only row of each question, in their order."""
        own = [{name: value for name, value in one.items() if name not in self.fixed} for one in asked]
        if len(asked) == 1:
            rows, seconds = await database.ask(self.cypher, asked[0])
        else:
            each = [{**one, AT: at} for at, one in enumerate(own)]
            rows, seconds = await database.ask(self.together, {**self.fixed, "each": each})
            rows.sort(key=lambda row: row.pop(AT))
        self.brief = seconds < BRIEF * len(asked) and not any(isinstance(value, list) for value in own[0].values())
        return rows


class Questions:
    """Asks for the rows of plans, outside any transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kind = lru_cache(MAX_KINDS)(Kind)
        self._tasks: set[asyncio.Task[None]] = set()

    async def ask(self, plan: Plan, parameters: Parameters) -> Row:
        """The only row of a plan's query, perhaps asked for together with others."""
        kind = self._kind(plan)
        if kind.waits():
            found: Found = asyncio.get_running_loop().create_future()
            kind.waiting.append((parameters, found))
            return await found
        kind.flights += 1
        try:
            return (await kind.rows(self._database, [parameters]))[0]
        finally:
            self._land(kind)

    def _land(self, kind: Kind) -> None:
        """A query has ended: those who wait are next."""
        kind.flights -= 1
        while kind.waiting and not kind.waits():
            kind.flights += 1
            task = asyncio.create_task(self._fly(kind, kind.next()), context=Context())  # nobody's own
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _fly(self, kind: Kind, group: list[Asked]) -> None:
        try:
            if group:
                await self._answer(kind, group)
        finally:
            self._land(kind)

    async def _answer(self, kind: Kind, group: list[Asked]) -> None:
        try:
            rows = await kind.rows(self._database, [parameters for parameters, _ in group])
        except Exception as error:
            if isinstance(error, Neo4jError) and len(group) > 1:  # one of them is at fault
                for one in group:
                    await self._answer(kind, [one])
                return
            for _, found in group:
                if not found.done():
                    found.set_exception(error)
        else:
            for (_, found), row in zip(group, rows, strict=True):
                if not found.done():
                    found.set_result(row)


def together(cypher: str, fixed: Parameters) -> str:
    """The text that asks for each of the list `$each`, whose entries hold all parameters but the fixed ones."""
    text = Template(cypher)
    own = {name: f"${name}" if name in fixed else f"each.{name}" for name in text.get_identifiers()}
    return f"UNWIND $each AS each\n{text.substitute(own)},\n  each.{AT} AS {AT}"
