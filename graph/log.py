"""The event log: positions, the sequencer that gives them, and how far consumers have read.

Positions are given after the commit, in a transaction that locks the workspace first, so they are contiguous from 1 and
an event never appears before one with a lower position. Any process may do it; it does not matter which.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from deskgraph.graph.database import Database, Transaction
from deskgraph.graph.statements import statement

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Entry:
    """One place in the log. `depth` counts the events that caused it, one by another."""

    position: int
    id: str
    type: str
    subject: str
    depth: int


async def open_workspace(database: Database, workspace: str) -> int:
    """Make the workspace if it is new; the last position of its log."""
    return await database.write(workspace, lambda tx: _position(tx, statement("open_workspace")))


async def _position(tx: Transaction, cypher: str, **parameters: Any) -> int:
    """The position that a statement answers with."""
    row = await tx.one(cypher, **parameters)
    assert row
    return int(row["position"])


async def read_log(database: Database, workspace: str, after: int, limit: int = BATCH) -> list[Entry]:
    """Up to `limit` entries after a position, in order, without a gap."""

    async def work(tx: Transaction) -> list[dict[str, Any]]:
        return await tx.run(statement("read_log"), after=after, limit=limit)

    return contiguous(after, [Entry(**row) for row in await database.read(workspace, work)])


def contiguous(after: int, entries: list[Entry]) -> list[Entry]:
    """The entries up to the first gap: the database is read-committed, what is missing will be read next time."""
    return [entry for offset, entry in enumerate(entries, 1) if entry.position == after + offset]


async def place_pending(database: Database, workspace: str) -> int:
    """Give positions to pending events, at most `BATCH`; how many got one."""
    return await database.write(workspace, _place) if await database.read(workspace, _any_pending) else 0


async def _any_pending(tx: Transaction) -> bool:
    return bool(await tx.run(statement("sequence_waiting")))


async def _place(tx: Transaction) -> int:
    row = await tx.one(statement("sequence_lock"))
    if row is None:
        return 0
    ordered = in_order(await tx.run(statement("sequence_pending"), limit=BATCH))
    if ordered:
        first = row["position"] + 1
        places = [{"id": event, "position": first + offset} for offset, event in enumerate(ordered)]
        await tx.run(statement("sequence_place"), places=places, last=places[-1]["position"])
    return len(ordered)


def in_order(pending: list[dict[str, Any]]) -> list[str]:
    """The ids in the order of their positions: by time, but each subject's versions one after the other.

    An event whose predecessor is neither placed (`follows`) nor among these is held back.
    """
    placed: list[str] = []
    done: set[tuple[str, int]] = set()
    waiting: dict[tuple[str, int], dict[str, Any]] = {}
    for event in pending:
        ready: dict[str, Any] | None = event
        if not event["follows"] and (event["subject"], event["version"] - 1) not in done:
            waiting[event["subject"], event["version"]] = event
            ready = None
        while ready:
            placed.append(ready["id"])
            done.add((ready["subject"], ready["version"]))
            ready = waiting.pop((ready["subject"], ready["version"] + 1), None)
    return placed


async def open_consumer(database: Database, workspace: str, name: str, start: int | None = None) -> int:
    """Make a consumer if it is new, starting after a position, by default the last one of the log; its position."""
    return await database.write(workspace, lambda tx: _position(tx, statement("open_consumer"), name=name, start=start))


async def lock_consumer(tx: Transaction, name: str) -> int:
    """Take the consumer's lock; its position."""
    return await _position(tx, statement("lock_consumer"), name=name)


async def advance_consumer(tx: Transaction, name: str, position: int) -> None:
    """Acknowledge everything up to a position."""
    await tx.run(statement("advance_consumer"), name=name, position=position)


async def park_event(tx: Transaction, name: str, event: str, error: str, attempts: int) -> None:
    """Set an event aside that a consumer could not handle."""
    await tx.run(statement("park_event"), name=name, event=event, error=error, attempts=attempts)
