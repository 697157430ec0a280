"""Attacks on a served desk: each is refused by its code, soon, whichever way it comes, and the next request works."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import orjson
import psutil
import pytest
from websockets.asyncio.client import ClientConnection, connect

from deskgraph.graph.database import Database, Transaction
from deskgraph.resolvers.desk import Desk
from deskgraph.schema.errors import TookTooLongError
from tests.acceptance.conftest import PROTOCOL, Served, serving_in
from tests.attacks import ATTACKS
from tests.conftest import until

COUNT = {"query": "{ tickets { totalCount } events { totalCount } }"}
UNTOUCHED = {"data": {"tickets": {"totalCount": 0}, "events": {"totalCount": 0}}}
SECONDS = 2.0  # of the server's own time, for an attack on all three ways; with limits that cost 2^n it was never


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving_in(tmp_path_factory.mktemp("attacked")) as running:
        assert post(running, COUNT).json() == UNTOUCHED
        yield running


def post(served: Served, body: Any, path: str = "/graphql") -> httpx.Response:
    headers = {**served.headers, "Content-Type": "application/json"}
    return httpx.post(f"{served.url}{path}", content=json.dumps(body), headers=headers, timeout=60)


def codes(answer: dict[str, Any]) -> set[str]:
    return {error["extensions"]["code"] for error in answer["errors"]}


def told(stream: str) -> Any:
    """What is in the first event of a stream that has data."""
    return json.loads(next(line for line in stream.splitlines() if line.startswith("data: {"))[6:])


async def opened(served: Served) -> ClientConnection:
    client = await connect(served.socket, subprotocols=[PROTOCOL], additional_headers=served.headers)
    await client.send(json.dumps({"type": "connection_init"}))
    assert json.loads(await client.recv()) == {"type": "connection_ack"}
    return client


@pytest.mark.parametrize("name", ATTACKS)
async def test_an_operation_is_refused_alike_however_it_comes(served: Served, name: str) -> None:
    query, variables, code = ATTACKS[name]
    body = {"query": query, "variables": variables}
    before = psutil.Process(served.process.pid).cpu_times()
    assert codes(post(served, body).json()) == {code}
    assert codes(told(post(served, body, "/graphql/stream").text)) == {code}
    client = await opened(served)
    await client.send(json.dumps({"type": "subscribe", "id": "1", "payload": body}))
    said = json.loads(await client.recv())
    assert codes({"errors": said["payload"]} if said["type"] == "error" else said["payload"]) == {code}
    await client.close()
    after = psutil.Process(served.process.pid).cpu_times()
    assert after.user - before.user < SECONDS
    assert post(served, COUNT).json() == UNTOUCHED


@pytest.mark.parametrize("path", ["/graphql", "/graphql/stream"])
def test_a_body_that_is_too_large_is_not_read(serve: Callable[..., Served], path: str) -> None:
    served = serve(DESKGRAPH_MAX_BODY_BYTES="10000", DESKGRAPH_MAX_VARIABLES_BYTES="5000")

    def chunks() -> Iterator[bytes]:
        yield b'{"query": "'
        for _ in range(100):
            yield b"x" * 1000

    headers = {**served.headers, "Content-Type": "application/json"}
    declared = post(served, {"query": "x" * 10_000}, path)
    chunked = httpx.post(f"{served.url}{path}", content=chunks(), headers=headers)
    for answer in (declared, chunked):
        assert (answer.status_code, codes(answer.json()), answer.headers["connection"]) == (
            413,
            {"BODY_TOO_LARGE"},
            "close",
        )
    text = "query ($text: String) { tickets(filter: {subject: {eq: $text}}) { totalCount } }"
    large = post(served, {"query": text, "variables": {"text": "x" * 5000}}, path)
    assert (large.status_code, codes(large.json())) == (413, {"VARIABLES_TOO_LARGE"})
    just = post(served, {"query": text, "variables": {"text": "x" * 4900}})
    assert just.json() == {"data": {"tickets": {"totalCount": 0}}}


def much() -> Iterator[bytes]:
    """A body whose length is not declared."""
    for _ in range(100):
        yield b"x" * 1000


@pytest.mark.parametrize(("method", "path"), [("POST", "/mcp"), ("GET", "/events")])
def test_a_body_that_is_too_large_is_not_read_elsewhere_either(
    serve: Callable[..., Served], method: str, path: str
) -> None:
    served = serve(DESKGRAPH_MAX_BODY_BYTES="10000")
    headers = {**served.headers, "Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    for content in (b"x" * 10_001, much()):
        answer = httpx.request(method, f"{served.url}{path}", content=content, headers=headers)
        told = answer.json()
        code = told["error"]["data"]["code"] if path == "/mcp" else codes(told).pop()
        assert (answer.status_code, code, answer.headers["connection"]) == (413, "BODY_TOO_LARGE", "close")
        stranger = httpx.request(method, f"{served.url}{path}", content=b"x" * 10_001)
        assert stranger.status_code == 401
    small = httpx.request(method, f"{served.url}{path}", content=b"x" * 10_000, headers=headers)
    assert (small.status_code, small.text) == (200, "") if path == "/events" else small.status_code == 400
    assert post(served, COUNT).json() == UNTOUCHED


async def test_a_transaction_ends_after_the_seconds_of_the_setting(
    serve: Callable[..., Served], desk: Desk, database: Database
) -> None:
    """The verb waits for a ticket that another transaction has, longer than it may."""
    served = serve(DESKGRAPH_QUERY_SECONDS="3")
    ticket = await desk.Ticket.create(subject="Portal")
    update = 'updateTicket(input: {id: $id, subject: "Shop"}) { ticket { id } errors { code message } }'
    body = {"query": f"mutation ($id: ID!) {{ {update} }}", "variables": {"id": ticket.id}}

    async def hold(tx: Transaction) -> Any:
        await tx.run("MATCH (t:Ticket {workspace: $workspace, id: $id}) SET t.description = 'held'", id=ticket.id)
        return await asyncio.to_thread(post, served, body)

    answer = await database.write(desk.workspace, hold)
    told = {"code": "UNAVAILABLE", "message": TookTooLongError.__doc__}
    assert answer.json() == {"data": {"updateTicket": {"ticket": None, "errors": [told]}}}
    assert answer.elapsed.total_seconds() < 30  # it is 60 by default
    after = await desk.Ticket.get(ticket.id)
    assert (after.subject, after.description, await desk.position()) == ("Portal", "held", 1)


async def test_a_socket_has_so_many_operations_at_once(serve: Callable[..., Served]) -> None:
    served = serve(DESKGRAPH_MAX_SOCKET_OPERATIONS="3", DESKGRAPH_MAX_MESSAGE_BYTES="2000")
    client = await opened(served)
    listen = {"type": "subscribe", "payload": {"query": "subscription { events { id } }"}}
    for id_ in ("1", "2", "3", "4"):
        await client.send(json.dumps({**listen, "id": id_}))
    said = json.loads(await client.recv())
    assert (said["id"], said["type"], codes({"errors": said["payload"]})) == ("4", "error", {"TOO_MANY_OPERATIONS"})
    await client.send(json.dumps({"type": "complete", "id": "1"}))
    await client.send(json.dumps({"type": "subscribe", "id": "4", "payload": {"query": "{ __typename }"}}))
    assert json.loads(await client.recv())["type"] == "next"
    await client.send("x" * 2001)
    await until(lambda: client.close_code is not None)
    assert client.close_code == 1009


def raw(served: Served, *parts: bytes) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", served.port))
    made.settimeout(60)
    for part in parts:
        made.sendall(part)
    return made


def answered(client: socket.socket) -> tuple[int, dict[str, Any]]:
    """The status and body of what is sent until the server closes the connection."""
    text = b"".join(iter(lambda: client.recv(65536), b""))
    client.close()
    head, _, body = text.partition(b"\r\n\r\n")
    return int(head.split()[1]), orjson.loads(body)


HEAD = b"POST /graphql HTTP/1.1\r\nHost: desk\r\nContent-Type: application/json\r\nContent-Length: 100\r\n"


@pytest.mark.parametrize("part", ["nothing", "head", "body", "second"])
def test_a_request_must_arrive_in_time(serve: Callable[..., Served], part: str) -> None:
    served = serve(DESKGRAPH_REQUEST_SECONDS="1")
    key = f"Authorization: Bearer {served.key}\r\n\r\n".encode()
    first = b"GET /health/live HTTP/1.1\r\nHost: desk\r\n\r\n"
    parts = {"nothing": [], "head": [HEAD], "body": [HEAD, key, b'{"query": "'], "second": [first, HEAD]}[part]
    client = raw(served, *parts)
    if part == "second":
        assert client.recv(65536).startswith(b"HTTP/1.1 200 OK")
    status, body = answered(client)
    assert (status, codes(body)) == (408, {"REQUEST_TIMEOUT"})
    assert post(served, COUNT).json() == UNTOUCHED


async def test_what_has_arrived_in_time_may_be_answered_later(serve: Callable[..., Served]) -> None:
    """Neither a stream nor a WebSocket is a request that is late."""
    served = serve(DESKGRAPH_REQUEST_SECONDS="0.5", DESKGRAPH_HEARTBEAT_SECONDS="0.5")
    client = await opened(served)
    async with (
        httpx.AsyncClient(headers=served.headers, timeout=60) as http,
        http.stream(
            "GET", f"{served.url}/graphql/stream", params={"query": "subscription { events { id } }"}
        ) as stream,
    ):
        beats = (line async for line in stream.aiter_lines() if line.startswith(":"))
        assert [await anext(beats) for _ in range(4)] == [": "] * 4
    await client.send(json.dumps({"type": "ping"}))
    assert json.loads(await client.recv()) == {"type": "pong"}


def test_a_head_without_end_is_cut_off(served: Served) -> None:
    status, body = answered(raw(served, b"GET / HTTP/1.1\r\n", b"X-Nothing: " + b"x" * 1000 * 64, b"x" * 2000))
    assert (status, codes(body)) == (431, {"BAD_REQUEST"})
    assert post(served, COUNT).json() == UNTOUCHED


def test_a_process_has_so_many_connections(serve: Callable[..., Served]) -> None:
    served = serve(DESKGRAPH_MAX_CONNECTIONS="3")
    idle = [raw(served) for _ in range(3)]
    status, body = answered(raw(served))
    assert (status, codes(body)) == (503, {"TOO_MANY_CONNECTIONS"})
    for one in idle:
        one.close()

    def is_let_in() -> bool:
        return post(served, COUNT).status_code == 200

    asyncio.run(until(is_let_in))
