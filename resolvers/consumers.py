"""The consumers of a desk: opened, listed, their deliveries taken and settled, from Python and by remote programs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from deskgraph.graph import consumers as stored
from deskgraph.graph.compiler.cypher import by_id, plan
from deskgraph.graph.compiler.picks import record_picks
from deskgraph.graph.compiler.scope import Scope
from deskgraph.graph.consumers import BEGINNING, Delivery, Settings
from deskgraph.graph.database import Transaction
from deskgraph.resolvers.claims import PAUSE, Claims, concrete
from deskgraph.resolvers.records import Record
from deskgraph.schema.consumer import ConsumerStart, FailureAction
from deskgraph.schema.errors import DeliveryExpiredError, InvalidInputError, NotFoundError, UnavailableError
from deskgraph.schema.event import Event
from deskgraph.schema.fields import Text

if TYPE_CHECKING:
    from deskgraph.resolvers.desk import Desk

LONGEST_LEASE = 12 * 3600.0
T = TypeVar("T")


class Consumers:
    """What can be done with the consumers of a desk: `desk.consumers`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._claims: set[Claims] = set()

    async def all(self, name: str | None = None, first: int = 100) -> list[dict[str, Any]]:
        """The consumers as they stand, by name, each with the first so many of its parked events."""
        await self._desk.feed.settle()
        return await self._desk.read(lambda tx: stored.consumers(tx, name, first))

    async def get(self, name: str) -> dict[str, Any]:
        """One consumer as it stands; NOT_FOUND if there is none of that name."""
        found = await self.all(name)
        if not found:
            raise NotFoundError(f"There is no consumer {name}.", field="name")
        return found[0]

    async def open(
        self,
        name: str,
        *,
        types: Sequence[str] | None = None,
        start: ConsumerStart | str | int = ConsumerStart.NOW,
        max_in_flight: int = 8,
        ack_timeout: float = 30.0,
        attempts: int = 5,
        keep: bool = False,
    ) -> Settings:
        """Make a consumer if it is new; its settings. An earlier one gets these settings, unless they are to `keep`.

        `start` is BEGINNING, NOW or a position, and counts for a new one only.
        """
        patterns = None if types is None else list(types)
        settings = Settings(
            types=concrete(patterns),
            max_in_flight=max_in_flight,
            timeout=ack_timeout,
            attempts=attempts,
            lapses=attempts,
        )
        _check(name, settings)
        for row in await self.all(name):
            if row["kind"] != settings.kind:
                raise InvalidInputError(
                    f"{name} is a consumer of the kind {row['kind']}: choose another name.", field="name"
                )
        await stored.open_consumer(
            self._desk.database, self._desk.workspace, name, settings, after=_after(start), keep=keep
        )
        return settings_of(await self.get(name)) if keep else settings

    async def delete(self, name: str) -> None:
        """Forget a consumer with all it had open; NOT_FOUND if there is none of that name.

        INVALID_INPUT for one that works in this process: an after-hook, a webhook.
        """
        if self._desk.workers(name):
            raise InvalidInputError(f"{name} is at work here: take away the hook or webhook instead.", field="name")
        if not await self._desk.write(lambda tx: stored.delete_consumer(tx, name)):
            raise NotFoundError(f"There is no consumer {name}.", field="name")
        self.wake(name)

    async def ack(self, lease: str) -> None:
        """Be done with a delivery. DELIVERY_EXPIRED if it is no longer this lease's."""
        self.wake(await self._desk.write(lambda tx: stored.acknowledge(tx, lease)))

    async def nack(
        self,
        lease: str,
        action: FailureAction = FailureAction.RETRY,
        *,
        error: str = "not acknowledged",
        delay: float | None = None,
    ) -> None:
        """Say that a delivery was not handled. RETRY: again after `delay` seconds, by default its back-off."""
        _within("delay", delay, 0, LONGEST_LEASE * 2)
        name, _ = await self._desk.write(lambda tx: stored.fail(tx, lease, error, action, delay))
        self.wake(name)

    async def extend(self, lease: str, seconds: float) -> None:
        """Take more time for a delivery: so many seconds from now. DELIVERY_EXPIRED if it is no longer this lease's."""
        _within("seconds", seconds, 0.001, LONGEST_LEASE)
        if not await self._desk.write(lambda tx: stored.extend(tx, [lease], seconds)):
            raise DeliveryExpiredError(field="delivery")

    async def replay(self, name: str, event: str | None = None) -> list[str]:
        """Take parked events up again, one or all; their ids."""
        return await self._parked(name, event, stored.replay)

    async def drop(self, name: str, event: str | None = None) -> list[str]:
        """Forget parked events, one or all; their ids."""
        return await self._parked(name, event, stored.forget)

    def wake(self, name: str) -> None:
        """Tell the workers in this process that the consumer may have something for them."""
        for claims in self._claims:
            if claims.name == name:
                claims.wake()

    @asynccontextmanager
    async def claims(self, name: str, settings: Settings, at_once: int | None = None) -> AsyncIterator[Claims]:
        """Take deliveries of a consumer while this is open, `at_once` so many at the most that are not settled."""
        _within("atOnce", at_once, 1, 1000)
        claims = Claims(self._desk, name, settings, at_once)
        self._claims.add(claims)
        claims.start()
        try:
            yield claims
        finally:
            self._claims.discard(claims)
            await claims.close()

    async def close(self) -> None:
        """Let whoever takes deliveries come to an end."""
        await asyncio.gather(*(claims.close() for claims in list(self._claims)))

    async def _parked(
        self, name: str, event: str | None, work: Callable[[Transaction, str, str | None], Awaitable[list[str]]]
    ) -> list[str]:
        await self.get(name)
        found = await self._desk.write(lambda tx: work(tx, name, event))
        if event is not None and not found:
            raise NotFoundError(f"{name} has not parked {event}.", field="event")
        for worker in self._desk.workers(name):
            worker.claims.wake()
        self.wake(name)
        return found


