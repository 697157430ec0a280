"""One program, in process and over the network: the same words, the same answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import aclosing
from datetime import datetime
from typing import Any

from deskgraph.client import connect
from deskgraph.graph.database import Database
from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.hooks import Hooks
from deskgraph.schema.errors import DeskError
from tests.acceptance.conftest import Served


async def scenario(desk: Any) -> list[Any]:
    """Everything that the words do, and what came of each."""
    said: list[Any] = []

    async def say(doing: Awaitable[Any]) -> Any:
        try:
            answer = await doing
        except DeskError as error:
            field = None if error.code == "DELIVERY_EXPIRED" else error.field  # of the mutation, which Python has not
            answer = (type(error), error.code, field)
        said.append(answer)
        return answer

    acme = await say(desk.Organization.create(id="organization_aCmE4Kq2", name="Acme", domain="acme.com"))
    ann = await say(desk.Contact.create(id="contact_fX9bL5nRd", name="Ann", email="ann@acme.com", organization=acme))
    sam = await say(desk.User.create(id="user_bQ4xNmWj", name="Sam", status="online"))
    await say(desk.User.create(id="user_mZ5rGkLp", name="Uma", status="Online", tier=2, role="manager"))
    portal = {"subject": "Portal", "priority": "High", "channel": "email"}
    ticket = await say(desk.Ticket.create(id="ticket_rV7yKdPm", contact="contact_fX9bL5nRd", **portal))
    await say(desk.Ticket.create(id="ticket_rV7yKdPm", subject="Taken"))
    await say(desk.Ticket.create(id="ticket_4XYmepQC", subject="  Shop ", contact=ann, assign="least-busy"))
    await say(desk.Ticket.create())
    await say(desk.Ticket.create(subject=""))
    await say(desk.Ticket.create(subject="x", colour="red"))
    await say(desk.Ticket.create(subject="x", priority="hihg"))
    await say(desk.Ticket.create(subject="x", contact="user_bQ4xNmWj"))
    await say(desk.Ticket.create(subject="x", contact="contact_nothere"))

    await say(desk.Ticket.assign(id=ticket, agent=sam, expected_version=1))
    await say(desk.Ticket.assign(id=ticket, agent=sam, expected_version=1))
    await say(desk.Ticket.escalate(id=ticket.id, reason="Billing system outage"))
    await say(desk.Ticket.update(id=ticket, description="It says 403.", priority="URGENT"))
    await say(desk.Ticket.update(id=ticket, description=None))
    await say(desk.Ticket.update(id=ticket, subject=None))
    await say(desk.Ticket.update(id=ticket))
    await say(desk.Ticket.hold(id=ticket, reason="Waits for Ann"))
    for _ in range(2):
        await say(desk.Ticket.resolve(id=ticket, resolution="Restored", idempotency_key="resolve-once"))
    await say(desk.Ticket.resolve(id=ticket, resolution="Another", idempotency_key="resolve-once"))
    await say(desk.Ticket.resolve(id=ticket, resolution="Again"))
    await say(desk.Ticket.resolve(id="ticket_nothere", resolution="Never"))
    await say(desk.Ticket.reopen(id=ticket))
    await say(desk.Ticket.close(id=ticket))
    await say(desk.Activity.create(id="activity_kZ9mWaxb", type="note", ticket=ticket, data={"b": [1, None], "a": 2}))
    await say(desk.Contact.delete(id=ann))

    await say(desk.Ticket.get(ticket.id))
    await say(desk.Ticket.get("ticket_nothere"))
    await say(desk.Contact.get(ann.id))
    await say(desk.User.get(ticket="ticket_rV7yKdPm"))
    await say(desk.Organization.get(contact=None))
    await say(desk.Organization.find(contacts=None))
    await say(desk.Ticket.find(status=["open", "Closed"], order_by="-priority,created_at"))
    await say(desk.Ticket.find(organization=acme, channel=None))
    await say(desk.Ticket.find(filter={"priority": {"in": ["urgent"]}, "assignee": {"name": {"startsWith": "U"}}}))
    await say(desk.Ticket.find(filter={"activities": {"none": {"type": {"eq": "note"}}}}, order_by="subject", limit=1))
    await say(desk.Ticket.find(colour="red"))
    await say(desk.Ticket.find(order_by="colour"))
    await say(desk.Ticket.find(priority="hihg"))
    await say(desk.Event.find(subject_id=ticket.id, order_by="position"))
    await say(desk.position())
    async with aclosing(desk.events(types=["ticket.*"], after=3)) as events:
        first = await anext(events)
        said.append((first.position, first.type))
    await say(anext(desk.events(after=10**6)))
    await say(anext(desk.events(types=["ticket.exploded"])))

    async with aclosing(desk.consume("billing", types=["ticket.created"], start="beginning")) as received:
        for _ in range(2):
            one = await anext(received)
            said.append((one.position, one.type, one.attempt, one.data, one.subject_id))
        await one.ack()
        await say(one.ack())
    await say(desk.consumers.replay("billing"))
    await say(desk.consumers.replay("nobody"))
    await say(desk.consumers.delete("billing"))
    await say(desk.consumers.open("billing", max_in_flight=0))

    many = desk.Ticket.create.many
    twice = [
        {"id": "ticket_aaaa", "subject": "A", "idempotency_key": "a"},
        {"id": "ticket_bbbb", "subject": "B", "agent": sam},
    ]
    await say(many(twice))
    await say(many(twice[:1]))
    await say(many([{"subject": "C"}, {"subject": "D", "contact": "contact_nothere"}, {"subject": ""}]))
    mixed = [{"id": "ticket_eeee", "subject": "E"}, {}, {"subject": "F", "contact": "contact_nothere"}, {"subject": ""}]
    await say(many(mixed, atomic=False))
    await say(many([{"subject": "G"}, {"colour": "red"}]))
    await say(many([{}], atomic=False))
    await say(many([]))
    await say(
        desk.Contact.import_.many([{"id": "contact_oooo", "name": "Old", "created_at": "2019-03-01T09:30:00+01:00"}])
    )
    await say(desk.Ticket.find(subject=["A", "B", "C", "D", "E", "F", "G"], order_by="number"))
    return said


def told(answer: Any) -> Any:
    """An answer as plain values, but the moments and the ids that were chosen by chance."""
    if isinstance(answer, datetime):
        return "a moment"
    if isinstance(answer, list | tuple):
        return [told(one) for one in answer]
    if isinstance(answer, DeskError):
        return type(answer), answer.code, answer.field
    if hasattr(answer, "as_dict"):
        known = answer.as_dict()
        hidden = {"id", "actor"} if "subject_id" in known else set()
        return {name: told(value) for name, value in known.items() if name not in hidden}
    return str(answer) if isinstance(answer, str) else answer


async def test_the_same_in_process_and_over_the_network(
    database: Database, workspace: str, serve: Callable[..., Served]
) -> None:
    async with Desk(database, f"{workspace}-here", hooks=Hooks()) as desk:
        here = await scenario(desk)
    served = serve()
    async with connect(served.url, served.key) as remote:
        there = await scenario(remote)
    assert len(here) == 64
    for at, (one, other) in enumerate(zip(here, there, strict=True)):
        assert told(other) == told(one), at
    codes = {answer[1] for answer in here if isinstance(answer, tuple) and isinstance(answer[0], type)}
    assert codes == {
        "INVALID_INPUT",
        "NOT_FOUND",
        "ALREADY_EXISTS",
        "INVALID_TRANSITION",
        "VERSION_CONFLICT",
        "IDEMPOTENCY_CONFLICT",
        "INVALID_CURSOR",
        "DELIVERY_EXPIRED",
    }
