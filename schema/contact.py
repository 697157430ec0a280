"""Contacts."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from deskgraph.schema.fields import Many, One, Text
from deskgraph.schema.noun import Entity
from deskgraph.schema.roles import EVERYBODY, Role


class Contact(Entity):
    """A customer's person: who raises tickets."""

    prefix = "contact"
    plural = "contacts"
    readers = EVERYBODY
    scopes: ClassVar[dict[Role, Callable[[str], str]]] = {Role.CONTACT: "{}.id = $contact".format}
    says = "customer|client|requester|reporter|person=people"
    indexes = ((), ("email",))
    searched = ("name", "email")

    name = Text("The full name.", required=True, writable=True, sortable=True).said(
        "full name", marks="@named", example="Ann Archer"
    )
    email = Text("The e-mail address.", most=320, writable=True).said(
        "email address|e mail|e mail address|mail|mail address", example="ann@acme.com"
    )
    phone = Text("The telephone number.", most=50, writable=True).said(
        "phone number|telephone|telephone number|tel|mobile|mobile number|cell",
        example="+1 555 0100",
        looks=r"\+?[\d\s/()-]{6,}",
    )

    organization = One("Where the contact works.", "-[:WORKS_AT]->", "Organization", writable=True).said(
        "company|organisation|org|employer|account",
        marks="at|from|of|in|to|for|under|(works|working|who works|that works|who is) (at|for)",
    )
    tickets = Many("The tickets the contact raised, the newest first.", "-[:RAISED]->", "Ticket")
    activities = Many("What was noted about the contact, the newest first.", "<-[:WITH]-", "Activity")
    events = Many("What happened to the contact, the oldest first.", "<-[:OF]-", "Event", order="subject_version")
