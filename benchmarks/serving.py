"""The servers that are measured, each in a process of its own, and the machine that they run on."""

from __future__ import annotations

import asyncio
import os
import platform
import re
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from typing import Literal

KEY = "benchmark-key"


def machine() -> str:
    """The day, and what the numbers were measured on."""
    what = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    return f"{datetime.now(UTC):%Y-%m-%d}, {what}"


def served(workspace: str, folder: str) -> AbstractAsyncContextManager[str]:
    """A `deskgraph serve` process; its address."""
    settings = {"DESKGRAPH_API_KEY": KEY, "DESKGRAPH_WORKSPACE": workspace, "DESKGRAPH_DATA": folder}
    return _running(["deskgraph", "serve", "--port", "0"], "stdout", rb"Open\s+http://([^/]+)/graphql", settings)


def floor() -> AbstractAsyncContextManager[str]:
    """The floor's server; its address."""
    command = ["uvicorn", "--factory", "benchmarks.floor:app", "--port", "0", "--no-access-log"]
    return _running(command, "stderr", rb"running on http://(\S+)", {})


@asynccontextmanager
async def _running(
    module: list[str], stream: Literal["stdout", "stderr"], says: bytes, settings: dict[str, str]
) -> AsyncIterator[str]:
    """A Python module as a process, once it has said its address in a stream."""
    command = [sys.executable, "-m", *module]
    pipe = {stream: asyncio.subprocess.PIPE}
    process = await asyncio.create_subprocess_exec(*command, env={**os.environ, **settings}, **pipe)
    lines = process.stdout or process.stderr
    assert lines
    try:
        async for line in lines:
            if found := re.search(says, line):
                yield found[1].decode()
                break
    finally:
        process.terminate()
        await process.communicate()
