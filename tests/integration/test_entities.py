"""Contacts, organizations, users and activities; what is deleted; the organization of a ticket; workspaces."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from deskgraph.graph.database import Database
from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.hooks import Hooks
from deskgraph.resolvers.records import Record
from deskgraph.schema.errors import NotFoundError
from tests.conftest import Run
from tests.integration.conftest import Log, Unchanged, everything

# noun: what it is created with, what that makes of the rest, what it is updated with
NOUNS: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "Contact": (
        {"name": "Ann", "email": "ann@acme.com"},
        {"phone": None, "organization": None},
        {"name": "Ann Lee", "email": None, "phone": "+1 555 0100", "organization": "organization_aaaa"},
    ),
    "Organization": ({"name": "Acme", "domain": "acme.com"}, {}, {"name": "Acme Inc", "domain": None}),
    "User": (
        {"name": "Sam", "capacity": 5},
        {"email": None, "role": "SUPPORT", "status": "OFFLINE", "tier": 1, "open_tickets": 0},
        {"status": "ONLINE", "role": "MANAGER", "tier": 2, "capacity": None},
    ),
    "Activity": (
        {"type": "health_check", "contact": "contact_aaaa", "data": {"score": 7}},
        {"note": None, "ticket": None, "organization": None, "visibility": "INTERNAL"},
        {"contact": None, "ticket": "ticket_aaaa", "note": "called", "data": None, "visibility": "PUBLIC"},
    ),
}


@pytest.fixture
async def others(desk: Desk) -> None:
    """What edges may lead to."""
    await desk.Organization.create(id="organization_aaaa", name="Globex")
    await desk.Contact.create(id="contact_aaaa", name="Zoe")
    await desk.Ticket.create(id="ticket_aaaa", subject="Portal")


@pytest.mark.parametrize("noun", NOUNS)
async def test_create_update_delete(desk: Desk, run: Run, log: Log, others: None, noun: str) -> None:
    given, rest, changes = NOUNS[noun]
    words, name = getattr(desk, noun), noun.lower()
    before = await desk.position()
    made = await words.create(**given)
    own = {"id": made.id, "version": 1, "created_at": made.created_at, "updated_at": made.created_at}
    assert made.as_dict() == {**given, **rest, **own}
    assert made.id.startswith(f"{name}_")
    assert await words.get(made.id) == made

    updated = await words.update(id=made.id, **changes)
    later = {"version": 2, "updated_at": updated.updated_at}
    assert updated.as_dict() == {**made.as_dict(), **changes, **later}
    assert updated.updated_at >= made.updated_at
    assert await words.get(made.id) == updated

    deleted = await words.delete(id=made.id)
    assert deleted.as_dict() == {**updated.as_dict(), "version": 3, "updated_at": deleted.updated_at}
    assert await words.get(made.id) is None

    defaults = {key: value for key, value in rest.items() if key in ("role", "status", "tier", "visibility")}
    assert [(event.type, event.subject_version, event.data) for event in await log(before)] == [
        (f"{name}.created", 1, {"$id": made.id, **given, **defaults}),
        (f"{name}.updated", 2, {"$id": made.id, "changes": changes}),
        (f"{name}.deleted", 3, {"$id": made.id}),
    ]


@pytest.mark.parametrize("noun", NOUNS)
async def test_create_update_delete_over_graphql(run: Run, others: None, noun: str) -> None:
    given, _, changes = NOUNS[noun]
    key, own = noun.lower(), f"{noun.lower()}_rV7yKdPm"
    for version, (verb, past, values, data) in enumerate(
        (
            ("create", "created", given, given),
            ("update", "updated", changes, {"changes": changes}),
            ("delete", "deleted", {}, {}),
        ),
        1,
    ):
        text = f"""mutation ($input: {verb.title()}{noun}Input!) {{ {verb}{noun}(input: $input) {{
          {key} {{ id version }} event {{ type data subjectVersion }} errors {{ code }} }} }}"""
        payload = (await run(text, input={"id": own, **values}))[f"{verb}{noun}"]
        assert payload[key] == {"id": own, "version": version}
        assert (payload["event"]["type"], payload["event"]["subjectVersion"]) == (f"{key}.{past}", version)
        assert payload["event"]["data"].items() >= {"$id": own, **data}.items()
        assert payload["errors"] == []


@pytest.mark.parametrize(
    "data",
    [{"a": [1, {"b": None}], "ü": 1.5}, {}, [], [1, [2, "x"]], "text", "5", "", 5, 1.5, True, False],
    ids=repr,
)
async def test_an_activity_holds_any_json(desk: Desk, run: Run, data: Any) -> None:
    text = """mutation ($input: CreateActivityInput!) { createActivity(input: $input) {
      activity { id data } event { data } errors { code } } }"""
    payload = (await run(text, input={"type": "note", "data": data}))["createActivity"]
    assert (payload["activity"]["data"], payload["event"]["data"]["data"]) == (data, data)
    activity = await desk.Activity.get(payload["activity"]["id"])
    assert activity
    assert (activity.data, type(activity.data)) == (data, type(data))


async def test_what_is_deleted_is_nowhere_but_in_the_log(desk: Desk, run: Run) -> None:
    """One noun after the other vanishes from look-ups, lists, counts and edges; its events can still be read."""
    acme = await desk.Organization.create(name="Acme")
    ann = await desk.Contact.create(name="Ann", organization=acme)
    sam = await desk.User.create(name="Sam", status="online")
    ticket = await desk.Ticket.create(subject="Portal", contact=ann, agent=sam)
    note = await desk.Activity.create(type="note", contact=ann, ticket=ticket, organization=acme)
    everyone = {"organization": acme, "contact": ann, "user": sam, "ticket": ticket, "activity": note}
    for noun in ("activity", "user", "organization", "contact", "ticket"):
        gone = everyone.pop(noun)
        plural = "activities" if noun == "activity" else f"{noun}s"
        await getattr(desk, noun.title()).delete(id=gone.id)
        assert await getattr(desk, noun.title()).get(gone.id) is None
        assert await getattr(desk, noun.title()).find() == []
        data = await run(
            f"""query ($id: ID!) {{
              {noun}(id: $id) {{ id }} node(id: $id) {{ id }} {plural} {{ nodes {{ id }} totalCount }}
              events(filter: {{type: {{startsWith: "{noun}."}}}}) {{ nodes {{ type subject {{ id }} data }} }}
            }}""",
            id=gone.id,
        )
        assert (data[noun], data["node"], data[plural]) == (None, None, {"nodes": [], "totalCount": 0})
        assert [(event["type"], event["subject"], event["data"]["$id"]) for event in data["events"]["nodes"]] == [
            (f"{noun}.created", None, gone.id),
            (f"{noun}.deleted", None, gone.id),
        ]
        await assert_nobody_leads_to(run, gone, everyone)


async def assert_nobody_leads_to(run: Run, gone: Record, left: dict[str, Record]) -> None:
    """That no edge of those who are left ends at the one that is gone."""
    edges = {
        "organization": "contacts { nodes { id } } tickets { nodes { id } } activities { nodes { id } }",
        "contact": "organization { id } tickets { nodes { id } } activities { nodes { id } }",
        "user": "tickets { nodes { id } }",
        "ticket": "contact { id } assignee { id } organization { id } activities { nodes { id } }",
        "activity": "contact { id } ticket { id } organization { id }",
    }
    for noun, record in left.items():
        found = (await run(f"query ($id: ID!) {{ {noun}(id: $id) {{ id {edges[noun]} }} }}", id=record.id))[noun]
        assert found["id"] == record.id
        assert gone.id not in str(found), (noun, found)


async def test_the_deleted_actor_and_cause_stay_readable(desk: Desk, log: Log) -> None:
    """A deleted user's deeds keep the actor's id; the edge to the user is gone."""
    sam = await desk.User.create(name="Sam")
    before = await desk.position()
    ticket = await desk.acting(sam.id).Ticket.create(subject="Portal", agent=sam)
    await desk.User.delete(id=sam.id)
    created, _ = await log(before)
    assert (created.actor, created.user, created.data["agent"]) == (sam.id, None, sam.id)
    assert (await desk.Ticket.get(ticket.id)).agent is None  # type: ignore[union-attr]


async def test_the_organization_of_a_ticket_is_its_contact_s(desk: Desk) -> None:
    acme, globex = await desk.Organization.create(name="Acme"), await desk.Organization.create(name="Globex")
    ann = await desk.Contact.create(name="Ann", organization=acme)
    ben = await desk.Contact.create(name="Ben")
    ticket, other = [await desk.Ticket.create(subject=subject, contact=ann) for subject in ("one", "two")]
    assert (ticket.organization, other.organization) == (acme.id, acme.id)

    async def of() -> tuple[str | None, str | None]:
        one, two = [await desk.Ticket.get(made.id) for made in (ticket, other)]
        assert one
        assert two
        return one.organization, two.organization

    await desk.Contact.update(id=ann.id, organization=globex)
    assert await of() == (globex.id, globex.id)
    assert await desk.Ticket.find(organization=acme) == []
    moved = await desk.Ticket.update(id=ticket.id, contact=ben)
    assert (moved.organization, await of()) == (None, (None, globex.id))
    await desk.Contact.update(id=ben.id, organization=acme)
    assert await of() == (acme.id, globex.id)
    await desk.Contact.update(id=ann.id, organization=None)
    assert await of() == (acme.id, None)
    without = await desk.Ticket.update(id=ticket.id, contact=None)
    assert (without.contact, without.organization) == (None, None)
    await desk.Contact.update(id=ann.id, name="Ann Lee", organization=acme)
    await desk.Contact.update(id=ann.id, name="Ann")
    assert await of() == (None, acme.id)


async def test_the_organization_follows_under_concurrency(desk: Desk) -> None:
    """The contact moves while tickets are raised and moved to it: afterwards all of them are with it."""
    places = [(await desk.Organization.create(name=f"Organization {at}")).id for at in range(2)]
    ann = await desk.Contact.create(name="Ann", organization=places[0])
    there = [await desk.Ticket.create(subject="x") for _ in range(6)]
    for turn in range(1, 5):
        await asyncio.gather(
            *(desk.Ticket.create(subject="x", contact=ann) for _ in range(6)),
            desk.Contact.update(id=ann.id, organization=places[turn % 2]),
            *(desk.Ticket.update(id=ticket.id, contact=ann) for ticket in there),
        )
        tickets = await desk.Ticket.find(contact=ann)
        assert len(tickets) == 6 + 6 * turn
        assert {ticket.organization for ticket in tickets} == {places[turn % 2]}


# Workspaces


@pytest.fixture
async def foreign(database: Database, workspace: str) -> AsyncIterator[Desk]:
    """A desk of another workspace in the same database."""
    async with Desk(database, f"{workspace}-foreign", hooks=Hooks()) as opened:
        yield opened


async def test_the_same_ids_in_two_workspaces(desk: Desk, foreign: Desk) -> None:
    """Nothing is shared: ids, numbers, positions, keys, deleted ids."""
    for at, one in enumerate((desk, foreign)):
        await one.Organization.create(id="organization_aaaa", name=f"Acme {at}")
        await one.Contact.create(id="contact_aaaa", name=f"Ann {at}", organization="organization_aaaa")
        await one.User.create(id="user_aaaa", name=f"Sam {at}", status="online")
        ticket = await one.Ticket.create(
            id="ticket_aaaa", subject=f"Portal {at}", contact="contact_aaaa", assign="LEAST_BUSY", idempotency_key="k"
        )
        assert (ticket.number, ticket.agent, ticket.organization) == (1, "user_aaaa", "organization_aaaa")
        await one.Activity.create(id="activity_aaaa", type="note", ticket="ticket_aaaa", note=f"Note {at}")
        assert await one.position() == 5
    for at, one in enumerate((desk, foreign)):
        assert [(found.id, found.subject) for found in await one.Ticket.find()] == [("ticket_aaaa", f"Portal {at}")]
        assert [user.open_tickets for user in await one.User.find()] == [1]
        assert [note.note for note in await one.Activity.find(ticket="ticket_aaaa")] == [f"Note {at}"]
    await foreign.Ticket.delete(id="ticket_aaaa")
    assert (await desk.Ticket.get("ticket_aaaa")).subject == "Portal 0"  # type: ignore[union-attr]


async def test_another_workspace_sees_nothing(desk: Desk, run: Run, foreign: Desk, unchanged: Unchanged) -> None:
    """No get, list, edge or verb reaches across; not even the ids are known there."""
    acme = await foreign.Organization.create(name="Acme")
    ann = await foreign.Contact.create(name="Ann", organization=acme)
    sam = await foreign.User.create(name="Sam", status="online")
    ticket = await foreign.Ticket.create(subject="Portal", contact=ann, agent=sam)
    note = await foreign.Activity.create(type="note", ticket=ticket)
    before = await everything(foreign)
    own = await desk.Ticket.create(subject="Own", assign="LEAST_BUSY")
    assert (own.agent, own.number) == (None, 1)
    async with unchanged():
        for noun, record in {
            "organization": acme, "contact": ann, "user": sam, "ticket": ticket, "activity": note
        }.items():  # fmt: skip
            words = getattr(desk, noun.title())
            assert await words.get(record.id) is None
            assert await words.find() == ([own] if noun == "ticket" else [])
            data = await run(f"query ($id: ID!) {{ {noun}(id: $id) {{ id }} node(id: $id) {{ id }} }}", id=record.id)
            assert data == {noun: None, "node": None}
            field = {"ticket": "subject", "activity": "note"}.get(noun, "name")
            for verb, given in (("update", {field: "x"}), ("delete", {})):
                with pytest.raises(NotFoundError, match=f"^There is no {noun} {record.id}\\.$"):
                    await getattr(words, verb)(id=record.id, **given)
        for verb, given in (
            ("assign", {"agent": sam.id}),
            ("resolve", {"resolution": "restarted"}),
            ("close", {}),
        ):
            with pytest.raises(NotFoundError):
                await getattr(desk.Ticket, verb)(id=ticket.id, **given)
        for words, verb, given in (
            (desk.Ticket, "create", {"subject": "x", "contact": ann.id}),
            (desk.Ticket, "assign", {"id": own.id, "agent": sam.id}),
            (desk.Ticket, "update", {"id": own.id, "contact": ann.id}),
            (desk.Contact, "create", {"name": "Ben", "organization": acme.id}),
            (desk.Activity, "create", {"type": "note", "ticket": ticket.id}),
        ):
            with pytest.raises(NotFoundError):
                await getattr(words, verb)(**given)
    assert [event.type for event in await desk.Event.find()] == ["ticket.created"]
    [event] = await foreign.Event.find(filter={"type": {"eq": "ticket.created"}})
    assert await desk.Event.get(event.id) is None
    assert await everything(foreign) == before


async def test_hooks_hear_their_own_workspace_only(database: Database, desk: Desk, workspace: str) -> None:
    heard: list[str] = []
    hooks = Hooks()
    hooks.add_after("ticket.created", lambda ticket, _ctx: heard.append(ticket.subject), "hear")
    async with Desk(database, f"{workspace}-foreign", hooks=hooks) as foreign:
        await desk.Ticket.create(subject="here")
        await foreign.Ticket.create(subject="there")
        await foreign.settle()
        assert heard == ["there"]
