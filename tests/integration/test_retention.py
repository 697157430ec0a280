"""Retention: the start of the log is trimmed, never past a consumer, and everything else goes on as before."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Any

import neo4j
import pytest
from graphql import ExecutionResult

import deskgraph
from deskgraph.graph import consumers, export, retention
from deskgraph.graph.consumers import Settings, claim, open_consumer
from deskgraph.graph.database import DIALECT, Database
from deskgraph.graph.retention import Trimmed, trim
from deskgraph.graph.statements import statement
from deskgraph.graph.webhooks import resend
from deskgraph.resolvers.api import Context, schema
from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.hooks import Hooks
from deskgraph.resolvers.retention import retaining
from deskgraph.schema.consumer import FailureAction
from deskgraph.schema.errors import CursorExpiredError, InvalidCursorError, InvalidInputError, NotFoundError
from tests.conftest import Run, looked, until
from tests.integration.conftest import Log, Unchanged, everything
from tests.integration.test_indexes import SCANS, walk

pytestmark = pytest.mark.timeout(120)  # a reader that is not told would wait for ever
EXPIRED = "The log is trimmed up to {0}, so what followed {1} is gone: go on with after: {0}."
Make = Callable[..., Awaitable[str]]


def now() -> datetime:
    return datetime.now(UTC)


def days_ago(days: float) -> datetime:
    return now() - timedelta(days=days)


async def cypher(desk: Desk, text: str, **parameters: Any) -> list[dict[str, Any]]:
    """Play time, or look at what no query shows."""
    return await desk.write(lambda tx: tx.run(text, **parameters))


async def age(desk: Desk, *positions: int) -> None:
    """Make these events ten days old."""
    text = "MATCH (event:Event {workspace: $workspace}) WHERE event.position IN $positions "
    await cypher(desk, text + "SET event.at = event.at - duration({days: 10})", positions=positions)


async def left(desk: Desk) -> list[int]:
    """The positions of the events that are there."""
    await desk.position()
    return [event.position for event in await desk.Event.find(order_by="position")]


@pytest.fixture
def make(desk: Desk) -> Make:
    """A ticket with so many events, of which the ones at `old` are ten days old; its id."""

    async def made(count: int, *old: int) -> str:
        ticket = await desk.Ticket.create(subject="Portal")
        for at in range(count - 1):
            await desk.Ticket.update(id=ticket.id, subject=f"Portal {at}")
        await desk.position()
        await age(desk, *old)
        return str(ticket.id)

    return made


# What is removed


async def test_the_log_is_trimmed_up_to_the_first_event_that_is_too_young(desk: Desk, make: Make, run: Run) -> None:
    ticket = await make(6, 1, 2, 4)
    assert await desk.trim(days_ago(9)) == Trimmed(2, events=2)
    assert await left(desk) == [3, 4, 5, 6]
    counts = "query ($id: ID!) { events { totalCount } ticket(id: $id) { version events { totalCount } } }"
    assert await run(counts, id=ticket) == {
        "events": {"totalCount": 4},
        "ticket": {"version": 6, "events": {"totalCount": 4}},
    }
    assert await desk.trim(days_ago(9)) == Trimmed(2)
    assert await desk.trim(now()) == Trimmed(6, events=4)
    assert await left(desk) == []
    assert (await desk.beginning(), await desk.position()) == (6, 6)


async def others(desk: Desk) -> list[dict[str, Any]]:
    """Every node but events, without what only retention is interested in."""
    nodes = [node for node in await everything(desk) if not {"Event", "TrimLock"} & set(node["labels"])]
    for node in nodes:
        for name in ("trimmed", "trimmedAt"):
            node["properties"].pop(name, None)
    return nodes


async def test_nothing_else_is_changed(desk: Desk, log: Log) -> None:
    """Events go with their edges; nodes, their edges and the events that stay are as before."""

    async def survey(ticket: Any, ctx: Any) -> None:
        await ctx.Activity.create(type="survey", ticket=ticket.id)

    user = await desk.User.create(name="Sam", status="online")
    ticket = await desk.Ticket.create(subject="Portal", agent=user.id)
    desk.Ticket.resolved(name="survey")(survey)
    await desk.acting(user.id).Ticket.resolve(id=ticket.id, resolution="restarted")
    await desk.settle()
    desk.Ticket.resolved.remove(survey)
    await desk.attach_hooks()
    [*_, cause, effect] = await log()
    assert (cause.type, cause.user, effect.cause) == ("ticket.resolved", user.id, cause.id)
    before = await others(desk)
    await age(desk, 1, 2, 3)

    assert await desk.trim(days_ago(9)) == Trimmed(3, events=3)

    assert await others(desk) == before
    [kept] = await log()
    assert kept.as_dict() == {**effect.as_dict(), "cause": None}


async def test_only_this_workspace_is_trimmed(desk: Desk, make: Make, database: Database, workspace: str) -> None:
    await make(3)
    async with Desk(database, f"{workspace}-other", hooks=Hooks()) as other:
        await other.Organization.create(name="Acme")
        assert await desk.trim(now()) == Trimmed(3, events=3)
        assert (await left(other), await other.beginning()) == ([1], 0)


async def test_events_without_a_position_stay(database: Database, workspace: str) -> None:
    async with Desk(database, workspace, hooks=Hooks()) as first:
        await first.Organization.create(name="Acme")
        await first.position()
        await first.feed.close()  # nothing is sequenced from here on
        await first.Organization.create(name="Globex")
        assert await trim(database, workspace, now()) == Trimmed(1, events=1)
    async with Desk(database, workspace, hooks=Hooks()) as second:
        assert [entry.position async for entry in taken(second, 1, after=1)] == [2]


async def taken(desk: Desk, count: int, **where: Any) -> Any:
    """The first entries of a stream."""
    async with aclosing(desk.events(**where)) as stream:  # type: ignore[type-var]
        for _ in range(count):
            yield await anext(stream)


async def test_it_goes_in_steps(desk: Desk, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "STEP", 3)
    await make(10)
    await age(desk, *range(1, 9))
    assert await desk.trim(days_ago(9)) == Trimmed(8, events=8)
    assert await left(desk) == [9, 10]


async def test_several_trim_at_once_while_others_write(
    desk: Desk, make: Make, database: Database, workspace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "STEP", 4)
    await make(30, *range(1, 31))
    async with (
        Desk(database, workspace, hooks=Hooks(), poll=0.02) as one,
        Desk(database, workspace, hooks=Hooks(), poll=0.02) as other,
    ):
        moment = days_ago(9)
        writing = asyncio.gather(*(one.Organization.create(name=f"Organization {at}") for at in range(20)))
        done = await asyncio.gather(*(which.trim(moment) for which in (one, other, desk, one, other, desk)))
        await writing
        assert sum(trimmed.events for trimmed in done) == 30
        assert await one.beginning() == 30
        assert await left(one) == list(range(31, 51))


async def test_what_a_killed_process_has_left_is_removed_by_the_next_one(desk: Desk, make: Make) -> None:
    await make(5)
    assert await desk.write(lambda tx: retention._advance(tx, now())) == (5, None)
    with pytest.raises(CursorExpiredError):
        await desk.cursor(0)
    assert await left(desk) == [1, 2, 3, 4, 5]
    assert await desk.trim(days_ago(9)) == Trimmed(5, events=5)
    assert await left(desk) == []


async def test_what_is_about_to_go_is_not_sent_again(desk: Desk, make: Make) -> None:
    """Between the moment when the log begins later and the one when the events are removed."""
    await make(3)
    await open_consumer(desk.database, desk.workspace, "billing")
    [first, *_, last] = [event.id for event in await desk.Event.find(order_by="position")]
    await age(desk, 1, 2)
    assert await desk.write(lambda tx: retention._advance(tx, days_ago(9))) == (2, None)
    with pytest.raises(NotFoundError, match=f"There is no event {first}"):
        await desk.write(lambda tx: resend(tx, "billing", first))
    await desk.write(lambda tx: resend(tx, "billing", last))
    assert await desk.trim(now()) == Trimmed(2, events=2, kept_for="billing")


@pytest.mark.parametrize(
    ("before", "says"),
    [(lambda: now() + timedelta(hours=1), "before must be in the past"), (lambda: "soon", "a moment in ISO 8601")],
)
async def test_a_moment_that_makes_no_sense(
    desk: Desk, make: Make, unchanged: Unchanged, before: Callable[[], Any], says: str
) -> None:
    await make(2, 1)
    async with unchanged():
        with pytest.raises(InvalidInputError, match=says):
            await desk.trim(before())


async def test_a_moment_without_an_offset_is_in_utc(desk: Desk, make: Make) -> None:
    await make(2, 1)
    assert await desk.trim(days_ago(9).replace(tzinfo=None)) == Trimmed(1, events=1)


async def test_a_workspace_that_is_not_there(database: Database, workspace: str) -> None:
    with pytest.raises(NotFoundError, match=f"There is no workspace {workspace}"):
        await trim(database, workspace, now())


# Only where all consumers have passed

Prepare = Callable[[Desk], Awaitable[Any]]


async def looked_at_two(desk: Desk) -> None:
    await open_consumer(desk.database, desk.workspace, "late", after=2)


async def deliveries(desk: Desk, name: str = "late") -> list[str]:
    """Have a consumer take the whole log as deliveries; their leases."""
    settings = Settings(max_in_flight=100, ordered=False)
    await open_consumer(desk.database, desk.workspace, name, settings, after=0)
    taken = await claim(desk.database, desk.workspace, name, settings, head=await desk.position(), want=100)
    return [delivery.lease for delivery in taken.deliveries]


async def in_flight(desk: Desk) -> None:
    [first, second, _, fourth, *_] = await deliveries(desk)
    for lease in (first, second, fourth):
        await desk.consumers.ack(lease)


async def waiting_for_a_retry(desk: Desk) -> None:
    [first, second, third, *more] = await deliveries(desk)
    for lease in (first, second, *more):
        await desk.consumers.ack(lease)
    await desk.consumers.nack(third, error="down", delay=3600)


async def parked(desk: Desk) -> None:
    [first, second, third, *more] = await deliveries(desk)
    for lease in (first, second, *more):
        await desk.consumers.ack(lease)
    await desk.consumers.nack(third, FailureAction.PARK, error="down")


async def replayed(desk: Desk) -> None:
    await parked(desk)
    assert len(await desk.consumers.replay("late")) == 1


@pytest.mark.parametrize("state", [looked_at_two, in_flight, waiting_for_a_retry, parked, replayed])
async def test_a_consumer_that_has_not_passed_keeps_the_log(desk: Desk, make: Make, state: Prepare) -> None:
    """All have come to position 2, in one way or another, and go on."""
    await make(5)
    await deliveries(desk, "quick")
    for lease in [row["lease"] for row in await cypher(desk, LEASES)]:
        await desk.consumers.ack(lease)
    await state(desk)
    assert await desk.trim(now()) == Trimmed(2, events=2, kept_for="late")
    assert await left(desk) == [3, 4, 5]
    assert await desk.trim(now()) == Trimmed(2, kept_for="late")
    await desk.consumers.delete("late")
    assert await desk.trim(now()) == Trimmed(5, events=3)


LEASES = "MATCH (delivery:Delivery {workspace: $workspace, consumer: 'quick'}) RETURN delivery.lease AS lease"


async def test_the_age_keeps_more_than_a_consumer(desk: Desk, make: Make) -> None:
    """The consumer is only named where it keeps something."""
    await make(5, 1, 2)
    await open_consumer(desk.database, desk.workspace, "late", after=2)
    assert await desk.trim(days_ago(9)) == Trimmed(2, events=2)


async def test_the_log_is_kept_for_a_hook_that_is_at_work(desk: Desk, make: Make) -> None:
    began, finish = asyncio.Event(), asyncio.Event()
    await make(2)

    async def slow(ticket: Any, ctx: Any) -> None:
        began.set()
        await finish.wait()
        await ctx.Activity.create(type="survey", ticket=ticket.id)

    desk.Ticket.resolved(name="slow")(slow)
    try:
        await desk.Ticket.resolve(id=(await desk.Ticket.create(subject="Portal")).id, resolution="restarted")
        await began.wait()
        assert await desk.trim(now()) == Trimmed(3, events=3, kept_for="slow")
        finish.set()
        await desk.settle()
    finally:
        desk.Ticket.resolved.remove(slow)
    assert await left(desk) == [4, 5]
    [survey] = await desk.Activity.find()
    assert survey.type == "survey"


async def test_trims_and_consumers_side_by_side_lose_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A consumer gets every event once while the log is trimmed at its heels."""
    monkeypatch.setattr(retention, "STEP", 5)
    ended = asyncio.Event()

    async def trimming() -> int:
        removed = 0
        while not ended.is_set():
            removed += (await desk.trim(now())).events
        return removed

    async def writing() -> None:
        for _ in range(12):
            await asyncio.gather(*(desk.Organization.create(name="Acme") for _ in range(5)))

    received = []
    await desk.consumers.open("all", start="beginning")
    trimmed, written = asyncio.create_task(trimming()), asyncio.create_task(writing())
    async with aclosing(desk.consume("all")) as stream:  # type: ignore[type-var]
        async for event in stream:
            received.append(event.position)
            if len(received) == 60:
                break
    await written
    ended.set()
    assert sorted(received) == list(range(1, 61))
    assert await trimmed > 0


