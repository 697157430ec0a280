"""`deskgraph serve`: database, desk, hooks and web server for as long as they are wanted."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from functools import partial
from importlib import import_module
from types import FrameType
from urllib.parse import quote

import uvicorn

from deskgraph.app import create_app
from deskgraph.auth import Keys
from deskgraph.bootstrap import open_desk
from deskgraph.config import Settings
from deskgraph.resolvers.desk import Desk
from deskgraph.sample import load_sample

GRACE = 5


def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM."""
    # uvicorn gives a signal back after it has stopped: then this handler lets everything else be closed in order.
    signal.signal(signal.SIGTERM, _exit)
    signal.signal(signal.SIGINT, _exit)
    load_hooks(settings.hooks)
    asyncio.run(_serve(settings))


def load_hooks(modules: list[str]) -> None:
    """Import the modules, whose hooks register themselves; those in the present folder are found too."""
    if "" not in sys.path:
        sys.path.insert(0, "")
    for module in modules:
        import_module(module)


async def _serve(settings: Settings) -> None:
    key = settings.key()
    relaying = relay(settings)
    listening = listen(settings.host, settings.port)  # a port that is taken shows before anything is started
    async with open_desk(settings) as desk, relaying(desk):
        if settings.sample:
            await load_sample(desk)
        config = uvicorn.Config(
            create_app(desk, Keys(key)),
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            ws="websockets-sansio",
            timeout_graceful_shutdown=GRACE,
        )
        await Server(config, key).serve([listening])


def relay(settings: Settings) -> Callable[[Desk], AbstractAsyncContextManager[None]]:
    """What goes on beside serving a desk: relaying its log, if a NATS is named."""
    if not settings.nats_url:
        return lambda _desk: nullcontext()
    from deskgraph.relay import relaying  # it needs an extra

    return partial(relaying, settings=settings)


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there; OSError if it can't."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=2048)


class Server(uvicorn.Server):
    """uvicorn that says where it listens once it does."""

    def __init__(self, config: uvicorn.Config, key: str) -> None:
        super().__init__(config)
        self._key = key

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then print the address with its key."""
        await super().startup(sockets)
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            print(banner(f"http://{f'[{host}]' if ':' in host else host}:{port}", self._key), flush=True)


def banner(address: str, key: str) -> str:
    """What people and programs need to come in."""
    return (
        f"\n  deskgraph is at  {address}/graphql"
        f"\n  Open             {address}/graphql#key={quote(key)}"
        f"\n  Header           Authorization: Bearer {key}\n"
    )


def _exit(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
