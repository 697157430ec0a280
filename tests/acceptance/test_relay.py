"""The relay to NATS JetStream: real processes, the real nats-server, killed at the worst moments."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from deskgraph.graph.database import Database
from deskgraph.jetstream import Target
from deskgraph.relay import NAME, Relay
from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.hooks import Hooks
from tests.acceptance.conftest import Served
from tests.acceptance.jetstream import (
    CONSUMER,
    STREAM,
    Nats,
    Relaying,
    Wire,
    all_stored,
    body,
    ids,
    log_ids,
    reached,
    relaying,
    running,
    until,
)
from tests.conftest import Run

pytestmark = pytest.mark.timeout(400)  # several processes start, and wait for each other

EVENTS = """query ($after: String) { events(first: 100, after: $after, orderBy: [{position: ASC}]) {
  nodes { position id type subjectId subjectVersion at actor data cause { id } }
  pageInfo { endCursor hasNextPage }
} }"""
Start = Callable[..., Relaying]


@pytest.fixture
async def nats_server(tmp_path: Path) -> AsyncIterator[Nats]:
    async with running(tmp_path) as server:
        yield server


@pytest.fixture
def relay(workspace: str, nats_server: Nats, tmp_path: Path) -> Iterator[Start]:
    """Start `deskgraph relay` for the test's workspace."""
    with ExitStack() as stack:
        count = iter(range(10))

        def start(*arguments: str, **settings: str) -> Relaying:
            file = tmp_path / f"relay-{next(count)}.log"
            return stack.enter_context(relaying(workspace, nats_server.url, file, *arguments, **settings))

        yield start


@asynccontextmanager
async def overheard(server: Nats, then: dict[int, Callable[[], None]] | None = None) -> AsyncIterator[list[str]]:
    """The ids of all that is published, also of what JetStream drops because it has it already.

    `then`: what is to be done at once when so many were heard.
    """
    heard: list[str] = []

    async def hear(message: Any) -> None:
        heard.append(message.headers["Nats-Msg-Id"])
        if then and len(heard) in then:
            then[len(heard)]()

    async with server.client() as client:
        await client.subscribe("deskgraph.>", cb=hear)
        await client.flush()
        yield heard


