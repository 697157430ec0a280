"""What a program notes for the harness, in a file that survives its being killed."""

from __future__ import annotations

import os
from pathlib import Path


def note(variable: str, line: str) -> None:
    """Append a line to the file that an environment variable names, in one write: it is there whole or not at all."""
    with Path(os.environ[variable]).open("ab", buffering=0) as file:
        file.write(f"{line}\n".encode())
