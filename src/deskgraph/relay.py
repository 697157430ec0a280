"""The relay: every event of a workspace to NATS JetStream, in the order of the log, at least once.

How far it has come is a durable consumer of the log. It moves only over events that JetStream has acknowledged, so
whatever breaks, the next turn begins with what is in doubt; JetStream drops what it has already by the event's id.
A lease on the consumer lets one process relay at a time.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import signal
import socket
import time
from collections.abc import AsyncIterator
from functools import partial
from typing import NoReturn

import structlog

from deskgraph.bootstrap import opened
from deskgraph.config import Settings
from deskgraph.graph.consumers import advance_consumer, open_consumer
from deskgraph.graph.export import read_events
from deskgraph.graph.relaying import leave, take_lease
from deskgraph.jetstream import Acked, Stream, Target, Unreachable, connected
from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.hooks import Hooks
from deskgraph.schema.errors import DeskError, UnavailableError

NAME = "relay:nats"
BATCH = 500
IN_FLIGHT = 1000
LEASE_SECONDS = 6.0
STOP_SECONDS = 3.0
STEADY_SECONDS = 30.0
SHORTEST_PAUSE, LONGEST_PAUSE = 0.25, 5.0
log = structlog.get_logger(__name__)

Sent = asyncio.Queue[tuple[int, Acked]]


class LeaseLost(Exception):
    """Another process relays now."""


class Relay:
    """Relays the log of a desk while `run` runs. `position`: everything up to it is in the stream.

    `start` is the position that a relay which never ran before starts after: None is the end of the log.
    """

    def __init__(self, desk: Desk, target: Target, *, start: int | None = 0, lease: float = LEASE_SECONDS) -> None:
        self.desk = desk
        self.target = target
        self.start = start
        self.lease = lease
        self.position = 0
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._held_until = 0.0
        self._moved = asyncio.Event()
        self._begun = 0.0
        self._failures = 0
        self._told = ""
        self._stuck = False

    async def run(self) -> NoReturn:
        """Relay until cancelled: a turn ends when something breaks, and after a pause comes the next."""
        try:
            while True:
                try:
                    # A task of its own: before Python 3.13, a group that fails leaves its task marked as cancelled.
                    await asyncio.create_task(self._turn(), name="relay turn")
                except Exception as error:
                    if (task := asyncio.current_task()) and task.cancelling():
                        raise asyncio.CancelledError from error
                    await self._pause(first(error))
        finally:
            await self._leave()

    async def _turn(self) -> None:
        self._begun = 0.0
        async with connected(self.target, self.desk.workspace) as stream, asyncio.TaskGroup() as group:
            group.create_task(stream.broken())
            self.position = await open_consumer(self.desk.database, self.desk.workspace, NAME, after=self.start)
            await self._await_lease()
            self.position = await open_consumer(self.desk.database, self.desk.workspace, NAME)
            self._begun = time.monotonic()
            if not self._stuck:
                log.info("relay.started", **self._place())
            sent: Sent = asyncio.Queue(IN_FLIGHT)
            group.create_task(self._keep_lease())
            group.create_task(self._publish(stream, sent))
            group.create_task(self._acknowledge(stream, sent))
            group.create_task(self._save())

    async def _publish(self, stream: Stream, sent: Sent) -> NoReturn:
        """Publish what the log holds and what comes; no more at a time than `sent` has room for."""
        cursor = self.position
        while await self.desk.feed.after(cursor, 1):
            last = min(cursor + BATCH, self.desk.feed.position)
            for event in await read_events(self.desk.database, self.desk.workspace, cursor, last):
                if time.monotonic() > self._held_until:
                    raise LeaseLost
                cursor = event["position"]
                await sent.put((cursor, await stream.publish(event)))
        raise UnavailableError(f"The log gives nothing after its position {cursor}.")

    async def _acknowledge(self, stream: Stream, sent: Sent) -> NoReturn:
        """Move on over what JetStream has acknowledged, without a gap."""
        while True:
            position, acked = await sent.get()
            await stream.acknowledged(acked)
            self.position = position
            self._moved.set()
            self._forget()

    async def _save(self) -> NoReturn:
        """Make the position durable, all that came together at once."""
        while True:
            await self._moved.wait()
            self._moved.clear()
            advance = partial(advance_consumer, name=NAME, position=self.position)
            await self.desk.database.write(self.desk.workspace, advance)

    async def _await_lease(self) -> None:
        held = await self._take_lease()
        if not held:
            log.info("relay.standby", **self._place())
        while not held:
            await asyncio.sleep(self.lease / 3)
            held = await self._take_lease()

    async def _keep_lease(self) -> NoReturn:
        while True:
            await asyncio.sleep(self.lease / 3)
            if not await self._take_lease():
                raise LeaseLost

    async def _take_lease(self) -> bool:
        asked = time.monotonic()
        held = await take_lease(self.desk.database, self.desk.workspace, NAME, self._holder, self.lease)
        self._held_until = asked + self.lease if held else 0.0
        return held

    async def _pause(self, error: BaseException) -> None:
        """Wait before the next turn, longer each time, and say once why."""
        if isinstance(error, LeaseLost):
            return
        if self._begun and time.monotonic() - self._begun > STEADY_SECONDS:
            self._forget()
        reason = str(error) or type(error).__name__
        self._stuck = bool(self._begun) and reason == self._told
        if reason != self._told:
            foreseen = isinstance(error, ConnectionError | DeskError)
            log.warning("relay.waits", reason=reason, **self._place(), exc_info=None if foreseen else error)
        self._told = reason
        await asyncio.sleep(min(SHORTEST_PAUSE * 2**self._failures, LONGEST_PAUSE))
        self._failures = min(self._failures + 1, 10)

    def _forget(self) -> None:
        """What failed before is over."""
        self._failures, self._told, self._stuck = 0, "", False

    async def _leave(self) -> None:
        """Let another process take over at once."""
        if self._held_until:
            with contextlib.suppress(Exception):
                async with asyncio.timeout(STOP_SECONDS):
                    await leave(self.desk.database, self.desk.workspace, NAME, self._holder, self.position)
        log.info("relay.stopped", **self._place())

    def _place(self) -> dict[str, object]:
        return {
            "workspace": self.desk.workspace,
            "nats": self.target.address,
            "stream": self.target.stream,
            "position": self.position,
        }


def first(error: BaseException) -> BaseException:
    """The first of the errors that ended a group of tasks."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def relay_of(desk: Desk, settings: Settings) -> Relay:
    """The relay that the settings ask for."""
    return Relay(desk, target_of(settings), start=0 if settings.nats_start == "beginning" else None)


def target_of(settings: Settings) -> Target:
    """Where the settings lead to."""
    if not settings.nats_url:
        raise ConnectionError("Say where NATS is: --nats nats://127.0.0.1:4222, or DESKGRAPH_NATS_URL.")
    return Target(settings.nats_url, settings.nats_stream, settings.nats_subject_prefix, settings.nats_credentials)


@contextlib.asynccontextmanager
async def relaying(desk: Desk, settings: Settings) -> AsyncIterator[None]:
    """Relay the desk's log beside whatever is done meanwhile."""
    task = asyncio.create_task(relay_of(desk, settings).run(), name="relay")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def run(settings: Settings) -> None:
    """Relay until SIGINT or SIGTERM. Refused if NATS won't have it; if it is just away, it is waited for."""
    with contextlib.suppress(asyncio.CancelledError):
        asyncio.run(_run(settings))


async def _run(settings: Settings) -> None:
    task = asyncio.current_task()
    assert task
    with contextlib.suppress(NotImplementedError):  # Windows: there Ctrl-C is an exception
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    with contextlib.suppress(Unreachable):
        async with connected(target_of(settings), settings.workspace):
            pass
    async with opened(settings, hooks=Hooks()) as desk:
        await relay_of(desk, settings).run()
