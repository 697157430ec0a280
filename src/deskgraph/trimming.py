"""`deskgraph trim`: remove old events from the log, once, from the command line."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from deskgraph.bootstrap import open_database
from deskgraph.config import Settings
from deskgraph.graph.retention import Trimmed, trim
from deskgraph.graph.setup import prepare
from deskgraph.schema.errors import InvalidInputError
from deskgraph.schema.scalars import parse_datetime


def run(settings: Settings, before: datetime | None, older_than: timedelta | None) -> None:
    """Trim the workspace's log and print what was removed."""
    moment = moment_of(before, older_than)
    print(told(asyncio.run(_trim(settings, moment)), moment))


def moment_of(before: datetime | None, older_than: timedelta | None) -> datetime:
    """The moment that is meant; INVALID_INPUT unless there is exactly one and it is in the past."""
    if (before is None) == (older_than is None):
        raise InvalidInputError("Give --before or --older-than: --before 2026-01-01, or --older-than 90d.")
    now = datetime.now(UTC)
    moment = now - older_than if older_than is not None else parse_datetime(before)
    if moment > now:
        raise InvalidInputError(f"{moment.isoformat()} is still to come: what is trimmed is gone.")
    return moment


async def _trim(settings: Settings, before: datetime) -> Trimmed:
    async with open_database(settings) as database:
        await prepare(database)
        return await trim(database, settings.workspace, before)


def told(trimmed: Trimmed, before: datetime) -> str:
    """What was done, for people."""
    text = (
        f"Removed {trimmed.events:,} events and {trimmed.keys:,} idempotency keys from before "
        f"{before.isoformat(timespec='seconds')}.\nThe log begins after position {trimmed.position}."
    )
    return f"{text}\nOlder events were kept for the consumer {trimmed.kept_for}." if trimmed.kept_for else text
