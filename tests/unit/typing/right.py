"""Uses of the client that a type checker must let pass."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any, assert_type

from deskgraph.client import Context, DeskError, Received, SyncContext, connect, connect_sync
from deskgraph.client.generated import (
    Channel,
    Contact,
    Organization,
    Ticket,
    TicketFilter,
    TicketPriority,
    TicketStatus,
    User,
)
from deskgraph.schema.errors import InvalidTransitionError

WANTED: TicketFilter = {
    "status": {"in": ["open", "pending"]},
    "contact": {"organization": {"domain": {"eq": "acme.com"}}},
    "or": [{"priority": {"eq": TicketPriority.URGENT}}, {"createdAt": {"lt": datetime.now(UTC)}}],
    "not": {"channel": {"eq": "PHONE"}},
    "activities": {"some": {"type": {"startsWith": "satisfaction"}}},
    "assignee": None,
}


async def words() -> None:
    async with connect("http://127.0.0.1:8000", "key", timeout=5) as desk:
        ann = await desk.Contact.create(name="Ann", email="ann@acme.com", organization="organization_aCmE4Kq2")
        ticket = await desk.Ticket.create(
            subject="Portal", priority="High", contact=ann, channel=Channel.EMAIL, idempotency_key="one"
        )
        await desk.Ticket.assign(id=ticket, agent="user_bQ4xNmWj", expected_version=ticket.version)
        await desk.Ticket.update(id=ticket.id, description=None, priority="low")
        assert_type(ticket.created_at, datetime)
        assert_type(ticket.contact, str | None)
        assert_type(ticket.status, TicketStatus)
        assert_type(await desk.Ticket.find(filter=WANTED, order_by="-priority"), list[Ticket])
        async for found in desk.Ticket.find(contact=[ann, "contact_fX9bL5nRd"], status=["open", "closed"], agent=None):
            assert_type(found, Ticket)
        assert_type(await desk.User.get("user_bQ4xNmWj"), User | None)
        assert_type(await desk.Organization.get(contact=ticket.contact), Organization | None)
        async for event in desk.events(types=["ticket.*"], subject=ticket, after=3):
            assert_type(event.position, int)
        try:
            await desk.Ticket.resolve(id=ticket, resolution="restarted")
        except InvalidTransitionError as error:
            assert_type(error.code, str)
        except DeskError as error:
            print(error.field)
        assert_type(await desk.query("{ position }"), dict[str, Any])
        many = await desk.Ticket.create.many([{"subject": "Portal"}, {"subject": "Shop", "contact": ann}], atomic=False)
        assert_type(many, list[Ticket | DeskError])


async def hooks() -> None:
    desk = connect()

    @desk.Ticket.resolved(name="survey", max_in_flight=1)
    async def survey(ticket: Ticket, ctx: Context) -> None:
        await ctx.Activity.create(type="satisfaction_survey", contact=ticket.contact, ticket=ticket.id)
        assert_type(ctx.event.data, Any)

    @desk.Contact.created
    def welcome(contact: Contact, ctx: Context) -> None:
        print(contact.name, ctx.key, ctx.attempt)

    assert_type(survey, Callable[[Ticket, Context], Coroutine[Any, Any, None]])
    desk.Ticket.resolved.remove(survey)
    async with desk.listening():
        await asyncio.sleep(1)
    async for received in desk.consume("billing", types=["ticket.resolved"], start="beginning", attempts=8):
        await handle(received)


async def handle(received: Received) -> None:
    assert_type(received.subject_id, str)
    await received.nack("park", error=f"{received.attempt}")


def plain() -> None:
    with connect_sync("http://127.0.0.1:8000", "key") as desk:
        assert_type(desk.Ticket.find(status="open")[0], Ticket)
        assert_type(desk.Ticket.find()[:3], list[Ticket])
        sam: User = desk.User.create(name="Sam", status="online", tier=2)
        desk.Ticket.assign(id="ticket_rV7yKdPm", agent=sam)
        assert_type(desk.Contact.import_.many([{"name": "Ann", "created_at": "2019-03-01"}]), list[Contact | DeskError])

        @desk.Ticket.created
        def note(ticket: Ticket, ctx: SyncContext) -> None:
            ctx.Activity.create(type="note", ticket=ticket)

        for received in desk.consume("billing"):
            received.ack()
        for event in desk.events():
            assert_type(event.at, datetime)
