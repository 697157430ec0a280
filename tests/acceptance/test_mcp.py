"""MCP from outside: the official client over HTTP and stdio, at both kinds of protocol, against real processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import httpx2
import psutil
import pytest
from jsonschema import Draft202012Validator
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, CreateMessageResult, Request, TextContent

from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.fetching import fetch
from deskgraph.resolvers.records import Record
from deskgraph.resolvers.searching import search
from deskgraph.resolvers.session import Session
from deskgraph.schema.noun import NOUNS
from deskgraph.schema.verb import VERBS
from tests.acceptance.conftest import KEY, ROOT, Served

Serve = Callable[..., Served]
Connect = Callable[..., Any]
understands = pytest.mark.skipif(not hasattr(Session, "do"), reason="sentences are not understood yet")

# The specification's example, word for word.
EXAMPLE = [
    {"tool": "search", "input": {"type": "Ticket", "filter": {"priority": "High", "status": "Open"}}},
    {
        "tool": "do",
        "input": (
            "Assign ticket_rV7yKdPm to user_bQ4xNmWj, then resolve it with 'Portal access restored after billing sync'"
        ),
    },
]
TICKET = "ticket_rV7yKdPm"
SAM = "user_bQ4xNmWj"
WAYS = ["http", "stdio", "stdio to a server"]
MODERN, LEGACY = "2026-07-28", "2025-11-25"
MODES = {"auto": MODERN, "legacy": LEGACY}


@pytest.fixture
async def ticket(desk: Desk) -> Record:
    """What the example speaks of, and a ticket that it does not."""
    await desk.User.create(id=SAM, name="Sam Reyes", status="online")
    await desk.Ticket.create(subject="Another", priority="low")
    ticket: Record = await desk.Ticket.create(id=TICKET, subject="Cannot access billing portal", priority="High")
    return ticket


@asynccontextmanager
async def over_http(url: str, key: str = KEY, **options: Any) -> AsyncIterator[Client]:
    """The official client at a server's /mcp."""
    async with (
        httpx2.AsyncClient(headers={"Authorization": f"Bearer {key}"}, timeout=60) as http,
        Client(streamable_http_client(f"{url}/mcp", http_client=http), **options) as client,
    ):
        yield client


def command(*arguments: str, **environment: str) -> StdioServerParameters:
    """`deskgraph mcp`."""
    given = ["-m", "deskgraph", "mcp", *arguments]
    return StdioServerParameters(command=sys.executable, args=given, env={**os.environ, **environment}, cwd=ROOT)


@pytest.fixture
def environment(workspace: str, tmp_path: Path) -> dict[str, str]:
    return {"DESKGRAPH_API_KEY": KEY, "DESKGRAPH_WORKSPACE": workspace, "DESKGRAPH_DATA": str(tmp_path)}


@pytest.fixture
def connect(serve: Serve, environment: dict[str, str]) -> Connect:
    """Connect a client in one of the ways."""

    @asynccontextmanager
    async def connected(way: str, mode: str = "auto", **options: Any) -> AsyncIterator[Client]:
        async with AsyncExitStack() as stack:
            if way == "http":
                opening = over_http(serve().url, mode=mode, **options)
            else:
                to = ["--url", serve().url] if way == "stdio to a server" else []
                opening = Client(command(*to, **environment), mode=mode, **options)
            yield await stack.enter_async_context(opening)

    return connected


def data(result: Any) -> dict[str, Any]:
    """A tool's structured answer; the text says the same."""
    assert isinstance(result, CallToolResult)
    assert not result.is_error, result.content
    [text] = result.content
    assert isinstance(text, TextContent)
    assert json.loads(text.text) == result.structured_content
    assert result.structured_content is not None
    return result.structured_content


def refused(result: Any) -> dict[str, Any]:
    """A tool's error."""
    assert isinstance(result, CallToolResult)
    assert result.is_error
    assert result.structured_content
    [text] = result.content
    assert isinstance(text, TextContent)
    assert json.loads(text.text) == result.structured_content
    error: dict[str, Any] = result.structured_content["error"]
    return error


