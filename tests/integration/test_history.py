"""Fetch: nouns as they are, and as they were at every position, replayed from their events."""

from __future__ import annotations

import asyncio
import contextlib
import random
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deskgraph.graph.database import Transaction
from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.fetching import fetch
from deskgraph.schema.errors import (
    CursorExpiredError,
    DeskError,
    InvalidCursorError,
    InvalidInputError,
    NotFoundError,
)
from deskgraph.schema.fields import Choice, Derived, Integer, Json, Moment, Ref, Texts
from deskgraph.schema.noun import NOUNS, by_prefix
from deskgraph.schema.ticket import Ticket
from deskgraph.schema.verb import VERBS, Verb
from tests.integration.conftest import TicketIn, Unchanged

# Now


async def test_a_noun_with_its_neighbours(desk: Desk) -> None:
    acme = await desk.Organization.create(name="Acme")
    ann = await desk.Contact.create(name="Ann", organization=acme)
    ticket = await desk.Ticket.create(subject="Portal", contact=ann)
    found = await fetch(desk.session, type="ticket", id=ticket.id, include=["contact.organization", "events"])
    assert (found["$type"], found["subject"], found["version"]) == ("Ticket", "Portal", 1)
    assert (found["contact"]["name"], found["contact"]["organization"]["name"]) == ("Ann", "Acme")
    assert [event["type"] for event in found["events"]["results"]] == ["ticket.created"]
    assert found["organization"] == {"id": acme.id}
    assert await fetch(desk.session, id=acme.id) == {
        "$type": "Organization",
        "id": acme.id,
        "version": 1,
        "createdAt": found["contact"]["organization"]["createdAt"],
        "updatedAt": found["contact"]["organization"]["createdAt"],
        "name": "Acme",
        "domain": None,
    }


async def test_an_event(desk: Desk) -> None:
    ticket = await desk.Ticket.create(subject="Portal")
    [event] = await desk.Event.find()
    found = await fetch(desk.session, id=event.id, include="subject")
    assert (found["type"], found["position"], found["subject"]["subject"]) == ("ticket.created", 1, "Portal")
    assert found["subjectId"] == ticket.id
    with pytest.raises(InvalidInputError, match="A event never changes: leave out asOf"):
        await fetch(desk.session, id=event.id, as_of=1)


MISTAKES: dict[str, tuple[dict[str, Any], str, str]] = {
    "nothing": ({}, "id", "fetch needs an id; search finds them. Type Schema needs none."),
    "no id": ({"type": "Ticket"}, "id", "fetch needs an id"),
    "no such type": ({"type": "Tickt", "id": "ticket_rV7yKdPm"}, "type", "did you mean Ticket?"),
    "no such prefix": ({"id": "tikcet_rV7yKdPm"}, "id", "is no id: there are ticket_..., contact_..."),
    "another's id": ({"type": "Ticket", "id": "user_bQ4xNmWj"}, "id", "id must be an id such as ticket_rV7yKdPm"),
    "no id at all": ({"type": "Ticket", "id": "1 OR 1"}, "id", "id must be an id such as ticket_rV7yKdPm"),
    "include": ({"id": "ticket_rV7yKdPm", "include": ["x"]}, "include", "Ticket has no edge 'x' to include"),
}


@pytest.mark.parametrize("name", MISTAKES)
async def test_mistakes(desk: Desk, name: str) -> None:
    asked, field, message = MISTAKES[name]
    with pytest.raises(InvalidInputError) as error:
        await fetch(desk.session, **asked)
    assert error.value.field == field
    assert message in error.value.message


async def test_what_is_not_there(desk: Desk) -> None:
    for as_of in (None, 0, datetime.now(UTC).isoformat()):
        with pytest.raises(NotFoundError) as error:
            await fetch(desk.session, id="ticket_rV7yKdPm", as_of=as_of)
        assert (error.value.message, error.value.field) == ("There is no ticket ticket_rV7yKdPm.", "id")


# As it was


