"""The programs of others that deskgraph is proved against, with their versions."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

FOLDER = Path(__file__).parent
PYTHON = ["gql", "schemathesis"]


def versions() -> dict[str, str]:
    """Each program's version, by its name in npm or PyPI."""
    packages = [json.loads((folder / "package.json").read_text()) for folder in (FOLDER, FOLDER / "mcp")]
    npm = [package.get(kind, {}) for package in packages for kind in ("dependencies", "devDependencies")]
    return {name: pinned for pins in npm for name, pinned in pins.items()} | {name: version(name) for name in PYTHON}


if __name__ == "__main__":
    for name, pinned in versions().items():
        print(f"{name:40}{pinned}")
