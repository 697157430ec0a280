"""Activities."""

from __future__ import annotations

from deskgraph.schema.fields import Json, Many, One, Text
from deskgraph.schema.noun import Entity


class Activity(Entity):
    """Something done or to be done about a customer: a satisfaction survey, a health check, a note."""

    prefix = "activity"
    plural = "activities"
    indexes = ((), ("type",))
    searched = ("note",)

    type = Text("What kind, an open word such as satisfaction_survey.", most=100, required=True, writable=True)
    note = Text("A remark.", most=100_000, writable=True)
    data = Json("Anything more, for the programs that need it.", writable=True)

    contact = One("The contact it is with.", "-[:WITH]->", "Contact", writable=True)
    ticket = One("The ticket it is on.", "-[:ON]->", "Ticket", writable=True)
    organization = One("The organization it is for.", "-[:FOR]->", "Organization", writable=True)
    events = Many("What happened to it, the oldest first.", "<-[:OF]-", "Event", order="subject_version")
