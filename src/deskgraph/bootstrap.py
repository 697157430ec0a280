"""The wiring: settings in, a running desk out. Tests pass their own parts here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from deskgraph.config import Settings
from deskgraph.graph.database import Database
from deskgraph.graph.embedded import EmbeddedNeo4j
from deskgraph.logs import configure_by_default
from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.hooks import Hooks
from deskgraph.resolvers.webhooks.options import WebhookOptions
from deskgraph.words import speaking


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[Database]:
    """The database that NEO4J_URI names, or else the one that comes with deskgraph, started while it is open."""
    if settings.neo4j_uri:
        async with Database(
            settings.neo4j_uri, settings.neo4j_username, settings.neo4j_password, settings.neo4j_database
        ) as database:
            yield database
        return
    server = EmbeddedNeo4j(
        settings.data / "neo4j",
        heap=settings.heap,
        repository=settings.maven_repository,
        train=settings.start_cache,
    )
    try:
        await asyncio.to_thread(server.start)
        async with Database(server.uri, server.username, server.password) as database:
            yield database
    finally:
        await asyncio.to_thread(server.stop)


@asynccontextmanager
async def open_desk(
    settings: Settings | None = None, *, hooks: Hooks | None = None, **given: Any
) -> AsyncIterator[Desk]:
    """Open a desk in this process: `async with deskgraph.open(data="./desk") as desk: ...`.

    Takes the settings of `deskgraph serve` as arguments. While it is open, `deskgraph.Ticket` and the other nouns'
    words mean this desk.
    """
    if hooks is not None and not isinstance(hooks, Hooks):
        raise TypeError("hooks is a Hooks object; modules with hooks are imported, before or after")
    configure_by_default()
    settings = settings or Settings(**given)
    webhooks = WebhookOptions(private_targets=settings.webhook_private_targets)
    async with (
        open_database(settings) as database,
        Desk(database, settings.workspace, hooks=hooks, webhooks=webhooks) as desk,
    ):
        with speaking(desk):
            yield desk