async def test_the_states_of_a_ticket(desk: Desk) -> None:
    sam = await desk.User.create(name="Sam", tier=2, status="online")
    ticket = await desk.Ticket.create(subject="Portal", priority="high")
    await desk.Ticket.escalate(id=ticket.id, reason="outage")
    await desk.Ticket.resolve(id=ticket.id, resolution="restarted")
    await desk.Ticket.reopen(id=ticket.id)
    seen = [await fetch(desk.session, id=ticket.id, as_of=position) for position in (2, 3, 4, 5)]
    told = ("status", "level", "assignee", "resolution", "version")
    assert [tuple(state[name] for name in told) for state in seen] == [
        ("OPEN", 0, None, None, 1),
        ("ESCALATED", 1, {"id": sam.id}, None, 2),
        ("RESOLVED", 1, {"id": sam.id}, "restarted", 3),
        ("OPEN", 1, {"id": sam.id}, None, 4),
    ]
    assert [state["$asOf"]["type"] for state in seen] == [
        "ticket.created", "ticket.escalated", "ticket.resolved", "ticket.reopened"
    ]  # fmt: skip
    assert seen[1]["$asOf"] == {
        "position": 3,
        "type": "ticket.escalated",
        "at": seen[1]["updatedAt"],
        "actor": "system",
    }
    assert {state["number"] for state in seen} == {1}


async def test_a_position_between_two_of_its_events_has_the_state_of_the_first(desk: Desk) -> None:
    ticket = await desk.Ticket.create(subject="Portal")
    await desk.Ticket.create(subject="Another")
    await desk.Ticket.hold(id=ticket.id)
    between = await fetch(desk.session, id=ticket.id, as_of="2")
    assert (between["status"], between["$asOf"]["position"]) == ("OPEN", 1)


async def test_a_moment(desk: Desk) -> None:
    ticket = await desk.Ticket.create(subject="Portal")
    held = await desk.Ticket.hold(id=ticket.id)
    assert ticket.created_at < held.updated_at
    before = ticket.created_at - timedelta(milliseconds=1)
    just = held.updated_at - timedelta(milliseconds=1)
    assert (await fetch(desk.session, id=ticket.id, as_of=held.updated_at.isoformat()))["status"] == "PENDING"
    assert (await fetch(desk.session, id=ticket.id, as_of=just.isoformat()))["status"] == "OPEN"
    assert (await fetch(desk.session, id=ticket.id, as_of=ticket.created_at.isoformat()))["version"] == 1
    with pytest.raises(NotFoundError, match="was not there yet"):
        await fetch(desk.session, id=ticket.id, as_of=before.isoformat())


async def test_neighbours_as_they_were(desk: Desk) -> None:
    acme = await desk.Organization.create(name="Acme")
    globex = await desk.Organization.create(name="Globex")
    ann = await desk.Contact.create(name="Ann", organization=acme)
    ticket = await desk.Ticket.create(subject="Portal", contact=ann)
    position = await desk.position()
    await desk.Contact.update(id=ann.id, name="Ann Archer", organization=globex)
    await desk.Organization.update(id=acme.id, name="Acme Corporation")
    then = await fetch(desk.session, id=ticket.id, as_of=position, include=["contact.organization", "organization"])
    assert (then["contact"]["name"], then["contact"]["organization"]["name"]) == ("Ann", "Acme")
    assert then["organization"]["name"] == "Acme"
    now = await fetch(desk.session, id=ticket.id, include=["contact.organization", "organization"])
    assert (now["contact"]["name"], now["organization"]["name"]) == ("Ann Archer", "Globex")


async def test_what_is_deleted_later_is_there_before(desk: Desk) -> None:
    sam = await desk.User.create(name="Sam")
    ticket = await desk.Ticket.create(subject="Portal", agent=sam)
    await desk.User.delete(id=sam.id)
    await desk.Ticket.delete(id=ticket.id)
    assert (await fetch(desk.session, id=ticket.id, as_of=2))["assignee"] == {"id": sam.id}
    assert (await fetch(desk.session, id=ticket.id, as_of=3))["assignee"] is None
    assert (await fetch(desk.session, id=sam.id, as_of=2))["name"] == "Sam"
    with pytest.raises(NotFoundError, match=f"{ticket.id} was deleted at position 4"):
        await fetch(desk.session, id=ticket.id, as_of=4)
    with pytest.raises(NotFoundError, match="There is no ticket"):
        await fetch(desk.session, id=ticket.id)


