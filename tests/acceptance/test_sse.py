"""Server-sent events: the protocol on the wire, the graphql-sse client, EventSource in Chromium; resuming."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import orjson
import pytest
from playwright.async_api import Browser

from tests.acceptance.conftest import Served, create, node, serving_in

COUNT = "{ events { totalCount } }"
CREATE = 'mutation { createOrganization(input: {name: "Acme"}) { organization { name } errors { code } } }'
TYPES = "subscription { events(after: 0) { type } }"
NAMES = """subscription ($after: Long) {
  e: events(after: $after) { where: position subject { ... on Ticket { subject } } }
}"""
COMPLETE = {"event": "complete", "data": ""}
LISTEN = """url => {
  window.got = [];
  const source = new EventSource(url);
  source.addEventListener("next", next => window.got.push([next.lastEventId, JSON.parse(next.data)]));
}"""


@pytest.fixture(scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    """One server for all tests that only ask, with five events in its log."""
    with serving_in(tmp_path_factory.mktemp("streamed"), DESKGRAPH_HEARTBEAT_SECONDS="0.2") as running:
        await create(running, 5)
        yield running


@asynccontextmanager
async def streaming(
    served: Served, text: str = "", headers: dict[str, str] | None = None, given: Any = None, **parameters: str
) -> AsyncIterator[httpx.Response]:
    """The answer to a POST with an operation, or to a GET with parameters."""
    async with httpx.AsyncClient(headers=served.headers, timeout=60) as client:
        request = client.build_request(
            "POST" if text else "GET",
            f"{served.url}/graphql/stream",
            json={"query": text, "variables": given} if text else None,
            params=parameters or None,
            headers={"Accept": "text/event-stream", **(headers or {})},
        )
        answer = await client.send(request, stream=True)
        try:
            yield answer
        finally:
            await answer.aclose()


async def blocks(answer: httpx.Response) -> AsyncIterator[dict[str, str]]:
    """The stream's events, comments and bare ids, each as a map of its lines."""
    assert answer.status_code == 200
    found: dict[str, str] = {}
    async for line in answer.aiter_lines():
        if line:
            name, _, value = line.partition(": ")
            found[name.rstrip(":")] = value
        else:
            yield found
            found = {}


async def take(answer: httpx.Response, count: int) -> list[dict[str, str]]:
    """The first blocks that are no heartbeats."""
    taken: list[dict[str, str]] = []
    async with asyncio.timeout(60):
        async for block in blocks(answer):
            if block != {"": ""}:
                taken.append(block)
            if len(taken) == count:
                break
    return taken


def told(block: dict[str, str]) -> Any:
    return orjson.loads(block["data"])


async def count(served: Served) -> int:
    async with httpx.AsyncClient(headers=served.headers) as client:
        answer = await client.post(f"{served.url}/graphql", json={"query": COUNT})
    return int(answer.json()["data"]["events"]["totalCount"])


async def test_every_event_has_its_position_as_id_whatever_was_selected(served: Served) -> None:
    async with streaming(served, TYPES) as answer:
        found = await take(answer, 6)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    assert found[0] == {"id": "0"}
    events = [{"id": str(at), "event": "next"} for at in range(1, 6)]
    assert [{name: block[name] for name in ("id", "event")} for block in found[1:]] == events
    assert [told(block) for block in found[1:]] == [{"data": {"events": {"type": "ticket.created"}}}] * 5

    async with streaming(served, query=NAMES, variables='{"after": 3}') as answer:
        aliased = await take(answer, 3)
    assert [block["id"] for block in aliased] == ["3", "4", "5"]
    assert told(aliased[1]) == {"data": {"e": {"where": 4, "subject": {"subject": "A ticket"}}}}


@pytest.mark.parametrize("accept", ["text/event-stream", "text/html, text/event-stream;q=0.9", "*/*", "text/*", ""])
async def test_accepted(served: Served, accept: str) -> None:
    async with streaming(served, COUNT, {"Accept": accept}) as answer:
        assert (await take(answer, 1))[0]["event"] == "next"


