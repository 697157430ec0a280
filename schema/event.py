"""Events: the log of everything that verbs did."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar

from deskgraph.schema.fields import Id, Json, LongInteger, Many, Moment, One, Text
from deskgraph.schema.noun import NOUNS, Noun
from deskgraph.schema.roles import Role


def readers_of(type_: str) -> frozenset[Role]:
    """The roles that see events of that type: those that see what it happened to."""
    return next(noun.readers for noun in NOUNS.values() if type_.startswith(f"{noun.prefix}."))


def seen_by(role: Role, event: str) -> str:
    """Cypher that holds for the events of what a role sees, the event being in that variable."""
    hidden = ", ".join(f"'{noun.prefix}'" for noun in NOUNS.values() if role not in noun.readers)
    return f"NOT split({event}.type, '.')[0] IN [{hidden}]"


class Event(Noun):
    """One verb done to one noun, written in the verb's own transaction."""

    prefix = "event"
    plural = "events"
    order = "position"
    scopes: ClassVar[dict[Role, Callable[[str], str]]] = {
        role: partial(seen_by, role) for role in (Role.AGENT, Role.ANALYST)
    }
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
