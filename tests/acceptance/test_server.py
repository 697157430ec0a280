"""The server and its command line, as a program from outside meets them."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from tests.acceptance.conftest import PROTOCOL, ROOT, Served, run, serving
from tests.conftest import until

START = {"DESKGRAPH_START_CACHE": "false"}
COUNT = {"query": "{ tickets { totalCount } events { totalCount } }"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One server for all tests that only ask."""
    folder = tmp_path_factory.mktemp("served")
    settings = {
        "DESKGRAPH_API_KEY": "test-key-for-acceptance",
        "DESKGRAPH_WORKSPACE": f"test-{folder.name}-{os.getpid()}-{folder.stat().st_ino}",
        "DESKGRAPH_DATA": str(folder),
    }
    with serving("--sample", **settings) as running:
        yield running


def post(served: Served, body: Any, **headers: str) -> httpx.Response:
    return httpx.post(f"{served.url}/graphql", json=body, headers={**served.headers, **headers})


def test_health(served: Served) -> None:
    assert httpx.get(f"{served.url}/health/live").json() == {"status": "live"}
    ready = httpx.get(f"{served.url}/health/ready")
    assert (ready.status_code, ready.json()) == (200, {"status": "ready"})


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer wrong-key", "Basic test-key-for-acceptance", "Bearer é"]
)
def test_without_the_key_nothing_is_done(served: Served, header: str | None) -> None:
    before = post(served, COUNT).json()
    mutation = 'mutation { createTicket(input: {subject: "x"}) { ticket { id } } }'
    headers = {} if header is None else {"Authorization": header.encode()}
    answer = httpx.post(f"{served.url}/graphql", json={"query": mutation}, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json()["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
    assert httpx.get(f"{served.url}/graphql", params={"query": "{ tickets { totalCount } }"}).status_code == 401
    assert post(served, COUNT).json() == before


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b'"x"', 400, "BAD_REQUEST"),
        (b"null", 400, "BAD_REQUEST"),
        (b"[]", 400, "BAD_REQUEST"),
        (b"{", 400, "BAD_REQUEST"),
        (b"\xff\xfe", 400, "BAD_REQUEST"),
        (b"{}", 400, "BAD_REQUEST"),
        (b'{"query": 7}', 400, "BAD_REQUEST"),
        (b'{"query": "{ tickets {"}', 200, "GRAPHQL_PARSE_FAILED"),
        (b'{"query": "{ nonsense }"}', 200, "GRAPHQL_VALIDATION_FAILED"),
    ],
)
def test_bad_bodies_get_clear_errors(served: Served, body: bytes, status: int, code: str) -> None:
    headers = {**served.headers, "Content-Type": "application/json"}
    answer = httpx.post(f"{served.url}/graphql", content=body, headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (status, code)


def test_a_mutation_by_get_is_refused(served: Served) -> None:
    before = post(served, COUNT).json()
    params = {"query": 'mutation { createTicket(input: {subject: "x"}) { ticket { id } } }'}
    answer = httpx.get(f"{served.url}/graphql", params=params, headers=served.headers)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
    assert post(served, COUNT).json() == before


async def socket_says(served: Served, *messages: Any, **options: Any) -> tuple[list[Any], int | None]:
    """What a WebSocket answers, up to its close (with its code) or to as many answers as messages."""
    answers: list[Any] = []
    async with connect(f"{served.url.replace('http', 'ws', 1)}/graphql", **options) as socket:
        try:
            for message in messages:
                await socket.send(message if isinstance(message, str) else json.dumps(message))
                answers.append(json.loads(await socket.recv()))
        except ConnectionClosed as closed:
            return answers, closed.rcvd.code if closed.rcvd else None
    return answers, None


@pytest.mark.parametrize(
    "payload", [{}, {"authorization": "Bearer wrong"}, {"authorization": 7}, {"authorization": ""}, {"other": "x"}]
)
async def test_a_websocket_without_the_key_is_closed(served: Served, payload: dict[str, Any]) -> None:
    init = {"type": "connection_init", "payload": payload}
    assert await socket_says(served, init, subprotocols=[PROTOCOL]) == ([], 4403)


async def test_a_websocket_may_bring_its_key_either_way(served: Served) -> None:
    ack = ([{"type": "connection_ack"}], None)
    init = {"type": "connection_init"}
    assert await socket_says(served, init, subprotocols=[PROTOCOL], additional_headers=served.headers) == ack
    in_payload = {**init, "payload": {"authorization": f"Bearer {served.key}"}}
    assert await socket_says(served, in_payload, subprotocols=[PROTOCOL]) == ack
    wrong = {**init, "payload": {"authorization": "Bearer wrong"}}
    answer = await socket_says(served, wrong, subprotocols=[PROTOCOL], additional_headers=served.headers)
    assert answer == ([], 4403)


async def test_a_websocket_that_does_not_begin_is_closed(served: Served) -> None:
    subscribe = {"id": "1", "type": "subscribe", "payload": {"query": "subscription { events { id } }"}}
    headers = {"subprotocols": [PROTOCOL], "additional_headers": served.headers}
    assert await socket_says(served, subscribe, **headers) == ([], 4401)
    assert await socket_says(served, "no json", **headers) == ([], 4400)


async def test_the_legacy_protocol_is_refused(served: Served) -> None:
    with pytest.raises((InvalidStatus, ConnectionClosed)):
        async with connect(
            f"{served.url.replace('http', 'ws', 1)}/graphql", subprotocols=[Subprotocol("graphql-ws")]
        ) as socket:
            await socket.recv()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ('types: ["ticket.exploded"]', "INVALID_INPUT"),
        ("after: 1000000", "INVALID_CURSOR"),
        ("after: -1", "INVALID_CURSOR"),
    ],
)
async def test_errors_of_subscriptions(served: Served, arguments: str, code: str) -> None:
    subscribe = {"query": f"subscription {{ events({arguments}) {{ id }} }}"}
    messages = [{"type": "connection_init"}, {"id": "1", "type": "subscribe", "payload": subscribe}]
    answers, closed = await socket_says(served, *messages, subprotocols=[PROTOCOL], additional_headers=served.headers)
    assert closed is None
    payload = answers[1]["payload"]
    errors = payload if answers[1]["type"] == "error" else payload["errors"]
    assert [error["extensions"]["code"] for error in errors] == [code]


