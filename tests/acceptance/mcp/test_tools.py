"""The tools, resources and prompts that there are, what they answer, and what they say of mistakes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from mcp import MCPError
from mcp.types import CallToolResult, TextContent

from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.fetching import fetch
from deskgraph.resolvers.records import Record
from deskgraph.resolvers.searching import search
from deskgraph.schema.noun import NOUNS
from deskgraph.schema.verb import VERBS, spoken
from tests.acceptance.mcp.clients import (
    MODES,
    SOME,
    TICKET,
    WAYS,
    data,
    over_http,
    refused,
)
from tests.acceptance.mcp.conftest import Connect, Serve


@pytest.mark.parametrize(("way", "mode"), SOME)
async def test_the_tools_are_told(connect: Connect, way: str, mode: str) -> None:
    async with connect(way, mode) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert client.server_info.name == "deskgraph"
        assert "`search` finds" in client.instructions
    assert list(tools) == ["search", "fetch", "do"]
    for tool in tools.values():
        assert tool.description
        assert tool.title
        assert tool.annotations
        assert tool.output_schema
        Draft202012Validator.check_schema(tool.input_schema)
        Draft202012Validator.check_schema(tool.output_schema)
        assert tool.input_schema["additionalProperties"] is False
        assert all(told["description"] for told in tool.input_schema["properties"].values())
    assert list(tools["search"].input_schema["properties"]) == [
        "type", "query", "filter", "sort", "limit", "cursor", "include"
    ]  # fmt: skip
    assert list(tools["fetch"].input_schema["properties"]) == ["type", "id", "include", "asOf"]
    assert all(name in str(tools["search"].description) for name in NOUNS)
    reads = [tool.annotations.read_only_hint for tool in tools.values() if tool.annotations]
    assert reads == [True, True, False]


async def test_do_is_told(serve: Serve) -> None:
    async with over_http(serve().url) as client:
        tool = (await client.list_tools()).tools[2]
    assert list(tool.input_schema["properties"]) == ["input", "dryRun", "idempotencyKey"]
    assert tool.input_schema["required"] == ["input"]
    assert all(verb.name in str(tool.description) for verb in spoken().values())
    assert tool.annotations
    assert (tool.annotations.destructive_hint, tool.annotations.idempotent_hint) == (True, False)


@pytest.mark.parametrize("way", WAYS)
async def test_what_is_found_and_fetched(desk: Desk, ticket: Record, connect: Connect, way: str) -> None:
    await desk.Ticket.hold(id=TICKET, reason="Waits for a log")
    position = await desk.position()
    asks: list[dict[str, Any]] = [
        {"type": "Ticket", "filter": {"createdAt": {"gte": "2026-01-01"}}, "sort": "-priority", "include": ["events"]},
        {"query": "billing"},
        {"type": "Ticket", "limit": 1},
    ]
    async with connect(way) as client:
        for asked in asks:
            assert data(await client.call_tool("search", asked)) == await search(desk.session, **asked)
        first = data(await client.call_tool("search", asks[2]))
        second = data(await client.call_tool("search", {**asks[2], "cursor": first["cursor"]}))
        assert [row["subject"] for page in (first, second) for row in page["results"]] == [
            "Cannot access billing portal", "Another"
        ]  # fmt: skip
        now = data(await client.call_tool("fetch", {"type": "Ticket", "id": TICKET, "include": ["activities"]}))
        assert now == await fetch(desk.session, id=TICKET, include=["activities"])
        assert now["status"] == "PENDING"
        for as_of in (position - 1, str(position - 1), ticket.updated_at.isoformat()):
            then = data(await client.call_tool("fetch", {"id": TICKET, "asOf": as_of}))
            assert then == await fetch(desk.session, id=TICKET, as_of=as_of)
            assert (then["status"], then["$asOf"]["position"]) == ("OPEN", position - 1)


async def test_the_schema_is_explained(serve: Serve) -> None:
    async with over_http(serve().url) as client:
        told = data(await client.call_tool("fetch", {"type": "Schema"}))
        one = data(await client.call_tool("fetch", {"type": "schema", "id": "Ticket"}))
    assert told["$type"] == "Schema"
    assert [noun["name"] for noun in told["nouns"]] == list(NOUNS)
    assert [verb["mutation"] for verb in told["verbs"]] == [verb.mutation() for verb in VERBS.values()]
    assert [noun["name"] for noun in one["nouns"]] == ["Ticket"]
    assert {verb["noun"] for verb in one["verbs"]} == {"Ticket"}


async def test_arguments_may_be_json_in_text(desk: Desk, ticket: Record, serve: Serve) -> None:
    """As some clients send them."""
    asked = {"type": "Ticket", "filter": '{"priority": "High"}', "limit": "5", "include": '["contact"]'}
    async with over_http(serve().url) as client:
        found = data(await client.call_tool("search", asked))
    assert [row["id"] for row in found["results"]] == [TICKET]


# Mistakes: each is told, and changes nothing

MISTAKES: dict[str, tuple[str, dict[str, Any], str, str, str]] = {
    "type": ("search", {"type": "Tiket"}, "INVALID_INPUT", "type", "did you mean Ticket?"),
    "filter": ("search", {"type": "Ticket", "filter": {"prority": 1}}, "INVALID_INPUT", "prority", "mean priority?"),
    "word": (
        "search",
        {"type": "Ticket", "filter": {"status": "x"}},
        "INVALID_INPUT",
        "status",
        "one of OPEN, PENDING",
    ),
    "no filter": ("search", {"type": "Ticket", "filter": "x"}, "INVALID_INPUT", "filter", "valid dictionary"),
    "argument": ("search", {"typ": "Ticket"}, "INVALID_INPUT", "typ", "not 'typ'. Did you mean type?"),
    "limit": ("search", {"type": "Ticket", "limit": 1000}, "INVALID_INPUT", "limit", "from 1 to 100, not 1000."),
    "no number": ("search", {"type": "Ticket", "limit": "x"}, "INVALID_INPUT", "limit", "valid integer"),
    "cursor": ("search", {"type": "Ticket", "cursor": "x"}, "INVALID_CURSOR", "cursor", "start again without it"),
    "id": ("fetch", {"id": "ticket_nope"}, "NOT_FOUND", "id", "There is no ticket ticket_nope."),
    "position": ("fetch", {"id": TICKET, "asOf": 10_000}, "INVALID_CURSOR", "asOf", "The log ends at 3; 10000 is no"),
    "schema": ("fetch", {"type": "Schema", "id": "Tickets!"}, "NOT_FOUND", "id", "no noun or verb 'Tickets!'"),
}


@pytest.mark.parametrize("mode", MODES)
async def test_mistakes_are_told_and_change_nothing(desk: Desk, ticket: Record, serve: Serve, mode: str) -> None:
    before = await desk.position()
    async with over_http(serve().url, mode=mode) as client:
        for name, (tool, asked, code, field, message) in MISTAKES.items():
            error = refused(await client.call_tool(tool, asked))
            assert (error["code"], error["field"]) == (code, field), name
            assert message in error["message"], name
        unknown = await client.call_tool("delete_everything", {})
        assert isinstance(unknown, CallToolResult)
        assert unknown.is_error
        assert unknown.content == [TextContent(type="text", text="Unknown tool: delete_everything")]
        assert await desk.position() == before == 3


async def test_a_sentence_that_is_none_changes_nothing(desk: Desk, ticket: Record, serve: Serve) -> None:
    sentences = {
        "Assign ticket_rV7yKdPm to user_nobody123": "NOT_FOUND",
        "Frobnicate ticket_rV7yKdPm": "NOT_UNDERSTOOD",
        "Assign ticket_rV7yKdPm to user_bQ4xNmWj, then close it, then resolve it with 'x'": "INVALID_TRANSITION",
        "": "INVALID_INPUT",
    }
    async with over_http(serve().url) as client:
        for sentence, code in sentences.items():
            error = refused(await client.call_tool("do", {"input": sentence}))
            assert error["code"] in (code, "NOT_UNDERSTOOD"), sentence
        assert refused(await client.call_tool("do", {}))["field"] == "input"
        assert refused(await client.call_tool("do", {"input": "Close #1", "dryrun": True}))["field"] == "dryrun"
    assert await desk.position() == 3
    after = await desk.Ticket.get(TICKET)
    assert after
    assert (after.version, after.status) == (1, "OPEN")


@pytest.mark.parametrize("mode", MODES)
async def test_nouns_are_resources(desk: Desk, ticket: Record, serve: Serve, mode: str) -> None:
    async with over_http(serve().url, mode=mode) as client:
        [listed] = (await client.list_resources()).resources
        templates = (await client.list_resource_templates()).resource_templates
        assert [str(template.uri_template) for template in templates] == [
            f"deskgraph://{noun.plural}/{{id}}" for noun in NOUNS.values()
        ]
        [schema] = (await client.read_resource(str(listed.uri))).contents
        assert [noun["name"] for noun in json.loads(schema.text)["nouns"]] == list(NOUNS)
        [content] = (await client.read_resource(f"deskgraph://tickets/{TICKET}")).contents
        edges = ["contact", "assignee", "organization", "activities", "events"]
        assert json.loads(content.text) == await fetch(desk.session, id=TICKET, include=edges)
        assert content.mime_type == "application/json"
        for uri, message in {
            "deskgraph://tickets/ticket_nope": "There is no ticket ticket_nope.",
            "deskgraph://tickets/nope": "INVALID_INPUT: id must be an id such as ticket_rV7yKdPm",
            "deskgraph://nothing/x": "Unknown resource: deskgraph://nothing/x",
        }.items():
            with pytest.raises(MCPError, match=message):
                await client.read_resource(uri)


@pytest.mark.parametrize("mode", MODES)
async def test_a_prompt_has_the_ticket(desk: Desk, ticket: Record, serve: Serve, mode: str) -> None:
    async with over_http(serve().url, mode=mode) as client:
        [prompt] = (await client.list_prompts()).prompts
        assert (prompt.name, [argument.name for argument in prompt.arguments]) == ("summarize_ticket", ["id"])
        told, attached = (await client.get_prompt(prompt.name, {"id": TICKET})).messages
        assert told.content.text.startswith("Summarize this support ticket")
        assert json.loads(attached.content.resource.text)["subject"] == "Cannot access billing portal"
        for name, arguments, message in (
            ("summarize_ticket", {"id": "ticket_nope"}, "There is no ticket ticket_nope."),
            ("summarize_ticket", {}, "summarize_ticket needs id."),
            ("summarise", {"id": TICKET}, "There is no prompt 'summarise': there is summarize_ticket."),
        ):
            with pytest.raises(MCPError, match=message):
                await client.get_prompt(name, arguments)
