"""The live end of a workspace's log in this process: one task sequences and reads, any number of readers follow.

A reader holds nothing but its cursor. What is recent comes from a ring in memory, what is older from the database, so
replay and live are the same loop and there is no seam between them; a slow reader costs no memory and falls back to
the database by itself.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque

import structlog

from deskgraph.graph.database import Database
from deskgraph.graph.log import BATCH, Entry, any_pending, open_workspace, place_pending, read_log
from deskgraph.graph.telemetry import FEED_POSITION
from deskgraph.schema.errors import CursorExpiredError, UnavailableError

RING = 10_000
log = structlog.get_logger(__name__)


class Feed:
    """Follows one workspace's log. `poll` is how often, in seconds, other processes' events are looked for."""

    def __init__(self, database: Database, workspace: str, poll: float = 0.2) -> None:
        self.database = database
        self.workspace = workspace
        self.poll = poll
        self.position = 0
        self._ring: deque[Entry] = deque(maxlen=RING)
        self._changed = asyncio.Condition()
        self._woken = asyncio.Event()
        self._asked = 0
        self._served = 0
        self._closed = False
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Make the workspace if it is new, and begin to follow."""
        self.position = await open_workspace(self.database, self.workspace)
        self._task = asyncio.create_task(self._follow(), name=f"feed {self.workspace}")

    async def close(self) -> None:
        """Stop; readers that wait are released."""
        self._closed = True
        self._woken.set()
        if self._task:
            await self._task
        async with self._changed:
            self._changed.notify_all()

    def wake(self) -> None:
        """Something was committed here: sequence it now."""
        self._asked += 1
        self._woken.set()

    async def settle(self) -> None:
        """Wait until everything that this process committed before has its position and is in the feed.

        UNAVAILABLE if the database does not let it get there in time.
        """
        wanted = self._asked
        try:
            async with asyncio.timeout(self.database.silence), self._changed:
                await self._changed.wait_for(lambda: self._served >= wanted or self._closed)
        except TimeoutError as error:
            raise UnavailableError from error

    async def reaches(self, position: int) -> bool:
        """Whether the log goes up to a position, which another process may have told before this one has read it."""
        if position > self.position:
            self.wake()
        await self.settle()
        return position <= self.position

    async def after(self, cursor: int, limit: int = BATCH) -> list[Entry]:
        """The entries after a position, as soon as there is one; none only when the feed is closed.

        CURSOR_EXPIRED if they were trimmed, also while the reader was busy with those before.
        """
        async with self._changed:
            await self._changed.wait_for(lambda: self.position > cursor or self._closed)
        if self._ring and self._ring[0].position <= cursor + 1:
            start = cursor + 1 - self._ring[0].position
            return [self._ring[at] for at in range(start, min(start + limit, len(self._ring)))]
        return await read_log(self.database, self.workspace, cursor, limit) if self.position > cursor else []

    async def kept_after(self, cursor: int, limit: int = BATCH) -> list[Entry]:
        """The same for those who can do without what was trimmed: they go on where the log begins."""
        try:
            return await self.after(cursor, limit)
        except CursorExpiredError as expired:
            return await self.kept_after(expired.after, limit)

    async def _follow(self) -> None:
        while not self._closed:
            try:
                await self._step()
            except UnavailableError as error:
                log.warning("feed.waits", workspace=self.workspace, reason=str(error))
            except Exception:
                log.exception("feed.failed", workspace=self.workspace)
            else:
                if self._asked != self._served:
                    continue
            await self._pause()

    async def _pause(self) -> None:
        self._woken.clear()
        if self._closed:
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), self.poll)

    async def _step(self) -> None:
        """Sequence and read until nothing more is found, then tell the readers."""
        serving = self._asked
        more = True
        while more and not self._closed:
            placed = await self._place(due=serving != self._served)
            follow = placed and placed[0].position == self.position + 1
            entries = placed if follow else await self._read()
            more = BATCH in (len(placed), len(entries))
            await self._publish(entries, serving if not more else self._served)

    async def _place(self, *, due: bool) -> list[Entry]:
        """Sequence what is pending: `due` is what was committed here, and others may have committed something, too."""
        if due or await any_pending(self.database, self.workspace):
            return await place_pending(self.database, self.workspace)
        return []

    async def _read(self) -> list[Entry]:
        """What is new; others may have placed events and trimmed them since this feed last looked."""
        try:
            return await read_log(self.database, self.workspace, self.position)
        except CursorExpiredError as expired:
            self._ring.clear()
            self.position = expired.after
            return await self._read()

    async def _publish(self, entries: list[Entry], served: int) -> None:
        async with self._changed:
            self._ring.extend(entries)
            self.position = entries[-1].position if entries else self.position
            self._served = served
            FEED_POSITION.set(self.position)
            self._changed.notify_all()
