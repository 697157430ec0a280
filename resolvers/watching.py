"""Follow the log for what becomes of one noun: what a process keeps of it in memory is read again after each change."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import structlog

from deskgraph.resolvers.claims import PAUSE
from deskgraph.schema.noun import Entity

if TYPE_CHECKING:
    from deskgraph.resolvers.desk import Desk

Refresh = Callable[[set[str]], Awaitable[None]]
log = structlog.get_logger(__name__)


class Watch:
    """Calls `refresh` with the ids of what was changed, whichever process did it.

    The set is empty at the start, and where a part of the log was trimmed before it was seen.
    """

    def __init__(self, desk: Desk, noun: type[Entity], refresh: Refresh) -> None:
        self._desk = desk
        self._noun = noun
        self._refresh = refresh
        self._following: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Refresh now, and after each change from now on."""
        cursor = self._desk.feed.position
        await self._refresh(set())
        self._following = asyncio.create_task(self._follow(cursor), name=f"watch-{self._noun.plural}")

    async def close(self) -> None:
        """Stop."""
        if self._following:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)

    async def _follow(self, cursor: int) -> None:
        while entries := await self._desk.feed.kept_after(cursor):
            missed = entries[0].position > cursor + 1
            cursor = entries[-1].position
            changed = {entry.subject for entry in entries if entry.type.startswith(f"{self._noun.prefix}.")}
            if changed or missed:
                await self._refresh_somehow(changed)

    async def _refresh_somehow(self, changed: set[str]) -> None:
        """However long the database is away."""
        while True:
            try:
                return await self._refresh(changed)
            except Exception as error:
                log.warning("watch.waits", noun=self._noun.__name__, exc_info=error)
                await asyncio.sleep(PAUSE)
