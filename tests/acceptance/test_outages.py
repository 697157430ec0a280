"""A database that goes away, falls silent or finds its disk full; and servers that are told to end meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from deskgraph.graph.embedded import EmbeddedNeo4j
from deskgraph.resolvers.desk import Desk
from tests.acceptance.conftest import Served, positions, serving, subscribe, subscriber
from tests.acceptance.gate import Gate, gate_to
from tests.acceptance.test_export import Slow, many
from tests.conftest import until

LOG = "subscription ($after: Long) { events(after: $after) { position } }"
COUNT = "{ tickets { totalCount } }"
CREATE = """mutation ($key: String, $description: String) {
  createTicket(input: {subject: "A ticket", description: $description, idempotencyKey: $key}) {
    ticket { id } errors { code message }
  }
}"""
PAGE = """query ($after: String) {
  tickets(first: 100, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } }
}"""
OWN = dict.fromkeys(("NEO4J_URI", "NEO4J_USERNAME", "NEO4J_PASSWORD"), "")


async def post(served: Served, text: str, **variables: Any) -> httpx.Response:
    async with httpx.AsyncClient(headers=served.headers, timeout=60) as client:
        return await client.post(f"{served.url}/graphql", json={"query": text, "variables": variables})


async def create(served: Served, **variables: Any) -> tuple[str | None, list[str], httpx.Response]:
    """The new ticket's id, or the errors' codes; and the answer."""
    answer = await post(served, CREATE, **variables)
    payload = answer.json()["data"]["createTicket"]
    return payload["ticket"] and payload["ticket"]["id"], [error["code"] for error in payload["errors"]], answer


async def health(served: Served, kind: str = "ready") -> int:
    async with httpx.AsyncClient(timeout=30) as client:
        return (await client.get(f"{served.url}/health/{kind}")).status_code


async def is_ready(served: Served) -> bool:
    return await health(served) == 200


async def is_unready(served: Served) -> bool:
    return await health(served) == 503


@asynccontextmanager
async def a_database(folder: Path) -> AsyncIterator[tuple[EmbeddedNeo4j, Gate]]:
    """A Neo4j of the test's own, behind a gate, which stays where it is when the Neo4j is started again elsewhere."""
    server = EmbeddedNeo4j(folder, train=False)
    try:
        await asyncio.to_thread(server.start)
        async with gate_to(server.uri.replace("bolt", "http")) as gate:
            yield server, gate
    finally:
        await asyncio.to_thread(server.stop)


async def test_a_database_that_is_killed_and_comes_back(serve: Callable[..., Served], tmp_path: Path) -> None:
    async with a_database(tmp_path / "neo4j") as (neo4j, gate):
        settings = {"NEO4J_URI": gate.url.replace("http", "bolt"), "NEO4J_PASSWORD": neo4j.password}
        served = await asyncio.to_thread(serve, **settings)
        assert await health(served) == 200
        first, errors, _ = await create(served)
        assert errors == []
        async with await subscriber(served) as client:
            await subscribe(client, "log", LOG, 0)
            assert await positions(client, 1) == [1]

            assert neo4j.pid
            os.kill(neo4j.pid, signal.SIGKILL)
            await until(lambda: is_unready(served))
            assert await health(served, "live") == 200
            reading = await post(served, COUNT)
            assert (reading.status_code, reading.headers["retry-after"]) == (503, "1")
            assert reading.json()["errors"][0]["extensions"] == {"code": "UNAVAILABLE"}
            none, errors, writing = await create(served)
            assert (none, errors) == (None, ["UNAVAILABLE"])
            assert (writing.status_code, writing.headers["retry-after"]) == (200, "1")
            metrics = httpx.get(f"{served.url}/metrics", headers=served.headers).text.splitlines()  # noqa: ASYNC210
            assert "deskgraph_database_up 0.0" in metrics

            await asyncio.to_thread(neo4j.start)
            gate.lead(neo4j.uri.replace("bolt", "http"))
            await until(lambda: is_ready(served))
            second, errors, answer = await create(served)
            assert (errors, "retry-after" in answer.headers) == ([], False)
            assert await positions(client, 1) == [2]
        found = (await post(served, "{ tickets { nodes { id } } }")).json()["data"]["tickets"]["nodes"]
        assert {one["id"] for one in found} == {first, second}


async def test_a_database_that_falls_silent(serve: Callable[..., Served], tmp_path: Path) -> None:
    """It is stopped, and goes on where it was: what was sent meanwhile is done once, however often it is sent."""
    async with a_database(tmp_path / "neo4j") as (neo4j, gate):
        settings = {"NEO4J_URI": gate.url.replace("http", "bolt"), "NEO4J_PASSWORD": neo4j.password}
        served = await asyncio.to_thread(serve, **settings)
        assert (await create(served))[1] == []
        java = psutil.Process(neo4j.pid)
        java.suspend()
        try:
            began = time.monotonic()
            assert await is_unready(served)
            assert time.monotonic() - began < 5
            (_, errors, answer), (_, none, _) = await asyncio.gather(
                create(served, key="one"), create(served, key="two")
            )
            assert (errors, none, answer.headers["retry-after"]) == (["UNAVAILABLE"], ["UNAVAILABLE"], "1")
            assert 25 < time.monotonic() - began < 60
        finally:
            java.resume()
        await until(lambda: is_ready(served))
        for key in ("one", "two", "one", "two"):
            assert (await create(served, key=key))[1] == []
        assert (await post(served, COUNT)).json() == {"data": {"tickets": {"totalCount": 3}}}


