"""What the verbs of tickets write, in Python and over GraphQL; words, numbers, ids, and who acted."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

import deskgraph
from deskgraph.resolvers.desk import Desk
from deskgraph.schema.errors import DeskError
from deskgraph.schema.noun import NOUNS
from deskgraph.schema.ticket import TicketPriority
from deskgraph.words import speaking
from tests.conftest import Codes, Run
from tests.integration.conftest import Log, Unchanged

CREATE = """mutation ($input: CreateTicketInput!) {
  createTicket(input: $input) { ticket { id priority } event { id } errors { code message field } } }"""


async def test_create_takes_everything_and_says_so_in_its_event(desk: Desk, log: Log) -> None:
    acme = await desk.Organization.create(name="Acme")
    ann = await desk.Contact.create(name="Ann", organization=acme)
    sam = await desk.User.create(name="Sam")
    before = await desk.position()
    given = {
        "subject": "Cannot access billing portal",
        "description": "Since noon.",
        "priority": "HIGH",
        "channel": "EMAIL",
        "contact": ann.id,
        "agent": sam.id,
    }
    ticket = await desk.Ticket.create(**given)
    read = ticket.as_dict()
    assert {name: read[name] for name in given} == given
    assert (ticket.number, ticket.status, ticket.level, ticket.resolution) == (1, "OPEN", 0, None)
    assert (ticket.version, ticket.organization) == (1, acme.id)
    assert ticket.created_at == ticket.updated_at
    [event] = await log(before)
    assert (event.type, event.subject_version, event.at) == ("ticket.created", 1, ticket.created_at)
    assert event.data == {"$id": ticket.id, "number": 1, **given}
    assert (event.actor, event.user, event.cause) == ("system", None, None)


async def test_what_the_others_write(desk: Desk, log: Log) -> None:
    """One ticket through all verbs: the event's data, and what each leaves on the ticket."""
    sam = await desk.User.create(name="Sam")
    ticket = await desk.Ticket.create(subject="Portal")
    before = await desk.position()
    steps: list[tuple[str, dict[str, Any], dict[str, Any], tuple[Any, ...]]] = [
        ("assign", {"agent": sam.id}, {}, ("OPEN", sam.id, 0, None)),
        ("escalate", {"reason": "outage"}, {"level": 1, "agent": None}, ("ESCALATED", None, 1, None)),
        ("escalate", {"reason": "still"}, {"level": 2, "agent": None}, ("ESCALATED", None, 2, None)),
        ("hold", {"reason": "waits for a log"}, {}, ("PENDING", None, 2, None)),
        ("resolve", {"resolution": "restarted"}, {}, ("RESOLVED", None, 2, "restarted")),
        ("reopen", {"reason": "broken again"}, {}, ("OPEN", None, 2, None)),
        ("hold", {}, {}, ("PENDING", None, 2, None)),
        ("reopen", {}, {}, ("OPEN", None, 2, None)),
        ("resolve", {"resolution": "replaced"}, {}, ("RESOLVED", None, 2, "replaced")),
        ("close", {}, {}, ("CLOSED", None, 2, "replaced")),
        ("delete", {}, {}, ("CLOSED", None, 2, "replaced")),
    ]
    for version, (verb, given, _, left) in enumerate(steps, 2):
        ticket = await getattr(desk.Ticket, verb)(id=ticket.id, **given)
        assert (ticket.status, ticket.agent, ticket.level, ticket.resolution) == left, verb
        assert ticket.version == version
    events = await log(before)
    assert [event.data for event in events] == [{"$id": ticket.id, **given, **chosen} for _, given, chosen, _ in steps]
    assert [event.subject_version for event in events] == list(range(2, 13))
    assert await desk.Ticket.get(ticket.id) is None


async def test_update_says_what_was_changed_to_what(desk: Desk, log: Log) -> None:
    ann = await desk.Contact.create(name="Ann")
    ticket = await desk.Ticket.create(subject="Portal", description="Slow.", channel="chat", contact=ann)
    before = await desk.position()
    changes = {"subject": "Billing portal", "description": None, "priority": "URGENT", "contact": None}
    updated = await desk.Ticket.update(id=ticket.id, **changes)
    assert updated.as_dict() == {
        **ticket.as_dict(), **changes, "priority": TicketPriority.URGENT, "version": 2, "updated_at": updated.updated_at
    }  # fmt: skip
    [event] = await log(before)
    assert event.data == {"$id": ticket.id, "changes": changes}


