"""The log as a feed, `GET /events`, and `deskgraph trim`, as programs from outside meet them."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from deskgraph.graph.database import Database
from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.hooks import Hooks
from tests.acceptance.conftest import ROOT, Served, serving
from tests.acceptance.test_server import START
from tests.conftest import until

EVENTS = """{ events(first: 100) {
  nodes { id type position subjectId subjectVersion at actor data cause { id } } } }"""
EMBEDDED = dict.fromkeys(("NEO4J_URI", "NEO4J_USERNAME", "NEO4J_PASSWORD"), "") | START


@pytest.fixture
async def desk(database: Database, workspace: str) -> AsyncIterator[Desk]:
    """A desk of the test's own beside the server, in the same workspace."""
    async with Desk(database, workspace, hooks=Hooks()) as opened:
        yield opened


async def made(desk: Desk) -> None:
    """Seven events, two of which have a cause."""

    async def survey(ticket: Any, ctx: Any) -> None:
        await ctx.Activity.create(type="survey", ticket=ticket.id)
        await ctx.Activity.create(type="note", ticket=ticket.id, data={"ü": [1, None]})

    desk.Ticket.resolved(name="survey")(survey)
    for subject in ("Portal", "Shop"):
        ticket = await desk.Ticket.create(subject=subject, priority="high")
    await desk.Ticket.hold(id=ticket.id)
    await desk.Ticket.reopen(id=ticket.id)
    await desk.Ticket.resolve(id=ticket.id, resolution="Neu gestartet — läuft")
    await desk.settle()
    desk.Ticket.resolved.remove(survey)
    await desk.attach_hooks()


async def reaches(served: Served, position: int) -> None:
    """Wait until the server has seen the log up to there."""

    async def holds() -> bool:
        async with httpx.AsyncClient(headers=served.headers) as client:
            return (await client.get(f"{served.url}/events?after={position}")).status_code == 200

    await until(holds)


def get(served: Served, query: str = "", **headers: str) -> httpx.Response:
    return httpx.get(f"{served.url}/events{query}", headers=headers or served.headers)


def lines(answer: httpx.Response) -> list[dict[str, Any]]:
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/x-ndjson")
    return [json.loads(line) for line in answer.text.splitlines()]


def positions(answer: httpx.Response) -> list[int]:
    return [event["position"] for event in lines(answer)]


def trim(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "deskgraph", "trim", *arguments]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True)


async def test_an_event_a_line(serve: Callable[..., Served], desk: Desk) -> None:
    """The same as a query says of the events, all of them, in order."""
    served = serve()
    await made(desk)
    await reaches(served, 7)
    answer = get(served)
    body = {"query": EVENTS}
    async with httpx.AsyncClient(headers=served.headers) as client:
        asked = (await client.post(f"{served.url}/graphql", json=body)).json()["data"]["events"]["nodes"]
        assert (await client.post(f"{served.url}/events")).status_code == 405
    wanted = [{**node, "cause": node["cause"] and node["cause"]["id"]} for node in asked]
    assert lines(answer) == wanted
    assert answer.headers["Deskgraph-Position"] == "7"
    types = ["ticket.created", "ticket.created", "ticket.held", "ticket.reopened", "ticket.resolved"]
    assert [event["type"] for event in wanted] == [*types, "activity.created", "activity.created"]
    resolved, first, second = wanted[4:]
    assert (first["cause"], second["cause"], resolved["cause"]) == (resolved["id"], resolved["id"], None)
    assert second["data"]["data"] == {"ü": [1, None]}


async def test_page_by_page(serve: Callable[..., Served], desk: Desk) -> None:
    served = serve()
    await made(desk)
    await reaches(served, 7)
    found, after = [], "0"
    while page := lines(answer := get(served, f"?after={after}&limit=3")):
        found.append([event["position"] for event in page])
        after = answer.headers["Deskgraph-Position"]
    assert (found, after) == ([[1, 2, 3], [4, 5, 6], [7]], "7")
    await desk.Organization.create(name="Acme")
    await reaches(served, 8)
    assert positions(get(served, f"?after={after}&limit=0001")) == [8]


async def test_some_types(serve: Callable[..., Served], desk: Desk) -> None:
    """`limit` counts what is looked at, so that the header always says how far that was."""
    served = serve()
    await made(desk)
    await reaches(served, 7)
    for query, found, after in [
        ("?types=ticket.created", [1, 2], "7"),
        ("?types=*.created,ticket.held", [1, 2, 3, 6, 7], "7"),
        ("?types=*.created,%20ticket.held&limit=3&after=1", [2, 3], "4"),
        ("?types=activity.*&limit=3", [], "3"),
        ("?types=activity.*&limit=3&after=3", [6], "6"),
        ("?types=contact.*&after=7", [], "7"),
    ]:
        answer = get(served, query)
        assert (positions(answer), answer.headers["Deskgraph-Position"]) == (found, after)


