"""`deskgraph serve`: a database, and web servers with a desk each, for as long as they are wanted."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import Any
from urllib.parse import quote

import uvicorn

from deskgraph.config import Settings
from deskgraph.logs import configure
from deskgraph.protocols import Http, WebSocket
from deskgraph.running import running
from deskgraph.tracing import check_tracing
from deskgraph.workers import GRACE, Supervisor, load_hooks, relay, serving_app, serving_of

# Seconds between pings of a WebSocket, and how much longer than a slow subscriber has a client may take to answer one.
PING = 20
# Where prometheus_client looks for the metrics of several processes.
FOLDER = "PROMETHEUS_MULTIPROC_DIR"


def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM."""
    configure(settings.log_level)
    check_tracing()  # that an extra is missing shows before anything is started
    # uvicorn gives a signal back after it has stopped: then this handler lets everything else be closed in order.
    signal.signal(signal.SIGTERM, _exit)
    signal.signal(signal.SIGINT, _exit)
    load_hooks(settings.hooks)
    asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    settings = settings.model_copy(update={"api_key": settings.key()})
    relay(settings)  # that an extra is missing shows before anything is started, as a port that is taken does
    listening = listen(settings.host, settings.port)
    loading = asyncio.create_task(asyncio.to_thread(load, serves=settings.workers == 1))
    async with running(settings) as there:
        await loading
        await prepare(there)
        ready = partial(announce, listening, there.key())
        if there.workers == 1:
            await Server(configured(there), ready).serve([listening])
        else:
            with shared_metrics():
                await asyncio.to_thread(Supervisor(configured(there), [listening], ready).run)


@contextmanager
def shared_metrics() -> Iterator[None]:
    """Have the workers keep their metrics in files of one folder, so that each can tell those of all."""
    with tempfile.TemporaryDirectory(prefix="deskgraph-metrics-") as folder:
        os.environ[FOLDER] = folder
        try:
            yield
        finally:
            del os.environ[FOLDER]


def load(*, serves: bool) -> None:
    """Import what a desk is made of while Java starts, which takes longer; `serves`: this process will need it all."""
    import deskgraph.bootstrap

    if serves:
        import deskgraph.app  # noqa: F401 - to have it
        from deskgraph.resolvers.api import schema

        schema()


async def prepare(settings: Settings) -> None:
    """What is done once, whatever the number of workers: what would keep a desk from opening shows here."""
    from deskgraph.bootstrap import opened
    from deskgraph.sample import load_sample

    serving_of(settings)
    async with opened(settings) as desk:
        if settings.sample:
            await load_sample(desk)


def configured(settings: Settings) -> uvicorn.Config:
    """How uvicorn serves: each process makes its own application, which opens its own desk."""
    slow = settings.slow_subscriber_seconds
    arriving: Any = {"seconds": settings.request_seconds, "most": settings.max_connections}
    return uvicorn.Config(
        partial(serving_app, settings),
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        http=partial(Http, patience=slow, **arriving),  # type: ignore[arg-type] # called as the class would be
        ws=partial(WebSocket, patience=slow),  # type: ignore[arg-type]
        ws_max_size=settings.max_message_bytes,
        ws_ping_interval=PING,
        ws_ping_timeout=slow + PING,
        lifespan="on",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=GRACE,
    )


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there; OSError if it can't."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=2048)


class Server(uvicorn.Server):
    """uvicorn in this process, which says when it listens."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        if self.started:
            self._ready()


def announce(listening: socket.socket, key: str) -> None:
    """Print the address with its key."""
    host, port = listening.getsockname()[:2]
    print(banner(f"http://{f'[{host}]' if ':' in host else host}:{port}", key), flush=True)


def banner(address: str, key: str) -> str:
    """What people and programs need to come in."""
    return (
        f"\n  deskgraph is at  {address}/graphql"
        f"\n  Open             {address}/graphql#key={quote(key)}"
        f"\n  Header           Authorization: Bearer {key}\n"
    )


def _exit(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
