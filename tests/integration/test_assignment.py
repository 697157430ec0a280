"""The least busy agent: chosen in the verb's transaction, within capacity, fair under concurrency."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest

from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.records import Record
from deskgraph.schema.errors import NoAgentAvailableError
from tests.conftest import Run
from tests.integration.conftest import Log, Unchanged


async def agent(desk: Desk, name: str, **given: Any) -> Record:
    """A user who takes tickets, unless `given` says otherwise."""
    made: Record = await desk.User.create(name=name, **{"status": "online", **given})
    return made


async def loads(desk: Desk) -> dict[str, int]:
    """openTickets by name."""
    return {user.name: user.open_tickets for user in await desk.User.find()}


async def test_two_hundred_at_once_over_ten_idle_agents(desk: Desk) -> None:
    agents = [await agent(desk, f"Agent {at}") for at in range(10)]
    tickets = await asyncio.gather(
        *(desk.Ticket.create(subject=f"Ticket {at}", assign="LEAST_BUSY") for at in range(200))
    )
    assert Counter(ticket.agent for ticket in tickets) == {user.id: 20 for user in agents}
    assert await loads(desk) == {user.name: 20 for user in agents}
    assert sorted(ticket.number for ticket in tickets) == list(range(1, 201))


async def test_thirty_assigned_at_once(desk: Desk) -> None:
    """The other way to the same choice."""
    agents = [await agent(desk, f"Agent {at}") for at in range(3)]
    tickets = await asyncio.gather(*(desk.Ticket.create(subject=f"Ticket {at}") for at in range(30)))
    assigned = await asyncio.gather(*(desk.Ticket.assign(id=ticket.id) for ticket in tickets))
    assert Counter(ticket.agent for ticket in assigned) == {user.id: 10 for user in agents}


async def test_over_graphql(desk: Desk, run: Run) -> None:
    sam = await agent(desk, "Sam")
    selection = "{ ticket { assignee { id openTickets } } event { type data } errors { code } }"
    created = await run(
        f'mutation {{ createTicket(input: {{id: "ticket_rV7yKdPm", subject: "x", assign: LEAST_BUSY}}) {selection} }}'
    )
    assert created["createTicket"] == {
        "ticket": {"assignee": {"id": sam.id, "openTickets": 1}},
        "event": {
            "type": "ticket.created",
            "data": {"$id": "ticket_rV7yKdPm", "number": 1, "subject": "x", "priority": "MEDIUM", "agent": sam.id},
        },
        "errors": [],
    }
    assigned = await run(f'mutation {{ assignTicket(input: {{id: "ticket_rV7yKdPm"}}) {selection} }}')
    assert assigned["assignTicket"] == {
        "ticket": {"assignee": {"id": sam.id, "openTickets": 1}},
        "event": {"type": "ticket.assigned", "data": {"$id": "ticket_rV7yKdPm", "agent": sam.id}},
        "errors": [],
    }


async def test_capacity_is_respected_under_concurrency(desk: Desk, log: Log) -> None:
    await agent(desk, "Three", capacity=3)
    await agent(desk, "Two", capacity=2)
    await agent(desk, "None", capacity=0)
    before = await desk.position()
    tickets = await asyncio.gather(*(desk.Ticket.create(subject="x", assign="LEAST_BUSY") for _ in range(12)))
    assert await loads(desk) == {"Three": 3, "Two": 2, "None": 0}
    assert sum(ticket.agent is None for ticket in tickets) == 7
    written = {event.data["$id"]: event.data["agent"] for event in await log(before)}
    assert written == {ticket.id: ticket.agent for ticket in tickets}


async def test_only_online_support_users_are_chosen(desk: Desk) -> None:
    for name, given in (
        ("Offline", {"status": "offline"}),
        ("Away", {"status": "away"}),
        ("Manager", {"role": "manager"}),
        ("Admin", {"role": "admin"}),
        ("Gone", {}),
        ("Sam", {}),
    ):
        user = await agent(desk, name, **given)
        if name == "Gone":
            await desk.User.delete(id=user.id)
    sam = await desk.User.get(name="Sam")
    assert sam
    for load in (1, 2, 3):
        ticket = await desk.Ticket.create(subject="x", assign="least_busy")
        assert ticket.agent == sam.id
        assert await loads(desk) == {"Offline": 0, "Away": 0, "Manager": 0, "Admin": 0, "Sam": load}


async def test_nobody_there(desk: Desk, run: Run, log: Log, unchanged: Unchanged) -> None:
    """A new ticket is created all the same, unassigned; assign has nothing to do, and says so."""
    await agent(desk, "Offline", status="offline")
    busy = await agent(desk, "Busy", capacity=1)
    await desk.Ticket.create(subject="x", agent=busy)
    before = await desk.position()
    ticket = await desk.Ticket.create(subject="x", assign="LEAST_BUSY")
    assert ticket.agent is None
    [event] = await log(before)
    assert event.data == {
        "$id": ticket.id, "number": 2, "subject": "x", "priority": "MEDIUM", "agent": None
    }  # fmt: skip
    async with unchanged():
        with pytest.raises(NoAgentAvailableError) as error:
            await desk.Ticket.assign(id=ticket.id)
        message = "No support user is online with capacity left: name an agent, or try again later."
        assert (error.value.message, error.value.field) == (message, "agent")
        text = """mutation ($input: AssignTicketInput!) { assignTicket(input: $input) {
          ticket { id } event { id } errors { code message field } } }"""
        assert (await run(text, input={"id": ticket.id}))["assignTicket"] == {
            "ticket": None,
            "event": None,
            "errors": [{"code": "NO_AGENT_AVAILABLE", "message": message, "field": "agent"}],
        }


async def test_a_named_agent_is_taken_whoever_it_is(desk: Desk, log: Log) -> None:
    """The desk's rules are for its own choice."""
    await agent(desk, "Idle")
    boss = await agent(desk, "Boss", role="manager", status="offline", capacity=0)
    before = await desk.position()
    ticket = await desk.Ticket.create(subject="x", agent=boss, assign="LEAST_BUSY")
    assert ticket.agent == boss.id
    assert [event.data["agent"] for event in await log(before)] == [boss.id]
    other = await desk.Ticket.create(subject="x")
    assert (await desk.Ticket.assign(id=other.id, agent=boss)).agent == boss.id


