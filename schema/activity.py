"""Activities."""

from __future__ import annotations

from typing import Any, ClassVar

from deskgraph.schema.fields import Json, Many, One, Text
from deskgraph.schema.noun import Entity


class Activity(Entity):
    """Something done or to be done about a customer: a satisfaction survey, a health check, a note."""

    prefix = "activity"
    plural = "activities"
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
