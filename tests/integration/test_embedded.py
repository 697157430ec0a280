"""The embedded Neo4j, really started: a few starts, each looked at from many sides."""

import os
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import neo4j
import psutil
import pytest
from neo4j.exceptions import AuthError

from deskgraph.graph.embedded import (
    DataFolderInUse,
    DataFolderUnusable,
    EmbeddedNeo4j,
    PasswordLost,
    PortTaken,
    StartFailed,
    aot,
    fetch,
)
from deskgraph.graph.embedded import server as server_module
from deskgraph.graph.embedded.home import Home, credential
from deskgraph.graph.embedded.password import reset

HOLDER = """
import sys, time
from pathlib import Path
from deskgraph.graph.embedded import EmbeddedNeo4j
server = EmbeddedNeo4j(Path(sys.argv[1]), train=False)
server.start()
print("READY", server.pid, server.uri, flush=True)
time.sleep(600)
"""


def until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def query(server: EmbeddedNeo4j, text: str, **parameters: object) -> list[list[object]]:
    with neo4j.GraphDatabase.driver(server.uri, auth=(server.username, server.password)) as driver:
        return [record.values() for record in driver.execute_query(text, parameters, database_="neo4j").records]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("embedded") / 'a desk für "uns"'


@pytest.fixture(scope="module")
def server(data: Path) -> Iterator[EmbeddedNeo4j]:
    with EmbeddedNeo4j(data, train=False) as server:
        yield server


def test_it_answers_an_authenticated_query(server: EmbeddedNeo4j) -> None:
    components = (
        "CALL dbms.components() YIELD name, versions, edition WHERE name = 'Neo4j Kernel' RETURN versions, edition"
    )
    assert query(server, components) == [[["2026.09.0"], "community"]]
    assert query(server, "CREATE (n:Kept {name: $name}) RETURN n.name", name="Zoë") == [["Zoë"]]
    assert server.running
    assert 0 < server.seconds < 120


def test_a_wrong_password_is_refused(server: EmbeddedNeo4j) -> None:
    for auth in [(server.username, "wrong-password"), ("neo4j", "neo4j"), None]:
        with neo4j.GraphDatabase.driver(server.uri, auth=auth) as driver, pytest.raises(AuthError):
            driver.execute_query("RETURN 1")


def test_it_listens_on_the_loopback_interface_alone(server: EmbeddedNeo4j) -> None:
    listening = [c.laddr for c in psutil.Process(server.pid).net_connections("inet") if c.status == "LISTEN"]
    assert [(address.ip.removeprefix("::ffff:"), f"bolt://127.0.0.1:{address.port}") for address in listening] == [
        ("127.0.0.1", server.uri)
    ]


def test_what_it_keeps_is_its_owners_alone(server: EmbeddedNeo4j, data: Path) -> None:
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert stat.S_IMODE((data / "password").stat().st_mode) == 0o600
    assert (data / "password").read_text() == server.password + "\n"
    assert len(server.password) == 32
    assert server.password not in " ".join(psutil.Process(server.pid).cmdline())


def test_starting_it_again_changes_nothing(server: EmbeddedNeo4j) -> None:
    before = (server.pid, server.uri, server.password)
    server.start()
    assert (server.pid, server.uri, server.password) == before


def test_a_second_server_on_the_folder_is_told_who_has_it(server: EmbeddedNeo4j, data: Path) -> None:
    settings = (data / "conf" / "neo4j.conf").read_bytes()
    began = time.monotonic()
    second = EmbeddedNeo4j(data, train=False)
    with pytest.raises(DataFolderInUse, match=rf"by process {os.getpid()} \(its Neo4j is process {server.pid}\)"):
        second.start()
    assert time.monotonic() - began < 5
    assert not second.running
    assert (data / "conf" / "neo4j.conf").read_bytes() == settings
    assert query(server, "RETURN 1") == [[1]]


