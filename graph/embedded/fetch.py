"""Download the pinned jars once into a cache folder that every checkout and virtual environment shares.

`jgo`, a Maven client in pure Python, asks the repository. This module adds what a start needs: several at a time,
nothing under its final name before its pinned sha256 fits, going on where it stopped, one downloader at a time.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path

import platformdirs
import structlog
from filelock import FileLock, Timeout
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from deskgraph.graph.embedded import progress
from deskgraph.graph.embedded.errors import ChecksumMismatch, DownloadFailed
from deskgraph.graph.embedded.lock import Jar, pinned, version

REPOSITORY = "DESKGRAPH_MAVEN_REPOSITORY"
PARTIAL = ".partial-"
SIDE_BY_SIDE = 8
ATTEMPTS = 5
FIRST_PAUSE = 0.5
"""Seconds before the second attempt at a file; doubled each time, up to LONGEST_PAUSE."""
LONGEST_PAUSE = 10.0
REPLY = 30
"""Seconds to wait for the repository's next bytes."""

log = structlog.get_logger(__name__)


class Interrupted(DownloadFailed):
    """The repository did not send the whole file; worth another attempt."""


def install(cache: Path | None = None, repository: str | None = None) -> list[Path]:
    """Return the pinned Neo4j's jars, downloading into `cache` (default: the user's) what it lacks.

    `repository` is the URL of a Maven repository, by default the environment's DESKGRAPH_MAVEN_REPOSITORY, else the
    public one. Raises DownloadFailed.
    """
    return fetch(pinned(), folder(cache), repository, f"deskgraph: downloading Neo4j {version()}, once")


def folder(cache: Path | None = None) -> Path:
    """Where this version's jars are kept below the cache folder."""
    return (cache or platformdirs.user_cache_path("deskgraph")).absolute() / "neo4j" / version()


def fetch(jars: Sequence[Jar], into: Path, repository: str | None = None, title: str = "downloading") -> list[Path]:
    """Make every one of `jars` be in the folder `into` and return their paths, in order. Raises DownloadFailed."""
    try:
        if missing(jars, into):
            into.mkdir(parents=True, exist_ok=True)
            with alone(into):
                _download(missing(jars, into), into, repository or os.environ.get(REPOSITORY), title)
    except OSError as error:
        raise DownloadFailed(
            f"Neo4j can't be stored in {into}: {error}. Make room, or choose another cache."
        ) from error
    return [into / jar.filename for jar in jars]


def missing(jars: Sequence[Jar], into: Path) -> list[Jar]:
    """The jars still to be downloaded. A file under its final name was verified, so its size is enough to know it."""
    return [jar for jar in jars if _size(into / jar.filename) != jar.size]


def _size(path: Path) -> int | None:
    """The file's size; None where there is none. Only names that stay are asked for: others come and go meanwhile."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


@contextmanager
def alone(into: Path) -> Iterator[None]:
    """Keep other processes from downloading into the same folder meanwhile."""
    lock = FileLock(into / ".download.lock")
    try:
        lock.acquire(blocking=False)
    except Timeout:
        log.info("embedded.download.waiting", folder=str(into), reason="another process is downloading")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _download(jars: Sequence[Jar], into: Path, repository: str | None, title: str) -> None:
    if not jars:
        return
    total = sum(jar.size for jar in jars)
    for left in into.glob(f"{PARTIAL}*"):  # by a process that was killed: this one holds the lock
        shutil.rmtree(left, ignore_errors=True)
    with (
        tempfile.TemporaryDirectory(prefix=PARTIAL, dir=into, ignore_cleanup_errors=True) as partial,
        progress.show(title, total) as arrived,
        ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="deskgraph-download") as pool,
    ):
        order = sorted(jars, key=lambda jar: -jar.size)
        tasks = [pool.submit(_get, jar, Path(partial), into, repository, arrived) for jar in order]
        _await(tasks)
    log.info("embedded.downloaded", files=len(jars), bytes=total, folder=str(into))


def _await(tasks: Sequence[Future[None]]) -> None:
    try:
        done, _ = wait(tasks, return_when=FIRST_EXCEPTION)
    finally:
        for task in tasks:
            task.cancel()
    for task in done:
        task.result()


def _get(jar: Jar, partial: Path, into: Path, repository: str | None, arrived: progress.Progress) -> None:
    retrying = Retrying(
        retry=retry_if_exception_type(Interrupted),
        stop=stop_after_attempt(ATTEMPTS),
        wait=wait_exponential_jitter(multiplier=FIRST_PAUSE, max=LONGEST_PAUSE, jitter=FIRST_PAUSE),
        before_sleep=_again,
        reraise=True,
    )
    retrying(_attempt, jar, partial, into, repository, arrived)


def _again(state: RetryCallState) -> None:
    reason = state.outcome.exception() if state.outcome else None
    log.debug("embedded.download.retry", attempt=state.attempt_number, reason=str(reason))


def _attempt(jar: Jar, partial: Path, into: Path, repository: str | None, arrived: progress.Progress) -> None:
    with tempfile.TemporaryDirectory(dir=partial) as private:
        path = _ask(jar, Path(private), repository, arrived)
        try:
            _verify(jar, path)
        except DownloadFailed:
            arrived(-path.stat().st_size)
            raise
        os.replace(path, into / jar.filename)


def _ask(jar: Jar, private: Path, repository: str | None, arrived: progress.Progress) -> Path:
    """Have the Maven client download one jar into an empty folder of its own."""
    import requests  # with jgo: only a start that must download pays for loading them
    from jgo.maven import MavenContext, PythonResolver

    received = 0

    @contextmanager
    def each(_name: str, _size: int) -> Iterator[progress.Progress]:
        def count(size: int) -> None:
            nonlocal received
            received += size
            arrived(size)

        yield count

    remotes = {"chosen": repository.rstrip("/")} if repository else None
    context = MavenContext(PythonResolver(progress_callback=each), private, [], remotes, REPLY)
    artifact = context.project(jar.group, jar.artifact).at_version(jar.version).artifact(jar.classifier)
    try:
        return Path(artifact.resolve())
    except (requests.RequestException, RuntimeError) as error:
        arrived(-received)
        where = ", ".join(context.remote_repos.values())
        raise Interrupted(f"{jar.filename} did not come from {where} ({error}). {DownloadFailed.__doc__}") from error


def _verify(jar: Jar, path: Path) -> None:
    size = path.stat().st_size
    if size < jar.size:
        raise Interrupted(f"{jar.filename}: {size} of {jar.size} bytes arrived. {DownloadFailed.__doc__}")
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != jar.sha256:
        raise ChecksumMismatch(f"{jar.filename} has sha256 {found}, not {jar.sha256}. {ChecksumMismatch.__doc__}")
