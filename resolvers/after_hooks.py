"""After-hooks: durable consumers of the event log that run in this process.

What a hook writes through its context is committed in one transaction with the acknowledgement of its event. Another
worker may have got the delivery meanwhile, if this one seemed dead: then the acknowledgement fails and with it all that
the hook wrote. So a crash at any point gives one effect, never none, never two.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from deskgraph.graph.compiler.cypher import by_id, plan
from deskgraph.graph.compiler.picks import record_picks
from deskgraph.graph.compiler.scope import Scope
from deskgraph.graph.consumers import Delivery, Settings, acknowledge, chain
from deskgraph.graph.database import Transaction
from deskgraph.graph.log import Entry
from deskgraph.graph.telemetry import span
from deskgraph.graph.writing import Cause
from deskgraph.resolvers.claims import PAUSE
from deskgraph.resolvers.hooks import AfterHook
from deskgraph.resolvers.records import Record
from deskgraph.resolvers.session import Session, run_hook
from deskgraph.resolvers.worker import refuse
from deskgraph.schema.consumer import FailureAction
from deskgraph.schema.errors import CausalChainError, DeliveryExpiredError, TookTooLongError, UnavailableError
from deskgraph.schema.event import Event
from deskgraph.schema.ids import prefix_of
from deskgraph.schema.noun import by_prefix
from deskgraph.schema.roles import Caller

if TYPE_CHECKING:
    from deskgraph.resolvers.desk import Desk

# Seconds until another process takes over what a killed one had begun; a live one extends its leases.
TAKEOVER = 10.0
# A process that dies is no fault of the hook's, unless it does so each time.
LAPSES = 20
log = structlog.get_logger(__name__)


def settings_of(desk: Desk, hook: AfterHook) -> Settings:
    """How the consumer of an after-hook works."""
    return Settings(
        kind="HOOK",
        types=(hook.event,),
        max_in_flight=hook.max_in_flight,
        timeout=TAKEOVER,
        attempts=desk.attempts,
        backoff=desk.backoff,
        lapses=LAPSES,
    )


class HookRunner:
    """Runs one after-hook for deliveries."""

    def __init__(self, desk: Desk, hook: AfterHook) -> None:
        self.desk = desk
        self.hook = hook

    async def __call__(self, delivery: Delivery) -> None:
        """Run the hook until it is committed or has failed; while the database is away it waits."""
        while True:
            try:
                await self.desk.write(lambda tx: self._once(tx, delivery))
            except DeliveryExpiredError:
                break  # done with already, or another worker's
            except TookTooLongError as error:
                await self._failed(delivery, error)
                break
            except UnavailableError:
                await asyncio.sleep(PAUSE)
            except (Exception, asyncio.CancelledError) as error:
                if (task := asyncio.current_task()) and task.cancelling():
                    raise  # this worker is stopped; any other cancelled task is the hook's own failure
                await self._failed(delivery, error)
                break
            else:
                self.desk.feed.wake()
                break

    async def _once(self, tx: Transaction, delivery: Delivery) -> None:
        """The hook and its acknowledgement, in one transaction."""
        session, subject = await self._context(tx, delivery.entry)
        with span("hook", deskgraph__hook=self.hook.name, deskgraph__event=delivery.entry.type):
            await run_hook(self.hook.run, subject, session)
        await acknowledge(tx, delivery.lease)

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
            Caller(f"hook:{self.hook.name}"),
            tx=tx,
            cause=Cause(entry.id, entry.depth),
            key=f"{self.hook.name}:{entry.id}",
        )
        found = await session.read(plan(values, scope))
        session.event = Record.read(Event, found["event"])
        return session, Record.read(noun, found["subject"])

    async def _failed(self, delivery: Delivery, error: BaseException) -> None:
        """Have it tried again, or parked: after the last attempt, or at once where trying again can't help."""
        name, entry = self.hook.name, delivery.entry
        log.warning("hook.failed", hook=name, event_id=entry.id, attempt=delivery.attempt, exc_info=error)
        text = f"{getattr(error, 'code', type(error).__name__)}: {error}".encode(errors="replace").decode()
        action = FailureAction.RETRY
        if isinstance(error, CausalChainError):
            action = FailureAction.PARK
            text += f" {await self.desk.read(lambda tx: chain(tx, entry.id))}"
        if await refuse(self.desk, delivery, text, action):
            log.error("hook.parked", hook=name, event_id=entry.id, error=text)
