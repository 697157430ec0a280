"""The support lifecycle by hooks: who gets a new ticket, and what follows when one is resolved."""

from typing import Any

from deskgraph import Ticket


@Ticket.creating
async def least_busy(ticket: Any, ctx: Any) -> Any:
    """Give a new ticket to the online support user with the fewest unsolved ones."""
    agents = await ctx.User.find(role="support", status="online")
    ticket.agent = min(agents, key=lambda agent: agent.open_tickets).id
    return ticket


@Ticket.resolved
async def survey(ticket: Any, ctx: Any) -> None:
    """Ask the requester how it went, and look after the organization."""
    await ctx.Activity.create(type="satisfaction_survey", contact=ticket.contact, ticket=ticket.id)
    organization = await ctx.Organization.get(contact=ticket.contact)
    if organization:
        note = f"Ticket {ticket.id} resolved"
        await ctx.Activity.create(type="health_check", organization=organization.id, note=note)
