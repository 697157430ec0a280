"""updateWebhook."""

from __future__ import annotations

from typing import Any

from deskgraph.graph.consumers import make_consumer
from deskgraph.resolvers.records import Draft
from deskgraph.resolvers.verbs.update import Update
from deskgraph.resolvers.webhooks.checks import check
from deskgraph.schema.verb import Change
from deskgraph.schema.webhook import Webhook


class UpdateWebhook(Update):
    """Changes where a webhook's requests go, what it takes or what is said about it."""

    noun = Webhook

    @classmethod
    def looks(cls, _given: dict[str, Any]) -> bool:
        """It does."""
        return True

    @classmethod
    async def decide(cls, draft: Draft, desk: Any) -> Change:
        """The inputs, if they are right. New types hold for what happens from now on, whichever process takes it."""
        webhooks = desk.desk.webhooks
        check(draft.given, webhooks.options)
        if "types" in draft.given:
            await make_consumer(desk.tx, webhooks.consumer(draft.id), webhooks.settings(draft.given["types"]))
        return cls.change(draft.given)
