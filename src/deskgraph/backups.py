"""`deskgraph backup` and `deskgraph restore`."""

from __future__ import annotations

from pathlib import Path

from deskgraph.config import Settings
from deskgraph.graph.embedded.backup import backup, restore
from deskgraph.schema.errors import DeskError


def run_backup(settings: Settings, file: Path) -> None:
    """Write the backup and say so."""
    size = backup(_folder(settings), file, settings.maven_repository)
    print(f"Wrote {file}: {size:,} bytes.")


def run_restore(settings: Settings, file: Path, *, force: bool) -> None:
    """Restore the backup and say so."""
    folder = _folder(settings)
    restore(folder, file, force=force, repository=settings.maven_repository)
    print(f"Restored {file} in {folder}.")


def _folder(settings: Settings) -> Path:
    """The folder of the database that comes with deskgraph."""
    if settings.neo4j_uri:
        raise DeskError(
            "This is for the Neo4j that comes with deskgraph; the one that NEO4J_URI names has its own tools."
        )
    return settings.data / "neo4j"
