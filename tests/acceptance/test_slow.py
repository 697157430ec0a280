"""Subscribers that do not keep up: dropped with a code and a position, resumed there, and nobody else notices."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
import uvicorn
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from deskgraph.app import create_app
from deskgraph.auth import Keys
from deskgraph.protocols import Http, WebSocket
from deskgraph.resolvers.desk import Desk
from deskgraph.server import listen
from tests.acceptance.conftest import (
    KEY,
    Address,
    Served,
    connected,
    create,
    hear,
    node,
    positions,
    subscribe,
    subscriber,
)
from tests.conftest import until

SLOW = {"DESKGRAPH_SLOW_SUBSCRIBER_SECONDS": "3"}
EVENTS = "subscription ($after: Long) { events(after: $after) { position data } }"
BLIND = "subscription ($after: Long) { only: events(after: $after) { data } }"
LITTLE = 32 * 1024
LARGE = 50_000
COUNT = 60


async def to_the_end(client: ClientConnection) -> tuple[dict[str, list[Any]], tuple[int, str]]:
    """All that still comes, by operation, and how it ends."""
    found = defaultdict(list)

    async def read() -> None:
        while True:
            said = await hear(client)
            found[said["id"]].append(said["payload"]["data"])

    with pytest.raises(ConnectionClosed) as closed:
        await read()
    end = closed.value.rcvd
    assert end
    return found, (end.code, end.reason)


def dropped(served: Served) -> list[int | None]:
    """The positions that the server's log names."""
    lines = [json.loads(line) for line in served.log.read_text().splitlines() if "subscriber.dropped" in line]
    return [line["after"] for line in lines]


async def test_a_websocket_that_is_not_read_is_closed_with_the_position_to_resume_after(
    serve: Callable[..., Served],
) -> None:
    served = serve(**SLOW)
    await create(served, COUNT, LARGE)
    quick, slow = await subscriber(served), await subscriber(served, LITTLE)
    await subscribe(slow, "one", EVENTS, 0)
    await subscribe(slow, "other", BLIND, 20)
    first = await hear(slow)
    await subscribe(quick, "all", EVENTS, 0)
    assert await positions(quick, COUNT) == list(range(1, COUNT + 1))
    await until(lambda: dropped(served) != [])
    await create(served, 3)
    assert await positions(quick, 3) == [COUNT + 1, COUNT + 2, COUNT + 3]

    found, end = await to_the_end(slow)
    found[first["id"]].insert(0, first["payload"]["data"])
    seen = [data["events"]["position"] for data in found["one"]]
    assert seen == list(range(1, len(seen) + 1))
    assert [set(data) for data in found["other"]] == [{"only"}] * len(found["other"])
    last = min(len(seen), 20 + len(found["other"]))
    assert last == len(seen) < COUNT
    assert end == (4290, f"Too slow: resume after {last}")
    assert dropped(served) == [last]

    again = await subscriber(served)
    await subscribe(again, "one", EVENTS, last)
    assert seen + await positions(again, COUNT + 3 - last) == list(range(1, COUNT + 4))
    for client in (quick, again):
        await client.close()


async def test_a_websocket_that_is_never_read_is_let_go(serve: Callable[..., Served]) -> None:
    served = serve(**SLOW)
    await create(served, COUNT, LARGE)
    slow = await subscriber(served, LITTLE)
    port = slow.local_address[1]
    await subscribe(slow, "one", EVENTS, 0)
    await until(lambda: dropped(served) != [])
    assert connected(served.process.pid, port)
    await until(lambda: not connected(served.process.pid, port))

    async with httpx.AsyncClient(headers=served.headers) as client:
        answer = await client.post(f"{served.url}/graphql", json={"query": "{ events { totalCount } }"})
    assert answer.json() == {"data": {"events": {"totalCount": COUNT}}}
    slow.transport.abort()


async def test_graphql_ws_comes_back_by_itself_and_sees_every_event_once(
    serve: Callable[..., Served], clients: Path
) -> None:
    served = serve(**SLOW)
    await create(served, COUNT * 2, LARGE)
    async with node(clients / "ws.mjs", served.socket, served.key, EVENTS, "5") as lines:
        said = await lines.take(5)
        await until(lambda: dropped(served) != [])
        lines.say()
        said += await lines.take(COUNT * 2 - 5 + 1)
        [last] = dropped(served)
        assert said.pop(said.index(last) + 1) == {"code": 4290, "reason": f"Too slow: resume after {last}"}
        assert said == list(range(1, COUNT * 2 + 1))
        await asyncio.to_thread(served.stop)
        assert await lines.take(1) == [{"code": 1012, "reason": ""}]
        again = serve(port=served.port)
        await create(again, 2)
        assert await lines.take(2) == [COUNT * 2 + 1, COUNT * 2 + 2]


