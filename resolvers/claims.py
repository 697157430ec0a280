"""How a worker waits for a consumer's deliveries: it claims some whenever there may be some."""

from __future__ import annotations

import asyncio
import contextlib
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import structlog

from deskgraph.graph.consumers import Claim, Delivery, Settings, claim, give_back
from deskgraph.graph.log import Entry
from deskgraph.schema.errors import CursorExpiredError, InvalidInputError, NotFoundError
from deskgraph.schema.ids import new_id
from deskgraph.schema.verb import VERBS

if TYPE_CHECKING:
    from deskgraph.resolvers.desk import Desk

# What is none of a consumer's business is passed over without a write, but for one each so many events.
STRIDE = 500
# Seconds before a worker goes on after a failure that is not its own, such as the database's.
PAUSE = 1.0
# Seconds after which a worker looks what other processes did: while that may free a subject's next event, and else.
SHARED, IDLE = 0.25, 2.0
# Seconds to give deliveries back when a worker stops; otherwise their leases run out.
GOODBYE = 3.0
log = structlog.get_logger(__name__)


class Claims:
    """The deliveries of one consumer as they become due for this worker."""

    def __init__(self, desk: Desk, name: str, settings: Settings, at_once: int | None = None) -> None:
        """`at_once`: how many it has at the most, taken and not settled; by default as many as the consumer may."""
        self.desk = desk
        self.name = name
        self.settings = settings
        self._at_once = at_once
        self._worker = None if at_once is None else new_id("worker")
        self.resting = False
        self._closed = False
        self._seen = 0
        self._taken = Claim([], 0, 0, None)
        self._woken = asyncio.Event()
        self._watching: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to watch the log for this consumer's types."""
        self._seen = self.desk.feed.position
        self._watching = asyncio.create_task(self._watch(), name=f"consumer {self.name}")

    async def close(self) -> None:
        """Take nothing more; who waits in `take` gets nothing."""
        self._closed = True
        self.wake()
        if self._watching:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)

    def wake(self) -> None:
        """There may be something to take."""
        self.resting = False
        self._woken.set()

    def settled(self) -> bool:
        """Whether everything in the log up to now is done with, as far as this process knows."""
        return self.resting and self._taken.open == 0 and self._seen >= self.desk.feed.position

    async def take(self, want: int) -> list[Delivery]:
        """One to `want` deliveries, as soon as there is one; none only when closed. NOT_FOUND if it is deleted."""
        while not self._closed:
            self._woken.clear()
            head, before = self.desk.feed.position, self._taken.position
            try:
                self._taken = await self._claim(head, want)
            except NotFoundError:
                raise
            except Exception as error:
                log.warning("consumer.waits", consumer=self.name, exc_info=error)
                await asyncio.sleep(PAUSE)
                continue
            if self._taken.deliveries:
                return self._taken.deliveries
            if self._taken.position in (before, head):  # otherwise there is more of the log to look through
                await self._rest()
        return []

    async def give_back(self, leases: list[str]) -> None:
        """Give deliveries back that were taken and not begun, so that another worker may take them at once."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE):
                await asyncio.gather(*map(self._give_back, leases), return_exceptions=True)
        if leases:
            self.desk.consumers.wake(self.name)

    async def _give_back(self, lease: str) -> None:
        await self.desk.write(lambda tx: give_back(tx, lease))

    async def _claim(self, head: int, want: int) -> Claim:
        """Claim some. Cancelled meanwhile, it gives back what it is given all the same."""
        claiming = asyncio.ensure_future(
            claim(
                self.desk.database,
                self.desk.workspace,
                self.name,
                self.settings,
                head=head,
                want=want,
                worker=self._worker,
                at_once=self._at_once,
            )
        )
        try:
            return await asyncio.shield(claiming)
        except asyncio.CancelledError:
            with contextlib.suppress(Exception):
                await self.give_back([delivery.lease for delivery in (await claiming).deliveries])
            raise

    async def _rest(self) -> None:
        """Wait until there may be something."""
        poll = SHARED if self._taken.open and self.settings.ordered else IDLE
        wait = poll if self._taken.wait is None else min(poll, self._taken.wait)
        self.resting = not self._woken.is_set()
        async with self.desk.consumed:
            self.desk.consumed.notify_all()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), wait)
        self.resting = False

    async def _watch(self) -> None:
        """Wake when the log has something of these types, or much that is not."""
        while entries := await self._next():
            cursor = entries[-1].position
            types = self.settings.types
            far = cursor - self._taken.position >= STRIDE
            if far or any(types is None or entry.type in types for entry in entries):
                self.wake()
            self._seen = cursor
            async with self.desk.consumed:
                self.desk.consumed.notify_all()

    async def _next(self) -> list[Entry]:
        """The log after what was seen. What is trimmed is done with: other workers of this consumer have seen to it."""
        try:
            return await self.desk.feed.after(self._seen)
        except CursorExpiredError as expired:
            self._seen = expired.after
            self.wake()
            return await self._next()


def concrete(patterns: list[str] | None) -> tuple[str, ...] | None:
    """The event types that patterns such as `ticket.*` mean; None for all. INVALID_INPUT if no verb writes such."""
    for pattern in patterns or ():
        if not matching([pattern]):
            known = ", ".join(sorted({verb.event() for verb in VERBS.values()}))
            raise InvalidInputError(f"There are the events {known}, not {pattern!r}.", field="types")
    return None if patterns is None else matching(patterns)


def matching(patterns: list[str]) -> tuple[str, ...]:
    """The event types that match at least one of the patterns."""
    known = sorted({verb.event() for verb in VERBS.values()})
    return tuple(event for event in known if any(fnmatchcase(event, pattern) for pattern in patterns))
