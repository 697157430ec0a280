"""Search: the short filters, orders, pages, neighbours, and words in texts, ranked."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest

from deskgraph.graph.database import Database
from deskgraph.graph.fulltext import MAX_WORDS
from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.hooks import Hooks
from deskgraph.resolvers.searching import search
from deskgraph.schema.errors import DeskError, InvalidCursorError, InvalidInputError
from tests.integration.conftest import Unchanged

DESKS = {"one": f"test-{uuid.uuid4().hex}", "other": f"test-{uuid.uuid4().hex}"}
# What a workspace may be called, too: a name of which Lucene makes no word, and one that begins as another does.
ODD = {"symbols": f"!!{uuid.uuid4().hex[:0]}--::", "longer": f"{DESKS['one']}-2"}


@pytest.fixture(scope="module")
async def small(database: Database) -> AsyncIterator[Desk]:
    """Two organizations, three contacts, a user, five tickets and a note; tests only read it."""
    async with Desk(database, DESKS["one"], hooks=Hooks()) as desk:
        acme = await desk.Organization.create(name="Acme", domain="acme.com")
        globex = await desk.Organization.create(name="Globex", domain="globex.example")
        ann = await desk.Contact.create(name="Ann Archer", email="ann@acme.com", organization=acme)
        ben = await desk.Contact.create(name="Ben Okoro", organization=globex)
        sam = await desk.User.create(name="Sam Reyes", status="online")
        tickets = (
            ("Cannot access billing portal", "low", ann, sam, "Since noon, says ann@acme.com: error 10,000."),
            ("Billing", "urgent", ann, None, None),
            (
                "Invoice is wrong",
                "high",
                ben,
                sam,
                "The billing address is an old one; the portal has the new one.",
            ),
            ("Portal slow", "medium", None, None, None),
            ("Grüße aus Köln", "urgent", None, None, "C++ \\ (a|b) && !x /re/ [1 TO 2] foo:bar^2~"),
        )
        for subject, priority, contact, agent, description in tickets:
            given = {"priority": priority, "contact": contact, "agent": agent, "description": description}
            await desk.Ticket.create(subject=subject, **given)
        portal = await desk.Ticket.get(subject="Portal slow")
        assert portal
        await desk.Ticket.resolve(id=portal.id, resolution="Restarted the cache")
        await desk.Activity.create(type="note", note="Asked for the billing logs", ticket=portal, contact=ben)
        yield desk


async def subjects(desk: Desk, **asked: Any) -> list[str]:
    """The subjects of the tickets found, in their order; the total must be right."""
    found = await search(desk.session, type="Ticket", **asked)
    assert (found["hasMore"], found["cursor"]) == (False, None)
    assert found["total"] == len(found["results"])
    return [ticket["subject"] for ticket in found["results"]]


# Filters

ASKED: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a word in any case": ({"priority": "High", "status": "Open"}, ["Invoice is wrong"]),
    "a list": ({"priority": ["low", "HIGH"]}, ["Cannot access billing portal", "Invoice is wrong"]),
    "comparators": ({"number": {"gt": 1, "lte": 3}}, ["Billing", "Invoice is wrong"]),
    "text": ({"subject": {"startsWith": "Portal"}}, ["Portal slow"]),
    "none": ({"description": None}, ["Billing", "Portal slow"]),
    "a moment": ({"createdAt": {"gte": "2026-11-01", "lt": "2020-01-01T00:00:00Z"}}, []),
    "Python's names": ({"created_at": {"gt": "2020-01-01"}, "status": "resolved"}, ["Portal slow"]),
    "across an edge": ({"contact": {"organization": {"domain": "globex.example"}}}, ["Invoice is wrong"]),
    "an edge to none": ({"contact": None, "priority": "urgent"}, ["Grüße aus Köln"]),
    "an edge by its input's name": (
        {"agent": {"name": "Sam Reyes"}},
        ["Cannot access billing portal", "Invoice is wrong"],
    ),
    "one field by two names": ({"agent": {"ne": None}, "assignee": {"name": "Nobody"}}, []),
    "an edge to many": ({"activities": {"type": "note"}}, ["Portal slow"]),
    "an edge to many, singular": ({"activity": {"none": {}}, "status": "RESOLVED"}, []),
    "no such end": ({"activities": None, "contact": None}, ["Grüße aus Köln"]),
    "logic": (
        {"or": [{"priority": "low"}, {"not": {"status": "open"}}], "and": [{"level": 0}]},
        ["Cannot access billing portal", "Portal slow"],
    ),
    "nothing": ({}, ["Cannot access billing portal", "Billing", "Invoice is wrong", "Portal slow", "Grüße aus Köln"]),
}


@pytest.mark.parametrize("name", ASKED)
async def test_filters(small: Desk, name: str) -> None:
    asked, wanted = ASKED[name]
    assert await subjects(small, filter=asked, sort="number") == wanted


async def test_edges_by_ids(small: Desk) -> None:
    ann = await small.Contact.get(name="Ann Archer")
    ben = await small.Contact.get(name="Ben Okoro")
    assert ann
    assert ben
    for asked in (ann.id, [ann.id], {"eq": ann.id}, {"in": [ann.id]}, {"id": {"eq": ann.id}}):
        assert await subjects(small, filter={"contact": asked}, sort="number") == [
            "Cannot access billing portal",
            "Billing",
        ]
    assert await subjects(small, filter={"contact": {"ne": ann.id}}) == ["Invoice is wrong"]
    found = await search(small.session, type="organizations", filter={"contact": ben.id})
    assert [row["name"] for row in found["results"]] == ["Globex"]


async def test_what_is_counted_can_be_asked(small: Desk) -> None:
    found = await search(small.session, type="User", filter={"openTickets": {"gte": 2}})
    assert [(user["name"], user["openTickets"]) for user in found["results"]] == [("Sam Reyes", 2)]


async def test_the_sdk_takes_the_same_filters(small: Desk) -> None:
    found = await small.Ticket.find(filter={"priority": "High", "contact": {"organization": {"name": "Globex"}}})
    assert [ticket.subject for ticket in found] == ["Invoice is wrong"]
    both = await small.Ticket.find(filter={"priority": ["urgent"]}, contact=None)
    assert [ticket.subject for ticket in both] == ["Grüße aus Köln"]


async def test_nobodys_organization_is_none_even_where_one_has_no_contacts(desk: Desk) -> None:
    empty = await desk.Organization.create(name="Empty")
    assert await desk.Organization.get(contact=None) is None
    assert [found.id for found in await desk.Organization.find(contacts=None)] == [empty.id]


# Types, orders, pages


@pytest.mark.parametrize("name", ["Ticket", "ticket", "TICKETS", " tickets "])
async def test_a_type_in_any_case_and_number(small: Desk, name: str) -> None:
    assert (await search(small.session, type=name))["total"] == 5


@pytest.mark.parametrize(
    "order",
    ["-priority,number", "-priority, number", ["-priority", "number"], [{"priority": "DESC"}, {"number": "asc"}]],
)
async def test_orders(small: Desk, order: Any) -> None:
    assert await subjects(small, sort=order) == [
        "Billing",
        "Grüße aus Köln",
        "Invoice is wrong",
        "Portal slow",
        "Cannot access billing portal",
    ]


@pytest.mark.parametrize(
    "asked",
    [
        {"sort": "-priority"},
        {},
        {"query": "billing"},
        {"query": "billing", "sort": "-number"},
    ],
)
async def test_pages_have_every_row_once(small: Desk, asked: dict[str, Any]) -> None:
    whole = await search(small.session, type="Ticket", **asked)
    assert whole["total"] == len(whole["results"]) == (3 if "query" in asked else 5)
    rows, cursor, pages = [], None, 0
    while pages == 0 or cursor:
        page = await search(small.session, type="Ticket", **asked, limit=2, cursor=cursor)
        rows += page["results"]
        cursor, pages = page["cursor"], pages + 1
        assert page["total"] == whole["total"]
        assert page["hasMore"] == (cursor is not None)
    for row in rows + whole["results"]:
        row.pop("$score", None)  # it depends on all texts of the index, and so on the tests beside this one
    assert rows == whole["results"]
    assert pages == (2 if "query" in asked else 3)


async def test_twenty_are_a_page(desk: Desk) -> None:
    for at in range(21):
        await desk.Organization.create(name=f"Organization {at}")
    page = await search(desk.session, type="Organization")
    assert (len(page["results"]), page["total"], page["hasMore"]) == (20, 21, True)
    rest = await search(desk.session, type="Organization", cursor=page["cursor"])
    assert [row["name"] for row in rest["results"]] == ["Organization 0"]


# What is shown


async def test_a_result_has_the_fields_and_the_ids_of_its_neighbours(small: Desk) -> None:
    ticket = await small.Ticket.get(subject="Invoice is wrong")
    assert ticket
    [found] = (await search(small.session, type="Ticket", filter={"subject": "Invoice is wrong"}))["results"]
    assert list(found.items()) == [
        ("$type", "Ticket"),
        ("id", ticket.id),
        ("version", 1),
        ("createdAt", found["createdAt"]),
        ("updatedAt", found["createdAt"]),
        ("number", 3),
        ("subject", "Invoice is wrong"),
        ("description", "The billing address is an old one; the portal has the new one."),
        ("status", "OPEN"),
        ("priority", "HIGH"),
        ("channel", None),
        ("level", 0),
        ("resolution", None),
        ("contact", {"id": ticket.contact}),
        ("assignee", {"id": ticket.agent}),
        ("organization", {"id": ticket.organization}),
    ]


async def test_neighbours_are_included(small: Desk) -> None:
    [found] = (
        await search(
            small.session,
            type="Ticket",
            filter={"subject": "Portal slow"},
            include=["activities.contact.organization", "events", "contact", "agent"],
        )
    )["results"]
    [note] = found["activities"]["results"]
    assert (found["activities"]["total"], found["activities"]["hasMore"]) == (1, False)
    assert (note["$type"], note["note"], note["contact"]["name"]) == (
        "Activity",
        "Asked for the billing logs",
        "Ben Okoro",
    )
    assert note["contact"]["organization"]["domain"] == "globex.example"
    assert note["ticket"] == {"id": found["id"]}
    assert [event["type"] for event in found["events"]["results"]] == ["ticket.created", "ticket.resolved"]
    assert found["events"]["results"][1]["data"] == {"$id": found["id"], "resolution": "Restarted the cache"}
    assert (found["contact"], found["assignee"]) == (None, None)


async def test_what_happened_to_anything_is_included_with_an_event(small: Desk) -> None:
    found = await search(
        small.session, type="Event", filter={"type": "organization.created"}, include="subject", sort="position"
    )
    seen = [(event["subject"]["$type"], event["subject"]["name"]) for event in found["results"]]
    assert seen == [("Organization", "Acme"), ("Organization", "Globex")]


async def test_ten_of_many_are_included(desk: Desk) -> None:
    acme = await desk.Organization.create(name="Acme")
    for at in range(11):
        await desk.Contact.create(name=f"Contact {at}", organization=acme)
    [found] = (await search(desk.session, type="Organization", include="contacts"))["results"]
    contacts = found["contacts"]
    assert (len(contacts["results"]), contacts["total"], contacts["hasMore"]) == (10, 11, True)


# Words

WORDS: dict[str, tuple[str, list[str]]] = {
    "the shorter text first": ("billing", ["Billing", "Cannot access billing portal", "Invoice is wrong"]),
    "every word, over all texts": ("portal billing", ["Cannot access billing portal", "Invoice is wrong"]),
    "the beginning of a word": ("resta", ["Portal slow"]),
    "a letter off": ("invoise", ["Invoice is wrong"]),
    "any case": ("INVOICE Wrong", ["Invoice is wrong"]),
    "an address": ("ann@acme.com", ["Cannot access billing portal"]),
    "a number with a comma": ("10,000", ["Cannot access billing portal"]),
    "other letters": ("köln GRÜSSE grüße", []),
    "umlauts": ("köln GRÜßE", ["Grüße aus Köln"]),
    "a resolution": ("cache", ["Portal slow"]),
    "nothing such": ("zebra", []),
    "punctuation around": ('"billing", (portal)!', ["Cannot access billing portal", "Invoice is wrong"]),
}


@pytest.mark.parametrize("name", WORDS)
async def test_words(small: Desk, name: str) -> None:
    query, wanted = WORDS[name]
    # Which of two comes first depends on how rare the words are in the whole index, which other workspaces share.
    assert sorted(await subjects(small, query=query)) == sorted(wanted)


@pytest.mark.parametrize(
    "text",
    [
        "C++ && ||!x",
        'a" OR subject:*',
        "a\\",
        '\\"a',
        "foo:bar^2~",
        "[1 TO 2]",
        "/re/",
        "{a}",
        "a AND",
        "OR b NOT c AND",
        "a~9 b* *c ?d",
        "workspace:other +a -b",
        "日本語 a",
        "a\u0000b",
        "😀 a",
        "İstanbul",
        "_ _a_ 1",
        " ".join(["billing"] * MAX_WORDS),
        "a" * 500,
    ],
)
async def test_no_text_is_a_mistake_in_the_query(small: Desk, text: str) -> None:
    """Whatever is typed is searched for as text: Lucene's own syntax means nothing."""
    found = await search(small.session, query=text)
    assert found["total"] == len(found["results"])
    assert all(row["$type"] in ("Ticket", "Activity") for row in found["results"])