# The example


@understands
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


@understands
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("way", WAYS)
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


@understands
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


@understands
async def test_a_sentence_is_done_once_with_its_key(desk: Desk, ticket: Record, serve: Serve) -> None:
    asked = {"input": EXAMPLE[1]["input"], "idempotencyKey": "once"}
    async with over_http(serve().url) as client:
        first = data(await client.call_tool("do", asked))
        position = await desk.position()
        again = data(await client.call_tool("do", asked))
    assert (first["replayed"], again["replayed"]) == (False, True)
    assert [step["event"]["id"] for step in again["steps"]] == [step["event"]["id"] for step in first["steps"]]
    assert await desk.position() == position


# What there is


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("way", WAYS)
async def test_the_tools_are_told(connect: Connect, way: str, mode: str) -> None:
    async with connect(way, mode) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert client.server_info.name == "deskgraph"
        assert "`search` finds" in client.instructions
    assert list(tools) == ["search", "fetch", *(["do"] if hasattr(Session, "do") else [])]
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
    assert reads == [True, True, False][: len(tools)]


@understands
async def test_do_is_told(serve: Serve) -> None:
    async with over_http(serve().url) as client:
        tool = (await client.list_tools()).tools[2]
    assert list(tool.input_schema["properties"]) == ["input", "dryRun", "idempotencyKey"]
    assert tool.input_schema["required"] == ["input"]
    assert all(verb.name in str(tool.description) for verb in VERBS.values())
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


@understands
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


async def test_a_wrong_key(desk: Desk, ticket: Record, serve: Serve) -> None:
    served = serve()
    for key in ("wrong", f"{KEY}x"):
        with pytest.raises(BaseExceptionGroup) as error:
            async with over_http(served.url, key):
                pass
        assert "The API key is missing or wrong: send `Authorization: Bearer KEY`." in str(leaf(error.value))
    assert await desk.position() == 3


def leaf(error: BaseException) -> BaseException:
    """The error inside of groups."""
    while isinstance(error, BaseExceptionGroup):
        [error] = error.exceptions
    return error


# HTTP itself

CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
ACCEPT = {"Accept": "application/json, text/event-stream"}
META = {
    "io.modelcontextprotocol/protocolVersion": MODERN,
    "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {"sampling": {}},
}


def modern(name: str) -> dict[str, str]:
    return {**ACCEPT, "MCP-Protocol-Version": MODERN, "Mcp-Method": "tools/call", "Mcp-Name": name}


async def post(url: str, body: Any, headers: dict[str, str], key: str | None = KEY) -> httpx.Response:
    sent = {**headers, **({"Authorization": f"Bearer {key}"} if key else {})}
    async with httpx.AsyncClient(timeout=60) as http:
        if isinstance(body, bytes):
            return await http.post(f"{url}/mcp", content=body, headers={**sent, "Content-Type": "application/json"})
        return await http.post(f"{url}/mcp", json=body, headers=sent)


async def test_a_request_without_the_key_is_not_read(serve: Serve) -> None:
    url = serve().url
    for key in (None, "wrong"):
        answer = await post(url, b"{", ACCEPT, key)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert answer.json()["error"]["data"] == {"code": "UNAUTHENTICATED"}


async def test_pages_elsewhere_are_refused_and_programs_are_not(serve: Serve) -> None:
    url = serve().url
    body = {**CALL, "params": {"name": "search", "arguments": {"type": "Ticket"}}}
    for origin in ("https://evil.example", "http://127.0.0.1.evil.example", "null"):
        answer = await post(url, body, {**ACCEPT, "Origin": origin})
        assert (answer.status_code, answer.json()["error"]["data"]) == (403, {"code": "FORBIDDEN_ORIGIN"})
    for more in ({}, {"Origin": "http://localhost:5173"}, {"Origin": url}, {"Host": "desk.example.com"}):
        assert (await post(url, body, {**ACCEPT, **more})).status_code == 200


