"""Tickets."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from deskgraph.schema.fields import Choice, Integer, LongInteger, Many, One, Text
from deskgraph.schema.noun import Entity
from deskgraph.schema.roles import EVERYBODY, Role
from deskgraph.schema.scalars import Words


class TicketStatus(Words):
    """Where a ticket stands. Only verbs move it."""

    OPEN = "OPEN", "Somebody should act on it."
    PENDING = "PENDING", "Waiting for someone else, such as the requester."
    ESCALATED = "ESCALATED", "Handed to a higher tier."
    RESOLVED = "RESOLVED", "Fixed, unless the requester disagrees."
    CLOSED = "CLOSED", "Done for good; only `reopen` brings it back."


class TicketPriority(Words):
    """How urgent a ticket is, from the least to the most."""

    LOW = "LOW", "Whenever there is time."
    MEDIUM = "MEDIUM", "The usual."
    HIGH = "HIGH", "Before the usual."
    URGENT = "URGENT", "Now."


class Channel(Words):
    """How a ticket came in."""

    EMAIL = "EMAIL", "An e-mail."
    CHAT = "CHAT", "A chat or messenger."
    PHONE = "PHONE", "A call."
    WEB = "WEB", "A form or portal."
    SOCIAL = "SOCIAL", "A social network."
    API = "API", "A program."


UNSOLVED = (TicketStatus.OPEN, TicketStatus.PENDING, TicketStatus.ESCALATED)


def raised_by_reader(ticket: str) -> str:
    """Cypher that holds for the tickets that the reading contact raised, the ticket being in that variable."""
    return f"EXISTS {{ ({ticket})<-[:RAISED]-(:Contact {{id: $contact, workspace: $workspace}}) }}"


class Ticket(Entity):
    """A customer's request for help, from the first message to its resolution."""

    prefix = "ticket"
    plural = "tickets"
    readers = EVERYBODY
    scopes: ClassVar[dict[Role, Callable[[str], str]]] = {Role.CONTACT: raised_by_reader}
    says = "issue|case|request|incident|support ticket|helpdesk ticket|support request"
    indexes = ((), ("status",), ("status", "priority"), ("number",))
    searched = ("subject", "description", "resolution")

    number = LongInteger("A short number for people: #1042.", required=True, sortable=True)
    subject = Text("What it is about.", required=True, writable=True, sortable=True).said(
        "title|subject line|summary|topic",
        marks="@named|about|regarding|re|re:|concerning|titled|entitled|saying|on|because|that|that says",
        example="Cannot log in",
    )
    description = Text("The request in full.", most=100_000, writable=True).said(
        "details|desc|body", example="It began on Monday"
    )
    status = Choice("Where it stands.", TicketStatus, required=True, ranked=True, sortable=True).said(
        "state", words={"unresolved": "OPEN,PENDING,ESCALATED", "unsolved": "OPEN,PENDING,ESCALATED"}
    )
    priority = Choice(
        "How urgent it is.",
        TicketPriority,
        required=True,
        default="MEDIUM",
        writable=True,
        ranked=True,
        sortable=True,
    ).said("prio|urgency|priority level|importance")
    channel = Choice("How it came in.", Channel, writable=True).said(
        "source|medium",
        marks="via|by|through|over|on|from|in|(over|via|through) the|by way of|@came in",
        words={
            "telephone": "PHONE",
            "website": "WEB",
            "portal": "WEB",
            "e mail": "EMAIL",
            "mail": "EMAIL",
            "social media": "SOCIAL",
            "live chat": "CHAT",
        },
    )
    level = Integer("How often it was escalated.", required=True, sortable=True)
    resolution = Text("What fixed it; set by `resolve`, cleared by `reopen`.", most=100_000)

    contact = One("Who raised it: the requester.", "<-[:RAISED]-", "Contact", writable=True).said(
        "requester|customer|client|reporter",
        marks="for|from|(on behalf|in the name) of|by|of|to|@belonging"
        "|(raised|opened|reported|submitted|requested|sent) by",
        does="created|filed|logged",
    )
    assignee = One("Who works on it.", "-[:ASSIGNED_TO]->", "User", given_as="agent", stamps="lastAssignedAt").said(
        "owner|agent|handler",
        marks="of|from|with|@belonging|@assigned to|(owned|handled|held) by",
        does="owns|handles|holds|works on|is working on|is handling|is responsible for|looks after|takes care of",
    )
    organization = One(
        "Where its contact works; kept in step with the contact.",
        "-[:ABOUT]->",
        "Organization",
        follows=("contact", "organization"),
    ).said("company|organisation|org|account", marks="of|from|for|at|by|@belonging")
    activities = Many("What was noted on it, the newest first.", "<-[:ON]-", "Activity")
    events = Many("What happened to it, the oldest first.", "<-[:OF]-", "Event", order="subject_version")
