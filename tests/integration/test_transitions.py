"""Every ticket verb from every status: where it leads, or why it is refused."""

from __future__ import annotations

from typing import Any

import pytest

from deskgraph.resolvers.desk import Desk
from deskgraph.schema.errors import InvalidTransitionError
from tests.conftest import Run
from tests.integration.conftest import Log, TicketIn, Unchanged

STATUSES = ("OPEN", "PENDING", "ESCALATED", "RESOLVED", "CLOSED")
AGENT = "user_bQ4xNmWj"

# verb: input, the states that allow it, the state it leads to ("" leaves it), event
TABLE: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "assign": ({"agent": AGENT}, "OPEN PENDING ESCALATED RESOLVED", "", "ticket.assigned"),
    "escalate": ({"reason": "outage"}, "OPEN PENDING ESCALATED", "ESCALATED", "ticket.escalated"),
    "resolve": ({"resolution": "restored"}, "OPEN PENDING ESCALATED", "RESOLVED", "ticket.resolved"),
    "hold": ({"reason": "waits for a log"}, "OPEN ESCALATED", "PENDING", "ticket.held"),
    "reopen": ({"reason": "broken again"}, "PENDING RESOLVED CLOSED", "OPEN", "ticket.reopened"),
    "close": ({}, "OPEN RESOLVED", "CLOSED", "ticket.closed"),
    "update": ({"subject": "Other words"}, "OPEN PENDING ESCALATED RESOLVED", "", "ticket.updated"),
    "delete": ({}, "OPEN PENDING ESCALATED RESOLVED CLOSED", "", "ticket.deleted"),
}
ALLOWED = [(verb, status) for verb in TABLE for status in STATUSES if status in TABLE[verb][1].split()]
REFUSED = [(verb, status) for verb in TABLE for status in STATUSES if (verb, status) not in ALLOWED]


def test_the_table_is_whole() -> None:
    assert (len(ALLOWED), len(REFUSED)) == (26, 14)


@pytest.mark.parametrize(("verb", "status"), ALLOWED)
async def test_allowed(desk: Desk, ticket_in: TicketIn, log: Log, verb: str, status: str) -> None:
    given, _, to, event_type = TABLE[verb]
    await desk.User.create(id=AGENT, name="Sam")
    ticket = await ticket_in(status)
    before = await desk.position()
    done = await getattr(desk.Ticket, verb)(id=ticket.id, **given)
    assert (done.id, done.version, done.status) == (ticket.id, ticket.version + 1, to or status)
    [event] = await log(before)
    assert (event.type, event.subject_version, event.data["$id"]) == (event_type, done.version, ticket.id)
    assert await desk.Ticket.get(ticket.id) == (None if verb == "delete" else done)


@pytest.mark.parametrize(("verb", "status"), REFUSED)
async def test_refused(desk: Desk, run: Run, ticket_in: TicketIn, unchanged: Unchanged, verb: str, status: str) -> None:
    given, allowed, _, _ = TABLE[verb]
    await desk.User.create(id=AGENT, name="Sam")
    ticket = await ticket_in(status)
    message = f"A ticket that is {status} can't do {verb}: it must be {', '.join(allowed.split())}."
    async with unchanged():
        with pytest.raises(InvalidTransitionError) as refused:
            await getattr(desk.Ticket, verb)(id=ticket.id, **given)
        assert refused.value.message == message
        payload = (
            await run(
                f"mutation ($input: {verb.title()}TicketInput!) {{ {verb}Ticket(input: $input) "
                "{ ticket { id } event { id } errors { code message field } } }",
                input={"id": ticket.id, **given},
            )
        )[f"{verb}Ticket"]
        error = {"code": "INVALID_TRANSITION", "message": message, "field": None}
        assert payload == {"ticket": None, "event": None, "errors": [error]}
        assert await desk.Ticket.get(ticket.id) == ticket