async def test_there_is_no_stream_to_open(serve: Serve) -> None:
    served = serve()
    async with httpx.AsyncClient(headers=served.headers) as http:
        for method in ("GET", "DELETE", "PUT"):
            answer = await http.request(method, f"{served.url}/mcp", headers=ACCEPT)
            assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


async def test_no_body_brings_it_down(serve: Serve) -> None:
    url = serve().url
    asked = json.dumps({**CALL, "params": {"name": "search", "arguments": {"type": "Ticket", "filter": "deep"}}})
    deep = asked.replace('"deep"', '{"not": ' * 900 + "{}" + "}" * 900).encode()
    bodies = [b"", b"{", b"[]", b"null", b'"x"', b"\xff", b"[" * 100_000, deep]
    for body in bodies:
        for headers in (ACCEPT, modern("search")):
            answer = await post(url, body, headers)
            assert answer.status_code < 500, (body[:20], answer.text)
    assert (await post(url, b"x" * 5_000_000, ACCEPT)).status_code == 413
    async with over_http(url) as client:
        assert data(await client.call_tool("search", {"type": "Ticket"}))["total"] == 0


@understands
async def test_any_server_of_the_desk_answers_any_request(desk: Desk, ticket: Record, serve: Serve) -> None:
    """One asks the client's model, another one goes on with what it said; what the state was is sealed."""
    one, other = serve().url, serve().url
    params: dict[str, Any] = {"name": "do", "arguments": {"input": "Frobnicate ticket_rV7yKdPm"}, "_meta": META}
    asked = (await post(one, {**CALL, "params": params}, modern("do"))).json()["result"]
    assert asked["resultType"] == "input_required"
    [name] = asked["inputRequests"]
    said = {"role": "assistant", "model": "m", "content": {"type": "text", "text": "Close ticket_rV7yKdPm"}}
    state = asked["requestState"]
    answered = {**params, "inputResponses": {name: said}, "requestState": state}
    for changed in (state[:-3] + "AAA", "x"):
        forged = await post(other, {**CALL, "params": {**answered, "requestState": changed}}, modern("do"))
        assert forged.json()["error"]["message"] == "Invalid or expired requestState"
    assert await desk.position() == 3
    done = (await post(other, {**CALL, "params": answered}, modern("do"))).json()["result"]
    assert done["structuredContent"]["translated"] == {
        "from": "Frobnicate ticket_rV7yKdPm", "to": "Close ticket_rV7yKdPm"
    }  # fmt: skip
    assert [step["status"] for step in done["structuredContent"]["steps"]] == ["CLOSED"]


# Sentences in other words


class Model:
    """A client's model, which says the same whatever it is asked."""

    def __init__(self, says: str) -> None:
        self.says = says
        self.asked: list[str] = []

    async def __call__(self, _context: Any, params: Any) -> CreateMessageResult:
        self.asked.append(params.messages[0].content.text)
        return CreateMessageResult(role="assistant", model="m", content=TextContent(type="text", text=self.says))


@understands
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


@understands
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


@understands
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


@understands
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


# Resources and prompts


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


# stdio itself

NOISY = """
import sys
from deskgraph import Ticket
print("a hook module that prints")

@Ticket.resolving
def noisy(ticket, ctx):
    print("a hook that prints")
    sys.stdout.write("and writes")
"""
INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}