async def test_a_new_consumer_and_what_is_trimmed(desk: Desk, make: Make) -> None:
    await make(5, 1, 2)
    await desk.trim(days_ago(9))
    with pytest.raises(CursorExpiredError, match=EXPIRED.format(2, 1)):
        await open_consumer(desk.database, desk.workspace, "late", after=1)
    assert await desk.consumers.all() == []
    assert await open_consumer(desk.database, desk.workspace, "next", after=2) == 2
    assert await open_consumer(desk.database, desk.workspace, "all", after=consumers.BEGINNING) == 2
    assert await open_consumer(desk.database, desk.workspace, "new") == 5


# Verbs go on


async def test_a_subject_whose_events_are_all_trimmed_goes_on(desk: Desk, make: Make, log: Log) -> None:
    ticket = await make(3)
    assert await desk.trim(now()) == Trimmed(3, events=3)
    await desk.Ticket.hold(id=ticket)
    await desk.Ticket.reopen(id=ticket)
    assert [(event.position, event.type, event.subject_version) for event in await log()] == [
        (4, "ticket.held", 4),
        (5, "ticket.reopened", 5),
    ]
    await age(desk, 4)
    assert await desk.trim(days_ago(9)) == Trimmed(4, events=1)
    await desk.Ticket.resolve(id=ticket, resolution="restarted")
    assert await desk.trim(now()) == Trimmed(6, events=2)
    await desk.Ticket.delete(id=ticket)
    assert [(event.position, event.type) for event in await log()] == [(7, "ticket.deleted")]
    assert await desk.trim(now()) == Trimmed(7, events=1)


