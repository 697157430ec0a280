"""OpenID Connect: who a signed token of the configured issuer speaks for (RFC 7519, OpenID Connect Core 1.0).

The issuer's public keys are fetched from where its discovery document says, kept for five minutes, and fetched again
when a token names one that is not among them, at most every half minute.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import httpx
import jwt
import structlog

from deskgraph.schema.errors import InvalidInputError, UnauthenticatedError, UnavailableError
from deskgraph.schema.ids import check_id
from deskgraph.schema.roles import Role

# Seconds that the issuer may take for an answer, and that its clock may be off.
TIMEOUT, LEEWAY = 5.0, 10.0
DISCOVERY = "/.well-known/openid-configuration"
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says: `user` is a user's id, or an address. `expires` is in seconds since 1970."""

    subject: str
    workspace: str | None
    role: Role
    user: str | None
    contact: str | None
    expires: float


@dataclass(frozen=True)
class Issuer:
    """Whose tokens are believed, for whom they must be made, how signed, and which claims say what."""

    url: str
    audience: str
    algorithms: tuple[str, ...] = ("RS256",)
    workspace_claim: str = "deskgraph_workspace"
    role_claim: str = "deskgraph_role"
    user_claim: str = "email"
    contact_claim: str = "deskgraph_contact"
    jwks_url: str | None = None

    async def claims(self, token: str) -> Claims:
        """What a token says; UNAUTHENTICATED with the reason if it is not to be believed.

        UNAVAILABLE if the issuer can't be asked for its keys.
        """
        return await asyncio.to_thread(self._claims, token)

    def _claims(self, token: str) -> Claims:
        try:
            key = self._keys.get_signing_key_from_jwt(token)
            said = jwt.decode(
                token,
                key,
                algorithms=self.algorithms,
                audience=self.audience,
                issuer=self.url,
                leeway=LEEWAY,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
            return self._understood(said)
        except jwt.PyJWKClientConnectionError as error:
            log.warning("issuer.silent", issuer=self.url, reason=str(error))
            raise UnavailableError("The issuer of the token can't be asked for its keys.") from error
        except (jwt.PyJWTError, InvalidInputError) as error:
            raise UnauthenticatedError(f"The token is not accepted: {error}") from error

    @cached_property
    def _keys(self) -> jwt.PyJWKClient:
        return jwt.PyJWKClient(self.jwks_url or self._discovered(), timeout=TIMEOUT)

    def _discovered(self) -> str:
        """Where the issuer's own document says its keys are."""
        try:
            answer = httpx.get(f"{self.url.rstrip('/')}{DISCOVERY}", timeout=TIMEOUT).raise_for_status()
            found = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise jwt.PyJWKClientConnectionError(str(error)) from error
        if found.get("issuer") != self.url or not isinstance(found.get("jwks_uri"), str):
            raise jwt.PyJWKClientConnectionError(f"its discovery document is that of {found.get('issuer')}")
        return str(found["jwks_uri"])

    def _understood(self, said: dict[str, Any]) -> Claims:
        role = str(said.get(self.role_claim, "")).upper()
        if role not in Role.__members__:
            raise InvalidInputError(f"its {self.role_claim} must be one of {', '.join(Role.__members__)}.")
        contact = said.get(self.contact_claim)
        if role == Role.CONTACT:
            contact = check_id(contact, "contact", self.contact_claim)
        user = said.get(self.user_claim)
        if self.user_claim == "email" and said.get("email_verified") is not True:
            user = None  # anybody may claim an address
        return Claims(
            subject=str(said["sub"]),
            workspace=said.get(self.workspace_claim),
            role=Role[role],
            user=str(user) if user and role != Role.CONTACT else None,
            contact=contact if role == Role.CONTACT else None,
            expires=float(said["exp"]),
        )
