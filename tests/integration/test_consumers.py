"""Durable consumers: each event is handled once, in order for each subject, whoever works and whatever fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deskgraph.graph.consumers import Settings, claim
from deskgraph.graph.database import Database
from deskgraph.resolvers.api import Context, schema
from deskgraph.resolvers.claims import STRIDE
from deskgraph.resolvers.consumers import Received
from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.hooks import Hooks
from deskgraph.schema.errors import DeliveryExpiredError, InvalidCursorError, InvalidInputError, NotFoundError
from tests.conftest import Codes, Run, until
from tests.integration.conftest import Unchanged

CONSUMERS = "{ consumers { name position lag inFlight waiting parked { event attempts error } } }"
DELIVERIES = """subscription ($types: [String!], $start: ConsumerStart) {
  deliveries(consumer: "billing", types: $types, start: $start) {
    id attempt expiresAt key event { position type data subject { ... on Organization { name } } }
  }
}"""
ACK = "mutation ($ids: [ID!]!) { ack(input: {deliveries: $ids}) { deliveries errors { code field } } }"
NACK = """mutation ($id: ID!, $action: FailureAction, $error: String) {
  nack(input: {delivery: $id, action: $action, error: $error, delay: 0}) { deliveries errors { code } }
}"""
QUICK: dict[str, Any] = {"start": "beginning", "attempts": 3}


async def organizations(desk: Desk, count: int) -> list[str]:
    """New organizations, each with its event."""
    made = [(await desk.Organization.create(name=f"Organization {at}")).id for at in range(1, count + 1)]
    await desk.position()
    return made


async def take(events: AsyncIterator[Received], count: int) -> list[Received]:
    """The first events of a consumer, acknowledged."""
    taken: list[Received] = []
    async with aclosing(events) as stream:  # type: ignore[type-var]
        async for event in stream:
            taken.append(event)
            if len(taken) == count:
                await event.ack()
                break
    return taken


async def state(desk: Desk, name: str = "billing") -> tuple[int, int, int, int, int]:
    """A consumer's position, lag, deliveries in flight and waiting, and parked events."""
    row = await desk.consumers.get(name)
    return row["position"], row["lag"], row["inFlight"], row["waiting"], row["parkedCount"]


async def reached(desk: Desk, position: int) -> bool:
    return (await state(desk))[0] >= position


async def has_parked(desk: Desk) -> bool:
    return (await state(desk))[4] > 0


# Where it begins, what it takes


@pytest.mark.parametrize(("start", "positions"), [("BEGINNING", [1, 2, 3, 4]), (2, [3, 4]), ("now", [4]), (3, [4])])
async def test_a_new_consumer_begins_where_it_is_told_to(desk: Desk, start: str | int, positions: list[int]) -> None:
    await organizations(desk, 3)
    await desk.consumers.open("billing", start=start)
    await organizations(desk, 1)
    taken = await take(desk.consume("billing"), len(positions))
    assert [event.position for event in taken] == positions
    assert await state(desk) == (4, 0, 0, 0, 0)


@pytest.mark.parametrize("start", [-1, 2, 10**12])
async def test_a_position_that_was_never_given_is_an_error(desk: Desk, unchanged: Unchanged, start: int) -> None:
    await organizations(desk, 1)
    async with unchanged():
        with pytest.raises(InvalidCursorError, match="The log ends at 1"):
            await desk.consumers.open("billing", start=start)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"name": ""}, "name must be text"),
        ({"types": ["ticket.exploded"]}, "not 'ticket.exploded'"),
        ({"start": "tomorrow"}, "start must be BEGINNING, NOW or a position"),
        ({"max_in_flight": 0}, "maxInFlight must be from 1 to 1000"),
        ({"ack_timeout": 0.5}, "ackTimeout must be from 1 to 43200"),
        ({"attempts": 0}, "attempts must be from 1 to 100"),
    ],
)
async def test_bad_settings(desk: Desk, unchanged: Unchanged, given: dict[str, Any], message: str) -> None:
    async with unchanged():
        with pytest.raises(InvalidInputError, match=message):
            await desk.consumers.open(**{"name": "billing", **given})