async def test_signs_between_words_mean_themselves(small: Desk) -> None:
    assert await subjects(small, query="(a|b) foo:bar^2~") == ["Grüße aus Köln"]
    assert await subjects(small, query="a:b") == []


async def test_many_long_words_are_not_too_many_clauses(desk: Desk) -> None:
    """Lucene refuses more than 1024 clauses, and a word with a letter off may become 50."""
    for at in range(60):
        await desk.Ticket.create(subject=" ".join(f"{word}{at:02}" for word in ("alphaword", "betaword", "gammaword")))
    totals = []
    for count in range(1, MAX_WORDS + 1):
        found = await search(desk.session, type="Ticket", query=" ".join(f"alphaword{at:02}" for at in range(count)))
        totals.append(found["total"])
    assert totals[0] == 15  # alphaword00 and what is one letter off
    assert totals[5:] == [0] * 27


async def test_words_with_a_filter(small: Desk) -> None:
    assert sorted(
        await subjects(small, query="billing", filter={"priority": {"ne": "urgent"}, "agent": {"name": "Sam Reyes"}})
    ) == [
        "Cannot access billing portal",
        "Invoice is wrong",
    ]
    assert await subjects(small, query="billing", filter={"status": "closed"}) == []


async def test_the_score_tells_how_well_it_fits(small: Desk) -> None:
    found = await search(small.session, type="Ticket", query="billing")
    scores = [row["$score"] for row in found["results"]]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > scores[-1] > 0


