"""createWebhook."""

from __future__ import annotations

from typing import Any

from deskgraph.graph.consumers import make_consumer
from deskgraph.resolvers.records import Draft
from deskgraph.resolvers.verbs.create import Create
from deskgraph.resolvers.webhooks.checks import check
from deskgraph.resolvers.webhooks.secrets import new_secret, only
from deskgraph.schema.fields import Revealed
from deskgraph.schema.verb import Change
from deskgraph.schema.webhook import Webhook, WebhookStatus


class CreateWebhook(Create):
    """Creates a webhook, enabled, for what happens from now on. The answer has its secret, this once."""

    noun = Webhook
    to = WebhookStatus.ENABLED

    secret = Revealed("The new secret that requests are signed with; only the answer that made it has it.")

    @classmethod
    async def decide(cls, draft: Draft, desk: Any) -> Change:
        """The inputs, if they are right, and the secret."""
        check(draft.given, desk.desk.webhooks.options)
        secret = new_secret()
        change = cls.change(draft.given)
        change.hidden = {"secrets": only(secret)}
        change.reveal = {"secret": secret}
        return change

    @classmethod
    async def finish(cls, subject: str, change: Change, desk: Any) -> None:
        """Its deliveries, starting after what was committed before in this process."""
        await desk.desk.feed.settle()
        webhooks = desk.desk.webhooks
        await make_consumer(desk.tx, webhooks.consumer(subject), webhooks.settings(change.set["types"]))
