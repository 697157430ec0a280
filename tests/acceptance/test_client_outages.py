"""The server is killed in the middle of everything and comes back: nothing is lost, nothing is done twice."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections import Counter
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

import pytest

from deskgraph.client import Context, Desk, connect
from deskgraph.client.generated import Event, Ticket
from deskgraph.schema.errors import UnavailableError
from tests.acceptance.conftest import Served
from tests.acceptance.gate import gate_to
from tests.conftest import until

TICKETS = 60
KILLS = 2


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return str(taken.getsockname()[1])


async def test_kill_and_restart_in_the_middle(serve: Callable[..., Served]) -> None:
    """Mutations, an events() loop, a consumer and an after-hook go on over two kills of the server."""
    port = free_port()
    start: dict[str, Any] = {"exits": -signal.SIGKILL}
    served = await asyncio.to_thread(serve, "--port", port, **start)
    async with connect(served.url, served.key) as desk:
        seen: list[Event] = []
        consumed: list[str] = []
        done: list[Ticket] = []

        @desk.Ticket.resolved(name="survey", ack_timeout=5, attempts=50)
        async def survey(ticket: Ticket, ctx: Context) -> None:
            await ctx.Activity.create(type="satisfaction_survey", ticket=ticket)

        listening = asyncio.create_task(listen(desk, seen))
        consuming = asyncio.create_task(consume(desk, consumed))
        async with desk.listening():
            working = [asyncio.create_task(work(desk, mine, done)) for mine in range(4)]
            for kill in range(1, KILLS + 1):
                await until(lambda at=kill * TICKETS // (KILLS + 1): reached(done, at))
                served.process.kill()
                await asyncio.to_thread(served.process.wait)
                more = start if kill < KILLS else {}
                served = await asyncio.to_thread(serve, "--port", port, **more)
            await asyncio.gather(*working)
            await until(lambda: surveyed(desk))
            await asyncio.gather(listening, consuming)
        last = await desk.position()

        tickets = await desk.Ticket.find()
        assert sorted(ticket.subject for ticket in tickets) == sorted(
            f"{mine}.{at}" for mine in range(4) for at in range(15)
        )
        assert {(ticket.status, ticket.version) for ticket in tickets} == {("RESOLVED", 2)}
        surveys = await desk.Activity.find(type="satisfaction_survey")
        assert Counter(activity.ticket for activity in surveys) == Counter(ticket.id for ticket in tickets)

        log = await desk.Event.find(order_by="position")
        assert Counter(event.type for event in log) == {
            "ticket.created": TICKETS,
            "ticket.resolved": TICKETS,
            "activity.created": TICKETS,
        }
        assert seen == log
        assert [event.position for event in seen] == list(range(1, last + 1))
        assert sorted(consumed) == sorted(ticket.id for ticket in tickets)


async def work(desk: Desk, mine: int, done: list[Ticket]) -> None:
    """Create and resolve tickets, one after the other."""
    for at in range(TICKETS // 4):
        ticket = await desk.Ticket.create(subject=f"{mine}.{at}")
        done.append(await desk.Ticket.resolve(id=ticket, resolution="restarted", expected_version=1))


async def listen(desk: Desk, seen: list[Event]) -> None:
    """Note every event, until all are there."""
    async with aclosing(desk.events(after=0)) as events:
        async for event in events:
            seen.append(event)
            if len(seen) == 3 * TICKETS:
                return


async def consume(desk: Desk, consumed: list[str]) -> None:
    """Handle each created ticket once."""
    keys: set[str] = set()
    async with aclosing(
        desk.consume("billing", types=["ticket.created"], start="beginning", ack_timeout=5, attempts=50)
    ) as events:
        async for event in events:
            if event.key not in keys:  # one that was given out as the server was killed comes once more
                keys.add(event.key)
                consumed.append(event.subject_id)
            if len(consumed) == TICKETS:
                await event.ack()
                return


async def reached(done: list[Ticket], count: int) -> bool:
    return len(done) >= count


async def surveyed(desk: Desk) -> bool:
    return len(await desk.Activity.find(type="satisfaction_survey")) >= TICKETS


async def test_the_database_is_away_for_a_while(serve: Callable[..., Served]) -> None:
    """What the server answers with UNAVAILABLE is sent again."""
    async with gate_to(os.environ["NEO4J_URI"]) as gate:
        served = await asyncio.to_thread(serve, NEO4J_URI=gate.url.replace("http", "bolt"))
        async with connect(served.url, served.key, patience=120) as desk:
            gate.shut = True
            gate.cut()
            creating = asyncio.create_task(desk.Ticket.create(subject="In the end"))
            async with connect(served.url, served.key, patience=0) as hasty:
                with pytest.raises(UnavailableError, match="database does not answer"):
                    await hasty.Ticket.find()
            assert not creating.done()
            gate.shut = False
            assert (await creating).version == 1
            assert [ticket.subject for ticket in await desk.Ticket.find()] == ["In the end"]