async def test_all_nouns_are_searched_without_a_type(small: Desk) -> None:
    found = await search(small.session, query="billing")
    kinds = [row["$type"] for row in found["results"]]
    assert sorted(kinds) == ["Activity", "Ticket", "Ticket", "Ticket"]
    assert found["total"] == 4
    scores = [row["$score"] for row in found["results"]]
    assert scores == sorted(scores, reverse=True)
    acme = await search(small.session, query="acme")
    assert sorted((row["$type"], row.get("name", row.get("subject"))) for row in acme["results"]) == [
        ("Contact", "Ann Archer"),
        ("Organization", "Acme"),
        ("Ticket", "Cannot access billing portal"),
    ]


async def test_pages_over_all_nouns(small: Desk) -> None:
    whole: list[Any] = []
    rows: list[Any] = [None]
    cursor = None
    # Scores depend on all texts of the index, and so on the tests beside this one: until they kept still meanwhile.
    while rows != whole:
        whole, rows, cursor = (await search(small.session, query="billing"))["results"], [], None
        for _ in whole:
            page = await search(small.session, query="billing", limit=1, cursor=cursor)
            rows += page["results"]
            cursor = page["cursor"]
            assert page["total"] == 4
    assert cursor is None
    assert len(rows) == 4


async def test_what_is_written_is_found_at_once_and_what_is_deleted_is_not(desk: Desk) -> None:
    ticket = await desk.Ticket.create(subject="Printer on fire")
    assert await subjects(desk, query="printer") == ["Printer on fire"]
    await desk.Ticket.update(id=ticket.id, subject="Scanner on fire")
    assert await subjects(desk, query="printer") == []
    assert await subjects(desk, query="scanner") == ["Scanner on fire"]
    await desk.Ticket.delete(id=ticket.id)
    assert await subjects(desk, query="scanner") == []


