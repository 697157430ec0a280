"""`deskgraph mcp`: MCP over standard input and output, for clients that start their servers themselves."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Coroutine
from io import TextIOWrapper
from typing import Any, cast

from deskgraph.bootstrap import open_desk
from deskgraph.config import Settings
from deskgraph.mcp.relay import relay
from deskgraph.mcp.server import make_server
from deskgraph.sample import load_sample
from deskgraph.workers import load_hooks

# Whoever may open the desk's database may do what its key allows.
ACTOR = "key:admin"


def serve_stdio(settings: Settings, url: str | None = None) -> None:
    """Serve until standard input ends, or SIGINT or SIGTERM: the desk, opened here, or the one served at `url`."""
    asyncio.run(_serve(settings, url))


async def _serve(settings: Settings, url: str | None) -> None:
    # What else is printed goes to standard error, at once: here until the protocol has its stream, then by the server.
    cast("TextIOWrapper", sys.stdout).reconfigure(write_through=True)
    if url:
        stopped = await _run(relay(url, settings.known_key()))
    else:
        with contextlib.redirect_stdout(sys.stderr):
            load_hooks(settings.hooks)
        async with open_desk(settings) as desk:
            if settings.sample:
                await load_sample(desk)
            stopped = await _run(make_server(lambda _request: desk.acting(ACTOR)).run_stdio_async())
    if stopped:
        os._exit(0)  # everything is closed; but a thread waits for a line of input, and Python would wait for it


async def _run(serving: Coroutine[Any, Any, None]) -> bool:
    """Serve until that ends or a signal comes; whether it was a signal."""
    signals = asyncio.Event()
    with contextlib.suppress(NotImplementedError):  # Windows has no such signals: there, a process is just ended
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, signals.set)
    task, waiting = asyncio.create_task(serving), asyncio.create_task(signals.wait())
    await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if task.done():
        task.result()
    return not task.done()
