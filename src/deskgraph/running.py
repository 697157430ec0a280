"""The database that a desk needs, running. Light to import: Java is to start before anything else is loaded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from deskgraph.config import Settings
from deskgraph.graph.embedded import EmbeddedNeo4j


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Settings]:
    """The settings with a database that runs: the one that NEO4J_URI names, or else the one that comes with deskgraph.

    That one is started, and ends with the block.
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
        yield settings.model_copy(update={**address, "neo4j_database": None})
    finally:
        await asyncio.to_thread(server.stop)
