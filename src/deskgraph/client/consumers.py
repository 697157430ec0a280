"""The consumers of a desk, as a remote program manages them: `desk.consumers`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from deskgraph.client.calls import Calls
from deskgraph.client.errors import raise_first
from deskgraph.schema.errors import InvalidInputError, NotFoundError

STATE = """name kind types position lag inFlight waiting parkedCount maxInFlight ackTimeout attempts createdAt seenAt
  parked { event type position subject attempts error at }"""
ALL = f"{{ consumers {{ {STATE} }} }}"
ONE = f"query ($name: String!) {{ consumer(name: $name) {{ {STATE} }} }}"
ERRORS = "errors { code message field }"
OPEN = f"mutation ($input: CreateConsumerInput!) {{ done: createConsumer(input: $input) {{ {ERRORS} }} }}"
DELETE = f"mutation ($input: DeleteConsumerInput!) {{ done: deleteConsumer(input: $input) {{ {ERRORS} }} }}"
REPLAY = f"mutation ($input: ParkedInput!) {{ done: replayParked(input: $input) {{ events {ERRORS} }} }}"
DROP = f"mutation ($input: ParkedInput!) {{ done: dropParked(input: $input) {{ events {ERRORS} }} }}"


class Consumers:
    """What can be done with the consumers of a desk."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def all(self) -> list[dict[str, Any]]:
        """The consumers as they stand, by name."""
        found: list[dict[str, Any]] = await self._calls.call(ALL, {}, lambda data: data["consumers"])
        return found

    async def get(self, name: str) -> dict[str, Any]:
        """One consumer as it stands; NOT_FOUND if there is none of that name."""
        found = await self._calls.call(ONE, {"name": name}, lambda data: data["consumer"])
        if found is None:
            raise NotFoundError(f"There is no consumer {name}.", field="name")
        state: dict[str, Any] = found
        return state

    async def open(
        self,
        name: str,
        *,
        types: Sequence[str] | None = None,
        start: str | int = "now",
        max_in_flight: int = 8,
        ack_timeout: float = 30.0,
        attempts: int = 5,
    ) -> None:
        """Make a consumer, or give one that exists these settings; it goes on where it was.

        `start` is "beginning", "now" or a position, and counts for a new one only.
        """
        given = {
            "name": name,
            "types": None if types is None else list(types),
            **_start(start),
            "maxInFlight": max_in_flight,
            "ackTimeout": ack_timeout,
            "attempts": attempts,
        }
        await self._calls.call(OPEN, {"input": given}, settled)

    async def delete(self, name: str) -> None:
        """Forget a consumer with all it had open; NOT_FOUND if there is none of that name."""
        await self._calls.settle(DELETE, {"input": {"name": name}}, settled, NotFoundError)

    async def replay(self, name: str, event: str | None = None) -> list[str]:
        """Take parked events up again, one or all; their ids."""
        return await self._parked(REPLAY, name, event)

    async def drop(self, name: str, event: str | None = None) -> list[str]:
        """Forget parked events, one or all; their ids."""
        return await self._parked(DROP, name, event)

    async def _parked(self, text: str, name: str, event: str | None) -> list[str]:
        done = await self._calls.call(text, {"input": {"consumer": name, "event": event}}, settled)
        events: list[str] = done["events"]
        return events


def settled(data: dict[str, Any]) -> dict[str, Any]:
    """The payload of a mutation that was done; what its errors say is raised."""
    payload: dict[str, Any] = data["done"]
    raise_first(payload["errors"])
    return payload


def _start(start: str | int) -> dict[str, Any]:
    if isinstance(start, int):
        return {"startAfter": start}
    word = str(start).upper()
    if word not in ("BEGINNING", "NOW"):
        raise InvalidInputError(f"start must be BEGINNING, NOW or a position, not {start!r}.", field="start")
    return {"start": word}
