"""The remote client's types, as mypy sees them in a program that uses it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAMS = Path(__file__).parent / "typing"
ERROR = re.compile(r"(.+?):(\d+): error: .+  \[([a-z-]+)\]")
MARK = "# refused: "


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where mypy finds the client and what it needs, as in an installed deskgraph."""
    folder = tmp_path_factory.mktemp("types") / "deskgraph"
    folder.mkdir()
    (folder / "client").symlink_to(ROOT / "src" / "deskgraph" / "client")
    (folder / "schema").symlink_to(ROOT / "schema")
    (folder / "py.typed").touch()
    return folder.parent


def mypy(installed: Path, program: str) -> dict[int, list[str]]:
    """The codes of the errors that mypy finds in a program, by line."""
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", "", "--cache-dir", str(installed / "cache")]
    environment = {**os.environ, "MYPYPATH": str(installed)}
    said = subprocess.run(
        [*command, program], cwd=PROGRAMS, env=environment, capture_output=True, text=True, check=False
    )
    assert said.returncode in (0, 1), said.stderr
    found: dict[int, list[str]] = {}
    for line in said.stdout.splitlines():
        if ": error: " in line:
            match = ERROR.fullmatch(line)
            assert match, line
            assert match[1] == program, line
            found.setdefault(int(match[2]), []).append(match[3])
    return found


def test_right_uses_pass(installed: Path) -> None:
    assert mypy(installed, "right.py") == {}


def test_wrong_uses_are_refused(installed: Path) -> None:
    lines = (PROGRAMS / "wrong.py").read_text().splitlines()
    refused = {at: line.split(MARK)[1].split(", ") for at, line in enumerate(lines, 1) if MARK in line}
    assert len(refused) > 20
    assert mypy(installed, "wrong.py") == refused
