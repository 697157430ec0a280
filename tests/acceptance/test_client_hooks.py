"""After-hooks and consumers of the remote client: what is handled once, tried again, given back, shared."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from typing import Any

import pytest

from deskgraph.client import Context, Desk, connect
from deskgraph.client.generated import Contact, Organization, Ticket
from deskgraph.schema.errors import (
    DeliveryExpiredError,
    InvalidInputError,
    InvalidTransitionError,
    NotFoundError,
)
from tests.acceptance.conftest import Served, serving_in
from tests.acceptance.gate import gate_to
from tests.conftest import until

ORGANIZATIONS = ["organization.created"]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for all of these tests, each of which names its consumers after itself."""
    with serving_in(tmp_path_factory.mktemp("hooks")) as running:
        yield running


@pytest.fixture
async def desk(served: Served) -> AsyncIterator[Desk]:
    async with connect(served.url, served.key) as opened:
        yield opened


async def settled(desk: Desk, name: str) -> bool:
    """Whether a consumer has done everything."""
    state = await desk.consumers.get(name)
    return bool(state["lag"] == state["inFlight"] == state["waiting"] == 0)


async def notes(desk: Desk, ticket: Ticket) -> list[str | None]:
    """What was noted on a ticket, the oldest first."""
    return [activity.note for activity in await desk.Activity.find(ticket=ticket, order_by="created_at")]


# After-hooks


async def test_a_hook_is_given_the_noun_and_a_context(desk: Desk) -> None:
    seen: list[Any] = []

    @desk.Ticket.resolved(name="context")
    def look(ticket: Ticket, ctx: Context) -> None:
        seen.append((ticket, ctx.event, ctx.key, ctx.attempt))

    async with desk.listening():
        ticket = await desk.Ticket.create(subject="Portal")
        resolved = await desk.Ticket.resolve(id=ticket, resolution="restarted")
        await until(lambda: settled(desk, "context"))
    [event] = await desk.Event.find(subject_id=ticket.id, type="ticket.resolved")
    assert seen == [(resolved, event, f"context:{event.id}", 1)]


async def test_a_failing_hook_is_tried_again_and_does_once_what_it_repeats(desk: Desk) -> None:
    attempts: list[int] = []

    @desk.Ticket.created(name="fails", attempts=4)
    async def fails(ticket: Ticket, ctx: Context) -> None:
        attempts.append(ctx.attempt)
        for _ in range(2):
            await ctx.Activity.create(type="note", ticket=ticket, note="the same twice")
        await ctx.Activity.create(type="note", ticket=ticket, note=f"attempt {ctx.attempt}")
        if ctx.attempt < 3:
            raise ValueError("not yet")

    async with desk.listening():
        ticket = await desk.Ticket.create(subject="Portal")
        await until(lambda: settled(desk, "fails"))
    assert attempts == [1, 2, 3]
    said = ["the same twice", "the same twice", "attempt 1", "attempt 2", "attempt 3"]
    assert sorted(map(str, await notes(desk, ticket))) == sorted(said)


async def test_a_hook_that_fails_each_time_is_parked_and_replayed(desk: Desk) -> None:
    broken = True

    @desk.Contact.created(name="parks", attempts=2)
    async def parks(contact: Contact, ctx: Context) -> None:
        if broken:
            await ctx.Contact.update(id="contact_nothere", name="Nobody")
        await ctx.Activity.create(type="welcome", contact=contact)

    async def parked() -> bool:
        return bool((await desk.consumers.get("parks"))["parkedCount"])

    async with desk.listening():
        contact = await desk.Contact.create(name="Ann")
        await until(parked)
        [event] = (await desk.consumers.get("parks"))["parked"]
        assert (event["subject"], event["attempts"]) == (contact.id, 2)
        assert event["error"] == "NOT_FOUND: There is no contact contact_nothere."
        assert await desk.Activity.find(contact=contact) == []
        broken = False
        assert await desk.consumers.replay("parks", event["event"]) == [event["event"]]
        await until(lambda: settled(desk, "parks"))
    assert [activity.type for activity in await desk.Activity.find(contact=contact)] == ["welcome"]
    assert await desk.consumers.drop("parks") == []


async def test_a_hook_may_take_longer_than_its_time(desk: Desk) -> None:
    attempts: list[int] = []

    @desk.Ticket.created(name="slow", ack_timeout=3)
    async def slow(_ticket: Ticket, ctx: Context) -> None:
        attempts.append(ctx.attempt)
        await asyncio.sleep(5)

    async with desk.listening():
        await desk.Ticket.create(subject="Portal")
        await until(lambda: settled(desk, "slow"))
    assert attempts == [1]


