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
    """Keep the logs of the desk and its open neighbours to so many days; None keeps them for ever.

    It looks at once and then every so many seconds.
    """
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
        for one in desk.open_here():
            await _trim(one, datetime.now(UTC) - age)
        await asyncio.sleep(every)


async def _trim(desk: Desk, before: datetime) -> None:
    try:
        trimmed = await desk.trim(before)
    except Exception as error:
        log.warning("retention.failed", workspace=desk.workspace, exc_info=error)
    else:
        if trimmed.kept_for:
            log.warning("retention.waits", workspace=desk.workspace, consumer=trimmed.kept_for)
