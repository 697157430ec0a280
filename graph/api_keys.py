"""What is kept of API keys, as whoever opens with one needs it."""

from __future__ import annotations

from dataclasses import dataclass

from deskgraph.graph.database import Database
from deskgraph.graph.statements import statement


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A key that opens a workspace. `expires` is in seconds since 1970."""

    id: str
    workspace: str
    role: str
    user: str | None
    contact: str | None
    expires: float | None


async def use_key(database: Database, digest: str) -> StoredKey | None:
    """The key of that hash, if it is there and neither revoked nor expired, nor its user or contact deleted.

    It is the one question that is asked of all workspaces, for the key says which one is meant.
    """
    rows = await database.put("", statement("use_key"), {"hash": digest})
    return StoredKey(**rows[0]) if rows else None


async def is_workspace(database: Database, workspace: str) -> bool:
    """Whether there is a workspace of that id."""
    match = "MATCH (found:Workspace {id: $workspace}) RETURN found.id AS id"
    return await database.read(workspace, lambda tx: tx.one(match)) is not None