async def test_what_is_half_done_when_the_program_stops_is_given_back(desk: Desk, served: Served) -> None:
    begun = asyncio.Event()

    @desk.Ticket.created(name="stopped")
    async def stopped(_ticket: Ticket, _ctx: Context) -> None:
        begun.set()
        await asyncio.Event().wait()

    running = asyncio.create_task(desk.run())
    while not await opened(desk, "stopped"):
        pass
    ticket = await desk.Ticket.create(subject="Portal")
    await begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    seen: list[Any] = []
    async with connect(served.url, served.key) as other:
        other.Ticket.created(name="stopped")(lambda again, ctx: seen.append((again.id, ctx.attempt)))
        async with other.listening():
            await until(lambda: settled(desk, "stopped"))
    assert seen == [(ticket.id, 1)]


async def opened(desk: Desk, name: str) -> bool:
    return name in [consumer["name"] for consumer in await desk.consumers.all()]


async def test_at_the_end_of_the_block_what_runs_may_end(desk: Desk) -> None:
    begun = asyncio.Event()

    @desk.Ticket.created(name="ends")
    async def ends(ticket: Ticket, ctx: Context) -> None:
        begun.set()
        await asyncio.sleep(0.5)
        await ctx.Activity.create(type="note", ticket=ticket, note="ended")

    async with desk.listening():
        ticket = await desk.Ticket.create(subject="Portal")
        await begun.wait()
    assert await notes(desk, ticket) == ["ended"]
    state = await desk.consumers.get("ends")
    assert (state["inFlight"], state["waiting"], state["parkedCount"]) == (0, 0, 0)


async def test_an_error_of_the_block_stops_the_hooks(desk: Desk) -> None:
    desk.Ticket.created(name="block")(print)

    async def block() -> None:
        async with desk.listening():
            ticket = await desk.Ticket.create(subject="Portal")
            await desk.Ticket.reopen(id=ticket)

    with pytest.raises(InvalidTransitionError):
        await block()


async def test_a_hook_of_a_deleted_noun_is_given_it(desk: Desk) -> None:
    names: list[str] = []

    @desk.Organization.deleted(name="deleted")
    async def deleted(organization: Organization, _ctx: Context) -> None:
        names.append(organization.name)

    async with desk.listening():
        organization = await desk.Organization.create(name="Acme")
        await desk.Organization.delete(id=organization)
        await until(lambda: settled(desk, "deleted"))
    assert names == ["Acme"]


async def test_a_hook_begins_where_it_is_told_to_and_goes_on_where_it_was(desk: Desk) -> None:
    first = await desk.Organization.create(name="First")
    position = await desk.position() - 1
    seen: list[str] = []

    def note(organization: Organization, _ctx: Context) -> None:
        seen.append(organization.id)

    desk.Organization.created(name="begins", start=position)(note)
    for _ in range(2):
        async with desk.listening():
            await until(lambda: settled(desk, "begins"))
        second = await desk.Organization.create(name="Second")
    assert seen[:2] == [first.id, seen[1]]
    assert second.id not in seen
    assert len(seen) == 2


async def test_names_of_hooks(desk: Desk) -> None:
    async def survey(_ticket: Ticket, _ctx: Context) -> None: ...

    assert desk.Ticket.resolved(survey) is survey
    with pytest.raises(ValueError, match=r"There is an after-hook ticket\.resolved:.*survey already"):
        desk.Ticket.resolved(survey)
    with pytest.raises(ValueError, match=r"is not registered after ticket\.closed"):
        desk.Ticket.closed.remove(survey)
    desk.Ticket.resolved.remove(survey)
    with pytest.raises(InvalidInputError, match="There is no after-hook to run"):
        await desk.run()
    with pytest.raises(AttributeError, match="creating"):
        desk.Ticket.creating(survey)  # type: ignore[attr-defined]


# Consumers


async def organizations(desk: Desk, count: int) -> list[str]:
    return [(await desk.Organization.create(name=f"Organization {at}")).id for at in range(count)]


async def test_a_loop_acknowledges_what_it_has_done(desk: Desk) -> None:
    await desk.consumers.open("loop", types=ORGANIZATIONS)
    made = await organizations(desk, 3)
    seen = []
    async with aclosing(desk.consume("loop", types=ORGANIZATIONS)) as events:
        async for event in events:
            seen.append((event.subject_id, event.attempt, event.key == f"loop:{event.id}", event.event.data["name"]))
            assert (await desk.consumers.get("loop"))["inFlight"] == 1
            if len(seen) == 3:
                await event.ack()
                with pytest.raises(DeliveryExpiredError):
                    await event.ack()
                break
    assert seen == [(one, 1, True, f"Organization {at}") for at, one in enumerate(made)]
    assert await settled(desk, "loop")


