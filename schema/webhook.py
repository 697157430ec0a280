"""Webhooks."""

from __future__ import annotations

from deskgraph.schema.fields import Choice, Many, Moment, Text, Texts
from deskgraph.schema.noun import Entity
from deskgraph.schema.roles import ADMINS
from deskgraph.schema.scalars import Words


class WebhookStatus(Words):
    """Whether events are sent to a webhook."""

    ENABLED = "ENABLED", "Events are sent as they come."
    DISABLED = "DISABLED", "Nothing is sent; what comes waits until it is enabled again."


class Webhook(Entity):
    """An address to which events are sent, each as a signed HTTP request."""

    prefix = "webhook"
    plural = "webhooks"
    readers = ADMINS
    doers = ADMINS
    indexes = ((), ("status",))

    url = Text("Where the requests go.", most=2000, required=True, writable=True).said(
        "address|link|endpoint|target",
        marks="to|at|for|with|pointing (to|at)|@named",
        example="https://example.com/hook",
    )
    types = Texts(
        "The event types it takes: `ticket.resolved`, `ticket.*`, `*.created`; null takes all.", most=100, writable=True
    ).said("event types|events|type|event type", marks="for|on|of type", example="ticket.resolved, ticket.closed")
    description = Text("What it is for.", most=10_000, writable=True).said("purpose", example="Feeds the dashboard")
    status = Choice("Whether events are sent.", WebhookStatus, required=True)
    disabled_at = Moment("Since when it is disabled; null while it is enabled.")
    disabled_reason = Text("Why it is disabled.")
    failing_since = Moment("When the first request failed since the last one that succeeded; null where none did.")

    attempts = Many(
        "Its requests, the newest first; the oldest are forgotten.", "<-[:TO]-", "WebhookAttempt", order="-at"
    )
    events = Many("What happened to it, the oldest first.", "<-[:OF]-", "Event", order="subject_version")
