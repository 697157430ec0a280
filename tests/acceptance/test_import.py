"""`deskgraph import`: a file's rows, from the command line, into a desk of its own or one that is served."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from deskgraph.graph.database import Database
from deskgraph.resolvers.api import Context, schema
from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.hooks import Hooks
from tests.acceptance.conftest import KEY, ROOT, serving
from tests.conftest import until

ORGANIZATIONS = "\ufeffname,domain\nAcme,acme.com\n"
CONTACTS = """name,email,organization
"Archer, Ann",ann@acme.com,acme.com
"Two
lines",two@acme.com,
Carl,carl@acme.com,nowhere.com
Twin,twin@acme.com,
Twin,twin@acme.com,
"""
TICKETS: list[Any] = [
    {"subject": "Portal", "contact": "ann@acme.com", "status": "Resolved", "createdAt": "2024-05-01T10:00:00Z"},
    {"subject": "Shop", "id": "ticket_35436", "priority": "high", "created_at": "2024-05-02", "level": 1},
    {"subject": ""},
    {"subject": "Twin's", "contact": "twin@acme.com"},
    {"subject": "Red", "colour": "red"},
    ["no object"],
    {"subject": "Portal", "contact": "ann@acme.com", "status": "Resolved", "createdAt": "2024-05-01T10:00:00Z"},
]


@pytest.fixture
async def desk(database: Database, workspace: str) -> AsyncIterator[Desk]:
    """A desk of the test's own, in the workspace that is imported into."""
    async with Desk(database, workspace, hooks=Hooks()) as opened:
        yield opened


@pytest.fixture
def environment(workspace: str, tmp_path: Path) -> dict[str, str]:
    return {"DESKGRAPH_API_KEY": KEY, "DESKGRAPH_WORKSPACE": workspace, "DESKGRAPH_DATA": str(tmp_path / "data")}


async def imported(environment: dict[str, str], *arguments: str) -> tuple[int, str, str]:
    """Run the command; its exit code and what it said."""
    process = await asyncio.create_subprocess_exec(
        *command(*arguments),
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode().strip(), err.decode()


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "deskgraph", "import", *arguments]


def rejected(path: Path) -> list[tuple[int, str, str | None]]:
    report = path.with_name(f"{path.name}.rejected.ndjson")
    rows = [json.loads(line) for line in report.read_text().splitlines()]
    return [(row["line"], row["code"], row["field"]) for row in rows]


def files(folder: Path) -> tuple[Path, Path, Path]:
    made = folder / "organizations.csv", folder / "contacts.csv", folder / "tickets.ndjson"
    lines = [json.dumps(row) for row in TICKETS]
    texts = ORGANIZATIONS, CONTACTS, "\n".join([*lines[:3], "", "{broken", *lines[3:]])
    for path, text in zip(made, texts, strict=True):
        path.write_text(text)
    return made


@pytest.mark.parametrize("served", [False, True], ids=["a desk of its own", "a server"])
async def test_files_are_loaded(desk: Desk, environment: dict[str, str], tmp_path: Path, served: bool) -> None:
    organizations, contacts, tickets = files(tmp_path)
    if not served:
        await check(desk, environment, organizations, contacts, tickets)
        return
    with serving(**environment) as server:
        await check(desk, environment, organizations, contacts, tickets, "--url", server.url)


async def check(
    desk: Desk, environment: dict[str, str], organizations: Path, contacts: Path, tickets: Path, *to: str
) -> None:
    assert (await imported(environment, str(organizations), *to))[:2] == (0, "Imported 1 organizations.")
    report = f"Rejected 1 rows: {contacts}.rejected.ndjson says why, with their lines."
    assert (await imported(environment, str(contacts), *to))[:2] == (1, f"Imported 4 contacts.\n{report}")
    assert rejected(contacts) == [(5, "NOT_FOUND", "organization")]
    report = f"Rejected 5 rows: {tickets}.rejected.ndjson says why, with their lines."
    assert (await imported(environment, str(tickets), *to))[:2] == (1, f"Imported 3 tickets.\n{report}")
    assert sorted(rejected(tickets)) == [
        (3, "INVALID_INPUT", "subject"),
        (5, "INVALID_INPUT", None),
        (6, "AMBIGUOUS", "contact"),
        (7, "INVALID_INPUT", "colour"),
        (8, "INVALID_INPUT", None),
    ]
    found = await desk.Ticket.find(order_by="created_at")
    assert [(one.subject, str(one.status), str(one.priority), one.level) for one in found] == [
        ("Portal", "RESOLVED", "MEDIUM", 0),
        ("Portal", "RESOLVED", "MEDIUM", 0),
        ("Shop", "OPEN", "HIGH", 1),
    ]
    assert found[2].id == "ticket_35436"
    [acme] = await desk.Organization.find()
    assert [one.organization for one in found] == [acme.id, acme.id, None]
    assert [one.name for one in await desk.Contact.find(email="two@acme.com")] == ["Two\nlines"]
    await until(lambda: desk.feed.position == 8)  # an organization, four contacts and three tickets
    again = f"Imported 0 tickets. 3 were there already.\n{report}"
    assert (await imported(environment, str(tickets), *to))[:2] == (1, again)
    assert await desk.position() == 8


async def test_unknown_columns_may_be_passed_over(desk: Desk, environment: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "export.jsonl"
    path.write_text(json.dumps({"subject": "Red", "colour": "red", "contact": None}))
    code, out, _ = await imported(environment, str(path), "--noun", "tickets", "--skip-unknown")
    assert (code, out) == (0, "Imported 1 tickets.")
    assert [one.subject for one in await desk.Ticket.find()] == ["Red"]


async def test_killed_and_run_again(desk: Desk, environment: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "tickets.csv"
    path.write_text("subject\n" + "".join(f"Ticket {n}\n" for n in range(3000)))
    process = await asyncio.create_subprocess_exec(
        *command(str(path)), cwd=ROOT, env={**os.environ, **environment}, stderr=subprocess.DEVNULL
    )
    first = await desk.position()

    async def begun() -> bool:
        return await desk.position() > first

    await until(begun)
    process.kill()
    await process.wait()
    code, out, _ = await imported(environment, str(path))
    there = int(out.split(". ")[1].split()[0].replace(",", ""))
    assert (code, out) == (0, f"Imported {3000 - there:,} tickets. {there:,} were there already.")
    assert 0 < there < 3000
    query = '{ tickets { totalCount } events(filter: {type: {eq: "ticket.imported"}}) { totalCount } }'
    await until(lambda: desk.feed.position == 3000)
    result: Any = await schema().execute(query, {}, Context(desk.session))
    assert result.data == {"tickets": {"totalCount": 3000}, "events": {"totalCount": 3000}}


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("tickets.xml", (), "must end in .ndjson, .jsonl or .csv: that tells what it is."),
        ("export.csv", (), "can be imported, not 'export': name it with --noun."),
        ("events.csv", (), "can be imported, not 'events': name it with --noun."),
        ("missing.csv", ("--noun", "tickets"), "No such file or directory"),
        ("tickets.csv", ("--url", "http://127.0.0.1:1"), "127.0.0.1:1"),
    ],
)
async def test_what_cannot_be(
    environment: dict[str, str], tmp_path: Path, name: str, arguments: tuple[str, ...], message: str
) -> None:
    if name != "missing.csv":
        (tmp_path / name).write_text("subject\nPortal\n")
    code, out, err = await imported(environment, str(tmp_path / name), *arguments)
    assert (code, out) == (1, "")
    assert message in err
