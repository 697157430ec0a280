"""Roles: what the holder of a key may see and do. Nouns and verbs say which roles they are for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from deskgraph.schema.errors import ForbiddenError
from deskgraph.schema.scalars import Words


class Role(Words):
    """What the holder of an API key, or of a token, may see and do."""

    ADMIN = "ADMIN", "Everything in the workspace, its keys and webhooks too."
    AGENT = "AGENT", "Reads the desk and does its verbs."
    ANALYST = "ANALYST", "Reads the desk, and changes nothing."
    CONTACT = "CONTACT", "A customer: sees and writes only their own tickets, and the public activities on them."
    CONSUMER = "CONSUMER", "Follows the event log and settles deliveries, and does no verbs."


ADMINS = frozenset({Role.ADMIN})
STAFF = ADMINS | {Role.AGENT}
CONSUMERS = ADMINS | {Role.CONSUMER}
READERS = STAFF | {Role.ANALYST, Role.CONSUMER}
EVERYBODY = READERS | {Role.CONTACT}
NOBODY: frozenset[Role] = frozenset()

CALLER = object()
"""In a permit: the id of what the caller is, such as the contact."""


@dataclass(frozen=True, slots=True)
class Permit:
    """How a role that does no verbs of a noun does this one: it `takes` some inputs, and others are set by `sets`."""

    takes: tuple[str, ...] = ()
    sets: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who acts: the `actor` of the events, the role (None: the desk itself, or its operator, who may do all).

    `contact` is the contact that a CONTACT is.
    """

    actor: str
    role: Role | None = None
    contact: str | None = None

    def must_be(self, roles: frozenset[Role], what: str) -> None:
        """FORBIDDEN if the caller has none of the roles; `what` says what only they may do: "take deliveries"."""
        if self.role is not None and self.role not in roles:
            raise ForbiddenError(forbidden(self.role, what, roles))

    def trusted(self) -> Caller:
        """The caller as the desk's own code acts in its name: hooks, and what verbs look up."""
        return Caller(self.actor)

    def owned(self, key: str | None) -> str | None:
        """An idempotency key as it is kept: nobody meets another one's, but admins, who see everything."""
        return key if key is None or self.role in (None, Role.ADMIN) else f"{self.actor} {key}"


def forbidden(role: Role, what: str, roles: frozenset[Role]) -> str:
    """Why not, and who may."""
    allowed = " or ".join(sorted(roles)) or "the desk's operator"
    return f"{role} can't {what}: use a key with the role {allowed}."
