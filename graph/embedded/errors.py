"""What can go wrong with the embedded Neo4j. Each message tells what to do next."""

import inspect


class EmbeddedError(Exception):
    """The embedded Neo4j could not be used."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or inspect.getdoc(type(self)))


class DownloadFailed(EmbeddedError):
    """Neo4j could not be downloaded. Start again: finished files stay. DESKGRAPH_MAVEN_REPOSITORY names a mirror."""


class ChecksumMismatch(DownloadFailed):
    """A downloaded file is not the pinned one, so it was thrown away. Check the repository, or the proxy in between."""


class DataFolderUnusable(EmbeddedError):
    """The data folder can't be written. Change its owner or its permissions, or choose another folder."""


class DataFolderInUse(EmbeddedError):
    """Another process uses the data folder. Stop that one first, or choose another folder."""


class PasswordLost(EmbeddedError):
    """The data folder's password is gone or does not fit its database.

    Put its file back from a backup, or run `python -m deskgraph.graph.embedded password FOLDER` to give it a new one.
    """


class StartFailed(EmbeddedError):
    """Neo4j did not start. Its log in the data folder says why."""


class StartTimedOut(StartFailed):
    """Neo4j was not ready in time. Its log in the data folder says how far it came; a slow machine may need longer."""


class PortTaken(StartFailed):
    """Another program took the port before Neo4j could. Start again."""


class NothingToBackUp(EmbeddedError):
    """Start the desk once, or name the data folder that has it."""


class BackupFailed(EmbeddedError):
    """The backup could not be made, and an earlier file of that name is as it was."""


class StoreInTheWay(EmbeddedError):
    """With --force it is replaced, and lost."""


class RestoreFailed(EmbeddedError):
    """The file could not be restored, and the data folder is as it was. Is it a backup?"""