async def test_an_event_still_waits_for_its_predecessor(desk: Desk, make: Make, log: Log) -> None:
    """That older ones were trimmed is no reason to place an event whose predecessor is not to be seen yet."""
    ticket = await make(2)
    assert await desk.trim(now()) == Trimmed(2, events=2)
    await cypher(desk, AHEAD, id=ticket)
    assert await log() == []
    await desk.Ticket.update(id=ticket, subject="Shop")
    assert [(event.subject_version, event.position) for event in await log()] == [(3, 3), (4, 4)]


AHEAD = """MATCH (ticket:Ticket {id: $id, workspace: $workspace})
CREATE (:Event:Pending {id: 'event_ahead', workspace: $workspace, type: 'ticket.updated', subjectId: $id, depth: 0,
  subjectVersion: 4, data: '{}', actor: 'system', at: datetime({epochMillis: timestamp()})})-[:OF]->(ticket)"""


async def test_a_key_whose_event_was_trimmed_still_counts(desk: Desk, run: Run, unchanged: Unchanged) -> None:
    text = """mutation ($input: CreateTicketInput!) {
      createTicket(input: $input) { ticket { id version } event { id position } errors { code } } }"""
    given = {"subject": "Portal", "idempotencyKey": "import-7"}
    first = (await run(text, input=given))["createTicket"]
    assert await desk.trim(now()) == Trimmed(1, events=1)
    async with unchanged():
        again = (await run(text, input=given))["createTicket"]
        assert await desk.Ticket.create(subject="Portal", idempotency_key="import-7")
    assert again == {"ticket": first["ticket"], "event": None, "errors": []}