async def test_the_sample_is_loaded_once(serve: Callable[..., Served]) -> None:
    def counted(served: Served) -> list[int]:
        return [found["totalCount"] for found in post(served, COUNT).json()["data"].values()]

    first = serve("--sample")
    await until(lambda: counted(first) == [5, 19])  # two of the events are what an after-hook does, a little later
    assert counted(serve("--sample")) == [5, 19]


def test_without_sample_nothing_is_loaded(serve: Callable[..., Served]) -> None:
    empty = {"data": {"tickets": {"totalCount": 0}, "events": {"totalCount": 0}}}
    assert post(serve(), COUNT).json() == empty


def test_the_key_is_made_once_and_kept_private(serve: Callable[..., Served], tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DESKGRAPH_API_KEY"}
    with serving(**{**environment, "DESKGRAPH_DATA": str(tmp_path), "DESKGRAPH_WORKSPACE": "key-test"}) as served:
        assert served.key.startswith("dg_")
        assert post(served, COUNT).status_code == 200
    file = tmp_path / "api-key"
    assert file.read_text().strip() == served.key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with serving(**{**environment, "DESKGRAPH_DATA": str(tmp_path), "DESKGRAPH_WORKSPACE": "key-test"}) as again:
        assert again.key == served.key


async def test_sigterm_ends_the_server_while_a_subscriber_listens(serve: Callable[..., Served]) -> None:
    served = serve()
    messages = [
        {"type": "connection_init", "payload": {"authorization": f"Bearer {served.key}"}},
        {"id": "1", "type": "subscribe", "payload": {"query": "subscription { events { id } }"}},
    ]
    async with connect(f"{served.url.replace('http', 'ws', 1)}/graphql", subprotocols=[PROTOCOL]) as socket:
        for message in messages:
            await socket.send(json.dumps(message))
        assert json.loads(await socket.recv()) == {"type": "connection_ack"}
        served.process.terminate()
        code = await asyncio.to_thread(served.process.wait, 10)
    assert code == 0


def test_the_command_line_explains_itself() -> None:
    assert run("--version").stdout.strip() == "0.1.0"
    for arguments in (["--help"], ["serve", "--help"], ["relay", "--help"], ["schema", "--help"]):
        answer = run(*arguments)
        assert (answer.returncode, "Usage" in answer.stdout) == (0, True)
    assert run("schema").stdout == (ROOT / "schema" / "schema.graphql").read_text()


@pytest.mark.parametrize(
    ("arguments", "environment", "says"),
    [
        (["serve", "--port", "99999"], {}, "port: Input should be less than or equal to 65535"),
        (["serve", "--hooks", "no.such.module"], {}, "No module named 'no'"),
        (["serve"], {"DESKGRAPH_HOOKS": "examples.support_hooks, no.such.module"}, "No module named 'no'"),
        (["serve"], {"NEO4J_URI": "http://127.0.0.1:7474"}, "neo4j_uri: String should match pattern"),
        (["serve"], {"DESKGRAPH_API_KEY": "short"}, "api_key: String should have at least 8 characters"),
        (["serve"], {"NEO4J_URI": "bolt://127.0.0.1:1"}, "The database does not answer"),
        (["serve"], {"NEO4J_PASSWORD": "wrong"}, "The database refuses NEO4J_USERNAME and NEO4J_PASSWORD."),
    ],
)
def test_mistakes_are_told_in_one_line(
    arguments: list[str], environment: dict[str, str], says: str, tmp_path: Path
) -> None:
    answer = run(*arguments, **{"DESKGRAPH_DATA": str(tmp_path), **environment})
    assert answer.returncode == 1
    assert answer.stderr.strip().splitlines()[-1].startswith("deskgraph: ")
    assert says in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_port_that_is_taken_is_told_before_anything_is_started(served: Served, tmp_path: Path) -> None:
    port = served.url.rpartition(":")[2]
    answer = run("serve", "--port", port, DESKGRAPH_DATA=str(tmp_path), NEO4J_URI="")
    assert (answer.returncode, "ddress already in use" in answer.stderr) == (1, True)
    assert [path.name for path in tmp_path.iterdir()] == ["api-key"]


def test_the_database_that_comes_with_it(tmp_path: Path) -> None:
    """Without NEO4J_URI: starts the embedded Neo4j, keeps the data over a restart, and leaves nothing after kill -9."""
    environment = dict.fromkeys(("NEO4J_URI", "NEO4J_USERNAME", "NEO4J_PASSWORD"), "")
    settings = {**environment, "DESKGRAPH_DATA": str(tmp_path), "DESKGRAPH_API_KEY": "test-key-embedded"} | START
    with serving("--sample", **settings) as served:
        counted = post(served, COUNT).json()
        family = psutil.Process(served.process.pid).children(recursive=True)
        assert any("java" in child.name() for child in family)
        second = run("serve", "--port", "0", **settings)
        assert (second.returncode, "in use" in second.stderr) == (1, True)
    assert psutil.wait_procs(family, timeout=20)[1] == []

    with serving(exits=-signal.SIGKILL, **settings) as served:
        assert post(served, COUNT).json() == counted
        family = psutil.Process(served.process.pid).children(recursive=True)
        served.process.kill()
    assert psutil.wait_procs(family, timeout=20)[1] == []
