"""Queries that are passed through say to the byte what execution says."""

from __future__ import annotations

import os
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
import orjson
import pytest

from deskgraph.asked import Asked
from deskgraph.auth import Authenticator, Keys
from deskgraph.endpoint import Endpoint
from deskgraph.graph.database import Database, Transaction
from deskgraph.resolvers.api import Context, schema
from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.hooks import Hooks
from deskgraph.resolvers.passing import Operation
from tests.attacks import ATTACKS
from tests.operations import Operations, Pool

KEY = "a-key"
KEYS = Keys(KEY)
COUNT = int(os.environ.get("OPERATIONS", "500"))


class Executing(Endpoint):
    """The endpoint without passing: everything is executed."""

    async def passed(self, context: Context, asked: Asked) -> bytes | None:
        return None


class Passing(Endpoint):
    """The endpoint, which remembers whether the last operation was passed."""

    last = False

    async def passed(self, context: Context, asked: Asked) -> bytes | None:
        body = await super().passed(context, asked)
        self.last = body is not None
        return body


def passing_of(desk: Desk) -> Passing:
    """What passes, of a desk."""
    return Passing(Authenticator(desk, KEYS))


def executing_of(desk: Desk) -> Executing:
    """What executes, of a desk."""
    return Executing(Authenticator(desk, KEYS))


def client(app: Endpoint) -> httpx.AsyncClient:
    """What asks an endpoint."""
    headers = {"Authorization": f"Bearer {KEY}"}
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk", headers=headers)


class Both:
    """The two ways to ask one desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.passing = passing_of(desk)
        self._passing, self._executing = client(self.passing), client(executing_of(desk))

    async def ask(self, text: str, variables: dict[str, Any] | None = None) -> tuple[dict[str, Any], bool]:
        """The answer, the same in both ways, and whether it was passed."""
        body = {"query": text, "variables": variables}
        executed = await self._executing.post("/graphql", json=body)
        passed = await self._passing.post("/graphql", json=body)
        assert (passed.status_code, passed.headers) == (executed.status_code, executed.headers), body
        assert passed.content == executed.content, body
        return orjson.loads(passed.content), self.passing.last


@pytest.fixture(scope="module")
async def both(database: Database) -> AsyncIterator[Both]:
    """A desk with something of everything: what is deleted, what is missing, equal values, long lists."""
    async with Desk(database, f"test-{uuid.uuid4().hex}", hooks=Hooks()) as desk:
        acme = await desk.Organization.create(name="Acme", domain="acme.com")
        await desk.Organization.create(name="Empty")
        people = [await desk.Contact.create(name=f"Ann {at}", organization=acme) for at in range(3)]
        ben = await desk.Contact.create(name='"Ben" \\ Ü', email="ben@globex.example")
        sam = await desk.User.create(name="Sam", status="online", tier=2)
        tickets = [
            await desk.Ticket.create(subject=f"Ticket {at}", priority=priority, contact=contact, agent=agent)
            for at, (priority, contact, agent) in enumerate(
                [("low", people[0], sam), ("high", ben, None), ("high", None, sam), ("urgent", people[1], None)]
            )
        ]
        await desk.Ticket.escalate(id=tickets[0].id, reason="outage")
        await desk.Ticket.resolve(id=tickets[1].id, resolution="restarted")
        for at in range(4):
            data = {"at": [at, None]} if at % 2 else None
            await desk.Activity.create(type="note", note=f"Note {at}", ticket=tickets[0], contact=ben, data=data)
        await desk.Ticket.delete(id=tickets[3].id)
        await desk.Contact.delete(id=people[1].id)
        await desk.position()
        yield Both(desk)


async def pool(desk: Desk) -> Pool:
    """What there is in the desk, and what there is not."""

    async def work(tx: Transaction) -> list[dict[str, Any]]:
        return await tx.run("MATCH (n {workspace: $workspace}) WHERE n.id IS NOT NULL RETURN n.id AS id ORDER BY id")

    ids = [row["id"] for row in await desk.read(work)]
    moments = [str(ticket.created_at) for ticket in await desk.Ticket.find()]
    cursors = ["nonsense"]
    for noun, order in (
        ("tickets", ""),
        ("tickets", "orderBy: {priority: DESC}, "),
        ("tickets", ""),
        ("events", ""),
        ("contacts", ""),
    ):
        answer = await schema().execute(
            f"{{ {noun}({order}first: 4) {{ edges {{ cursor }} }} }}", context_value=Context(desk.session)
        )
        assert answer.data
        cursors += [edge["cursor"] for edge in answer.data[noun]["edges"]]
    texts = ["Acme", "note", "Ticket 1", "ticket.created", "Ü", "", '"', "acme.com"]
    return Pool([*ids, "ticket_nothere", "nonsense"], texts, cursors, [*moments, *moments, "2026-11-01", "yesterday"])


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.timeout(600)
async def test_any_operation_has_the_same_answer(both: Both, seed: int) -> None:
    """Thousands of operations made by chance; most are passed, and of those that are not some have mistakes."""
    operations = Operations(schema()._schema, await pool(both.desk), seed)
    passed = mistaken = 0
    for _ in range(COUNT):
        asked = operations.next()
        answer, was_passed = await both.ask(asked.text, asked.variables)
        passed += was_passed
        mistaken += "errors" in answer
        needs_execution = "errors" in answer or "__schema" in asked.text or answer["data"] == {}
        assert was_passed != needs_execution, asked
    assert passed > COUNT / 2
    assert mistaken > COUNT / 20


async def test_a_plan_is_kept_for_all_values_and_another_for_another_shape(both: Both) -> None:
    """The database's own cache is hit, too: the text of the query stays the same."""
    text = """query ($id: ID!, $filter: TicketFilter, $first: Int) {
      ticket(id: $id) { id } tickets(filter: $filter, first: $first) { totalCount nodes { id } }
    }"""
    ids = [ticket.id for ticket in await both.desk.Ticket.find(order_by="number")]
    shapes: list[dict[str, Any]] = [
        {},
        {"filter": None},
        {"filter": {"number": {"eq": 1}}},
        {"filter": {"number": {"in": [1, 2]}}},
        {"filter": {"number": {"eq": None}}},
        {"first": 1},
        {"first": 2},
    ]
    for _ in range(2):
        for shape in shapes:
            for id in ids:  # noqa: A001 - the variable's name
                answer, passed = await both.ask(text, {"id": id, **shape})
                assert (passed, answer["data"]["ticket"]) == (True, {"id": id})
    operation = both.passing.passing.operation(text, None)
    assert isinstance(operation, Operation)
    assert len(operation.plans) == len(shapes)