@pytest.mark.parametrize("workspace", [DESKS["other"], *ODD.values()], ids=["other", *ODD])
async def test_no_words_of_another_workspace_are_found(database: Database, small: Desk, workspace: str) -> None:
    """The index holds the texts of all; the one that is asked for may have any name."""
    word = f"billing{uuid.uuid4().hex}"
    async with Desk(database, workspace, hooks=Hooks()) as other:
        mine = await other.Ticket.create(subject=f"{word} portal")
        before = await search(small.session, query="billing")
        found = await search(other.session, query=word, limit=1)
        assert [row["id"] for row in found["results"]] == [mine.id]
        assert (found["total"], found["hasMore"]) == (1, False)
        assert (await search(small.session, query=word))["total"] == 0
        assert {row["id"] for row in before["results"]}.isdisjoint({mine.id})
        await other.Ticket.delete(id=mine.id)


# Mistakes

MISTAKES: dict[str, tuple[dict[str, Any], str, str]] = {
    "type": ({"type": "Tiket"}, "type", "There is no type 'Tiket': did you mean Ticket?"),
    "nothing": ({}, "type", "Say what to search: a type (Ticket, Contact, Organization,"),
    "field": ({"type": "Ticket", "filter": {"prority": "high"}}, "prority", "did you mean priority? There is id"),
    "field of a neighbour": (
        {"type": "Ticket", "filter": {"contact": {"organisation": {"name": "x"}}}},
        "organisation",
        "Contact can't be found by 'organisation'; did you mean organization?",
    ),
    "word": ({"type": "Ticket", "filter": {"priority": "highest"}}, "priority", "one of LOW, MEDIUM, HIGH, URGENT"),
    "comparator": (
        {"type": "Ticket", "filter": {"createdAt": {"after": "2026-11-01"}}},
        "createdAt",
        "createdAt can't be compared by 'after': There is eq, ne, in, notIn, gt, gte, lt, lte",
    ),
    "moment": ({"type": "Ticket", "filter": {"createdAt": "yesterday"}}, "createdAt", "a moment in ISO 8601"),
    "number": ({"type": "Ticket", "filter": {"number": "five"}}, "number", "number must be a whole number"),
    "counted": ({"type": "User", "filter": {"openTickets": "two"}}, "openTickets", "openTickets is a whole number"),
    "text": ({"type": "Ticket", "filter": {"subject": 5}}, "subject", "subject is compared with text, not 5"),
    "half a letter": ({"type": "Ticket", "filter": {"subject": "\ud800"}}, "subject", "subject is compared with text"),
    "id": ({"type": "Ticket", "filter": {"id": 5}}, "id", "id is compared with text, not 5"),
    "list": ({"type": "Ticket", "filter": {"status": {"in": "OPEN"}}}, "status", "in takes a list, not 'OPEN'"),
    "null": ({"type": "Ticket", "filter": {"level": {"gt": None}}}, "level", "level can't be compared with null"),
    "json": ({"type": "Activity", "filter": {"data": "x"}}, "data", "Activity can't be found by 'data'"),
    "filter": ({"type": "Ticket", "filter": "status=OPEN"}, "filter", "A filter is an object such as"),
    "logic": (
        {"type": "Ticket", "filter": {"or": {"status": "open"}}},
        "filter",
        "or in a filter is a list of filters",
    ),
    "inner filter": ({"type": "Ticket", "filter": {"not": "open"}}, "filter", "A filter is an object such as"),
    "sort": ({"type": "Ticket", "sort": "-importance"}, "sort", "Ticket can't be ordered by 'importance'; it can by"),
    "direction": ({"type": "Ticket", "sort": [{"number": "down"}]}, "sort", "number must be ordered ASC or DESC"),
    "order": ({"type": "Ticket", "sort": [5]}, "sort", "An order is such as -createdAt"),
    "limit": ({"type": "Ticket", "limit": 101}, "limit", "limit must be a whole number from 1 to 100, not 101."),
    "no limit": ({"type": "Ticket", "limit": 0}, "limit", "from 1 to 100, not 0."),
    "include": (
        {"type": "Ticket", "include": ["asignee"]},
        "include",
        "no edge 'asignee' to include; did you mean assignee?",
    ),
    "two lists": ({"type": "Ticket", "include": ["organization.contacts.tickets"]}, "include", "can't follow"),
    "four steps": (
        {"type": "Activity", "include": ["ticket.contact.organization.tickets"]},
        "include",
        "a path has 3 steps at the most",
    ),
    "beyond anything": ({"type": "Event", "include": ["subject.contact"]}, "include", "can't follow 'subject.contact'"),
    "too much": (
        {"type": "Ticket", "include": ["contact"] * 11},
        "include",
        "include has 10 paths at the most, not 11.",
    ),
    "no words": ({"query": "-- ++"}, "query", f"query must have 1 to {MAX_WORDS} words, not 0."),
    "too many words": ({"query": "a " * 33}, "query", f"query must have 1 to {MAX_WORDS} words, not 33."),
    "too long": ({"query": "a" * 501}, "query", "query must be text of 1 to 500 characters"),
    "half a letter in a query": ({"query": "a \ud800"}, "query", "half surrogates"),
    "no texts": ({"type": "Event", "query": "x"}, "query", "Event has no texts to search; there are Ticket, Contact"),
    "filter of all": ({"query": "x", "filter": {"status": "open"}}, "type", "filter needs a type"),
    "sort of all": ({"query": "x", "sort": "name"}, "type", "sort needs a type"),
    "include of all": ({"query": "x", "include": ["contact"]}, "type", "include needs a type"),
}


