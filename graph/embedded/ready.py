"""Wait until a started Neo4j answers, or tell why it never will."""

import socket
import time
from pathlib import Path

import neo4j
from neo4j.exceptions import AuthError, DriverError, Neo4jError

from deskgraph.graph.broken import is_broken
from deskgraph.graph.embedded.child import Child
from deskgraph.graph.embedded.errors import PasswordLost, PortTaken, StartFailed, StartTimedOut

PAUSE = 0.02
STARTED = "Started."
"""What Neo4j prints when its port is its own: until then the password goes to nobody."""
TAKEN = ("Address already in use", "BindException")
NOISE = ("at ", "... ")
LINES = 12


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(child: Child, console: Path, uri: str, auth: tuple[str, str], timeout: float) -> None:
    """Return when an authenticated query is answered.

    Raises StartFailed with the log's last words when the server ends, PortTaken, StartTimedOut after `timeout`
    seconds, PasswordLost when the password does not fit.
    """
    deadline = time.monotonic() + timeout
    while STARTED not in printed(console):
        _check(child, console, deadline, timeout)
        time.sleep(PAUSE)
    with neo4j.GraphDatabase.driver(uri, auth=auth, connection_timeout=5.0) as driver:
        while not answers(driver):
            _check(child, console, deadline, timeout)
            time.sleep(PAUSE)


def answers(driver: neo4j.Driver) -> bool:
    """Whether the desk's database answers a query. Raises PasswordLost."""
    try:
        with driver.session(database="neo4j") as session:
            return bool(session.run("RETURN 1 AS one").single(strict=True)["one"] == 1)
    except AuthError as error:
        raise PasswordLost from error
    except (DriverError, Neo4jError, OSError):
        return False


def broken(uri: str, auth: tuple[str, str]) -> bool:
    """Whether the server has given its store up: it refuses every transaction, for ever."""
    with neo4j.GraphDatabase.driver(uri, auth=auth, connection_timeout=5.0) as driver:
        try:
            driver.execute_query("RETURN 1", database_="neo4j")
        except Neo4jError as error:
            return is_broken(error)
        except (DriverError, OSError):
            return False
    return False


def _check(child: Child, console: Path, deadline: float, timeout: float) -> None:
    if not child.running:
        said = printed(console)
        kind = PortTaken if any(words in said for words in TAKEN) else StartFailed
        raise kind(f"Neo4j ended while it started. Its last words, from {console}:\n{last_words(said)}")
    if time.monotonic() > deadline:
        said = last_words(printed(console))
        raise StartTimedOut(f"Neo4j was not ready after {timeout:.0f} s. Its last words, from {console}:\n{said}")


def printed(console: Path) -> str:
    """What the server printed so far."""
    try:
        return console.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""


def last_words(text: str) -> str:
    """The last lines that mean something to a person: no stack frames."""
    lines = [line for line in text.splitlines() if line.strip() and not line.strip().startswith(NOISE)]
    return "\n".join(lines[-LINES:]) or "(nothing)"