@pytest.mark.parametrize(
    "text",
    [
        'mutation { do(input: {text: "nonsense"}) { errors { code } } }',
        "{ consumers { name } }",
        "{ __schema { queryType { name } } }",
        "{ tickets { nope } }",
        "{",
        "query A { __typename } query B { __typename }",
    ],
)
async def test_what_is_not_plain_is_executed(both: Both, text: str) -> None:
    _, passed = await both.ask(text)
    assert not passed


async def test_what_an_operation_costs_is_told_in_both_ways(both: Both) -> None:
    text = "query ($n: Int) { tickets(first: $n) { nodes { id contact { id } } } }"
    for number, cost in ((1, 2), (3, 6), (1, 2), (None, 100)):
        answer, passed = await both.ask(text, {"n": number})
        assert (passed, answer["extensions"]) == (True, {"cost": cost})
    pages = "query ($n: Int) { organizations(first: $n) { nodes { contacts(first: $n) { nodes { events(first: $n) "
    for number, is_let_in in ((50, True), (60, False), (50, True)):
        answer, passed = await both.ask(pages + "{ nodes { id } } } } } } }", {"n": number})
        assert passed == is_let_in
        codes = [error["extensions"]["code"] for error in answer.get("errors", ())]
        assert codes == ([] if is_let_in else ["QUERY_TOO_COSTLY"])


@pytest.mark.parametrize("name", ATTACKS)
async def test_an_attack_is_refused_in_both_ways(both: Both, name: str) -> None:
    text, variables, code = ATTACKS[name]
    for _ in range(2):
        answer, passed = await both.ask(text, variables)
        assert (passed, {error["extensions"]["code"] for error in answer["errors"]}) == (False, {code})


async def test_what_must_not_be_null_is_told_by_execution(both: Both) -> None:
    ticket = await both.desk.Ticket.get(subject="Ticket 0")
    assert ticket

    async def spoil(tx: Transaction) -> None:
        await tx.run("MATCH (n:Ticket {id: $id}) SET n.spoiled = n.subject REMOVE n.subject", id=ticket.id)

    async def mend(tx: Transaction) -> None:
        await tx.run("MATCH (n:Ticket {id: $id}) SET n.subject = n.spoiled REMOVE n.spoiled", id=ticket.id)

    text = "query ($id: ID!) { ticket(id: $id) { id subject } }"
    assert (await both.ask(text, {"id": ticket.id}))[1]
    await both.desk.write(spoil)
    try:
        assert await both.passing.passing.answer(both.desk.session, text, {"id": ticket.id}, None, {}) is None
        executed = await schema().execute(text, {"id": ticket.id}, context_value=Context(both.desk.session))
        assert executed.data == {"ticket": None}
        assert executed.errors
        assert executed.errors[0].path == ["ticket", "subject"]
    finally:
        await both.desk.write(mend)
