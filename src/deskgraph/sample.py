"""A small sample desk, so that a new one has something to query."""

from __future__ import annotations

from typing import Any

from deskgraph.resolvers.desk import Desk

ORGANIZATIONS: list[dict[str, Any]] = [
    {"id": "organization_aCmE4Kq2", "name": "Acme", "domain": "acme.com"},
    {"id": "organization_gL0bEx7w", "name": "Globex", "domain": "globex.example"},
    {"id": "organization_uMbR3LLa", "name": "Umbrella", "domain": "umbrella.example"},
]
CONTACTS: list[dict[str, Any]] = [
    {"id": "contact_fX9bL5nRd", "name": "Ann Archer", "email": "ann@acme.com", "organization": "organization_aCmE4Kq2"},
    {"id": "contact_hT3mW8cQz", "name": "Ben Okoro", "email": "ben@acme.com", "organization": "organization_aCmE4Kq2"},
    {
        "id": "contact_kP6vD1sYj",
        "name": "Chen Li",
        "email": "chen@globex.example",
        "organization": "organization_gL0bEx7w",
    },
    {
        "id": "contact_rN2gF7xBa",
        "name": "Dana Silva",
        "email": "dana@umbrella.example",
        "organization": "organization_uMbR3LLa",
    },
]
USERS: list[dict[str, Any]] = [
    {"id": "user_bQ4xNmWj", "name": "Sam Reyes", "email": "sam@desk.example", "status": "online", "capacity": 20},
    {"id": "user_dJ8yHtVc", "name": "Tess Novak", "email": "tess@desk.example", "status": "online", "capacity": 20},
    {"id": "user_mZ5rGkLp", "name": "Uma Iyer", "email": "uma@desk.example", "status": "online", "tier": 2},
    {
        "id": "user_wC1sXoEb",
        "name": "Vic Braun",
        "email": "vic@desk.example",
        "status": "away",
        "role": "manager",
        "tier": 3,
    },
]
TICKETS: list[dict[str, Any]] = [
    {
        "subject": "Invoice shows the wrong VAT number",
        "priority": "medium",
        "contact": "contact_hT3mW8cQz",
        "channel": "email",
    },
    {
        "subject": "Export to CSV stops at 10,000 rows",
        "priority": "high",
        "contact": "contact_kP6vD1sYj",
        "channel": "web",
    },
    {"subject": "How do I add a colleague?", "priority": "low", "contact": "contact_rN2gF7xBa", "channel": "chat"},
    {"subject": "Webhook deliveries are late", "priority": "urgent", "contact": "contact_fX9bL5nRd", "channel": "api"},
    {
        "subject": "Password reset e-mail never arrives",
        "priority": "high",
        "contact": "contact_hT3mW8cQz",
        "channel": "phone",
    },
]


async def load_sample(desk: Desk) -> bool:
    """Load the sample into a workspace that has no users, contacts or tickets yet; whether it did."""
    for words in (desk.Organization, desk.Contact, desk.User, desk.Ticket):
        if await words.find(limit=1):
            return False
    for words, rows in ((desk.Organization, ORGANIZATIONS), (desk.Contact, CONTACTS), (desk.User, USERS)):
        for row in rows:
            await words.create(**row)
    tickets = [await desk.Ticket.create(**row, assign="least_busy") for row in TICKETS]
    await desk.Ticket.escalate(id=tickets[3].id, reason="Deliveries are an hour behind")
    await desk.Ticket.resolve(id=tickets[2].id, resolution="Sent the guide to inviting colleagues")
    await desk.Activity.create(
        type="note", note="Asked for an example file", ticket=tickets[1].id, contact="contact_kP6vD1sYj"
    )
    return True
