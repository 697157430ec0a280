"""The process between deskgraph and its Neo4j: it holds the data folder's lock and ends Java when deskgraph ends.

It reads a pipe from the process that started it. The kernel closes that pipe however that process ends, kill -9
included, on Linux, macOS and Windows alike. Run as `python guard.py LOCK OWNER_PID`, it answers with JSON lines:

    -> {"locked": true}  or  {"held": {...}}              another guard has the folder
    <- {"command": [...], "log": path, "grace": seconds}   start Java; grace: what it gets at the end of the pipe
    -> {"java": pid}
    <- {"stop": seconds}  or the end of the pipe           SIGTERM, and SIGKILL when it takes longer
    -> {"exit": code}

Standard library and filelock only: it starts fast and stays small.
"""

import contextlib
import ctypes
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from filelock import lock_descriptor

PATIENCE = 2.0
"""Seconds to try for the lock: a guard whose owner was just killed needs a moment to notice."""
CLOSING = 60.0
"""Seconds to wait for a guard that has noticed and is closing its store."""
GRACE = 20.0
"""Seconds Neo4j has to close its store when the guard itself is told to end."""
POSIX = os.name == "posix"
PR_SET_PDEATHSIG = 1


def main(lock: Path, owner: int) -> int:
    """Serve one owner: take the lock, start Java, wait for either to end."""
    events: queue.SimpleQueue[float | None] = queue.SimpleQueue()
    for name in ("SIGTERM", "SIGHUP", "SIGINT"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: events.put(GRACE))
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    record = lock.with_suffix(".json")
    if not acquire(descriptor, record):
        say(held=read(record))
        return 3
    write(record, {"pid": owner, "guard": os.getpid()})  # in place of what a killed guard left
    say(locked=True)
    order = hear()
    if order:
        run(order, descriptor, record, owner, events)
    record.unlink(missing_ok=True)
    return 0


def acquire(descriptor: int, record: Path) -> bool:
    """Take the lock; wait longer for a holder that is closing already."""
    began = time.monotonic()
    while not lock_descriptor(descriptor, blocking=False):
        holder = read(record)  # none: it has taken its record away and is about to end
        patience = PATIENCE if holder and not holder.get("closing") else CLOSING
        if time.monotonic() - began > patience:
            return False
        time.sleep(0.02)
    return True


def run(order: dict[str, Any], lock: int, record: Path, owner: int, events: "queue.SimpleQueue[float | None]") -> None:
    """Start Java as ordered and stay until it has ended."""
    java = launch(order, lock)
    about = {"pid": owner, "guard": os.getpid(), "java": java.pid}
    write(record, about)
    say(java=java.pid)
    parent, grace = os.getppid(), float(order["grace"])
    threading.Thread(target=listen, args=(events, grace), daemon=True).start()
    threading.Thread(target=watch, args=(java, events), daemon=True).start()
    seconds = wait(events, parent, grace)
    if seconds is not None:
        write(record, about | {"closing": True})
        end(java, seconds)
    code = java.wait()
    if POSIX:
        kill_group(java.pid)
    say(exit=code)


def launch(order: dict[str, Any], lock: int) -> subprocess.Popen[bytes]:
    """Start Java in a process group of its own. It shares the lock, so an orphan of it still holds the folder."""
    extra: dict[str, Any] = {"process_group": 0, "pass_fds": (lock,)} if POSIX else {}
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        # This is the main thread, which lives as long as the process: the signal is tied to the thread that forks.
        extra["preexec_fn"] = lambda: libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    with open(order["log"], "wb") as log:
        return subprocess.Popen(  # noqa: S603 - the command is built by deskgraph from paths of its own
            order["command"], stdin=subprocess.DEVNULL, stdout=log, stderr=log, **extra
        )


def listen(events: "queue.SimpleQueue[float | None]", grace: float) -> None:
    """Turn the owner's word, or the end of its pipe, into an event."""
    events.put(float(hear().get("stop", grace)))


def watch(java: subprocess.Popen[bytes], events: "queue.SimpleQueue[float | None]") -> None:
    """Turn the end of Java into an event."""
    java.wait()
    events.put(None)


def hear() -> dict[str, Any]:
    """Read one message of the owner; empty at the end of the pipe. sys.stdin's lock would not let the process end."""
    received = b""
    while not received.endswith(b"\n"):
        part = os.read(0, 65536)
        if not part:
            return {}
        received += part
    message: dict[str, Any] = json.loads(received)
    return message


def wait(events: "queue.SimpleQueue[float | None]", parent: int, grace: float) -> float | None:
    """Wait until Java ended (None) or is to end (the seconds it has).

    The parent's id is looked at too: a child that it forked may hold its end of the pipe open after it is gone.
    """
    while True:
        with contextlib.suppress(queue.Empty):
            return events.get(timeout=1.0)
        if POSIX and os.getppid() != parent:
            return grace


def end(java: subprocess.Popen[bytes], grace: float) -> None:
    """Ask Java to close its store; after `grace` seconds, don't ask."""
    java.terminate()
    try:
        java.wait(grace)
    except subprocess.TimeoutExpired:
        java.kill()


def kill_group(group: int) -> None:
    """End what Java itself may have started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def say(**message: object) -> None:
    """Tell the owner, if it is still there."""
    with contextlib.suppress(OSError):
        print(json.dumps(message), flush=True)


def read(record: Path) -> dict[str, Any]:
    """Who holds the folder; empty when that is not known."""
    try:
        found: dict[str, Any] = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def write(record: Path, about: dict[str, Any]) -> None:
    """Replace the record in one step; a folder that can't be written must not keep Java from being ended."""
    with contextlib.suppress(OSError):
        draft = record.with_suffix(".draft")
        draft.write_text(json.dumps(about), encoding="utf-8")
        draft.replace(record)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2])))
