"""The wiring: settings in, a running desk out. Tests pass their own parts here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import fields
from typing import Any

from deskgraph.config import Settings
from deskgraph.graph.database import Database
from deskgraph.graph.embedded import EmbeddedNeo4j
from deskgraph.logs import configure_by_default
from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.hooks import Hooks
from deskgraph.resolvers.limits import Limits
from deskgraph.resolvers.retention import retaining
from deskgraph.resolvers.webhooks.options import WebhookOptions
from deskgraph.words import speaking


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


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[Database]:
    """The database that the settings mean, started if need be while it is open."""
    async with (
        running(settings) as there,
        Database(
            there.neo4j_uri or "",
            there.neo4j_username,
            there.neo4j_password,
            there.neo4j_database,
            limit=there.query_seconds,
        ) as database,
    ):
        yield database


def limits_of(settings: Settings) -> Limits:
    """What an operation may ask for."""
    names = {one.name for one in fields(Limits)} - {"introspection", "report_cost"}
    most = {name: getattr(settings, f"max_{name}") for name in names}
    return Limits(**most, introspection=not settings.production, report_cost=settings.report_cost)


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
        Desk(database, settings.workspace, hooks=hooks, webhooks=webhooks, limits=limits_of(settings)) as desk,
    ):
        with speaking(desk):
            async with retaining(desk, settings.retention_days):
                yield desk
