"""Real `deskgraph serve` processes on the session's Neo4j, each on a port and in a workspace of its own."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from filelock import FileLock
from playwright.async_api import Browser, async_playwright, expect
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

KEY = "test-key-for-acceptance"
PROTOCOL = Subprotocol("graphql-transport-ws")
ROOT = Path(__file__).parents[2]
ALIASES = 50  # an operation may have no more
# Answers without their cost: most tests are about the data.
QUIET = {"DESKGRAPH_REPORT_COST": "false"}
CHROMIUM = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


@dataclass(frozen=True)
class Address:
    """Where a server is, and the key to it."""

    url: str
    key: str

    @property
    def socket(self) -> str:
        return f"{self.url.replace('http', 'ws', 1)}/graphql"

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])


@dataclass(frozen=True)
class Served(Address):
    """A server in a process of its own; what it logs."""

    process: subprocess.Popen[str]
    log: Path

    def stop(self) -> None:
        """End it in order, well within the time that it gives its clients."""
        self.process.terminate()
        assert self.process.wait(10) == 0


@contextmanager
def serving(*arguments: str, exits: int = 0, port: int = 0, **environment: str) -> Iterator[Served]:
    """Run `deskgraph serve` until the block ends; it must then end by itself on SIGTERM, with the code in `exits`."""
    command = [sys.executable, "-m", "deskgraph", "serve", "--port", str(port), *arguments]
    with tempfile.NamedTemporaryFile("w", prefix="deskgraph-", suffix=".log", delete=False) as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **QUIET, **environment}, stdout=subprocess.PIPE, stderr=log, text=True
        )
    try:
        yield Served(*_address(process), process, Path(log.name))
    finally:
        if process.poll() is None:
            process.terminate()
        rest, _ = process.communicate(timeout=30)
        print(said := Path(log.name).read_text(), file=sys.stderr)  # pytest shows it with a failure
        Path(log.name).unlink()
    assert process.returncode == exits, said
    assert "deskgraph is at" not in rest  # it is said once


@contextmanager
def serving_in(folder: Path, *arguments: str, **environment: str) -> Iterator[Served]:
    """Run a server for several tests, in a workspace that is named after the folder."""
    settings = {
        "DESKGRAPH_API_KEY": KEY,
        "DESKGRAPH_WORKSPACE": f"test-{folder.name}-{os.getpid()}-{folder.stat().st_ino}",
        "DESKGRAPH_DATA": str(folder),
    }
    with serving(*arguments, **settings, **environment) as running:
        yield running


def _address(process: subprocess.Popen[str]) -> tuple[str, str]:
    assert process.stdout
    for line in process.stdout:
        if found := re.search(r"Open\s+(http://[^/]+)/graphql#key=(\S+)", line):
            return found[1], found[2]
    raise AssertionError(f"the server ended with {process.wait()} before it listened")


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line to its end."""
    command = [sys.executable, "-m", "deskgraph", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60
    )


