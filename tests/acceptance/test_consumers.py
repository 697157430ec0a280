"""A consumer in another program: deliveries over a WebSocket of a real server, acknowledged over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Any

from gql import Client, GraphQLRequest, gql
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.websockets import WebsocketsTransport

from tests.acceptance.conftest import Served
from tests.conftest import until

CREATE = "mutation ($name: String!) { createOrganization(input: {name: $name}) { errors { code } } }"
CONSUMER = """mutation { createConsumer(input: {name: "billing", start: BEGINNING, ackTimeout: 120, maxInFlight: 2}) {
  consumer { name } errors { code }
} }"""
DELIVERIES = 'subscription { deliveries(consumer: "billing") { id attempt event { position data } } }'
SHORTEN = "mutation ($id: ID!) { extend(input: {delivery: $id, seconds: 0.001}) { errors { code } } }"
ACK = "mutation ($id: ID!) { ack(input: {deliveries: [$id]}) { deliveries errors { code } } }"
STATE = '{ consumer(name: "billing") { position lag inFlight waiting parkedCount } }'


@asynccontextmanager
async def http(served: Served) -> AsyncIterator[Any]:
    transport = HTTPXAsyncTransport(f"{served.url}/graphql", headers=served.headers, timeout=60)
    async with Client(transport=transport, execute_timeout=60) as session:
        yield session


@asynccontextmanager
async def deliveries(served: Served) -> AsyncIterator[Any]:
    """The subscription's deliveries on a connection of its own."""
    url = f"{served.url.replace('http', 'ws')}/graphql"
    async with (
        Client(transport=WebsocketsTransport(url, headers=served.headers)) as session,
        aclosing(session.subscribe(gql(DELIVERIES))) as stream,
    ):
        yield stream


async def taken(stream: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await anext(stream))["deliveries"]
    return found


async def test_a_program_that_dies_has_its_events_given_to_another(serve: Callable[..., Served]) -> None:
    served = serve()
    async with http(served) as session:
        for at in range(1, 6):
            await session.execute(GraphQLRequest(CREATE, variable_values={"name": f"Organization {at}"}))
        await session.execute(gql(CONSUMER))
        async with deliveries(served) as first:
            one, two = await taken(first), await taken(first)
            await session.execute(GraphQLRequest(ACK, variable_values={"id": one["id"]}))
            three = await taken(first)
            assert [delivery["event"]["position"] for delivery in (one, two, three)] == [1, 2, 3]
        for delivery in (two, three):  # their time runs out
            await session.execute(GraphQLRequest(SHORTEN, variable_values={"id": delivery["id"]}))
        seen = []
        async with deliveries(served) as second:
            while len(seen) < 4:
                delivery = await taken(second)
                answer = await session.execute(GraphQLRequest(ACK, variable_values={"id": delivery["id"]}))
                assert answer == {"ack": {"deliveries": [delivery["id"]], "errors": []}}
                seen.append((delivery["event"]["position"], delivery["attempt"]))
        assert sorted(seen) == [(2, 2), (3, 2), (4, 1), (5, 1)]
        late = await session.execute(GraphQLRequest(ACK, variable_values={"id": two["id"]}))
        assert late == {"ack": {"deliveries": [], "errors": [{"code": "DELIVERY_EXPIRED"}]}}
        state = await session.execute(gql(STATE))
        assert state == {"consumer": {"position": 5, "lag": 0, "inFlight": 0, "waiting": 0, "parkedCount": 0}}


async def test_two_servers_serve_one_consumer(serve: Callable[..., Served]) -> None:
    one, two = serve(), serve()
    seen: list[tuple[int, int]] = []

    async def work(stream: Any, other: Any) -> None:
        """Acknowledge at the server that the delivery does not come from."""
        while True:
            delivery = await taken(stream)
            await other.execute(GraphQLRequest(ACK, variable_values={"id": delivery["id"]}))
            seen.append((delivery["event"]["position"], delivery["attempt"]))

    async def all_seen() -> bool:
        return len(seen) >= 10

    async with http(one) as here, http(two) as there, deliveries(one) as left, deliveries(two) as right:
        await here.execute(gql(CONSUMER))
        workers = [asyncio.create_task(work(left, there)), asyncio.create_task(work(right, here))]
        for at in range(10):
            await (here, there)[at % 2].execute(GraphQLRequest(CREATE, variable_values={"name": f"Organization {at}"}))
        await until(all_seen)
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        assert sorted(seen) == [(position, 1) for position in range(1, 11)]