async def test_it_takes_the_types_that_it_asks_for(desk: Desk) -> None:
    [acme] = await organizations(desk, 1)
    ann = await desk.Contact.create(name="Ann", organization=acme)
    ticket = await desk.Ticket.create(subject="Portal", contact=ann)
    await desk.Ticket.resolve(id=ticket.id, resolution="restarted it")
    taken = await take(desk.consume("billing", types=["ticket.*", "contact.created"], start="beginning"), 3)
    assert [(event.type, event.position) for event in taken] == [
        ("contact.created", 2),
        ("ticket.created", 3),
        ("ticket.resolved", 4),
    ]
    assert taken[2].data == {"$id": ticket.id, "resolution": "restarted it"}
    assert (taken[2].attempt, taken[2].key) == (1, f"billing:{taken[2].id}")


async def test_it_goes_on_where_it_was_with_new_settings(desk: Desk) -> None:
    await organizations(desk, 3)
    first = await take(desk.consume("billing", start="beginning"), 2)
    rest = await take(desk.consume("billing", start="beginning", types=["organization.*"]), 1)
    assert [event.position for event in (*first, *rest)] == [1, 2, 3]


async def test_events_of_other_types_are_passed_over_now_and_then(desk: Desk) -> None:
    """Without a write for each; a consumer that has nothing to do does not lag behind for ever."""
    await desk.consumers.open("billing", types=["ticket.*"], start="beginning")
    async with desk.consumers.claims("billing", Settings(types=("ticket.created",))) as claims:
        waiting = asyncio.create_task(claims.take(1))
        await organizations(desk, STRIDE + 1)
        await until(lambda: reached(desk, STRIDE))
        assert not waiting.done()
    assert await waiting == []


# Acknowledged or not


async def test_what_is_not_acknowledged_is_in_flight(desk: Desk) -> None:
    await organizations(desk, 3)
    events = desk.consume("billing", start="beginning")
    first = await anext(events)
    assert await state(desk) == (0, 3, 1, 2, 0)
    second = await anext(events)
    assert (first.position, second.position) == (1, 2)
    assert await state(desk) == (1, 2, 1, 1, 0)
    await events.aclose()  # type: ignore[attr-defined]
    assert await state(desk) == (1, 2, 0, 2, 0)


async def test_a_loop_that_fails_has_its_event_again(desk: Desk) -> None:
    await organizations(desk, 1)
    for attempt in (1, 2):
        await desk.consumers.open("billing", **QUICK)
        async with aclosing(desk.consume("billing", **QUICK)) as events:  # type: ignore[type-var]
            async for event in events:
                assert (event.position, event.attempt) == (1, attempt)
                break
    [event] = await take(desk.consume("billing", **QUICK), 1)
    assert (event.attempt, await state(desk)) == (3, (1, 0, 0, 0, 0))


async def test_retry_until_parked_then_replay_and_drop(desk: Desk) -> None:
    await organizations(desk, 2)
    events = desk.consume("billing", **QUICK)
    seen = []
    async for event in events:
        seen.append((event.position, event.attempt))
        await event.nack(error=f"no {event.position}.{event.attempt}", delay=0)
        if len(seen) == 6:
            break
    assert sorted(seen) == [(at, attempt) for at in (1, 2) for attempt in (1, 2, 3)]
    row = await desk.consumers.get("billing")
    parked = [(one["position"], one["attempts"], one["error"]) for one in row["parked"]]
    assert parked == [(1, 3, "no 1.3"), (2, 3, "no 2.3")]
    one, two = [one["event"] for one in row["parked"]]
    assert await state(desk) == (2, 0, 0, 0, 2)

    assert await desk.consumers.replay("billing", two) == [two]
    again = await anext(events)
    assert (again.id, again.attempt) == (two, 1)
    await again.ack()
    assert await desk.consumers.drop("billing", one) == [one]
    assert await state(desk) == (2, 0, 0, 0, 0)
    with pytest.raises(NotFoundError, match="has not parked"):
        await desk.consumers.replay("billing", one)
    assert await desk.consumers.replay("billing") == []


