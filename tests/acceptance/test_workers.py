"""Several processes on one socket and one database: one log in one order, whichever of them is killed."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
from websockets.asyncio.client import ClientConnection

from deskgraph.graph.database import Database
from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.hooks import Hooks
from tests.acceptance.conftest import (
    Served,
    connected,
    create,
    hear,
    positions,
    run,
    serving,
    subscribe,
    subscriber,
)
from tests.conftest import until

LOG = "subscription ($after: Long) { events(after: $after) { position type subjectId data } }"
RESOLVE = 'mutation ($id: ID!) { resolveTicket(input: {id: $id, resolution: "Done"}) { errors { code } } }'
RAISE = """mutation ($at: String!, $contact: ID) {
  createTicket(input: {subject: $at, contact: $contact}) { ticket { id } errors { code } }
}"""
ANN = "contact_fX9bL5nRd"
COUNT = {"query": "{ tickets { totalCount } }"}


def workers(served: Served) -> list[int]:
    """The processes that serve."""
    return [child.pid for child in psutil.Process(served.process.pid).children() if is_worker(child)]


def is_worker(child: psutil.Process) -> bool:
    try:
        return "spawn_main" in " ".join(child.cmdline())
    except (psutil.NoSuchProcess, psutil.ZombieProcess):  # it was killed just now
        return False


def serves(worker: int, client: ClientConnection) -> bool:
    """Whether a client's connection is with that process."""
    return connected(worker, client.local_address[1])


@asynccontextmanager
async def a_subscriber_of_each(served: Served) -> AsyncIterator[dict[int, ClientConnection]]:
    """A client of each worker, by the worker's process, subscribed to the whole log."""
    async with AsyncExitStack() as stack:
        found: dict[int, ClientConnection] = {}
        while len(found) < len(workers(served)):
            client = await stack.enter_async_context(await subscriber(served))
            [worker] = [pid for pid in workers(served) if serves(pid, client)]
            if worker not in found:
                found[worker] = client
                await subscribe(client, "log", LOG, 0)
        yield found


async def post(served: Served, text: str, **variables: Any) -> Any:
    """An operation on a connection of its own, sent again until a worker answers."""
    while True:
        try:
            async with httpx.AsyncClient(headers=served.headers, timeout=60) as client:
                answer = await client.post(f"{served.url}/graphql", json={"query": text, "variables": variables})
            return answer.json()["data"]
        except (httpx.ReadError, httpx.RemoteProtocolError):
            continue


async def test_subscribers_of_every_worker_see_one_order(serve: Callable[..., Served]) -> None:
    served = serve("--workers", "3", "--sample")
    assert len(workers(served)) == 3
    async with a_subscriber_of_each(served) as clients:
        begun = await post(served, "{ events { totalCount } }")
        total = begun["events"]["totalCount"] + 12 * 5
        assert (await post(served, "{ tickets { totalCount } }"))["tickets"]["totalCount"] == 5
        listening = [asyncio.create_task(log(client, total)) for client in clients.values()]
        await asyncio.gather(*(create(served, 5) for _ in range(12)))
        seen = await asyncio.gather(*listening)
        assert [event["position"] for event in seen[0]] == list(range(1, total + 1))
        assert seen[0] == seen[1] == seen[2]
        assert len({event["data"]["$id"] for event in seen[0] if event["type"] == "ticket.created"}) == 65


async def log(client: ClientConnection, count: int) -> list[Any]:
    """The log's next events."""
    return [(await hear(client))["payload"]["data"]["events"] for _ in range(count)]


async def test_a_worker_that_is_killed_is_replaced_and_nothing_is_lost(serve: Callable[..., Served]) -> None:
    served = serve("--workers", "3")
    before = workers(served)
    async with a_subscriber_of_each(served) as clients:
        killed, *others = clients
        creating = [asyncio.create_task(post(served, RAISE, at=str(at), contact=None)) for at in range(40)]
        await positions(clients[others[0]], 1)
        os.kill(killed, signal.SIGKILL)
        await asyncio.gather(*creating)
        await until(lambda: len(workers(served)) == 3 and killed not in workers(served))
        assert {*before} - {*workers(served)} == {killed}

        await post(served, RAISE, at="the last one", contact=None)
        answer = await post(served, "{ tickets { totalCount } events { totalCount } }")
        total = answer["tickets"]["totalCount"]
        assert answer["events"]["totalCount"] == total >= 41
        assert await positions(clients[others[0]], total - 1) == list(range(2, total + 1))
        assert await positions(clients[others[1]], total) == list(range(1, total + 1))
    async with a_subscriber_of_each(served) as clients:
        assert {*clients} == {*workers(served)}
        assert [await positions(client, total) for client in clients.values()] == [list(range(1, total + 1))] * 3
    assert f'"pid": {killed}' in served.log.read_text()


async def test_what_a_dead_writer_left_is_sequenced_within_two_seconds(
    serve: Callable[..., Served], database: Database, workspace: str
) -> None:
    served = serve("--workers", "2")
    async with a_subscriber_of_each(served) as clients, Desk(database, workspace, hooks=Hooks()) as dying:
        await dying.feed.close()  # from here on it sequences nothing, as if it were killed after each commit
        for at in range(1, 6):
            await dying.Organization.create(name="Acme")
            written = time.monotonic()
            assert [await positions(client, 1) for client in clients.values()] == [[at], [at]]
            assert time.monotonic() - written < 2


