"""Queries that are transactions of their own: over the driver's connections to one server, and over its sessions."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime

import neo4j
import pytest
from neo4j.exceptions import CypherSyntaxError

from deskgraph.graph import queries
from deskgraph.graph.database import Database
from deskgraph.graph.queries import Answer, Direct, Routed
from deskgraph.graph.setup import prepare
from deskgraph.schema.errors import AlreadyExistsError, TookTooLongError, UnavailableError
from tests.acceptance.gate import gate_to
from tests.conftest import until

# The text is told in two parts, so that the query that looks for it is not found itself.
OWN = "SHOW TRANSACTIONS YIELD currentQuery WHERE currentQuery CONTAINS $a + $b RETURN count(*) AS found"
SLOW = "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b WITH a WHERE a = -1 RETURN count(a) AS {}"


@pytest.fixture(params=["bolt", "neo4j"])
async def database(request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """One server, as one and as a cluster of one."""
    address = os.environ["NEO4J_URI"].partition("://")[2]
    user, password = os.environ.get("NEO4J_USERNAME", "neo4j"), os.environ.get("NEO4J_PASSWORD", "")
    async with Database(f"{request.param}://{address}", user, password, limit=30) as opened:
        assert isinstance(opened._queries, {"bolt": Direct, "neo4j": Routed}[request.param])
        yield opened


def unique() -> str:
    return f"queries_{uuid.uuid4().hex}"


async def running(database: Database, text: str) -> int:
    """How many transactions run whose query has that text in it."""
    found: int = (await database.run(OWN, a=text[:9], b=text[9:]))[0]["found"]
    return found


async def test_rows_are_named_and_timed(database: Database) -> None:
    rows, seconds = await database.ask("UNWIND range(1, $most) AS a RETURN a, [a, {of: -a}] AS b", {"most": 2500})
    assert rows == [{"a": at, "b": [at, {"of": -at}]} for at in range(1, 2501)]
    assert 0 <= seconds < 30
    assert await database.ask("UNWIND [] AS a RETURN a", {}) == Answer([], pytest.approx(0, abs=30))


async def test_values_go_there_and_back(database: Database) -> None:
    given = {
        "at": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        "list": [1, 2.5, None, True, "ä€😀"],
        "map": {"a": {"b": []}},
    }
    [row], _ = await database.ask(
        "RETURN $at = datetime('2026-01-02T03:04:05Z') AS same, $list AS list, $map AS map", given
    )
    assert row == {"same": True, "list": given["list"], "map": given["map"]}


async def test_a_query_that_reads_may_not_write(database: Database) -> None:
    label = unique()
    with pytest.raises(neo4j.exceptions.Neo4jError, match="Writing in read access mode not allowed"):
        await database.ask(f"CREATE (n:{label}) RETURN n.id AS id", {})
    assert await database.run(f"MATCH (n:{label}) RETURN n.id AS id") == []


async def test_after_an_error_the_next_query_is_answered(database: Database) -> None:
    for _ in range(3):
        with pytest.raises(CypherSyntaxError):
            await database.ask("RETURN", {})
        assert (await database.ask("RETURN 1 AS a", {})).rows == [{"a": 1}]
    with pytest.raises(neo4j.exceptions.ClientError, match="by zero"):
        await database.ask("UNWIND [1, 0] AS a RETURN 1 / a AS a", {})  # after a row was on its way
    assert (await database.ask("RETURN 2 AS a", {})).rows == [{"a": 2}]


async def test_what_is_written_is_there_once_and_what_fails_is_undone(database: Database, workspace: str) -> None:
    await prepare(database)  # no desk may have been opened before
    create = "CREATE (n:Contact {id: $id, workspace: $workspace}) RETURN n.id AS id"
    there = "MATCH (n:Contact {workspace: $workspace}) RETURN n.id AS id"
    assert await database.put(workspace, create, {"id": workspace}) == [{"id": workspace}]
    with pytest.raises(AlreadyExistsError):
        await database.put(
            workspace, f"CREATE (:Contact {{id: $id + '-b', workspace: $workspace}}) {create}", {"id": workspace}
        )
    assert (await database.ask(there, {"workspace": workspace})).rows == [{"id": workspace}]


async def test_a_query_that_takes_too_long_is_ended(database: Database) -> None:
    name = unique()
    database._queries._limit = 0.5
    with pytest.raises(TookTooLongError):
        await database.ask(SLOW.format(name), {})
    await until(lambda: _none(database, name))
    assert (await database.ask("RETURN 1 AS a", {})).rows == [{"a": 1}]


async def test_a_query_that_nobody_waits_for_is_ended(database: Database) -> None:
    name = unique()
    task = asyncio.create_task(database.ask(SLOW.format(name), {}))
    await until(lambda: running(database, name))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until(lambda: _none(database, name))
    assert (await database.ask("RETURN 1 AS a", {})).rows == [{"a": 1}]


async def test_more_at_once_than_connections_are_kept(database: Database) -> None:
    for _ in range(3):
        found = await asyncio.gather(*[database.ask("RETURN $a AS a", {"a": at}) for at in range(150)])
        assert [rows for rows, _ in found] == [[{"a": at}] for at in range(150)]
    if isinstance(database._queries, Direct):
        assert len(database._queries._idle[""]) == queries.KEPT


async def test_when_connections_are_lost_one_query_fails_at_the_most() -> None:
    async with gate_to(os.environ["NEO4J_URI"].replace("bolt", "http")) as gate:
        user, password = os.environ.get("NEO4J_USERNAME", "neo4j"), os.environ.get("NEO4J_PASSWORD", "")
        async with Database(gate.url.replace("http", "bolt"), user, password) as database:
            for _ in range(3):
                await asyncio.gather(*[database.ask("RETURN 1 AS a", {}) for _ in range(20)])
                assert gate.cut(reset=True) >= queries.KEPT
                with suppress(UnavailableError):
                    await database.ask("RETURN 1 AS a", {})
                for _ in range(20):
                    assert (await database.ask("RETURN 2 AS a", {})).rows == [{"a": 2}]


async def _none(database: Database, name: str) -> bool:
    return not await running(database, name)
