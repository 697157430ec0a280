"""A durable consumer as a program of its own: notes every ticket event that it receives, and acknowledges it."""

from __future__ import annotations

import asyncio

import deskgraph
from tests.chaos.notes import note

NAME = "audit"
LOOPS = 2
LEASE = 5.0


async def listen(desk: deskgraph.Desk) -> None:
    """Take deliveries for as long as the database lets us."""
    async for event in desk.consume(NAME, types=["ticket.*"], start="BEGINNING", ack_timeout=LEASE, attempts=50):
        note("CHAOS_AUDIT", f"{event.position} {event.id} {event.subject_id} {event.attempt}")


async def main() -> None:
    async with deskgraph.open() as desk, asyncio.TaskGroup() as group:
        for _ in range(LOOPS):
            group.create_task(listen(desk))


if __name__ == "__main__":
    asyncio.run(main())
