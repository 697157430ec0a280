"""Who may come in, and as whom: by the operator's key, an API key or an issuer's token, `Authorization: Bearer KEY`."""

from __future__ import annotations

import asyncio
import hmac
import time
from dataclasses import dataclass

from starlette.requests import Request

from deskgraph.answers import refusal
from deskgraph.graph.api_keys import is_workspace, use_key
from deskgraph.rates import Rates
from deskgraph.resolvers.api_keys import WELL_FORMED, digest
from deskgraph.resolvers.claims import PAUSE
from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.recent import Recent
from deskgraph.resolvers.session import Session
from deskgraph.schema.errors import DeskError, UnauthenticatedError, UnavailableError
from deskgraph.schema.roles import Caller, Role
from deskgraph.tokens import Claims, Issuer

# Seconds for which a key is believed that was looked up, unless the log tells sooner that keys were changed.
BELIEVED = 60.0
MOST = 10_000
FOREVER = float("inf")


class Keys:
    """The key that the server was started with: its holder is the operator, who may do everything."""

    def __init__(self, admin: str) -> None:
        self._admin = admin

    def derived(self, purpose: str) -> bytes:
        """A secret for one purpose, the same in every process that has the key."""
        return hmac.digest(self._admin.encode(), purpose.encode(), "sha256")

    def are(self, key: str) -> bool:
        """Whether that is the key."""
        return hmac.compare_digest(key.encode(), self._admin.encode())


@dataclass(frozen=True, slots=True)
class Login:
    """Who came in, at which desk. It holds `until` then, in seconds since 1970, if the keys' `version` lasts so long.

    The operator's has no version, and holds for ever. `who` is whose operations are counted.
    """

    desk: Desk
    caller: Caller
    until: float = FOREVER
    version: int | None = None
    who: str = ""

    def session(self) -> Session:
        """A session at the desk in the caller's name."""
        return self.desk.acting(self.caller)

    def holds(self) -> bool:
        """Whether it need not be looked at again."""
        return self.version is None or (self.version == self.desk.api_keys.version and time.time() < self.until)


class Authenticator:
    """Lets in who has a key, at the desk of the key's workspace: the `home` desk, or one of its neighbours."""

    def __init__(self, home: Desk, keys: Keys, issuer: Issuer | None = None, rates: Rates | None = None) -> None:
        self.home = home
        self._keys = keys
        self._issuer = issuer
        self._rates = rates or Rates()
        self._operator = Login(home, Caller("key:admin"))
        self._logins: Recent[Login] = Recent(MOST)

    def count(self, login: Login) -> None:
        """Count one operation; RATE_LIMITED if that is too many. The operator's are not counted."""
        if login.who:
            self._rates.count(login.who)

    async def admit(self, request: Request) -> Login:
        """Who sent the request, whose operation is counted; refused if that can't be told, or if it is one too many."""
        try:
            login = await self.login(request.headers.get("authorization"))
            self.count(login)
        except DeskError as error:
            raise refusal(error) from error
        return login

    async def login(self, authorization: object) -> Login:
        """Who an Authorization header speaks for; UNAUTHENTICATED if nobody, UNAVAILABLE if that can't be told now."""
        scheme, _, key = authorization.partition(" ") if isinstance(authorization, str) else ("", "", "")
        key = key.strip()
        if scheme.lower() != "bearer" or not key:
            raise UnauthenticatedError
        if self._keys.are(key):
            return self._operator
        hashed = digest(key)
        known = self._logins.find(hashed)
        return known if known and known.holds() else self._logins.keep(hashed, await self._looked_up(key, hashed))

    async def _looked_up(self, key: str, hashed: str) -> Login:
        """Where keys are changed meanwhile, it will be looked up again."""
        version = self.home.api_keys.version
        if WELL_FORMED.fullmatch(key):
            return await self._by_key(hashed, version)
        if self._issuer and key.count(".") == 2:
            return await self._by_claims(await self._issuer.claims(key), version)
        raise UnauthenticatedError

    async def _by_key(self, hashed: str, version: int) -> Login:
        stored = await use_key(self.home.database, hashed)
        if stored is None:
            raise UnauthenticatedError
        desk = await self.home.neighbour(stored.workspace)
        caller = Caller(stored.contact or stored.user or stored.id, Role[stored.role], stored.contact)
        return Login(desk, caller, _believed(stored.expires), version, stored.id)

    async def _by_claims(self, claims: Claims, version: int) -> Login:
        workspace = claims.workspace or self.home.workspace
        if workspace != self.home.workspace and not await is_workspace(self.home.database, workspace):
            raise UnauthenticatedError(f"The token is not accepted: there is no workspace {workspace!r}.")
        desk = await self.home.neighbour(workspace)
        if claims.contact and not await desk.Contact.get(claims.contact):
            raise UnauthenticatedError(f"The token is not accepted: there is no contact {claims.contact}.")
        user = await _user(desk, claims.user) if claims.user else None
        actor = claims.contact or user or f"oidc:{claims.subject}"
        return Login(desk, Caller(actor, claims.role, claims.contact), _believed(claims.expires), version, actor)

    async def expired(self, login: Login, authorization: object) -> None:
        """Wait until the login holds no more and can't be had again."""
        while True:
            await login.desk.api_keys.change(max(0.0, min(BELIEVED, login.until - time.time())))
            while not login.holds():
                try:
                    login = await self.login(authorization)
                except UnauthenticatedError:
                    return
                except UnavailableError:
                    await asyncio.sleep(PAUSE)


def _believed(expires: float | None) -> float:
    return min(time.time() + BELIEVED, FOREVER if expires is None else expires)


async def _user(desk: Desk, named: str) -> str | None:
    """The id of the user who is named by id or by e-mail address; None where that is not exactly one."""
    wanted = {"id": named} if named.startswith("user_") else {"email": named}
    found = await desk.User.find(limit=2, filter=wanted)
    return str(found[0].id) if len(found) == 1 else None
