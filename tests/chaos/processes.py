"""Programs that are started again whenever they end, as an init system does, so that all the killer does is kill."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx
import psutil

from deskgraph.graph.embedded import EmbeddedNeo4j
from tests.chaos.link import Link

ROOT = Path(__file__).parents[2]
# Seconds before a program that ended is started again, and those it has to end by itself at the very end.
PAUSE, GRACE = 0.3, 30.0
# Ports below those that the system gives to outgoing connections: one of these could take a killed server's port.
PORTS = range(20_000, 30_000)


class Victim(Protocol):
    """What can be killed."""

    name: str
    kills: int

    def kill(self) -> bool:
        """Kill it with SIGKILL; False where it does not run at the moment."""

    async def up(self) -> None:
        """Wait until it does its work."""


async def until(condition: Callable[[], Awaitable[Any] | Any], seconds: float, what: str) -> Any:
    """What the condition answers, as soon as that is true; TimeoutError saying what was waited for."""
    try:
        async with asyncio.timeout(seconds):
            while True:
                answer = condition()
                if found := await answer if isinstance(answer, Awaitable) else answer:
                    return found
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise TimeoutError(f"{what}: not within {seconds:.0f} s") from None


def fixed_port() -> int:
    """A free port that outgoing connections don't get."""
    for port in random.sample(PORTS, 100):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise OSError("no free port found")


def address(uri: str) -> tuple[str, int]:
    """Host and port of a bolt:// address."""
    parts = urlsplit(uri)
    return parts.hostname or "", parts.port or 7687


class Program:
    """A process of our own, with its output in a file. `url`: where it answers when it is up."""

    def __init__(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], log: Path, url: str = ""
    ) -> None:
        self.name = name
        self.url = url
        self.log = log
        self.kills = 0
        self.starts = 0
        self.exits: list[int] = []
        self._command = command
        self._environment = {**os.environ, **environment}
        self._process: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start it and keep it running."""
        self._task = asyncio.create_task(self._supervise(), name=f"supervise {self.name}")

    async def stop(self) -> None:
        """End it for good, in order if it listens."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if process := self.process:
            process.terminate()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), GRACE)
        if process := self.process:
            process.kill()
            await process.wait()

    @property
    def process(self) -> asyncio.subprocess.Process | None:
        """The process, while it runs."""
        return self._process if self._process and self._process.returncode is None else None

    def kill(self) -> bool:
        if self.process is None:
            return False
        os.kill(self.process.pid, signal.SIGKILL)
        self.kills += 1
        return True

    async def up(self) -> None:
        await until(self.answers, 120, f"{self.name} is up")

    async def answers(self) -> bool:
        """Whether it runs and answers."""
        if self.process is None or not self.url:
            return self.process is not None
        with contextlib.suppress(httpx.HTTPError):
            async with httpx.AsyncClient(timeout=5) as client:
                return (await client.get(f"{self.url}/health/ready")).status_code == 200
        return False

    async def _supervise(self) -> None:
        while True:
            with self.log.open("ab") as log:
                self._process = await asyncio.create_subprocess_exec(
                    *self._command,
                    cwd=ROOT,
                    env=self._environment,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                )
            self.starts += 1
            self.exits.append(await self._process.wait())
            await asyncio.sleep(PAUSE)


class Worker:
    """One of the processes that a `deskgraph serve --workers` has started, whichever it is."""

    def __init__(self, program: Program) -> None:
        self.name = f"{program.name}'s worker"
        self.kills = 0
        self._program = program

    def kill(self) -> bool:
        process = self._program.process
        found = [one.pid for one in children(process.pid) if "spawn_main" in " ".join(one.cmdline())] if process else []
        if not found:
            return False
        os.kill(random.choice(found), signal.SIGKILL)
        self.kills += 1
        return True

    async def up(self) -> None:
        await self._program.up()


def children(pid: int) -> list[psutil.Process]:
    """The processes that a process has started; none if it is gone."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).children()
    return []


class Neo4j:
    """A Neo4j on a data folder of its own, which the links lead to wherever it listens at the moment."""

    def __init__(self, data: Path, links: Sequence[Link]) -> None:
        self.name = "neo4j"
        self.kills = 0
        self.starts = 0
        self.server = EmbeddedNeo4j(data, train=False)
        self._links = links
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        await self._start()
        self._task = asyncio.create_task(self._supervise(), name="supervise neo4j")

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await asyncio.to_thread(self.server.stop)

    def kill(self) -> bool:
        pid = self.server.pid
        if pid is None:
            return False
        os.kill(pid, signal.SIGKILL)
        self._lead(None)
        self.kills += 1
        return True

    async def up(self) -> None:
        await until(lambda: self.server.running and self._links[0].target, 180, "Neo4j is up")

    async def _supervise(self) -> None:
        while True:
            if self.server.running:
                await asyncio.sleep(0.05)
            else:
                self._lead(None)
                await self._start()

    async def _start(self) -> None:
        await asyncio.to_thread(self.server.start)
        self.starts += 1
        self._lead(address(self.server.uri))

    def _lead(self, target: tuple[str, int] | None) -> None:
        for link in self._links:
            link.target = target
