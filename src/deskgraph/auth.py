"""Who may come in, and as whom: by the operator's key or an API key, as `Authorization: Bearer KEY`."""

from __future__ import annotations

import asyncio
import hmac
import time
from dataclasses import dataclass

from deskgraph.graph.api_keys import use_key
from deskgraph.resolvers.api_keys import WELL_FORMED, digest
from deskgraph.resolvers.claims import PAUSE
from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.recent import Recent
from deskgraph.resolvers.session import Session
from deskgraph.schema.errors import UnavailableError
from deskgraph.schema.roles import Caller, Role

# Seconds for which a key is believed that was looked up, unless the log tells sooner that keys were changed.
BELIEVED = 60.0
MOST = 10_000


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

    The operator's has no version, and holds for ever.
    """

    desk: Desk
    caller: Caller
    until: float = float("inf")
    version: int | None = None

    def session(self) -> Session:
        """A session at the desk in the caller's name."""
        return self.desk.acting(self.caller)

    def holds(self) -> bool:
        """Whether it need not be looked at again."""
        return self.version is None or (self.version == self.desk.api_keys.version and time.time() < self.until)


class Authenticator:
    """Lets in who has a key, at the desk of the key's workspace: the `home` desk, or one of its neighbours."""

    def __init__(self, home: Desk, keys: Keys) -> None:
        self.home = home
        self._keys = keys
        self._operator = Login(home, Caller("key:admin"))
        self._logins: Recent[Login] = Recent(MOST)

    async def login(self, authorization: object) -> Login | None:
        """Who an Authorization header speaks for; None where it is missing or wrong. UNAVAILABLE if nobody can tell."""
        if not isinstance(authorization, str):
            return None
        scheme, _, key = authorization.partition(" ")
        key = key.strip()
        if scheme.lower() != "bearer":
            return None
        if self._keys.are(key):
            return self._operator
        return await self._by_key(key) if WELL_FORMED.fullmatch(key) else None

    async def _by_key(self, key: str) -> Login | None:
        hashed = digest(key)
        known = self._logins.find(hashed)
        if known and known.holds():
            return known
        found = await self._looked_up(hashed)
        return self._logins.keep(hashed, found) if found else None

    async def _looked_up(self, hashed: str) -> Login | None:
        """Who has the key of that hash. Where keys are changed meanwhile, it will be looked up again."""
        version = self.home.api_keys.version
        stored = await use_key(self.home.database, hashed)
        if stored is None:
            return None
        desk = await self.home.neighbour(stored.workspace)
        caller = Caller(stored.contact or stored.user or stored.id, Role[stored.role], stored.contact)
        return Login(desk, caller, min(time.time() + BELIEVED, stored.expires or float("inf")), version)

    async def expired(self, login: Login, authorization: object) -> None:
        """Wait until the login holds no more and can't be had again."""
        while True:
            await login.desk.api_keys.change(max(0.0, min(BELIEVED, login.until - time.time())))
            if not login.holds():
                again = await self._patiently(authorization)
                if again is None:
                    return
                login = again

    async def _patiently(self, authorization: object) -> Login | None:
        while True:
            try:
                return await self.login(authorization)
            except UnavailableError:
                await asyncio.sleep(PAUSE)
