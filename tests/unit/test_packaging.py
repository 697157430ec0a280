"""What is installed is what is here: a package that is not listed would be missing from the wheel alone."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
KEPT = {ROOT / "schema" / "released.graphql"}  # for the tests alone
HOMES = {"deskgraph": "src/deskgraph", **{f"deskgraph.{name}": name for name in ("schema", "graph", "resolvers")}}


def test_every_package_is_listed() -> None:
    setuptools = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    found = {
        ".".join([package, *init.parent.relative_to(ROOT / home).parts])
        for package, home in HOMES.items()
        for init in (ROOT / home).rglob("__init__.py")
    }
    assert sorted(setuptools["packages"]) == sorted(found)
    assert setuptools["package-dir"] == HOMES


def test_every_data_file_is_listed() -> None:
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]
    found = {
        path
        for package, patterns in listed.items()
        for pattern in patterns
        for path in folder(package).glob(pattern)
        if path.is_file()
    }
    data = {
        path
        for home in HOMES.values()
        for path in (ROOT / home).rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc") and ".egg-info" not in str(path)
    }
    assert sorted(data - found - KEPT) == []


def folder(package: str) -> Path:
    home = max((home for home in HOMES if package == home or package.startswith(f"{home}.")), key=len)
    return ROOT.joinpath(HOMES[home], *package.removeprefix(home).strip(".").split("."))


def test_a_part_is_light_to_import() -> None:
    """The errors and ids, which every client needs, cost neither the database driver nor GraphQL."""
    code = "import sys, deskgraph, deskgraph.schema.errors, deskgraph.schema.ids; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert {"neo4j", "strawberry", "graphql", "starlette"} & set(loaded) == set()
