"""Queries that are transactions of their own, in one round trip each.

To a cluster they go through the driver's sessions, which know who leads it and what was seen. To one server they go
straight over the connections that the driver makes: of a request that reads one ticket, its sessions and results took a
fifth of the process's time (docs/performance.md). Connections are the driver's own affair, for which it promises
nothing, so pyproject.toml names the one series of versions in which they are as they are used here.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable
from typing import Any, NamedTuple

import neo4j
from neo4j import AsyncSession
from neo4j.exceptions import ServiceUnavailable, SessionExpired

# So many connections are kept for the next query; others are the pool's again, whose number is limited.
KEPT = 16


class Answer(NamedTuple):
    """The rows of a query, and the seconds that the database took for them, to a thousandth."""

    rows: list[dict[str, Any]]
    seconds: float


class Queries(ABC):
    """Asks queries that take no longer than `limit` seconds. `session` makes a session for an access mode."""

    def __init__(self, session: Callable[[str], AsyncSession], limit: float) -> None:
        self._session = session
        self._limit = limit
        self._idle: defaultdict[str, list[AsyncSession]] = defaultdict(list)

    async def ask(self, access: str, cypher: str, parameters: dict[str, Any]) -> Answer:
        """The answer to a query. Its session is kept for the next one, unless something went wrong."""
        idle = self._idle[self._kind(access)]
        session = await self._next(idle) or self._session(access)
        try:
            answer = await self._answer(session, access, cypher, parameters)
        except BaseException as error:
            await _end(session, cut=isinstance(error, asyncio.CancelledError))
            if isinstance(error, ServiceUnavailable | SessionExpired):
                await self.close(cut=True)  # what is idle was lost with it
            raise
        if len(idle) < KEPT:
            idle.append(session)
        else:
            await session.close()
        return answer

    async def close(self, *, cut: bool = False) -> None:
        """Give the connections back, or `cut` them."""
        for idle in self._idle.values():
            while idle:
                await _end(idle.pop(), cut=cut)

    async def _next(self, idle: list[AsyncSession]) -> AsyncSession | None:
        """An idle session that is fit for use, if there is one."""
        return idle.pop() if idle else None

    @abstractmethod
    def _kind(self, access: str) -> str:
        """Which idle sessions are fit for an access mode."""

    @abstractmethod
    async def _answer(self, session: AsyncSession, access: str, cypher: str, parameters: dict[str, Any]) -> Answer: ...


class Routed(Queries):
    """Queries of a cluster: each goes to a server that is fit for its access mode."""

    def _kind(self, access: str) -> str:
        return access

    async def _answer(self, session: AsyncSession, access: str, cypher: str, parameters: dict[str, Any]) -> Answer:  # noqa: ARG002 - the session has it
        result = await session.run(neo4j.Query(cypher, timeout=self._limit), parameters)
        rows = await rows_of(result)
        summary = await result.consume()
        return Answer(rows, ((summary.result_available_after or 0) + (summary.result_consumed_after or 0)) / 1000)


class Direct(Queries):
    """Queries of one server, which takes all of them: its sessions keep their connections while they are idle."""

    def _kind(self, access: str) -> str:  # noqa: ARG002 - any will do
        return ""

    async def _next(self, idle: list[AsyncSession]) -> AsyncSession | None:
        """One whose connection the pool itself would give: it has not ended meanwhile, nor become too old."""
        while idle:
            session = idle.pop()
            connection = _inside(session)._connection
            if not (connection.defunct() or connection.stale()):
                return session
            await session.close()
        return None

    async def _answer(self, session: AsyncSession, access: str, cypher: str, parameters: dict[str, Any]) -> Answer:
        inside = _inside(session)
        if not inside._connection:
            await inside._connect(access)
        connection, database = inside._connection, inside._config.database
        told: dict[str, Any] = {}
        rows: list[list[Any]] = []
        connection.run(cypher, parameters, mode=access, timeout=self._limit, db=database, on_success=told.update)
        connection.pull(on_records=rows.extend, on_success=told.update)
        await connection.send_all()
        await connection.fetch_all()
        keys = told["fields"]
        milliseconds = told.get("t_first", 0) + told.get("t_last", 0)
        return Answer([dict(zip(keys, row, strict=True)) for row in rows], milliseconds / 1000)


async def _end(session: AsyncSession, *, cut: bool) -> None:
    if cut:
        session.cancel()
    await session.close()


async def rows_of(result: neo4j.AsyncResult) -> list[dict[str, Any]]:
    """All rows. They hold no nodes, edges or paths, which the driver's own `data()` looks for in every value."""
    keys = result.keys()
    return [dict(zip(keys, record.values(), strict=True)) async for record in result]


def _inside(session: AsyncSession) -> Any:
    """The session, of which what is its own is used."""
    return session
