"""Mutations that are passed through say, and do, what execution says and does."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import orjson
import pytest

from deskgraph.graph.database import Database
from deskgraph.resolvers.api import schema
from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.hooks import Hooks
from deskgraph.schema.verb import VERBS
from tests.integration.conftest import everything
from tests.integration.test_passing import client, executing_of, passing_of
from tests.operations import Operations, Pool

COUNT = 150
# Of webhooks the addresses are looked up and the secrets made by chance; to create means to make an id by chance.
NAMES = [verb.mutation() for verb in VERBS.values() if verb.noun.__name__ != "Webhook"]
CHANCE = re.compile(
    r"(event|ticket|contact|organization|user|activity|apikey|workspace)_\w{16}|dg_\w{12}(_\w{43})?|\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)|[0-9a-f]{32}"
)
IDS = ["ticket_aaaaaaaaaaa1", "ticket_aaaaaaaaaaa2", "ticket_aaaaaaaaaaa3", "contact_aaaaaaaaaaa1"]
IDS += ["organization_aaaaaaaaaaa1", "user_aaaaaaaaaaa1", "activity_aaaaaaaaaaa1", "ticket_aaaaaaaaaaa9"]


@pytest.fixture
async def desks(database: Database) -> AsyncIterator[list[Desk]]:
    """Two desks that hold the same."""
    async with AsyncExitStack() as stack:
        found = [
            await stack.enter_async_context(Desk(database, f"test-{uuid.uuid4().hex}", hooks=Hooks())) for _ in range(2)
        ]
        for desk in found:
            await desk.Organization.create(id=IDS[4], name="Acme")
            await desk.Contact.create(id=IDS[3], name="Ann", organization=IDS[4])
            await desk.User.create(id=IDS[5], name="Sam", status="online", tier=2)
            for id_ in IDS[:3]:
                await desk.Ticket.create(id=id_, subject="Portal", contact=IDS[3])
            await desk.Activity.create(id=IDS[6], type="note", ticket=IDS[0])
            await desk.position()
        yield found


def told(text: str) -> str:
    """Without what chance and clocks put into it."""
    return CHANCE.sub("*", text)


async def held(desk: Desk) -> list[str]:
    """What a desk holds, without what chance and clocks put into it, and without order."""
    nodes = await everything(desk)
    for node in nodes:
        node["edges"] = sorted(told(json.dumps(edge)) for edge in node["edges"])
    return sorted(told(json.dumps(node, default=str).replace(desk.workspace, "")) for node in nodes)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.timeout(300)
async def test_any_mutation_has_the_same_answer_and_does_the_same(desks: list[Desk], seed: int) -> None:
    passing, executing = passing_of(desks[0]), executing_of(desks[1])
    clients = [client(passing), client(executing)]
    texts = ["Acme", 'Ü "quoted"', "ann@acme.example", "", "x" * 300, "HIGH"]
    operations = Operations(schema()._schema, Pool(IDS, texts, ["nonsense"], ["2026-11-01"]), seed)
    passed = done = 0
    for _ in range(COUNT):
        asked = operations.mutation(NAMES)
        answers = [
            await one.post("/graphql", json={"query": asked.text, "variables": asked.variables}) for one in clients
        ]
        for desk in desks:
            await desk.position()  # so that positions are the same
        assert told(answers[0].text) == told(answers[1].text), asked
        assert answers[0].headers["content-type"] == answers[1].headers["content-type"]
        passed += passing.last
        done += passing.last and '"errors":[{' not in answers[0].text
    assert await held(desks[0]) == await held(desks[1])
    assert passed > COUNT / 4
    assert done > COUNT / 10


HOLED = """mutation ($id: ID!) { updateTicket(input: {id: $id, priority: URGENT}) {
  ticket { id version contact { id name } } event { type } errors { code } } }"""


async def test_a_verb_whose_answer_has_a_hole_is_done_once(desks: list[Desk]) -> None:
    """A value that must be there is missing: the error is told as by execution, and the verb is not done again."""
    for desk in desks:
        await desk.write(lambda tx: tx.run("MATCH (n:Contact {workspace: $workspace}) REMOVE n.name"))
    texts = [
        (await client(endpoint).post("/graphql", json={"query": HOLED, "variables": {"id": IDS[0]}})).text
        for endpoint in (passing_of(desks[0]), executing_of(desks[1]))
    ]
    assert told(texts[0]) == told(texts[1])
    answer = orjson.loads(texts[0])
    assert answer["data"]["updateTicket"] == {
        "ticket": {"id": IDS[0], "version": 2, "contact": None},
        "event": {"type": "ticket.updated"},
        "errors": [],
    }
    [error] = answer["errors"]
    assert error["path"] == ["updateTicket", "ticket", "contact", "name"]
    assert [one.type for one in await desks[0].Event.find(subject_id=IDS[0], order_by="position")] == [
        "ticket.created",
        "ticket.updated",
    ]


@pytest.mark.parametrize(
    ("selection", "variables", "passes"),
    [
        ("updateTicket(input: $i) { ticket { id } errors { code field why: message } __typename }", "", True),
        ("updateTicket(input: $i) { ...P } } fragment P on TicketPayload { event { type } ", "", True),
        ("updateTicket(input: $i) { ticket { id @skip(if: $b) } }", ", $b: Boolean = true", False),
        ("updateTicket(input: $i) { ticket { activities(first: $n) { totalCount } } }", ", $n: Int = 2", False),
        ("a: updateTicket(input: $i) { event { type } } b: updateTicket(input: $i) { event { type } }", "", False),
        ("__typename updateTicket(input: $i) { event { type } }", "", False),
    ],
)
async def test_which_mutations_are_passed(desks: list[Desk], selection: str, variables: str, passes: bool) -> None:
    endpoint = passing_of(desks[0])
    body: dict[str, Any] = {
        "query": f"mutation ($i: UpdateTicketInput!{variables}) {{ {selection} }}",
        "variables": {"i": {"id": IDS[0], "priority": "LOW"}},
    }
    answer = await client(endpoint).post("/graphql", json=body)
    assert "errors" not in answer.json(), answer.text
    assert endpoint.last == passes
