"""Durable consumers: what each has taken from the log, who works on it until when, what is to be tried again.

A consumer takes the log's events of its types as deliveries. A delivery is leased to one worker for a time; the worker
acknowledges it, which removes it, or gives it back to be tried again, parked or skipped. A lease that runs out makes
the delivery due again. All is stored, so whatever is killed, another process goes on; all times are the database's.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from deskgraph.graph.database import Database, Transaction
from deskgraph.graph.log import BATCH, Entry, check_kept
from deskgraph.graph.statements import statement
from deskgraph.schema.consumer import FailureAction
from deskgraph.schema.errors import DeliveryExpiredError, InvalidCursorError, NotFoundError

LONGEST_BACKOFF = 3600.0
BEGINNING = 0


@dataclass(frozen=True, slots=True)
class Settings:
    """How a consumer works.

    `types`: the event types it takes, all by default. `max_in_flight`: how many deliveries may be leased at once, over
    all workers. `timeout`: seconds a lease lasts. `attempts`: how often a delivery is tried before it is parked, with
    pauses that double from `backoff` seconds. `lapses`: after how many leases that ran out it is parked. `ordered`: one
    event of a subject after the other. `backlog`: how many deliveries it has open at the most.
    """

    kind: str = "REMOTE"
    types: tuple[str, ...] | None = None
    max_in_flight: int = 8
    timeout: float = 30.0
    attempts: int = 5
    backoff: float = 1.0
    lapses: int = 5
    ordered: bool = True
    backlog: int = 1000

    def stored(self) -> dict[str, Any]:
        """The properties of its node."""
        values = asdict(self) | {"types": None if self.types is None else list(self.types)}
        return {("maxInFlight" if name == "max_in_flight" else name): value for name, value in values.items()}


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event leased to a worker, until `expires` (milliseconds since 1970).

    `attempt` counts from 1: `attempts` have failed and `lapses` leases have run out before, the last with `error`.
    """

    lease: str
    entry: Entry
    attempt: int
    attempts: int
    lapses: int
    expires: int
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """What a worker got. `position`: how far the log was taken in; `open`: deliveries that are not done with.

    `wait`: seconds until one more is due, where that is known.
    """

    deliveries: list[Delivery]
    position: int
    open: int
    wait: float | None


async def open_consumer(
    database: Database,
    workspace: str,
    name: str,
    settings: Settings | None = None,
    *,
    after: int | None = None,
    keep: bool = False,
) -> int:
    """Make a consumer if it is new, starting after a position, by default after what the log holds now; its position.

    An earlier one gets the settings, unless they are to `keep`. INVALID_CURSOR where the log is not so long yet,
    CURSOR_EXPIRED where what comes next was trimmed; the `BEGINNING` is where the log begins by now.
    """
    chosen = settings or Settings(kind="CURSOR")
    return await database.write(workspace, lambda tx: make_consumer(tx, name, chosen, after=after, keep=keep))


async def make_consumer(
    tx: Transaction, name: str, settings: Settings, *, after: int | None = None, keep: bool = False
) -> int:
    """The same in a transaction that does more."""
    row = await tx.one(statement("open_consumer"), name=name, settings=settings.stored(), after=after, keep=keep)
    assert row
    if row["fresh"] and not 0 <= row["position"] <= row["last"]:
        raise InvalidCursorError(f"The log ends at {row['last']}; {after} is no position in it.", field="after")
    if row["fresh"]:
        await check_kept(tx, row["position"])
    return int(row["position"])


async def claim(
    database: Database,
    workspace: str,
    name: str,
    settings: Settings,
    *,
    head: int,
    want: int,
    worker: str | None = None,
    at_once: int | None = None,
) -> Claim:
    """Lease up to `want` deliveries; the log is known to be complete up to `head`. NOT_FOUND if it was deleted.

    A `worker` that is named never has more than `at_once`, what it took before and has not settled yet among them.
    """

    async def work(tx: Transaction) -> Claim:
        taken = await tx.one(statement("take_in"), name=name, head=head, batch=BATCH, backlog=settings.backlog)
        if taken is None:
            raise NotFoundError(f"There is no consumer {name}.", field="name")
        rows = await tx.run(
            statement("lease"),
            name=name,
            want=want,
            most=settings.max_in_flight,
            ordered=settings.ordered,
            timeout=round(settings.timeout * 1000),
            worker=worker,
            atOnce=at_once,
        )
        deliveries = [_delivery(row) for row in rows]
        lapsed = [one for one in deliveries if one.lapses >= settings.lapses]
        for one in lapsed:
            await _park(tx, name, one.lease, one.entry.id, one.error or "its lease ran out each time", one.attempt)
        due = await tx.one(statement("next_due"), name=name)
        assert due
        wait = None if due["wait"] is None else due["wait"] / 1000
        return Claim([one for one in deliveries if one not in lapsed], taken["position"], due["open"], wait)

    return await database.write(workspace, work)


