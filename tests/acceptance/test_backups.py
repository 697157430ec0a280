"""`deskgraph backup` and `deskgraph restore`, on data folders of their own."""

from __future__ import annotations

import os
import signal
import stat
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.acceptance.conftest import Served, run, serving
from tests.acceptance.test_outages import java_of

OWN = dict.fromkeys(("NEO4J_URI", "NEO4J_USERNAME", "NEO4J_PASSWORD"), "")
EVERYTHING = """{
  tickets(first: 100) { nodes { id number subject status version updatedAt contact { name } } }
  events(first: 100) { nodes { position id type data } }
}"""
CREATE = 'mutation { createTicket(input: {subject: "Later"}) { ticket { number } event { position } errors { code } } }'


def settings(folder: Path) -> dict[str, str]:
    return {**OWN, "DESKGRAPH_DATA": str(folder), "DESKGRAPH_START_CACHE": "false", "DESKGRAPH_API_KEY": "backup-key"}


def post(served: Served, text: str) -> Any:
    answer = httpx.post(f"{served.url}/graphql", json={"query": text}, headers=served.headers, timeout=60).json()
    assert "errors" not in answer
    return answer["data"]


def digests(folder: Path) -> dict[str, str]:
    """What the files of the graph have in them."""
    files = [file for part in ("databases", "transactions") for file in (folder / "neo4j" / "data" / part).rglob("*")]
    return {str(file): sha256(file.read_bytes()).hexdigest() for file in files if file.is_file()}


@pytest.mark.timeout(400)  # Neo4j is started five times
def test_all_is_as_it_was(tmp_path: Path) -> None:
    desk, other, file = tmp_path / "desk", tmp_path / "other", tmp_path / "desk.dump"
    assert "has no graph yet" in run("backup", str(file), **settings(desk)).stderr

    # It is killed, so that the transaction log has what the store has not.
    with serving("--sample", exits=-signal.SIGKILL, **settings(desk)) as served:
        before = post(served, EVERYTHING)
        assert len(before["tickets"]["nodes"]) == 5
        positions = [event["position"] for event in before["events"]["nodes"]]
        assert positions == list(range(1, len(positions) + 1))
        refused = run("backup", str(file), **settings(desk))
        assert (refused.returncode, f"in use by process {served.process.pid}" in refused.stderr) == (1, True)
        refused = run("restore", "/dev/null", "--force", **settings(desk))
        assert (refused.returncode, "in use" in refused.stderr) == (1, True)
        assert not file.exists()
        java_of(served).kill()
        os.kill(served.process.pid, signal.SIGKILL)
        served.process.wait()

    answer = run("backup", str(file), **settings(desk))
    assert (answer.returncode, answer.stdout) == (0, f"Wrote {file}: {file.stat().st_size:,} bytes.\n")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not list(tmp_path.glob("*.partial"))
    with serving(**settings(desk)) as served:
        assert post(served, CREATE)["createTicket"]["errors"] == []
        changed = post(served, EVERYTHING)
    assert changed != before
    kept = digests(desk)

    refused = run("restore", str(file), **settings(desk))
    assert (refused.returncode, "With --force it is replaced" in refused.stderr) == (1, True)
    wrong = tmp_path / "wrong.dump"
    wrong.write_bytes(b"no dump at all" * 100)
    refused = run("restore", str(wrong), "--force", **settings(desk))
    assert (refused.returncode, "the data folder is as it was" in refused.stderr) == (1, True)
    assert digests(desk) == kept

    assert run("restore", str(file), "--force", **settings(desk)).returncode == 0
    assert run("restore", str(file), **settings(other)).returncode == 0  # into a folder that is new
    for folder in (desk, other):
        with serving(**settings(folder)) as served:
            assert post(served, EVERYTHING) == before
            made = post(served, CREATE)["createTicket"]
            assert (made["event"], made["errors"]) == ({"position": len(positions) + 1}, [])
            assert made["ticket"]["number"] > 5


def test_a_neo4j_of_your_own_has_its_own_tools(tmp_path: Path) -> None:
    for command in ("backup", "restore"):
        answer = run(command, str(tmp_path / "desk.dump"), DESKGRAPH_DATA=str(tmp_path))
        assert (answer.returncode, "has its own tools" in answer.stderr) == (1, True)
    assert list(tmp_path.iterdir()) == []
