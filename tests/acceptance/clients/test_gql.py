"""gql, the client for Python: the schema from the server, its queries in Python, and subscriptions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from gql import Client, GraphQLRequest, gql
from gql.dsl import DSLMutation, DSLQuery, DSLSchema, dsl_gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.websockets import WebsocketsTransport
from graphql import GraphQLError, build_schema, lexicographic_sort_schema, print_schema

from tests.acceptance.clients.conftest import SDL
from tests.acceptance.conftest import Served, serving_in

CREATE = "mutation ($input: CreateTicketInput!) { createTicket(input: $input) { ticket { id } errors { code } } }"
EVENTS = "subscription ($after: Long) { events(after: $after) { position type subjectId } }"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving_in(tmp_path_factory.mktemp("gql")) as running:
        yield running


def http(served: Served) -> Client:
    """A client that fetches the schema, and looks at operations before they are sent."""
    transport = HTTPXAsyncTransport(f"{served.url}/graphql", headers=served.headers)
    return Client(transport=transport, fetch_schema_from_transport=True)


def creating(**given: str) -> GraphQLRequest:
    return GraphQLRequest(CREATE, variable_values={"input": given})


def following(after: int) -> GraphQLRequest:
    return GraphQLRequest(EVENTS, variable_values={"after": after})


async def test_the_schema_that_is_fetched_is_the_committed_one(served: Served) -> None:
    client = http(served)
    async with client as session:
        with pytest.raises(GraphQLError, match="Cannot query field 'nonsense' on type 'Query'"):
            await session.execute(gql("{ nonsense }"))
    assert client.schema
    committed = build_schema(SDL.read_text())
    assert print_schema(lexicographic_sort_schema(client.schema)) == print_schema(lexicographic_sort_schema(committed))


async def test_queries_are_written_in_python(served: Served) -> None:
    client = http(served)
    async with client as session:
        assert client.schema
        ds = DSLSchema(client.schema)
        create = ds.Mutation.createTicket.args(input={"subject": "Portal", "priority": "HIGH"})
        payload = create.select(
            ds.TicketPayload.ticket.select(ds.Ticket.id), ds.TicketPayload.errors.select(ds.UserError.code)
        )
        made = await session.execute(dsl_gql(DSLMutation(payload)))
        id_ = made["createTicket"]["ticket"]["id"]
        listing = ds.Query.tickets.args(filter={"priority": {"eq": "HIGH"}}, first=1)
        asked = listing.select(ds.TicketConnection.totalCount, ds.TicketConnection.nodes.select(ds.Ticket.id))
        found = await session.execute(dsl_gql(DSLQuery(asked)))
    assert found == {"tickets": {"totalCount": 1, "nodes": [{"id": id_}]}}


async def test_queries_mutations_and_their_errors(served: Served) -> None:
    async with http(served) as session:
        answer = await session.execute(creating(subject="Refused", contact="contact_nothere"))
        assert answer == {"createTicket": {"ticket": None, "errors": [{"code": "NOT_FOUND"}]}}
        with pytest.raises(TransportQueryError) as error:
            await session.execute(gql("{ tickets(first: 101) { totalCount } }"))
        assert [one["extensions"]["code"] for one in error.value.errors or ()] == ["INVALID_INPUT"]
        assert await session.execute(gql('{ tickets(filter: {subject: {eq: "Refused"}}) { totalCount } }')) == {
            "tickets": {"totalCount": 0}
        }


async def test_subscriptions_and_mutations_share_a_websocket(served: Served) -> None:
    transport = WebsocketsTransport(served.socket, init_payload={"authorization": f"Bearer {served.key}"})
    ids, events = [], []
    async with Client(transport=transport, fetch_schema_from_transport=True) as session:
        begun = (await session.execute(gql("{ position }")))["position"]
        for subject in ("One", "Two"):
            made = await session.execute(creating(subject=subject))
            ids.append(made["createTicket"]["ticket"]["id"])
        async for said in session.subscribe(following(begun)):
            events.append(said["events"])
            if len(events) == 2:
                break
        with pytest.raises(TransportQueryError) as error:
            await anext(session.subscribe(following(1000)))
        assert error.value.errors
        assert error.value.errors[0]["extensions"]["code"] == "INVALID_CURSOR"
    created = {"type": "ticket.created"}
    assert events == [{**created, "position": begun + at, "subjectId": id_} for at, id_ in enumerate(ids, 1)]
