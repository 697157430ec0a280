"""Graphs that earlier versions wrote, and the steps from one version to the next."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import neo4j
import pytest

from deskgraph.graph.database import Database, Transaction
from deskgraph.graph.embedded import EmbeddedNeo4j
from deskgraph.graph.migrations import Step, migrate, steps, version_of
from deskgraph.graph.setup import prepare
from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.hooks import Hooks
from deskgraph.schema.errors import DeskError
from tests.acceptance.conftest import Served, run, serving

GRAPHS = sorted((Path(__file__).parents[1] / "graphs").glob("*.cypher"))
OWN = dict.fromkeys(("NEO4J_URI", "NEO4J_USERNAME", "NEO4J_PASSWORD"), "")
EVENTS = "{ events(first: 100, orderBy: [{position: ASC}]) { nodes { position type } } }"
TICKETS = "{ tickets(first: 100) { nodes { id number subject version status contact { name } } } }"
AGAIN = """mutation ($id: ID!) {
  updateTicket(input: {id: $id, priority: LOW, idempotencyKey: "an-old-key"}) { event { position } errors { code } }
}"""
RESOLVE = """mutation ($id: ID!) {
  resolveTicket(input: {id: $id, resolution: "Done"}) { event { position } errors { code } }
}"""
ALL = "MATCH (n) RETURN labels(n) AS labels, properties(n) AS properties ORDER BY elementId(n)"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedNeo4j]:
    with EmbeddedNeo4j(tmp_path / "neo4j", train=False) as started:
        yield started


def cypher(server: EmbeddedNeo4j, *texts: str) -> list[dict[str, Any]]:
    """The rows of the last of these statements."""
    with neo4j.GraphDatabase.driver(server.uri, auth=(server.username, server.password)) as driver:
        for text in texts:
            found = driver.execute_query(text, database_="neo4j").records  # type: ignore[arg-type]
    return [dict(row) for row in found]


def post(served: Served, text: str, **variables: Any) -> Any:
    body = {"query": text, "variables": variables}
    answer = httpx.post(f"{served.url}/graphql", json=body, headers=served.headers, timeout=60).json()
    assert "errors" not in answer, answer
    return answer["data"]


@pytest.mark.parametrize("graph", GRAPHS, ids=lambda graph: graph.stem)
def test_a_graph_of_an_earlier_version(graph: Path, server: EmbeddedNeo4j, tmp_path: Path) -> None:
    """All that it has is there, and works on."""
    cypher(server, *(text for text in graph.read_text().split(";\n") if text))
    before = cypher(server, ALL)
    server.stop()
    settings = {**OWN, "DESKGRAPH_DATA": str(tmp_path), "DESKGRAPH_START_CACHE": "false"}
    with serving("--hooks", "examples.support_hooks", **settings) as served:
        events = post(served, EVENTS)["events"]["nodes"]
        count = len(events)
        assert [event["position"] for event in events] == list(range(1, count + 1))
        assert count == sum("Event" in row["labels"] for row in before)
        tickets = post(served, TICKETS)["tickets"]["nodes"]
        stored = {row["properties"]["id"]: row["properties"] for row in before if "Ticket" in row["labels"]}
        assert {one["id"]: one["subject"] for one in tickets} == {id_: one["subject"] for id_, one in stored.items()}
        assert all(one["contact"] for one in tickets)

        kept = next(row["properties"]["subject"] for row in before if "IdempotencyKey" in row["labels"])
        assert post(served, AGAIN, id=kept)["updateTicket"]["errors"] == []
        assert post(served, "{ events { totalCount } }") == {"events": {"totalCount": count}}  # it was done once

        unresolved = next(one["id"] for one in tickets if one["status"] == "OPEN")
        assert post(served, RESOLVE, id=unresolved)["resolveTicket"] == {"event": {"position": count + 1}, "errors": []}
        create = 'mutation { createTicket(input: {subject: "New"}) { ticket { number } errors { code } } }'
        made = post(served, create)["createTicket"]
        assert made["errors"] == []
        assert made["ticket"]["number"] > max(one["number"] for one in tickets)
        consumers = post(served, "{ consumers { name position } }")["consumers"]
        assert {"billing", "ticket.resolved:examples.support_hooks.survey"} <= {one["name"] for one in consumers}
    with server:
        after = cypher(server, ALL)
        assert versions(after) == [(len(steps()), [f"{step.number} {step.name}" for step in steps()])]


def versions(rows: list[dict[str, Any]]) -> list[tuple[int, list[str]]]:
    """The versions that are noted, each with its steps."""
    noted = [row["properties"] for row in rows if row["labels"] == ["GraphSchema"]]
    return [(one["version"], [step.rpartition(" ")[0] for step in one["steps"]]) for one in noted]


async def test_steps_are_done_once_by_whoever_comes_first(server: EmbeddedNeo4j) -> None:
    async def count(tx: Transaction) -> None:
        await tx.run("MERGE (n:Counted) SET n.times = coalesce(n.times, 0) + 1")

    async def fail(tx: Transaction) -> None:
        await tx.run("CREATE (:HalfDone)")
        raise DeskError("This step is broken.")

    begun = (*steps(), Step(len(steps()) + 1, "count", count))
    broken = (*begun, Step(len(begun) + 1, "fail", fail))
    async with AsyncExitStack() as stack:
        opened = [Database(server.uri, server.username, server.password) for _ in range(8)]
        for one in opened:
            await stack.enter_async_context(one)
        await asyncio.gather(*(migrate(one, begun) for one in opened))
        assert [await version_of(one) for one in opened] == [len(begun)] * 8
        assert cypher(server, "MATCH (n:Counted) RETURN n.times AS times") == [{"times": 1}]
        with pytest.raises(DeskError, match="This step is broken"):
            await migrate(opened[0], broken)
        assert await version_of(opened[0]) == len(begun)
        assert cypher(server, "MATCH (n:HalfDone) RETURN n") == []
        assert versions(cypher(server, ALL)) == [(len(begun), [f"{one.number} {one.name}" for one in begun])]

        # For a program that knows fewer steps, it is too new.
        before = cypher(server, ALL, "SHOW CONSTRAINTS YIELD name RETURN name")
        with pytest.raises(DeskError, match=f"The graph has version {len(begun)}, and this deskgraph"):
            await prepare(opened[1])
        assert cypher(server, ALL, "SHOW CONSTRAINTS YIELD name RETURN name") == before
    settings = {"NEO4J_URI": server.uri, "NEO4J_PASSWORD": server.password}
    answer = await asyncio.to_thread(run, "serve", "--port", "0", **settings)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr.splitlines()[-1].startswith("deskgraph: The graph has version 2")
    assert cypher(server, "MATCH (n:Workspace) RETURN n") == []


async def test_several_processes_begin_a_new_graph(server: EmbeddedNeo4j) -> None:
    async def begin() -> int:
        async with (
            Database(server.uri, server.username, server.password) as database,
            Desk(database, "new", hooks=Hooks()) as desk,
        ):
            return await version_of(desk.database)

    assert await asyncio.gather(*(begin() for _ in range(6))) == [len(steps())] * 6
    assert versions(cypher(server, ALL)) == [(len(steps()), [f"{one.number} {one.name}" for one in steps()])]