async def test_places_that_the_log_does_not_have(desk: Desk, unchanged: Unchanged) -> None:
    ticket = await desk.Ticket.create(subject="Portal")
    async with unchanged():
        for position in (2, -1, "7"):
            with pytest.raises(InvalidCursorError) as error:
                await fetch(desk.session, id=ticket.id, as_of=position)
            assert (error.value.message, error.value.field) == (
                f"The log ends at 1; {position} is no position in it.",
                "asOf",
            )
        for nonsense in ("yesterday", "", True, 1.5, {"position": 1}):
            with pytest.raises(InvalidInputError, match="asOf must be a position in the log or a moment"):
                await fetch(desk.session, id=ticket.id, as_of=nonsense)
        with pytest.raises(InvalidInputError, match="asOf must not lie in the future"):
            await fetch(desk.session, id=ticket.id, as_of=(datetime.now(UTC) + timedelta(hours=1)).isoformat())
        with pytest.raises(InvalidInputError, match="With asOf, include takes edges to one: not activities, events"):
            await fetch(desk.session, id=ticket.id, as_of=1, include=["activities", "events", "contact"])
        with pytest.raises(NotFoundError, match="was not there yet"):
            await fetch(desk.session, id=ticket.id, as_of=0)


async def test_a_log_without_its_beginning_tells_nothing(desk: Desk) -> None:
    ticket = await desk.Ticket.create(subject="Portal")
    await desk.Ticket.hold(id=ticket.id)
    await desk.position()

    async def trim(tx: Transaction) -> None:
        await tx.run("MATCH (event:Event {workspace: $workspace, position: 1}) DETACH DELETE event")

    await desk.write(trim)
    with pytest.raises(CursorExpiredError, match="The log no longer has the beginning of"):
        await fetch(desk.session, id=ticket.id, as_of=2)


async def test_another_workspace_has_another_history(desk: Desk, database: Any) -> None:
    ticket = await desk.Ticket.create(subject="Portal")
    async with Desk(database, f"test-{uuid.uuid4().hex}") as other:
        await other.Ticket.create(subject="Mine")
        with pytest.raises(NotFoundError, match="There is no ticket"):
            await fetch(other.session, id=ticket.id, as_of=1)


# Whatever happens: verbs at random, and then the state after each of them

WORDS = ("Portal", "Invoice", "Übergrößenträger", "", "x" * 40)
URLS = ("https://example.com", "https://example.com/events", "no url")
# Few verbs are asked about: nobody answers there.
TEXTS = {
    "types": (["ticket.*"], ["user.created", "user.updated"]),
    "verbs": (["webhook.resend"], ["webhook.enable", "webhook.recover"]),
}
NEEDED: dict[str, Any] = {"url": "https://example.com", "verbs": ["webhook.resend"], "role": "ANALYST"}


