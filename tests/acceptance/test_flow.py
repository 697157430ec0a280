"""The support lifecycle from outside: a real server process, the gql client over HTTP and WebSocket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from gql import Client, GraphQLRequest
from gql.client import AsyncClientSession
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.websockets import WebsocketsTransport

from tests.acceptance.conftest import Served

CREATE = """mutation { createTicket(input: {
  subject: "Cannot access billing portal", priority: HIGH, contact: "contact_fX9bL5nRd", channel: EMAIL
}) { ticket { id status contact { name } } event { type data } errors { code message field } } }"""
VERBS = """mutation ($id: ID!) {
  assignTicket(input: {id: $id, agent: "user_bQ4xNmWj"}) { ticket { assignee { name } } errors { code } }
  escalateTicket(input: {id: $id, reason: "Billing system outage"}) { ticket { status level } errors { code } }
  resolveTicket(input: {id: $id, resolution: "Portal access restored after billing sync"}) {
    ticket { status version } errors { code } }
}"""
EVENTS = """subscription ($after: Long, $types: [String!], $subject: ID) {
  events(types: $types, subject: $subject, after: $after) {
    id type position at actor subject { __typename id ... on Ticket { subject } } data cause { id type } } }"""


def request(text: str, **variables: Any) -> GraphQLRequest:
    return GraphQLRequest(text, variable_values=variables)


@asynccontextmanager
async def over_http(served: Served) -> AsyncIterator[AsyncClientSession]:
    transport = HTTPXAsyncTransport(f"{served.url}/graphql", headers=served.headers)
    async with Client(transport=transport, fetch_schema_from_transport=True) as session:
        yield session


@asynccontextmanager
async def over_websocket(served: Served, **options: Any) -> AsyncIterator[AsyncClientSession]:
    options = options or {"init_payload": {"authorization": f"Bearer {served.key}"}}
    url = served.url.replace("http", "ws", 1)
    protocols = [WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL]
    transport = WebsocketsTransport(f"{url}/graphql", subprotocols=protocols, **options)
    async with Client(transport=transport) as session:
        yield session


async def last_position(session: AsyncClientSession) -> int:
    found = await session.execute(request("{ events(last: 1) { nodes { position } } }"))
    return int(found["events"]["nodes"][0]["position"])


async def take(session: AsyncClientSession, count: int, **variables: Any) -> list[dict[str, Any]]:
    """The first events of a subscription."""
    events: list[dict[str, Any]] = []
    stream = session.subscribe(request(EVENTS, **variables))
    async for value in stream:
        events.append(value["events"])
        if len(events) == count:
            break
    return events


async def test_the_full_flow_over_http_and_websocket(serve: Callable[..., Served]) -> None:
    served = serve("--sample", "--hooks", "examples.support_hooks")
    async with over_http(served) as http, over_websocket(served) as socket:
        await take(socket, 3, after=0, types=["activity.created"])  # what follows from the sample's resolved ticket
        start = await last_position(http)
        listening = asyncio.create_task(take(socket, 6, after=start))
        created = (await http.execute(request(CREATE)))["createTicket"]
        assert created["errors"] == []
        assert created["ticket"]["contact"] == {"name": "Ann Archer"}
        assert created["event"]["type"] == "ticket.created"
        ticket = created["ticket"]["id"]
        done = await http.execute(request(VERBS, id=ticket))
        assert done == {
            "assignTicket": {"ticket": {"assignee": {"name": "Sam Reyes"}}, "errors": []},
            "escalateTicket": {"ticket": {"status": "ESCALATED", "level": 1}, "errors": []},
            "resolveTicket": {"ticket": {"status": "RESOLVED", "version": 4}, "errors": []},
        }
        events = await asyncio.wait_for(listening, 30)
        again = await take(socket, 6, after=start)

    assert [event["position"] for event in events] == list(range(start + 1, start + 7))
    assert [event["type"] for event in events] == [
        "ticket.created",
        "ticket.assigned",
        "ticket.escalated",
        "ticket.resolved",
        "activity.created",
        "activity.created",
    ]
    subject = {"__typename": "Ticket", "id": ticket, "subject": "Cannot access billing portal"}
    assert [event["subject"] for event in events[:4]] == [subject] * 4
    data = [event["data"] for event in events]
    assert {"$id": ticket, "priority": "HIGH"}.items() <= data[0].items()
    assert data[1] == {"$id": ticket, "agent": "user_bQ4xNmWj"}
    assert data[2] == {"$id": ticket, "reason": "Billing system outage", "level": 1, "agent": "user_mZ5rGkLp"}
    assert data[3] == {"$id": ticket, "resolution": "Portal access restored after billing sync"}
    assert [one["type"] for one in data[4:]] == ["satisfaction_survey", "health_check"]
    cause = {"id": events[3]["id"], "type": "ticket.resolved"}
    assert [event["cause"] for event in events] == [None] * 4 + [cause] * 2
    assert [event["actor"] for event in events] == ["key:admin"] * 4 + [
        "hook:ticket.resolved:examples.support_hooks.survey"
    ] * 2
    assert again == events


async def test_subscriptions_filter_and_resume(serve: Callable[..., Served]) -> None:
    served = serve("--sample")
    async with over_http(served) as http, over_websocket(served) as socket:
        everything = await take(socket, await last_position(http), after=0)
        assert [event["position"] for event in everything] == list(range(1, len(everything) + 1))
        tickets = [event for event in everything if event["type"].startswith("ticket.")]
        assert await take(socket, len(tickets), after=0, types=["ticket.*"]) == tickets
        created = [event for event in everything if event["type"] in ("user.created", "contact.created")]
        assert await take(socket, len(created), after=0, types=["user.created", "contact.*"]) == created
        one = [event for event in tickets if event["subject"]["id"] == tickets[0]["subject"]["id"]]
        assert await take(socket, len(one), after=0, subject=tickets[0]["subject"]["id"]) == one
        assert await take(socket, 3, after=7) == everything[7:10]

        text = "subscription ($id: ID!) { ticketEvents(id: $id, after: 0) { type position } }"
        query = request(text, id=tickets[0]["subject"]["id"])
        stream = socket.subscribe(query)
        found = (await anext(stream))["ticketEvents"]
        await stream.aclose()
        assert found == {"type": "ticket.created", "position": tickets[0]["position"]}
