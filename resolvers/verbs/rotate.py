"""rotate: of what signs its requests."""

from __future__ import annotations

from typing import Any, ClassVar

from deskgraph.graph.webhooks import stored_secrets
from deskgraph.resolvers.before_hooks import Noticed
from deskgraph.resolvers.records import Draft
from deskgraph.resolvers.webhooks.secrets import new_secret, rotated
from deskgraph.schema.before_hook import BeforeHook
from deskgraph.schema.fields import Integer, Revealed
from deskgraph.schema.verb import Change, Verb
from deskgraph.schema.webhook import Webhook

DAY = 24 * 3600


class Rotate(Verb):
    """Gives a new secret, which the answer has this once. The old one signs along for the overlap."""

    name = "rotate"
    idioms: ClassVar[dict[str, dict[str, Any]]] = {
        "(rotate|renew|regenerate|roll|replace|change|refresh|reset) (the|the signing)? (secret|key) (of|for) {id}": {},
        "(rotate|renew|regenerate|roll|replace|change|refresh|reset) (its|its signing) (secret|key)": {},
    }

    overlap = Integer("For how many seconds the old secret signs along; 0 ends it at once.", default=DAY, most=30 * DAY)
    secret = Revealed("The new secret that requests are signed with; only the answer that made it has it.")

    @classmethod
    def looks(cls, _given: dict[str, Any]) -> bool:
        """It does."""
        return True

    @classmethod
    async def decide(cls, draft: Draft, desk: Any) -> Change:
        """The new secret before the old ones."""
        secret = new_secret()
        change = cls.change(draft.given)
        change.hidden = {"secrets": rotated(await stored_secrets(desk.tx, draft.id), secret, draft.given["overlap"])}
        change.reveal = {"secret": secret}
        return change


class RotateWebhook(Rotate):
    """Gives a webhook a new secret, which the answer has this once. The old one signs along for the overlap."""

    noun = Webhook


class RotateBeforeHook(Noticed, Rotate):
    """Gives a before-hook a new secret, which the answer has this once. The old one signs along for the overlap."""

    noun = BeforeHook
