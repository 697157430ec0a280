"""Relay: its compiler on the committed schema, and its runtime, without React, on a server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.clients.conftest import ran, told
from tests.acceptance.conftest import Served

PROJECT = "relay"
SUBJECTS = [f"Ticket {number}" for number in range(1, 6)]


async def compiled(project: Path) -> None:
    await ran(project, "node", "node_modules/.bin/relay-compiler")


async def test_relay(serve: Callable[..., Served], project: Path) -> None:
    await compiled(project)
    served = serve()
    assert await told(project, "src/main.js", served.url, served.key) == {
        "pages": [[SUBJECTS[:2], SUBJECTS[:4], SUBJECTS]],
        "resolved": [["OPEN", "RESOLVED", "RESOLVED"]],
        "refused": [[{"code": "INVALID_TRANSITION"}]],
        "history": [[["ticket.created"], ["ticket.created", "ticket.resolved"]]],
        "events": [
            [
                [1, "ticket.created", "RESOLVED"],
                *([at, "ticket.created", "OPEN"] for at in range(2, 6)),
                [6, "ticket.resolved", "RESOLVED"],
            ]
        ],
    }


async def test_what_does_not_fit_the_schema_is_not_compiled(project: Path) -> None:
    source = project / "src" / "desk.js"
    source.write_text(source.read_text().replace("number\n", "nonsense\n"))
    with pytest.raises(AssertionError, match="The type `Ticket` has no field `nonsense`"):
        await compiled(project)
