"""MCP over HTTP itself: keys, origins, bodies that are none, any server for any request."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.records import Record
from tests.acceptance.conftest import KEY
from tests.acceptance.mcp.clients import (
    ACCEPT,
    CALL,
    META,
    data,
    modern,
    over_http,
    post,
)
from tests.acceptance.mcp.conftest import Serve


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
    assert (await post(url, b"x" * 5_000_000, ACCEPT)).status_code == 400  # test_attacks.py has what is too large
    async with over_http(url) as client:
        assert data(await client.call_tool("search", {"type": "Ticket"}))["total"] == 0


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
