"""Sentences in other words: the client's own model translates, and what it says is checked as everything is."""

from __future__ import annotations

from typing import Any

import pytest
from mcp.types import CreateMessageResult, TextContent

from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.records import Record
from tests.acceptance.mcp.clients import (
    EXAMPLE,
    TICKET,
    data,
    over_http,
    refused,
)
from tests.acceptance.mcp.conftest import Connect, Serve


class Model:
    """A client's model, which says the same whatever it is asked."""

    def __init__(self, says: str) -> None:
        self.says = says
        self.asked: list[str] = []

    async def __call__(self, _context: Any, params: Any) -> CreateMessageResult:
        self.asked.append(params.messages[0].content.text)
        return CreateMessageResult(role="assistant", model="m", content=TextContent(type="text", text=self.says))


@pytest.mark.parametrize(("way", "mode"), [("http", "auto"), ("stdio", "auto"), ("stdio", "legacy")])
async def test_the_clients_model_may_put_it_into_other_words(
    desk: Desk, ticket: Record, connect: Connect, way: str, mode: str
) -> None:
    model = Model("Resolve ticket_rV7yKdPm with 'Restarted it'")
    sentence = "Frobnicate ticket_rV7yKdPm"
    async with connect(way, mode, sampling_callback=model) as client:
        done = data(await client.call_tool("do", {"input": sentence}))
    assert done["translated"] == {"from": sentence, "to": model.says}
    assert [(step["verb"], step["status"]) for step in done["steps"]] == [("ticket.resolve", "RESOLVED")]
    [asked] = model.asked
    assert sentence in asked
    assert "Resolve #1042 with" in asked
    after = await desk.Ticket.get(TICKET)
    assert after
    assert after.resolution == "Restarted it"


@pytest.mark.parametrize(
    ("says", "code"),
    [
        ("Frobnicate it all", "NOT_UNDERSTOOD"),
        ("Resolve ticket_nobody12 with 'x'", "NOT_FOUND"),
        ("Reopen ticket_rV7yKdPm", "INVALID_TRANSITION"),
        ("NONE", "NOT_UNDERSTOOD"),
        ("", "NOT_UNDERSTOOD"),
    ],
)
async def test_what_the_model_says_is_checked_as_everything_is(
    desk: Desk, ticket: Record, serve: Serve, says: str, code: str
) -> None:
    async with over_http(serve().url, sampling_callback=Model(says)) as client:
        result = await client.call_tool("do", {"input": "Frobnicate ticket_rV7yKdPm"})
    assert refused(result)["code"] == code
    assert result.structured_content.get("translated", {}).get("to") == (says if says not in ("NONE", "") else None)
    assert await desk.position() == 3


@pytest.mark.parametrize(
    "sentence",
    ["Don't resolve ticket_rV7yKdPm", "Resolve ticket_rV7yKdPm with 'x' if it is old", EXAMPLE[1]["input"]],
)
async def test_the_model_is_not_asked_where_no_other_words_are_needed(
    ticket: Record, serve: Serve, sentence: str
) -> None:
    model = Model("Resolve ticket_rV7yKdPm with 'x'")
    async with over_http(serve().url, sampling_callback=model) as client:
        await client.call_tool("do", {"input": sentence})
    assert model.asked == []


async def test_without_a_model_a_sentence_is_just_refused(desk: Desk, ticket: Record, serve: Serve) -> None:
    model = Model("Close ticket_rV7yKdPm")
    url = serve().url
    async with over_http(url) as plain, over_http(url, mode="legacy", sampling_callback=model) as legacy:
        for client in (plain, legacy):
            error = refused(await client.call_tool("do", {"input": "Frobnicate ticket_rV7yKdPm"}))
            assert error["code"] == "NOT_UNDERSTOOD"
            assert error["problem"]["words"]
    assert model.asked == []
    assert await desk.position() == 3
