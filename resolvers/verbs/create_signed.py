"""create: of what signs its requests."""

from __future__ import annotations

from typing import Any

from deskgraph.resolvers.records import Draft
from deskgraph.resolvers.verbs.create import Create
from deskgraph.resolvers.webhooks.options import WebhookOptions
from deskgraph.resolvers.webhooks.secrets import new_secret, only
from deskgraph.schema.fields import Revealed
from deskgraph.schema.verb import Change


class CreateSigned(Create):
    """Creates one with a new secret, which the answer has this once."""

    batched = False

    secret = Revealed("The new secret that requests are signed with; only the answer that made it has it.")

    @classmethod
    def examine(cls, given: dict[str, Any], options: WebhookOptions) -> None:
        """INVALID_INPUT where the inputs are wrong in a way that their fields don't know."""
        raise NotImplementedError

    @classmethod
    async def decide(cls, draft: Draft, desk: Any) -> Change:
        """The inputs, if they are right, and the secret."""
        cls.examine(draft.given, desk.desk.webhooks.options)
        secret = new_secret()
        change = cls.change(draft.given)
        change.hidden = {"secrets": only(secret)}
        change.reveal = {"secret": secret}
        return change