@contextmanager
def running(environment: dict[str, str], *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """`deskgraph mcp`, spoken to line by line."""
    process = subprocess.Popen(
        [sys.executable, "-m", "deskgraph", "mcp", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        bufsize=1,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def say(process: subprocess.Popen[str], message: dict[str, Any]) -> dict[str, Any]:
    """Send a request; its answer, which is the next line."""
    assert process.stdin
    assert process.stdout
    process.stdin.write(json.dumps(message) + "\n")
    answer: dict[str, Any] = json.loads(process.stdout.readline())
    assert (answer["jsonrpc"], answer["id"]) == ("2.0", message["id"])
    return answer


@understands
async def test_nothing_but_the_protocol_is_on_standard_output(
    ticket: Record, environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "noisy_hooks.py").write_text(NOISY)
    with running({**environment, "PYTHONPATH": str(tmp_path)}, "--hooks", "noisy_hooks") as process:
        assert say(process, INITIALIZE)["result"]["serverInfo"]["name"] == "deskgraph"
        do = {"name": "do", "arguments": {"input": EXAMPLE[1]["input"]}}
        done = say(process, {**CALL, "id": 2, "params": do})["result"]
        assert [step["status"] for step in done["structuredContent"]["steps"]] == ["OPEN", "RESOLVED"]
        out, err = process.communicate()
        assert (out, process.returncode) == ("", 0)
    for told in ("a hook module that prints", "a hook that prints", "and writes"):
        assert told in err


@pytest.mark.parametrize("to", [False, True], ids=["a desk of its own", "a server"])
async def test_it_ends_with_its_input_or_a_signal(serve: Serve, environment: dict[str, str], to: bool) -> None:
    arguments = ["--url", serve().url] if to else []
    for end in ("input", "signal"):
        with running(environment, *arguments) as process:
            say(process, INITIALIZE)
            if end == "input":
                assert process.stdin
                process.stdin.close()
                process.stdin = None
            else:
                process.terminate()
            assert process.wait(30) == 0


@pytest.mark.parametrize(
    ("address", "key", "message"),
    [
        ("{url}", "wrong-key", "The API key is missing or wrong"),
        ("http://127.0.0.1:1", KEY, "deskgraph does not answer at http://127.0.0.1:1/mcp: "),
        ("{url}/health/live", KEY, "/health/live/mcp is no deskgraph: its answer has status 404."),
    ],
)
async def test_a_server_that_is_not_to_be_had(
    serve: Serve, environment: dict[str, str], address: str, key: str, message: str
) -> None:
    url = address.format(url=serve().url)
    with running({**environment, "DESKGRAPH_API_KEY": key}, "--url", url) as process:
        assert message in say(process, INITIALIZE)["error"]["message"]


async def test_the_address_may_be_that_of_graphql_and_the_key_may_lie_in_the_data_folder(
    serve: Serve, environment: dict[str, str], tmp_path: Path
) -> None:
    url = serve().url
    del environment["DESKGRAPH_API_KEY"]
    with running(environment, "--url", url) as process:
        out, err = process.communicate()
        assert (out, process.returncode) == ("", 1)
        assert "deskgraph: Set DESKGRAPH_API_KEY to the key of the desk" in err
    (tmp_path / "api-key").write_text(f"{KEY}\n")
    for address in (f"{url}/graphql", f"{url}/mcp", f"{url}/"):
        with running(environment, "--url", address) as process:
            assert say(process, INITIALIZE)["result"]["serverInfo"]["name"] == "deskgraph"


async def test_requests_do_not_wait_for_each_other(ticket: Record, serve: Serve, environment: dict[str, str]) -> None:
    """Twenty are written before the first answer is read."""
    with running(environment, "--url", serve().url) as process:
        say(process, INITIALIZE)
        assert process.stdin
        assert process.stdout
        for number in range(2, 22):
            call = {**CALL, "id": number, "params": {"name": "fetch", "arguments": {"id": TICKET}}}
            process.stdin.write(json.dumps(call) + "\n")
        answers = [json.loads(process.stdout.readline()) for _ in range(20)]
    assert sorted(answer["id"] for answer in answers) == list(range(2, 22))
    assert {answer["result"]["structuredContent"]["id"] for answer in answers} == {TICKET}


@pytest.mark.parametrize("mode", MODES)
async def test_a_request_that_is_given_up_leaves_the_others(
    ticket: Record, serve: Serve, environment: dict[str, str], mode: str
) -> None:
    served = serve()
    server = psutil.Process(served.process.pid)
    async with Client(command("--url", served.url, **environment), mode=mode) as client:
        server.suspend()
        try:
            with pytest.raises(MCPError, match=r"(?i)timed out"):
                await client.call_tool("fetch", {"id": TICKET}, read_timeout_seconds=0.5)
        finally:
            server.resume()
        assert data(await client.call_tool("fetch", {"id": TICKET}))["id"] == TICKET
