"""Ticket numbers for people: unique in the workspace, handed out in blocks."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Iterable

from deskgraph.graph.database import Database, Transaction
from deskgraph.graph.statements import statement

BLOCK = 16
# How often those who wait for numbers now can have as many again before the next block.
AHEAD = 4


class Numbers:
    """Hands out ticket numbers without making verbs wait for each other's commit.

    Each process reserves a block at a time, so numbers of several processes interleave, and a process that ends leaves
    what it had reserved unused. A number whose ticket came to nothing is given to the next one.
    """

    def __init__(self, database: Database, workspace: str) -> None:
        self._database = database
        self._workspace = workspace
        self._free: list[int] = []
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def reserve(self, count: int = 1) -> list[int]:
        """The lowest free numbers, in order, outside of any transaction."""
        self._waiting += count
        try:
            async with self._turn:
                if len(self._free) < count:
                    await self._reserve(max(BLOCK, AHEAD * self._waiting))
                return [heapq.heappop(self._free) for _ in range(count)]
        finally:
            self._waiting -= count

    async def _reserve(self, size: int) -> None:
        last = await self._database.write(self._workspace, lambda tx: _block(tx, size))
        self._free += range(last - size + 1, last + 1)  # greater than all before, so it stays a heap

    def give_back(self, numbers: Iterable[int]) -> None:
        """Their tickets were not created."""
        for number in numbers:
            heapq.heappush(self._free, number)


async def next_number(tx: Transaction) -> int:
    """One number inside a transaction, for a hook that creates a ticket: others wait for its commit."""
    return await _block(tx, 1)


async def _block(tx: Transaction, count: int) -> int:
    row = await tx.one(statement("reserve_numbers"), count=count)
    assert row
    return int(row["last"])