async def test_park_and_skip_at_once(desk: Desk) -> None:
    await organizations(desk, 2)
    events = desk.consume("billing", **QUICK)
    await (await anext(events)).nack("park", error="not mine")
    await (await anext(events)).nack("skip")
    [parked] = (await desk.consumers.get("billing"))["parked"]
    assert (parked["position"], parked["attempts"], parked["error"]) == (1, 1, "not mine")
    assert await state(desk) == (2, 0, 0, 0, 1)


async def test_what_is_released_was_no_attempt(desk: Desk) -> None:
    await organizations(desk, 1)
    events = desk.consume("billing", **QUICK)
    for _ in range(5):
        event = await anext(events)
        assert (event.position, event.attempt) == (1, 1)
        await event.nack("release")
    assert await state(desk) == (0, 1, 0, 1, 0)


async def test_a_lease_that_runs_out_is_given_to_another(desk: Desk, unchanged: Unchanged) -> None:
    await organizations(desk, 1)
    settings = await desk.consumers.open("billing", start="beginning", ack_timeout=1)
    async with desk.consumers.claims("billing", settings) as claims:
        [first] = await claims.take(8)
        [second] = await claims.take(8)  # as soon as the time is out
        assert (first.entry.position, first.attempt, second.entry.position, second.attempt) == (1, 1, 1, 2)
        await desk.consumers.extend(second.lease, 60)
        async with unchanged():
            consumers = desk.consumers
            for late in (consumers.ack(first.lease), consumers.nack(first.lease), consumers.extend(first.lease, 5)):
                with pytest.raises(DeliveryExpiredError):
                    await late
        await desk.consumers.ack(second.lease)
        with pytest.raises(DeliveryExpiredError):
            await desk.consumers.ack(second.lease)
    assert await state(desk) == (1, 0, 0, 0, 0)


async def test_leases_that_run_out_each_time_park_the_event(desk: Desk) -> None:
    await organizations(desk, 1)
    settings = await desk.consumers.open("billing", start="beginning", ack_timeout=1, attempts=2)
    async with desk.consumers.claims("billing", settings) as claims:
        assert [(await claims.take(8))[0].attempt for _ in range(2)] == [1, 2]
        waiting = asyncio.create_task(claims.take(8))
        await until(lambda: has_parked(desk))
    assert await waiting == []
    [parked] = (await desk.consumers.get("billing"))["parked"]
    assert (parked["attempts"], parked["error"]) == (3, "its lease ran out each time")


async def test_a_long_body_keeps_its_lease(desk: Desk) -> None:
    [organization] = await organizations(desk, 1)
    async for event in desk.consume("billing", start="beginning", ack_timeout=1):
        before = (await desk.consumers.get("billing"))["inFlight"]
        other = await desk.consumers.open("billing", ack_timeout=1)
        async with desk.consumers.claims("billing", other) as claims:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(claims.take(1), 2.5)
        await event.ack()
        assert (event.subject_id, before) == (organization, 1)
        break


# Order, concurrency, several workers


async def test_events_of_one_subject_come_one_after_the_other(desk: Desk) -> None:
    one, two = await organizations(desk, 2)
    for turn in range(3):
        for subject in (one, two):
            await desk.Organization.update(id=subject, name=f"Turn {turn}")
    await desk.position()
    settings = await desk.consumers.open("billing", start="beginning")
    order = []
    async with desk.consumers.claims("billing", settings) as claims:
        for _ in range(4):
            pair = await claims.take(8)
            order.append([delivery.entry.position for delivery in pair])
            for delivery in reversed(pair):
                await desk.consumers.ack(delivery.lease)
    assert order == [[1, 2], [3, 4], [5, 6], [7, 8]]