class Received:
    """An event that a consumer received: the event's own fields (`id`, `type`, `data`, ...) and what to do with it.

    `attempt` counts from 1. `key` names this event for this consumer and stays the same over attempts: give it to
    whatever must not happen twice.
    """

    def __init__(self, desk: Desk, consumer: str, delivery: Delivery, event: Record) -> None:
        self.event = event
        self.attempt = delivery.attempt
        self.key = f"{consumer}:{delivery.entry.id}"
        self.settled = False
        self._desk = desk
        self._lease = delivery.lease

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.event, name)

    def __repr__(self) -> str:
        return f"<attempt {self.attempt} of {self.event!r}>"

    async def ack(self) -> None:
        """Be done with it. DELIVERY_EXPIRED if another worker has it by now."""
        await self._desk.consumers.ack(self._lease)
        self.settled = True

    async def nack(
        self, action: FailureAction | str = FailureAction.RETRY, *, error: str = "", delay: float | None = None
    ) -> None:
        """Give it back: to be tried again after its back-off or `delay` seconds, to be parked, or to be skipped."""
        chosen = FailureAction[str(action).upper()]
        await self._desk.consumers.nack(self._lease, chosen, error=error or "not acknowledged", delay=delay)
        self.settled = True


async def consume(desk: Desk, name: str, settings: Settings) -> AsyncGenerator[Received]:
    """Each delivery as an event; it is acknowledged when the next one is asked for.

    Its lease is extended for as long as the loop's body takes. A loop that is left by an error or a break has not
    acknowledged its last event, which is tried again after a pause, by whoever consumes then. While the database is
    away the loop waits.
    """
    async with desk.consumers.claims(name, settings) as claims:
        while deliveries := await claims.take(1):
            event = await _patiently(partial(event_of, desk, deliveries[0]))
            received = Received(desk, name, deliveries[0], event)
            keeper = asyncio.create_task(_keep(desk, deliveries[0].lease, settings.timeout))
            try:
                yield received
                if not received.settled:
                    await _patiently(received.ack)
            except DeliveryExpiredError:
                continue
            finally:
                keeper.cancel()
                if not received.settled:
                    await _left(received)


async def _left(received: Received) -> None:
    try:
        await received.nack(error="the loop was left before it was acknowledged")
    except (DeliveryExpiredError, UnavailableError):
        received.settled = True  # or its lease will run out


async def _keep(desk: Desk, lease: str, seconds: float) -> None:
    while True:
        await asyncio.sleep(seconds / 3)
        with suppress(UnavailableError):
            await desk.write(lambda tx: stored.extend(tx, [lease], seconds))


async def _patiently(work: Callable[[], Awaitable[T]]) -> T:
    """Do it, however long the database is away."""
    while True:
        try:
            return await work()
        except UnavailableError:
            await asyncio.sleep(PAUSE)


async def event_of(desk: Desk, delivery: Delivery) -> Record:
    """The event of a delivery."""
    scope = Scope()
    found = await desk.session.read(plan({"event": by_id(Event, delivery.entry.id, record_picks(Event), scope)}, scope))
    return Record.read(Event, found["event"])


def settings_of(row: dict[str, Any]) -> Settings:
    """The settings that a consumer's node holds."""
    return Settings(
        kind=row["kind"],
        types=None if row["types"] is None else tuple(row["types"]),
        max_in_flight=row["maxInFlight"],
        timeout=row["timeout"],
        attempts=row["attempts"],
        backoff=row["backoff"],
        lapses=row["attempts"],
        ordered=row["ordered"],
    )


def _after(start: ConsumerStart | str | int) -> int | None:
    if isinstance(start, int) and not isinstance(start, bool):
        return start
    word = str(start).upper()
    if word not in ConsumerStart.__members__:
        raise InvalidInputError(f"start must be BEGINNING, NOW or a position, not {start!r}.", field="start")
    return BEGINNING if word == ConsumerStart.BEGINNING else None


def _check(name: str, settings: Settings) -> None:
    Text("", most=200).named("name").check(name)
    _within("maxInFlight", settings.max_in_flight, 1, 1000)
    _within("ackTimeout", settings.timeout, 1, LONGEST_LEASE)
    _within("attempts", settings.attempts, 1, 100)


def _within(name: str, value: float | None, least: float, most: float) -> None:
    if value is not None and not least <= value <= most:
        raise InvalidInputError(f"{name} must be from {least:g} to {most:g}, not {value!r}.", field=name)
