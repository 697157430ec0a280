"""enable."""

from __future__ import annotations

from typing import Any

from deskgraph.resolvers.records import Draft
from deskgraph.schema.verb import Change, Verb
from deskgraph.schema.webhook import Webhook, WebhookStatus


class Enable(Verb):
    """Enables a webhook. It goes on where it was: what came meanwhile is sent now."""

    noun = Webhook
    name = "enable"
    from_ = (WebhookStatus.DISABLED,)
    to = WebhookStatus.ENABLED

    @classmethod
    async def decide(cls, draft: Draft, _desk: Any) -> Change:
        """Earlier failures are forgotten."""
        change = cls.change(draft.given)
        change.set = dict.fromkeys(("disabledAt", "disabledReason", "failingSince"))
        return change
