"""Retention: the oldest events of a log are removed, as far as all consumers have passed them.

First the workspace says from where on its log is kept, then the events before that are removed. So a reader that misses
an event finds out why, and what a killed process has left is removed by the next one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import count, takewhile
from operator import itemgetter

import structlog

from deskgraph.graph.database import Database, Transaction
from deskgraph.graph.log import trimmed_to
from deskgraph.graph.statements import statement
from deskgraph.schema.scalars import MAX_LONG

STEP = 500
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Trimmed:
    """What a trim did. The log begins after `position`; `events` were removed from it, and so many idempotency `keys`.

    `kept_for` is the consumer that has not passed the next event, where that is old enough.
    """

    position: int
    events: int = 0
    keys: int = 0
    kept_for: str | None = None


async def trim(database: Database, workspace: str, before: datetime) -> Trimmed:
    """Remove events from before a moment: the start of the log, up to the first event that has to stay.

    It goes in steps of `STEP` events, each committed by itself; several processes may do it at once. NOT_FOUND if there
    is no such workspace.
    """
    events, moved = 0, True
    while moved:
        position, kept_for = await database.write(workspace, lambda tx: _advance(tx, before))
        removed = await database.write(workspace, _remove)
        events += removed
        moved = removed > 0
        if moved:
            log.info("log.trimmed", workspace=workspace, position=position, events=removed)
    return Trimmed(position, events, await _forget_keys(database, workspace, before), kept_for)


async def _advance(tx: Transaction, before: datetime) -> tuple[int, str | None]:
    """Let the log begin after the next step's events: its position, and the consumer that needs the event after it."""
    await tx.run(statement("lock_trim"))
    await tx.run(statement("trim_wait_for_consumers"))
    begin = await trimmed_to(tx)
    rows = await tx.run(statement("trim_ages"), after=begin, limit=STEP, before=before)
    aged = {row["position"] for row in rows if row["old"]}
    old = list(takewhile(aged.__contains__, count(begin + 1)))
    name, least = min((await _passed(tx)).items(), key=itemgetter(1), default=(None, MAX_LONG))
    free = [position for position in old if position <= least]
    if free:
        await tx.run(statement("trim_mark"), last=free[-1])
    return (free[-1] if free else begin), (name if len(free) < len(old) else None)


async def _passed(tx: Transaction) -> dict[str, int]:
    """Up to where each consumer has passed the log: looked at, and nothing of it in flight, waiting or parked."""
    opened = {row["consumer"]: row["position"] for row in await tx.run(statement("trim_open_deliveries"))}
    passed = {row["consumer"]: row["position"] for row in await tx.run(statement("trim_passed"))}
    return {name: min(position, opened.get(name, position)) for name, position in passed.items()}


async def _remove(tx: Transaction) -> int:
    """Remove what is before the start of the log, at most one step's events; how many."""
    await tx.run(statement("lock_trim"))
    row = await tx.one(statement("trim_remove"), last=await trimmed_to(tx), limit=STEP)
    assert row
    return int(row["removed"])


async def _forget_keys(database: Database, workspace: str, before: datetime) -> int:
    async def work(tx: Transaction) -> int:
        row = await tx.one(statement("trim_keys"), before=before, limit=STEP)
        assert row
        return int(row["removed"])

    total = 0
    while removed := await database.write(workspace, work):
        total += removed
    return total
