"""Steps from one version of the graph to the next, each in a module of its own, `mNNNN_what.py`.

A step is `async def up(tx)`, run in one transaction together with the note that it was done: once, however many
processes start at the same time. Constraints and indexes need no step: `deskgraph.graph.setup` makes what is declared.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

import structlog

from deskgraph.graph.database import Database, Transaction, already_there
from deskgraph.graph.statements import statement
from deskgraph.schema.errors import DeskError

LOCK = "CREATE CONSTRAINT graphschema_unique IF NOT EXISTS FOR (n:GraphSchema) REQUIRE (n.id) IS UNIQUE"
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Step:
    """One step. Its number is the version of the graph that it leads to."""

    number: int
    name: str
    up: Callable[[Transaction], Awaitable[None]]


@cache
def steps() -> tuple[Step, ...]:
    """All steps, from 1 on."""
    names = sorted(found.name for found in iter_modules(__path__))
    return tuple(
        Step(int(name[1:5]), name[6:], import_module(f"{__name__}.{name}").up) for name in names if name[0] == "m"
    )


async def version_of(database: Database) -> int:
    """The version of the graph; 0 for one that is new, or older than versions."""
    return await database.read("", _version)


async def migrate(database: Database, known: Sequence[Step] | None = None) -> None:
    """Bring the graph to the version that this program knows. DeskError for one that is newer; that is left alone."""
    known = steps() if known is None else known
    latest = known[-1].number
    if await _checked(database, latest) == latest:
        return
    try:
        await database.write("", lambda tx: tx.run(LOCK), limited=False)
    except Exception as error:
        if not already_there(error):
            raise
    for step in known:
        await database.write("", lambda tx, step=step: _take(tx, step), limited=False)  # type: ignore[misc]
    await _checked(database, latest)  # a newer program may have been quicker


async def _checked(database: Database, latest: int) -> int:
    found = await version_of(database)
    if found > latest:
        raise DeskError(
            f"The graph has version {found}, and this deskgraph knows versions up to {latest}: "
            "start a newer deskgraph, or restore a backup from before."
        )
    return found


async def _version(tx: Transaction) -> int:
    row = await tx.one(statement("graph_version"))
    return int(row["version"]) if row else 0


async def _take(tx: Transaction, step: Step) -> None:
    """Do a step, unless it was done. Whoever else starts waits here until that is committed."""
    row = await tx.one(statement("lock_graph_version"))
    assert row
    if row["version"] >= step.number:
        return
    await step.up(tx)
    await tx.run(statement("set_graph_version"), version=step.number, name=step.name)
    log.info("graph.migrated", version=step.number, step=step.name)
