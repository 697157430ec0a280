"""The support lifecycle from creation to survey, in one process, on a desk that is thrown away afterwards.

Run it with `python -m examples.lifecycle`. NEO4J_URI makes it use a server of your own, in a workspace of its own.
"""

from __future__ import annotations

import asyncio
import tempfile
import uuid
from typing import Any

import deskgraph
from deskgraph import Activity, Contact, Event, Organization, Ticket, User


@Ticket.resolved(name="survey")
async def survey(ticket: Any, ctx: Any) -> None:
    """Step 5: once a ticket is resolved, ask the requester how it went."""
    await ctx.Activity.create(type="satisfaction_survey", contact=ticket.contact, ticket=ticket.id)


async def prepare() -> None:
    """A customer, an agent, and a senior one to escalate to."""
    acme = await Organization.create(name="Acme", domain="acme.com")
    await Contact.create(id="contact_fX9bL5nRd", name="Ann Archer", organization=acme)
    await User.create(id="user_bQ4xNmWj", name="Sam Reyes", status="online")
    await User.create(name="Uma Iyer", status="online", tier=2)


async def flow() -> str:
    """Steps 1 to 4; the ticket's id."""
    ticket = await Ticket.create(
        subject="Cannot access billing portal", priority="High", contact="contact_fX9bL5nRd", channel="email"
    )
    await Ticket.assign(id=ticket.id, agent="user_bQ4xNmWj")
    await Ticket.escalate(id=ticket.id, reason="Billing system outage")
    await Ticket.resolve(id=ticket.id, resolution="Portal access restored after billing sync")
    return str(ticket.id)


async def main() -> None:
    """Open a desk, go through the flow, print the ticket, its survey and the events."""
    with tempfile.TemporaryDirectory(prefix="deskgraph-") as folder:
        async with deskgraph.open(data=folder, workspace=f"lifecycle-{uuid.uuid4().hex}") as desk:
            await prepare()
            prepared = await desk.position()
            ticket = await Ticket.get(await flow())
            await desk.settle()  # until the after-hook has done its part
            [activity] = await Activity.find(ticket=ticket)
            print(f"#{ticket.number} {ticket.subject}: {ticket.status}, {activity.type} sent to {activity.contact}")
            for event in await Event.find(filter={"position": {"gt": prepared}}):
                print(event.position, event.type, event.data, f"by {event.actor}")


if __name__ == "__main__":
    asyncio.run(main())