MISTAKES = [
    ("?after=8", 400, "INVALID_CURSOR", "The log ends at 7; 8 is no position in it."),
    ("?after=-1", 400, "INVALID_INPUT", "after must be a whole number from 0 to 9223372036854775807, not '-1'."),
    ("?after=", 400, "INVALID_INPUT", "after must be a whole number from 0 to 9223372036854775807, not ''."),
    ("?after=1e3", 400, "INVALID_INPUT", "after must be a whole number from 0 to 9223372036854775807, not '1e3'."),
    ("?after=9223372036854775808", 400, "INVALID_INPUT", "after must be a whole number from 0 to"),
    ("?limit=0", 400, "INVALID_INPUT", "limit must be a whole number from 1 to 100000, not 0."),
    ("?limit=100001", 400, "INVALID_INPUT", "limit must be a whole number from 1 to 100000, not 100001."),
    ("?limit=ten", 400, "INVALID_INPUT", "limit must be a whole number from 1 to 100000, not 'ten'."),
    ("?types=ticket.exploded", 400, "INVALID_INPUT", "not 'ticket.exploded'."),
    ("?types=", 400, "INVALID_INPUT", "not ''."),
    ("?type=ticket.created", 400, "INVALID_INPUT", "There are after, limit and types, not type."),
]


async def test_mistakes_are_told(serve: Callable[..., Served], desk: Desk) -> None:
    served = serve()
    await made(desk)
    await reaches(served, 7)
    for query, status, code, message in MISTAKES:
        answer = get(served, query)
        assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/json")
        [error] = answer.json()["errors"]
        assert error["extensions"] == {"code": code}
        assert message in error["message"]


async def test_without_the_key_nothing_is_told(serve: Callable[..., Served], desk: Desk) -> None:
    served = serve()
    await made(desk)
    await reaches(served, 7)
    for header in ("", "Bearer", "Bearer wrong-key", f"Basic {served.key}"):
        answer = get(served, "?after=99", Authorization=header)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert answer.json()["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}


async def test_what_is_trimmed_while_the_server_runs(serve: Callable[..., Served], desk: Desk, workspace: str) -> None:
    served = serve()
    await made(desk)
    await reaches(served, 7)
    await desk.consumers.delete("survey")
    moment = (await desk.Event.find(order_by="position"))[3].at
    count = sum(event.at < moment for event in await desk.Event.find())
    said = await asyncio.to_thread(trim, "--before", moment.isoformat(), DESKGRAPH_WORKSPACE=workspace)
    assert said.stdout.splitlines() == [
        f"Removed {count} events and 0 idempotency keys from before {moment.isoformat(timespec='seconds')}.",
        f"The log begins after position {count}.",
    ]
    expired = get(served, "?after=0")
    assert (expired.status_code, expired.headers["Deskgraph-Position"]) == (410, str(count))
    assert expired.json()["errors"] == [
        {
            "message": f"The log is trimmed up to {count}, so what followed 0 is gone: go on with after: {count}.",
            "extensions": {"code": "CURSOR_EXPIRED"},
        }
    ]
    kept = list(range(count + 1, 8))
    assert positions(get(served, f"?after={count}")) == kept
    assert positions(get(served)) == kept  # without a cursor it begins where the log begins


async def test_a_consumer_that_has_not_passed_is_named(desk: Desk, workspace: str) -> None:
    await made(desk)
    await desk.consumers.open("billing", start=2)
    said = await asyncio.to_thread(trim, "--older-than", "0s", DESKGRAPH_WORKSPACE=workspace)
    assert said.stdout.startswith("Removed 2 events and 0 idempotency keys from before ")
    assert said.stdout.splitlines()[1:] == [
        "The log begins after position 2.",
        "Older events were kept for the consumer billing.",
    ]


async def test_a_server_with_retention(serve: Callable[..., Served], desk: Desk) -> None:
    await made(desk)
    await desk.consumers.delete("survey")
    served = serve(DESKGRAPH_RETENTION_DAYS="0.0000001")
    async with httpx.AsyncClient(headers=served.headers) as client:
        while (await client.get(f"{served.url}/events?after=0")).status_code != 410:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.05)
        assert (await client.get(f"{served.url}/events?after=7")).status_code == 200
    await desk.Organization.create(name="Acme")
    assert [event.position for event in await desk.Event.find()] == [8]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        ([], 1, "Give --before or --older-than"),
        (["--before", "2026-01-01", "--older-than", "90d"], 1, "Give --before or --older-than"),
        (["--before", "2999-01-01"], 1, "2999-01-01T00:00:00+00:00 is still to come"),
        (["--older-than=-1d"], 1, "is still to come"),
        (["--older-than", "ninety"], 2, "ninety"),
        (["--before", "soon"], 2, "soon"),
        (["--before", "2026-01-01"], 1, "There is no workspace"),
    ],
)
def test_mistakes_of_trim(arguments: list[str], code: int, says: str, workspace: str) -> None:
    answer = trim(*arguments, DESKGRAPH_WORKSPACE=workspace)
    assert (answer.returncode, says in answer.stderr + answer.stdout) == (code, True)
    assert "Traceback" not in answer.stderr


