"""Faults planted in what runs, not in what is checked: each is found, and the same run without it is sound."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import pytest

from deskgraph.graph.database import Database
from deskgraph.resolvers.desk import Desk
from tests.chaos.checks import faults
from tests.chaos.cluster import KEY
from tests.chaos.evidence import Evidence, gather, quiet
from tests.chaos.link import COMMIT, Fuse, Link
from tests.chaos.processes import Program, address, fixed_port, until
from tests.chaos.subscribers import Subscriber
from tests.chaos.writers import Client, Ledger


@asynccontextmanager
async def serving(workspace: str, folder: Path, *arguments: str, **environment: str) -> AsyncIterator[Program]:
    """A server that is started again whenever it ends, and is up."""
    port = str(fixed_port())
    settings = {"DESKGRAPH_API_KEY": KEY, "DESKGRAPH_WORKSPACE": workspace, **environment}
    command = [sys.executable, "-m", "deskgraph", "serve", "--port", port, *arguments]
    program = Program("server", command, settings, folder / "server.log", f"http://127.0.0.1:{port}")
    await program.start()
    try:
        await program.up()
        yield program
    finally:
        await program.stop()


async def do(client: Client, verb: str, **given: str) -> str:
    """Have a verb done over HTTP; the ticket's id."""
    async with httpx.AsyncClient(headers=client.ledger.headers, timeout=60) as http:
        deed = await client.do(http, verb, given)
    assert deed.acknowledged, deed
    return deed.subject or ""


@pytest.mark.parametrize("outside", [False, True])
async def test_a_hook_that_is_killed_between_its_write_and_its_acknowledgement(
    database: Database, workspace: str, tmp_path: Path, outside: bool
) -> None:
    planted = {"CHAOS_OUTSIDE": "1"} if outside else {}
    grave = tmp_path / "grave"
    hooks = ("--hooks", "tests.chaos.planted_hooks")
    async with serving(workspace, tmp_path, *hooks, CHAOS_GRAVE=str(grave), **planted) as server:
        client = Client(Ledger([server.url], KEY, 1), 0)
        await do(client, "resolve", id=await do(client, "create"))
        await until(grave.exists, 120, "the hook has run")
        await quiet(database, workspace, 120)
        evidence = await gather(database, workspace, client.ledger.deeds)
        assert server.exits == [-9]
    [resolved] = [event["id"] for event in evidence.events if event["type"] == "ticket.resolved"]
    assert faults(evidence) == ({"surveys": [f"{resolved} has 2 surveys"]} if outside else {})


async def test_a_subscriber_that_resumes_without_its_position(
    desk: Desk, database: Database, workspace: str, tmp_path: Path
) -> None:
    async with serving(workspace, tmp_path) as server:
        careful, forgetful = (
            Subscriber(name, [server.url], KEY, forgetful=name == "forgetful") for name in ("careful", "forgetful")
        )
        following = [asyncio.create_task(one.follow()) for one in (careful, forgetful)]
        try:
            await desk.Ticket.create(subject="seen by both")
            await until(lambda: careful.position == forgetful.position == 1, 60, "both have seen it")
            server.kill()
            await desk.Ticket.create(subject="while the server is away")

            async def both_are_back() -> bool:
                await desk.Ticket.create(subject="one more")
                return forgetful.position > 2

            await until(both_are_back, 120, "both are back")
            last = await desk.position()
            await until(lambda: careful.position == forgetful.position == last, 60, "both have seen everything")
        finally:
            for task in following:
                task.cancel()
            await asyncio.gather(*following, return_exceptions=True)
    evidence = await gather(database, workspace, (), [careful, forgetful])
    found = faults(evidence)
    assert set(found) == {"subscriptions"}
    [only] = found["subscriptions"]
    assert only.startswith("forgetful saw ")
    assert f"missed [(2, '{evidence.events[1]['id']}')" in only


async def test_a_client_that_forgets_its_keys(database: Database, workspace: str, tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        link = await stack.enter_async_context(Link(address(os.environ["NEO4J_URI"])))
        server = await stack.enter_async_context(serving(workspace, tmp_path, NEO4J_URI=link.uri))
        ledger = Ledger([server.url], KEY, 1)
        careful, forgetful = Client(ledger, 0), Client(ledger, 1, keyless=True)

        async def cut_while_escalating(client: Client) -> bool:
            """Lose the answer to a commit, the client's or another one; whether the client had to ask again."""
            ticket = await do(client, "create")
            link.fuse = Fuse("down", 0, since=COMMIT)
            await do(client, "escalate", id=ticket)
            return ledger.deeds[-1].attempts > 1

        for client in (careful, forgetful):
            await until(lambda client=client: cut_while_escalating(client), 120, "an answer is lost")
        evidence = await gather(database, workspace, ledger.deeds)
    assert twice(evidence) == {deed.key for deed in ledger.deeds[-1:]}
    assert ledger.deeds[-1].attempts > 1


def twice(evidence: Evidence) -> set[str]:
    """The marks that the check says were done more than once."""
    said = faults(evidence).get("once", [])
    return {line.split()[0] for line in said if line.endswith("was done 2 times")}