@pytest.mark.parametrize("accept", ["text/html", "application/json", "application/graphql-response+json, image/*"])
@pytest.mark.parametrize("text", ["", CREATE])
async def test_not_accepted(served: Served, accept: str, text: str) -> None:
    before = await count(served)
    async with streaming(served, text, {"Accept": accept}) as answer:
        assert answer.status_code == 406
        assert orjson.loads(await answer.aread())["errors"][0]["extensions"] == {"code": "BAD_REQUEST"}
    assert await count(served) == before


@pytest.mark.parametrize("header", ["", "Bearer wrong-key"])
async def test_without_the_key_nothing_is_done(served: Served, header: str) -> None:
    before = await count(served)
    async with streaming(served, CREATE, {"Authorization": header}) as answer:
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    async with streaming(served, headers={"Authorization": header}, query=TYPES, key=served.key) as answer:
        assert answer.status_code == 401
    assert await count(served) == before


async def test_a_query_and_a_mutation_are_one_result_and_the_end(serve: Callable[..., Served]) -> None:
    served = serve()
    async with streaming(served, CREATE) as answer:
        created = [block async for block in blocks(answer)]
    assert told(created[0]) == {"data": {"createOrganization": {"organization": {"name": "Acme"}, "errors": []}}}
    assert created[1:] == [COMPLETE]
    async with streaming(served, query=COUNT) as answer:
        counted = [block async for block in blocks(answer)]
    assert counted == [{"event": "next", "data": '{"data":{"events":{"totalCount":1}}}'}, COMPLETE]


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"query": CREATE}, "BAD_REQUEST"),
        ({"query": "{ nonsense }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "{ tickets {"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "query A { __typename }", "operationName": "B"}, "BAD_REQUEST"),
        ({"query": 'subscription { events(types: ["ticket.exploded"]) { id } }'}, "INVALID_INPUT"),
        ({"query": "subscription { events(after: 6) { id } }"}, "INVALID_CURSOR"),
    ],
)
async def test_what_is_wrong_with_an_operation_is_told_in_the_stream(
    served: Served, parameters: dict[str, str], code: str
) -> None:
    before = await count(served)
    async with streaming(served, **parameters) as answer:
        said = [block async for block in blocks(answer) if block != {"": ""}]
    assert said.pop() == COMPLETE
    assert [error["extensions"]["code"] for error in told(said.pop())["errors"]] == [code]
    assert await count(served) == before


@pytest.mark.parametrize(
    ("method", "content", "status"),
    [("POST", b'"x"', 400), ("POST", b"{}", 400), ("POST", b"{", 400), ("GET", b"", 400), ("PUT", b"{}", 405)],
)
async def test_what_is_no_operation_is_refused(served: Served, method: str, content: bytes, status: int) -> None:
    headers = {**served.headers, "Content-Type": "application/json"}
    async with httpx.AsyncClient(headers=headers) as client:
        answer = await client.request(method, f"{served.url}/graphql/stream", content=content)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]) == (status, {"code": "BAD_REQUEST"})


async def test_the_last_event_id_is_stronger_than_the_argument(served: Served) -> None:
    async with streaming(served, NAMES, {"Last-Event-ID": "4"}, {"after": 1}) as answer:
        assert [block["id"] for block in await take(answer, 2)] == ["4", "5"]
    async with streaming(served, query=TYPES, lastEventId="3") as answer:
        assert [block["id"] for block in await take(answer, 2)] == ["3", "4"]
    async with streaming(served, headers={"Last-Event-ID": "4"}, query=TYPES, lastEventId="2") as answer:
        assert [block["id"] for block in await take(answer, 2)] == ["4", "5"]
    async with streaming(served, TYPES, {"Last-Event-ID": ""}) as answer:
        assert (await take(answer, 1)) == [{"id": "0"}]


@pytest.mark.parametrize("seen", ["6", "-1", "1.5", "abc", "9" * 19, "9" * 5000, "1 2", "²"])
async def test_a_last_event_id_that_is_no_position_is_an_error(served: Served, seen: str) -> None:
    async with streaming(served, TYPES, lastEventId=seen) as answer:
        said = [block async for block in blocks(answer) if block != {"": ""}]
    assert said.pop() == COMPLETE
    assert set(said[0]) == {"event", "data"}
    assert [error["extensions"]["code"] for error in told(said[0])["errors"]] == ["INVALID_CURSOR"]


