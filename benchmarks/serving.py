"""The servers that are measured, each in a process of its own, and the machine that they run on."""

from __future__ import annotations

import asyncio
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

KEY = "benchmark-key"
PEER = Path(__file__).with_name("peer")


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs: its host and port, and its process."""

    address: str
    pid: int


def machine() -> str:
    """The day, and what the numbers were measured on."""
    what = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    return f"{datetime.now(UTC):%Y-%m-%d}, {what}"


def served(workspace: str, folder: str, *options: str) -> AbstractAsyncContextManager[Server]:
    """A `deskgraph serve` process."""
    settings = {"DESKGRAPH_API_KEY": KEY, "DESKGRAPH_WORKSPACE": workspace, "DESKGRAPH_DATA": folder}
    command = [sys.executable, "-m", "deskgraph", "serve", "--port", "0", *options]
    return _running(command, "stdout", rb"Open\s+http://([^/]+)/graphql", settings)


def floor(workspace: str) -> AbstractAsyncContextManager[Server]:
    """The floor's server."""
    command = [sys.executable, "-m", "uvicorn", "--factory", "benchmarks.floor:app", "--port", "0", "--no-access-log"]
    return _running(command, "stderr", rb"running on http://(\S+)", {"DESKGRAPH_WORKSPACE": workspace})


def peer() -> AbstractAsyncContextManager[Server]:
    """The peer's server in Node.js, its packages installed below build/ if they are not there yet."""
    node, folder = shutil.which("node"), _installed(PEER, Path("build/benchmarks-peer"))
    assert node, "the peer needs Node.js"
    settings = {"API_KEY": KEY, "PORT": "0", "NODE_ENV": "production"}
    return _running([node, str(folder / "server.mjs")], "stdout", rb"listening on http://([^/]+)/", settings)


def _installed(source: Path, folder: Path) -> Path:
    """A copy of a folder with the packages of its lock file."""
    lock, installed = source / "package-lock.json", folder / "installed.json"
    shutil.copytree(source, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules"))
    if not installed.exists() or installed.read_bytes() != lock.read_bytes():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=folder, check=True, stdout=sys.stderr)
        shutil.copy(lock, installed)
    return folder


@asynccontextmanager
async def _running(
    command: Sequence[str], stream: Literal["stdout", "stderr"], says: bytes, settings: dict[str, str]
) -> AsyncIterator[Server]:
    """A process, once it has said its address in a stream."""
    process = await asyncio.create_subprocess_exec(
        *command,
        env={**os.environ, **settings},
        stdout=asyncio.subprocess.PIPE if stream == "stdout" else None,
        stderr=asyncio.subprocess.PIPE if stream == "stderr" else None,
    )
    lines = process.stdout or process.stderr
    assert lines
    try:
        async for line in lines:
            if found := re.search(says, line):
                yield Server(found[1].decode(), process.pid)
                break
        else:
            raise SystemExit(f"{command[0]} ended with {await process.wait()} before it listened")
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()
