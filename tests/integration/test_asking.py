"""Queries that come together are asked as one, and nobody notices."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from neo4j.exceptions import Neo4jError

from deskgraph.graph import asking
from deskgraph.graph.asking import LANES, MOST, Questions
from deskgraph.graph.compiler.cypher import Plan
from deskgraph.graph.compiler.scope import Holes
from deskgraph.graph.compiler.slots import Slot
from deskgraph.graph.database import Answer, Database
from deskgraph.graph.sharing import FLIGHTS
from deskgraph.graph.statements import statement
from deskgraph.resolvers.api import schema
from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.hooks import Hooks
from deskgraph.resolvers.passing import Passing
from deskgraph.resolvers.session import Session
from deskgraph.schema.roles import Caller, Role

TICKET = "query ($id: ID!) { ticket(id: $id) { id subject version } }"


@pytest.fixture
def sizes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many questions each query asked, but for the feed's own; all count as brief, however busy the machine is."""
    found: list[int] = []
    ask, head = Database.ask, statement("log_head")

    async def counted(self: Database, cypher: str, parameters: dict[str, Any]) -> Answer:
        if cypher != head:
            found.append(len(parameters.get("each", [None])))
        return await ask(self, cypher, parameters)

    monkeypatch.setattr(Database, "ask", counted)
    monkeypatch.setattr(asking, "BRIEF", 3600)
    return found


@pytest.fixture
def passing() -> Passing:
    return Passing(schema()._schema)


async def answered(passing: Passing, session: Session, text: str, **variables: Any) -> dict[str, Any] | None:
    """The data of an operation that is passed."""
    return await passing.answer(session, text, variables, None, {})


def quotient() -> Plan:
    """A plan that fails where its parameter is 0."""
    given = {"p0": Slot(("n",), {}, []), "p1": 100}
    return Plan("RETURN\n  $p1 / $p0 AS `quotient`, $workspace AS `workspace`", given, {}, Holes())


async def test_each_has_its_own_answer(desk: Desk, passing: Passing, sizes: list[int]) -> None:
    tickets = [await desk.Ticket.create(subject=f"Ticket {at}") for at in range(40)]
    await answered(passing, desk.session, TICKET, id=tickets[0].id)
    sizes.clear()
    found = await asyncio.gather(
        *(answered(passing, desk.session, TICKET, id=ticket.id) for ticket in tickets),
        answered(passing, desk.session, TICKET, id="ticket_NotThere"),
    )
    assert found == [
        *({"ticket": {"id": ticket.id, "subject": ticket.subject, "version": 1}} for ticket in tickets),
        {"ticket": None},
    ]
    assert sorted(sizes) == sorted([1] * FLIGHTS + [MOST, MOST, 41 - FLIGHTS - 2 * MOST])


async def test_pages_continue_where_each_cursor_says(desk: Desk, passing: Passing, sizes: list[int]) -> None:
    for at in range(12):
        await desk.Ticket.create(subject=f"Ticket {at}")
    text = "query ($a: String) { tickets(first: 3, after: $a) { edges { cursor node { subject } } } }"
    whole = "{ tickets(first: 12) { edges { cursor node { subject } } } }"
    edges = (await answered(passing, desk.session, whole) or {})["tickets"]["edges"]
    cursors = [edge["cursor"] for edge in edges]
    await answered(passing, desk.session, text, a=cursors[0])
    pages = await asyncio.gather(*(answered(passing, desk.session, text, a=cursor) for cursor in cursors))
    assert [page and page["tickets"]["edges"] for page in pages] == [edges[at + 1 : at + 4] for at in range(12)]
    assert max(sizes) == 12 - FLIGHTS


