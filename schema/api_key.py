"""API keys."""

from __future__ import annotations

from deskgraph.schema.fields import Choice, Many, Moment, One, Text
from deskgraph.schema.noun import Entity
from deskgraph.schema.roles import ADMINS, Role
from deskgraph.schema.scalars import Words


class ApiKeyStatus(Words):
    """Whether a key opens anything."""

    ACTIVE = "ACTIVE", "It does, until it expires."
    REVOKED = "REVOKED", "It does not, and never will again."


class ApiKey(Entity):
    """A key to the workspace, `dg_...`, for one role. Its text is shown once; the graph has only a hash of it."""

    prefix = "apikey"
    plural = "apikeys"
    readers = ADMINS
    doers = ADMINS

    name = Text("What it is for.", required=True, writable=True)
    begins = Text("How its text begins, by which it can be told from others.", required=True)
    role = Choice("What its holder may see and do.", Role, required=True, writable=True)
    status = Choice("Whether it opens anything.", ApiKeyStatus, required=True)
    expires_at = Moment("When it ends by itself; null is never.", writable=True)
    revoked_at = Moment("When it was revoked.")
    last_used_at = Moment("When it was last used, to a minute or so; null is never.")

    user = One("The user who acts with it: the actor of its events.", "-[:ACTS_AS]->", "User", writable=True)
    contact = One(
        "The contact who acts with it: a key with the role CONTACT has one.", "-[:ACTS_FOR]->", "Contact", writable=True
    )
    events = Many("What happened to it, the oldest first.", "<-[:OF]-", "Event", order="subject_version")
