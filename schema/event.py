"""Events: the log of everything that verbs did."""

from __future__ import annotations

from deskgraph.schema.fields import Id, Json, LongInteger, Many, Moment, One, Text
from deskgraph.schema.noun import Noun


class Event(Noun):
    """One verb done to one noun, written in the verb's own transaction."""

    prefix = "event"
    plural = "events"
    order = "position"
    indexes = ()

    type = Text("What happened: `ticket.resolved`.", required=True, kind=True)
    position = LongInteger(
        "The place in the workspace's log, from 1 without gaps; null for the moment until the sequencer has placed it.",
        sortable=True,
    )
    subject_id = Id("The id of what it happened to, also when that is deleted.", required=True)
    subject_version = LongInteger("The subject's version after this event.", required=True, sortable=True)
    at = Moment("When it happened.", required=True, sortable=True)
    actor = Text(
        "Who did it: a user's id, `key:NAME` for an API key, `hook:NAME` for an after-hook, `system`.", required=True
    )
    data = Json("What the verb was given and chose; `$id` is the subject's id.", required=True)

    subject = One("What it happened to; null once that is deleted.", "-[:OF]->", "Node")
    user = One("The actor, where that is a user.", "-[:BY]->", "User")
    cause = One("The event whose after-hook did this.", "-[:CAUSED_BY]->", "Event")
    effects = Many("The events that after-hooks of this one caused.", "<-[:CAUSED_BY]-", "Event")
    attempts = Many("The webhooks' requests that carried it.", "<-[:CARRIED]-", "WebhookAttempt")
