"""GraphQL over HTTP: every audit of graphql-http, media types, statuses, and what no browser page elsewhere can do."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.acceptance.conftest import Served, hear, node, serving_in, subscribe, subscriber

GRAPHQL_JSON = "application/graphql-response+json"
JSON = "application/json"
HELLO = {"query": "{ __typename }"}
CREATE = 'mutation { createTicket(input: {subject: "x"}) { errors { code } } }'
COUNT = "{ tickets { totalCount } events { totalCount } }"
NOTHING = {"tickets": {"totalCount": 0}, "events": {"totalCount": 0}}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving_in(tmp_path_factory.mktemp("http")) as running:
        yield running


def post(
    served: Served, body: Any = None, content: bytes | None = None, path: str = "", **headers: str
) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.post(f"{served.url}/graphql{path}", json=body, content=content, headers={**served.headers, **named})


def codes(answer: httpx.Response) -> list[str]:
    return [error["extensions"]["code"] for error in answer.json()["errors"]]


def is_untouched(served: Served) -> bool:
    """Whether nothing was done in the workspace, which the next request can tell."""
    return bool(post(served, {"query": COUNT}).json() == {"data": NOTHING})


async def test_every_audit_of_graphql_http_passes(served: Served, clients: Path) -> None:
    async with node(clients / "audits.mjs", served.url, served.key) as lines:
        audits = await lines.take(61)
        assert lines.process.stdout
        assert await lines.process.stdout.read() == b""  # there are no more
    assert [audit for audit in audits if audit["status"] != "ok"] == []
    assert Counter(audit["name"].split()[0] for audit in audits) == {"MUST": 13, "SHOULD": 23, "MAY": 25}
    assert len({audit["id"] for audit in audits}) == 61


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        (GRAPHQL_JSON, GRAPHQL_JSON),
        (f"{GRAPHQL_JSON}, {JSON};q=0.9", GRAPHQL_JSON),
        (f"{JSON};q=0.5, {GRAPHQL_JSON};q=0.9", GRAPHQL_JSON),
        (f"{GRAPHQL_JSON};q=0.1, {JSON}", JSON),
        (f"{GRAPHQL_JSON}; charset=utf-8", GRAPHQL_JSON),
        (f"{GRAPHQL_JSON}, application/graphql+json, {JSON}, text/event-stream, multipart/mixed", GRAPHQL_JSON),
        ("text/html, application/xhtml+xml, */*;q=0.8", JSON),
    ],
)
def test_the_media_type_is_what_the_client_likes_best(served: Served, accept: str, media_type: str) -> None:
    answer = post(served, HELLO, Accept=accept)
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
    assert answer.json() == {"data": {"__typename": "Query"}}


@pytest.mark.parametrize("accept", ["text/html", "text/event-stream", "image/png", f"{JSON};q=0", "nonsense", ";;,"])
def test_what_takes_no_graphql_is_not_acceptable(served: Served, accept: str) -> None:
    answer = post(served, {"query": CREATE}, Accept=accept)
    assert (answer.status_code, codes(answer)) == (406, ["BAD_REQUEST"])
    assert is_untouched(served)


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "text/plain; application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "application/json; charset=utf-16",
        "application/json-patch+json",
        "json",
    ],
)
def test_what_a_page_elsewhere_may_send_without_asking_is_refused(served: Served, content_type: str) -> None:
    content = b'{"query": "mutation { createTicket(input: {subject: \\"x\\"}) { errors { code } } }"}'
    answer = post(served, content=content, Content_Type=content_type)
    assert (answer.status_code, codes(answer)) == (415, ["BAD_REQUEST"])
    assert is_untouched(served)


@pytest.mark.parametrize("content_type", [JSON, "Application/JSON; Charset=UTF-8", 'application/json; charset="utf-8"'])
def test_json_in_utf_8_is_taken(served: Served, content_type: str) -> None:
    answer = post(served, content='{"query": "{ __typename } # 🏊"}'.encode(), Content_Type=content_type)
    assert answer.json() == {"data": {"__typename": "Query"}}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused(served: Served, method: str) -> None:
    answer = httpx.request(method, f"{served.url}/graphql", json={"query": CREATE}, headers=served.headers)
    assert (answer.status_code, answer.headers["allow"], codes(answer)) == (405, "GET, POST", ["BAD_REQUEST"])
    assert is_untouched(served)


@pytest.mark.parametrize("accept", [JSON, GRAPHQL_JSON])
def test_a_mutation_by_get_is_refused_whatever_is_accepted(served: Served, accept: str) -> None:
    headers = {**served.headers, "Accept": accept}
    answer = httpx.get(f"{served.url}/graphql", params={"query": CREATE}, headers=headers)
    assert (answer.status_code, answer.headers["allow"], codes(answer)) == (405, "POST", ["BAD_REQUEST"])
    assert is_untouched(served)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{ nonsense }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "query ($id: ID!) { ticket(id: $id) { id } }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "query A { __typename } query B { __typename }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "query A { __typename }", "operationName": "B"}, "BAD_REQUEST"),
        ({"query": "subscription { events { id } }"}, "BAD_REQUEST"),
        ({"query": "# nothing"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "type A { b: Int }"}, "BAD_REQUEST"),
    ],
)
def test_an_operation_that_can_not_begin_has_no_data(served: Served, body: dict[str, Any], code: str) -> None:
    told = post(served, body, Accept=GRAPHQL_JSON)
    assert (told.status_code, told.headers["content-type"], codes(told)) == (400, GRAPHQL_JSON, [code])
    plain = post(served, body, Accept=JSON)
    assert (plain.status_code, plain.headers["content-type"], plain.json()) == (200, JSON, told.json())
    assert told.json().keys() == {"errors"}


def test_a_field_that_fails_leaves_the_status(served: Served) -> None:
    answer = post(served, {"query": "{ tickets(first: 101) { totalCount } }"}, Accept=GRAPHQL_JSON)
    assert (answer.status_code, answer.json()["data"], codes(answer)) == (200, None, ["INVALID_INPUT"])


def test_queries_by_get(served: Served) -> None:
    text = "query One($id: ID!) { ticket(id: $id) { id } } query Two { __typename }"
    given = {"query": text, "variables": '{"id": "ticket_nothere"}', "operationName": "One", "extensions": "{}"}
    answer = httpx.get(f"{served.url}/graphql", params=given, headers=served.headers)
    assert answer.json() == {"data": {"ticket": None}}


ORIGIN = "https://desk.example"


def preflight(served: Served, origin: str) -> httpx.Response:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
    return httpx.options(f"{served.url}/graphql", headers={"Origin": origin, **asked})


def test_no_page_elsewhere_is_allowed_by_default(served: Served) -> None:
    answer = preflight(served, ORIGIN)
    assert answer.status_code == 401
    answered = post(served, HELLO, Origin=ORIGIN)
    for headers in (answer.headers, answered.headers):
        assert [name for name in headers if name.startswith("access-control")] == []
        assert headers["cross-origin-resource-policy"] == "same-origin"


def test_pages_of_allowed_origins_are(serve: Callable[..., Served]) -> None:
    served = serve(DESKGRAPH_ALLOWED_ORIGINS=f"{ORIGIN}, https://other.example")
    allowed = preflight(served, ORIGIN)
    assert (allowed.status_code, allowed.headers["access-control-allow-origin"]) == (200, ORIGIN)
    answered = post(served, HELLO, Origin=ORIGIN)
    assert answered.headers["access-control-allow-origin"] == ORIGIN
    assert "access-control-allow-credentials" not in answered.headers
    refused = preflight(served, "https://evil.example")
    assert (refused.status_code, "access-control-allow-origin" in refused.headers) == (400, False)
    assert "access-control-allow-origin" not in post(served, HELLO, Origin="https://evil.example").headers


@pytest.mark.parametrize("path", ["/graphql", "/graphql/stream", "/events", "/mcp", "/health/live", "/nothing", "/"])
def test_every_answer_has_the_headers_that_keep_browsers_safe(served: Served, path: str) -> None:
    answer = httpx.get(f"{served.url}{path}")
    wanted = {
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "same-origin",
    }
    assert {name: answer.headers.get(name) for name in wanted} == wanted


def test_what_is_asked_with_a_key_is_kept_nowhere(served: Served) -> None:
    assert post(served, HELLO).headers["cache-control"] == "no-store"
    page = httpx.get(f"{served.url}/graphql", headers={"Accept": "text/html"})
    assert "default-src 'none'" in page.text
    assert page.headers["content-security-policy"] == "frame-ancestors 'none'"


async def test_answers_say_what_they_cost(serve: Callable[..., Served]) -> None:
    """Queries and mutations, however they come; of a subscription's events none does."""
    served = serve(DESKGRAPH_REPORT_COST="true")
    text = "{ tickets(first: 7) { nodes { id contact { id } } } }"
    answer = {"data": {"tickets": {"nodes": []}}, "extensions": {"cost": 14}}
    assert post(served, {"query": text}).json() == answer
    assert f"data: {json.dumps(answer, separators=(',', ':'))}" in post(served, {"query": text}, path="/stream").text
    assert post(served, {"query": CREATE}).json()["extensions"] == {"cost": 1}
    client = await subscriber(served)
    await client.send(json.dumps({"type": "subscribe", "id": "1", "payload": {"query": text, "variables": {}}}))
    said = await hear(client)
    assert said["payload"]["extensions"] == {"cost": 14}
    assert await hear(client) == {"type": "complete", "id": "1"}
    await subscribe(client, "2", "subscription ($after: Long) { events(after: $after) { type } }", 0)
    assert (await hear(client))["payload"] == {"data": {"events": {"type": "ticket.created"}}}
    await client.close()
