"""updateBeforeHook."""

from __future__ import annotations

from typing import Any

from deskgraph.resolvers.before_hooks import Noticed, check
from deskgraph.resolvers.records import Draft
from deskgraph.resolvers.verbs.update import Update
from deskgraph.schema.before_hook import BeforeHook
from deskgraph.schema.verb import Change


class UpdateBeforeHook(Noticed, Update):
    """Changes where a before-hook is asked, about which verbs, how long it has, or what follows if it is silent."""

    noun = BeforeHook

    @classmethod
    async def decide(cls, draft: Draft, desk: Any) -> Change:
        """The inputs, if they are right."""
        check(draft.given, desk.desk.webhooks.options)
        return cls.change(draft.given)
