"""A desk with the ticket that the specification's example speaks of, and clients connected to it in each way."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from mcp import Client

from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.records import Record
from tests.acceptance.conftest import KEY, Served
from tests.acceptance.mcp.clients import SAM, TICKET, command, over_http

Serve = Callable[..., Served]
Connect = Callable[..., Any]


@pytest.fixture
async def ticket(desk: Desk) -> Record:
    """What the example speaks of, and a ticket that it does not."""
    await desk.User.create(id=SAM, name="Sam Reyes", status="online")
    await desk.Ticket.create(subject="Another", priority="low")
    ticket: Record = await desk.Ticket.create(id=TICKET, subject="Cannot access billing portal", priority="High")
    await desk.position()  # from here on this process has no transaction open, so that a test may stop its loop
    return ticket


@pytest.fixture
def environment(workspace: str, tmp_path: Path) -> dict[str, str]:
    return {"DESKGRAPH_API_KEY": KEY, "DESKGRAPH_WORKSPACE": workspace, "DESKGRAPH_DATA": str(tmp_path)}


@pytest.fixture
def connect(serve: Serve, environment: dict[str, str]) -> Connect:
    """Connect a client in one of the ways."""

    @asynccontextmanager
    async def connected(way: str, mode: str = "auto", **options: Any) -> AsyncIterator[Client]:
        async with AsyncExitStack() as stack:
            if way == "http":
                opening = over_http(serve().url, mode=mode, **options)
            else:
                to = ["--url", serve().url] if way == "stdio to a server" else []
                opening = Client(command(*to, **environment), mode=mode, **options)
            yield await stack.enter_async_context(opening)

    return connected
