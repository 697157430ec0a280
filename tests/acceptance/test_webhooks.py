"""Webhooks of real server processes: one that is killed in the middle, and what they log."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response

from tests.acceptance.conftest import Served
from tests.receivers import Receiver, receiving, until

pytestmark = pytest.mark.timeout(170)
Serve = Callable[..., Served]
CREATE = """mutation ($url: String!, $types: [String!]) {
  createWebhook(input: {url: $url, types: $types}) { webhook { id } secret errors { code message } } }"""
TICKET = 'mutation { createTicket(input: {subject: "Portal"}) { event { id } errors { code } } }'


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as opened:
        yield opened


async def ask(served: Served, query: str, **variables: Any) -> Any:
    """The data of an operation."""
    async with httpx.AsyncClient(timeout=60, trust_env=False) as client:
        request = {"query": query, "variables": variables}
        answer = await client.post(f"{served.url}/graphql", json=request, headers=served.headers)
    body = answer.json()
    assert "errors" not in body
    return body["data"]


async def tries(served: Served, count: int) -> list[dict[str, Any]]:
    """The attempts in their order, as soon as there are so many."""
    query = "{ attempts(orderBy: [{at: ASC}]) { nodes { number status error event { id } } } }"

    async def enough() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await ask(served, query))["attempts"]["nodes"]
        return found if len(found) >= count else []

    found: list[dict[str, Any]] = await until(enough)
    return found


async def test_a_killed_process_s_request_is_sent_again(serve: Serve, receiver: Receiver) -> None:
    """It had been received but not recorded: the next process sends it again, under the same id, and goes on."""
    never = asyncio.Event()

    async def hang(_request: Request) -> Response:
        await never.wait()
        raise AssertionError

    receiver.answers = [hang]
    killed = await asyncio.to_thread(serve, exits=-9, DESKGRAPH_WEBHOOK_PRIVATE_TARGETS="true")
    made = (await ask(killed, CREATE, url=receiver.url, types=["ticket.created"]))["createWebhook"]
    event = (await ask(killed, TICKET))["createTicket"]["event"]["id"]
    await receiver.wait(1)
    killed.process.kill()
    killed.process.wait()

    served = await asyncio.to_thread(serve, DESKGRAPH_WEBHOOK_PRIVATE_TARGETS="true")
    other = (await ask(served, TICKET))["createTicket"]["event"]["id"]
    await receiver.wait(3)
    found = sorted((attempt["event"]["id"], attempt["number"], attempt["status"]) for attempt in await tries(served, 2))
    assert found == sorted([(event, 2, 204), (other, 1, 204)])
    first, *later = receiver.received
    assert first.id == event
    assert sorted(one.id for one in later) == sorted([event, other])
    again = next(one for one in later if one.id == event)
    assert again.body == first.body
    again.verified(made["secret"])


async def test_secrets_are_not_logged(serve: Serve, receiver: Receiver) -> None:
    """Failing requests are; the secrets that signed them are not."""
    served = await asyncio.to_thread(serve, DESKGRAPH_WEBHOOK_PRIVATE_TARGETS="true")
    made = (await ask(served, CREATE, url=receiver.url, types=["ticket.created"]))["createWebhook"]
    rotate = "mutation ($id: ID!) { rotateWebhook(input: {id: $id}) { secret } }"
    rotated = (await ask(served, rotate, id=made["webhook"]["id"]))["rotateWebhook"]
    receiver.answers = [500, 302]
    await ask(served, TICKET)
    await tries(served, 1)
    await until(lambda: asyncio.to_thread(lambda: "webhook.failed" in served.log.read_text()))
    text = served.log.read_text()
    for secret in (made["secret"], rotated["secret"]):
        assert secret.startswith("whsec_")
        assert secret not in text
    assert "whsec_" not in text


async def test_private_addresses_are_refused_by_default(serve: Serve, receiver: Receiver) -> None:
    served = await asyncio.to_thread(serve)
    made = (await ask(served, CREATE, url=receiver.url, types=None))["createWebhook"]
    assert (made["webhook"], made["secret"]) == (None, None)
    assert [error["code"] for error in made["errors"]] == ["INVALID_INPUT"]
    assert await ask(served, "{ webhooks { totalCount } events { totalCount } }") == {
        "webhooks": {"totalCount": 0},
        "events": {"totalCount": 0},
    }
