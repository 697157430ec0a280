"""A survey hook whose process is killed when it has written and not yet been acknowledged, once.

With CHAOS_OUTSIDE it writes in a transaction of its own, which is the fault to be found.
"""

from __future__ import annotations

import asyncio
import contextvars
import os
import signal
from pathlib import Path
from typing import Any

from deskgraph import Ticket
from deskgraph.resolvers.session import Session


@Ticket.resolved(name="survey")
async def survey(ticket: Any, ctx: Any) -> None:
    if os.environ.get("CHAOS_OUTSIDE"):
        outside = Session(ctx.desk, ctx.caller, cause=ctx.cause)
        await asyncio.create_task(write(ticket, outside), context=contextvars.Context())
    else:
        await write(ticket, ctx)
    die_once()


async def write(ticket: Any, session: Any) -> None:
    await session.Activity.create(type="satisfaction_survey", ticket=ticket.id)


def die_once() -> None:
    """Be killed, the first time."""
    grave = Path(os.environ["CHAOS_GRAVE"])
    if not grave.exists():
        grave.touch()
        os.kill(os.getpid(), signal.SIGKILL)
