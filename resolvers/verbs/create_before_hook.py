"""createBeforeHook."""

from __future__ import annotations

from typing import Any

from deskgraph.resolvers.before_hooks import Noticed, check
from deskgraph.resolvers.records import Draft
from deskgraph.resolvers.verbs.create import Create
from deskgraph.resolvers.webhooks.secrets import new_secret, only
from deskgraph.schema.before_hook import BeforeHook
from deskgraph.schema.fields import Revealed
from deskgraph.schema.verb import Change


class CreateBeforeHook(Noticed, Create):
    """Creates a before-hook: from now on it is asked before these verbs. The answer has its secret, this once."""

    noun = BeforeHook

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
