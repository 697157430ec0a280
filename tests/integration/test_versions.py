"""expectedVersion: a lost update is refused, on every verb."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.records import Record
from deskgraph.schema.errors import VersionConflictError
from tests.conftest import Run
from tests.integration.conftest import Log, TicketIn, Unchanged

VERBS: dict[str, tuple[str, dict[str, Any]]] = {
    "assign": ("OPEN", {"agent": "user_bQ4xNmWj"}),
    "escalate": ("OPEN", {"reason": "outage"}),
    "resolve": ("OPEN", {"resolution": "restored"}),
    "hold": ("ESCALATED", {}),
    "reopen": ("RESOLVED", {}),
    "close": ("RESOLVED", {}),
    "update": ("PENDING", {"subject": "Other words"}),
    "delete": ("OPEN", {}),
}


@pytest.mark.parametrize("verb", VERBS)
async def test_the_version_must_be_the_expected_one(
    desk: Desk, run: Run, ticket_in: TicketIn, unchanged: Unchanged, verb: str
) -> None:
    status, given = VERBS[verb]
    await desk.User.create(id="user_bQ4xNmWj", name="Sam")
    ticket = await ticket_in(status)
    async with unchanged():
        for wrong in (ticket.version - 1, ticket.version + 1):
            message = f"{ticket.id} has version {ticket.version}, not {wrong}: read it again, then decide."
            with pytest.raises(VersionConflictError) as conflict:
                await getattr(desk.Ticket, verb)(id=ticket.id, expected_version=wrong, **given)
            assert (conflict.value.message, conflict.value.field) == (message, "expectedVersion")
        text = f"""mutation ($input: {verb.title()}TicketInput!) {{ {verb}Ticket(input: $input) {{
          ticket {{ id }} event {{ id }} errors {{ code message field }} }} }}"""
        assert (await run(text, input={"id": ticket.id, "expectedVersion": wrong, **given}))[f"{verb}Ticket"] == {
            "ticket": None,
            "event": None,
            "errors": [{"code": "VERSION_CONFLICT", "message": message, "field": "expectedVersion"}],
        }
        assert await desk.Ticket.get(ticket.id) == ticket
    done = await getattr(desk.Ticket, verb)(id=ticket.id, expected_version=ticket.version, **given)
    assert done.version == ticket.version + 1


@pytest.mark.parametrize("noun", ["Contact", "Organization", "User", "Activity"])
async def test_the_other_nouns_too(desk: Desk, unchanged: Unchanged, noun: str) -> None:
    words = getattr(desk, noun)
    given = {"type": "note"} if noun == "Activity" else {"name": "Ann"}
    made = await words.create(**given)
    async with unchanged():
        with pytest.raises(VersionConflictError):
            await words.update(id=made.id, expected_version=2, **given)
        with pytest.raises(VersionConflictError):
            await words.delete(id=made.id, expected_version=2)
    updated = await words.update(id=made.id, expected_version=1, **given)
    assert updated.version == 2
    assert (await words.delete(id=made.id, expected_version=2)).version == 3
    assert await words.get(made.id) is None


async def test_of_twenty_at_once_who_expect_the_same_version_one_succeeds(desk: Desk, log: Log) -> None:
    ticket = await desk.Ticket.create(subject="Portal")
    answers = await asyncio.gather(
        *(desk.Ticket.update(id=ticket.id, subject=f"Subject {at}", expected_version=1) for at in range(20)),
        return_exceptions=True,
    )
    [updated] = [answer for answer in answers if isinstance(answer, Record)]
    conflicts = [answer for answer in answers if isinstance(answer, VersionConflictError)]
    assert (updated.version, len(conflicts)) == (2, 19)
    assert await desk.Ticket.get(ticket.id) == updated
    created, changed = await log()
    assert (created.type, changed.data["changes"]) == ("ticket.created", {"subject": updated.subject})


async def test_twenty_at_once_who_expect_nothing_come_one_after_the_other(desk: Desk, log: Log) -> None:
    ticket = await desk.Ticket.create(subject="Portal")
    before = await desk.position()
    answers = await asyncio.gather(*(desk.Ticket.update(id=ticket.id, subject=f"Subject {at}") for at in range(20)))
    assert sorted(answer.version for answer in answers) == list(range(2, 22))
    last = max(answers, key=lambda answer: answer.version)
    assert await desk.Ticket.get(ticket.id) == last
    events = await log(before)
    assert [event.subject_version for event in events] == list(range(2, 22))
    assert [event.position for event in events] == list(range(before + 1, before + 21))
    by_version = {answer.version: answer.subject for answer in answers}
    assert [event.data["changes"]["subject"] for event in events] == [by_version[at] for at in range(2, 22)]
