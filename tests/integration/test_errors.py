"""Each error that can be met in process, as an exception and in a mutation's payload; nothing is written."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import structlog
from neo4j import AsyncGraphDatabase
from structlog.testing import LogCapture

from deskgraph.graph.database import Database
from deskgraph.resolvers.api import Context, schema
from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.hooks import Hooks
from deskgraph.schema.errors import (
    AlreadyExistsError,
    InvalidCursorError,
    InvalidInputError,
    NotFoundError,
    UnavailableError,
)
from tests.conftest import Codes, Run
from tests.integration.conftest import Unchanged

TICKET = "ticket_rV7yKdPm"
CONTACT = "contact_fX9bL5nRd"
NONE = {
    "contact": "contact_doesnotexist",
    "organization": "organization_doesnotexist",
    "ticket": "ticket_doesnotexist",
    "agent": "user_doesnotexist",
}


def mutation(verb: str, noun: str) -> str:
    key = noun.lower()
    return f"""mutation ($input: {verb.title()}{noun}Input!) {{ {verb}{noun}(input: $input) {{
      {key} {{ id }} event {{ id }} errors {{ code message field }} }} }}"""


def refused(noun: str, code: str, message: str, field: str | None) -> dict[str, Any]:
    """The payload of a verb that did nothing."""
    return {noun.lower(): None, "event": None, "errors": [{"code": code, "message": message, "field": field}]}


# noun, verb, input, the field at fault, what the message says it must be
INVALID: dict[str, tuple[str, str, dict[str, Any], str, str]] = {
    "missing subject": ("Ticket", "create", {}, "subject", "createTicket needs subject"),
    "null subject": ("Ticket", "create", {"subject": None}, "subject", "createTicket needs subject"),
    "empty subject": ("Ticket", "create", {"subject": ""}, "subject", "1 to 500 characters"),
    "blank subject": ("Ticket", "create", {"subject": " \n "}, "subject", "1 to 500 characters"),
    "long subject": ("Ticket", "create", {"subject": "x" * 501}, "subject", r"\(501 characters\)"),
    "subject no text": ("Ticket", "create", {"subject": 5}, "subject", "1 to 500 characters, not 5"),
    "half a surrogate": ("Ticket", "create", {"subject": "\ud800"}, "subject", "subject"),
    "long description": ("Ticket", "create", {"subject": "x", "description": "x" * 100_001}, "description", "100,000"),
    "priority": ("Ticket", "create", {"subject": "x", "priority": "extreme"}, "priority", "LOW, MEDIUM, HIGH, URGENT"),
    "channel": ("Ticket", "create", {"subject": "x", "channel": "fax"}, "channel", "EMAIL, CHAT, PHONE, WEB"),
    "assign": ("Ticket", "create", {"subject": "x", "assign": "RANDOM"}, "assign", "one of LEAST_BUSY"),
    "contact's prefix": ("Ticket", "create", {"subject": "x", "contact": "user_bQ4x"}, "contact", "contact_rV7yKdPm"),
    "contact's form": ("Ticket", "create", {"subject": "x", "contact": "contact_a-b-c"}, "contact", "contact_rV7yKdPm"),
    "contact no id": ("Ticket", "create", {"subject": "x", "contact": 5}, "contact", "not 5"),
    "agent's prefix": ("Ticket", "create", {"subject": "x", "agent": "contact_fX9b"}, "agent", "user_rV7yKdPm"),
    "unknown field": ("Ticket", "create", {"subject": "x", "colour": "red"}, "colour", "takes .*, not 'colour'"),
    "own status": ("Ticket", "create", {"subject": "x", "status": "CLOSED"}, "status", "not 'status'"),
    "id's prefix": ("Ticket", "create", {"subject": "x", "id": "contact_fX9b"}, "id", "ticket_rV7yKdPm"),
    "short id": ("Ticket", "create", {"subject": "x", "id": "ticket_abc"}, "id", "4 to 64 letters and digits"),
    "long id": ("Ticket", "create", {"subject": "x", "id": f"ticket_{'a' * 65}"}, "id", "4 to 64 letters and digits"),
    "id and more": ("Ticket", "create", {"subject": "x", "id": "ticket_abcd\n"}, "id", "4 to 64 letters and digits"),
    "empty key": ("Ticket", "create", {"subject": "x", "idempotency_key": ""}, "idempotencyKey", "1 to 255"),
    "long key": ("Ticket", "create", {"subject": "x", "idempotency_key": "k" * 256}, "idempotencyKey", "1 to 255"),
    "no id": ("Ticket", "resolve", {"resolution": "x"}, "id", "not None"),
    "another's id": ("Ticket", "resolve", {"id": CONTACT, "resolution": "x"}, "id", "ticket_rV7yKdPm"),
    "no resolution": ("Ticket", "resolve", {"id": TICKET}, "resolution", "resolveTicket needs resolution"),
    "no reason": ("Ticket", "escalate", {"id": TICKET}, "reason", "escalateTicket needs reason"),
    "long reason": ("Ticket", "hold", {"id": TICKET, "reason": "x" * 10_001}, "reason", "10,000"),
    "close takes nothing": ("Ticket", "close", {"id": TICKET, "reason": "x"}, "reason", "takes nothing more"),
    "delete takes nothing": ("Ticket", "delete", {"id": TICKET, "subject": "x"}, "subject", "takes nothing more"),
    "update to null": ("Ticket", "update", {"id": TICKET, "subject": None}, "subject", "can't be taken away"),
    "priority to null": ("Ticket", "update", {"id": TICKET, "priority": None}, "priority", "can't be taken away"),
    "update the status": ("Ticket", "update", {"id": TICKET, "status": "CLOSED"}, "status", "not 'status'"),
    "update the agent": ("Ticket", "update", {"id": TICKET, "agent": "user_bQ4x"}, "agent", "not 'agent'"),
    "contact's name": ("Contact", "create", {"email": "ann@acme.com"}, "name", "createContact needs name"),
    "long e-mail": ("Contact", "create", {"name": "Ann", "email": "x" * 321}, "email", "320"),
    "domain": ("Organization", "create", {"name": "Acme", "domain": "x" * 254}, "domain", "253"),
    "low tier": ("User", "create", {"name": "Sam", "tier": 0}, "tier", "from 1 to 9, not 0"),
    "high tier": ("User", "create", {"name": "Sam", "tier": 10}, "tier", "from 1 to 9, not 10"),
    "tier no number": ("User", "create", {"name": "Sam", "tier": True}, "tier", "from 1 to 9, not True"),
    "capacity": ("User", "create", {"name": "Sam", "capacity": -1}, "capacity", "from 0 to 2147483647, not -1"),
    "role": ("User", "create", {"name": "Sam", "role": "boss"}, "role", "SUPPORT, MANAGER, ADMIN"),
    "status": ("User", "update", {"id": "user_bQ4xNmWj", "status": "asleep"}, "status", "ONLINE, AWAY, OFFLINE"),
    "activity's type": ("Activity", "create", {"note": "x"}, "type", "createActivity needs type"),
    "data too big a number": ("Activity", "create", {"type": "x", "data": {"n": 2**70}}, "data", "data"),
    "data no JSON": ("Activity", "create", {"type": "x", "data": {"n": {1, 2}}}, "data", "data"),
}  # fmt: skip


@pytest.mark.parametrize(("noun", "verb", "given", "field", "message"), INVALID.values(), ids=INVALID)
async def test_invalid_input(
    desk: Desk, unchanged: Unchanged, noun: str, verb: str, given: dict[str, Any], field: str, message: str
) -> None:
    await desk.Ticket.create(id=TICKET, subject="Portal")
    async with unchanged():
        with pytest.raises(InvalidInputError, match=message) as invalid:
            await getattr(getattr(desk, noun), verb)(**given)
        assert (invalid.value.code, invalid.value.field) == ("INVALID_INPUT", field)


async def test_an_update_of_nothing(desk: Desk, run: Run, unchanged: Unchanged) -> None:
    await desk.Contact.create(id=CONTACT, name="Ann")
    message = "updateContact needs at least one of name, email, phone, organization."
    async with unchanged():
        with pytest.raises(InvalidInputError, match=f"^{re.escape(message)}$"):
            await desk.Contact.update(id=CONTACT)
        payload = (await run(mutation("update", "Contact"), input={"id": CONTACT}))["updateContact"]
        assert payload == refused("Contact", "INVALID_INPUT", message, None)


async def test_invalid_input_over_graphql(desk: Desk, run: Run, codes: Codes, unchanged: Unchanged) -> None:
    """What the types can't say is in the payload; what they can say never gets so far."""
    await desk.Ticket.create(id=TICKET, subject="Portal")
    async with unchanged():
        for verb, given, message, field in (
            ("create", {"subject": " "}, "subject must be text of 1 to 500 characters, not ' '.", "subject"),
            (
                "create",
                {"subject": "x", "contact": "user_bQ4xNmWj"},
                "contact must be an id such as contact_rV7yKdPm (4 to 64 letters and digits), not 'user_bQ4xNmWj'.",
                "contact",
            ),
            ("update", {"id": TICKET, "subject": None}, "subject can't be taken away, only changed.", "subject"),
            (
                "create",
                {"subject": "x", "idempotencyKey": ""},
                "idempotencyKey must be text of 1 to 255 characters, not ''.",
                "idempotencyKey",
            ),
        ):
            payload = (await run(mutation(verb, "Ticket"), input=given))[f"{verb}Ticket"]
            assert payload == refused("Ticket", "INVALID_INPUT", message, field)
        for verb, given in (
            ("create", {}),
            ("create", {"subject": None}),
            ("create", {"subject": 5}),
            ("create", {"subject": "x", "colour": "red"}),
            ("create", {"subject": "x", "priority": "EXTREME"}),
            ("resolve", {"id": TICKET}),
        ):
            assert await codes(mutation(verb, "Ticket"), input=given) == ["GRAPHQL_VALIDATION_FAILED"], given