async def test_one_s_error_is_nobody_else_s(database: Database, sizes: list[int]) -> None:
    questions, plan = Questions(database), quotient()

    def ask(number: int) -> Any:
        return questions.ask(plan, {**plan.parameters, "p0": number, "workspace": f"of {number}"})

    assert await ask(1) == {"quotient": 100, "workspace": "of 1"}
    found = await asyncio.gather(*map(ask, [4, 5, 0, 10, 0, 20]), return_exceptions=True)
    rows = [row if isinstance(row, dict) else type(row) for row in found]
    assert rows[:2] + rows[3:4] + rows[5:] == [
        {"quotient": 100 // number, "workspace": f"of {number}"} for number in (4, 5, 10, 20)
    ]
    assert [isinstance(found[at], Neo4jError) for at in (2, 4)] == [True, True]
    assert sizes == [1, 1, 1, 3, 1, 1, 1]  # the two that ask with 0 are one question


async def test_those_that_wait_with_the_same_question_have_one_answer(database: Database, sizes: list[int]) -> None:
    questions, plan = Questions(database), quotient()

    def ask(number: int, workspace: str = "") -> asyncio.Task[Any]:
        return asyncio.create_task(questions.ask(plan, {**plan.parameters, "p0": number, "workspace": workspace}))

    await ask(1)
    tasks = [ask(4) for _ in range(FLIGHTS)] + [ask(5), ask(5, "another"), *(ask(5) for _ in range(20))]
    await asyncio.sleep(0)  # the first are asked now, and the others wait
    tasks[FLIGHTS].cancel()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert found[:FLIGHTS] == [{"quotient": 25, "workspace": ""}] * FLIGHTS  # nobody joins what has begun
    assert isinstance(found[FLIGHTS], asyncio.CancelledError)
    assert found[FLIGHTS + 1] == {"quotient": 20, "workspace": "another"}
    assert found[FLIGHTS + 2 :] == [{"quotient": 20, "workspace": ""}] * 20
    assert sizes == [1] * (1 + FLIGHTS) + [2]


async def test_moments_with_different_offsets_are_different_questions(database: Database, sizes: list[int]) -> None:
    plan = Plan("RETURN\n  toString($p0) AS `told`", {"p0": Slot(("at",), {}, [])}, {}, Holes())
    questions, utc = Questions(database), datetime(2026, 1, 1, tzinfo=UTC)
    there = utc.astimezone(timezone(timedelta(hours=1)))
    await questions.ask(plan, {"p0": utc})
    found = await asyncio.gather(*(questions.ask(plan, {"p0": at}) for at in [utc] * (FLIGHTS + 1) + [there]))
    assert [row["told"] for row in found] == ["2026-01-01T00:00:00Z"] * (FLIGHTS + 1) + ["2026-01-01T01:00:00+01:00"]
    assert sizes == [1] * (1 + FLIGHTS) + [2]


async def test_nobody_s_cancellation_is_another_one_s(database: Database, sizes: list[int]) -> None:
    questions, plan = Questions(database), quotient()

    def ask(number: int) -> asyncio.Task[Any]:
        return asyncio.create_task(questions.ask(plan, {**plan.parameters, "p0": number, "workspace": ""}))

    await ask(1)
    tasks = [ask(number) for number in (1, 2, 4, 5, 10)]
    await asyncio.sleep(0)  # two are asked now, and three wait
    tasks[0].cancel()
    tasks[3].cancel()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert [row if isinstance(row, asyncio.CancelledError) else row["quotient"] for row in found] == [
        found[0],
        50,
        25,
        found[3],
        10,
    ]
    assert [isinstance(found[at], asyncio.CancelledError) for at in (0, 3)] == [True, True]
    assert sizes == [1, 1, 1, 2]
    assert await ask(20) == {"quotient": 5, "workspace": ""}


async def test_everybody_sees_what_they_wrote(desk: Desk, passing: Passing, sizes: list[int]) -> None:
    tickets = [await desk.Ticket.create(subject=f"Ticket {at}") for at in range(24)]
    await answered(passing, desk.session, TICKET, id=tickets[0].id)

    async def work(id: str) -> list[int]:  # noqa: A002 - the field's own name
        found = []
        for version in range(2, 6):
            await desk.Ticket.update(id=id, subject=f"Version {version}")
            data = await answered(passing, desk.session, TICKET, id=id)
            assert data
            assert data["ticket"]["subject"] == f"Version {version}"
            found.append(data["ticket"]["version"])
        return found

    assert await asyncio.gather(*(work(ticket.id) for ticket in tickets)) == [[2, 3, 4, 5]] * 24
    assert max(sizes) > 1


async def test_each_sees_what_they_may(database: Database, desk: Desk, passing: Passing, sizes: list[int]) -> None:
    people = [await desk.Contact.create(name=f"Contact {at}") for at in range(8)]
    tickets = [await desk.Ticket.create(subject=person.name, contact=person) for person in people]
    sessions = [desk.acting(Caller(person.id, Role.CONTACT, person.id)) for person in people]
    text = "{ tickets(first: 50) { nodes { id } } }"
    async with Desk(database, f"{desk.workspace}-other", hooks=Hooks()) as other:
        alien = await other.Ticket.create(subject="Elsewhere")
        await answered(passing, sessions[0], text)
        sizes.clear()
        *own, elsewhere, everything = await asyncio.gather(
            *(answered(passing, session, text) for session in sessions),
            answered(passing, other.session, text),
            answered(passing, desk.session, text),
        )
    assert own == [{"tickets": {"nodes": [{"id": ticket.id}]}} for ticket in tickets]
    assert elsewhere == {"tickets": {"nodes": [{"id": alien.id}]}}
    assert everything == {"tickets": {"nodes": [{"id": ticket.id} for ticket in reversed(tickets)]}}
    assert sorted(sizes) == [1, 1, 1, 1, 6]  # two contacts, then six; the other desk; whoever sees everything


@pytest.mark.parametrize("brief", [True, False])
async def test_what_takes_long_and_lists_are_asked_alone(
    desk: Desk, passing: Passing, sizes: list[int], brief: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    tickets = [await desk.Ticket.create(subject=f"Ticket {at}") for at in range(6)]
    listed = "query ($ids: [ID!]!) { tickets(filter: {id: {in: $ids}}) { nodes { id } } }"
    if not brief:
        monkeypatch.setattr(asking, "BRIEF", 0)
    text, name = (listed, "ids") if brief else (TICKET, "id")
    values: list[Any] = [[ticket.id] if brief else ticket.id for ticket in tickets]
    await answered(passing, desk.session, text, **{name: values[0]})
    found = await asyncio.gather(*(answered(passing, desk.session, text, **{name: value}) for value in values))
    asked = [data and (data["tickets"]["nodes"][0] if brief else data["ticket"])["id"] for data in found]
    assert asked == [ticket.id for ticket in tickets]
    assert sizes == [1] * 7


async def test_what_takes_long_is_asked_a_few_at_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "BRIEF", 0)
    ask, at_once, most = Database.ask, 0, 0

    async def counted(self: Database, cypher: str, parameters: dict[str, Any]) -> Answer:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        try:
            return await ask(self, cypher, parameters)
        finally:
            at_once -= 1

    monkeypatch.setattr(Database, "ask", counted)
    questions, plan = Questions(database), quotient()
    numbers = range(1, 3 * LANES)
    found = await asyncio.gather(
        *(questions.ask(plan, {**plan.parameters, "p0": number, "workspace": ""}) for number in numbers)
    )
    assert [row["quotient"] for row in found] == [100 // number for number in numbers]
    assert (most, at_once) == (LANES, 0)
