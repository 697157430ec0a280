"""Real `deskgraph serve` processes on the session's Neo4j, each on a port and in a workspace of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

KEY = "test-key-for-acceptance"
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Served:
    """A running server."""

    process: subprocess.Popen[str]
    url: str
    key: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


@contextmanager
def serving(*arguments: str, exits: int = 0, **environment: str) -> Iterator[Served]:
    """Run `deskgraph serve` until the block ends; it must then end by itself on SIGTERM, with the code in `exits`."""
    port = () if "--port" in arguments else ("--port", "0")
    command = [sys.executable, "-m", "deskgraph", "serve", *port, *arguments]
    process = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    try:
        yield Served(process, *_address(process))
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=30)
    assert process.returncode == exits


@contextmanager
def serving_in(folder: Path, *arguments: str) -> Iterator[Served]:
    """Run a server for several tests, in a workspace that is named after the folder."""
    settings = {
        "DESKGRAPH_API_KEY": KEY,
        "DESKGRAPH_WORKSPACE": f"test-{folder.name}-{os.getpid()}-{folder.stat().st_ino}",
        "DESKGRAPH_DATA": str(folder),
    }
    with serving(*arguments, **settings) as running:
        yield running


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

        def start(*arguments: str, **environment: str) -> Served:
            settings = {"DESKGRAPH_API_KEY": KEY, "DESKGRAPH_WORKSPACE": workspace, "DESKGRAPH_DATA": str(tmp_path)}
            return stack.enter_context(serving(*arguments, **{**settings, **environment}))

        yield start
