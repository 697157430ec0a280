"""Queries: one Cypher query an operation, filters, orders, edges both ways, and the errors of bad arguments."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from deskgraph.graph.database import Database, Transaction
from deskgraph.resolvers.api import Context, schema
from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.hooks import Hooks
from deskgraph.resolvers.records import Record
from tests.conftest import Codes, Run


@dataclass(frozen=True)
class Small:
    """Two organizations, three contacts, an agent, five tickets; tests only read it."""

    desk: Desk
    acme: Record
    ann: Record
    sam: Record

    async def run(self, text: str, **variables: Any) -> dict[str, Any]:
        result = await schema().execute(text, variables, context_value=Context(self.desk.session))
        assert result.errors is None, result.errors
        assert result.data is not None
        return result.data


@pytest.fixture(scope="module")
async def small(database: Database) -> AsyncIterator[Small]:
    async with Desk(database, f"test-{uuid.uuid4().hex}", hooks=Hooks()) as desk:
        acme = await desk.Organization.create(name="Acme", domain="acme.com")
        globex = await desk.Organization.create(name="Globex", domain="globex.example")
        ann = await desk.Contact.create(name="Ann", email="ann@acme.com", organization=acme)
        ben = await desk.Contact.create(name="Ben", organization=globex)
        cat = await desk.Contact.create(name="Cat")
        sam = await desk.User.create(name="Sam", status="online")
        for subject, priority, contact, agent in (
            ("one", "low", ann, sam),
            ("two", "urgent", ann, None),
            ("three", "high", ben, sam),
            ("four", "medium", cat, None),
            ("five", "urgent", None, None),
        ):
            await desk.Ticket.create(subject=subject, priority=priority, contact=contact, agent=agent)
        await desk.Activity.create(type="note", note="called", ticket=await desk.Ticket.get(subject="one"), contact=ann)
        yield Small(desk, acme, ann, sam)


async def test_edges_are_read_both_ways(small: Small) -> None:
    one = await small.desk.Ticket.get(subject="one")
    assert one
    data = await small.run(
        """query ($id: ID!) { ticket(id: $id) {
          number subject status priority level version
          contact { name organization {
            name domain tickets { totalCount nodes { subject } } contacts { nodes { name } } } }
          organization { name }
          assignee { name openTickets tickets(orderBy: {number: ASC}) { nodes { subject } } }
          activities { nodes { type note contact { name } } }
          events { nodes { type subjectVersion data } }
        } }""",
        id=one.id,
    )
    assert data["ticket"] == {
        "number": 1,
        "subject": "one",
        "status": "OPEN",
        "priority": "LOW",
        "level": 0,
        "version": 1,
        "contact": {
            "name": "Ann",
            "organization": {
                "name": "Acme",
                "domain": "acme.com",
                "tickets": {"totalCount": 2, "nodes": [{"subject": "two"}, {"subject": "one"}]},
                "contacts": {"nodes": [{"name": "Ann"}]},
            },
        },
        "organization": {"name": "Acme"},
        "assignee": {"name": "Sam", "openTickets": 2, "tickets": {"nodes": [{"subject": "one"}, {"subject": "three"}]}},
        "activities": {"nodes": [{"type": "note", "note": "called", "contact": {"name": "Ann"}}]},
        "events": {
            "nodes": [
                {
                    "type": "ticket.created",
                    "subjectVersion": 1,
                    "data": {
                        "$id": one.id,
                        "number": 1,
                        "subject": "one",
                        "priority": "LOW",
                        "contact": small.ann.id,
                        "agent": small.sam.id,
                    },
                }
            ]
        },
    }


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("{}", "five four three two one"),
        ("{priority: {eq: URGENT}}", "five two"),
        ("{priority: {ne: URGENT}}", "four three one"),
        ("{priority: {in: [LOW, HIGH]}}", "three one"),
        ("{priority: {notIn: [LOW, HIGH]}}", "five four two"),
        ("{subject: {contains: \"o\"}}", "four two one"),
        ("{subject: {startsWith: \"t\"}}", "three two"),
        ("{subject: {endsWith: \"e\"}}", "five three one"),
        ("{number: {gt: 1, lte: 3}}", "three two"),
        ("{contact: {organization: {domain: {eq: \"acme.com\"}}}}", "two one"),
        ("{organization: {name: {eq: \"Globex\"}}}", "three"),
        ("{contact: {email: {eq: null}}}", "four three"),
        ("{contact: {email: {ne: null}}}", "two one"),
        ("{contact: null}", "five"),
        ("{assignee: null, contact: {organization: null}}", "four"),
        ("{not: {contact: {name: {eq: \"Ann\"}}}}", "five four three"),
        ("{not: {channel: {eq: EMAIL}}}", "five four three two one"),
        ("{channel: {ne: EMAIL}}", "five four three two one"),
        ("{or: [{number: {eq: 1}}, {assignee: {name: {eq: \"Sam\"}}, priority: {eq: HIGH}}]}", "three one"),
        ("{and: [{number: {gte: 2}}, {number: {lt: 4}}]}", "three two"),
        ("{or: []}", ""),
        ("{and: []}", "five four three two one"),
        ("{events: {some: {type: {eq: \"ticket.created\"}}}}", "five four three two one"),
        ("{activities: {none: {type: {eq: \"note\"}}}}", "five four three two"),
        ("{createdAt: {gt: \"2999-01-01\"}}", ""),
        ("{createdAt: {lt: \"2999-01-01T00:00:00+02:00\"}, status: {eq: OPEN}}", "five four three two one"),
        ("{assignee: {openTickets: {eq: 2}}}", "three one"),
    ],
)  # fmt: skip
async def test_filters(small: Small, wanted: str, found: str) -> None:
    data = await small.run(f"{{ tickets(filter: {wanted}) {{ nodes {{ subject }} totalCount }} }}")
    assert [node["subject"] for node in data["tickets"]["nodes"]] == found.split()
    assert data["tickets"]["totalCount"] == len(found.split())


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("{createdAt: ASC}", "one two three four five"),
        ("{number: DESC}", "five four three two one"),
        ("[{priority: DESC}, {number: ASC}]", "two five three four one"),
        ("[{priority: ASC}, {number: DESC}]", "one four three five two"),
        ("{subject: ASC}", "five four one three two"),
    ],
)
async def test_orders_and_their_cursors(small: Small, order: str, found: str) -> None:
    text = """query ($first: Int, $after: String, $last: Int, $before: String) {
      tickets(orderBy: %s, first: $first, after: $after, last: $last, before: $before) {
        edges { cursor node { subject } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
    forward: list[str] = []
    page: dict[str, Any] = {"first": 2}
    for size, more in ((2, True), (2, True), (1, False)):
        found_page = (await small.run(text % order, **page))["tickets"]
        forward += [edge["node"]["subject"] for edge in found_page["edges"]]
        assert len(found_page["edges"]) == size
        assert found_page["pageInfo"]["hasNextPage"] is more
        assert found_page["pageInfo"]["endCursor"] == found_page["edges"][-1]["cursor"]
        page = {"first": 2, "after": found_page["pageInfo"]["endCursor"]}
    assert forward == found.split()
    backward: list[str] = []
    page = {"last": 2}
    for more in (True, True, False):
        found_page = (await small.run(text % order, **page))["tickets"]
        backward = [edge["node"]["subject"] for edge in found_page["edges"]] + backward
        assert found_page["pageInfo"]["hasPreviousPage"] is more
        page = {"last": 2, "before": found_page["pageInfo"]["startCursor"]}
    assert backward == found.split()


async def test_any_node_by_its_id(small: Small) -> None:
    text = "query ($id: ID!) { node(id: $id) { __typename id ... on Contact { name } ... on Organization { domain } } }"
    assert (await small.run(text, id=small.ann.id))["node"] == {
        "__typename": "Contact",
        "id": small.ann.id,
        "name": "Ann",
    }
    assert (await small.run(text, id=small.acme.id))["node"]["domain"] == "acme.com"
    for nothing in ("ticket_doesnotexist", "nonsense", "", "alien_abcd"):
        assert (await small.run(text, id=nothing))["node"] is None


async def test_an_operation_is_one_query(small: Small) -> None:
    """However many roots and levels: the transaction runs a single statement."""
    ran: list[str] = []
    run = Transaction.run

    async def counting(self: Transaction, cypher: str, **parameters: Any) -> list[dict[str, Any]]:
        if self.workspace == small.desk.workspace and cypher.startswith("RETURN\n"):
            ran.append(cypher)
        return await run(self, cypher, **parameters)

    Transaction.run = counting  # type: ignore[method-assign]
    try:
        text = "{ tickets { nodes { contact { organization { contacts { nodes { name } } } } } } users { totalCount } }"
        result = await schema().execute(text, context_value=Context(small.desk.session))
    finally:
        Transaction.run = run  # type: ignore[method-assign]
    assert result.errors is None
    assert len(ran) == 1


async def test_one_s_own_writes_are_read(run: Run, desk: Desk) -> None:
    """Events too, although their positions are given after the commit."""
    for count in range(1, 11):
        await desk.Organization.create(name=f"Organization {count}")
        data = await run("{ organizations { totalCount } events(last: 1) { nodes { position type } totalCount } }")
        assert data == {
            "organizations": {"totalCount": count},
            "events": {"nodes": [{"position": count, "type": "organization.created"}], "totalCount": count},
        }


async def test_a_mutation_gives_the_position_of_its_event(run: Run) -> None:
    text = 'mutation { createOrganization(input: {name: "Acme"}) { event { position type } errors { code } } }'
    for position in (1, 2, 3):
        assert (await run(text))["createOrganization"] == {
            "event": {"position": position, "type": "organization.created"},
            "errors": [],
        }


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{ tickets(first: 0) { totalCount } }", "INVALID_INPUT"),
        ("{ tickets(first: 101) { totalCount } }", "INVALID_INPUT"),
        ('{ tickets(after: "nonsense") { totalCount } }', "INVALID_CURSOR"),
        ("{ tickets(filter: {priority: null}) { totalCount } }", "INVALID_INPUT"),
        ("{ tickets(filter: {priority: {eq: EXTREME}}) { totalCount } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ nonsense }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ tickets {", "GRAPHQL_PARSE_FAILED"),
        ("query ($id: ID!) { ticket(id: $id) { id } }", "GRAPHQL_VALIDATION_FAILED"),
        ("query A { tickets { totalCount } } query B { users { totalCount } }", "GRAPHQL_VALIDATION_FAILED"),
    ],
)
async def test_errors_of_queries(codes: Codes, text: str, code: str) -> None:
    assert await codes(text) == [code]


async def test_an_error_of_one_field_leaves_the_others(desk: Desk) -> None:
    text = '{ ticket(id: "ticket_none") { id activities(first: 0) { totalCount } } organizations { totalCount } }'
    result = await schema().execute(text, context_value=Context(desk.session))
    assert result.data == {"ticket": None, "organizations": {"totalCount": 0}}
    assert [(error.path, error.extensions) for error in result.errors or ()] == [
        (["ticket"], {"code": "INVALID_INPUT", "field": "first"})
    ]


async def test_a_walk_over_a_thousand_tickets_while_others_are_created(run: Run, desk: Desk) -> None:
    """By pages, in both directions of time: none missing, none twice."""
    there = {ticket.id for ticket in await create_many(desk, 1000)}
    more = asyncio.create_task(create_many(desk, 200))
    for order in ("ASC", "DESC"):
        seen = await walk(run, order)
        assert len(seen) == len(set(seen))
        assert there <= set(seen)
    later = {ticket.id for ticket in await more}
    assert set(await walk(run, "ASC")) == there | later


async def create_many(desk: Desk, count: int) -> list[Record]:
    gate = asyncio.Semaphore(16)

    async def one(at: int) -> Record:
        async with gate:
            ticket: Record = await desk.Ticket.create(subject=f"Ticket {at}")
            return ticket

    return await asyncio.gather(*(one(at) for at in range(count)))


async def walk(run: Run, order: str) -> list[str]:
    text = """query ($after: String) { tickets(first: 50, after: $after, orderBy: {createdAt: %s}) {
      nodes { id } pageInfo { hasNextPage endCursor } } }"""
    seen: list[str] = []
    after, more = None, True
    while more:
        page = (await run(text % order, after=after))["tickets"]
        seen += [node["id"] for node in page["nodes"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    return seen
