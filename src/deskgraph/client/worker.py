"""The worker of an after-hook: handles what its consumer is given, some events side by side."""

from __future__ import annotations

import asyncio
import inspect
import logging
from contextlib import aclosing, suppress

from deskgraph.client.calls import Calls
from deskgraph.client.consumers import Consumers
from deskgraph.client.context import Context
from deskgraph.client.deliveries import Delivery, deliveries
from deskgraph.client.hooks import AfterHook, Hooks
from deskgraph.client.server import Server
from deskgraph.schema.errors import DeliveryExpiredError, NotFoundError, UnavailableError

log = logging.getLogger(__name__)


class Worker:
    """Runs one after-hook. What it does is settled by a mutation: acknowledged, or given back to be tried again."""

    def __init__(self, calls: Calls, hooks: Hooks, server: Server, hook: AfterHook) -> None:
        self._calls = calls
        self._hooks = hooks
        self._server = server
        self._hook = hook
        self._stopping = asyncio.Event()

    async def open(self) -> None:
        """Make the hook's consumer, so that nothing is missed from now on."""
        hook = self._hook
        await Consumers(self._calls).open(
            hook.name,
            types=[hook.verb.event],
            start=hook.start,
            max_in_flight=hook.max_in_flight,
            ack_timeout=hook.ack_timeout,
            attempts=hook.attempts,
        )

    def stop(self) -> None:
        """Take nothing more; what runs may end."""
        self._stopping.set()

    async def work(self) -> None:
        """Run the hook until it is to stop; cancelled, it gives back what is half done."""
        async with asyncio.TaskGroup() as running:
            taking = running.create_task(self._take(running))
            await self._stopping.wait()
            taking.cancel()

    async def _take(self, running: asyncio.TaskGroup) -> None:
        hook = self._hook
        given = deliveries(
            self._calls,
            self._server,
            hook.name,
            at_once=hook.max_in_flight,
            seconds=hook.ack_timeout,
            noun=hook.verb.noun,
        )
        async with aclosing(given) as taken:
            async for delivery in taken:
                running.create_task(self._handle(delivery))

    async def _handle(self, delivery: Delivery) -> None:
        try:
            async with delivery.kept():
                await self._run(delivery)
        except (Exception, asyncio.CancelledError) as error:
            if (task := asyncio.current_task()) and task.cancelling():
                await delivery.leave("release")
                raise
            await self._failed(delivery, error)
        else:
            await delivery.done()

    async def _run(self, delivery: Delivery) -> None:
        if delivery.subject is None:
            raise NotFoundError(f"{delivery.event.subject_id} is gone.")
        context = Context(self._calls, self._hooks, delivery.event, delivery.key, delivery.attempt)
        answer = self._hook.run(self._hook.verb.noun.read(delivery.subject), context)
        if inspect.isawaitable(answer):
            await answer

    async def _failed(self, delivery: Delivery, error: BaseException) -> None:
        log.warning("%s failed for %s, attempt %d", self._hook.name, delivery.event, delivery.attempt, exc_info=error)
        text = f"{getattr(error, 'code', type(error).__name__)}: {error}"
        with suppress(DeliveryExpiredError, UnavailableError):
            await delivery.nack(error=text.encode(errors="replace").decode())
