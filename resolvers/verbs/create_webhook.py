"""createWebhook."""

from __future__ import annotations

from typing import Any

from deskgraph.graph.consumers import make_consumer
from deskgraph.resolvers.verbs.create_signed import CreateSigned
from deskgraph.resolvers.webhooks.checks import check
from deskgraph.schema.verb import Change
from deskgraph.schema.webhook import Webhook, WebhookStatus


class CreateWebhook(CreateSigned):
    """Creates a webhook, enabled, for what happens from now on. The answer has its secret, this once."""

    noun = Webhook
    to = WebhookStatus.ENABLED

    examine = staticmethod(check)

    @classmethod
    async def finish(cls, subject: str, change: Change, desk: Any) -> None:
        """Its deliveries, starting after what was committed before in this process."""
        await desk.desk.feed.settle()
        webhooks = desk.desk.webhooks
        await make_consumer(desk.tx, webhooks.consumer(subject), webhooks.settings(change.set["types"]))
