"""What became of a webhook's requests."""

from __future__ import annotations

from deskgraph.schema.fields import Integer, Moment, One, Text
from deskgraph.schema.noun import Noun
from deskgraph.schema.roles import ADMINS


class WebhookAttempt(Noun):
    """One request of a webhook: one try to send it one event."""

    prefix = "attempt"
    plural = "attempts"
    readers = ADMINS
    order = "-at"

    at = Moment("When the request was sent.", required=True, sortable=True)
    number = Integer("Which try of this delivery it was, from 1.", required=True)
    status = Integer("The answer's HTTP status; null where there was no answer.")
    ms = Integer("How many milliseconds it took.", required=True)
    error = Text("Why it failed; null where it succeeded.")
    response = Text("How the answer's body begins.")

    webhook = One("The webhook.", "-[:TO]->", "Webhook")
    event = One("The event that was sent.", "-[:CARRIED]->", "Event")
