"""The workers of a workspace's webhooks in this process.

Each process runs a worker for every enabled webhook, and they compete for its deliveries. What verbs do to webhooks is
seen in the log, whichever process did it.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from deskgraph.graph.consumers import Settings, make_consumer
from deskgraph.graph.database import Transaction
from deskgraph.graph.webhooks import enabled_webhooks, lock_webhook
from deskgraph.resolvers.claims import matching
from deskgraph.resolvers.watching import Watch
from deskgraph.resolvers.webhooks.options import WebhookOptions
from deskgraph.resolvers.webhooks.outbound import Outbound
from deskgraph.resolvers.webhooks.sender import Sender
from deskgraph.resolvers.worker import Worker
from deskgraph.schema.webhook import Webhook

if TYPE_CHECKING:
    from deskgraph.resolvers.desk import Desk

# A process that dies is no fault of the receiver's.
LAPSES = 20
# How much may wait to be tried again before the log has to wait too.
BACKLOG = 10_000


class Webhooks:
    """The webhooks of a desk: `desk.webhooks`."""

    def __init__(self, desk: Desk, options: WebhookOptions) -> None:
        self.options = options
        self._desk = desk
        self.outbound = Outbound(timeout=options.timeout, private=options.private_targets)
        self._workers: dict[str, Worker] = {}
        self._watch = Watch(desk, Webhook, self._refresh)

    def workers(self) -> list[Worker]:
        """Those that run in this process."""
        return list(self._workers.values())

    async def start(self) -> None:
        """Run what is enabled, and follow what becomes of it."""
        await self._watch.start()

    async def close(self) -> None:
        """Stop; requests under way are broken off and given back."""
        await self._watch.close()
        await asyncio.gather(*(worker.stop() for worker in self._workers.values()))
        await self.outbound.close()

    def consumer(self, webhook: str) -> str:
        """The name of a webhook's consumer."""
        return f"webhook:{webhook}"

    def settings(self, types: list[str] | None) -> Settings:
        """How the consumer of a webhook with these patterns works."""
        return Settings(
            kind="WEBHOOK",
            types=None if types is None else matching(types),
            max_in_flight=self.options.in_flight,
            timeout=self.options.takeover,
            attempts=len(self.options.schedule),
            lapses=LAPSES,
            ordered=False,
            backlog=BACKLOG,
        )

    async def _refresh(self, changed: set[str]) -> None:
        """Run what is enabled and nothing else, and wake those that were changed."""
        wanted = await self._desk.read(enabled_webhooks)
        await asyncio.gather(*(self._stop(webhook) for webhook in self._workers.keys() - wanted.keys()))
        for webhook, types in wanted.items():
            settings = self.settings(types)
            worker = self._workers.get(webhook)
            if worker is None or worker.claims.settings != settings:
                await self._run(webhook, settings)
        for webhook in changed & self._workers.keys():
            self._workers[webhook].claims.wake()

    async def _run(self, webhook: str, settings: Settings) -> None:
        """Have a worker with these settings, also if there is one with others."""
        name = self.consumer(webhook)

        async def work(tx: Transaction) -> bool:
            if there := await lock_webhook(tx, webhook):
                await make_consumer(tx, name, settings)
            return there

        if not await self._desk.write(work):
            return  # deleted meanwhile
        if webhook in self._workers:
            self._workers[webhook].claims.settings = settings
            return
        self._workers[webhook] = Worker(self._desk, name, settings, Sender(self._desk, webhook, self.outbound))
        self._workers[webhook].start()

    async def _stop(self, webhook: str) -> None:
        await self._workers[webhook].stop()
        del self._workers[webhook]  # not before: `close` stops what is left
