"""The guard, with a small Python program in Java's place: quick, and able to misbehave."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from deskgraph.graph.embedded import DataFolderInUse
from deskgraph.graph.embedded.child import Child, environment

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals")

POLITE = "import signal, sys, time; signal.signal(15, lambda *_: (print('closed', flush=True), sys.exit(0)))"
DEAF = "import signal, time; signal.signal(15, signal.SIG_IGN)"
HELPER = "import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']).pid)"
WAITS = "print('ready', flush=True); import time; time.sleep(600)"
OWNER = """
import os, sys, threading, time
from pathlib import Path
from deskgraph.graph.embedded.child import Child
folder, program, fork = Path(sys.argv[1]), sys.argv[2], sys.argv[3] == "fork"
def start():
    global child
    child = Child(folder)
    child.launch([sys.executable, "-c", program], folder / "log", 5.0)
thread = threading.Thread(target=start)
thread.start()
thread.join()
time.sleep(0.3)  # the thread is gone: what it started must not be
copy = os.fork() if fork else 0
if fork and copy == 0:
    time.sleep(600)
print(child.pid, copy, child.running, flush=True)
time.sleep(600)
"""


def until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def launched(folder: Path, program: str) -> Child:
    child = Child(folder)
    child.launch([sys.executable, "-c", f"{program}\n{WAITS}"], folder / "log")
    until(lambda: "ready" in (folder / "log").read_text())
    return child


def test_stop_asks_first_and_frees_the_folder(tmp_path: Path) -> None:
    child = launched(tmp_path, POLITE)
    assert child.running
    child.stop()
    child.stop()
    assert not child.running
    assert (tmp_path / "log").read_text() == "ready\nclosed\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["log", "server.lock"]
    Child(tmp_path).stop()


def test_what_does_not_listen_is_killed(tmp_path: Path) -> None:
    child = launched(tmp_path, DEAF)
    process = psutil.Process(child.pid)
    began = time.monotonic()
    child.stop(0.2)
    assert 0.2 <= time.monotonic() - began < 5
    assert not process.is_running()


def test_what_it_started_itself_ends_with_it(tmp_path: Path) -> None:
    child = launched(tmp_path, HELPER)
    helper = psutil.Process(int((tmp_path / "log").read_text().split()[0]))
    child.stop()
    until(lambda: not helper.is_running() or helper.status() == psutil.STATUS_ZOMBIE)


def test_a_second_owner_is_told_who_has_the_folder(tmp_path: Path) -> None:
    child = launched(tmp_path, POLITE)
    with pytest.raises(DataFolderInUse, match=rf"by process {os.getpid()} \(its Neo4j is process {child.pid}\)"):
        Child(tmp_path)
    assert child.running
    child.stop()


@pytest.mark.parametrize("fork", ["fork", "alone"])
def test_kill_9_of_the_owner_closes_in_order(tmp_path: Path, fork: str) -> None:
    command = [sys.executable, "-W", "ignore", "-c", OWNER, str(tmp_path), f"{POLITE}\n{WAITS}", fork]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout
        pid, copy, running = owner.stdout.readline().split()
        assert running == "True"
        process = psutil.Process(int(pid))
        until(lambda: "ready" in (tmp_path / "log").read_text())
        owner.kill()
        until(lambda: not process.is_running())
        if fork == "fork":
            os.kill(int(copy), signal.SIGKILL)
    assert (tmp_path / "log").read_text() == "ready\nclosed\n"
    Child(tmp_path).stop()


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG")
def test_kill_9_of_the_guard_ends_it_too(tmp_path: Path) -> None:
    child = launched(tmp_path, DEAF)
    process = psutil.Process(child.pid)
    guard = process.parent()
    assert guard is not None
    guard.kill()
    until(lambda: not process.is_running() and not child.running)
    child.stop()
    Child(tmp_path).stop()


def test_ctrl_c_in_the_terminal_does_not_reach_it(tmp_path: Path) -> None:
    child = launched(tmp_path, POLITE)
    assert child.pid
    assert os.getsid(child.pid) != os.getsid(0)
    assert os.getpgid(child.pid) != os.getpgid(0)
    child.stop()


def test_settings_for_another_java_are_left_out() -> None:
    given = {"PATH": "/bin", "JAVA_TOOL_OPTIONS": "-javaagent:x", "NEO4J_HOME": "/x", "LC_ALL": "C"}
    locale = {"LC_ALL": "C.UTF-8"} if sys.platform == "linux" else {"LC_ALL": "C"}
    assert environment(given) == {"PATH": "/bin"} | locale