async def test_a_failing_subject_does_not_hold_up_the_others(desk: Desk) -> None:
    one, two = await organizations(desk, 2)
    for subject in (one, two):
        await desk.Organization.update(id=subject, name="Renamed")
    await desk.position()
    seen = []
    async for event in desk.consume("billing", start="beginning"):
        seen.append(event.position)
        if event.position == 1:
            await event.nack(delay=600)
        if len(seen) == 3:
            await event.ack()
            break
    assert seen == [1, 2, 4]
    assert await state(desk) == (0, 4, 0, 2, 0)


async def test_no_more_is_in_flight_than_allowed(desk: Desk) -> None:
    await organizations(desk, 5)
    settings = await desk.consumers.open("billing", start="beginning", max_in_flight=2)
    async with desk.consumers.claims("billing", settings) as here, desk.consumers.claims("billing", settings) as there:
        first = await here.take(8)
        waiting = asyncio.create_task(there.take(8))
        done, _ = await asyncio.wait([waiting], timeout=0.5)
        assert ([delivery.entry.position for delivery in first], done) == ([1, 2], set())
        await desk.consumers.ack(first[0].lease)
        assert [delivery.entry.position for delivery in await waiting] == [3]


async def test_workers_in_several_processes_share_the_work(database: Database, workspace: str) -> None:
    async with Desk(database, workspace, hooks=Hooks()) as one, Desk(database, workspace, hooks=Hooks()) as two:
        await organizations(one, 60)
        seen: dict[int, list[int]] = {0: [], 1: [], 2: []}

        async def work(desk: Desk, worker: int) -> None:
            async for event in desk.consume("billing", start="beginning"):
                seen[worker].append(event.position)
                if sum(map(len, seen.values())) == 60:
                    await event.ack()
                    return

        await one.consumers.open("billing", start="beginning")
        workers = [asyncio.create_task(work(desk, worker)) for worker, desk in enumerate((one, one, two))]
        await asyncio.wait(workers, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.gather(one.consumers.close(), two.consumers.close(), *workers)
        assert sorted(position for positions in seen.values() for position in positions) == list(range(1, 61))
        assert all(seen.values())
        assert await state(one) == (60, 0, 0, 0, 0)


async def test_what_a_desk_left_is_done_by_the_next(database: Database, workspace: str) -> None:
    """A retry that is due later, an event in flight and one not taken yet."""
    async with Desk(database, workspace, hooks=Hooks()) as first:
        await organizations(first, 3)
        events = first.consume("billing", start="beginning", ack_timeout=1)
        await (await anext(events)).nack(delay=1, error="later")
        settings = await first.consumers.open("billing", start="beginning", ack_timeout=1)
        await claim(database, workspace, "billing", settings, head=3, want=1)  # its worker dies here
        assert (await state(first))[2:4] == (1, 2)
    async with Desk(database, workspace, hooks=Hooks()) as second:
        taken = await take(second.consume("billing", ack_timeout=1), 3)
        assert sorted((event.position, event.attempt) for event in taken) == [(1, 2), (2, 2), (3, 1)]


async def test_a_backlog_is_bounded(desk: Desk, database: Database) -> None:
    await organizations(desk, 12)
    await desk.consumers.open("billing", start="beginning")
    small = Settings(backlog=5, max_in_flight=100)
    first = await claim(database, desk.workspace, "billing", small, head=12, want=100)
    again = await claim(database, desk.workspace, "billing", small, head=12, want=100)
    assert [delivery.entry.position for delivery in first.deliveries] == [1, 2, 3, 4, 5]
    assert (first.position, first.open, again.deliveries, again.position, again.open) == (5, 5, [], 5, 5)


async def test_a_deleted_consumer_ends_its_loops(desk: Desk, unchanged: Unchanged) -> None:
    await organizations(desk, 1)
    events = desk.consume("billing", start="beginning")
    await (await anext(events)).ack()
    await desk.consumers.delete("billing")
    with pytest.raises(NotFoundError, match="There is no consumer billing"):
        await anext(events)
    async with unchanged():
        with pytest.raises(NotFoundError):
            await desk.consumers.delete("billing")


async def test_a_hook_is_no_consumer_for_others(desk: Desk, unchanged: Unchanged) -> None:
    @desk.Ticket.resolved(name="survey")
    async def survey(_ticket: Any, _ctx: Any) -> None: ...

    await desk.attach_hooks()
    async with unchanged():
        with pytest.raises(InvalidInputError, match="choose another name"):
            await desk.consumers.open("survey")
        with pytest.raises(InvalidInputError, match="at work here"):
            await desk.consumers.delete("survey")


# Over GraphQL


async def subscribed(desk: Desk, text: str = DELIVERIES, **variables: Any) -> AsyncIterator[dict[str, Any]]:
    """The deliveries of a subscription."""
    source = await schema().subscribe(text, variables, context_value=Context(desk.session))
    async with aclosing(source) as results:  # type: ignore[type-var]
        async for result in results:
            assert result.errors is None, result.errors
            assert result.data
            yield result.data["deliveries"]


async def test_a_remote_consumer(desk: Desk, run: Run) -> None:
    await organizations(desk, 3)
    stream = subscribed(desk, types=["organization.*"], start="BEGINNING")
    one, two, three = [await anext(stream) for _ in range(3)]
    ids = [event.id for event in await desk.Organization.find(order_by="created_at")]
    for at, delivery in ((1, one), (2, two)):
        data = {"$id": ids[at - 1], "name": f"Organization {at}"}
        subject = {"name": f"Organization {at}"}
        expected = {"position": at, "type": "organization.created", "data": data, "subject": subject}
        assert delivery["event"] == expected
    assert (one["attempt"], one["key"][:14]) == (1, "billing:event_")
    assert await run(ACK, ids=[one["id"], two["id"]]) == {"ack": {"deliveries": [one["id"], two["id"]], "errors": []}}
    assert await run(ACK, ids=[one["id"]]) == {
        "ack": {"deliveries": [], "errors": [{"code": "DELIVERY_EXPIRED", "field": "deliveries"}]}
    }
    await run(NACK, id=three["id"], action="RETRY")
    again = await anext(stream)
    assert (again["event"], again["attempt"], again["key"]) == (three["event"], 2, three["key"])
    await run(NACK, id=again["id"], action="PARK", error="no such account")
    [event] = [event.id for event in await desk.Event.find(position=3)]
    assert await run(CONSUMERS) == {
        "consumers": [
            {
                "name": "billing",
                "position": 3,
                "lag": 0,
                "inFlight": 0,
                "waiting": 0,
                "parked": [{"event": event, "attempts": 2, "error": "no such account"}],
            }
        ]
    }
    replay = 'mutation { replayParked(input: {consumer: "billing"}) { events errors { code } } }'
    assert await run(replay) == {"replayParked": {"events": [event], "errors": []}}
    assert (await anext(stream))["attempt"] == 1
    await stream.aclose()  # type: ignore[attr-defined]


async def test_a_subscriber_has_no_more_at_once_than_it_wants(desk: Desk, run: Run) -> None:
    """Two share the work of a consumer that may have eight in flight: neither takes what the other could do."""
    await organizations(desk, 4)
    await desk.consumers.open("billing", start="beginning")
    text = 'subscription { deliveries(consumer: "billing", atOnce: 1) { id event { position } } }'
    first, second = subscribed(desk, text), subscribed(desk, text)
    mine, other = await anext(first), await anext(second)
    assert [one["event"]["position"] for one in (mine, other)] == [1, 2]
    assert await state(desk) == (0, 4, 2, 2, 0)
    waiting = asyncio.ensure_future(anext(first))
    await run(ACK, ids=[other["id"]])
    assert (await anext(second))["event"]["position"] == 3
    assert not waiting.done()
    await run(ACK, ids=[mine["id"]])
    assert (await waiting)["event"]["position"] == 4
    for stream in (first, second):
        await stream.aclose()  # type: ignore[attr-defined]


async def test_at_once_has_its_bounds(desk: Desk) -> None:
    await desk.consumers.open("billing")
    text = 'subscription { deliveries(consumer: "billing", atOnce: 0) { id } }'
    source = await schema().subscribe(text, context_value=Context(desk.session))
    async with aclosing(source) as results:  # type: ignore[type-var]
        result = await anext(results)
    assert [error.extensions["code"] for error in result.errors] == ["INVALID_INPUT"]


async def test_a_delivery_has_its_subject_as_it_is_now_even_deleted(desk: Desk) -> None:
    ticket = await desk.Ticket.create(subject="Portal")
    await desk.Ticket.update(id=ticket.id, subject="Shop")
    await desk.Ticket.delete(id=ticket.id)
    await desk.consumers.open("billing", start="beginning", max_in_flight=1)
    text = """subscription { deliveries(consumer: "billing") {
      event { type subject { id } } subject { __typename ... on Ticket { subject version } ... on User { name } }
    } }"""
    stream = subscribed(desk, text)
    assert await anext(stream) == {
        "event": {"type": "ticket.created", "subject": None},
        "subject": {"__typename": "Ticket", "subject": "Shop", "version": 3},
    }
    await stream.aclose()  # type: ignore[attr-defined]


async def test_the_position_of_the_log(desk: Desk, run: Run) -> None:
    assert await run("{ position }") == {"position": 0}
    for count in (1, 2):
        await desk.Organization.create(name="Acme")
        assert await run("{ position }") == {"position": count}


async def test_a_consumer_is_made_and_forgotten_over_graphql(run: Run, codes: Codes, desk: Desk) -> None:
    await organizations(desk, 2)
    create = """mutation ($input: CreateConsumerInput!) { createConsumer(input: $input) {
      consumer { name kind types position lag maxInFlight ackTimeout attempts } errors { code field }
    } }"""
    given = {
        "name": "billing",
        "types": ["ticket.re*"],
        "startAfter": 1,
        "maxInFlight": 2,
        "ackTimeout": 5,
        "attempts": 7,
    }
    assert (await run(create, input=given))["createConsumer"] == {
        "consumer": {
            "name": "billing",
            "kind": "REMOTE",
            "types": ["ticket.reopened", "ticket.resolved"],
            "position": 1,
            "lag": 1,
            "maxInFlight": 2,
            "ackTimeout": 5.0,
            "attempts": 7,
        },
        "errors": [],
    }
    refused = await run(create, input={"name": "other", "startAfter": 9})
    assert refused == {"createConsumer": {"consumer": None, "errors": [{"code": "INVALID_CURSOR", "field": "after"}]}}
    assert await run('{ consumer(name: "other") { name } }') == {"consumer": None}
    delete = 'mutation { deleteConsumer(input: {name: "billing"}) { errors { code field } } }'
    assert await run(delete) == {"deleteConsumer": {"errors": []}}
    assert await run(delete) == {"deleteConsumer": {"errors": [{"code": "NOT_FOUND", "field": "name"}]}}
    assert await run("{ consumers { name } }") == {"consumers": []}
    drop = 'mutation { dropParked(input: {consumer: "billing"}) { events errors { code } } }'
    assert await run(drop) == {"dropParked": {"events": [], "errors": [{"code": "NOT_FOUND"}]}}


async def test_the_log_is_trimmed_up_to_where_consumers_have_passed(run: Run, desk: Desk) -> None:
    trim = """mutation ($before: DateTime!) {
      trimEvents(input: {before: $before}) { position removed keptFor errors { code field } }
    }"""
    await organizations(desk, 3)
    await take(desk.consume("billing", start="beginning"), 2)
    now = datetime.now(UTC)
    assert await run(trim, before=(now + timedelta(hours=1)).isoformat()) == {
        "trimEvents": {
            "position": None,
            "removed": 0,
            "keptFor": None,
            "errors": [{"code": "INVALID_INPUT", "field": "before"}],
        }
    }
    assert await run(trim, before=now.isoformat()) == {
        "trimEvents": {"position": 2, "removed": 2, "keptFor": "billing", "errors": []}
    }
    assert await run("{ events { nodes { position } } }") == {"events": {"nodes": [{"position": 3}]}}
