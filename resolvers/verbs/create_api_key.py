"""createApiKey."""

from __future__ import annotations

from typing import Any

from deskgraph.resolvers.api_keys import check, digest, new_key, shown
from deskgraph.resolvers.records import Draft
from deskgraph.resolvers.verbs.create import Create
from deskgraph.schema.api_key import ApiKey, ApiKeyStatus
from deskgraph.schema.fields import Revealed
from deskgraph.schema.verb import Change


class CreateApiKey(Create):
    """Creates a key for a role. The answer has its text, this once."""

    noun = ApiKey
    to = ApiKeyStatus.ACTIVE
    batched = False
    spoken = False
    chooses = ("begins",)

    secret = Revealed("The key's text, `dg_...`: only the answer that made it has it.")

    @classmethod
    def made(cls, given: dict[str, Any]) -> Change:
        """A new key with these inputs; INVALID_INPUT if they don't fit each other."""
        check(given)
        key = new_key()
        change = cls.moved(cls.change({**given, "begins": shown(key)}))
        change.hidden = {"hash": digest(key)}
        change.reveal = {"secret": key}
        return change

    @classmethod
    async def decide(cls, draft: Draft, _desk: Any) -> Change:
        """A new key."""
        return cls.made(draft.given)
