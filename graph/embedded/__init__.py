"""A real Neo4j that comes with deskgraph: downloaded once, started as a child process, ended with its parent."""

from deskgraph.graph.embedded.errors import (
    ChecksumMismatch,
    DataFolderInUse,
    DataFolderUnusable,
    DownloadFailed,
    EmbeddedError,
    PasswordLost,
    PortTaken,
    StartFailed,
    StartTimedOut,
)
from deskgraph.graph.embedded.server import EmbeddedNeo4j

__all__ = [
    "ChecksumMismatch",
    "DataFolderInUse",
    "DataFolderUnusable",
    "DownloadFailed",
    "EmbeddedError",
    "EmbeddedNeo4j",
    "PasswordLost",
    "PortTaken",
    "StartFailed",
    "StartTimedOut",
]
