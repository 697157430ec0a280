"""Counts in groups: by values, by edges, by days, with filters, of one workspace."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest

from deskgraph.graph.database import Database
from deskgraph.resolvers.api import Context, schema
from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.hooks import Hooks

TICKETS: list[dict[str, Any]] = [
    {"subject": "one", "priority": "LOW", "created_at": "2026-10-31T23:30:00-02:00"},
    {"subject": "two", "priority": "URGENT", "created_at": "2026-11-01T10:00:00Z"},
    {"subject": "three", "priority": "HIGH", "created_at": "2026-11-02T10:00:00Z"},
    {"subject": "four", "priority": "URGENT", "created_at": "2026-11-02T11:00:00Z"},
    {"subject": "five", "priority": "URGENT", "created_at": "2026-12-01T10:00:00Z"},
    {"subject": "gone", "priority": "LOW", "created_at": "2026-12-01T10:00:00Z"},
]


async def fill(desk: Desk) -> None:
    """Six tickets of which one is deleted; three of one organization, one of a contact without one, one of nobody."""
    acme = await desk.Organization.create(name="Acme", domain="acme.com")
    ann = await desk.Contact.create(name="Ann", organization=acme)
    cat = await desk.Contact.create(name="Cat")
    sam = await desk.User.create(name="Sam")
    contacts = {"one": ann, "two": ann, "three": cat, "four": ann, "gone": ann}
    agents = {"one": sam, "two": sam}
    for given in TICKETS:
        name = given["subject"]
        ticket = await desk.Ticket.import_(**given, contact=contacts.get(name), agent=agents.get(name))
    await desk.Ticket.delete(id=ticket.id)


@pytest.fixture(scope="module")
async def desk(database: Database) -> AsyncIterator[Desk]:
    """A desk, with another of the same tickets beside it; tests only read it."""
    one, other = [Desk(database, f"test-{uuid.uuid4().hex}", hooks=Hooks()) for _ in range(2)]
    async with one, other:
        await fill(one)
        await fill(other)
        yield one


async def counts(desk: Desk, arguments: str, selection: str, **variables: Any) -> list[dict[str, Any]]:
    """What `ticketCounts` answers."""
    given = "($by: [TicketGroup!]!, $filter: TicketFilter) " if variables else ""
    text = f"query {given}{{ counts: ticketCounts({arguments}) {{ {selection} }} }}"
    result = await schema().execute(text, variables, context_value=Context(desk.session))
    assert result.errors is None, result.errors
    assert result.data
    found: list[dict[str, Any]] = result.data["counts"]
    return found


async def test_by_organization_and_priority(desk: Desk) -> None:
    found = await counts(desk, "by: [ORGANIZATION, PRIORITY]", "organization { name domain } priority count")
    acme = {"name": "Acme", "domain": "acme.com"}
    assert found == [
        {"organization": acme, "priority": "URGENT", "count": 2},
        {"organization": acme, "priority": "LOW", "count": 1},
        {"organization": None, "priority": "HIGH", "count": 1},
        {"organization": None, "priority": "URGENT", "count": 1},
    ]


async def test_equal_counts_are_in_the_order_of_the_groups(desk: Desk) -> None:
    found = await counts(desk, "by: [PRIORITY, ORGANIZATION], first: 3", "priority count")
    assert found == [
        {"priority": "URGENT", "count": 2},
        {"priority": "LOW", "count": 1},
        {"priority": "HIGH", "count": 1},
    ]


async def test_what_has_none_is_a_group_of_its_own(desk: Desk) -> None:
    found = await counts(desk, "by: ASSIGNEE", "assignee { name openTickets tickets { totalCount } } count status")
    sam = {"name": "Sam", "openTickets": 2, "tickets": {"totalCount": 2}}
    assert found == [
        {"assignee": None, "count": 3, "status": None},
        {"assignee": sam, "count": 2, "status": None},
    ]


async def test_those_of_deleted_nodes_and_of_none_are_one_group(database: Database, workspace: str) -> None:
    async with Desk(database, workspace, hooks=Hooks()) as desk:
        names = ["Acme", "Gone", "Gone too"]
        kept, *gone = [await desk.Organization.create(name=name) for name in names]
        for organization in (kept, *gone, None):
            contact = await desk.Contact.create(name="Ann", organization=organization)
            await desk.Ticket.create(subject="Help", contact=contact)
        for organization in gone:
            await desk.Organization.delete(id=organization.id)
        found = await counts(desk, "by: ORGANIZATION", "organization { name } count")
    assert found == [{"organization": None, "count": 3}, {"organization": {"name": "Acme"}, "count": 1}]


async def test_by_day_and_month_in_utc(desk: Desk) -> None:
    days = await counts(desk, "by: CREATED_DAY", "createdDay count")
    assert days == [
        {"createdDay": "2026-11-01", "count": 2},
        {"createdDay": "2026-11-02", "count": 2},
        {"createdDay": "2026-12-01", "count": 1},
    ]
    months = await counts(desk, "by: CREATED_MONTH", "month: createdMonth count")
    assert months == [{"month": "2026-11", "count": 4}, {"month": "2026-12", "count": 1}]


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ({}, 5),
        ({"createdAt": {"gte": "2026-11-02"}}, 3),
        ({"contact": {"organization": {"domain": {"eq": "acme.com"}}}}, 3),
        ({"assignee": None, "priority": {"eq": "URGENT"}}, 2),
        ({"events": {"some": {"type": {"eq": "ticket.created"}}}}, 0),
    ],
)
async def test_filters_and_groups_are_variables(desk: Desk, wanted: dict[str, Any], count: int) -> None:
    assert await counts(desk, "by: $by, filter: $filter", "count", by=[], filter=wanted) == [{"count": count}]
    found = await counts(desk, "by: $by, filter: $filter", "priority count", by=["PRIORITY"], filter=wanted)
    assert sum(group["count"] for group in found) == count
    assert [group for group in found if group["priority"] is None] == []


async def test_every_noun_is_counted(desk: Desk) -> None:
    text = """{
      contactCounts(by: [ORGANIZATION]) { organization { name } count }
      organizationCounts(by: []) { count }
      userCounts(by: [ROLE, TIER]) { role tier count }
      eventCounts(by: TYPE) { type count }
      activityCounts(by: [TYPE]) { count }
    }"""
    result = await schema().execute(text, context_value=Context(desk.session))
    assert (result.errors, result.data) == (
        None,
        {
            "contactCounts": [
                {"organization": {"name": "Acme"}, "count": 1},
                {"organization": None, "count": 1},
            ],
            "organizationCounts": [{"count": 1}],
            "userCounts": [{"role": "SUPPORT", "tier": 1, "count": 1}],
            "eventCounts": [
                {"type": "ticket.imported", "count": 6},
                {"type": "contact.created", "count": 2},
                {"type": "organization.created", "count": 1},
                {"type": "ticket.deleted", "count": 1},
                {"type": "user.created", "count": 1},
            ],
            "activityCounts": [],
        },
    )


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ("by: [STATUS], first: 0", "first"),
        ("by: [STATUS], first: 10001", "first"),
        ("by: [STATUS], filter: {priority: null}", "filter"),
    ],
)
async def test_arguments_that_make_no_sense(desk: Desk, arguments: str, field: str) -> None:
    text = f"{{ ticketCounts({arguments}) {{ count }} }}"
    result = await schema().execute(text, context_value=Context(desk.session))
    assert result.data is None
    assert result.errors
    assert [error.extensions for error in result.errors] == [{"code": "INVALID_INPUT", "field": field}]


async def test_groups_that_there_are_not_are_told_with_the_schema(desk: Desk) -> None:
    result = await schema().execute("{ ticketCounts(by: [SUBJECT]) { count } }", context_value=Context(desk.session))
    assert result.errors
    [error] = result.errors
    assert error.extensions == {"code": "GRAPHQL_VALIDATION_FAILED"}