@pytest.mark.parametrize("name", MISTAKES)
async def test_mistakes(small: Desk, name: str) -> None:
    asked, field, message = MISTAKES[name]
    with pytest.raises(InvalidInputError) as error:
        await search(small.session, **asked)
    assert error.value.field == field
    assert message in error.value.message


async def test_a_filter_is_not_endless(small: Desk) -> None:
    deep: dict[str, Any] = {"status": "open"}
    for _ in range(2000):
        deep = {"not": deep}
    for endless in (deep, {"or": [{"level": 0}] * 300}):
        with pytest.raises(InvalidInputError) as error:
            await search(small.session, type="Ticket", filter=endless)
        assert error.value.field == "filter"


@pytest.mark.parametrize(
    "asked", [{}, {"query": "billing"}, {"sort": "number"}, {"query": "billing", "sort": "number"}]
)
async def test_a_cursor_of_another_search(small: Desk, asked: dict[str, Any]) -> None:
    other = await search(small.session, type="Ticket", limit=1, sort="subject")
    for cursor in (other["cursor"], "zz", "W10"):
        with pytest.raises(InvalidCursorError) as error:
            await search(small.session, type="Ticket", cursor=cursor, **asked)
        assert error.value.field == "cursor"


async def test_searching_changes_nothing(desk: Desk, unchanged: Unchanged) -> None:
    await desk.Ticket.create(subject="x")
    async with unchanged():
        await search(desk.session, type="Ticket", query="x", include=["events"])
        with pytest.raises(DeskError):
            await search(desk.session, type="Ticket", filter={"x": 1})
