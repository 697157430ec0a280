"""The specification's example, by the official client in each way and at both kinds of protocol."""

from __future__ import annotations

from typing import Any

import pytest
from mcp.types import CallToolResult, Request

from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.records import Record
from tests.acceptance.mcp.clients import (
    EXAMPLE,
    MODES,
    SAM,
    SOME,
    TICKET,
    WAYS,
    data,
    over_http,
)
from tests.acceptance.mcp.conftest import Connect, Serve


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("way", WAYS)
async def test_the_specifications_example(desk: Desk, ticket: Record, connect: Connect, way: str, mode: str) -> None:
    async with connect(way, mode) as client:
        assert client.protocol_version == MODES[mode]
        looked, did = EXAMPLE
        found = data(await client.call_tool(looked["tool"], looked["input"]))
        assert [row["id"] for row in found["results"]] == [TICKET]
        assert (found["total"], found["hasMore"], found["cursor"]) == (1, False, None)
        done = data(await client.call_tool(did["tool"], {"input": did["input"]}))
    assert [(step["verb"], step["id"], step["status"], step["version"]) for step in done["steps"]] == [
        ("ticket.assign", TICKET, "OPEN", 2),
        ("ticket.resolve", TICKET, "RESOLVED", 3),
    ]
    after = await desk.Ticket.get(TICKET)
    assert after
    assert (after.status, after.agent, after.resolution) == (
        "RESOLVED",
        SAM,
        "Portal access restored after billing sync",
    )
    await desk.position()
    events = await desk.Event.find(subject_id=TICKET, order_by="position")
    assert [(event.type, event.actor) for event in events] == [
        ("ticket.created", "system"), ("ticket.assigned", "key:admin"), ("ticket.resolved", "key:admin")
    ]  # fmt: skip
    assert [step["event"]["position"] for step in done["steps"]] == [event.position for event in events[1:]]


@pytest.mark.parametrize(("way", "mode"), SOME)
async def test_the_sentence_alone_will_do(desk: Desk, ticket: Record, connect: Connect, way: str, mode: str) -> None:
    """The example's input is a bare string, which MCP's own arguments are not: it is taken all the same."""
    async with connect(way, mode) as client:
        params = {"name": EXAMPLE[1]["tool"], "arguments": EXAMPLE[1]["input"]}
        bare = Request[dict[str, Any], str](method="tools/call", params=params)
        done = data(await client.session.send_request(bare, CallToolResult))
    assert [step["verb"] for step in done["steps"]] == ["ticket.assign", "ticket.resolve"]
    after = await desk.Ticket.get(TICKET)
    assert after
    assert (after.status, after.version) == ("RESOLVED", 3)


async def test_a_dry_run_changes_nothing(desk: Desk, ticket: Record, serve: Serve) -> None:
    before = await desk.position()
    async with over_http(serve().url) as client:
        told = data(await client.call_tool("do", {"input": EXAMPLE[1]["input"], "dryRun": True}))
    assert (told["dryRun"], told["steps"]) == (True, [])
    assert [(step["verb"], step["subjects"]) for step in told["plan"]] == [
        ("ticket.assign", [TICKET]),
        ("ticket.resolve", [TICKET]),
    ]
    assert await desk.position() == before


async def test_a_sentence_is_done_once_with_its_key(desk: Desk, ticket: Record, serve: Serve) -> None:
    asked = {"input": EXAMPLE[1]["input"], "idempotencyKey": "once"}
    async with over_http(serve().url) as client:
        first = data(await client.call_tool("do", asked))
        again = data(await client.call_tool("do", asked))
    assert (first["replayed"], again["replayed"]) == (False, True)
    assert [step["event"]["id"] for step in again["steps"]] == [step["event"]["id"] for step in first["steps"]]
    assert len(await desk.Event.find()) == 5  # three of what there was before
