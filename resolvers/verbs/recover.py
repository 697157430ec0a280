"""recover."""

from __future__ import annotations

from typing import Any

from deskgraph.graph.webhooks import recover
from deskgraph.resolvers.records import Draft
from deskgraph.schema.errors import InvalidInputError
from deskgraph.schema.fields import LongInteger, Moment
from deskgraph.schema.verb import Change, Verb
from deskgraph.schema.webhook import Webhook, WebhookStatus


class Recover(Verb):
    """Sends again what could not be sent: events that were given up start anew, those that wait are sent at once."""

    noun = Webhook
    name = "recover"
    says = "catch up"
    from_ = (WebhookStatus.ENABLED,)

    since = Moment("Only events that happened then or later.")
    after = LongInteger("Only events after this position of the log; 0 means all.")

    @classmethod
    def looks(cls, _given: dict[str, Any]) -> bool:
        """It does."""
        return True

    @classmethod
    async def decide(cls, draft: Draft, desk: Any) -> Change:
        """The event says how many deliveries there are."""
        since, after = draft.given["since"], draft.given["after"]
        if since is None and after is None:
            raise InvalidInputError("recoverWebhook needs since or after; after: 0 recovers everything.", field="since")
        change = cls.change(draft.given)
        change.data["deliveries"] = await recover(desk.tx, desk.desk.webhooks.consumer(draft.id), since, after)
        return change
