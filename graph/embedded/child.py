"""The parent's side of the guard: one Java process that cannot outlive this one."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from deskgraph.graph.embedded.errors import DataFolderInUse, StartFailed

GUARD = Path(__file__).with_name("guard.py")
GRACE = 30.0
"""Seconds Neo4j has to close its store before it is killed."""
FOREIGN = ("JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "CLASSPATH")
"""Settings for another Java, which this one would obey."""


class Child:
    """Holds a data folder's lock from its making on, and runs one Java process in it. Raises DataFolderInUse."""

    def __init__(self, data: Path) -> None:
        self.pid: int | None = None
        # A session of its own: Ctrl-C in a terminal reaches this process alone, which then stops Java in order.
        self._guard = subprocess.Popen(  # noqa: S603 - this interpreter, a file of this package
            [sys.executable, "-P", str(GUARD), str(data / "server.lock"), str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(os.environ),
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
        self._take_lock(data)

    def _take_lock(self, data: Path) -> None:
        try:
            answer = self._hear()
        except StartFailed:
            self.stop(0)
            raise
        if "locked" not in answer:
            self.stop(0)
            raise DataFolderInUse(in_use(data, answer.get("held", {})))

    def launch(self, command: Sequence[str], log: Path, grace: float = GRACE) -> None:
        """Start Java with its output in `log`. It has `grace` seconds to end when this process dies."""
        self._say({"command": list(command), "log": str(log), "grace": grace})
        self.pid = int(self._hear()["java"])

    @property
    def running(self) -> bool:
        """Whether Java still runs."""
        return self._guard.poll() is None

    def stop(self, grace: float = GRACE) -> None:
        """Have Java end, killing it after `grace` seconds, and wait. Harmless when it has ended."""
        if self.running:
            with contextlib.suppress(OSError):
                self._say({"stop": grace})
            with contextlib.suppress(OSError):
                self._input.close()
        self._guard.wait()
        for stream in (self._guard.stdin, self._guard.stdout, self._guard.stderr):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()

    def kill(self) -> None:
        """End Java on the spot, as a crash would, and wait."""
        if self.running and self.pid is not None:
            with contextlib.suppress(OSError):
                os.kill(self.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        self.stop(0)

    @property
    def _input(self) -> Any:
        return self._guard.stdin

    def _say(self, message: Mapping[str, object]) -> None:
        self._input.write(json.dumps(message) + "\n")
        self._input.flush()

    def _hear(self) -> dict[str, Any]:
        line = self._guard.stdout.readline() if self._guard.stdout else ""
        if not line:
            said = self._guard.stderr.read().strip() if self._guard.stderr else ""
            raise StartFailed(f"Neo4j's guard process ended: {said.splitlines()[-1] if said else 'no message'}")
        answer: dict[str, Any] = json.loads(line)
        return answer


def in_use(data: Path, held: Mapping[str, Any]) -> str:
    """Say who holds the folder."""
    who = f"process {held['pid']}" if "pid" in held else "another process"
    who += f" (its Neo4j is process {held['java']})" if "java" in held else ""
    return f"{data} is in use by {who}. Stop that one first, or choose another data folder."


def environment(current: Mapping[str, str]) -> dict[str, str]:
    """What Java gets of this process's environment. A UTF-8 locale, or paths beyond ASCII can't be opened on Linux."""
    kept = {name: value for name, value in current.items() if name not in FOREIGN and not name.startswith("NEO4J_")}
    return kept | ({"LC_ALL": "C.UTF-8"} if sys.platform == "linux" else {})
