"""deleteWebhook."""

from __future__ import annotations

from typing import Any

from deskgraph.graph.consumers import delete_consumer
from deskgraph.graph.webhooks import trim_attempts
from deskgraph.resolvers.records import Draft
from deskgraph.resolvers.verbs.delete import Delete
from deskgraph.schema.verb import Change
from deskgraph.schema.webhook import Webhook


class DeleteWebhook(Delete):
    """Deletes a webhook with its secret, its attempts and what was still to be sent."""

    noun = Webhook

    @classmethod
    def looks(cls, _given: dict[str, Any]) -> bool:
        """It does."""
        return True

    @classmethod
    async def decide(cls, draft: Draft, desk: Any) -> Change:
        """Nothing of it is left but its node and its events."""
        await delete_consumer(desk.tx, desk.desk.webhooks.consumer(draft.id))
        await trim_attempts(desk.tx, draft.id, keep=0)
        change = cls.change(draft.given)
        change.hidden = {"secrets": None}
        return change
