"""deleteBeforeHook."""

from __future__ import annotations

from typing import Any

from deskgraph.resolvers.before_hooks import Noticed
from deskgraph.resolvers.records import Draft
from deskgraph.resolvers.verbs.delete import Delete
from deskgraph.schema.before_hook import BeforeHook
from deskgraph.schema.verb import Change


class DeleteBeforeHook(Noticed, Delete):
    """Deletes a before-hook with its secret: it is asked no more."""

    noun = BeforeHook

    @classmethod
    async def decide(cls, draft: Draft, _desk: Any) -> Change:
        """Nothing of it is left but its node and its events."""
        change = cls.change(draft.given)
        change.hidden = {"secrets": None}
        return change