async def test_every_mutation(run: Run, desk: Desk) -> None:
    """The same verbs over GraphQL: each answers with the ticket as it is after it, its event, and no errors."""
    sam = await desk.User.create(name="Sam")
    ticket_id = "ticket_rV7yKdPm"
    selection = "{ ticket { id status version } event { type subjectVersion data } errors { code } }"
    steps: list[tuple[str, dict[str, Any], str, str, dict[str, Any]]] = [
        ("create", {"subject": "Portal"}, "OPEN", "created", {"subject": "Portal", "priority": "MEDIUM", "number": 1}),
        ("assign", {"agent": sam.id}, "OPEN", "assigned", {"agent": sam.id}),
        ("escalate", {"reason": "outage"}, "ESCALATED", "escalated", {"reason": "outage", "level": 1, "agent": None}),
        ("hold", {"reason": "a log"}, "PENDING", "held", {"reason": "a log"}),
        ("reopen", {"reason": "got it"}, "OPEN", "reopened", {"reason": "got it"}),
        ("update", {"priority": "LOW"}, "OPEN", "updated", {"changes": {"priority": "LOW"}}),
        ("resolve", {"resolution": "fixed"}, "RESOLVED", "resolved", {"resolution": "fixed"}),
        ("close", {}, "CLOSED", "closed", {}),
        ("delete", {}, "CLOSED", "deleted", {}),
    ]
    for version, (verb, given, status, past, data) in enumerate(steps, 1):
        text = f"mutation ($input: {verb.title()}TicketInput!) {{ {verb}Ticket(input: $input) {selection} }}"
        assert (await run(text, input={"id": ticket_id, **given}))[f"{verb}Ticket"] == {
            "ticket": {"id": ticket_id, "status": status, "version": version},
            "event": {"type": f"ticket.{past}", "subjectVersion": version, "data": {"$id": ticket_id, **data}},
            "errors": [],
        }


@pytest.mark.parametrize("word", ["High", "high", "HIGH", TicketPriority.HIGH])
async def test_python_takes_a_word_in_any_case(desk: Desk, log: Log, word: str) -> None:
    ticket = await desk.Ticket.create(subject="Portal", priority=word, channel="email")
    assert (ticket.priority, ticket.channel) == (TicketPriority.HIGH, "EMAIL")
    [event] = await log()
    assert (event.data["priority"], event.data["channel"]) == ("HIGH", "EMAIL")
    assert await desk.Ticket.find(priority=word) == [ticket]


async def test_graphql_takes_words_in_upper_case_only(run: Run, codes: Codes, unchanged: Unchanged) -> None:
    async with unchanged():
        for wrong in ("High", "high", '"HIGH"'):
            text = f'mutation {{ createTicket(input: {{subject: "x", priority: {wrong}}}) {{ ticket {{ id }} }} }}'
            assert await codes(text) == ["GRAPHQL_VALIDATION_FAILED"], wrong
        for wrong in ("High", "high", 3):
            assert await codes(CREATE, input={"subject": "x", "priority": wrong}) == ["GRAPHQL_VALIDATION_FAILED"]
    created = await run(CREATE, input={"subject": "x", "priority": "HIGH"})
    assert created["createTicket"]["ticket"]["priority"] == "HIGH"


async def test_text_loses_the_blanks_around_it(desk: Desk) -> None:
    ticket = await desk.Ticket.create(subject="  Portal\n")
    assert ticket.subject == "Portal"
    assert (await desk.Ticket.resolve(id=ticket.id, resolution=" done ")).resolution == "done"


async def test_ids_are_random_or_the_caller_s_own(desk: Desk) -> None:
    made = [await desk.Ticket.create(subject="x") for _ in range(3)]
    assert len({ticket.id for ticket in made}) == 3
    assert all(re.fullmatch(r"ticket_[A-Za-z0-9]{12,}", ticket.id) for ticket in made)
    for own in ("ticket_rV7yKdPm", "ticket_abcd", f"ticket_{'z' * 64}"):
        assert (await desk.Ticket.create(id=own, subject="x")).id == own
        assert (await desk.Ticket.get(own)).id == own


async def test_numbers_are_short_and_unique(desk: Desk, unchanged: Unchanged) -> None:
    tickets = await asyncio.gather(*(desk.Ticket.create(subject="x") for _ in range(40)))
    assert sorted(ticket.number for ticket in tickets) == list(range(1, 41))
    async with unchanged():
        with pytest.raises(DeskError):
            await desk.Ticket.create(subject="x", contact="contact_doesnotexist")
    assert (await desk.Ticket.create(subject="x")).number == 41


async def test_the_actor_is_in_the_event(desk: Desk, log: Log) -> None:
    sam = await desk.User.create(name="Sam")
    before = await desk.position()
    ticket = await desk.acting(sam.id).Ticket.create(subject="x")
    await desk.acting("key:import").Ticket.close(id=ticket.id)
    assert [(event.actor, event.user) for event in await log(before)] == [(sam.id, sam.id), ("key:import", None)]


async def test_python_reads_its_own_events(desk: Desk) -> None:
    """As GraphQL does, although positions are given after the commit."""
    for count in range(1, 6):
        await desk.Organization.create(name="Acme")
        assert [event.position for event in await desk.Event.find()] == list(range(1, count + 1))


async def test_the_module_s_words_mean_the_open_desk(desk: Desk) -> None:
    with pytest.raises(DeskError, match="No desk is open here"):
        await deskgraph.Ticket.create(subject="x")
    with speaking(desk):
        ticket = await deskgraph.Ticket.create(subject="x", priority="High")
        assert await deskgraph.Ticket.find(priority="high") == [ticket]
        found = [name for name in NOUNS if await getattr(deskgraph, name).find()]
    assert found == ["Ticket", "Event"]
    assert await desk.Ticket.get(ticket.id) == ticket


async def test_a_noun_has_no_other_words(desk: Desk) -> None:
    with pytest.raises(AttributeError, match="Ticket has no word 'explode'"):
        _ = desk.Ticket.explode
    with pytest.raises(AttributeError, match="Event has no word 'create'"):
        _ = desk.Event.create
    with pytest.raises(AttributeError, match="not 'Invoice'"):
        _ = desk.Invoice