@pytest.mark.parametrize("value", ["1", 1.5, 2**63, True, {}], ids=repr)
async def test_a_long_that_is_none(desk: Desk, codes: Codes, unchanged: Unchanged, value: Any) -> None:
    """A caller's mistake, not ours, be it in a variable or in the text."""
    await desk.Ticket.create(id=TICKET, subject="Portal")
    literal = {"1": '"1"', True: "true"}.get(value, value) if not isinstance(value, dict) else "{}"
    text = f'mutation {{ closeTicket(input: {{id: "{TICKET}", expectedVersion: {literal}}}) {{ errors {{ code }} }} }}'
    async with unchanged():
        given = {"id": TICKET, "expectedVersion": value}
        assert await codes(mutation("close", "Ticket"), input=given) == ["GRAPHQL_VALIDATION_FAILED"]
        assert await codes(text) == ["GRAPHQL_VALIDATION_FAILED"]


async def test_a_moment_that_is_none(codes: Codes) -> None:
    text = "query ($filter: TicketFilter) { tickets(filter: $filter) { totalCount } }"
    assert await codes(text, filter={"createdAt": {"gt": "soon"}}) == ["GRAPHQL_VALIDATION_FAILED"]
    text = '{ tickets(filter: {createdAt: {gt: "soon"}}) { totalCount } }'
    assert await codes(text) == ["GRAPHQL_VALIDATION_FAILED"]


