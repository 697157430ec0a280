"""Trimming by the clock: while a desk is open, its log is trimmed again and again to an age."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from deskgraph.resolvers.desk import Desk

EVERY = 3600.0
log = structlog.get_logger(__name__)


@asynccontextmanager
async def retaining(desk: Desk, days: float | None, every: float = EVERY) -> AsyncIterator[None]:
    """Keep the desk's log to so many days, looking at once and then every so many seconds; None keeps it for ever."""
    if days is None:
        yield
        return
    task = asyncio.create_task(_retain(desk, timedelta(days=days), every), name=f"retention {desk.workspace}")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _retain(desk: Desk, age: timedelta, every: float) -> None:
    while True:
        try:
            trimmed = await desk.trim(datetime.now(UTC) - age)
        except Exception as error:
            log.warning("retention.failed", workspace=desk.workspace, exc_info=error)
        else:
            if trimmed.kept_for:
                log.warning("retention.waits", workspace=desk.workspace, consumer=trimmed.kept_for)
        await asyncio.sleep(every)
