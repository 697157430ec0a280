"""A small office for sentences: two Anns, two Sams, and tickets in every state."""

from __future__ import annotations

from typing import Any

from deskgraph.resolvers.desk import Desk

ORGANIZATIONS = {"organization_acme": ("Acme", "acme.com"), "organization_globex": ("Globex", "globex.example")}
CONTACTS = {
    "contact_archer": ("Ann Archer", "ann@acme.com", "organization_acme"),
    "contact_baker": ("Ann Baker", "ann.baker@globex.example", "organization_globex"),
    "contact_okoro": ("Ben Okoro", "ben@acme.com", "organization_acme"),
    "contact_dana": ("Dana Silva", "dana@mail.example", None),
}
USERS: dict[str, dict[str, Any]] = {
    "user_reyes": {"name": "Sam Reyes", "email": "sam@desk.example", "status": "online"},
    "user_stone": {"name": "Sam Stone", "email": "stone@desk.example", "status": "away"},
    "user_novak": {"name": "Tess Novak", "email": "tess@desk.example", "status": "online"},
    "user_iyer": {"name": "Uma Iyer", "email": "uma@desk.example", "status": "online", "tier": 2},
    "user_silva": {"name": "Dana Silva", "email": "dana@desk.example"},
}
# The first is #1, and so on.
TICKETS: list[dict[str, Any]] = [
    {"subject": "Portal is down", "contact": "contact_archer", "priority": "URGENT", "agent": "user_reyes"},
    {"subject": "Invoice is wrong", "contact": "contact_okoro", "priority": "URGENT"},
    {"subject": "Password reset", "contact": "contact_okoro", "channel": "EMAIL", "agent": "user_novak"},
    {"subject": "Export stops", "contact": "contact_baker", "priority": "HIGH", "agent": "user_novak"},
    {"subject": "Resolved one", "contact": "contact_archer", "priority": "LOW"},
    {"subject": "Closed one", "contact": "contact_baker"},
]


async def furnish(desk: Desk) -> dict[str, str]:
    """Fill the desk; what each id is called in the corpus."""
    for key, (name, domain) in ORGANIZATIONS.items():
        await desk.Organization.create(id=key, name=name, domain=domain)
    for key, (name, email, organization) in CONTACTS.items():
        await desk.Contact.create(id=key, name=name, email=email, organization=organization)
    for key, user in USERS.items():
        await desk.User.create(id=key, **user)
    called = {key: value[0] for key, value in (ORGANIZATIONS | CONTACTS).items()} | {
        key: one["name"] for key, one in USERS.items()
    }
    for number, ticket in enumerate(TICKETS, 1):
        made = await desk.Ticket.create(id=f"ticket_number{number}", **ticket)
        assert made.number == number
        called[made.id] = f"#{number}"
    await desk.Ticket.resolve(id="ticket_number5", resolution="done")
    await desk.Ticket.close(id="ticket_number6")
    await desk.Activity.create(id="activity_note", type="note", note="called", ticket="ticket_number1")
    return called | {"activity_note": "the note"}
