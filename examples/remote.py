"""The support lifecycle on a desk that is served elsewhere, with its survey by an after-hook of this program.

Start `deskgraph serve --sample`, then run `python -m examples.remote` with DESKGRAPH_URL and DESKGRAPH_KEY as printed.
"""

from __future__ import annotations

import asyncio

from deskgraph.client import Context, connect
from deskgraph.client.generated import Ticket


async def survey(ticket: Ticket, ctx: Context) -> None:
    """Step 5: once a ticket is resolved, ask the requester how it went."""
    await ctx.Activity.create(type="satisfaction_survey", contact=ticket.contact, ticket=ticket.id)


async def main() -> None:
    """Go through the flow, and print what the log has of it."""
    async with connect() as desk:
        desk.Ticket.resolved(name="remote-survey")(survey)
        start = await desk.position()
        async with desk.listening():
            ticket = await desk.Ticket.create(
                subject="Cannot access billing portal", priority="High", contact="contact_fX9bL5nRd", channel="email"
            )
            await desk.Ticket.assign(id=ticket.id, agent="user_bQ4xNmWj")
            await desk.Ticket.escalate(id=ticket.id, reason="Billing system outage")
            await desk.Ticket.resolve(id=ticket.id, resolution="Portal access restored after billing sync")
            async for event in desk.events(after=start):
                print(event.position, event.type, event.data)
                if event.type == "activity.created":
                    break


if __name__ == "__main__":
    asyncio.run(main())