async def test_keys_that_nobody_uses_any_more_go_too(desk: Desk) -> None:
    """Those last used before the moment, and at least a day ago."""
    for key in ("old", "used", "new"):
        await desk.Ticket.create(subject="Portal", idempotency_key=key)
    text = "MATCH (key:IdempotencyKey {workspace: $workspace}) WHERE key.key <> 'new' "
    await cypher(desk, text + "SET key.seenAt = key.seenAt - duration({hours: 25})")
    await desk.Ticket.create(subject="Portal", idempotency_key="used")
    assert await desk.trim(days_ago(2)) == Trimmed(0)
    assert await desk.trim(now()) == Trimmed(3, events=3, keys=1)
    keys = await cypher(desk, "MATCH (key:IdempotencyKey {workspace: $workspace}) RETURN key.key AS key ORDER BY key")
    assert [row["key"] for row in keys] == ["new", "used"]


# Readers


async def test_a_cursor_before_the_beginning_has_expired(desk: Desk, make: Make) -> None:
    await make(4, 1, 2)
    await desk.trim(days_ago(9))
    for after in (0, 1):
        with pytest.raises(CursorExpiredError, match=EXPIRED.format(2, after)) as caught:
            await anext(desk.events(after=after))
        assert (caught.value.after, caught.value.field) == (2, "after")
    assert [entry.position async for entry in taken(desk, 2, after=2)] == [3, 4]
    for after in (-1, 5):
        with pytest.raises(InvalidCursorError, match="The log ends at 4"):
            await anext(desk.events(after=after))


