"""The hook that the chaos runs watch: one survey for each resolved ticket."""

from __future__ import annotations

import asyncio
import random
from typing import Any

from deskgraph import Ticket
from tests.chaos.notes import note

# Seconds that the hook takes at the most before and after it writes, so that some kills find it half done.
WIDTH = 0.05


@Ticket.resolved(name="survey")
async def survey(ticket: Any, ctx: Any) -> None:
    note("CHAOS_RUNS", ctx.key)
    await asyncio.sleep(random.uniform(0, WIDTH))
    await ctx.Activity.create(type="satisfaction_survey", contact=ticket.contact, ticket=ticket.id)
    await asyncio.sleep(random.uniform(0, WIDTH))