def test_the_database_of_a_stopped_server(tmp_path: Any) -> None:
    settings = {**EMBEDDED, "DESKGRAPH_DATA": str(tmp_path), "DESKGRAPH_API_KEY": "test-key-embedded"}
    with serving("--sample", **settings) as served:
        count = positions(get(served))[-1]
        busy = trim("--older-than", "0s", "--data", str(tmp_path), **EMBEDDED)
        assert (busy.returncode, "in use" in busy.stderr) == (1, True)
        assert positions(get(served)) == list(range(1, count + 1))
    said = trim("--older-than", "0s", "--data", str(tmp_path), **EMBEDDED)
    assert said.stdout.startswith(f"Removed {count} events and 0 idempotency keys")


# Slow readers


async def many(desk: Desk, served: Served) -> None:
    """400 events of 20 megabytes, more than lies between server and client, once the server has seen them all."""
    for _ in range(20):
        await asyncio.gather(*(desk.Ticket.create(subject="Portal", description="x" * 50_000) for _ in range(20)))
    await reaches(served, 400)


class Slow:
    """A client that takes what it gets piece by piece."""

    def __init__(self, served: Served) -> None:
        host, port = served.url.removeprefix("http://").split(":")
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        self.socket.settimeout(60)
        self.socket.connect((host, int(port)))
        head = ["GET /events HTTP/1.1", f"Host: {host}", f"Authorization: Bearer {served.key}", "Connection: close"]
        self.socket.sendall("\r\n".join([*head, "", ""]).encode())
        self.received = bytearray()

    def take(self) -> bool:
        """Receive a piece; whether there may be more."""
        piece = self.socket.recv(65536)
        self.received += piece
        if not piece:
            self.socket.close()
        return bool(piece)

    def take_all(self) -> None:
        """Receive the rest."""
        while self.take():
            pass

    def body(self) -> tuple[list[dict[str, Any]], bool]:
        """The whole lines of the chunked body so far, and whether it came to its end."""
        at, body, size = self.received.index(b"\r\n\r\n") + 4, b"", -1
        while size and at < len(self.received):
            end = self.received.index(b"\r\n", at)
            size = int(self.received[at:end], 16)
            body += self.received[end + 2 : end + 2 + size]
            at = end + 2 + size + 2
        return [json.loads(line) for line in body.split(b"\n")[:-1]], size == 0


async def test_a_slow_reader_gets_everything(serve: Callable[..., Served], desk: Desk) -> None:
    served = serve()
    await many(desk, served)
    slow = Slow(served)
    await asyncio.to_thread(slow.take_all)
    found, ended = slow.body()
    assert ([event["position"] for event in found], ended) == (list(range(1, 401)), True)
    assert {len(event["data"]["description"]) for event in found} == {50_000}


async def test_a_slow_reader_who_is_overtaken_is_cut_off(serve: Callable[..., Served], desk: Desk) -> None:
    """What it has is whole and in order, but for a last line perhaps; it knows that this is not all, and asks again."""
    served = serve()
    await many(desk, served)
    slow = Slow(served)
    assert await asyncio.to_thread(slow.take)
    assert (await desk.trim(datetime.now(UTC))).position == 400
    await asyncio.to_thread(slow.take_all)
    found, ended = slow.body()
    assert not ended
    assert [event["position"] for event in found] == list(range(1, len(found) + 1))
    assert 0 < len(found) < 400
    assert get(served, f"?after={len(found)}").headers["Deskgraph-Position"] == "400"
