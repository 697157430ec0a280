"""The processes that serve: each with a desk of its own, all on one socket and one database."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import signal
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors.multiprocess import Multiprocess, Process

from deskgraph.config import Settings
from deskgraph.logs import configure
from deskgraph.schema.errors import DeskError

if TYPE_CHECKING:
    from deskgraph.endpoint import Serving
    from deskgraph.resolvers.desk import Desk
    from deskgraph.tokens import Issuer

GRACE = 5
# How often the garbage collector looks: Python's own 700 new objects are fewer than one answer has, all of them needed.
COLLECT = (10_000, 20, 20)
SHORT = 0.0005
log = structlog.get_logger(__name__)


def load_hooks(modules: list[str]) -> None:
    """Import the modules, whose hooks register themselves; those in the present folder are found too."""
    if "" not in sys.path:
        sys.path.insert(0, "")
    for module in modules:
        import_module(module)


def settle() -> None:
    """Make what reads sentences, for the first one, and keep the garbage collector from all that was made at the start.

    That stays, and to walk through it takes 0.15 s. Requests come meanwhile: a thread that computes gives way to others
    after 5 ms, which is `SHORT` here.
    """
    from deskgraph.schema.english.reader import reader

    usual = sys.getswitchinterval()
    sys.setswitchinterval(SHORT)
    gc.disable()
    try:
        reader()
    finally:
        gc.freeze()
        gc.set_threshold(*COLLECT)
        gc.enable()
        sys.setswitchinterval(usual)


def serving_app(settings: Settings) -> ASGIApp:
    """An application that opens the desk when it starts. The heavy imports are left to the process that serves."""
    from deskgraph.app import create_app
    from deskgraph.auth import Keys
    from deskgraph.bootstrap import opened
    from deskgraph.rates import Rates
    from deskgraph.tracing import exporting_spans

    configure(settings.log_level)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        end_with_parent()
        load_hooks(settings.hooks)
        async with exporting_spans(), opened(settings) as desk, relay(settings)(desk):
            keys, heartbeat = Keys(settings.key()), settings.heartbeat_seconds
            app.state.serving = create_app(
                desk,
                keys,
                serving=serving_of(settings),
                heartbeat=heartbeat,
                issuer=issuer_of(settings),
                rates=Rates(settings.rate_limit),
            )
            opening = asyncio.create_task(desk.open_neighbours())
            # Nobody waits for it, least of all at the end.
            threading.Thread(target=settle, name="deskgraph-settling", daemon=True).start()
            yield
            opening.cancel()
            await asyncio.gather(opening, return_exceptions=True)

    outer = Starlette(lifespan=lifespan)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await (outer if scope["type"] == "lifespan" else outer.state.serving)(scope, receive, send)

    return app


def serving_of(settings: Settings) -> Serving:
    """How the settings have operations taken."""
    from deskgraph.asked import Sizes
    from deskgraph.documents import Documents, load
    from deskgraph.endpoint import Serving

    return Serving(
        sizes=Sizes(settings.max_body_bytes, settings.max_variables_bytes),
        documents=load(settings.trusted_documents) if settings.trusted_documents else Documents(),
        socket_operations=settings.max_socket_operations,
        origins=tuple(settings.allowed_origins),
        public_metrics=settings.public_metrics,
    )


def issuer_of(settings: Settings) -> Issuer | None:
    """Whose tokens are taken as keys."""
    from deskgraph.tokens import Issuer

    if not settings.oidc_issuer:
        return None
    assert settings.oidc_audience
    return Issuer(
        settings.oidc_issuer,
        settings.oidc_audience,
        tuple(settings.oidc_algorithms),
        settings.oidc_workspace_claim,
        settings.oidc_role_claim,
        settings.oidc_user_claim,
        settings.oidc_contact_claim,
        settings.oidc_jwks_url,
    )


def relay(settings: Settings) -> Callable[[Desk], AbstractAsyncContextManager[None]]:
    """What goes on beside serving a desk: relaying its log, if a NATS is named. One process of all does so."""
    if not settings.nats_url:
        return lambda _desk: nullcontext()
    from deskgraph.relay import relaying  # it needs an extra

    return partial(relaying, settings=settings)


def end_with_parent() -> None:
    """Have this process, if it is a worker, stop in order when its parent is gone."""
    parent, loop = multiprocessing.parent_process(), asyncio.get_running_loop()

    def stop() -> None:
        assert parent
        loop.remove_reader(parent.sentinel)
        signal.raise_signal(signal.SIGTERM)

    if parent:
        loop.add_reader(parent.sentinel, stop)


class Supervisor(Multiprocess):
    """uvicorn's supervisor of workers, which says when all listen, and does not wait for one that does not end."""

    def __init__(self, config: uvicorn.Config, sockets: list[socket.socket], ready: Callable[[], None]) -> None:
        super().__init__(config, sockets)
        self._ready: Callable[[], None] | None = ready

    def run(self) -> None:
        """Keep the workers running until a signal ends them. A worker that can't even start ends them all."""
        super().run()
        if any(process.exitcode == STARTUP_FAILURE for process in self.processes):
            raise DeskError("A worker could not start; what it logged says why.")

    def keep_subprocess_alive(self) -> None:
        """Replace workers that have died, end if one could not start, and say once that all listen.

        Unlike uvicorn's, it asks a worker nothing to see whether it lives: one that dies meanwhile would not answer.
        """
        from prometheus_client.multiprocess import mark_process_dead

        for at, process in enumerate(self.processes):
            if process.process.is_alive():
                continue
            process.kill()  # closes the pipes to it
            process.join()
            if process.exitcode == STARTUP_FAILURE:
                self.should_exit.set()
                return
            log.warning("worker.died", pid=process.pid, exit=process.exitcode)
            mark_process_dead(process.pid)  # type: ignore[no-untyped-call] # what it had open is open no more
            self.processes[at] = Process(self.config, self.sockets)
            self.processes[at].start()
        if self._ready and all(process.is_ready() for process in self.processes):
            self._ready()
            self._ready = None

    def join_all(self) -> None:
        """Wait for the workers, as long as they may take."""
        deadline = time.monotonic() + 2 * GRACE
        for process in self.processes:
            process.process.join(max(0, deadline - time.monotonic()))
            if process.process.is_alive():
                process.process.kill()
                process.process.join()
