"""The real nats-server and real `deskgraph relay` processes, and what tests look for in them."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nats
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import TimeoutError as Nothing
from nats.js.api import AckPolicy, ConsumerConfig

from deskgraph.relay import NAME
from deskgraph.resolvers.desk import Desk
from tests.acceptance.conftest import ROOT

STREAM = "DESKGRAPH"
CONSUMER = "MATCH (consumer:Consumer {workspace: $workspace, name: $name})"


async def until(condition: Callable[[], bool | Awaitable[bool]], seconds: float = 120.0) -> None:
    """Wait for a condition."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if await answer if inspect.isawaitable(answer) else answer:
            return
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.05)


def binary() -> str:
    """Where nats-server is; without it the test is skipped, and in CI failed."""
    built = ROOT / "build" / "bin" / "nats-server"
    if path := str(built) if built.exists() else shutil.which("nats-server"):
        return path
    reason = "no nats-server: `make nats` builds it"
    raise (pytest.fail.Exception if os.environ.get("CI") else pytest.skip.Exception)(reason)


@dataclass
class Nats:
    """A nats-server that can be killed and started again on its port and its files."""

    folder: Path
    config: str = ""
    jetstream: bool = True
    login: str = ""
    port: int = -1
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"nats://{self.login}127.0.0.1:{self.port}"

    async def start(self) -> None:
        self.process = self._launch()
        ports = self.folder / f"nats-server_{self.process.pid}.ports"
        await until(lambda: ports.exists() and ports.read_text().strip().endswith("}"))
        self.port = int(json.loads(ports.read_text())["nats"][0].rpartition(":")[2])

    def _launch(self) -> subprocess.Popen[bytes]:
        file = self.folder / "nats.conf"
        file.write_text(f"server_name: test\n{self.config}")
        command = [binary(), "-c", str(file), "-a", "127.0.0.1", "-p", str(self.port)]
        command += ["-l", str(self.folder / "log"), "--ports_file_dir", str(self.folder)]
        command += ["-js", "-sd", str(self.folder / "store")] if self.jetstream else []
        return subprocess.Popen(command)

    def kill(self) -> None:
        """SIGKILL: what it had not written is lost."""
        if self.process:
            self.process.kill()
            self.process.wait()

    @asynccontextmanager
    async def client(self) -> AsyncIterator[Client]:
        async with await nats.connect(self.url) as client:
            yield client

    async def count(self) -> int:
        """How many messages the stream holds."""
        async with self.client() as client:
            try:
                return (await client.jetstream().stream_info(STREAM)).state.messages
            except nats.js.errors.NotFoundError:
                return 0

    async def stored(self) -> list[Msg]:
        """The stream's messages from its beginning, as a consumer gets them."""
        count, messages = await self.count(), list[Msg]()
        async with self.client() as client:
            config = ConsumerConfig(ack_policy=AckPolicy.NONE)
            reader = await client.jetstream().pull_subscribe("", stream=STREAM, config=config)
            while len(messages) < count:
                messages += await reader.fetch(min(500, count - len(messages)), timeout=10)
            with pytest.raises(Nothing):
                await reader.fetch(1, timeout=0.1)
        return messages


@asynccontextmanager
async def running(folder: Path, **given: Any) -> AsyncIterator[Nats]:
    server = Nats(folder, **given)
    await server.start()
    try:
        yield server
    finally:
        server.kill()


@dataclass
class Relaying:
    """A `deskgraph relay` process."""

    process: subprocess.Popen[bytes]
    file: Path

    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.file.read_text().splitlines() if line.startswith("{")]

    def said(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.log() if line["event"] == event]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def relaying(workspace: str, url: str, file: Path, *arguments: str, **settings: str) -> Iterator[Relaying]:
    command = [sys.executable, "-m", "deskgraph", "relay", "--nats", url, *arguments]
    environment = {**os.environ, "DESKGRAPH_WORKSPACE": workspace, **settings}
    with file.open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=log)
    try:
        yield Relaying(process, file)
    finally:
        if process.poll() is None:
            process.terminate()
            assert process.wait(30) in (0, -signal.SIGTERM)  # the latter while it is still starting


class Wire:
    """A way to a TCP server that can be cut and mended."""

    def __init__(self, host: str, port: int) -> None:
        self.end = (host, port)
        self.port = 0
        self._server: asyncio.Server | None = None
        self._writers: list[asyncio.StreamWriter] = []

    async def mend(self) -> None:
        self._server = await asyncio.start_server(self._join, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def cut(self) -> None:
        """Refuse what comes, and end what is there."""
        assert self._server
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(*self.end)
        self._writers += [writer, far_writer]
        await asyncio.gather(_pass(reader, far_writer), _pass(far_reader, writer))


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


def body(message: Msg) -> dict[str, Any]:
    """The event in a message."""
    found: dict[str, Any] = json.loads(message.data)
    return found


def ids(messages: list[Msg]) -> list[str]:
    """The ids that JetStream knows messages by."""
    return [(message.headers or {})["Nats-Msg-Id"] for message in messages]


async def log_ids(desk: Desk) -> list[str]:
    await desk.position()
    return [event.id for event in await desk.Event.find(order_by="position")]


async def reached(desk: Desk, wanted: int) -> bool:
    """Whether a relay has started and come so far durably."""
    rows = await desk.database.run(
        f"{CONSUMER} WHERE consumer.position = $wanted RETURN 1", workspace=desk.workspace, name=NAME, wanted=wanted
    )
    return bool(rows)


async def all_stored(server: Nats, desk: Desk) -> None:
    """Wait until the stream holds as many events as the log and the relay knows it."""
    last = await desk.position()

    async def done() -> bool:
        return await server.count() >= last and await reached(desk, last)

    await until(done)
