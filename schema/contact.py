"""Contacts."""

from __future__ import annotations

from deskgraph.schema.fields import Many, One, Text
from deskgraph.schema.noun import Entity


class Contact(Entity):
    """A customer's person: who raises tickets."""

    prefix = "contact"
    plural = "contacts"
    indexes = ((), ("email",))
    searched = ("name", "email")

    name = Text("The full name.", required=True, writable=True, sortable=True)
    email = Text("The e-mail address.", most=320, writable=True)
    phone = Text("The telephone number.", most=50, writable=True)

    organization = One("Where the contact works.", "-[:WORKS_AT]->", "Organization", writable=True)
    tickets = Many("The tickets the contact raised, the newest first.", "-[:RAISED]->", "Ticket")
    activities = Many("What was noted about the contact, the newest first.", "<-[:WITH]-", "Activity")
    events = Many("What happened to the contact, the oldest first.", "<-[:OF]-", "Event", order="subject_version")