async def test_a_ticket_is_no_load_to_its_own_reassignment(desk: Desk) -> None:
    sam = await agent(desk, "Sam", capacity=1)
    ticket = await desk.Ticket.create(subject="x", agent=sam)
    again = await desk.Ticket.assign(id=ticket.id)
    assert (again.agent, again.version) == (sam.id, 2)
    assert await loads(desk) == {"Sam": 1}


async def test_open_tickets_counts_the_unsolved_ones(desk: Desk) -> None:
    sam = await agent(desk, "Sam")
    uma = await agent(desk, "Uma", status="offline")
    counts: list[dict[str, int]] = []

    async def count() -> None:
        counts.append(await loads(desk))

    one = await desk.Ticket.create(subject="one", agent=sam)
    two = await desk.Ticket.create(subject="two", agent=sam)
    await count()
    await desk.Ticket.hold(id=one.id)
    await count()
    await desk.Ticket.resolve(id=one.id, resolution="restarted")
    await count()
    await desk.Ticket.reopen(id=one.id)
    await count()
    await desk.Ticket.assign(id=one.id, agent=uma)
    await count()
    await desk.Ticket.close(id=one.id)
    await desk.Ticket.delete(id=two.id)
    await count()
    assert [(at["Sam"], at["Uma"]) for at in counts] == [(2, 0), (2, 0), (1, 0), (2, 0), (1, 1), (0, 0)]


async def test_ties_go_to_whoever_waited_longest(desk: Desk) -> None:
    """Among equals the one whose last ticket is longest ago."""
    names = {(await agent(desk, name)).id: name for name in ("Ann", "Ben", "Cat")}
    turns = []
    for _ in range(6):
        ticket = await desk.Ticket.create(subject="x", assign="LEAST_BUSY")
        turns.append(names[ticket.agent])
        await desk.Ticket.resolve(id=ticket.id, resolution="restarted")
    assert sorted(turns[:3]) == ["Ann", "Ben", "Cat"]
    assert turns[3:] == turns[:3]


async def test_who_got_a_ticket_by_name_has_not_waited(desk: Desk) -> None:
    ann = await agent(desk, "Ann", id="user_aaaa")
    ben = await agent(desk, "Ben", id="user_bbbb")
    for first in (ben, ann):  # so that it is Ben who waits longer
        ticket = await desk.Ticket.create(subject="x", agent=first)
        await desk.Ticket.resolve(id=ticket.id, resolution="restarted")
    assert (await desk.Ticket.create(subject="x", assign="LEAST_BUSY")).agent == ben.id


async def test_escalation_goes_up_tier_by_tier(desk: Desk, log: Log) -> None:
    """To the least busy of those who are online, above the present agent's tier, and have capacity left."""
    sam = await agent(desk, "Sam")
    await agent(desk, "Away", tier=2, status="away")
    await agent(desk, "Full", tier=2, capacity=0)
    busy = await agent(desk, "Busy", tier=2)
    idle = await agent(desk, "Idle", tier=2, role="manager")
    top = await agent(desk, "Top", tier=3)
    for user in (busy, busy, idle, top, top, top):
        await desk.Ticket.create(subject="x", agent=user)
    ticket = await desk.Ticket.create(subject="x", agent=sam)
    before = await desk.position()
    for level, chosen in ((1, idle.id), (2, top.id), (3, None)):
        escalated = await desk.Ticket.escalate(id=ticket.id, reason="outage")
        assert (escalated.status, escalated.level, escalated.agent) == ("ESCALATED", level, chosen)
        [event] = await log(before + level - 1)
        assert event.data == {"$id": ticket.id, "reason": "outage", "level": level, "agent": chosen}
    assert await loads(desk) == {"Sam": 0, "Away": 0, "Full": 0, "Busy": 2, "Idle": 1, "Top": 3}


async def test_an_unassigned_ticket_escalates_from_the_first_line(desk: Desk) -> None:
    await agent(desk, "Sam")
    uma = await agent(desk, "Uma", tier=2)
    ticket = await desk.Ticket.create(subject="x")
    assert (await desk.Ticket.escalate(id=ticket.id, reason="outage")).agent == uma.id


async def test_thirty_escalated_at_once_are_shared_out(desk: Desk) -> None:
    seniors = [await agent(desk, f"Senior {at}", tier=2) for at in range(3)]
    tickets = await asyncio.gather(*(desk.Ticket.create(subject="x") for _ in range(30)))
    done = await asyncio.gather(*(desk.Ticket.escalate(id=ticket.id, reason="outage") for ticket in tickets))
    assert Counter(ticket.agent for ticket in done) == {user.id: 10 for user in seniors}