VERBS: dict[str, dict[str, dict[str, Any]]] = {
    "Ticket": {
        "assign": {"agent": "user_bQ4xNmWj"},
        "escalate": {"reason": "outage"},
        "resolve": {"resolution": "restarted"},
        "hold": {},
        "reopen": {},
        "close": {},
        "update": {"subject": "Shop"},
        "delete": {},
    },
    "Contact": {"update": {"name": "Ben"}, "delete": {}},
    "Organization": {"update": {"name": "Globex"}, "delete": {}},
    "User": {"update": {"name": "Tim"}, "delete": {}},
    "Activity": {"update": {"note": "called"}, "delete": {}},
}
FIRST = {
    "Ticket": {"subject": "Portal"},
    "Contact": {"name": "Ann"},
    "Organization": {"name": "Acme"},
    "User": {"name": "Sam"},
    "Activity": {"type": "note"},
}


@pytest.mark.parametrize("noun", VERBS)
async def test_a_subject_that_is_not_there(desk: Desk, run: Run, unchanged: Unchanged, noun: str) -> None:
    """Never was, or was deleted: each verb says so."""
    words = getattr(desk, noun)
    deleted = await words.create(**FIRST[noun])
    await words.delete(id=deleted.id)
    async with unchanged():
        for missing in (f"{noun.lower()}_doesnotexist", deleted.id):
            message = f"There is no {noun.lower()} {missing}."
            for verb, given in VERBS[noun].items():
                with pytest.raises(NotFoundError) as error:
                    await getattr(words, verb)(id=missing, **given)
                assert (error.value.message, error.value.field) == (message, "id"), verb
                payload = (await run(mutation(verb, noun), input={"id": missing, **given}))[f"{verb}{noun}"]
                assert payload == refused(noun, "NOT_FOUND", message, "id")


@pytest.mark.parametrize(
    ("noun", "verb", "edge"),
    [
        ("Ticket", "create", "contact"),
        ("Ticket", "create", "agent"),
        ("Ticket", "assign", "agent"),
        ("Ticket", "update", "contact"),
        ("Contact", "create", "organization"),
        ("Contact", "update", "organization"),
        ("Activity", "create", "contact"),
        ("Activity", "create", "ticket"),
        ("Activity", "create", "organization"),
        ("Activity", "update", "contact"),
        ("Activity", "update", "ticket"),
        ("Activity", "update", "organization"),
    ],
)
async def test_an_edge_to_nowhere(desk: Desk, run: Run, unchanged: Unchanged, noun: str, verb: str, edge: str) -> None:
    """To what never was, or was deleted."""
    words, target = getattr(desk, noun), {"agent": "User"}.get(edge, edge.title())
    subject = await words.create(**FIRST[noun])
    given = FIRST[noun] if verb == "create" else {"id": subject.id}
    deleted = await getattr(desk, target).create(**FIRST[target])
    await getattr(desk, target).delete(id=deleted.id)
    async with unchanged():
        for missing in (NONE[edge], deleted.id):
            message = f"There is no {target.lower()} {missing}."
            with pytest.raises(NotFoundError) as error:
                await getattr(words, verb)(**given, **{edge: missing})
            assert (error.value.message, error.value.field) == (message, edge)
            payload = (await run(mutation(verb, noun), input={**given, edge: missing}))[f"{verb}{noun}"]
            assert payload == refused(noun, "NOT_FOUND", message, edge)


