"""The wiring: settings in, a running desk out. Tests pass their own parts here."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import fields
from typing import Any

from deskgraph.config import Settings
from deskgraph.graph.database import Database
from deskgraph.logs import configure_by_default
from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.hooks import Hooks
from deskgraph.resolvers.limits import Limits
from deskgraph.resolvers.retention import retaining
from deskgraph.resolvers.webhooks.options import WebhookOptions
from deskgraph.running import running
from deskgraph.schema.english.reader import make_ahead
from deskgraph.words import speaking


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
    words mean this desk. What reads English sentences is made meanwhile, in a thread: nothing but a sentence waits for
    it.
    """
    if hooks is not None and not isinstance(hooks, Hooks):
        raise TypeError("hooks is a Hooks object; modules with hooks are imported, before or after")
    async with opened(settings or Settings(**given), hooks) as desk:
        make_ahead()
        yield desk


@asynccontextmanager
async def opened(settings: Settings, hooks: Hooks | None = None) -> AsyncIterator[Desk]:
    """The same, but what reads English sentences is not made before the first one is read."""
    configure_by_default()
    webhooks = WebhookOptions(private_targets=settings.webhook_private_targets)
    async with (
        open_database(settings) as database,
        Desk(database, settings.workspace, hooks=hooks, webhooks=webhooks, limits=limits_of(settings)) as desk,
    ):
        with speaking(desk):
            async with retaining(desk, settings.retention_days):
                yield desk
