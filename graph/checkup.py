"""What a check-up finds in the graph: its version, its constraints and indexes, its log, consumers and webhooks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from deskgraph.graph.database import Database
from deskgraph.graph.migrations import steps, version_of
from deskgraph.graph.setup import statements as declared
from deskgraph.graph.standing import Standing, standing
from deskgraph.graph.statements import statement

MOST = 1000


@dataclass(frozen=True, slots=True)
class Found:
    """What there is. `missing` are declared constraints and indexes; `ailing` those that are not online, with why.

    `log` has `position`, `trimmed`, `held`, `beyond`, `waiting` and `webhooks`: see checkup.cypher.
    """

    version: int
    latest: int
    missing: list[str]
    ailing: dict[str, str]
    log: dict[str, Any]
    standing: Standing


async def checkup(database: Database, workspace: str) -> Found:
    """Look at the graph; nothing is changed."""
    indexes = await database.run("SHOW INDEXES YIELD name, state, failureMessage")
    names = {row["name"] for row in indexes}
    ailing = {row["name"]: f"{row['state']} {row['failureMessage']}" for row in indexes if row["state"] != "ONLINE"}
    log = await database.read(workspace, lambda tx: tx.one(statement("checkup")))
    assert log
    found = await database.read(workspace, lambda tx: standing(tx, MOST))
    missing = sorted(declared().keys() - names)
    return Found(await version_of(database), steps()[-1].number, missing, ailing, log, found)
