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
from deskgraph.graph.log import BATCH, Entry, head_of, open_workspace, place_pending, read_log
from deskgraph.graph.telemetry import FEED_POSITION
from deskgraph.schema.errors import CursorExpiredError, UnavailableError

RING = 10_000
# Seconds from one look at the log to the next, unless somebody waits for what was committed here: a look takes the
# database as long as a verb does, however many events it finds.
PACE = 0.05
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
        self._hurried = asyncio.Event()
        self._asked = 0
        self._served = 0
        self._closed = False
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Make the workspace if it is new, and begin to follow."""
        self.position = await open_workspace(self.database, self.workspace)
        FEED_POSITION.set(self.position)
        self._task = asyncio.create_task(self._follow(), name=f"feed {self.workspace}")

    async def close(self) -> None:
        """Stop; readers that wait are released."""
        self._closed = True
        self._hurry()
        if self._task:
            await self._task
        async with self._changed:
            self._changed.notify_all()

    def wake(self) -> None:
        """Something was committed here: sequence it soon."""
        self._asked += 1
        self._woken.set()

    def _hurry(self) -> None:
        """Look at once."""
        self._woken.set()
        self._hurried.set()

    async def settle(self) -> None:
        """Wait until everything that this process committed before has its position and is in the feed.

        UNAVAILABLE if the database does not let it get there in time.
        """
        wanted = self._asked
        if self._served < wanted:
            self._hurry()
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
        clock = asyncio.get_running_loop().time
        while not self._closed:
            self._woken.clear()
            self._hurried.clear()
            began = clock()
            try:
                await self._step()
            except UnavailableError as error:
                log.warning("feed.waits", workspace=self.workspace, reason=str(error))
                self._woken.clear()
            except Exception:
                log.exception("feed.failed", workspace=self.workspace)
                self._woken.clear()
            await self._within(self._woken, self.poll)
            await self._within(self._hurried, began + PACE - clock())

    async def _within(self, event: asyncio.Event, seconds: float) -> None:
        """Wait for an event, but no longer than that."""
        if seconds > 0 and not self._closed and not event.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(event.wait(), seconds)

    async def _step(self) -> None:
        """Sequence and read until nothing more is found, and tell the readers."""
        serving, more = self._asked, True
        while more and not self._closed:
            # What was committed here is there to be sequenced. Otherwise others may have committed or sequenced.
            head = None if serving != self._served else await head_of(self.database, self.workspace)
            if head == (self.position, False):
                return
            placed = await place_pending(self.database, self.workspace) if head is None or head.pending else []
            follow = placed and placed[0].position == self.position + 1
            entries = placed if follow else await self._read()
            more = BATCH in (len(placed), len(entries))
            await self._publish(entries, serving if not more else self._served)

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
