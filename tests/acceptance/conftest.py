"""Real `deskgraph serve` processes on the session's Neo4j, each on a port and in a workspace of its own."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import httpx
import pytest
from filelock import FileLock
from playwright.async_api import Browser, async_playwright, expect

KEY = "test-key-for-acceptance"
ROOT = Path(__file__).parents[2]
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
class Served:
    """A running server."""

    process: subprocess.Popen[str]
    url: str
    key: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def stop(self) -> None:
        """End it in order, well within the time that it gives its clients."""
        self.process.terminate()
        assert self.process.wait(10) == 0


@contextmanager
def serving(
    *arguments: str, exits: int = 0, port: int = 0, errors: IO[str] | None = None, **environment: str
) -> Iterator[Served]:
    """Run `deskgraph serve` until the block ends; it must then end by itself on SIGTERM, with the code in `exits`.

    What it logs goes to `errors`, by default to the test's own standard error.
    """
    command = [sys.executable, "-m", "deskgraph", "serve", "--port", str(port), *arguments]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
        bufsize=1,
    )
    try:
        yield Served(process, *_address(process))
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=30)
    assert process.returncode == exits


def _address(process: subprocess.Popen[str]) -> tuple[str, str]:
    assert process.stdout
    for line in process.stdout:
        if found := re.search(r"Open\s+(http://[^/]+)/graphql#key=(\S+)", line):
            return found[1], found[2]
    raise AssertionError(f"the server ended with {process.wait()} before it listened")


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
    """The folder with the scripts of tests/clients and the clients they use, in the versions of its lock file."""
    npm, source, folder = (
        program("npm", "it comes with Node.js"),
        ROOT / "tests" / "clients",
        ROOT / "build" / "clients",
    )
    folder.parent.mkdir(exist_ok=True)
    with FileLock(f"{folder}.lock"):
        lock, installed = source / "package-lock.json", folder / "installed.json"
        if not installed.exists() or installed.read_bytes() != lock.read_bytes():
            shutil.copytree(source, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules"))
            subprocess.run([npm, "ci", "--no-audit", "--no-fund"], cwd=folder, check=True)
            shutil.copy(lock, installed)
        for script in source.glob("*.mjs"):
            shutil.copy(script, folder)
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


@asynccontextmanager
async def node(script: Path, *arguments: str) -> AsyncIterator[Lines]:
    """Run a script until the block ends."""
    process = await asyncio.create_subprocess_exec("node", str(script), *arguments, stdout=asyncio.subprocess.PIPE)
    try:
        yield Lines(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def create(served: Served, count: int) -> None:
    """Make so many events: organizations, one after the other."""
    verb = 'createOrganization(input: {name: "Acme"}) { errors { code } }'
    text = "mutation { " + " ".join(f"a{at}: {verb}" for at in range(count)) + " }"
    async with httpx.AsyncClient(headers=served.headers, timeout=60) as client:
        answer = await client.post(f"{served.url}/graphql", json={"query": text})
    assert answer.json() == {"data": {f"a{at}": {"errors": []} for at in range(count)}}
