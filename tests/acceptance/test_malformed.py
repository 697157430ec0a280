"""What a client may send by mistake or on purpose: each gets its status and code, and the server goes on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import orjson
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.acceptance.conftest import PROTOCOL, Served, serving_in

DEEP = 100_000
CREATE = 'mutation { createTicket(input: {subject: "x"}) { errors { code } } }'
COUNT = "{ tickets { totalCount } events { totalCount } }"
UNTOUCHED = {"data": {"tickets": {"totalCount": 0}, "events": {"totalCount": 0}}}
ACTIVITY = "mutation ($input: CreateActivityInput!) { createActivity(input: $input) { errors { code field } } }"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving_in(tmp_path_factory.mktemp("malformed")) as running:
        yield running


def body(query: str, **others: Any) -> bytes:
    return json.dumps({"query": query, **others}).encode()


def ids(value: Any) -> str:
    return repr(value)[:60]


def check(served: Served, answer: httpx.Response, status: int, code: str | None) -> None:
    """The answer has that status and only that code; nothing was done, and the next request works."""
    errors = answer.json().get("errors", [])
    assert (answer.status_code, {error["extensions"]["code"] for error in errors}) == (status, {code} - {None})
    counted = httpx.post(f"{served.url}/graphql", json={"query": COUNT}, headers=served.headers)
    assert counted.json() == UNTOUCHED


BODIES = [
    b"",
    b" ",
    b'"x"',
    b"null",
    b"true",
    b"7",
    b"[]",
    b"{",
    b"{}",
    b"[" * DEEP,
    b"[" * DEEP + b"]" * DEEP,
    b'{"query": ' + b"[" * DEEP + b"]" * DEEP + b"}",
    b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    b'{"query": "{ __typename }", "variables": ' + b'{"a":' * 5000 + b"1" + b"}" * 5001,
    b"\xff\xfe",
    b'{"query": "\xff"}',
    b'{"query": "{ __typename }\xc3"}',
    b'\xef\xbb\xbf{"query": "{ __typename }"}',
    '{"query": "{ __typename }"}'.encode("utf-16"),
    b'{"query": "\\ud800"}',
    b'{"query": "\\udfff\\ud800"}',
    b'{"query": "{ __typename }", "variables": {"a": NaN}}',
    b'{"query": "{ __typename }", "variables": {"a": Infinity}}',
    b'{"query": "{ __typename }", "variables": {"a": 01}}',
    b'{"query": "{ __typename }"} x',
    b'{"query": "{ __typename }", "variables": {"a": 1' + b"0" * 400 + b"}}",
    b'[{"query": "{ __typename }"}]',
    b'{"query": null}',
    b'{"query": ""}',
    b'{"query": 7}',
    b'{"query": ["{ __typename }"]}',
    b'{"query": {"a": 1}}',
    b'{"query": "{ __typename }", "variables": "{}"}',
    b'{"query": "{ __typename }", "variables": []}',
    b'{"query": "{ __typename }", "variables": 7}',
    b'{"query": "{ __typename }", "variables": true}',
    b'{"query": "{ __typename }", "operationName": 7}',
    b'{"query": "{ __typename }", "operationName": {}}',
    b'{"query": "{ __typename }", "extensions": []}',
    b'{"query": "{ __typename }", "extensions": "x"}',
    b'{"documentId": 7}',
    b'{"extensions": {"persistedQuery": 7}}',
    b'{"extensions": {"persistedQuery": {"sha256Hash": 7}}}',
]


@pytest.mark.parametrize("content", BODIES, ids=ids)
@pytest.mark.parametrize("path", ["/graphql", "/graphql/stream"])
def test_a_body_that_is_no_request(served: Served, content: bytes, path: str) -> None:
    headers = {**served.headers, "Content-Type": "application/json"}
    check(served, httpx.post(f"{served.url}{path}", content=content, headers=headers), 400, "BAD_REQUEST")


@pytest.mark.parametrize(
    "query",
    [
        "",
        "query=",
        "variables={}",
        "query={__typename}&variables={",
        "query={__typename}&variables=[]",
        "query={__typename}&variables=" + "[" * 5000,
        "query={__typename}&extensions=7",
        "query={__typename}&variables=%ff",
    ],
    ids=ids,
)
@pytest.mark.parametrize("path", ["/graphql", "/graphql/stream"])
def test_a_url_that_asks_nothing(served: Served, query: str, path: str) -> None:
    check(served, httpx.get(f"{served.url}{path}?{query}", headers=served.headers), 400, "BAD_REQUEST")


PARSE, INVALID, INPUT = "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "INVALID_INPUT"
LONG = "query ($a: Long) { events(filter: {position: {gt: $a}}) { totalCount } }"
FIRST = "query ($n: Int) { tickets(first: $n) { totalCount } }"
MOMENT = "query ($a: DateTime) { tickets(filter: {createdAt: {gt: $a}}) { totalCount } }"
TEXT = "query ($a: String) { tickets(filter: {subject: {eq: $a}}) { totalCount } }"
BY_ID = "query ($a: ID!) { ticket(id: $a) { id } }"
AFTER = "query ($a: String) { tickets(after: $a) { totalCount } }"
OPERATIONS: list[tuple[str, dict[str, Any], str | None]] = [
    ("{", {}, PARSE),
    ("\0", {}, PARSE),
    ("{ __typename \0 }", {}, PARSE),
    ("{ __typename \u2028 }", {}, PARSE),
    ("\ufeff{ __typename }", {}, None),
    ('{ ticket(id: "\\uD800") { id } }', {}, PARSE),
    ('{ ticket(id: "\\u{110000}") { id } }', {}, PARSE),
    ('{ ticket(id: "\0") { id } }', {}, None),
    ('{ ticket(id: "\\u0000") { id } }', {}, None),
    ("{ tickets(first: 99999999999999999999) { totalCount } }", {}, INVALID),
    ("{ tickets(first: 1e999) { totalCount } }", {}, INVALID),
    ("{ tickets(first: -1) { totalCount } }", {}, INPUT),
    ("{ tickets(first: null) { totalCount } }", {}, None),
    ("{ tickets { } }", {}, None),
    ("{ }", {}, None),
    ("{ tickets(filter: {}) { totalCount } }", {}, None),
    ("{ tickets(orderBy: [{}]) { totalCount } }", {}, INPUT),
    ("query ($a: Nope) { __typename }", {}, INVALID),
    ("query ($a: Int, $a: Int) { __typename }", {}, INVALID),
    ("{ ...F } fragment F on Query { ...F }", {}, INVALID),
    ("{ ...Nope }", {}, INVALID),
    ("{ __typename @nope }", {}, INVALID),
    ("{ __typename @skip }", {}, INVALID),
    ("{ a: __typename a: position }", {}, INVALID),
    ("{ __schema { nope } }", {}, INVALID),
    ("schema { query: Query }", {}, "BAD_REQUEST"),
    ("fragment F on Query { __typename }", {}, "BAD_REQUEST"),
    (FIRST, {"n": 2**31}, INVALID),
    (FIRST, {"n": 2**63}, INVALID),
    (FIRST, {"n": 2**64}, INVALID),
    (FIRST, {"n": 1.5}, INVALID),
    (FIRST, {"n": 1e300}, INVALID),
    (FIRST, {"n": "1"}, INVALID),
    (FIRST, {"n": True}, INVALID),
    (FIRST, {"n": [1, 2]}, INVALID),
    (FIRST, {"n": {}}, INVALID),
    (FIRST, {"n": 0}, INPUT),
    (FIRST, {"n": -(2**31)}, INPUT),
    (LONG, {"a": 2**63 - 1}, None),
    (LONG, {"a": -(2**63)}, INPUT),
    (LONG, {"a": 2**63}, INVALID),
    (LONG, {"a": -(2**63) - 1}, INVALID),
    (LONG, {"a": 1.0}, INVALID),
    (LONG, {"a": "1"}, INVALID),
    ("{ events(filter: {position: {gt: 9223372036854775808}}) { totalCount } }", {}, INVALID),
    (MOMENT, {"a": "0001-01-01T00:00:00+14:00"}, INVALID),
    (MOMENT, {"a": "9999-12-31T23:59:59-14:00"}, INVALID),
    (MOMENT, {"a": "9999-12-31T23:59:59Z"}, None),
    (MOMENT, {"a": "0001-01-01"}, None),
    (MOMENT, {"a": "yesterday"}, INVALID),
    (MOMENT, {"a": "\0"}, INVALID),
    (MOMENT, {"a": 0}, INVALID),
    (MOMENT, {"a": ""}, INVALID),
    (TEXT, {"a": "\0"}, None),
    (TEXT, {"a": "\U0010ffff"}, None),
    (TEXT, {"a": "x" * 1_000_000}, None),
    (TEXT, {"a": 7}, INVALID),
    (BY_ID, {"a": ""}, None),
    (BY_ID, {"a": "\0"}, None),
    (BY_ID, {"a": "ticket_" + "x" * 1_000_000}, None),
    (BY_ID, {"a": 2**70}, None),
    (BY_ID, {"a": 1.5}, INVALID),
    (BY_ID, {"a": None}, INVALID),
    (BY_ID, {}, INVALID),
    (AFTER, {"a": "\0"}, "INVALID_CURSOR"),
    (AFTER, {"a": "W10="}, "INVALID_CURSOR"),
    (AFTER, {"a": "x" * 100_000}, "INVALID_CURSOR"),
    ("{ tickets { totalCount } }", {"unused": [[[1]]]}, None),
    ("query ($if: Boolean!) { __typename @skip(if: $if) }", {"if": "true"}, INVALID),
]


@pytest.mark.parametrize(("query", "variables", "code"), OPERATIONS, ids=ids)
def test_an_operation_with_a_mistake(served: Served, query: str, variables: dict[str, Any], code: str | None) -> None:
    headers = {**served.headers, "Content-Type": "application/json"}
    answer = httpx.post(f"{served.url}/graphql", content=body(query, variables=variables), headers=headers)
    check(served, answer, 200, code)


JSON_VALUES = ["7" * 5000, "18446744073709551616", "1e999", "-0", "{a: [[[[1]]]]}", '"\\u0000"', "[" * 45 + "]" * 45]


@pytest.mark.parametrize("value", JSON_VALUES, ids=ids)
def test_a_literal_of_any_json_is_taken_or_told(served: Served, value: str) -> None:
    """The verb is refused in any case, for its type is missing: what matters is that it is told."""
    text = f'mutation {{ createActivity(input: {{type: "", data: {value}}}) {{ errors {{ code }} }} }}'
    answer = httpx.post(f"{served.url}/graphql", json={"query": text}, headers=served.headers)
    told = orjson.dumps(answer.json()).decode()
    assert answer.status_code == 200
    assert "INTERNAL" not in told
    assert '"code":"' in told


INIT = {"type": "connection_init"}
TYPENAME = {"query": "{ __typename }"}
SUBSCRIBE = {"id": "1", "type": "subscribe", "payload": TYPENAME}
MESSAGES: list[tuple[Any, int]] = [
    ("", 4400),
    ("nonsense", 4400),
    ("{", 4400),
    ("null", 4400),
    ("7", 4400),
    ('"x"', 4400),
    ("[]", 4400),
    ("[" * DEEP, 4400),
    ("{}", 4400),
    ('{"type": 7}', 4400),
    ('{"type": "nonsense"}', 4400),
    ('{"type": "start", "id": "1", "payload": {"query": "{ __typename }"}}', 4400),
    ('{"type": "subscribe"}', 4400),
    ('{"type": "subscribe", "id": "1"}', 4400),
    ('{"type": "subscribe", "id": 1, "payload": {"query": "{ __typename }"}}', 4400),
    ('{"type": "subscribe", "id": "", "payload": {"query": "{ __typename }"}}', 4400),
    ('{"type": "subscribe", "id": ["1"], "payload": {"query": "{ __typename }"}}', 4400),
    ('{"type": "subscribe", "id": "1", "payload": "x"}', 4400),
    ('{"type": "subscribe", "id": "1", "payload": {}}', 4400),
    ('{"type": "subscribe", "id": "1", "payload": {"query": 7}}', 4400),
    ('{"type": "subscribe", "id": "1", "payload": {"query": "{ __typename }", "variables": []}}', 4400),
    ('{"type": "subscribe", "id": "1", "payload": {"query": "{ __typename }", "operationName": 7}}', 4400),
    ('{"type": "complete"}', 4400),
    ('{"type": "complete", "id": 7}', 4400),
    ('{"type": "ping", "payload": 7}', 4400),
    ('{"type": "next", "id": "1", "payload": {}}', 4400),
    ('{"type": "subscribe", "id": "1", "payload": {"query": "\\ud800"}}', 4400),
    (b"binary", 4400),
    (json.dumps(SUBSCRIBE).encode(), 4400),
    (INIT, 4429),
    ("x" * (2**20 + 1), 1009),
]


async def hear(socket: Any) -> dict[str, Any]:
    async with asyncio.timeout(30):
        said: dict[str, Any] = json.loads(await socket.recv())
    return said


def opened(served: Served) -> connect:
    return connect(served.socket, subprotocols=[PROTOCOL], additional_headers=served.headers, max_size=None)


async def say(socket: Any, *messages: Any) -> None:
    for message in messages:
        await socket.send(json.dumps(message) if isinstance(message, dict) else message)


@pytest.mark.parametrize(("message", "code"), MESSAGES, ids=ids)
async def test_a_message_that_is_not_the_protocols_closes_its_connection_alone(
    served: Served, message: Any, code: int
) -> None:
    async with opened(served) as other, opened(served) as socket:
        for one in (other, socket):
            await say(one, INIT)
            assert await hear(one) == {"type": "connection_ack"}
        await say(socket, message)
        with pytest.raises(ConnectionClosed) as closed:
            await hear(socket)
        assert closed.value.rcvd
        assert closed.value.rcvd.code == code
        await say(other, SUBSCRIBE)
        assert await hear(other) == {"id": "1", "type": "next", "payload": {"data": {"__typename": "Query"}}}


async def test_the_id_of_an_operation_that_runs_is_taken(served: Served) -> None:
    listen = {**SUBSCRIBE, "payload": {"query": "subscription { events { id } }"}}
    async with opened(served) as socket:
        await say(socket, INIT, listen, listen)
        assert await hear(socket) == {"type": "connection_ack"}
        with pytest.raises(ConnectionClosed) as closed:
            await hear(socket)
        assert closed.value.rcvd
        assert closed.value.rcvd.code == 4409


async def test_text_that_is_no_utf_8_closes_the_connection(served: Served) -> None:
    async with opened(served) as socket:
        await socket.send(b"\xff\xff", text=True)
        with pytest.raises(ConnectionClosed) as closed:
            await hear(socket)
        assert closed.value.rcvd
        assert closed.value.rcvd.code == 1007


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"query": "{"}, PARSE),
        ({"query": "\0"}, PARSE),
        ({"query": "{ nonsense }"}, INVALID),
        ({"query": "query A { __typename }", "operationName": "B"}, "BAD_REQUEST"),
        ({"query": "type A { b: Int }"}, "BAD_REQUEST"),
        ({"query": FIRST, "variables": {"n": 2**40}}, INVALID),
        ({"query": "subscription ($a: Long) { events(after: $a) { id } }", "variables": {"a": 2**63}}, INVALID),
        ({"query": "subscription { events(after: -1) { id } }"}, "INVALID_CURSOR"),
        ({"documentId": "nothing"}, "PERSISTED_QUERY_NOT_FOUND"),
        ({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "00"}}}, "PERSISTED_QUERY_NOT_FOUND"),
    ],
    ids=ids,
)
async def test_a_mistake_in_an_operation_ends_that_one_alone(
    served: Served, payload: dict[str, Any], code: str
) -> None:
    listen = {"id": "all", "type": "subscribe", "payload": {"query": "subscription { events { id } }"}}
    async with opened(served) as socket:
        await say(socket, INIT, listen, {"id": "bad", "type": "subscribe", "payload": payload})
        assert await hear(socket) == {"type": "connection_ack"}
        said = await hear(socket)
        assert (said["id"], said["type"]) in {("bad", "error"), ("bad", "next")}
        errors = said["payload"] if said["type"] == "error" else said["payload"]["errors"]
        assert [error["extensions"]["code"] for error in errors] == [code]
        if said["type"] == "next":
            assert await hear(socket) == {"id": "bad", "type": "complete"}
        await say(socket, {**SUBSCRIBE, "id": "bad"})
        assert await hear(socket) == {"id": "bad", "type": "next", "payload": {"data": {"__typename": "Query"}}}
        assert await hear(socket) == {"id": "bad", "type": "complete"}
        await say(socket, {"type": "complete", "id": "all"}, {"type": "complete", "id": "unknown"}, {"type": "ping"})
        assert await hear(socket) == {"type": "pong"}
