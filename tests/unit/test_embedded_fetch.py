"""Downloading: from a real HTTP server that behaves and misbehaves as told."""

import gc
import hashlib
import io
import os
import threading
import warnings
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from deskgraph.graph.embedded import ChecksumMismatch, DownloadFailed, EmbeddedError, fetch, progress
from deskgraph.graph.embedded.lock import Jar, parse, pinned, version

# jgo leaves the connections of answers other than 200 to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


class Repository:
    """A small Maven repository: `bodies` by path, `faults` a path's first answers (a status, or bytes cut short)."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}
        self.faults: dict[str, list[int | bytes]] = {}
        self.asked: Counter[str] = Counter()
        repository = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                repository.asked[self.path] += 1
                faults, body = repository.faults.get(self.path, []), repository.bodies.get(self.path)
                fault = faults.pop(0) if faults else None
                status = fault if isinstance(fault, int) else 200 if body is not None else 404
                self.send_response(status)
                self.send_header("Content-Length", str(len(body or b"") if status == 200 else 0))
                self.end_headers()
                if status == 200:
                    self.wfile.write(fault if isinstance(fault, bytes) else body or b"")

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/maven"

    def jar(self, artifact: str, body: bytes, classifier: str = "") -> Jar:
        jar = Jar("org.example", artifact, "1.0", classifier, hashlib.sha256(body).hexdigest(), len(body))
        self.bodies[self.path(jar)] = body
        return jar

    def path(self, jar: Jar) -> str:
        return f"/maven/org/example/{jar.artifact}/1.0/{jar.filename}"


@pytest.fixture
def repository(monkeypatch: pytest.MonkeyPatch) -> Iterator[Repository]:
    monkeypatch.setattr(fetch, "FIRST_PAUSE", 0.01)
    repository = Repository()
    thread = threading.Thread(target=repository.server.serve_forever, args=(0.01,))
    thread.start()
    yield repository
    repository.server.shutdown()
    repository.server.server_close()
    thread.join()


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != ".download.lock"}


def test_every_jar_arrives_under_its_name(repository: Repository, tmp_path: Path) -> None:
    jars = [repository.jar("one", b"1" * 70_000), repository.jar("two", b"22", "linux-x86_64")]
    paths = fetch.fetch(jars, tmp_path / "new" / "cache", repository.url)
    assert [path.name for path in paths] == ["one-1.0.jar", "two-1.0-linux-x86_64.jar"]
    assert contents(tmp_path / "new" / "cache") == {paths[0].name: b"1" * 70_000, paths[1].name: b"22"}


def test_only_what_is_missing_is_asked_for(repository: Repository, tmp_path: Path) -> None:
    one, two = repository.jar("one", b"11"), repository.jar("two", b"22")
    fetch.fetch([one], tmp_path, repository.url)
    fetch.fetch([one, two], tmp_path, repository.url)
    fetch.fetch([one, two], tmp_path, repository.url)
    assert (repository.asked[repository.path(one)], repository.asked[repository.path(two)]) == (1, 1)


def test_a_jar_that_is_not_the_pinned_one_leaves_nothing(repository: Repository, tmp_path: Path) -> None:
    jar = repository.jar("one", b"good")
    repository.bodies[repository.path(jar)] = b"evil"
    with pytest.raises(ChecksumMismatch, match=r"one-1\.0\.jar has sha256 b5c1fb"):
        fetch.fetch([jar], tmp_path, repository.url)
    assert contents(tmp_path) == {}
    assert repository.asked[repository.path(jar)] == 1


def test_a_transient_failure_is_tried_again(repository: Repository, tmp_path: Path) -> None:
    jar = repository.jar("one", b"good")
    repository.faults[repository.path(jar)] = [503, b"go"]
    fetch.fetch([jar], tmp_path, repository.url)
    assert contents(tmp_path) == {"one-1.0.jar": b"good"}
    assert repository.asked[repository.path(jar)] == 3


def test_a_server_that_keeps_failing_is_named_and_what_came_is_kept(repository: Repository, tmp_path: Path) -> None:
    good, bad = repository.jar("good", b"a good one"), repository.jar("bad", b"bad")
    repository.faults[repository.path(bad)] = [500] * fetch.ATTEMPTS
    with pytest.raises(DownloadFailed, match=rf"bad-1\.0\.jar did not come from {repository.url}"):
        fetch.fetch([good, bad], tmp_path, repository.url)
    assert contents(tmp_path) == {"good-1.0.jar": b"a good one"}
    assert repository.asked[repository.path(bad)] == fetch.ATTEMPTS


def test_no_server_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(fetch, "ATTEMPTS", 2)
    monkeypatch.setenv(fetch.REPOSITORY, "http://127.0.0.1:9/maven")
    with pytest.raises(DownloadFailed, match=r"did not come from http://127\.0\.0\.1:9/maven"):
        fetch.fetch([Jar("org.example", "one", "1.0", "", "00", 1)], tmp_path)


def test_a_cache_that_cannot_be_written(repository: Repository, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DownloadFailed, match="can't be stored in"):
        fetch.fetch([repository.jar("one", b"1")], tmp_path / "file" / "cache", repository.url)


def test_two_at_once_download_once(repository: Repository, tmp_path: Path) -> None:
    jar = repository.jar("one", b"1" * 100_000)
    threads = [threading.Thread(target=fetch.fetch, args=([jar], tmp_path, repository.url)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert repository.asked[repository.path(jar)] == 1
    assert contents(tmp_path) == {"one-1.0.jar": b"1" * 100_000}


def test_without_a_terminal_progress_is_a_few_lines(
    repository: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    jars = [repository.jar(f"jar{number}", b"x" * 500_000) for number in range(4)]
    fetch.fetch(jars, tmp_path, repository.url, "deskgraph: downloading")
    out, err = capsys.readouterr()
    assert err.splitlines()[0] == "deskgraph: downloading: 2.0 MB"
    assert err.splitlines()[1].startswith("deskgraph: downloading: done in ")
    assert len(err.splitlines()) == 2
    assert "\r" not in err
    assert "downloading: " not in out


def test_on_a_terminal_progress_is_a_bar() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    with progress.show("deskgraph: downloading", 4_000_000, terminal) as arrived:
        arrived(2_000_000)
        arrived(-1_000_000)
        arrived(3_000_000)
    assert terminal.getvalue().startswith("\rdeskgraph: downloading:   0%|")
    assert "4.00M" in terminal.getvalue()


def test_the_lock_is_complete_and_names_no_host() -> None:
    jars = pinned()
    assert version() == "2026.09.0"
    assert len(jars) == 230
    assert sum(jar.size for jar in jars) == 161_120_218
    assert len({jar.filename for jar in jars}) == 230
    assert all(len(jar.sha256) == 64 for jar in jars)
    assert parse("a.b:c:1:linux ab 3") == Jar("a.b", "c", "1", "linux", "ab", 3)


def test_an_error_tells_what_it_is_when_nothing_more_is_known() -> None:
    assert str(EmbeddedError()) == "The embedded Neo4j could not be used."
    assert str(EmbeddedError("more")) == "more"


def test_the_folder_is_shared_unless_chosen(tmp_path: Path) -> None:
    assert fetch.folder(tmp_path) == tmp_path / "neo4j" / "2026.09.0"
    assert fetch.folder().parts[-3:] == ("deskgraph", "neo4j", "2026.09.0") or os.name == "nt"