def _delivery(row: dict[str, Any]) -> Delivery:
    entry = Entry(row["position"], row["id"], row["type"], row["subject"], row["depth"])
    attempt = row["attempts"] + row["lapses"] + 1
    return Delivery(row["lease"], entry, attempt, row["attempts"], row["lapses"], row["expires"], row["error"])


async def acknowledge(tx: Transaction, lease: str) -> str:
    """Be done with a delivery; the consumer's name. DELIVERY_EXPIRED where the lease is no longer this one's."""
    held = await _hold(tx, lease)
    await tx.run(statement("drop_delivery"), lease=lease)
    return str(held["consumer"])


async def fail(
    tx: Transaction, lease: str, error: str, action: FailureAction = FailureAction.RETRY, delay: float | None = None
) -> tuple[str, bool]:
    """Say that a delivery could not be handled; the consumer's name, and whether it was parked.

    RETRY makes it due again after `delay` seconds, by default after its back-off, and parks it after its last attempt.
    """
    held = await _hold(tx, lease)
    if action is FailureAction.RELEASE:
        return await _release(tx, lease, held), False
    name, attempts = str(held["consumer"]), int(held["attempts"]) + 1
    if action is FailureAction.SKIP:
        await tx.run(statement("drop_delivery"), lease=lease)
        return name, False
    if action is FailureAction.PARK or attempts >= held["most"]:
        await _park(tx, name, lease, held["event"], error, attempts + held["lapses"])
        return name, True
    pause = backoff(held["backoff"], attempts) if delay is None else delay
    await tx.run(statement("retry_delivery"), lease=lease, attempts=attempts, error=error, delay=round(pause * 1000))
    return name, False


async def give_back(tx: Transaction, lease: str) -> None:
    """Give a delivery back as if it had not been leased: it is due at once."""
    await _release(tx, lease, await _hold(tx, lease))


async def extend(tx: Transaction, leases: Sequence[str], seconds: float) -> list[str]:
    """Let leases run for so long from now; the ones that are still held."""
    rows = await tx.run(statement("extend_leases"), leases=list(leases), timeout=round(seconds * 1000))
    return [row["lease"] for row in rows]


async def replay(tx: Transaction, name: str, event: str | None = None) -> list[str]:
    """Take parked events up again, one or all; their ids."""
    return [row["id"] for row in await tx.run(statement("replay_parked"), name=name, event=event)]


async def forget(tx: Transaction, name: str, event: str | None = None) -> list[str]:
    """Drop parked events, one or all; their ids."""
    return [row["id"] for row in await tx.run(statement("drop_parked"), name=name, event=event)]


async def consumers(tx: Transaction, name: str | None = None, first: int = 100) -> list[dict[str, Any]]:
    """The consumers as they stand, or the one of that name, each with the first so many of its parked events."""
    return await tx.run(statement("list_consumers"), name=name, first=first)


async def delete_consumer(tx: Transaction, name: str) -> bool:
    """Forget a consumer and all it had open; whether there was one."""
    return await tx.one(statement("delete_consumer"), name=name) is not None


async def chain(tx: Transaction, event: str) -> str:
    """What led to an event, from the first cause on, in words."""
    steps = await tx.run(statement("causal_chain"), event=event)
    return " -> ".join(f"{step['type']} ({step['position']}, by {step['actor']})" for step in steps)


async def advance_consumer(tx: Transaction, name: str, position: int) -> None:
    """Have a reader that takes no deliveries be done with everything up to a position."""
    await tx.run(statement("advance_consumer"), name=name, position=position)


def backoff(first: float, attempts: int) -> float:
    """Seconds before the next attempt after so many: doubling, with a quarter of jitter to either side."""
    return float(min(first * 2.0 ** (attempts - 1), LONGEST_BACKOFF) * random.uniform(0.75, 1.25))  # noqa: S311 - no secret


async def _hold(tx: Transaction, lease: str) -> dict[str, Any]:
    held = await tx.one(statement("hold_delivery"), lease=lease)
    if held is None:
        raise DeliveryExpiredError
    return held


async def _release(tx: Transaction, lease: str, held: dict[str, Any]) -> str:
    await tx.run(statement("retry_delivery"), lease=lease, attempts=held["attempts"], error=None, delay=0)
    return str(held["consumer"])


async def _park(tx: Transaction, name: str, lease: str, event: str, error: str, attempts: int) -> None:
    await tx.run(statement("drop_delivery"), lease=lease)
    await tx.run(statement("park_event"), name=name, event=event, error=error, attempts=attempts)