async def written(desk: Desk, count: int) -> None:
    """That many events: tickets that are created and resolved."""
    for at in range(count // 2):
        ticket = await desk.Ticket.create(subject=f"Ticket {at}", description="Zoë's “portal” \n" * (1 + at % 7))
        await desk.Ticket.resolve(id=ticket.id, resolution="restarted")


async def over(server: Nats, least: int) -> bool:
    return await server.count() >= least


# What is relayed


async def test_every_event_arrives_once_in_order_exactly(
    database: Database, workspace: str, nats_server: Nats, relay: Start, run: Run
) -> None:
    hooks = Hooks()

    async def survey(ticket: Any, ctx: Any) -> None:
        await ctx.Activity.create(
            type="satisfaction_survey", ticket=ticket.id, data={"größe": [1, 2.5, None, "\u2028"]}
        )

    hooks.add_after("ticket.resolved", survey, "survey")
    async with Desk(database, workspace, hooks=hooks) as desk:
        await written(desk, 40)
        started = relay()
        await written(desk, 40)
        await desk.settle()
        await all_stored(nats_server, desk)
    wanted: list[dict[str, Any]] = []
    more, after = True, None
    while more:
        page = (await run(EVENTS, after=after))["events"]
        wanted += page["nodes"]
        more, after = page["pageInfo"]["hasNextPage"], page["pageInfo"]["endCursor"]
    assert [event["position"] for event in wanted] == list(range(1, 121))
    assert sum(event["cause"] is not None for event in wanted) == 40

    messages = await nats_server.stored()
    assert [body(message) for message in messages] == [
        {**event, "cause": event["cause"] and event["cause"]["id"]} for event in wanted
    ]
    assert [message.subject for message in messages] == [f"deskgraph.{workspace}.{event['type']}" for event in wanted]
    assert [message.headers for message in messages] == [
        {
            "Nats-Msg-Id": event["id"],
            "Nats-Expected-Stream": STREAM,
            "Deskgraph-Position": str(event["position"]),
            "Deskgraph-Type": event["type"],
        }
        for event in wanted
    ]
    assert [line["event"] for line in started.log()] == ["relay.started"]


async def test_a_stream_is_made_with_limits_or_left_as_it_is(desk: Desk, nats_server: Nats, relay: Start) -> None:
    relay()
    await desk.Contact.create(name="Ann")
    await all_stored(nats_server, desk)
    async with nats_server.client() as client:
        manager = client.jetstream()
        made = (await manager.stream_info(STREAM)).config
        await manager.add_stream(name="OWN", subjects=["desk.>", "other"], max_msgs=2, duplicate_window=1)
        own = (await manager.stream_info("OWN")).config
        assert (made.subjects, made.storage, made.retention) == (["deskgraph.>"], "file", "limits")
        assert (made.max_age, made.duplicate_window) == (30 * 86400, 600)

        second = Relay(desk, Target(nats_server.url, stream="OWN", prefix="desk"), start=None)
        await desk.database.run(f"{CONSUMER} DELETE consumer", workspace=desk.workspace, name=NAME)
        task = asyncio.create_task(second.run())
        await until(lambda: second.position == 1)
        await desk.Contact.create(name="Ben")
        await until(lambda: second.position == 2)
        task.cancel()
        assert (await manager.stream_info("OWN")).config == own
        assert (await manager.get_last_msg("OWN", "desk.>")).subject == f"desk.{desk.workspace}.contact.created"


@pytest.mark.parametrize(("arguments", "first"), [((), 1), (("--start", "beginning"), 1), (("--start", "now"), 5)])
async def test_a_new_relay_starts_at_the_beginning_or_now(
    desk: Desk, nats_server: Nats, relay: Start, arguments: tuple[str, ...], first: int
) -> None:
    await written(desk, 4)
    await desk.position()
    started = relay(*arguments)
    await until(lambda: bool(started.said("relay.started")))
    await written(desk, 2)
    last = await desk.position()
    await until(lambda: reached(desk, last))
    assert [body(message)["position"] for message in await nats_server.stored()] == list(range(first, 7))


async def test_a_relay_goes_on_where_it_was(desk: Desk, nats_server: Nats, relay: Start) -> None:
    async with overheard(nats_server) as heard:
        first = relay()
        await written(desk, 20)
        await all_stored(nats_server, desk)
        first.process.terminate()
        assert await asyncio.to_thread(first.process.wait, 30) == 0
        await written(desk, 20)
        second = relay("--start", "now")
        await all_stored(nats_server, desk)
        assert second.said("relay.started")[0]["position"] == 20
        assert [line["event"] for line in first.log()] == ["relay.started", "relay.stopped"]
        wanted = ids(await nats_server.stored())
        await until(lambda: wanted[-1] in heard)
        assert heard == wanted == await log_ids(desk)


async def test_serve_relays_beside_serving(desk: Desk, nats_server: Nats, serve: Callable[..., Served]) -> None:
    served = serve(DESKGRAPH_NATS_URL=nats_server.url, DESKGRAPH_NATS_SUBJECT_PREFIX="desk.eu")
    create = {"query": 'mutation { createContact(input: {name: "Ann"}) { event { id position } } }'}
    async with httpx.AsyncClient(headers=served.headers) as client:
        answer = (await client.post(f"{served.url}/graphql", json=create)).json()
    await until(lambda: reached(desk, 1))
    [message] = await nats_server.stored()
    assert message.subject == f"desk.eu.{desk.workspace}.contact.created"
    assert {name: body(message)[name] for name in ("id", "position")} == answer["data"]["createContact"]["event"]


# What breaks


async def test_nats_is_killed_in_the_middle_of_mutations(desk: Desk, nats_server: Nats, relay: Start) -> None:
    started = relay()
    writing = asyncio.gather(*(written(desk, 50) for _ in range(4)))
    for times, least in enumerate((30, 100), 1):
        await until(partial(over, nats_server, least))
        nats_server.kill()
        await until(lambda times=times: len(started.said("relay.waits")) >= times)
        await nats_server.start()
    await writing
    await all_stored(nats_server, desk)
    messages = await nats_server.stored()
    assert [body(message)["position"] for message in messages] == list(range(1, 201))
    assert ids(messages) == await log_ids(desk)
    assert "does not answer" in started.said("relay.waits")[0]["reason"]


async def test_a_relay_that_starts_before_nats_waits_for_it(desk: Desk, nats_server: Nats, relay: Start) -> None:
    nats_server.kill()
    started = relay()
    await written(desk, 10)
    await until(lambda: bool(started.said("relay.waits")))
    await nats_server.start()
    await all_stored(nats_server, desk)
    assert ids(await nats_server.stored()) == await log_ids(desk)
    [waited] = started.said("relay.waits")  # said once, however often it tried
    assert waited["reason"].startswith(f"NATS at 127.0.0.1:{nats_server.port} does not answer: ")


async def test_nats_stands_still_for_a_while(desk: Desk, nats_server: Nats, relay: Start) -> None:
    started = relay()
    await written(desk, 20)
    await all_stored(nats_server, desk)
    assert nats_server.process
    nats_server.process.send_signal(signal.SIGSTOP)
    await written(desk, 20)
    await until(lambda: bool(started.said("relay.waits")))
    nats_server.process.send_signal(signal.SIGCONT)
    await all_stored(nats_server, desk)
    assert ids(await nats_server.stored()) == await log_ids(desk)


async def test_the_database_is_away_for_a_while(desk: Desk, nats_server: Nats, relay: Start) -> None:
    neo4j = urlsplit(desk.database.uri)
    wire = Wire(neo4j.hostname or "", neo4j.port or 7687)
    await wire.mend()
    started = relay(NEO4J_URI=f"bolt://127.0.0.1:{wire.port}")
    await written(desk, 20)
    await all_stored(nats_server, desk)
    wire.cut()
    await written(desk, 20)
    await until(lambda: bool(started.said("relay.waits")))
    assert await nats_server.count() == 20
    await wire.mend()
    await all_stored(nats_server, desk)
    assert ids(await nats_server.stored()) == await log_ids(desk)
    assert "The database does not answer" in started.said("relay.waits")[0]["reason"]
    assert started.process.poll() is None
    started.process.terminate()
    assert await asyncio.to_thread(started.process.wait, 60) == 0
    wire.cut()


async def test_the_relay_is_killed_and_another_takes_over(desk: Desk, nats_server: Nats, relay: Start) -> None:
    await asyncio.gather(*(written(desk, 50) for _ in range(4)))
    several: list[Relaying] = []
    killed: list[Relaying] = []

    def at_work() -> list[Relaying]:
        return [one for one in several if one not in killed and one.said("relay.started")]

    def kill() -> None:
        [holder] = at_work()
        holder.kill()
        killed.append(holder)

    async with overheard(nats_server, {50: kill}) as heard:
        several += [relay(), relay(), relay()]
        await until(lambda: len(killed) == 1)
        writing = asyncio.create_task(written(desk, 50))
        await until(lambda: bool(at_work()))
        kill()
        await writing
        await all_stored(nats_server, desk)
        wanted = await log_ids(desk)
        await until(lambda: wanted[-1] in heard)
        assert (len(killed), len(wanted)) == (2, 250)
        assert list(dict.fromkeys(heard)) == wanted  # each at least once, first in the order of the log
    assert ids(await nats_server.stored()) == wanted  # each exactly once


async def test_what_is_in_doubt_is_published_again_and_stored_once(desk: Desk, nats_server: Nats, relay: Start) -> None:
    async with overheard(nats_server) as heard:
        first = relay()
        await written(desk, 30)
        await all_stored(nats_server, desk)
        first.kill()
        await desk.database.run(f"{CONSUMER} SET consumer.position = 12", workspace=desk.workspace, name=NAME)
        relay()
        await written(desk, 10)
        await all_stored(nats_server, desk)
        wanted = await log_ids(desk)
        await until(lambda: wanted[-1] in heard)
        assert heard == wanted[:30] + wanted[12:]
    assert ids(await nats_server.stored()) == wanted


async def test_of_several_one_publishes(desk: Desk, nats_server: Nats, relay: Start) -> None:
    async with overheard(nats_server) as heard:
        several = [relay(), relay(), relay()]
        await until(lambda: sum(len(one.said("relay.standby")) for one in several) == 2)
        await written(desk, 100)
        await all_stored(nats_server, desk)
        wanted = await log_ids(desk)
        await until(lambda: wanted[-1] in heard)
        assert heard == wanted
    assert sorted(line["event"] for one in several for line in one.log()) == ["relay.standby"] * 2 + ["relay.started"]


async def test_an_event_that_is_too_large_stops_the_relay_until_nats_takes_it(
    desk: Desk, nats_server: Nats, relay: Start
) -> None:
    nats_server.kill()
    nats_server.config = "max_payload: 2000"
    await nats_server.start()
    started = relay()
    await desk.Ticket.create(subject="Short")
    await desk.Ticket.create(subject="Long", description="x" * 3000)
    await desk.Ticket.create(subject="Short again")
    await until(lambda: bool(started.said("relay.waits")))
    wanted = await log_ids(desk)
    assert ids(await nats_server.stored()) == wanted[:1]
    [waited] = started.said("relay.waits")
    assert len(started.said("relay.started")) <= 2  # however often it tries
    assert waited["reason"].startswith(f"The event {wanted[1]} has 3,")
    assert waited["reason"].endswith("bytes, and NATS takes 2,000: raise its max_payload.")
    nats_server.kill()
    nats_server.config = ""
    await nats_server.start()
    await all_stored(nats_server, desk)
    assert ids(await nats_server.stored()) == wanted