async def test_each_resolved_ticket_has_one_survey_though_workers_are_killed(serve: Callable[..., Served]) -> None:
    served = serve("--workers", "3", "--sample", "--hooks", "examples.support_hooks")
    raised = [await post(served, RAISE, at=str(at), contact=ANN) for at in range(21)]
    *ids, last = [one["createTicket"]["ticket"]["id"] for one in raised]
    resolving = [asyncio.create_task(post(served, RESOLVE, id=ticket)) for ticket in ids]
    await resolving[5]
    for worker in workers(served)[:2]:
        os.kill(worker, signal.SIGKILL)
    await asyncio.gather(*resolving)
    await until(lambda: done(served, {*ids}))
    await post(served, RESOLVE, id=last)
    await until(lambda: done(served, {last}))
    assert await surveyed(served, {*ids, last}) == dict.fromkeys([*ids, last], 1)


async def done(served: Served, ids: set[str]) -> bool:
    return set(await surveyed(served, ids)) == ids


async def surveyed(served: Served, ids: set[str]) -> dict[str, int]:
    """How many surveys there are for each of the tickets."""
    answer = await post(served, "{ activities(first: 100) { nodes { type ticket { id } } } }")
    of = [one["ticket"]["id"] for one in answer["activities"]["nodes"] if one["type"] == "satisfaction_survey"]
    return Counter(ticket for ticket in of if ticket in ids)


async def test_two_servers_on_one_database_make_one_log(serve: Callable[..., Served]) -> None:
    one, other = serve(), serve()
    async with await subscriber(one) as first, await subscriber(other) as second:
        for client in (first, second):
            await subscribe(client, "log", LOG, 0)
        await asyncio.gather(*(create(served, 5) for served in (one, other) * 4))
        seen = [await log(client, 40) for client in (first, second)]
    assert [event["position"] for event in seen[0]] == list(range(1, 41))
    assert seen[0] == seen[1]


async def test_sigterm_ends_all_workers_with_their_subscribers(serve: Callable[..., Served]) -> None:
    served = serve("--workers", "2")
    family = psutil.Process(served.process.pid).children(recursive=True)
    url, stream = f"{served.url}/graphql/stream", {"query": "subscription { events { type } }"}
    async with (
        a_subscriber_of_each(served) as clients,
        httpx.AsyncClient(headers=served.headers, timeout=60) as http,
        http.stream("POST", url, json=stream) as streaming,
    ):
        assert await anext(streaming.aiter_lines()) == "id: 0"
        await asyncio.to_thread(served.stop)
        closed = [await asyncio.wait_for(client.wait_closed(), 10) or client.close_code for client in clients.values()]
    assert closed == [1012, 1012]
    assert psutil.wait_procs(family, timeout=10)[1] == []


def test_workers_end_with_their_parent(workspace: str, tmp_path: Path) -> None:
    settings = {
        "DESKGRAPH_API_KEY": "test-key-workers",
        "DESKGRAPH_WORKSPACE": workspace,
        "DESKGRAPH_DATA": str(tmp_path),
    }
    with serving("--workers", "2", exits=-signal.SIGKILL, **settings) as served:
        family = psutil.Process(served.process.pid).children(recursive=True)
        assert len(workers(served)) == 2
        served.process.kill()
        assert psutil.wait_procs(family, timeout=20)[1] == []


def test_workers_that_cannot_start_end_the_server(workspace: str, tmp_path: Path) -> None:
    (tmp_path / "hooks_of_the_parent.py").write_text(
        "import multiprocessing\n\nif multiprocessing.parent_process():\n    raise RuntimeError('not in a worker')\n"
    )
    settings = {"DESKGRAPH_WORKSPACE": workspace, "DESKGRAPH_DATA": str(tmp_path), "PYTHONPATH": str(tmp_path)}
    answer = run("serve", "--port", "0", "--workers", "2", "--hooks", "hooks_of_the_parent", **settings)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "RuntimeError: not in a worker" in answer.stderr
    assert answer.stderr.splitlines()[-1] == "deskgraph: A worker could not start; what it logged says why."


def test_workers_share_the_database_that_comes_with_deskgraph(tmp_path: Path) -> None:
    """It is started once and its password is told to nobody; it ends with the parent, however that ends."""
    own = {"DESKGRAPH_DATA": str(tmp_path), "DESKGRAPH_API_KEY": "test-key-embedded", "DESKGRAPH_START_CACHE": "false"}
    settings = {**dict.fromkeys(("NEO4J_URI", "NEO4J_USERNAME", "NEO4J_PASSWORD"), ""), **own}
    with serving("--workers", "2", "--sample", exits=-signal.SIGKILL, **settings) as served:
        counted = [httpx.post(f"{served.url}/graphql", json=COUNT, headers=served.headers).json() for _ in range(4)]
        assert counted == [{"data": {"tickets": {"totalCount": 5}}}] * 4
        family = psutil.Process(served.process.pid).children(recursive=True)
        assert len([child for child in family if "java" in child.name()]) == 1
        password = (tmp_path / "neo4j" / "password").read_text().strip()
        assert [child.pid for child in family if password in " ".join(child.cmdline())] == []
        assert password not in served.log.read_text()
        second = run("serve", "--port", "0", "--workers", "2", **settings)
        assert (second.returncode, "in use" in second.stderr) == (1, True)
        served.process.kill()
        assert psutil.wait_procs(family, timeout=30)[1] == []
