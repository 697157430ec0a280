"""The schema beside the released one, by graphql-inspector: what breaks clients is told in the changelog, or not done.

The convention is in docs/conformance.md: a line of the changelog's unreleased part, `- Breaking: `Type.field` ...`.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.acceptance.clients.conftest import SDL, ran
from tests.acceptance.conftest import ROOT

RELEASED = ROOT / "schema" / "released.graphql"
CHANGELOG = ROOT / "CHANGELOG.md"


def said(changelog: str) -> list[str]:
    """The types, fields, arguments and words that the unreleased part says are broken."""
    found = re.search(r"^## Unreleased\n(.*?)(?=^## |\Z)", changelog, re.M | re.S)
    assert found
    return re.findall(r"^- Breaking: `([\w.]+)`", found[1], re.M)


async def untold(clients: Path, schema: Path, changelog: str) -> list[str]:
    """What breaks, of which the changelog says nothing. Who names a type means all that is in it."""
    lines = (await ran(clients, "node", "diff.mjs", str(RELEASED), str(schema))).splitlines()
    broken = [json.loads(line)[0] for line in lines]
    return [path for path in broken if not any(f"{path}.".startswith(f"{name}.") for name in said(changelog))]


async def test_what_breaks_clients_is_in_the_changelog(clients: Path) -> None:
    assert await untold(clients, SDL, CHANGELOG.read_text()) == []


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("  subject: String!\n", "  topic: String!\n", "Ticket.subject"),
        ("  status: TicketStatus!\n", "  status: String!\n", "Ticket.status"),
        ("  escalateTicket(\n", "  raiseTicket(\n", "Mutation.escalateTicket"),
        ("  SOCIAL\n", "  MEDIA\n", "Channel.SOCIAL"),
        ("  contact: Contact\n", "  contact(of: ID!): Contact\n", "Ticket.contact.of"),
    ],
)
async def test_a_planted_break_is_found_and_may_be_told(
    clients: Path, tmp_path: Path, old: str, new: str, path: str
) -> None:
    begin, owner, rest = RELEASED.read_text().partition(f"{planted(path)} ")
    assert old in rest
    schema = tmp_path / "schema.graphql"
    schema.write_text(begin + owner + rest.replace(old, new, 1))
    assert await untold(clients, schema, "## Unreleased\n\n- Another line\n") == [path]
    assert await untold(clients, schema, f"## Unreleased\n\n- Breaking: `{path}` is gone: use another.\n") == []
    assert await untold(clients, schema, f"## Unreleased\n\n## 0.1.0\n\n- Breaking: `{path}` is gone.\n") == [path]


def planted(path: str) -> str:
    """How the type begins in which something is changed."""
    name = path.split(".")[0]
    return f"enum {name}" if name == "Channel" else f"type {name}"


async def test_what_is_added_breaks_nobody(clients: Path, tmp_path: Path) -> None:
    schema = tmp_path / "schema.graphql"
    schema.write_text(RELEASED.read_text().replace("type Query {\n", "type Query {\n  news(first: Int): [String!]!\n"))
    assert await untold(clients, schema, "## Unreleased\n") == []
