"""Deliveries to a durable consumer: taken from a subscription, kept while they are worked on, settled by mutations."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Any

from deskgraph.client.calls import Calls
from deskgraph.client.consumers import ERRORS, settled
from deskgraph.client.declared import Noun
from deskgraph.client.generated import EVENT
from deskgraph.client.server import Server
from deskgraph.client.subscription import unbroken
from deskgraph.schema.errors import DeliveryExpiredError, UnavailableError

DELIVERIES = """subscription ($consumer: String!, $atOnce: Int) {{
  deliveries(consumer: $consumer, atOnce: $atOnce) {{
    id attempt key event {{ {event} }} {subject}
  }}
}}"""
ACK = f"mutation ($input: AckInput!) {{ done: ack(input: $input) {{ {ERRORS} }} }}"
NACK = f"mutation ($input: NackInput!) {{ done: nack(input: $input) {{ {ERRORS} }} }}"
EXTEND = f"mutation ($input: ExtendInput!) {{ done: extend(input: $input) {{ {ERRORS} }} }}"
# Seconds to give a delivery back when the program stops; otherwise its time runs out.
GOODBYE = 3.0


class Delivery:
    """An event that was given to this program, to be settled before `seconds` are over, or extended by then.

    `subject` is the node that it happened to, as it is now, where that was asked for.
    """

    def __init__(self, calls: Calls, node: dict[str, Any], seconds: float, owed: set[str]) -> None:
        self.event = EVENT.read(node["event"])
        self.key: str = node["key"]
        self.attempt: int = node["attempt"]
        self.settled = False
        self.subject: dict[str, Any] | None = node.get("subject")
        self._id: str = node["id"]
        self._calls = calls
        self._seconds = seconds
        self._owed = owed

    async def ack(self) -> None:
        """Be done with it. DELIVERY_EXPIRED if its time had run out."""
        await self._settle(ACK, {"deliveries": [self._id]})

    async def nack(self, action: str = "retry", *, error: str = "", delay: float | None = None) -> None:
        """Give it back: to be tried again, parked, skipped, or released as if it had not been given."""
        given = {"delivery": self._id, "action": action.upper(), "error": error or "not acknowledged", "delay": delay}
        await self._settle(NACK, given)

    async def done(self) -> None:
        """Acknowledge what was handled. What can't be told the server now will be when it is given once more."""
        try:
            await self.ack()
        except UnavailableError:
            self._owed.add(self.key)
        except DeliveryExpiredError:
            pass
        self.settled = True

    async def leave(self, action: str, error: str = "") -> None:
        """Give back what was not handled, if that can be done quickly."""
        with suppress(DeliveryExpiredError, UnavailableError, TimeoutError):
            async with asyncio.timeout(GOODBYE):
                await self.nack(action, error=error)

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Keep its time from running out while the block runs."""
        keeper = asyncio.create_task(self._keep())
        try:
            yield
        finally:
            keeper.cancel()

    async def _settle(self, text: str, given: dict[str, Any]) -> None:
        await self._calls.settle(text, {"input": given}, settled, DeliveryExpiredError)
        self.settled = True

    async def _keep(self) -> None:
        given = {"delivery": self._id, "seconds": self._seconds}
        while True:
            await asyncio.sleep(self._seconds / 3)
            with suppress(UnavailableError):
                await self._calls.call(EXTEND, {"input": given}, settled)


async def deliveries(
    calls: Calls, server: Server, consumer: str, *, at_once: int, seconds: float, noun: Noun[Any] | None = None
) -> AsyncGenerator[Delivery]:
    """What a consumer is to do, as it becomes due, at the most so many `at_once` that are not settled.

    With the `noun` that its events happen to, their subjects are read, too.
    """
    owed: set[str] = set()  # handled here, but not yet acknowledged
    unread: list[dict[str, Any]] = []
    text, variables = _text(noun), {"consumer": consumer, "atOnce": at_once}
    try:
        async with aclosing(unbroken(server, text, lambda: variables, unread.append)) as answers:
            async for data in answers:
                delivery = Delivery(calls, data["deliveries"], seconds, owed)
                if delivery.key not in owed:
                    yield delivery
                    continue
                owed.discard(delivery.key)
                await delivery.done()
    finally:
        left = [Delivery(calls, data["deliveries"], seconds, owed) for data in unread]
        await asyncio.gather(*(delivery.leave("release") for delivery in left))


def _text(noun: Noun[Any] | None) -> str:
    subject = f"subject {{ ... on {noun.name} {{ {noun.selection} }} }}" if noun else ""
    return DELIVERIES.format(event=EVENT.selection, subject=subject)