async def subscribed(desk: Desk, text: str) -> Any:
    return await schema().subscribe(text, context_value=Context(desk.session))


async def test_a_subscription_from_before_the_beginning(desk: Desk, make: Make) -> None:
    ticket = await make(4, 1, 2)
    await desk.trim(days_ago(9))
    for field in ("events(after: 1)", f'ticketEvents(id: "{ticket}", after: 1)'):
        async with aclosing(await subscribed(desk, f"subscription {{ {field} {{ position }} }}")) as stream:
            result: ExecutionResult = await anext(stream)
        assert result.errors
        [error] = result.errors
        assert error.message == EXPIRED.format(2, 1)
        assert error.extensions == {"code": "CURSOR_EXPIRED", "field": "after"}


async def test_a_subscriber_who_is_overtaken_is_told(desk: Desk, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log is still in memory, so it knows what comes next; the events themselves are gone."""
    monkeypatch.setattr("deskgraph.resolvers.desk.STEP", 2)
    await make(5)
    async with aclosing(await subscribed(desk, "subscription { events(after: 0) { position } }")) as stream:
        assert (await anext(stream)).data == {"events": {"position": 1}}
        await age(desk, 1, 2, 3)
        await desk.trim(days_ago(9))
        assert (await anext(stream)).data == {"events": {"position": 2}}
        result = await anext(stream)
    assert result.errors
    assert [error.extensions for error in result.errors] == [{"code": "CURSOR_EXPIRED", "field": "after"}]


async def test_a_reader_who_is_overtaken_is_told(desk: Desk, make: Make) -> None:
    """It reads from the database, for it is further behind than memory reaches."""
    await make(6)
    desk.feed._ring.clear()
    assert [entry.position for entry in await desk.feed.after(0, limit=2)] == [1, 2]
    await age(desk, 1, 2, 3)
    await desk.trim(days_ago(9))
    with pytest.raises(CursorExpiredError, match=EXPIRED.format(3, 2)):
        await desk.feed.after(2)
    assert [entry.position for entry in await desk.feed.after(3)] == [4, 5, 6]


async def test_a_process_that_saw_nothing_of_what_is_trimmed_goes_on_after_it(
    desk: Desk, make: Make, database: Database, workspace: str
) -> None:
    """Its feed, those who listen to it, and its workers of a consumer that others have worked on."""
    hooks = Hooks()
    hooks.add_after("ticket.resolved", lambda ticket, ctx: None, "survey")
    async with Desk(database, workspace, hooks=hooks, poll=3600) as other:  # it looks when it has written itself
        listening = asyncio.create_task(anext(other.events()))
        await looked(other)  # or its first look might come later
        await make(3)
        await advance(desk, "survey", 3)
        assert await desk.trim(now()) == Trimmed(3, events=3)
        assert await other.position() == 0
        await other.Organization.create(name="Acme")
        assert await other.position() == 4
        with pytest.raises(CursorExpiredError, match=EXPIRED.format(3, 0)):
            await listening
        await other.settle()
        assert [entry.position async for entry in taken(other, 1, after=3)] == [4]


async def advance(desk: Desk, name: str, position: int) -> None:
    await desk.write(lambda tx: consumers.advance_consumer(tx, name, position))


# By the clock


async def until_left(desk: Desk, *positions: int) -> None:
    """Wait until only these events are there."""

    async def holds() -> bool:
        return await left(desk) == list(positions)

    await until(holds)


async def test_an_open_desk_trims_by_itself(database: Database, workspace: str) -> None:
    async with Desk(database, workspace, hooks=Hooks()) as desk:
        for _ in range(3):
            await desk.Organization.create(name="Acme")
        await desk.position()
        await age(desk, 1, 2)
        async with deskgraph.open(workspace=workspace, retention_days=0.5):
            await until_left(desk, 3)


async def test_it_goes_on_after_a_failure(desk: Desk, make: Make) -> None:
    await make(2, 1)
    asked = asyncio.Event()

    async def refuse(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()
        asked.set()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with Database(f"bolt://127.0.0.1:{port}", "neo4j", "", patience=0.1) as broken, server:
        there, desk.database = desk.database, broken
        async with retaining(desk, 9, every=0.05):
            await asked.wait()
            desk.database = there
            await until_left(desk, 2)


async def test_without_the_setting_nothing_is_trimmed(desk: Desk, make: Make, workspace: str) -> None:
    await make(2, 1)
    async with deskgraph.open(workspace=workspace):
        assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("retention")]
    assert await left(desk) == [1, 2]


# Speed


STATEMENTS = ["trim_open_deliveries", "trim_passed", "trim_ages", "trim_remove", "trim_keys", "sequence_pending"]


@pytest.mark.parametrize("name", [*STATEMENTS, "read_events"])
async def test_statements_walk_indexes(desk: Desk, name: str) -> None:
    text = export._query() if name == "read_events" else statement(name)
    where = {"workspace": "w", "before": now(), "after": 1, "last": 2, "limit": 3, "types": None}
    async with desk.database._session(neo4j.WRITE_ACCESS) as session:
        summary = await (await session.run(f"EXPLAIN {DIALECT}{text}", where)).consume()  # type: ignore[arg-type]
    assert summary.plan
    used = set(walk(summary.plan))
    assert used & SCANS == set()
    assert {operator for operator in used if "IndexSeek" in operator}