@pytest.mark.parametrize("workers", ["1", "2"])
async def test_sigterm_ends_a_server_with_every_kind_of_stream(
    serve: Callable[..., Served], desk: Desk, workers: str
) -> None:
    served = serve("--workers", workers)
    await many(desk, served)
    slow = Slow(served)  # an export that nobody goes on reading
    assert await asyncio.to_thread(slow.take)
    stream = {"query": "subscription { events { type } }"}
    async with (
        await subscriber(served) as idle,
        await subscriber(served) as listening,
        httpx.AsyncClient(headers=served.headers, timeout=60) as http,
        http.stream("POST", f"{served.url}/graphql/stream", json=stream) as streaming,
    ):
        await subscribe(listening, "log", LOG, 399)
        assert await positions(listening, 1) == [400]
        assert await anext(streaming.aiter_lines()) == "id: 400"
        began = time.monotonic()
        await asyncio.to_thread(served.stop)
        assert time.monotonic() - began < 10
        closed = [await asyncio.wait_for(one.wait_closed(), 10) or one.close_code for one in (idle, listening)]
        assert closed == [1012, 1012]
    slow.socket.close()


def java_of(served: Served) -> psutil.Process:
    children = psutil.Process(served.process.pid).children(recursive=True)
    [found] = [child for child in children if "java" in child.name()]
    return found


async def test_the_database_that_comes_with_it_is_started_again(tmp_path: Path) -> None:
    settings = {**OWN, "DESKGRAPH_DATA": str(tmp_path), "DESKGRAPH_START_CACHE": "false"}
    with serving("--workers", "2", **settings) as served:
        assert (await create(served))[1] == []
        killed = java_of(served)
        killed.kill()
        await until(lambda: not killed.is_running())
        await until(lambda: is_ready(served))
        assert java_of(served).pid != killed.pid
        assert (await create(served))[1] == []
        assert (await post(served, COUNT)).json() == {"data": {"tickets": {"totalCount": 2}}}


@contextmanager
def little_room(folder: Path) -> Iterator[Callable[[Served], Callable[[], object]]]:
    """A small file system in the folder. What it gives fills the disk, and gives back what makes room."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", str(folder)], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"a small file system can't be mounted here: {mounted.stderr.strip()}")
    try:
        yield lambda _served: lambda: subprocess.run(["mount", "-o", "remount,size=400m", str(folder)], check=True)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def short_files(folder: Path) -> Iterator[Callable[[Served], Callable[[], object]]]:
    """Java may write no file beyond a length, as if the disk were full for its transaction log."""

    def fill(served: Served) -> Callable[[], object]:
        java = java_of(served)
        log = max((folder / "neo4j" / "data" / "transactions" / "neo4j").glob("neostore.transaction.db.*"))
        _, hard = java.rlimit(psutil.RLIMIT_FSIZE)
        java.rlimit(psutil.RLIMIT_FSIZE, (log.stat().st_size + 2_000_000, hard))

        def make_room() -> None:
            with contextlib.suppress(psutil.NoSuchProcess):  # it was ended, and its successor has no limit
                java.rlimit(psutil.RLIMIT_FSIZE, (resource.RLIM_INFINITY, hard))

        return make_room

    yield fill


@pytest.mark.skipif(sys.platform != "linux", reason="limits of another process are Linux' own")
@pytest.mark.parametrize("disk", [little_room, short_files])
async def test_a_full_disk_loses_nothing_that_was_acknowledged(disk: Any, tmp_path: Path) -> None:
    settings = {
        **OWN,
        "DESKGRAPH_DATA": str(tmp_path),
        "DESKGRAPH_START_CACHE": "false",
        "DESKGRAPH_API_KEY": "full-disk",
    }
    acknowledged: set[str] = set()
    with disk(tmp_path) as fill, serving(**settings) as served:
        make_room = fill(served)
        errors: list[str] = []
        while not errors:
            made, errors, answer = await create(served, description="x" * 100_000)
            acknowledged |= {made} - {None}
        assert (errors, answer.headers["retry-after"]) == (["UNAVAILABLE"], "1")
        assert 3 < len(acknowledged) < 300
        make_room()
        await until(lambda: made_again(served, acknowledged))
        there = await ids(served)
        assert acknowledged <= there
        assert len(there - acknowledged) <= 1  # the one that was UNAVAILABLE may have been done
        position = (await post(served, "{ events { totalCount } }")).json()["data"]["events"]["totalCount"]
        assert position == len(there)
        async with await subscriber(served) as client:
            await subscribe(client, "log", LOG, 0)
            assert await positions(client, position) == list(range(1, position + 1))


async def made_again(served: Served, acknowledged: set[str]) -> bool:
    made, _, _ = await create(served, key="again")
    acknowledged |= {made} - {None}  # type: ignore[arg-type]
    return made is not None


async def ids(served: Served) -> set[str]:
    """All tickets."""
    found: set[str] = set()
    after: str | None = None
    while True:
        page = (await post(served, PAGE, after=after)).json()["data"]["tickets"]
        found |= {one["id"] for one in page["nodes"]}
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return found