async def test_a_stream_that_is_not_read_ends_with_the_position_to_resume_after(serve: Callable[..., Served]) -> None:
    served = serve(**SLOW)
    await create(served, COUNT * 2, LARGE * 2)
    little = httpx.AsyncHTTPTransport(socket_options=[(socket.SOL_SOCKET, socket.SO_RCVBUF, LITTLE)])
    body = {"query": "subscription { events(after: 0) { data } }"}
    async with (
        httpx.AsyncClient(headers=served.headers, transport=little, timeout=60) as client,
        client.stream("POST", f"{served.url}/graphql/stream", json=body) as slow,
    ):
        lines = slow.aiter_lines()
        assert [await anext(lines) for _ in range(2)] == ["id: 0", ""]
        await until(lambda: dropped(served) != [])
        said = [line async for line in lines]
    [last] = dropped(served)
    assert last is not None
    assert last < COUNT * 2
    assert [line for line in said if line.startswith("id:")] == [f"id: {at}" for at in range(1, last + 1)]
    assert said[-2:] == [f": Too slow: resume after {last}", ""]

    headers = {"Last-Event-ID": str(last)}
    async with (
        httpx.AsyncClient(headers=served.headers, timeout=60) as client,
        client.stream("POST", f"{served.url}/graphql/stream", json=body, headers=headers) as again,
    ):
        ids = (line async for line in again.aiter_lines() if re.match("id: ", line))
        rest = [await anext(ids) for _ in range(COUNT * 2 - last + 1)]
    assert rest == [f"id: {at}" for at in range(last, COUNT * 2 + 1)]


async def test_a_stream_that_is_never_read_is_let_go(serve: Callable[..., Served]) -> None:
    served = serve(**SLOW)
    await create(served, COUNT * 2, LARGE * 2)
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, LITTLE)
    raw.connect(("127.0.0.1", served.port))
    port = raw.getsockname()[1]
    raw.sendall(
        f"GET /graphql/stream?query=subscription{{events(after:0){{data}}}} HTTP/1.1\r\nHost: desk\r\n"
        f"Authorization: Bearer {served.key}\r\n\r\n".encode()
    )
    await until(lambda: dropped(served) != [])
    assert connected(served.process.pid, port)
    await until(lambda: not connected(served.process.pid, port))
    raw.close()


@asynccontextmanager
async def listening(desk: Desk, ping_timeout: float) -> AsyncIterator[Address]:
    """uvicorn in this process, with pings that come more often than `deskgraph serve` sends them."""
    patient: Any = {"http": partial(Http, patience=20), "ws": partial(WebSocket, patience=20)}
    pings: Any = {"ws_ping_interval": 0.2, "ws_ping_timeout": ping_timeout}
    config = uvicorn.Config(create_app(desk, Keys(KEY)), log_config=None, lifespan="off", **patient, **pings)
    server, bound = uvicorn.Server(config), listen("127.0.0.1", 0)
    running = asyncio.create_task(server.serve([bound]))
    try:
        yield Address(f"http://127.0.0.1:{bound.getsockname()[1]}", KEY)
    finally:
        server.should_exit = True
        await running


async def test_a_websocket_that_is_read_slowly_but_steadily_is_kept(desk: Desk) -> None:
    """It takes some 8 seconds to read up to a ping, but never more than 5 to take some of what is sent."""
    for _ in range(30):
        await desk.Ticket.create(subject="A ticket", description="x" * LARGE)
    async with listening(desk, ping_timeout=6.5) as served:
        slow = await subscriber(served, 4 * LITTLE)
        await subscribe(slow, "one", EVENTS, 0)
        seen = []
        for _ in range(10):
            await asyncio.sleep(1)  # it is slow
            seen += await positions(slow, 1)
        seen += await positions(slow, 20)
        assert seen == list(range(1, 31))
        await slow.close()


async def test_a_websocket_whose_client_is_dead_is_closed(desk: Desk) -> None:
    async with listening(desk, ping_timeout=1) as served:
        dead = await subscriber(served)
        dead.transport.pause_reading()
        raw: socket.socket = dead.transport.get_extra_info("socket")
        await until(lambda: has_ended(raw))
        dead.transport.resume_reading()
        assert await to_the_end(dead) == ({}, (1011, "keepalive ping timeout"))


def has_ended(raw: socket.socket) -> bool:
    """Whether the other side has closed the connection, what it has sent before still being unread."""
    [found] = [one for one in psutil.net_connections("tcp") if one.laddr and one.laddr.port == raw.getsockname()[1]]
    return found.status == psutil.CONN_CLOSE_WAIT


async def test_what_is_not_read_is_not_kept_for_twenty_subscribers(serve: Callable[..., Served]) -> None:
    """Were it queued, each of them would cost the size of the log, 20 MB."""
    served = serve(DESKGRAPH_SLOW_SUBSCRIBER_SECONDS="600")
    for _ in range(8):
        await create(served, 50, LARGE)
    quick = await subscriber(served)
    await subscribe(quick, "warm", EVENTS, 0)
    assert await positions(quick, 400) == list(range(1, 401))
    process = psutil.Process(served.process.pid)
    before = process.memory_info().rss
    stuck = [await subscriber(served, LITTLE) for _ in range(20)]
    for client in stuck:
        await subscribe(client, "stuck", EVENTS, 0)
    await subscribe(quick, "again", EVENTS, 0)
    assert await positions(quick, 400) == list(range(1, 401))
    assert process.memory_info().rss - before < 100e6
    for client in (quick, *stuck):
        client.transport.abort()