@pytest.fixture
def serve(workspace: str, tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """Start a server in the test's workspace."""
    with ExitStack() as stack:

        def start(*arguments: str, **options: Any) -> Served:
            settings = {"DESKGRAPH_API_KEY": KEY, "DESKGRAPH_WORKSPACE": workspace, "DESKGRAPH_DATA": str(tmp_path)}
            return stack.enter_context(serving(*arguments, **{**settings, **options}))

        yield start


def program(name: str, advice: str) -> str:
    """The path of a program that a test needs; without it the test is skipped, but in CI it fails."""
    path = shutil.which(name)
    if not path:
        reason = f"no {name} on PATH; {advice}"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    return path


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    """A real Chromium, which finds nobody but the server itself."""
    path = program("chromium", "on Debian: apt-get install --no-install-recommends chromium")
    expect.set_options(timeout=20_000)
    async with (
        async_playwright() as playwright,
        await playwright.chromium.launch(executable_path=path, args=CHROMIUM) as launched,
    ):
        yield launched


@pytest.fixture(scope="session")
def clients() -> Path:
    """The folder with the scripts of tests/clients and the clients they use."""
    source = ROOT / "tests" / "clients"
    folder = npm_packages(source)
    for script in source.glob("*.mjs"):
        shutil.copy(script, folder)
    return folder


def npm_packages(source: Path) -> Path:
    """The folder in which the packages of a lock file are installed."""
    npm = program("npm", "it comes with Node.js")
    folder = ROOT / "build" / "-".join(source.relative_to(ROOT / "tests").parts)
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        lock, installed = source / "package-lock.json", folder / "installed.json"
        if not installed.exists() or installed.read_bytes() != lock.read_bytes():
            shutil.copy(source / "package.json", folder)
            shutil.copy(lock, folder)
            subprocess.run([npm, "ci", "--no-audit", "--no-fund"], cwd=folder, check=True)
            shutil.copy(lock, installed)
    return folder


class Lines:
    """The JSON lines that a script in Node.js prints."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def take(self, count: int, seconds: float = 60) -> list[Any]:
        """The next ones, as they come."""
        assert self.process.stdout
        async with asyncio.timeout(seconds):
            return [json.loads(await self.process.stdout.readline()) for _ in range(count)]

    def say(self) -> None:
        """Write a line to it."""
        assert self.process.stdin
        self.process.stdin.write(b"\n")


@asynccontextmanager
async def node(script: Path, *arguments: str) -> AsyncIterator[Lines]:
    """Run a script until the block ends."""
    pipes = {"stdin": asyncio.subprocess.PIPE, "stdout": asyncio.subprocess.PIPE}
    process = await asyncio.create_subprocess_exec("node", str(script), *arguments, **pipes)
    try:
        yield Lines(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def create(served: Served, count: int, size: int = 0) -> None:
    """Make so many events: tickets, one after the other, with a description of that many characters."""
    verb = 'createTicket(input: {subject: "A ticket", description: $text}) { errors { code } }'
    async with httpx.AsyncClient(headers=served.headers, timeout=60) as client:
        for begin in range(0, count, ALIASES):
            names = [f"a{at}" for at in range(begin, min(begin + ALIASES, count))]
            text = "mutation ($text: String) { " + " ".join(f"{name}: {verb}" for name in names) + " }"
            body = {"query": text, "variables": {"text": "x" * size or None}}
            answer = await client.post(f"{served.url}/graphql", json=body)
            assert answer.json() == {"data": {name: {"errors": []} for name in names}}


async def subscriber(served: Address, receive: int = 0) -> ClientConnection:
    """A WebSocket client that reads no further than it is asked to, with little room in its kernel if told so."""
    raw = socket.socket()
    if receive:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
    raw.connect(("127.0.0.1", served.port))
    client = await connect(
        served.socket,
        sock=raw,
        subprotocols=[PROTOCOL],
        additional_headers=served.headers,
        compression=None,
        max_queue=1,
        max_size=None,
        ping_interval=None,
    )
    await client.send(json.dumps({"type": "connection_init"}))
    assert await hear(client) == {"type": "connection_ack"}
    return client


async def subscribe(client: ClientConnection, id: str, text: str, after: int) -> None:  # noqa: A002 - the protocol's name
    payload = {"query": text, "variables": {"after": after}}
    await client.send(json.dumps({"type": "subscribe", "id": id, "payload": payload}))


async def hear(client: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(60):
        said: dict[str, Any] = json.loads(await client.recv())
    return said


async def positions(client: ClientConnection, count: int) -> list[int]:
    """The positions of the next events."""
    return [(await hear(client))["payload"]["data"]["events"]["position"] for _ in range(count)]


def connected(pid: int, port: int) -> bool:
    """Whether a process has a connection with that port."""
    return any(one.raddr and one.raddr.port == port for one in psutil.Process(pid).net_connections("tcp"))
