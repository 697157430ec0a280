"""Uses of the client that a type checker must refuse, each with the error it must give."""

from typing import assert_type

from deskgraph.client import Context, connect, connect_sync
from deskgraph.client.generated import Contact, Ticket, TicketFilter

BAD_WORD: TicketFilter = {"priority": {"eq": "hihg"}}  # refused: typeddict-item
BAD_KEY: TicketFilter = {"colour": {"eq": "red"}}  # refused: typeddict-unknown-key
BAD_OPERATOR: TicketFilter = {"status": {"gt": "OPEN"}}  # refused: typeddict-unknown-key
BAD_VALUE: TicketFilter = {"number": {"eq": "one"}}  # refused: typeddict-item


async def words() -> None:
    desk = connect("http://127.0.0.1:8000", "key")
    ticket = await desk.Ticket.create(subjekt="Portal", subject="Portal")  # refused: call-arg
    await desk.Ticket.create(priority="high")  # refused: call-arg
    await desk.Ticket.create(subject=3)  # refused: arg-type
    await desk.Ticket.create(subject="Portal", priority="hihg")  # refused: arg-type
    await desk.Ticket.create(subject="Portal", contact=ticket)  # refused: arg-type
    await desk.Ticket.update(id=ticket, subject=None)  # refused: arg-type
    await desk.Ticket.resolve(ticket, resolution="restarted")  # refused: call-arg, call-arg, arg-type
    await desk.Ticket.explode(id=ticket)  # refused: attr-defined
    await desk.Ticket.create.many([{"subject": "Portal", "priority": "hihg"}])  # refused: typeddict-item
    await desk.Ticket.close.many([{"id": ticket}])  # refused: attr-defined
    await desk.Ticket.find(colour="red")  # refused: call-arg
    await desk.Ticket.find(status="opne")  # refused: arg-type
    await desk.Contact.find(filter=BAD_KEY)  # refused: arg-type
    assert_type(ticket.contact, str)  # refused: assert-type
    print(ticket.colour)  # refused: attr-defined
    ticket.subject = "Shop"  # refused: misc
    print(ticket.contact.upper())  # refused: union-attr
    desk.Ticket.creating(print)  # refused: attr-defined
    desk.Invoice.find()  # refused: attr-defined
    connect("http://127.0.0.1:8000", "key", timeout="5")  # refused: arg-type
    async with connect_sync():  # refused: attr-defined, attr-defined
        pass


def hooks() -> None:
    desk = connect()

    @desk.Ticket.resolved(name="survey")  # refused: arg-type
    async def survey(contact: Contact, ctx: Context) -> None: ...

    @desk.Ticket.resolved  # refused: arg-type
    async def alone(ticket: Ticket) -> None: ...
