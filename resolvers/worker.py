"""A worker of a consumer in this process: handles what it claims, some deliveries side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import TYPE_CHECKING, Any

import structlog

from deskgraph.graph.consumers import Delivery, Settings, extend, fail
from deskgraph.graph.database import Work
from deskgraph.graph.telemetry import DELIVERIES, span
from deskgraph.resolvers.claims import PAUSE, Claims
from deskgraph.schema.consumer import FailureAction
from deskgraph.schema.errors import DeliveryExpiredError, NotFoundError, UnavailableError

if TYPE_CHECKING:
    from deskgraph.resolvers.desk import Desk

Handle = Callable[[Delivery], Coroutine[Any, Any, None]]
log = structlog.get_logger(__name__)


class Worker:
    """Has `handle` settle each delivery of a consumer; the leases of those it works on are kept from running out."""

    def __init__(self, desk: Desk, name: str, settings: Settings, handle: Handle) -> None:
        self.claims = Claims(desk, name, settings)
        self._desk = desk
        self._handle = handle
        self._running: dict[asyncio.Task[None], Delivery] = {}
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def settled(self) -> bool:
        """Whether everything in the log up to now is done with."""
        return not self._running and self.claims.settled()

    def start(self) -> None:
        """Begin to work. What is logged and traced is its own, not the request's that happened to start it."""
        Context().run(self._start)

    def _start(self) -> None:
        self.claims.start()
        name = self.claims.name
        self._tasks = [
            asyncio.create_task(self._work(), name=f"worker {name}"),
            asyncio.create_task(self._keep(), name=f"leases {name}"),
        ]

    async def stop(self) -> None:
        """Stop; what is half done is rolled back and given back, so that another worker may take it at once."""
        await self.claims.close()
        leases = [delivery.lease for delivery in self._running.values()]
        for task in (*self._tasks, *self._running):
            task.cancel()
        await asyncio.gather(*self._tasks, *self._running, return_exceptions=True)
        await self.claims.give_back(leases)

    async def _work(self) -> None:
        most = self.claims.settings.max_in_flight
        while True:
            if len(self._running) >= most:
                await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
                continue
            try:
                deliveries = await self.claims.take(most - len(self._running))
            except NotFoundError:
                log.warning("consumer.deleted", consumer=self.claims.name)
                return
            if not deliveries:
                return
            for delivery in deliveries:
                task = asyncio.create_task(self._deliver(delivery))
                self._running[task] = delivery
                task.add_done_callback(self._ended)

    async def _deliver(self, delivery: Delivery) -> None:
        """Have one delivery handled."""
        DELIVERIES.labels(self.claims.settings.kind).inc()
        name, position = self.claims.name, delivery.entry.position
        with span("consumer delivery", deskgraph__consumer=name, deskgraph__position=position):
            await self._handle(delivery)

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self._running[task]
        if not task.cancelled() and (error := task.exception()):
            log.error("consumer.failed", consumer=self.claims.name, exc_info=error)
        self.claims.wake()  # its subject's next event may be due

    async def _keep(self) -> None:
        timeout = self.claims.settings.timeout
        while True:
            await asyncio.sleep(timeout / 3)
            leases = [delivery.lease for delivery in self._running.values()]
            if leases:
                await _somehow(self._desk, lambda tx, leases=leases: extend(tx, leases, timeout))  # type: ignore[misc]


async def _somehow(desk: Desk, work: Work[object]) -> None:
    """Write if that is possible; another time will do."""
    try:
        await desk.write(work)
    except Exception as error:
        log.info("consumer.waits", exc_info=error)


async def refuse(
    desk: Desk, delivery: Delivery, error: str, action: FailureAction = FailureAction.RETRY, delay: float | None = None
) -> bool:
    """Record that a delivery failed, however long the database is away; whether it was parked."""
    while True:
        try:
            _, parked = await desk.write(lambda tx: fail(tx, delivery.lease, error, action, delay))
        except DeliveryExpiredError:
            return False
        except UnavailableError:
            await asyncio.sleep(PAUSE)
        else:
            return parked
