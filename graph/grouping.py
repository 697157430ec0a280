"""Group commit: verbs of one kind that come while the database is busy with others of it are written by one query.

Each is its own event and its own answer, and one that can't be done hinders no other; what they share is the round
trip and the commit. Whoever comes alone is written at once.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextvars import Context
from dataclasses import dataclass, field

from neo4j.exceptions import Neo4jError

from deskgraph.graph.compiler.cypher import Plan, Response
from deskgraph.graph.database import Database
from deskgraph.graph.writing import Deed, Signature, signature, write_alone, write_group
from deskgraph.schema.errors import AlreadyExistsError

# How many queries of a kind are under way at once, and how many verbs one of them writes at the most.
FLIGHTS = 2
MOST = 64
Written = asyncio.Future[Response | None]


@dataclass(eq=False, slots=True)
class Kind:
    """Verbs that one query can write: of one signature, with one plan for what is read. `waiting` are those to come."""

    answer: Plan
    flights: int = 0
    waiting: deque[tuple[Deed, Written]] = field(default_factory=deque)

    def next(self) -> list[tuple[Deed, Written]]:
        """Those that go next, each of another subject; the others keep their turn."""
        taken: dict[str, tuple[Deed, Written]] = {}
        left: list[tuple[Deed, Written]] = []
        while self.waiting and len(taken) < MOST:
            one = self.waiting.popleft()
            if one[1].done():  # nobody waits for it any more
                continue
            if one[0].subject in taken:
                left.append(one)
            else:
                taken[one[0].subject] = one
        self.waiting.extendleft(reversed(left))
        return list(taken.values())


class Groups:
    """Writes deeds that are transactions of their own, in one workspace."""

    def __init__(self, database: Database, workspace: str) -> None:
        self._database = database
        self._workspace = workspace
        self._kinds: dict[tuple[Signature, int], Kind] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def write(self, deed: Deed, answer: Plan) -> Response | None:
        """As `write_alone` does, perhaps together with others whose answer is read by this very plan."""
        key = signature(deed), id(answer)
        kind = self._kinds.setdefault(key, Kind(answer))
        if kind.flights < FLIGHTS:
            kind.flights += 1
            try:
                return await write_alone(self._database, self._workspace, deed, answer)
            finally:
                self._land(key, kind)
        written: Written = asyncio.get_running_loop().create_future()
        kind.waiting.append((deed, written))
        return await written

    def _land(self, key: tuple[Signature, int], kind: Kind) -> None:
        """A query has ended: the next one is for those who wait, if there are any."""
        if kind.waiting:
            task = asyncio.create_task(self._fly(key, kind), context=Context())  # nobody's own
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            return
        kind.flights -= 1
        if not kind.flights:
            del self._kinds[key]

    async def _fly(self, key: tuple[Signature, int], kind: Kind) -> None:
        """Write those who wait."""
        try:
            if group := kind.next():
                await self._write(group, kind.answer)
        finally:
            self._land(key, kind)

    async def _write(self, group: list[tuple[Deed, Written]], answer: Plan) -> None:
        try:
            found = await write_group(self._database, self._workspace, [deed for deed, _ in group], answer)
        except (AlreadyExistsError, Neo4jError) as error:  # one of them is at fault, and all were rolled back
            if len(group) > 1:
                for one in group:
                    await self._write([one], answer)
            else:
                _settle(group[0][1], error)
        except Exception as error:
            for _, written in group:
                _settle(written, error)
        else:
            for deed, written in group:
                _settle(written, found.get(deed.subject))


def _settle(written: Written, outcome: Response | Exception | None) -> None:
    if written.done():
        return
    if isinstance(outcome, Exception):
        written.set_exception(outcome)
    else:
        written.set_result(outcome)
