"""The event log: positions, and the sequencer that gives them.

Positions are given after the commit, in a transaction that locks the workspace first, so they are contiguous from 1 and
an event never appears before one with a lower position. Any process may do it; it does not matter which.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from deskgraph.graph.database import Database, Transaction
from deskgraph.graph.statements import statement
from deskgraph.schema.errors import CursorExpiredError, NotFoundError

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Entry:
    """One place in the log. `depth` counts the events that caused it, one by another."""

    position: int
    id: str
    type: str
    subject: str
    depth: int


class Head(NamedTuple):
    """The last position of a log, and whether events are `pending` that have none yet."""

    position: int
    pending: bool


async def open_workspace(database: Database, workspace: str) -> int:
    """Make the workspace if it is new; the last position of its log."""
    return await database.write(workspace, lambda tx: _position(tx, statement("open_workspace")))


async def _position(tx: Transaction, cypher: str, **parameters: Any) -> int:
    """The position that a statement answers with."""
    row = await tx.one(cypher, **parameters)
    assert row
    return int(row["position"])


async def read_log(database: Database, workspace: str, after: int, limit: int = BATCH) -> list[Entry]:
    """Up to `limit` entries after a position, in order, without a gap. CURSOR_EXPIRED if they were trimmed."""

    async def work(tx: Transaction) -> list[Entry]:
        [row] = await tx.run(statement("read_log"), after=after, limit=limit)
        entries = contiguous(after, [Entry(*values) for values in row["entries"] if whole(values)])
        if not entries:
            await check_kept(tx, after)
        return entries

    return await database.read(workspace, work)


def whole(values: list[Any]) -> bool:
    """Whether the event was all there when it was read: one that is just removed loses its properties first."""
    return None not in values


async def check_kept(tx: Transaction, after: int) -> None:
    """CURSOR_EXPIRED if what follows a position was trimmed."""
    trimmed = await trimmed_to(tx)
    if after < trimmed:
        raise CursorExpiredError(
            f"The log is trimmed up to {trimmed}, so what followed {after} is gone: go on with after: {trimmed}.",
            field="after",
            after=trimmed,
        )


async def trimmed_to(tx: Transaction) -> int:
    """The position that the log begins after. NOT_FOUND if there is no such workspace."""
    row = await tx.one(statement("trimmed"))
    if row is None:
        raise NotFoundError(f"There is no workspace {tx.workspace}.")
    return int(row["position"])


def contiguous(after: int, entries: list[Entry]) -> list[Entry]:
    """The entries up to the first gap: the database is read-committed, what is missing will be read next time."""
    return [entry for offset, entry in enumerate(entries, 1) if entry.position == after + offset]


async def place_pending(database: Database, workspace: str) -> list[Entry]:
    """Give positions to pending events, at most `BATCH`: their entries, in order."""
    return await database.write(workspace, _place)


async def head_of(database: Database, workspace: str) -> Head:
    """Where the log ends."""
    rows, _ = await database.ask(statement("log_head"), {"workspace": workspace})
    if not rows:
        raise NotFoundError(f"There is no workspace {workspace}.")
    return Head(**rows[0])


async def _place(tx: Transaction) -> list[Entry]:
    row = await tx.one(statement("sequence_pending"), limit=BATCH)
    ordered = in_order(row["pending"]) if row else []
    if not row or not ordered:
        return []
    entries = [
        Entry(position, event["id"], event["type"], event["subject"], event["depth"])
        for position, event in enumerate(ordered, row["position"] + 1)
    ]
    places = [{"id": entry.id, "position": entry.position} for entry in entries]
    await tx.run(statement("sequence_place"), places=places, last=entries[-1].position)
    return entries


def in_order(pending: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The events in the order of their positions: by time, but each subject's versions one after the other.

    An event whose predecessor is neither placed (`follows`) nor among these is held back.
    """
    placed: list[dict[str, Any]] = []
    done: set[tuple[str, int]] = set()
    waiting: dict[tuple[str, int], dict[str, Any]] = {}
    for event in pending:
        ready: dict[str, Any] | None = event
        if not event["follows"] and (event["subject"], event["version"] - 1) not in done:
            waiting[event["subject"], event["version"]] = event
            ready = None
        while ready:
            placed.append(ready)
            done.add((ready["subject"], ready["version"]))
            ready = waiting.pop((ready["subject"], ready["version"] + 1), None)
    return placed
