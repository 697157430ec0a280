"""revoke."""

from __future__ import annotations

from typing import Any

from deskgraph.resolvers.records import Draft
from deskgraph.schema.api_key import ApiKey, ApiKeyStatus
from deskgraph.schema.scalars import now
from deskgraph.schema.verb import Change, Verb


class RevokeApiKey(Verb):
    """Revokes a key for good: requests with it are refused from now on, and its open streams are closed."""

    noun = ApiKey
    name = "revoke"
    spoken = False
    from_ = (ApiKeyStatus.ACTIVE,)
    to = ApiKeyStatus.REVOKED
    chooses = ("revoked_at",)

    @classmethod
    async def decide(cls, draft: Draft, _desk: Any) -> Change:
        """Now."""
        return cls.change({**draft.given, "revoked_at": now()})

    @classmethod
    async def committed(cls, desk: Any) -> None:
        """Whoever is served here is looked at again; other processes do so when they see it in the log."""
        desk.api_keys.changed()
