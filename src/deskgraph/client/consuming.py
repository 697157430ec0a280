"""A durable consumer's events in a loop: `async for event in desk.consume("billing", types=["ticket.resolved"])`."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from deskgraph.client.deliveries import Delivery
from deskgraph.client.generated import Event


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Taken(Event):
    """An event that a consumer received: the event's own fields and what names the delivery.

    `attempt` counts from 1. `key` names this event for this consumer and stays the same over attempts: give it to
    whatever must not happen twice.
    """

    attempt: int
    key: str
    delivery: Delivery

    @property
    def event(self) -> Event:
        """The event alone."""
        return self.delivery.event

    def as_dict(self) -> dict[str, Any]:
        """The event's values by name."""
        return self.event.as_dict()

    def __repr__(self) -> str:
        return f"<attempt {self.attempt} of {self.event!r}>"


class Received(Taken):
    """An event that a consumer received, and what to do with it."""

    async def ack(self) -> None:
        """Be done with it. DELIVERY_EXPIRED if another worker has it by now."""
        await self.delivery.ack()

    async def nack(self, action: str = "retry", *, error: str = "", delay: float | None = None) -> None:
        """Give it back: to be tried again after its back-off or `delay` seconds, parked, skipped, or released."""
        await self.delivery.nack(action, error=error, delay=delay)


async def received(given: AsyncGenerator[Delivery]) -> AsyncGenerator[Received]:
    """Each delivery as an event; it is acknowledged when the next one is asked for.

    Its time is extended for as long as the loop's body takes. A loop that is left by an error or a break has not
    acknowledged its last event, which is tried again after a pause, by whoever consumes then.
    """
    async with aclosing(given) as deliveries:
        async for one in deliveries:
            try:
                async with one.kept():
                    yield Received(**one.event.as_dict(), attempt=one.attempt, key=one.key, delivery=one)
                if not one.settled:
                    await one.done()
            finally:
                if not one.settled:
                    await one.leave("retry", "the loop was left before it was acknowledged")
