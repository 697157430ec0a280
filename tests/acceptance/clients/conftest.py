"""The programs of others, each run to its end against a desk of its own."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import ROOT

SOURCE = ROOT / "tests" / "clients"
SDL = ROOT / "schema" / "schema.graphql"


async def ran(folder: Path, *command: str) -> str:
    """What a program prints; it must end by itself, in order."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, cwd=folder, stdout=pipe, stderr=pipe)
    try:
        out, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 0, out.decode() + err.decode()
    return out.decode()


async def told(folder: Path, script: str, *arguments: str) -> dict[str, list[Any]]:
    """What a script tells: the values of each name, in their order."""
    found = defaultdict(list)
    for line in (await ran(folder, "node", script, *arguments)).splitlines():
        name, value = json.loads(line)
        found[name].append(value)
    return dict(found)


@pytest.fixture
def project(request: pytest.FixtureRequest, clients: Path, tmp_path: Path) -> Path:
    """A copy of the module's PROJECT, with the schema beside it and the clients to build it with."""
    folder = shutil.copytree(SOURCE / request.module.PROJECT, tmp_path / "project")
    shutil.copy(SDL, folder)
    (folder / "node_modules").symlink_to(clients / "node_modules")
    return folder
