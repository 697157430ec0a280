"""Who may come in: an API key, as `Authorization: Bearer KEY`."""

from __future__ import annotations

import hmac


class Keys:
    """The keys of the desk; for now the one admin key."""

    def __init__(self, admin: str) -> None:
        self._admin = admin

    def derived(self, purpose: str) -> bytes:
        """A secret for one purpose, the same in every process that has the key."""
        return hmac.digest(self._admin.encode(), purpose.encode(), "sha256")

    def actor(self, authorization: object) -> str | None:
        """Who an Authorization header speaks for; None where it is missing or wrong."""
        if not isinstance(authorization, str):
            return None
        scheme, _, key = authorization.partition(" ")
        right = hmac.compare_digest(key.strip().encode(), self._admin.encode())
        return "key:admin" if right and scheme.lower() == "bearer" else None
