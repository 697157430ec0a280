"""The same idempotency key again: the first result again, and nothing is written."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from deskgraph.resolvers.desk import Desk
from deskgraph.schema.errors import HookRejectedError, IdempotencyConflictError, InvalidTransitionError, NotFoundError
from tests.conftest import Run
from tests.integration.conftest import Log, Unchanged

KEY = "import-7-line-42"
ANSWER = "{ ticket { id version status subject } event { id type } errors { code message field } }"


@pytest.mark.parametrize(
    ("verb", "given", "event"),
    [
        ("create", {"subject": "Portal", "priority": "HIGH"}, "ticket.created"),
        ("resolve", {"id": "ticket_rV7yKdPm", "resolution": "restarted"}, "ticket.resolved"),
        ("assign", {"id": "ticket_rV7yKdPm"}, "ticket.assigned"),
        ("update", {"id": "ticket_rV7yKdPm", "subject": "Other words"}, "ticket.updated"),
        ("delete", {"id": "ticket_rV7yKdPm", "expectedVersion": 1}, "ticket.deleted"),
    ],
)
async def test_again(
    desk: Desk, run: Run, log: Log, unchanged: Unchanged, verb: str, given: dict[str, Any], event: str
) -> None:
    await desk.User.create(name="Sam", status="online")
    await desk.Ticket.create(id="ticket_rV7yKdPm", subject="Portal")
    before = await desk.position()
    text = f"mutation ($input: {verb.title()}TicketInput!) {{ {verb}Ticket(input: $input) {ANSWER} }}"
    first = await run(text, input={**given, "idempotencyKey": KEY})
    payload = first[f"{verb}Ticket"]
    assert (payload["event"]["type"], payload["errors"]) == (event, [])
    async with unchanged():
        assert await run(text, input={**given, "idempotencyKey": KEY}) == first
        assert await run(text, input={"idempotencyKey": KEY, **given}) == first
    assert [one.id for one in await log(before)] == [payload["event"]["id"]]


async def test_again_in_python(desk: Desk, unchanged: Unchanged) -> None:
    """The words may be spelled otherwise: what counts is what they mean."""
    contact = await desk.Contact.create(name="Ann")
    ticket = await desk.Ticket.create(subject="Portal", priority="High", contact=contact, idempotency_key=KEY)
    async with unchanged():
        again = await desk.Ticket.create(contact=contact.id, priority="HIGH", subject=" Portal ", idempotency_key=KEY)
        assert again == ticket


async def test_again_after_others_changed_it(desk: Desk, run: Run, unchanged: Unchanged) -> None:
    """The same event and the ticket as it is by now, for which the verb would not even be allowed."""
    ticket = await desk.Ticket.create(subject="Portal")
    text = f"mutation ($input: HoldTicketInput!) {{ holdTicket(input: $input) {ANSWER} }}"
    given = {"id": ticket.id, "expectedVersion": 1, "idempotencyKey": KEY}
    first = (await run(text, input=given))["holdTicket"]
    await desk.Ticket.resolve(id=ticket.id, resolution="restarted")
    async with unchanged():
        again = (await run(text, input=given))["holdTicket"]
    assert again["event"] == first["event"]
    assert again["ticket"] == {**first["ticket"], "status": "RESOLVED", "version": 3}
    assert again["errors"] == []


async def test_fifty_at_once_make_one_ticket(desk: Desk, run: Run, log: Log) -> None:
    text = f"mutation ($input: CreateTicketInput!) {{ createTicket(input: $input) {ANSWER} }}"
    given = {"subject": "Portal", "idempotencyKey": KEY}
    answers = await asyncio.gather(*(run(text, input=given) for _ in range(50)))
    assert answers == [answers[0]] * 50
    payload = answers[0]["createTicket"]
    assert payload["errors"] == []
    assert [ticket.id for ticket in await desk.Ticket.find()] == [payload["ticket"]["id"]]
    assert [(event.id, event.type) for event in await log()] == [(payload["event"]["id"], "ticket.created")]


async def test_repetitions_use_up_no_numbers(desk: Desk) -> None:
    for _ in range(3):
        assert (await desk.Ticket.create(subject="Portal", idempotency_key=KEY)).number == 1
    assert (await desk.Ticket.create(subject="Another")).number == 2


async def test_the_key_for_something_else_is_a_conflict(desk: Desk, run: Run, unchanged: Unchanged) -> None:
    ticket = await desk.Ticket.create(subject="Portal")
    other = await desk.Ticket.create(subject="Other")
    await desk.Ticket.update(id=ticket.id, subject="Billing portal", idempotency_key=KEY)
    async with unchanged():
        for verb, given in (
            ("update", {"id": ticket.id, "subject": "Shop"}),
            ("update", {"id": ticket.id, "subject": "Billing portal", "priority": "LOW"}),
            ("update", {"id": other.id, "subject": "Billing portal"}),
            ("update", {"id": ticket.id, "subject": "Billing portal", "expected_version": 2}),
            ("create", {"subject": "Billing portal"}),
            ("close", {"id": ticket.id}),
        ):
            with pytest.raises(IdempotencyConflictError):
                await getattr(desk.Ticket, verb)(**given, idempotency_key=KEY)
        with pytest.raises(IdempotencyConflictError):
            await desk.Contact.create(name="Ann", idempotency_key=KEY)
        text = f"mutation ($input: CloseTicketInput!) {{ closeTicket(input: $input) {ANSWER} }}"
        assert (await run(text, input={"id": ticket.id, "idempotencyKey": KEY}))["closeTicket"] == {
            "ticket": None,
            "event": None,
            "errors": [
                {
                    "code": "IDEMPOTENCY_CONFLICT",
                    "message": "The idempotency key was used for another verb or another input: use a new key.",
                    "field": "idempotencyKey",
                }
            ],
        }


async def test_a_failed_verb_does_not_use_up_its_key(desk: Desk, unchanged: Unchanged) -> None:
    ticket = await desk.Ticket.create(subject="Portal")
    await desk.Ticket.close(id=ticket.id)
    async with unchanged():
        with pytest.raises(InvalidTransitionError):
            await desk.Ticket.resolve(id=ticket.id, resolution="restarted", idempotency_key=KEY)
        with pytest.raises(NotFoundError):
            await desk.Ticket.create(subject="x", contact="contact_doesnotexist", idempotency_key=KEY)
    await desk.Ticket.reopen(id=ticket.id)
    resolved = await desk.Ticket.resolve(id=ticket.id, resolution="restarted", idempotency_key=KEY)
    assert (resolved.status, resolved.version) == ("RESOLVED", 4)


async def test_a_vetoed_verb_does_not_use_up_its_key(desk: Desk, unchanged: Unchanged) -> None:
    def veto(ticket: Any, ctx: Any) -> None:
        raise ValueError("not now")

    desk.Ticket.creating(veto)
    async with unchanged():
        with pytest.raises(HookRejectedError, match=r"^not now$"):
            await desk.Ticket.create(subject="Portal", idempotency_key=KEY)
    desk.Ticket.creating.remove(veto)
    assert (await desk.Ticket.create(subject="Portal", idempotency_key=KEY)).version == 1
