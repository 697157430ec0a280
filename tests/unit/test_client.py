"""The remote client, as far as it goes without a server."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from deskgraph.client import connect
from deskgraph.client.asking import orders, where
from deskgraph.client.errors import error_of
from deskgraph.client.generated import CREATE_TICKET, TICKET, UPDATE_TICKET, Contact, TicketPriority
from deskgraph.client.server import locate
from deskgraph.schema.errors import DeskError, InvalidInputError, UnavailableError, all_errors

ROOT = Path(__file__).parents[2]
ANN = Contact.__new__(Contact)
object.__setattr__(ANN, "id", "contact_fX9bL5nRd")


def test_the_committed_words_are_current() -> None:
    made = subprocess.run(
        [sys.executable, "tools/generate_client.py"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert (ROOT / "src/deskgraph/client/generated.py").read_text() == made.stdout, "run `make client`"


def test_the_client_is_light() -> None:
    """A program that uses a desk elsewhere pays for neither the database driver nor GraphQL's server side."""
    code = "import sys, deskgraph.client, deskgraph.schema.errors; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    heavy = {"neo4j", "strawberry", "graphql", "gql", "starlette", "uvicorn", "pydantic", "mcp", "deskgraph.graph"}
    assert heavy & set(loaded) == set()
    assert {"deskgraph.client.generated", "httpx", "websockets"} <= set(loaded)


# Where to


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000/graphql"),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000/graphql"),
        ("https://desk.example/graphql/", "https://desk.example/graphql"),
        ("https://desk.example/support?x#key=y", "https://desk.example/support/graphql"),
    ],
)
def test_addresses(url: str, found: str) -> None:
    assert locate(url, "secret") == (found, "secret")


@pytest.mark.parametrize(
    ("url", "key", "field"),
    [
        ("", "key", "url"),
        ("127.0.0.1:8000", "key", "url"),
        ("bolt://127.0.0.1", "key", "url"),
        ("http://", "key", "url"),
        ("http://127.0.0.1", "", "key"),
        ("http://127.0.0.1", " ", "key"),
        ("http://127.0.0.1", "ké", "key"),
        ("http://127.0.0.1", "a\nb", "key"),
    ],
)
def test_addresses_and_keys_that_are_none(url: str, key: str, field: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DESKGRAPH_URL", "DESKGRAPH_KEY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(InvalidInputError) as caught:
        connect(url, key)
    assert caught.value.field == field


def test_address_and_key_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESKGRAPH_URL", "http://127.0.0.1:8123")
    monkeypatch.setenv("DESKGRAPH_KEY", "from-the-environment")
    assert locate(None, None) == ("http://127.0.0.1:8123/graphql", "from-the-environment")
    assert locate("http://other", "given") == ("http://other/graphql", "given")
    desk = connect()
    assert repr(desk) == "<the desk at http://127.0.0.1:8123/graphql>"
    assert "from-the-environment" not in repr(vars(desk))


async def test_a_server_that_is_not_there() -> None:
    async with connect("http://127.0.0.1:9", "key", patience=0.2) as desk:
        with pytest.raises(UnavailableError, match=r"http://127\.0\.0\.1:9/graphql does not answer"):
            await desk.Ticket.create(subject="Portal")
        with pytest.raises(UnavailableError, match="does not answer"):
            await desk.query('mutation { createTicket(input: {subject: "x"}) { errors { code } } }')
        with pytest.raises(UnavailableError, match="does not answer by WebSocket"):
            await anext(desk.events(after=0))


# What is said


def test_errors_by_their_code() -> None:
    for kind in all_errors():
        error = error_of(kind.code, "so it is", "subject")
        assert (type(error), error.code, error.message, error.field) == (kind, kind.code, "so it is", "subject")
    unknown = error_of("OF_A_NEWER_SERVER", "what is this?")
    assert (type(unknown), unknown.code, DeskError.code) == (DeskError, "OF_A_NEWER_SERVER", "INTERNAL")


def test_inputs_as_graphql_has_them() -> None:
    given = {"subject": "Portal", "priority": "High", "channel": "e-mail".replace("-", ""), "contact": ANN}
    assert CREATE_TICKET.input({**given, "assign": "least busy"}) == {
        "subject": "Portal",
        "priority": "HIGH",
        "channel": "EMAIL",
        "contact": "contact_fX9bL5nRd",
        "assign": "LEAST_BUSY",
    }
    assert UPDATE_TICKET.input({"id": "ticket_rV7yKdPm", "description": None, "priority": TicketPriority.LOW}) == {
        "id": "ticket_rV7yKdPm",
        "description": None,
        "priority": "LOW",
    }


@pytest.mark.parametrize(
    ("given", "field", "message"),
    [
        ({}, "subject", "createTicket needs subject"),
        ({"subject": None}, "subject", "createTicket needs subject"),
        ({"subject": "x", "colour": "red"}, "colour", "createTicket takes id, .*, not 'colour'"),
        ({"subject": "x", "priority": "hihg"}, "priority", "one of LOW, MEDIUM, HIGH, URGENT, not 'hihg'"),
    ],
)
def test_inputs_that_are_none(given: dict[str, Any], field: str, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message) as caught:
        CREATE_TICKET.input(given)
    assert caught.value.field == field


def test_filters_and_orders_as_graphql_has_them() -> None:
    fields: dict[str, object] = {"status": ["open", "Pending"], "agent": None, "activity": "activity_rV7yKdPm"}
    assert where(TICKET, None, fields) == {
        "status": {"in": ["OPEN", "PENDING"]},
        "assignee": None,
        "activities": {"some": {"id": {"eq": "activity_rV7yKdPm"}}},
    }
    wanted = {
        "or": [
            {"priority": {"in": ["high"]}},
            {"not": {"contact": {"tickets": {"none": {"channel": {"eq": "chat"}}}}}},
        ],
        "status": {"ne": None},
    }
    assert where(TICKET, wanted, {"status": "open", "contact": ANN}) == {
        "and": [
            {"status": {"eq": "OPEN"}},
            {"contact": {"id": {"eq": "contact_fX9bL5nRd"}}},
            {
                "or": [
                    {"priority": {"in": ["HIGH"]}},
                    {"not": {"contact": {"tickets": {"none": {"channel": {"eq": "CHAT"}}}}}},
                ],
                "status": {"ne": None},
            },
        ]
    }
    assert orders(TICKET, "-priority, created_at") == [{"priority": "DESC"}, {"createdAt": "ASC"}]
    with pytest.raises(InvalidInputError, match="can't be found by 'colour'"):
        where(TICKET, None, {"colour": "red"})
    with pytest.raises(InvalidInputError, match="can't be ordered by 'colour'; it can by version"):
        orders(TICKET, "colour")


def test_a_word_of_a_newer_server_is_plain_text() -> None:
    status = TICKET.fields["status"]
    assert (status.load("OPEN"), status.load("SNOOZED"), status.load(None)) == ("OPEN", "SNOOZED", None)