@pytest.mark.parametrize("noun", FIRST)
async def test_an_id_that_is_taken(desk: Desk, run: Run, unchanged: Unchanged, noun: str) -> None:
    """By one that is there, or by one that was: a deleted one's events still mean it."""
    words = getattr(desk, noun)
    there, was = f"{noun.lower()}_there", f"{noun.lower()}_deleted"
    for taken in (there, was):
        await words.create(id=taken, **FIRST[noun])
    await words.delete(id=was)
    async with unchanged():
        for taken in (there, was):
            with pytest.raises(AlreadyExistsError) as error:
                await words.create(id=taken, **FIRST[noun])
            assert error.value.field == "id"
            payload = (await run(mutation("create", noun), input={"id": taken, **FIRST[noun]}))[f"create{noun}"]
            assert payload == refused(noun, "ALREADY_EXISTS", error.value.message, "id")


async def test_a_position_that_is_none_of_the_log_s(desk: Desk, unchanged: Unchanged) -> None:
    await desk.Organization.create(name="Acme")
    async with unchanged():
        for after in (-1, 2, 2**63 - 1):
            with pytest.raises(InvalidCursorError) as error:
                await anext(desk.events(after=after))
            assert (error.value.message, error.value.field) == (
                f"The log ends at 1; {after} is no position in it.",
                "after",
            )
            stream = await schema().subscribe(
                f"subscription {{ events(after: {after}) {{ id }} }}", context_value=Context(desk.session)
            )
            result = await anext(stream)  # type: ignore[arg-type]
            assert [one.extensions for one in result.errors or ()] == [{"code": "INVALID_CURSOR", "field": "after"}]


async def test_types_that_no_verb_writes(desk: Desk) -> None:
    with pytest.raises(InvalidInputError, match=r"activity\.created, .*, not 'ticket\.exploded'") as error:
        await anext(desk.events(types=["ticket.resolved", "ticket.exploded"]))
    assert error.value.field == "types"


async def test_a_database_that_does_not_answer(workspace: str) -> None:
    """UNAVAILABLE, for every verb and for the question whether it is ready."""
    nowhere = "bolt://127.0.0.1:1"
    async with Database(nowhere, "neo4j", "none") as database:
        await database.close()
        quick = {"initial_retry_delay": 0.02, "max_transaction_retry_time": 0.1}  # the usual one tries for 15 s
        database._driver = AsyncGraphDatabase.driver(nowhere, **quick)
        desk = Desk(database, workspace, hooks=Hooks())
        with pytest.raises(UnavailableError):
            await database.ready()
        with pytest.raises(UnavailableError):
            await desk.Organization.create(name="Acme")
        text = mutation("create", "Ticket")
        result = await schema().execute(text, {"input": {"subject": "x"}}, context_value=Context(desk.session))
        message = "The database does not answer: try again; an idempotency key makes that safe."
        assert result.errors is None
        assert result.data == {"createTicket": refused("Ticket", "UNAVAILABLE", message, None)}


async def test_what_nobody_foresaw_is_masked(workspace: str) -> None:
    """Here the server has no such database: the caller gets a reference to the log, and not a word of the server's."""
    server = (os.environ["NEO4J_URI"], os.environ.get("NEO4J_USERNAME", "neo4j"), os.environ.get("NEO4J_PASSWORD", ""))
    async with Database(*server, "doesnotexist") as database:
        context = Context(Desk(database, workspace, hooks=Hooks()).session)
        for text in (
            'mutation { createOrganization(input: {name: "Acme"}) { errors { code } } }',
            "{ organizations { totalCount } }",
        ):
            with logged() as entries:
                result = await schema().execute(text, context_value=context)
            [error] = result.errors or ()
            assert error.extensions is not None
            reference = error.extensions["reference"]
            assert error.extensions == {"code": "INTERNAL", "reference": reference}
            assert error.message == f"Something went wrong inside deskgraph; its log knows more under {reference}."
            [entry] = entries
            assert (entry["event"], entry["reference"]) == ("request.failed", reference)
            assert "doesnotexist" in str(entry["exc_info"])


@contextmanager
def logged() -> Iterator[list[Any]]:
    """What is logged as an error meanwhile."""
    usual, capture = structlog.get_config(), LogCapture()
    structlog.configure(processors=[capture], wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    try:
        yield capture.entries
    finally:
        structlog.configure(**usual)