def test_stop_closes_the_store_and_the_next_start_has_the_data(server: EmbeddedNeo4j, data: Path) -> None:
    java, password = psutil.Process(server.pid), server.password
    guard = java.parent()
    assert guard is not None
    server.stop()
    server.stop()
    assert not server.running
    assert server.pid is None
    assert not java.is_running()
    assert not guard.is_running()
    assert (data / "logs" / "console.log").read_text().splitlines()[-1].endswith("Stopped.")
    server.start()
    assert server.password == password
    assert query(server, "MATCH (n:Kept) RETURN n.name") == [["Zoë"]]


def test_a_lost_password_is_told_and_can_be_reset(server: EmbeddedNeo4j, data: Path) -> None:
    lost = server.password
    server.stop()
    (data / "password").unlink()
    with pytest.raises(PasswordLost, match=r"deskgraph\.graph\.embedded password"):
        server.start()
    assert not (data / "password").exists()
    (data / "password").write_text("not-the-right-one\n")
    with pytest.raises(PasswordLost, match="does not fit"):
        server.start()
    assert not server.running
    reset(data)
    server.start()
    assert server.password not in (lost, "not-the-right-one")
    assert query(server, "MATCH (n:Kept) RETURN n.name") == [["Zoë"]]


@pytest.mark.skipif(os.name != "posix", reason="kill -9")
def test_kill_9_of_its_owner_ends_it_and_the_folder_is_free_at_once(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout
        try:
            pid, uri = next(line.split()[1:] for line in holder.stdout if line.startswith("READY"))
            java = psutil.Process(int(pid))
            guard = java.parent()
            with neo4j.GraphDatabase.driver(uri, auth=("neo4j", Home(tmp_path).password())) as driver:
                driver.execute_query("CREATE (:Kept)", database_="neo4j")
        finally:
            holder.kill()
    with EmbeddedNeo4j(tmp_path, train=False) as server:
        assert query(server, "MATCH (n:Kept) RETURN count(n)") == [[1]]
        assert not java.is_running()
        assert guard is not None
        assert not guard.is_running()
        kill_everything_but_this_process(server)
        server.start()
        assert query(server, "MATCH (n:Kept) RETURN count(n)") == [[1]]


def kill_everything_but_this_process(server: EmbeddedNeo4j) -> None:
    java = psutil.Process(server.pid)
    guard = java.parent()
    assert guard is not None
    guard.kill()
    if sys.platform != "linux":
        java.kill()
    until(lambda: not java.is_running() and not server.running)


def test_a_broken_start_up_cache_is_dropped(
    server: EmbeddedNeo4j, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken.aot"
    broken.write_bytes(b"not a cache")
    monkeypatch.setattr(aot, "path", lambda _folder: broken)
    server.stop()
    server.start()
    assert query(server, "RETURN 1") == [[1]]
    assert not broken.exists()


def test_a_server_that_ends_early_says_why_and_frees_the_folder(tmp_path: Path) -> None:
    broken = EmbeddedNeo4j(tmp_path, heap="much", train=False)
    for _ in range(2):
        with pytest.raises(StartFailed, match=r"(?s)last words.*Invalid maximum heap size: -Xmxmuch"):
            broken.start()
    assert not broken.running


def test_a_port_that_another_program_took(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []
    monkeypatch.setattr(server_module, "PORTS", 1)
    with socket.create_server(("127.0.0.1", 0)) as other:
        monkeypatch.setattr(server_module, "free_port", lambda: tried.append(1) or other.getsockname()[1])
        with pytest.raises(PortTaken):
            EmbeddedNeo4j(tmp_path, train=False).start()
    assert tried == [1]


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DataFolderUnusable, match="can't be written"):
        EmbeddedNeo4j(tmp_path / "file" / "desk", train=False).start()
    assert (tmp_path / "file").read_text() == "in the way"


def test_a_credential_is_salted() -> None:
    first, second = credential("same"), credential("same")
    assert first != second
    assert [len(part) for part in first.split(",")] == [7, 64, 64, 4]


def test_the_start_up_cache_has_one_name_for_one_server() -> None:
    assert aot.path(fetch.folder()) == aot.path(fetch.folder())
    assert aot.path(fetch.folder()).name.startswith("start-")