class Chance:
    """Does verbs at random, with all kinds of input, to whatever there is, and keeps what everything was after each."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self.desk = desk
        self.random = random.Random(seed)
        self.ids: dict[str, list[str]] = {noun.prefix: [] for noun in NOUNS.values()}
        self.states: dict[int, dict[str, dict[str, Any] | None]] = {}
        self.everything: list[str] = []

    async def step(self) -> None:
        """One verb; most of those that are refused would have been by the state."""
        verb = self.random.choice(list(VERBS.values()))
        known = self.ids[verb.noun.prefix]
        if len(known) > 5 if verb.creates else not known:
            return
        subject = None if verb.creates else self.random.choice(known)
        words = getattr(self.desk, verb.noun.__name__)
        try:
            record = await getattr(words, verb.word())(id=subject, **self.given(verb))
        except DeskError:
            return
        if verb.creates:
            known.append(record.id)
            self.everything.append(record.id)
        if verb.deletes:
            known.remove(record.id)
        position = await self.desk.position()
        states = await asyncio.gather(*map(self.now, self.everything))
        self.states[position] = dict(zip(self.everything, states, strict=True))

    def given(self, verb: type[Verb]) -> dict[str, Any]:
        return {
            name: self.value(declared)
            for name, declared in verb.inputs.items()
            if verb.needs(declared) or self.random.random() < 0.6
        }

    def value(self, declared: Any) -> Any:
        if isinstance(declared, Ref):
            return self.random.choice([None, *self.ids[declared.prefix]])
        if not declared.required and self.random.random() < 0.2:
            return None
        if isinstance(declared, Choice):
            return self.random.choice(list(declared.words))
        if isinstance(declared, Integer):
            return self.random.randint(declared.least, min(declared.most, declared.least + 3))
        if isinstance(declared, Texts):
            return self.random.choice(TEXTS[declared.name])
        if isinstance(declared, Moment):
            return datetime(2026, 11, 1, tzinfo=UTC)
        if isinstance(declared, Json):
            return self.random.choice([{"a": [1, None, "x"]}, [], "text", 7, True])
        return self.random.choice(URLS if declared.name == "url" else WORDS)

    async def now(self, subject: str) -> dict[str, Any] | None:
        """What there is, without what is counted."""
        try:
            found = await fetch(self.desk.session, id=subject)
        except NotFoundError:
            return None
        return stored(found)

    async def then(self, subject: str, position: int) -> dict[str, Any] | None:
        try:
            found = await fetch(self.desk.session, id=subject, as_of=position)
        except NotFoundError:
            return None
        assert found.pop("$asOf")["position"] <= position
        return stored(found)


def stored(found: dict[str, Any]) -> dict[str, Any]:
    """What events tell of it: not what is counted, nor since when requests fail, nor when a key was used."""
    noun = by_prefix(found["id"].partition("_")[0])
    assert noun
    untold = {declared.graphql for declared in noun.fields.values() if isinstance(declared, Derived)}
    untold |= {"failingSince", "lastUsedAt"}
    return {name: value for name, value in found.items() if name not in untold}


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.timeout(600)
async def test_everything_is_told_as_it_was_after_any_verbs(desk: Desk, seed: int) -> None:
    chance = Chance(desk, seed)
    while len(chance.states) < 40:
        await chance.step()
    for position, states in chance.states.items():
        for subject, state in states.items():
            assert await chance.then(subject, position) == state, (seed, position, subject)


@pytest.mark.parametrize("verb", VERBS.values(), ids=lambda verb: verb.key())
async def test_every_verb_is_told(desk: Desk, ticket_in: TicketIn, verb: type[Verb]) -> None:
    """What chance may not come by: each verb, from a state that allows it."""
    chance = Chance(desk, 99)
    chance.ids["user"].append((await desk.User.create(name="Sam", status="online", tier=2)).id)
    chance.ids["event"].append((await desk.Event.find(limit=1))[0].id)
    words = getattr(desk, verb.noun.__name__)
    subject = None
    if verb.noun is Ticket and verb.from_:
        subject = (await ticket_in(str(verb.from_[0]))).id
    elif not verb.creates:
        needed = [one for one in verb.noun.inputs().values() if one.required and not one.default]
        made = await words.create(**{one.name: NEEDED.get(one.name, "x") for one in needed})
        subject = made.id
        if "DISABLED" in (verb.from_ or ()):
            await words.disable(id=subject)
    record = None
    while record is None:
        with contextlib.suppress(InvalidInputError):  # chance gave a text that is none
            record = await getattr(words, verb.word())(id=subject, **chance.given(verb))
    position = await desk.position()
    assert await chance.then(record.id, position) == await chance.now(record.id)
    assert (await chance.now(record.id) is None) == verb.deletes
