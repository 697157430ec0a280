"""The event log: contiguous positions, one order for everybody, nothing lost or doubled between replay and live."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from deskgraph.graph.database import Database
from deskgraph.graph.feed import Feed
from deskgraph.graph.log import Entry, open_workspace, read_log
from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.hooks import Hooks
from deskgraph.schema.errors import InvalidCursorError, InvalidInputError
from tests.conftest import looked


async def take(events: AsyncIterator[Entry], count: int) -> list[Entry]:
    """The first entries of a stream."""
    taken: list[Entry] = []
    async with aclosing(events) as stream:  # type: ignore[type-var]
        async for entry in stream:
            taken.append(entry)
            if len(taken) == count:
                break
    return taken


async def write(desk: Desk, ids: list[str], rounds: int, writer: int) -> None:
    for turn in range(rounds):
        for at in range(len(ids)):
            subject = ids[(at + writer) % len(ids)]
            await desk.Ticket.update(id=subject, subject=f"by {writer} in turn {turn}")


async def test_many_writers_in_two_processes_worth_of_desks_make_one_log(database: Database, workspace: str) -> None:
    async with (
        Desk(database, workspace, hooks=Hooks(), poll=0.02) as one,
        Desk(database, workspace, hooks=Hooks(), poll=0.02) as other,
    ):
        live = asyncio.create_task(take(other.events(after=0), 10 + 16 * 20))
        ids = [(await one.Ticket.create(subject=f"Ticket {at}")).id for at in range(10)]
        await asyncio.gather(*(write((one, other)[writer % 2], ids, 2, writer) for writer in range(16)))
        seen = await asyncio.wait_for(live, 60)
        replayed = await take(one.events(after=0), len(seen))
        late = await take(one.events(after=200), len(seen) - 200)

        assert [entry.position for entry in seen] == list(range(1, 331))
        assert seen == replayed == await read_log(database, workspace, 0)
        assert late == seen[200:]
        assert len({entry.id for entry in seen}) == 330
        events = {event.id: event for event in await one.Event.find()}
        for subject in ids:
            versions = [events[entry.id].subject_version for entry in seen if entry.subject == subject]
            assert versions == list(range(1, 34))
            ticket = await one.Ticket.get(subject)
            assert ticket
            assert ticket.version == 33


async def test_a_stream_starts_now_or_after_a_position(desk: Desk) -> None:
    for at in range(5):
        await desk.Organization.create(name=f"Organization {at}")
    live = desk.events()
    first = asyncio.create_task(anext(live))
    position = await desk.position()
    assert position == 5
    while not first.done():  # it listens as soon as it has been asked; then the next event is its first
        await desk.Contact.create(name="Ann")
        await asyncio.wait([first], timeout=0.05)
    assert (await first).type == "contact.created"
    await live.aclose()
    assert [entry.position for entry in await take(desk.events(after=3), 2)] == [4, 5]


async def test_streams_by_type_and_subject(desk: Desk) -> None:
    organization = await desk.Organization.create(name="Acme")
    contact = await desk.Contact.create(name="Ann", organization=organization)
    ticket = await desk.Ticket.create(subject="one", contact=contact)
    await desk.Ticket.close(id=ticket.id)
    await desk.Ticket.reopen(id=ticket.id)

    async def types(count: int, *wanted: str, subject: str | None = None) -> list[str]:
        found = await take(desk.events(list(wanted) or None, subject, after=0), count)
        return [entry.type for entry in found]

    assert await types(3, "ticket.*") == ["ticket.created", "ticket.closed", "ticket.reopened"]
    assert await types(3, "*.created") == ["organization.created", "contact.created", "ticket.created"]
    assert await types(2, "ticket.closed", "contact.created") == ["contact.created", "ticket.closed"]
    assert await types(1, subject=contact.id) == ["contact.created"]
    assert await types(1, "ticket.re*", subject=ticket.id) == ["ticket.reopened"]


@pytest.mark.parametrize("after", [-1, 2, 10**15])
async def test_a_position_that_was_never_given_is_an_error(desk: Desk, after: int) -> None:
    await desk.Organization.create(name="Acme")
    with pytest.raises(InvalidCursorError, match="The log ends at 1"):
        await anext(desk.events(after=after))


async def test_a_type_that_no_verb_writes_is_an_error(desk: Desk) -> None:
    with pytest.raises(InvalidInputError, match=r"not .ticket\.exploded"):
        await anext(desk.events(["ticket.exploded"]))


async def test_a_reader_behind_the_ring_reads_from_the_database(desk: Desk, database: Database) -> None:
    feed = Feed(database, desk.workspace, poll=0.02)
    feed._ring = deque(maxlen=3)
    await feed.start()
    for at in range(10):
        await desk.Organization.create(name=f"Organization {at}")
    await desk.position()
    while feed.position < 10:
        await feed.after(feed.position)
    assert [entry.position for entry in feed._ring] == [8, 9, 10]
    for cursor in range(10):
        entries = await feed.after(cursor, limit=4)
        assert [entry.position for entry in entries] == list(range(cursor + 1, min(cursor + 5, 11)))
    await feed.close()


async def test_events_of_a_process_that_died_before_sequencing_are_placed_by_another(
    database: Database, workspace: str
) -> None:
    async with Desk(database, workspace, hooks=Hooks()) as first:
        await first.feed.close()  # nothing is sequenced from here on
        await first.Organization.create(name="Acme")
        assert await open_workspace(database, workspace) == 0
    async with Desk(database, workspace, hooks=Hooks()) as second:
        [entry] = await take(second.events(after=0), 1)
        assert (entry.position, entry.type) == (1, "organization.created")


async def test_a_subscriber_goes_on_in_a_process_that_has_not_read_so_far(database: Database, workspace: str) -> None:
    async with (
        Desk(database, workspace, hooks=Hooks(), poll=0.02) as one,
        Desk(database, workspace, hooks=Hooks(), poll=3600) as behind,
    ):
        await looked(behind)  # or its first look might come later
        for number in range(3):
            await one.Ticket.create(subject=f"Ticket {number}")
        position = await one.position()
        assert (position, behind.feed.position) == (3, 0)
        going_on = asyncio.create_task(take(behind.events(after=position), 1))
        created = await one.Ticket.create(subject="The next one")
        await one.position()
        behind.feed.wake()
        [entry] = await asyncio.wait_for(going_on, 60)
        assert (entry.position, entry.subject) == (4, created.id)
        with pytest.raises(InvalidCursorError, match="The log ends at 4"):
            await take(behind.events(after=5), 1)
