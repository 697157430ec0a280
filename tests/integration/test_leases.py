"""A lease on a consumer: of several processes one works, and its position is safe whoever had it."""

from __future__ import annotations

import asyncio
import time

import pytest

from deskgraph.graph.consumers import open_consumer
from deskgraph.graph.relaying import leave, take_lease
from deskgraph.resolvers.desk import Desk
from tests.integration.conftest import Unchanged

NAME = "relay:test"


async def take(desk: Desk, holder: str, seconds: float = 60.0) -> bool:
    return await take_lease(desk.database, desk.workspace, NAME, holder, seconds)


async def position(desk: Desk) -> int:
    return await open_consumer(desk.database, desk.workspace, NAME)


async def test_a_lease_has_one_holder(desk: Desk) -> None:
    await position(desk)
    taken = await asyncio.gather(*(take(desk, f"holder {at}") for at in range(8)))
    assert sum(taken) == 1
    holder, other = f"holder {taken.index(True)}", f"holder {taken.index(False)}"
    assert [await take(desk, other), await take(desk, holder), await take(desk, other)] == [False, True, False]


async def test_a_lease_runs_out(desk: Desk) -> None:
    await position(desk)
    start = time.monotonic()
    assert await take(desk, "one", 0.5)
    while not await take(desk, "two"):
        assert time.monotonic() < start + 60
    assert time.monotonic() >= start + 0.5
    assert not await take(desk, "one")


async def test_a_lease_is_given_back_with_the_position(desk: Desk) -> None:
    for at in range(5):
        await desk.Contact.create(name=f"Contact {at}")
    await desk.position()
    assert await open_consumer(desk.database, desk.workspace, NAME, after=0) == 0
    assert await take(desk, "one")
    await leave(desk.database, desk.workspace, NAME, "one", 3)
    assert await position(desk) == 3
    assert await take(desk, "two")
    await leave(desk.database, desk.workspace, NAME, "one", 2)  # it was another's: the lease stays, and the position
    assert await position(desk) == 3
    assert not await take(desk, "one")


async def test_there_is_no_lease_without_a_consumer(desk: Desk, unchanged: Unchanged) -> None:
    async with unchanged():
        assert not await take(desk, "one")
        await leave(desk.database, desk.workspace, NAME, "one", 3)


@pytest.mark.parametrize(("start", "first"), [(0, 0), (2, 2), (None, 3)])
async def test_a_new_consumer_starts_where_it_is_told(desk: Desk, start: int | None, first: int) -> None:
    for at in range(3):
        await desk.Contact.create(name=f"Contact {at}")
    await desk.position()
    assert await open_consumer(desk.database, desk.workspace, NAME, after=start) == first
    assert await open_consumer(desk.database, desk.workspace, NAME, after=1) == first
