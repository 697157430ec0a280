"""updateWebhook."""

from __future__ import annotations

from typing import Any

from deskgraph.resolvers.records import Draft
from deskgraph.resolvers.verbs.update import Update
from deskgraph.resolvers.webhooks.checks import check
from deskgraph.schema.verb import Change
from deskgraph.schema.webhook import Webhook


class UpdateWebhook(Update):
    """Changes where a webhook's requests go, what it takes or what is said about it."""

    noun = Webhook

    @classmethod
    async def decide(cls, draft: Draft, desk: Any) -> Change:
        """The inputs, if they are right."""
        check(draft.given, desk.desk.webhooks.options)
        return cls.change(draft.given)
