"""What integration tests share: tickets in any status, the log, and the proof that nothing was written."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest

from deskgraph.graph.database import Transaction
from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.records import Record

TicketIn = Callable[[str], Awaitable[Record]]
Log = Callable[..., Awaitable[list[Record]]]
Unchanged = Callable[[], AbstractAsyncContextManager[None]]

# When an idempotency key was last seen, and which ticket numbers are reserved, says nothing about what was done.
EVERYTHING = """
MATCH (n) WHERE n.workspace = $workspace AND NOT n:TicketNumbers
RETURN labels(n) AS labels, n {.*, seenAt: null} AS properties, COLLECT {
  MATCH (n)-[edge]->(other) RETURN [type(edge), properties(edge), other.id] ORDER BY type(edge), other.id
} AS edges ORDER BY elementId(n)
"""

WAYS: dict[str, tuple[str, dict[str, str]] | None] = {
    "OPEN": None,
    "PENDING": ("hold", {}),
    "ESCALATED": ("escalate", {"reason": "needs somebody else"}),
    "RESOLVED": ("resolve", {"resolution": "restarted it"}),
    "CLOSED": ("close", {}),
}


async def everything(desk: Desk) -> list[dict[str, Any]]:
    """Every node of the workspace with its properties and edges, once all events have their positions."""
    await desk.position()

    async def work(tx: Transaction) -> list[dict[str, Any]]:
        return await tx.run(EVERYTHING)

    return await desk.database.read(desk.workspace, work)


@pytest.fixture
def unchanged(desk: Desk) -> Unchanged:
    """`async with unchanged(): ...` fails if the block changed any node, edge or event of the workspace."""

    @asynccontextmanager
    async def watch() -> AsyncIterator[None]:
        position, before = await desk.position(), await everything(desk)
        yield
        assert await desk.position() == position
        assert await everything(desk) == before

    return watch


@pytest.fixture
def log(desk: Desk) -> Log:
    """The events after a position, in order."""

    async def read(after: int = 0) -> list[Record]:
        await desk.position()
        return await desk.Event.find(filter={"position": {"gt": after}}, order_by="position")

    return read


@pytest.fixture
def ticket_in(desk: Desk) -> TicketIn:
    """A new ticket that was brought into a status by its verb."""

    async def make(status: str) -> Record:
        ticket: Record = await desk.Ticket.create(subject=f"A ticket that is {status}")
        if way := WAYS[status]:
            verb, given = way
            ticket = await getattr(desk.Ticket, verb)(id=ticket.id, **given)
        assert ticket.status == status
        return ticket

    return make
