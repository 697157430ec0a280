"""After-hooks: durable consumers of the event log that run in this process.

What a hook writes through its context is committed in one transaction with the acknowledgement of its event, so a
crash at any point gives one effect, never none, never two. Several processes may run the same hook: the consumer's
lock and its position let one of them do each event.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from deskgraph.graph.compiler.cypher import by_id, plan
from deskgraph.graph.compiler.picks import record_picks
from deskgraph.graph.compiler.scope import Scope
from deskgraph.graph.database import Transaction, Work
from deskgraph.graph.log import Entry, advance_consumer, lock_consumer, open_consumer, park_event
from deskgraph.graph.writing import Cause
from deskgraph.resolvers.hooks import AfterHook
from deskgraph.resolvers.records import Record
from deskgraph.resolvers.session import Session, run_hook
from deskgraph.schema.errors import UnavailableError
from deskgraph.schema.event import Event
from deskgraph.schema.ids import prefix_of
from deskgraph.schema.noun import by_prefix

if TYPE_CHECKING:
    from deskgraph.resolvers.desk import Desk

# What is none of a hook's business is passed over without a write, but for one each so many events.
STRIDE = 500
# Seconds before a hook goes on after a failure that is not its own, such as the database's.
PAUSE = 1.0
log = structlog.get_logger(__name__)


class Consumer:
    """One after-hook at work: reads the log from where it stood and runs the hook for each event of its type."""

    def __init__(self, desk: Desk, hook: AfterHook) -> None:
        self.desk = desk
        self.hook = hook
        self.position = 0
        self._saved = 0
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Stand after what the log holds now, or where an earlier run has come to, and begin to work."""
        self.position = await open_consumer(self.desk.database, self.desk.workspace, self.hook.name)
        self._saved = self.position
        self._task = asyncio.create_task(self._work(), name=f"after-hook {self.hook.name}")

    async def stop(self) -> None:
        """Stop; what is half done is rolled back and done after the next start."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _work(self) -> None:
        while entries := await self.desk.feed.after(self.position):
            try:
                await self._batch(entries)
            except Exception as error:
                log.warning("hook.waits", hook=self.hook.name, exc_info=error)
                await asyncio.sleep(PAUSE)
                continue
            self.position = entries[-1].position
            async with self.desk.consumed:
                self.desk.consumed.notify_all()

    async def _batch(self, entries: list[Entry]) -> None:
        for entry in entries:
            if entry.type == self.hook.event:
                await self._handle(entry)
        last = entries[-1].position
        if last - self._saved >= STRIDE:
            await self._write(lambda tx: advance_consumer(tx, self.hook.name, last))
            self._saved = last

    async def _handle(self, entry: Entry) -> None:
        """Run the hook until it succeeds, or park the event after the last attempt."""
        for attempt in range(1, self.desk.attempts + 1):
            try:
                await self._write(lambda tx: self._once(tx, entry))
            except UnavailableError:
                raise
            except (Exception, asyncio.CancelledError) as error:
                if (task := asyncio.current_task()) and task.cancelling():
                    raise  # this consumer is stopped; any other cancelled task is the hook's own failure
                log.warning("hook.failed", hook=self.hook.name, event_id=entry.id, attempt=attempt, exc_info=error)
                if attempt == self.desk.attempts:
                    await self._park(entry, error, attempt)
                else:
                    await asyncio.sleep(self.desk.backoff * 2 ** (attempt - 1))
            else:
                self.desk.feed.wake()
                return

    async def _once(self, tx: Transaction, entry: Entry) -> None:
        """The hook and its acknowledgement, in one transaction."""
        if await lock_consumer(tx, self.hook.name) >= entry.position:
            return
        session, subject = await self._context(tx, entry)
        await run_hook(self.hook.run, subject, session)
        await advance_consumer(tx, self.hook.name, entry.position)

    async def _context(self, tx: Transaction, entry: Entry) -> tuple[Session, Record]:
        """The subject as it is now and the hook's context."""
        noun = by_prefix(prefix_of(entry.subject))
        assert noun
        scope = Scope()
        values = {
            "subject": by_id(noun, entry.subject, record_picks(noun), scope, deleted=True),
            "event": by_id(Event, entry.id, record_picks(Event), scope),
        }
        session = Session(
            self.desk,
            f"hook:{self.hook.name}",
            tx=tx,
            cause=Cause(entry.id, entry.depth),
            key=f"{self.hook.name}:{entry.id}",
        )
        found = await session.read(plan(values, scope))
        session.event = Record.read(Event, found["event"])
        return session, Record.read(noun, found["subject"])

    async def _park(self, entry: Entry, error: BaseException, attempts: int) -> None:
        """Set the event aside with its error, and go on with the next one."""
        text = f"{getattr(error, 'code', type(error).__name__)}: {error}".encode(errors="replace").decode()

        async def work(tx: Transaction) -> None:
            await park_event(tx, self.hook.name, entry.id, text, attempts)
            await advance_consumer(tx, self.hook.name, entry.position)

        log.error("hook.parked", hook=self.hook.name, event_id=entry.id, error=text)
        await self._write(work)

    async def _write(self, work: Work[None]) -> None:
        await self.desk.database.write(self.desk.workspace, work)
