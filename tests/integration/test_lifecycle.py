"""The support lifecycle exactly as it was asked for, in Python."""

from __future__ import annotations

from typing import Any

from deskgraph.resolvers.desk import Desk


async def test_the_full_flow_in_python(desk: Desk) -> None:
    organization = await desk.Organization.create(name="Acme", domain="acme.com")
    await desk.Contact.create(id="contact_fX9bL5nRd", name="Ann", organization=organization.id)
    await desk.User.create(id="user_bQ4xNmWj", name="Sam", status="online")
    senior = await desk.User.create(name="Uma", status="online", tier=2)
    before = await desk.position()

    @desk.Ticket.resolved
    async def survey(ticket: Any, ctx: Any) -> None:
        await ctx.Activity.create(type="satisfaction_survey", contact=ticket.contact, ticket=ticket.id)
        organization = await ctx.Organization.get(contact=ticket.contact)
        if organization:
            note = f"Ticket {ticket.id} resolved"
            await ctx.Activity.create(type="health_check", organization=organization.id, note=note)

    ticket = await desk.Ticket.create(
        subject="Cannot access billing portal", priority="High", contact="contact_fX9bL5nRd", channel="email"
    )
    await desk.Ticket.assign(id=ticket.id, agent="user_bQ4xNmWj")
    escalated = await desk.Ticket.escalate(id=ticket.id, reason="Billing system outage")
    assert (escalated.agent, escalated.level, escalated.status) == (senior.id, 1, "ESCALATED")
    resolution = "Portal access restored after billing sync"
    resolved = await desk.Ticket.resolve(id=ticket.id, resolution=resolution)
    assert (resolved.status, resolved.resolution, resolved.version) == ("RESOLVED", resolution, 4)
    await desk.settle()

    events = await desk.Event.find(filter={"position": {"gt": before}})
    assert [(event.type, event.position - before) for event in events] == [
        ("ticket.created", 1),
        ("ticket.assigned", 2),
        ("ticket.escalated", 3),
        ("ticket.resolved", 4),
        ("activity.created", 5),
        ("activity.created", 6),
    ]
    created, assigned, escalation, resolving, surveyed, checked = events
    assert created.data["$id"] == ticket.id
    assert created.data["priority"] == "HIGH"
    assert assigned.data == {"$id": ticket.id, "agent": "user_bQ4xNmWj"}
    assert escalation.data == {"$id": ticket.id, "reason": "Billing system outage", "level": 1, "agent": senior.id}
    assert resolving.data == {"$id": ticket.id, "resolution": resolution}
    assert [surveyed.data["type"], checked.data["type"]] == ["satisfaction_survey", "health_check"]
    assert [surveyed.cause, checked.cause] == [resolving.id, resolving.id]
    [activity] = await desk.Activity.find(ticket=ticket.id)
    assert (activity.type, activity.contact) == ("satisfaction_survey", "contact_fX9bL5nRd")
    [health] = await desk.Activity.find(organization=organization)
    assert (health.type, health.note) == ("health_check", f"Ticket {ticket.id} resolved")
