"""The connection to Neo4j is cut, delayed and stalled: each verb is done once, and nobody waits for ever."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest
from neo4j.exceptions import IncompleteCommit

from deskgraph.graph.database import Database, Transaction
from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.hooks import Hooks
from deskgraph.resolvers.records import Record
from deskgraph.resolvers.session import Session
from deskgraph.schema.errors import TookTooLongError, UnavailableError
from tests.chaos.checks import faults
from tests.chaos.evidence import gather
from tests.chaos.link import COMMIT, Fuse, Link, Way
from tests.chaos.processes import address, until

# Seconds after which the database ends a transaction in these tests.
LIMIT = 6.0
# Seconds that the database may be silent in these tests, and within which a caller must then have its answer: far from
# the 136 that the driver's own time-outs took.
SILENCE, ANSWERED = 2.0, 60.0


@pytest.fixture
async def link() -> AsyncIterator[Link]:
    async with Link(address(os.environ["NEO4J_URI"]), seed=1) as opened:
        yield opened


@pytest.fixture
async def linked(link: Link, workspace: str) -> AsyncIterator[Desk]:
    """A desk behind the link. It looks at the log only after its own verbs, so that nothing else burns a fuse."""
    username, password = os.environ.get("NEO4J_USERNAME", "neo4j"), os.environ.get("NEO4J_PASSWORD", "")
    async with (
        Database(link.uri, username, password, patience=0.5) as database,
        Desk(database, workspace, hooks=Hooks(), poll=3600) as desk,
    ):
        yield desk
        link.heal()


@pytest.fixture
def client(linked: Desk) -> Session:
    return linked.acting("key:admin")


async def insist(client: Session, verb: str, key: str, **given: Any) -> Record:
    """Do a verb as a client does: again with the same key until there is an answer."""
    while True:
        try:
            done: Record = await getattr(client.Ticket, verb)(idempotency_key=key, **given)
        except UnavailableError:
            continue
        return done


async def contradictions(desk: Desk, database: Database) -> dict[str, list[str]]:
    """What is wrong in the workspace, once everything has its position."""
    desk.feed.wake()
    await desk.position()
    return faults(await gather(database, desk.workspace))


async def version(database: Database, ticket: Record) -> Any:
    [row] = await database.run("MATCH (ticket:Ticket {id: $id}) RETURN ticket.version AS version", id=ticket.id)
    return row["version"]


async def test_connections_cut_at_any_byte_leave_every_verb_done_once(
    link: Link, linked: Desk, client: Session, database: Database
) -> None:
    choice = random.Random(11)
    ticket = await insist(client, "create", "chaos-0", subject="chaos-0")
    for number in range(1, 61):
        link.fuse = Fuse(choice.choice(("up", "down")), choice.randrange(2500))
        ticket = await insist(client, "update", f"chaos-{number}", id=ticket.id, description=f"chaos-{number}")
    link.heal()
    assert link.blown >= 20
    assert (ticket.version, ticket.description) == (61, "chaos-60")
    assert await contradictions(linked, database) == {}


@pytest.mark.parametrize(("way", "before", "after"), [("up", 1, 2), ("down", 2, 2)])
async def test_a_commit_that_is_not_answered_may_be_sent_again(
    link: Link, linked: Desk, client: Session, database: Database, way: Way, before: int, after: int
) -> None:
    ticket = await insist(client, "create", "chaos-0", subject="chaos-0")
    await linked.position()
    link.fuse = Fuse(way, 0, since=COMMIT)
    given = {"id": ticket.id, "description": "chaos-1", "idempotency_key": "chaos-1"}
    with pytest.raises(UnavailableError) as lost:
        await client.Ticket.update(**given)
    assert isinstance(lost.value.__cause__, IncompleteCommit)
    assert (link.blown, await version(database, ticket)) == (1, before)

    assert (await client.Ticket.update(**given)).version == after
    assert await version(database, ticket) == after
    assert await contradictions(linked, database) == {}


async def test_without_a_key_it_would_be_done_twice(
    link: Link, linked: Desk, client: Session, database: Database
) -> None:
    link.fuse = Fuse("down", 0, since=COMMIT)
    await insist(client, "create", "chaos-0", subject="chaos-0")
    ticket = await insist(client, "create", "chaos-1", subject="chaos-1")
    await linked.position()
    linked.Ticket.updating(lambda _ticket, _ctx: None)  # so that the commit is a message of its own
    link.fuse = Fuse("down", 0, since=COMMIT)
    with pytest.raises(UnavailableError):
        await client.Ticket.update(id=ticket.id, description="chaos-2")
    assert (await client.Ticket.update(id=ticket.id, description="chaos-2")).version == 3
    found = await contradictions(linked, database)
    assert list(found) == ["once"]
    assert found["once"][0] == "chaos-2 was done 2 times"


async def test_without_a_key_what_is_acknowledged_is_done_and_nothing_twice(
    link: Link, linked: Desk, client: Session, database: Database
) -> None:
    """Each is one query then, cut at any byte; whether it was done is not known where the answer was lost."""
    choice = random.Random(12)
    ticket = await insist(client, "create", "chaos-0", subject="chaos-0")
    acknowledged = 0
    for number in range(1, 61):
        link.fuse = Fuse(choice.choice(("up", "down")), choice.randrange(1500))
        with suppress(UnavailableError):
            await client.Ticket.update(id=ticket.id, description=f"chaos-{number}")
            acknowledged += 1
    link.heal()
    assert link.blown >= 20
    done = await version(database, ticket) - 1
    assert 0 < acknowledged <= done <= 60
    found = await contradictions(linked, database)
    assert list(found) == ["once"]  # and each of them once, with its event
    assert [line.partition(" was ")[2] for line in found["once"]] == ["done without a key, or twice with one"] * done


async def test_delayed_connections_only_take_longer(
    link: Link, linked: Desk, client: Session, database: Database
) -> None:
    link.delay = 0.3
    keys = [f"chaos-{number}" for number in range(8)]
    tickets = await asyncio.gather(*(insist(client, "create", key, subject=key) for key in keys))
    assert sorted(ticket.number for ticket in tickets) == list(range(1, 9))
    assert await contradictions(linked, database) == {}


async def test_a_verb_on_a_silent_connection_is_unavailable(
    link: Link, linked: Desk, client: Session, database: Database
) -> None:
    linked.feed.poll = 0.25
    ticket = await insist(client, "create", "chaos-0", subject="chaos-0")
    await linked.position()
    linked.database.silence = SILENCE
    link.stall()
    began = time.monotonic()
    with pytest.raises(UnavailableError):
        await client.Ticket.update(id=ticket.id, description="chaos-1", idempotency_key="chaos-1")
    assert SILENCE <= time.monotonic() - began < ANSWERED
    linked.database.silence = 30.0
    link.heal()
    assert (await insist(client, "update", "chaos-1", id=ticket.id, description="chaos-1")).version == 2
    assert await contradictions(linked, database) == {}


async def test_whoever_waits_for_a_position_on_a_silent_connection_is_told(
    link: Link, linked: Desk, client: Session, database: Database
) -> None:
    linked.feed.poll = 0.25
    await insist(client, "create", "chaos-0", subject="chaos-0")
    await linked.position()
    linked.database.silence = SILENCE
    link.stall()
    linked.feed.wake()
    began = time.monotonic()
    with pytest.raises(UnavailableError):
        await client.Event.find()
    assert SILENCE <= time.monotonic() - began < ANSWERED
    linked.database.silence = 30.0
    link.heal()
    assert await contradictions(linked, database) == {}


async def test_nobody_waits_for_the_locks_of_a_process_that_was_cut_off(
    link: Link, linked: Desk, client: Session, desk: Desk, database: Database
) -> None:
    linked.feed.poll = 0.25
    ticket = await insist(client, "create", "chaos-0", subject="chaos-0")
    held = asyncio.Event()

    async def hold(tx: Transaction) -> None:
        await tx.run("MATCH (ticket:Ticket {id: $id, workspace: $workspace}) SET ticket.lock = true", id=ticket.id)
        link.stall()
        held.set()
        await asyncio.Event().wait()

    linked.database.limit = LIMIT
    holding = asyncio.create_task(linked.write(hold))
    try:
        await held.wait()
        straight = desk.acting("key:admin")
        assert (await insist(straight, "update", "chaos-1", id=ticket.id, description="chaos-1")).version == 2
        assert link.stalled
    finally:
        holding.cancel()
        await asyncio.gather(holding, return_exceptions=True)
    link.heal()
    assert await contradictions(linked, database) == {}


async def test_an_after_hook_that_takes_too_long_is_rolled_back_and_has_failed(
    database: Database, desk: Desk, workspace: str
) -> None:
    hooks, runs = Hooks(), []
    locked, released = asyncio.Event(), asyncio.Event()
    username, password = os.environ.get("NEO4J_USERNAME", "neo4j"), os.environ.get("NEO4J_PASSWORD", "")

    async def survey(ticket: Record, ctx: Session) -> None:
        runs.append(ctx.key)
        await ctx.Activity.create(type="satisfaction_survey", ticket=ticket.id)
        await ctx.Ticket.update(id=ticket.id, description="asked")
        locked.set()
        await released.wait()
        await ctx.Ticket.update(id=ticket.id, description="asked again")

    hooks.add_after("ticket.resolved", survey, "survey")
    async with (
        Database(os.environ["NEO4J_URI"], username, password) as limited,
        Desk(limited, workspace, hooks=hooks, attempts=1) as hooked,
    ):
        ticket = await desk.Ticket.create(subject="Portal")
        limited.limit = LIMIT
        await desk.Ticket.resolve(id=ticket.id, resolution="restarted it")
        await locked.wait()
        # This waits for the hook's lock, and gets it when the hook's time is up.
        assert (await desk.Ticket.update(id=ticket.id, description="meanwhile")).version == 3
        limited.limit = 60.0
        released.set()
        await hooked.settle()
        [parked] = (await desk.consumers.get("survey"))["parked"]
        assert (parked["attempts"], parked["error"].partition(":")[0]) == (1, "UNAVAILABLE")
        assert (len(runs), await desk.Activity.find()) == (1, [])

        await hooked.consumers.replay("survey")
        await hooked.settle()
        evidence = await gather(database, workspace)
    assert runs == [runs[0]] * 2
    assert faults(evidence) == {}
    assert len(evidence.surveys) == 1


async def test_a_verb_that_takes_too_long_is_unavailable_and_not_done(desk: Desk, database: Database) -> None:
    ticket = await desk.Ticket.create(subject="Portal")
    taken, over = asyncio.Event(), asyncio.Event()

    async def slow(tx: Transaction) -> None:
        set_it = "MATCH (ticket:Ticket {id: $id, workspace: $workspace}) SET ticket.description = 'slow'"
        await tx.run(set_it, id=ticket.id)
        taken.set()
        await over.wait()
        await tx.run(set_it, id=ticket.id)

    username, password = os.environ.get("NEO4J_USERNAME", "neo4j"), os.environ.get("NEO4J_PASSWORD", "")
    async with Database(os.environ["NEO4J_URI"], username, password, limit=LIMIT) as limited:
        writing = asyncio.create_task(limited.write(desk.workspace, slow))
        await taken.wait()
        assert (await desk.Ticket.update(id=ticket.id, subject="Another")).description is None
        over.set()
        with pytest.raises(TookTooLongError) as error:
            await writing
    assert error.value.code == "UNAVAILABLE"
    assert await version(database, ticket) == 2


async def test_a_consumer_waits_while_the_database_is_away(link: Link, linked: Desk, desk: Desk) -> None:
    seen: list[int] = []
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def listen() -> None:
        async for event in linked.consume("audit", start="BEGINNING", ack_timeout=3, attempts=100):
            seen.append(event.position)
            begun.set()
            await go_on.wait()

    async def due() -> int:
        query = "MATCH (delivery:Delivery) WHERE delivery.workspace = $workspace RETURN max(delivery.dueAt) AS due"
        [row] = await desk.database.run(query, workspace=desk.workspace)
        return int(row["due"])

    async def extended(since: int) -> bool:
        return await due() > since

    async def away() -> None:
        """The database can't be reached until that was noticed a few times."""
        target, link.target, refused = link.target, None, link.refused
        link.cut()
        await until(lambda: link.refused >= refused + 30, 60, "it is looked for")
        link.target = target

    linked.feed.poll = 0.25
    linked.feed.wake()  # from the pause that it began with
    for number in range(3):
        await desk.Ticket.create(subject=f"Ticket {number}")
    await desk.position()
    listening = asyncio.create_task(listen())
    try:
        await begun.wait()
        await away()
        before = await due()
        await until(lambda: extended(before), 60, "the lease is extended again")
        outage = asyncio.create_task(away())
        await asyncio.sleep(0)
        go_on.set()
        await outage
        await until(lambda: 3 in seen, 60, "all is consumed")
        await until(lambda: settled(desk, "audit"), 60, "all is acknowledged")
        assert sorted(set(seen)) == [1, 2, 3]
        assert not listening.done()
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def settled(desk: Desk, name: str) -> bool:
    """Whether a consumer is done with the whole log."""
    consumer = await desk.consumers.get(name)
    return bool(consumer["lag"] == 0 and consumer["parkedCount"] == 0)
