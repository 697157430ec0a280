"""Keys and workspaces over the wire: what comes in, when it ends, and that open streams end with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import orjson
import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from tests.acceptance.conftest import Address, Served, hear, serving_in, subscribe, subscriber

CREATE = """mutation ($input: CreateApiKeyInput!) {
  createApiKey(input: $input) { apikey { id begins lastUsedAt } secret errors { code message field } }
}"""
REVOKE = "mutation ($id: ID!) { revokeApiKey(input: {id: $id}) { apikey { status revokedAt } errors { code } } }"
EVENTS = "subscription ($after: Long) { events(after: $after) { position type actor } }"


@pytest.fixture(scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    """Two workers, so that what one does the other has to learn."""
    with serving_in(tmp_path_factory.mktemp("keys"), "--workers", "2") as running:
        yield running


async def ask(at: Address, text: str, **variables: Any) -> dict[str, Any]:
    """The data, by a connection of its own, so by any worker."""
    async with httpx.AsyncClient(headers=at.headers, timeout=30) as client:
        answer = await client.post(f"{at.url}/graphql", json={"query": text, "variables": variables})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    assert "errors" not in body, body
    data: dict[str, Any] = body["data"]
    return data


async def key(at: Address, role: str, **given: Any) -> tuple[Address, str]:
    """The same server by a new key, and the key's id."""
    made = (await ask(at, CREATE, input={"name": role.title(), "role": role, **given}))["createApiKey"]
    assert made["errors"] == []
    return Address(at.url, made["secret"]), made["apikey"]["id"]


async def status(at: Address) -> int:
    async with httpx.AsyncClient(headers=at.headers, timeout=30) as client:
        return (await client.post(f"{at.url}/graphql", json={"query": "{ __typename }"})).status_code


async def statuses(at: Address) -> set[int]:
    """What the workers say: each connection may come to another one."""
    return {await status(at) for _ in range(12)}


async def test_a_key_opens_its_own_workspace(served: Served) -> None:
    text = 'mutation { createWorkspace(input: {name: "Acme"}) { workspace { id name } secret errors { code } } }'
    made = (await ask(served, text))["createWorkspace"]
    admin = Address(served.url, made["secret"])
    ticket = 'mutation { createTicket(input: {subject: "Here"}) { ticket { number } event { actor position } } }'
    created = (await ask(admin, ticket))["createTicket"]
    [own] = (await ask(admin, "{ apikeys { nodes { id role lastUsedAt } } }"))["apikeys"]["nodes"]
    assert (created["event"], own["role"]) == ({"actor": own["id"], "position": 2}, "ADMIN")
    assert datetime.now(UTC) - datetime.fromisoformat(own["lastUsedAt"]) < timedelta(minutes=2)
    assert (await ask(served, "{ tickets { totalCount } }"))["tickets"]["totalCount"] == 0
    agent, _ = await key(admin, "AGENT")
    assert (await ask(agent, "{ tickets { nodes { subject } } }"))["tickets"]["nodes"] == [{"subject": "Here"}]


@pytest.mark.parametrize(
    "wrong",
    ["", "Bearer", "Basic dGVzdA==", "Bearer dg_", f"Bearer dg_{'a' * 12}_{'b' * 43}", "Bearer \u00fc"],
)
async def test_what_is_no_key_opens_nothing(served: Served, wrong: str) -> None:
    async with httpx.AsyncClient(headers={"Authorization": wrong.encode()}) as client:
        for path in ("/graphql", "/graphql/stream", "/mcp"):
            answer = await client.post(f"{served.url}{path}", json={"query": "{ __typename }"})
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"] == "Bearer"
        assert (await client.get(f"{served.url}/events")).status_code == 401


async def closed(client: ClientConnection) -> tuple[int, str]:
    """How the server closed it, after whatever it had sent."""
    with suppress(ConnectionClosed):
        while True:
            await asyncio.wait_for(client.recv(), 20)
    return client.close_code or 0, client.close_reason or ""


