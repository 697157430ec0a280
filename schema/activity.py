"""Activities."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from deskgraph.schema.fields import Choice, Json, Many, One, Text
from deskgraph.schema.noun import Entity
from deskgraph.schema.roles import EVERYBODY, Role
from deskgraph.schema.scalars import Words


class Visibility(Words):
    """Who sees an activity."""

    INTERNAL = "INTERNAL", "The desk alone."
    PUBLIC = "PUBLIC", "Also the contact whose ticket it is on, or whom it is with."


def public_to_reader(activity: str) -> str:
    """Cypher that holds for the public activities of the reading contact, the activity being in that variable."""
    me = "(:Contact {id: $contact, workspace: $workspace})"
    return (
        f"{activity}.visibility = 'PUBLIC' AND "
        f"(EXISTS {{ ({activity})-[:WITH]->{me} }} OR EXISTS {{ ({activity})-[:ON]->(:Ticket)<-[:RAISED]-{me} }})"
    )


class Activity(Entity):
    """Something done or to be done about a customer: a satisfaction survey, a health check, a note."""

    prefix = "activity"
    plural = "activities"
    readers = EVERYBODY
    scopes: ClassVar[dict[Role, Callable[[str], str]]] = {Role.CONTACT: public_to_reader}
    kinds: ClassVar[dict[str, dict[str, Any]]] = {
        **{
            word: {"type": "note"}
            for word in ("note", "comment", "internal note", "private note", "internal comment", "remark", "memo")
        },
        **{word: {"type": word} for word in ("call", "meeting", "task", "visit", "email", "follow up")},
        "phone call": {"type": "call"},
        **{f"{word} note": {"type": word} for word in ("call", "meeting", "visit")},
        **{word: {"type": "follow_up"} for word in ("follow up", "follow up task")},
        "survey": {"type": "satisfaction_survey"},
        "satisfaction survey": {"type": "satisfaction_survey"},
        "health check": {"type": "health_check"},
    }
    indexes = ((), ("type",))
    searched = ("note",)

    type = Text(
        "What kind, an open word such as satisfaction_survey.", most=100, required=True, writable=True, kind=True
    ).said("kind", marks="of type|of the type|of kind|of the kind", example="note")
    note = Text("A remark.", most=100_000, writable=True).said(
        "text|remark|content|message|body",
        marks="@saying|that|reading|(that|which) (says|reads)|about|because|as follows:",
        example="Called back, no answer",
    )
    visibility = Choice(
        "Who sees it; null is the desk alone, as INTERNAL is.", Visibility, default="INTERNAL", writable=True
    )
    data = Json("Anything more, for the programs that need it.", writable=True).said(example='{"score": 5}')

    contact = One("The contact it is with.", "-[:WITH]->", "Contact", writable=True).said(
        "customer|client", marks="with|of|for|to|about|on|regarding|from"
    )
    ticket = One("The ticket it is on.", "-[:ON]->", "Ticket", writable=True).said(
        "issue|case", marks="on|of|to|from|for|about|in|under|regarding|against|onto|into|concerning|at", implied=True
    )
    organization = One("The organization it is for.", "-[:FOR]->", "Organization", writable=True).said(
        "company|organisation|org|account", marks="for|of|at|about|on|to|with|regarding"
    )
    events = Many("What happened to it, the oldest first.", "<-[:OF]-", "Event", order="subject_version")
