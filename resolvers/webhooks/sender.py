"""One delivery of a webhook: the request, what is kept of it, and what follows from it.

A delivery is settled after its answer. Whoever is killed in between leaves a lease that runs out, and the event is sent
again: at least once, always under the same `webhook-id`.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from datetime import datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import orjson
import structlog

from deskgraph.graph.consumers import Delivery, acknowledge, fail
from deskgraph.graph.database import Transaction
from deskgraph.graph.webhooks import Attempt, Health, record, target_of, trim_attempts
from deskgraph.resolvers.claims import PAUSE
from deskgraph.resolvers.consumers import event_of
from deskgraph.resolvers.records import Record
from deskgraph.resolvers.webhooks.outbound import Answer, Outbound
from deskgraph.resolvers.webhooks.secrets import signatures
from deskgraph.schema.errors import DeliveryExpiredError, DeskError, UnavailableError
from deskgraph.schema.event import Event
from deskgraph.schema.scalars import now

if TYPE_CHECKING:
    from deskgraph.resolvers.desk import Desk

GONE = 410
# Forgetting attempts one by one would cost more than they do.
SLACK = 1.1
AGENT = f"deskgraph/{version('deskgraph')}"
log = structlog.get_logger(__name__)


class Sender:
    """Sends a webhook its deliveries."""

    def __init__(self, desk: Desk, webhook: str, outbound: Outbound) -> None:
        self._desk = desk
        self._webhook = webhook
        self._outbound = outbound
        self._options = desk.webhooks.options

    async def __call__(self, delivery: Delivery) -> None:
        """Send a delivery once, and settle it by the answer."""
        ready = await self._ready(delivery)
        if ready is None:
            return
        target, body = ready
        at = now()
        answer = await self._outbound.post(target["url"], headers(target["secrets"], delivery.entry.id, at, body), body)
        health = await self._kept(delivery, at, answer)
        await self._follow_up(delivery, answer, health)

    async def _ready(self, delivery: Delivery) -> tuple[dict[str, Any], bytes] | None:
        """Where to send what; None where the webhook is gone.

        It waits while the database is away, and while the webhook is disabled: then its worker is about to be stopped.
        """
        while True:
            with contextlib.suppress(UnavailableError):
                target = await self._desk.read(lambda tx: target_of(tx, self._webhook))
                if target is None:
                    return None
                if target["enabled"]:
                    return target, message(await event_of(self._desk, delivery))
            await asyncio.sleep(PAUSE)

    async def _kept(self, delivery: Delivery, at: datetime, answer: Answer) -> Health:
        """Settle the delivery and keep the attempt, in one transaction, however long the database is away."""
        delay = self._delay(delivery, answer)
        while True:
            try:
                return await self._desk.write(lambda tx: self._settle(tx, delivery, at, answer, delay))
            except UnavailableError:
                await asyncio.sleep(PAUSE)

    async def _settle(self, tx: Transaction, delivery: Delivery, at: datetime, answer: Answer, delay: float) -> Health:
        try:
            if answer.error is None:
                await acknowledge(tx, delivery.lease)
            else:
                await fail(tx, delivery.lease, answer.error, delay=delay)
        except DeliveryExpiredError:
            pass  # another worker has it by now; that this request was made is true all the same
        attempt = Attempt(at, delivery.attempt, answer.status, answer.ms, answer.error, answer.text)
        return await record(
            tx,
            self._webhook,
            delivery.entry.id,
            attempt,
            give_up=self._options.give_up,
            least=len(self._options.schedule),
        )

    def _delay(self, delivery: Delivery, answer: Answer) -> float:
        """The pause before the next try: the schedule's, or what the receiver asks for, up to the longest pause."""
        schedule, jitter = self._options.schedule, self._options.jitter
        pause = schedule[min(delivery.attempts + 1, len(schedule) - 1)]
        asked = min(answer.retry_after or 0.0, max(schedule))
        return max(pause * random.uniform(1 - jitter, 1 + jitter), asked)  # noqa: S311 - no secret

    async def _follow_up(self, delivery: Delivery, answer: Answer, health: Health) -> None:
        if answer.error:
            event, attempt = delivery.entry.id, delivery.attempt
            log.warning("webhook.failed", webhook=self._webhook, event_id=event, attempt=attempt, error=answer.error)
        if answer.status == GONE:
            await self._disable("The receiver answered 410 Gone.")
        elif health.hopeless:
            await self._disable(f"No request has succeeded since {health.since}; the last one: {answer.error}")
        if health.kept > self._options.kept * SLACK:
            with contextlib.suppress(UnavailableError):  # the next one does it
                await self._desk.write(lambda tx: trim_attempts(tx, self._webhook, self._options.kept))

    async def _disable(self, reason: str) -> None:
        try:
            await self._desk.acting("system").Webhook.disable(id=self._webhook, reason=reason[:500])
        except DeskError as error:  # it is disabled or deleted already, or a hook vetoed
            log.info("webhook.not_disabled", webhook=self._webhook, error=str(error))


def message(event: Record) -> bytes:
    """The body of an event's request, the same for each try."""
    at = event.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    data = {prop.graphql: getattr(event, prop.name) for prop in Event.props()}
    return orjson.dumps({"type": event.type, "timestamp": at, "data": {**data, "at": at, "cause": event.cause}})


def headers(secrets: str, event: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers of a request, as Standard Webhooks wants them."""
    return {
        "content-type": "application/json",
        "user-agent": AGENT,
        "webhook-id": event,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signatures(secrets, event, at, body.decode()),
    }