async def test_a_revoked_key_ends_at_once_with_its_streams(served: Served) -> None:
    """Whichever workers they are at."""
    agent, id_ = await key(served, "AGENT")
    await ask(agent, 'mutation { createOrganization(input: {name: "Acme"}) { errors { code } } }')
    sockets = [await subscriber(agent) for _ in range(4)]
    for socket in sockets:
        await subscribe(socket, "1", EVENTS, 0)
        await hear(socket)
    async with httpx.AsyncClient(headers=agent.headers, timeout=30) as client:
        request = client.build_request("POST", f"{agent.url}/graphql/stream", json={"query": EVENTS})
        stream = await client.send(request, stream=True)
        revoked = (await ask(served, REVOKE, id=id_))["revokeApiKey"]
        assert revoked["errors"] == []
        assert revoked["apikey"]["status"] == "REVOKED"
        ended = (4403, "The key was revoked or has expired")
        assert [await closed(socket) for socket in sockets] == [ended] * 4
        text = "".join([part async for part in stream.aiter_text()])
        assert text.endswith(": The key was revoked or has expired\n\n")
    assert await statuses(agent) == {401}
    assert (await ask(served, REVOKE, id=id_))["revokeApiKey"]["errors"] == [{"code": "INVALID_TRANSITION"}]


async def test_an_expired_key_ends_with_its_streams(served: Served) -> None:
    ends = datetime.now(UTC) + timedelta(seconds=4)
    reader, _ = await key(served, "ANALYST", expiresAt=ends.isoformat())
    assert await status(reader) == 200
    socket = await subscriber(reader)
    await subscribe(socket, "1", EVENTS, 0)
    assert await closed(socket) == (4403, "The key was revoked or has expired")
    assert datetime.now(UTC) >= ends
    assert await statuses(reader) == {401}


async def test_what_is_streamed_is_what_the_role_sees(served: Served) -> None:
    """Neither live nor over HTTP does an analyst learn of keys."""
    start = (await ask(served, "{ position }"))["position"]
    analyst, _ = await key(served, "ANALYST")
    socket = await subscriber(analyst)
    await subscribe(socket, "1", EVENTS, start)
    await ask(served, 'mutation { createUser(input: {name: "Sam"}) { errors { code } } }')
    event = (await hear(socket))["payload"]["data"]["events"]
    assert event == {"position": start + 2, "type": "user.created", "actor": "key:admin"}
    async with httpx.AsyncClient(headers=analyst.headers) as client:
        answer = await client.get(f"{served.url}/events", params={"after": start})
        asked = await client.get(f"{served.url}/events", params={"after": start, "types": "apikey.*"})
    assert [orjson.loads(line)["type"] for line in answer.text.splitlines()] == ["user.created"]
    assert (asked.status_code, asked.text) == (200, "")
    await socket.close()


async def test_a_contact_s_key_is_for_a_portal(served: Served) -> None:
    contact = (await ask(served, 'mutation { createContact(input: {name: "Ann"}) { contact { id } } }'))[
        "createContact"
    ]["contact"]["id"]
    portal, _ = await key(served, "CONTACT", contact=contact)
    created = await ask(
        portal, 'mutation { createTicket(input: {subject: "Mine"}) { ticket { id contact { name } } errors { code } } }'
    )
    assert created["createTicket"]["ticket"]["contact"] == {"name": "Ann"}
    async with httpx.AsyncClient(headers=portal.headers) as client:
        for text in ("{ users { totalCount } }", "{ tickets { nodes { assignee { name } } } }"):
            body = (await client.post(f"{served.url}/graphql", json={"query": text})).json()
            assert [error["extensions"]["code"] for error in body["errors"]] == ["FORBIDDEN"]
        assert (await client.get(f"{served.url}/events")).status_code == 403
        text = "subscription { events { type } }"
        answer = await client.post(f"{served.url}/graphql/stream", json={"query": text})
        assert '"FORBIDDEN"' in answer.text