async def test_a_loop_that_is_left_has_its_event_again(desk: Desk) -> None:
    await desk.consumers.open("left", types=ORGANIZATIONS)
    made = await organizations(desk, 2)
    for attempt in (1, 2):
        async with aclosing(desk.consume("left", types=ORGANIZATIONS)) as events:
            async for event in events:
                assert (event.subject_id, event.attempt) == (made[attempt - 1 if event.attempt == 1 else 0], attempt)
                break
        if attempt == 1:
            async with aclosing(desk.consume("left", types=ORGANIZATIONS, max_in_flight=1)) as events:
                other = await anext(events)
                assert (other.subject_id, other.attempt) == (made[1], 1)
                await other.ack()


async def test_a_loop_may_refuse(desk: Desk) -> None:
    await desk.consumers.open("refuse", types=ORGANIZATIONS)
    one, two, three = await organizations(desk, 3)
    seen = []
    async with aclosing(desk.consume("refuse", types=ORGANIZATIONS)) as events:
        async for event in events:
            seen.append((event.subject_id, event.attempt))
            match seen[-1]:
                case (subject, 1) if subject == one:
                    await event.nack(delay=0)
                case (subject, 1) if subject == two:
                    await event.nack("park", error="no such account")
                case (subject, 1):
                    await event.nack("SKIP")
                case _:
                    await event.ack()
            if len(seen) == 4:
                break
    assert sorted(seen) == sorted([(one, 1), (one, 2), (two, 1), (three, 1)])
    state = await desk.consumers.get("refuse")
    assert [(event["subject"], event["error"]) for event in state["parked"]] == [(two, "no such account")]
    assert (state["lag"], state["waiting"], state["inFlight"]) == (0, 0, 0)
    await desk.consumers.delete("refuse")
    with pytest.raises(NotFoundError):
        await desk.consumers.delete("refuse")


async def test_two_loops_share_the_work(desk: Desk, served: Served) -> None:
    """While one is busy with an event, the other is given the next: nobody hoards what is due."""
    await desk.consumers.open("shared", types=ORGANIZATIONS)
    made = await organizations(desk, 3)
    async with connect(served.url, served.key) as other:
        busy, idle = desk.consume("shared", types=ORGANIZATIONS), other.consume("shared", types=ORGANIZATIONS)
        async with aclosing(busy), aclosing(idle):
            first = await anext(busy)
            assert [(await anext(idle)).subject_id for _ in range(2)] == made[1:]
            assert first.subject_id == made[0]
            await first.ack()


async def test_what_was_sent_but_not_read_is_released(desk: Desk) -> None:
    """A loop that is left right after its `ack` may have been sent the next event already."""
    await desk.consumers.open("unread", types=ORGANIZATIONS)
    made = await organizations(desk, 6)
    for subject in made:
        async with aclosing(desk.consume("unread", types=ORGANIZATIONS)) as events:
            event = await anext(events)
            assert (event.subject_id, event.attempt) == (subject, 1)
            await event.ack()
    assert await settled(desk, "unread")


async def test_an_acknowledgement_whose_answer_is_lost_is_one(served: Served, desk: Desk) -> None:
    await desk.consumers.open("lost-ack", types=ORGANIZATIONS)
    await organizations(desk, 1)
    async with gate_to(served.url) as gate, connect(gate.url, served.key) as far:
        async with aclosing(far.consume("lost-ack", types=ORGANIZATIONS)) as events:
            event = await anext(events)
            gate.lose = 1
            await event.ack()
            assert (gate.lost, event.delivery.settled) == (1, True)
        gate.lose = 1
        await far.consumers.delete("lost-ack")
        assert gate.lost == 2
    assert not await opened(desk, "lost-ack")


async def test_an_after_hook_of_the_server_is_no_consumer(desk: Desk) -> None:
    with pytest.raises(InvalidInputError, match="must be BEGINNING, NOW or a position"):
        await desk.consumers.open("strange", start="tomorrow")
    with pytest.raises(InvalidInputError, match="maxInFlight must be from 1 to 1000"):
        await desk.consumers.open("strange", max_in_flight=0)
    assert not await opened(desk, "strange")
