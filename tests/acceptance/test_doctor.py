"""`deskgraph doctor` on desks that are well, and on desks that are not."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from deskgraph.graph.database import Database
from deskgraph.resolvers.desk import Desk
from deskgraph.schema.errors import UnavailableError
from tests.acceptance.conftest import Served, run, serving

OWN = dict.fromkeys(("NEO4J_URI", "NEO4J_USERNAME", "NEO4J_PASSWORD"), "")
BREAK = "MATCH (e:Event) WHERE e.workspace = $workspace AND e.position = 2 DETACH DELETE e"
FAILING = "MATCH (w:Webhook) WHERE w.workspace = $workspace SET w.failingSince = datetime('2026-11-01T00:00:00Z')"


def doctor(**environment: str) -> tuple[int, dict[str, Any]]:
    """The exit code, and each check by its name."""
    answer = run("doctor", "--json", **environment)
    assert "Traceback" not in answer.stderr
    return answer.returncode, {one["name"]: one for one in json.loads(answer.stdout)["checks"]}


def levels(found: dict[str, Any]) -> dict[str, str]:
    return {name: one["level"] for name, one in found.items()}


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return str(probe.getsockname()[1])


def test_a_desk_of_its_own_running_and_stopped(tmp_path: Path) -> None:
    settings = {**OWN, "DESKGRAPH_DATA": str(tmp_path), "DESKGRAPH_START_CACHE": "false", "DESKGRAPH_PORT": free_port()}
    code, found = doctor(**settings)
    assert (code, found["database"]["level"], found["data folder"]["level"]) == (0, "warn", "ok")
    well = (
        "python",
        "java",
        "disk",
        "data folder",
        "port",
        "database",
        "version",
        "indexes",
        "log",
        "consumers",
        "webhooks",
    )
    with serving("--sample", **settings, port=int(settings["DESKGRAPH_PORT"])) as served:
        code, found = doctor(**settings)
        assert (code, levels(found)) == (0, dict.fromkeys(well, "ok"))
        assert found["port"]["says"] == f"a desk is served on 127.0.0.1:{settings['DESKGRAPH_PORT']}"
        assert f"in use by process {served.process.pid}" in found["database"]["says"]
    code, found = doctor(**settings)
    assert (code, levels(found)) == (0, dict.fromkeys(well, "ok"))
    assert "nobody else has open" in found["database"]["says"]
    assert found["log"]["says"] == "positions from 1 to 19, without a gap"
    text = run("doctor", **settings).stdout.splitlines()
    assert [line.split()[0] for line in text] == ["ok"] * len(well)

    (tmp_path / "neo4j" / "password").chmod(0o644)
    with socket.create_server(("127.0.0.1", int(settings["DESKGRAPH_PORT"]))):
        code, found = doctor(**settings)
    assert (code, found["data folder"]["level"], found["port"]["level"]) == (1, "fail", "warn")
    assert "chmod 600" in found["data folder"]["advice"]


async def test_what_is_wrong_in_the_graph(
    serve: Callable[..., Served], desk: Desk, database: Database, workspace: str, tmp_path: Path
) -> None:
    settings = {"DESKGRAPH_WORKSPACE": workspace, "DESKGRAPH_DATA": str(tmp_path), "DESKGRAPH_PORT": free_port()}
    for _ in range(3):
        await desk.Ticket.create(subject="A ticket")
    await desk.position()
    code, found = doctor(**settings)
    assert (code, {*levels(found).values()}) == (0, {"ok"})
    assert "java" not in found  # it is another machine's

    await desk.Webhook.create(url="https://hook.example/x")
    await desk.position()
    await desk.write(lambda tx: tx.run(FAILING))
    code, found = doctor(**settings)
    assert (code, found["webhooks"]["level"]) == (0, "warn")
    assert "fails since 2026-11-01T00:00:00Z" in found["webhooks"]["says"]

    await desk.write(lambda tx: tx.run(BREAK))
    code, found = doctor(**settings)
    assert (code, found["log"]["level"]) == (1, "fail")
    assert found["log"]["says"] == "3 events for the positions from 1 to 4"


def test_a_database_that_is_not_there(tmp_path: Path) -> None:
    settings = {"DESKGRAPH_DATA": str(tmp_path), "NEO4J_URI": "bolt://127.0.0.1:1"}
    code, found = doctor(**settings)
    assert (code, found["database"]["level"]) == (1, "fail")
    assert found["database"]["says"] == UnavailableError.__doc__
    code, found = doctor(**{**settings, "NEO4J_URI": os.environ["NEO4J_URI"], "NEO4J_PASSWORD": "wrong"})
    assert (code, found["database"]["says"]) == (1, "The database refuses NEO4J_USERNAME and NEO4J_PASSWORD.")
    assert "wrong" not in json.dumps(found)
