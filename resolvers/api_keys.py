"""API keys: what they look like, what they may be, and word of it when some were changed."""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
from contextlib import suppress
from typing import Any

from deskgraph.schema.errors import InvalidInputError
from deskgraph.schema.ids import BASE62
from deskgraph.schema.roles import Role
from deskgraph.schema.scalars import now

# The first part tells keys apart, and is shown; the second, of 256 bits, is the secret.
NAMED, SECRET = 12, 43
WELL_FORMED = re.compile(rf"dg_[A-Za-z0-9]{{{NAMED}}}_[A-Za-z0-9]{{{SECRET}}}")


def new_key() -> str:
    """The text of a new key."""
    named, secret = ("".join(secrets.choice(BASE62) for _ in range(length)) for length in (NAMED, SECRET))
    return f"dg_{named}_{secret}"


def shown(key: str) -> str:
    """The part of a key's text that is no secret."""
    return key.rpartition("_")[0]


def digest(key: str) -> str:
    """What is kept of a key: SHA-256, for what is random all over needs no slower hash."""
    return hashlib.sha256(key.encode()).hexdigest()


def check(given: dict[str, Any]) -> None:
    """INVALID_INPUT where a new key's inputs don't fit each other."""
    is_contact = given["role"] == Role.CONTACT
    if is_contact != bool(given.get("contact")):
        wanted = "needs the contact who has it" if is_contact else "has no contact: that is for the role CONTACT"
        raise InvalidInputError(f"A key with the role {given['role']} {wanted}.", field="contact")
    if is_contact and given.get("user"):
        raise InvalidInputError("A key is a contact's or a user's, not both's.", field="user")
    if given.get("expires_at") and given["expires_at"] <= now():
        raise InvalidInputError("expiresAt must be still to come.", field="expiresAt")


class ApiKeys:
    """The keys of a desk and its neighbours: `version` is another one whenever some were changed, here or elsewhere."""

    def __init__(self) -> None:
        self.version = 0
        self._changed = asyncio.Event()

    async def refresh(self, _changed: set[str]) -> None:
        """Some were changed, as the log of a desk tells."""
        self.changed()

    def changed(self) -> None:
        """Some were: whoever goes by one has to look again."""
        self.version += 1
        self._changed.set()
        self._changed = asyncio.Event()

    async def change(self, seconds: float) -> None:
        """Wait until some are changed, or for so long."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._changed.wait(), seconds)
