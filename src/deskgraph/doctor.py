"""`deskgraph doctor`: looks at what a desk needs, and says how it is and what to do."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path

import orjson

from deskgraph import checks
from deskgraph.bootstrap import open_database
from deskgraph.checks import Check
from deskgraph.config import Settings
from deskgraph.graph.checkup import checkup
from deskgraph.graph.database import Database
from deskgraph.graph.embedded import DataFolderInUse, EmbeddedError
from deskgraph.graph.embedded.home import Home
from deskgraph.schema.errors import DeskError

SIGNS = {"ok": "ok  ", "warn": "WARN", "fail": "FAIL"}
# Seconds for a database that is there to answer.
PATIENCE = 3.0
LISTENS = re.compile(r"^server\.bolt\.listen_address=(.+)$", re.M)


def run(settings: Settings, *, as_json: bool) -> int:
    """Print how everything is; the exit code: 1 if something fails."""
    found = list(examine(settings))
    if as_json:
        print(orjson.dumps({"checks": [asdict(one) for one in found]}, option=orjson.OPT_INDENT_2).decode())
    else:
        print("\n".join(told(one) for one in found))
    return int(any(one.level == "fail" for one in found))


def told(check: Check) -> str:
    """A check for people."""
    advice = f"\n     {'':12} {check.advice}" if check.advice else ""
    return f"{SIGNS[check.level]} {check.name:12} {check.says}{advice}"


def examine(settings: Settings) -> Iterator[Check]:
    """Every check, the database's last."""
    yield checks.python()
    if not settings.neo4j_uri:
        yield checks.java()
        yield checks.disk(settings.data)
    yield checks.folder(settings)
    yield checks.port(settings)
    home = Home((settings.data / "neo4j").absolute())
    if not settings.neo4j_uri and not home.used:
        yield Check("database", "warn", f"{home.root} has no graph yet", "The first `deskgraph serve` makes it.")
        return
    yield from asyncio.run(_database(settings, home))


async def _database(settings: Settings, home: Home) -> list[Check]:
    """The database, and what is in it."""
    try:
        async with reached(settings, home) as (database, where):
            await database.ready()
            reachable = Check("database", "ok", where)
            return [reachable, *checks.graph(await checkup(database, settings.workspace))]
    except (DeskError, EmbeddedError, OSError) as error:
        advice = "Start it, or look at NEO4J_URI, NEO4J_USERNAME and NEO4J_PASSWORD."
        return [Check("database", "fail", str(error), advice if settings.neo4j_uri else f"Look at {home.console}.")]


@asynccontextmanager
async def reached(settings: Settings, home: Home) -> AsyncIterator[tuple[Database, str]]:
    """The database and where it is: the one that runs, or the one of the data folder, started meanwhile."""
    if not settings.neo4j_uri:
        try:
            async with open_database(settings.model_copy(update={"start_cache": False})) as database:
                yield database, f"the one in {home.root}, which nobody else has open"
                return
        except DataFolderInUse as error:
            holder = str(error)
        settings = running_there(settings, home, holder)
        where = holder.partition(". ")[0]
    else:
        where = settings.neo4j_uri
    uri, user, password = settings.neo4j_uri or "", settings.neo4j_username, settings.neo4j_password
    async with Database(uri, user, password, settings.neo4j_database, patience=PATIENCE, silence=PATIENCE) as database:
        yield database, where


def running_there(settings: Settings, home: Home, holder: str) -> Settings:
    """The settings with the address of the database that another process has started in the data folder."""
    found = LISTENS.search(_text(home.conf / "neo4j.conf"))
    password = _text(home.password_file).strip()
    if not (found and password):
        raise DeskError(holder)
    address = {"neo4j_uri": f"bolt://{found[1]}", "neo4j_username": "neo4j", "neo4j_password": password}
    return settings.model_copy(update=address)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
