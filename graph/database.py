"""The connection to Neo4j: managed transactions over the official driver."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self, TypeVar

import neo4j
from neo4j import AsyncDriver, AsyncGraphDatabase, AsyncManagedTransaction, unit_of_work
from neo4j.exceptions import AuthError, ConstraintError, DriverError, Neo4jError, ServiceUnavailable
from tenacity import AsyncRetrying, retry_if_exception, stop_after_delay, wait_random_exponential

from deskgraph.graph.broken import is_broken
from deskgraph.graph.queries import Answer, Direct, Routed, rows_of
from deskgraph.graph.telemetry import database_span
from deskgraph.schema.errors import AlreadyExistsError, TookTooLongError, UnavailableError

T = TypeVar("T")
DIALECT = "CYPHER 25\n"
# What is said to a transaction that ran for too long, and to one that waited for a lock meanwhile.
TIMED_OUT = ("Neo.ClientError.Transaction.TransactionTimedOut", "Neo.ClientError.Transaction.LockClientStopped")


class Watch:
    """Gives up on a database that was asked something and is silent for so many seconds. Used as a context.

    A connection that silently leads nowhere would otherwise be believed in for minutes.
    """

    def __init__(self, seconds: float | None) -> None:
        self._seconds = seconds
        self._timeout = asyncio.timeout(seconds)

    async def __aenter__(self) -> Self:
        await self._timeout.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self._timeout.__aexit__(kind, error, trace)
        except TimeoutError as silence:
            raise UnavailableError from silence

    def asked(self) -> None:
        """The database has to answer from now on."""
        self._expect(self._seconds)

    def answered(self) -> None:
        """It is not the database that is waited for now."""
        self._expect(None)

    def _expect(self, seconds: float | None) -> None:
        if not self._timeout.expired():
            self._timeout.reschedule(None if seconds is None else asyncio.get_running_loop().time() + seconds)


class Transaction:
    """One transaction in one workspace."""

    def __init__(self, inner: AsyncManagedTransaction, workspace: str, watch: Watch, access: str) -> None:
        self._inner = inner
        self._access = access
        self._watch = watch
        self.workspace = workspace

    def within(self, workspace: str) -> Transaction:
        """The same transaction, for another workspace."""
        return Transaction(self._inner, workspace, self._watch, self._access)

    async def run(self, cypher: str, **parameters: Any) -> list[dict[str, Any]]:
        """The rows of a query; `$workspace` is given."""
        self._watch.asked()
        with database_span(self._access, cypher):
            rows = await rows_of(await self._inner.run(DIALECT + cypher, parameters, workspace=self.workspace))
        self._watch.answered()
        return rows

    async def one(self, cypher: str, **parameters: Any) -> dict[str, Any] | None:
        """The first row of a query, if there is one."""
        rows = await self.run(cypher, **parameters)
        return rows[0] if rows else None


Work = Callable[[Transaction], Awaitable[T]]


class Database:
    """A Neo4j server, or cluster, and the database in it.

    `patience` is how many seconds a transaction is tried again after passing faults, before it is UNAVAILABLE, and
    `silence` how many the database may take for one answer. After `limit` seconds it rolls a transaction back, so that
    nobody waits for the locks of a process that was cut off from it.
    """

    def __init__(
        self,
        uri: str,
        username: str,
        password: str,
        name: str | None = None,
        *,
        patience: float = 8.0,
        silence: float = 30.0,
        limit: float = 60.0,
    ) -> None:
        self.uri = uri
        self.name = name
        self.prepared = False
        self.patience = patience
        self.silence = silence
        self.limit = limit
        self._driver: AsyncDriver = AsyncGraphDatabase.driver(
            uri,
            auth=(username, password),
            initial_retry_delay=0.02,
            max_transaction_retry_time=patience,
            connection_acquisition_timeout=15.0,
            notifications_min_severity=neo4j.NotificationMinimumSeverity.OFF,
        )
        # A server alone has what it committed; of the servers of a cluster others may not have it yet.
        self._bookmarks = self._driver.execute_query_bookmark_manager if uri.startswith("neo4j") else None
        self._queries = (Direct if uri.startswith("bolt") else Routed)(self._session, limit)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Give the connections back."""
        await self._queries.close()
        await self._driver.close()

    async def ready(self) -> None:
        """Ask the database something; UNAVAILABLE if it does not answer."""
        await self.read("", _ready)

    async def read(self, workspace: str, work: Work[T], *, limit: float | None = None) -> T:
        """Run `work` in a read transaction; it is run again after a passing fault. It sees what this process wrote.

        `limit`: after how many seconds it took too long, by default as long as for all.
        """
        async with Watch(self.silence) as watch, self._session(neo4j.READ_ACCESS) as session:
            return await _guard(session.execute_read(_bound(work, workspace, watch, limit or self.limit, "read")))

    async def ask(self, cypher: str, parameters: dict[str, Any]) -> Answer:
        """The answer to a query that reads, in one round trip. It is not run again, as `read` does."""
        return await _guard(self._query(neo4j.READ_ACCESS, cypher, parameters))

    async def put(self, workspace: str, cypher: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        """The rows of a query that writes and is a transaction of its own, in one round trip.

        It is run again after a fault that has surely undone it. After one that may not have, it is UNAVAILABLE.
        """
        return (await _guard(self._insist(cypher, {**parameters, "workspace": workspace}))).rows

    async def _insist(self, cypher: str, parameters: dict[str, Any]) -> Answer:
        """The answer to a query that writes, again and again if it was surely undone."""
        try:
            return await self._query(neo4j.WRITE_ACCESS, cypher, parameters)
        except Neo4jError as error:
            if not _is_undone(error):
                raise
        again = AsyncRetrying(
            retry=retry_if_exception(_is_undone),
            stop=stop_after_delay(self.patience),
            wait=wait_random_exponential(0.02, max=1),
            reraise=True,
        )
        answer: Answer = await again(self._query, neo4j.WRITE_ACCESS, cypher, parameters)
        return answer

    async def _query(self, access: str, cypher: str, parameters: dict[str, Any]) -> Answer:
        """The answer to a query that is a transaction of its own."""
        async with Watch(self.silence):
            with database_span("read" if access == neo4j.READ_ACCESS else "write", cypher):
                return await self._queries.ask(access, DIALECT + cypher, parameters)

    async def write(self, workspace: str, work: Work[T], *, limited: bool = True) -> T:
        """Run `work` in a write transaction; it is run again after a deadlock or another passing fault.

        Not `limited`, it may take as long as it needs.
        """
        silence, limit = (self.silence, self.limit) if limited else (None, None)
        async with Watch(silence) as watch, self._session(neo4j.WRITE_ACCESS) as session:
            return await _guard(session.execute_write(_bound(work, workspace, watch, limit, "write")))

    async def run(self, cypher: str, **parameters: Any) -> list[dict[str, Any]]:
        """Run a statement that is no business of one workspace, such as a constraint, in its own transaction."""

        async def work(session: neo4j.AsyncSession) -> list[dict[str, Any]]:
            return await rows_of(await session.run(DIALECT + cypher, parameters))

        async with self._session(neo4j.WRITE_ACCESS) as session:
            return await _guard(work(session))

    def _session(self, access: str) -> neo4j.AsyncSession:
        return self._driver.session(database=self.name, default_access_mode=access, bookmark_manager=self._bookmarks)


async def _ready(tx: Transaction) -> None:
    await tx.run("RETURN 1")


def _bound(
    work: Work[T], workspace: str, watch: Watch, limit: float | None, access: str
) -> Callable[[AsyncManagedTransaction], Awaitable[T]]:
    @unit_of_work(timeout=limit)
    async def bound(inner: AsyncManagedTransaction) -> T:
        watch.answered()
        try:
            return await work(Transaction(inner, workspace, watch, access))
        finally:
            watch.asked()

    return bound


async def _guard(running: Awaitable[T]) -> T:
    """Tell the driver's exceptions in this project's words."""
    try:
        return await running
    except ConstraintError as error:
        raise AlreadyExistsError(field="id") from error
    except AuthError as error:
        raise UnavailableError("The database refuses NEO4J_USERNAME and NEO4J_PASSWORD.") from error
    except ServiceUnavailable as error:
        raise UnavailableError from error
    except (Neo4jError, DriverError) as error:
        if isinstance(error, Neo4jError) and (error.code or "").startswith(TIMED_OUT):
            raise TookTooLongError from error
        if is_broken(error):
            raise UnavailableError("The database can't write its store and has to be restarted.") from error
        if is_passing(error):
            raise UnavailableError from error
        raise


def _is_undone(error: BaseException) -> bool:
    """Whether the server itself gave the transaction up, as it does after a deadlock, and it may be tried again."""
    return isinstance(error, Neo4jError) and error.is_retryable()


def is_passing(error: BaseException) -> bool:
    """Whether the transaction will be run again because of this error, which must reach the driver for that."""
    return isinstance(error, Neo4jError | DriverError) and error.is_retryable()


def already_there(error: BaseException) -> bool:
    """Whether a constraint or index could not be created because another process did so first."""
    return isinstance(error, Neo4jError) and (error.code or "").endswith("AlreadyExists")