async def test_the_events_of_a_ticket_resume_too(serve: Callable[..., Served]) -> None:
    served = serve("--sample")
    async with streaming(
        served, 'subscription { events(types: ["ticket.escalated"], after: 0) { subjectId } }'
    ) as answer:
        [_, escalated] = await take(answer, 2)
    text = "subscription ($id: ID!) { ticketEvents(id: $id, after: 0) { type } }"
    ticket = {"id": told(escalated)["data"]["events"]["subjectId"]}
    async with streaming(served, text, given=ticket) as answer:
        [_, created, again] = await take(answer, 3)
    assert again == escalated | {"data": '{"data":{"ticketEvents":{"type":"ticket.escalated"}}}'}
    async with streaming(served, text, {"Last-Event-ID": created["id"]}, ticket) as answer:
        assert await take(answer, 2) == [{"id": created["id"]}, again]


async def test_an_idle_stream_says_where_it_began_and_beats(served: Served) -> None:
    began = await count(served)
    async with streaming(served, "subscription { events { type } }") as answer:
        stream = blocks(answer)
        assert [await anext(stream) for _ in range(4)] == [{"id": str(began)}, {"": ""}, {"": ""}, {"": ""}]


async def test_sigterm_ends_idle_streams_and_the_server(serve: Callable[..., Served]) -> None:
    served = serve()
    async with (
        streaming(served, "subscription { events { type } }") as posted,
        streaming(served, query="subscription { events { type } }") as asked,
    ):
        bodies = [posted.aiter_raw(), asked.aiter_raw()]
        assert [await anext(body) for body in bodies] == [b"id: 0\n\n"] * 2
        await asyncio.to_thread(served.stop)
        assert [[chunk async for chunk in body] for body in bodies] == [[], []]


async def test_the_graphql_sse_client_sees_every_event_once_over_a_restart(
    serve: Callable[..., Served], clients: Path
) -> None:
    other, first = serve(), serve()
    text = "subscription { events(after: 0) { position } }"
    await create(first, 3)
    async with node(clients / "sse.mjs", first.url, first.key, text) as lines:
        seen = await lines.take(3)
        await asyncio.to_thread(first.stop)
        await create(other, 4)
        again = serve(port=first.port)
        seen += await lines.take(4)
        await create(again, 3)
        seen += await lines.take(3)
    assert seen == [{"data": {"events": {"position": at}}} for at in range(1, 11)]


async def test_the_graphql_sse_client_gets_results_and_errors(served: Served, clients: Path) -> None:
    async with node(clients / "sse.mjs", served.url, served.key, "{ contacts { totalCount } }") as lines:
        assert await lines.take(2) == [{"data": {"contacts": {"totalCount": 0}}}, "complete"]
    async with node(clients / "sse.mjs", served.url, served.key, "{ nonsense }") as lines:
        [result, end] = await lines.take(2)
        assert [error["extensions"] for error in result["errors"]] == [{"code": "GRAPHQL_VALIDATION_FAILED"}]
        assert end == "complete"


async def test_event_source_in_a_browser_sees_every_event_once_over_a_restart(
    serve: Callable[..., Served], browser: Browser
) -> None:
    """It subscribes to what comes from now on; the header is set as a server in front of deskgraph would do it."""
    other, first = serve(), serve()
    await create(first, 2)
    async with await browser.new_context(extra_http_headers=first.headers) as context:
        page = await context.new_page()
        await page.goto(f"{first.url}/health/live")
        async with page.expect_response(lambda answer: "/graphql/stream" in answer.url):
            await page.evaluate(LISTEN, "/graphql/stream?" + urlencode({"query": "subscription { events { type } }"}))
        await asyncio.to_thread(first.stop)  # before it has seen an event
        await create(other, 3)
        again = serve(port=first.port)
        await page.wait_for_function("window.got.length >= 3")
        await asyncio.to_thread(again.stop)
        await create(other, 2)
        last = serve(port=first.port)
        await page.wait_for_function("window.got.length >= 5")
        await create(last, 2)
        await page.wait_for_function("window.got.length >= 7")
        got = await page.evaluate("window.got")
    assert got == [[str(at), {"data": {"events": {"type": "ticket.created"}}}] for at in range(3, 10)]
