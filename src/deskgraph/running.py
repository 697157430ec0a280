"""The database that a desk needs, running. Light to import: Java is to start before anything else is loaded."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from deskgraph.config import Settings
from deskgraph.graph.embedded import EmbeddedError, EmbeddedNeo4j

# Seconds between looks at the database, and the longest pause before it is tried to be started once more.
LOOK, LONGEST = 2.0, 30.0
log = structlog.get_logger(__name__)


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Settings]:
    """The settings with a database that runs: the one that NEO4J_URI names, or else the one that comes with deskgraph.

    That one is started, started again should it end or break, and ends with the block.
    """
    if settings.neo4j_uri:
        yield settings
        return
    server = EmbeddedNeo4j(
        settings.data / "neo4j",
        heap=settings.heap,
        repository=settings.maven_repository,
        train=settings.start_cache,
    )
    try:
        await asyncio.to_thread(server.start)
        address = {"neo4j_uri": server.uri, "neo4j_username": server.username, "neo4j_password": server.password}
        async with kept_up(server):
            yield settings.model_copy(update={**address, "neo4j_database": None})
    finally:
        await asyncio.to_thread(server.stop)


@asynccontextmanager
async def kept_up(server: EmbeddedNeo4j) -> AsyncIterator[None]:
    """Start the database again whenever it has ended or can't go on; on a full disk, until there is room."""
    ending = threading.Event()
    thread = threading.Thread(target=_keep_up, args=(server, ending), name="deskgraph-database", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ending.set()


def _keep_up(server: EmbeddedNeo4j, ending: threading.Event) -> None:
    pause = LOOK
    while not ending.wait(pause):
        try:
            server.revive()
            pause = LOOK
        except (EmbeddedError, OSError) as error:
            pause = min(2 * pause, LONGEST)
            log.error("embedded.waits", seconds=pause, reason=str(error))
