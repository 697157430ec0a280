"""`deskgraph mcp`: nothing but the protocol on standard output, a desk of its own or one that is served."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from mcp import Client, MCPError

from deskgraph.resolvers.records import Record
from tests.acceptance.conftest import KEY, ROOT
from tests.acceptance.mcp.clients import CALL, EXAMPLE, LEGACY, MODES, TICKET, command, data
from tests.acceptance.mcp.conftest import Serve

NOISY = """
import sys
from deskgraph import Ticket
print("a hook module that prints")

@Ticket.resolving
def noisy(ticket, ctx):
    print("a hook that prints")
    sys.stdout.write("and writes")
"""
INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}


@contextmanager
def running(environment: dict[str, str], *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """`deskgraph mcp`, spoken to line by line."""
    process = subprocess.Popen(
        [sys.executable, "-m", "deskgraph", "mcp", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        bufsize=1,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


async def say(process: subprocess.Popen[str], message: dict[str, Any]) -> dict[str, Any]:
    """Send a request; its answer, which is the next line. Meanwhile the test's own desk must go on: it may sequence."""
    assert process.stdin
    assert process.stdout
    process.stdin.write(json.dumps(message) + "\n")
    answer: dict[str, Any] = json.loads(await asyncio.to_thread(process.stdout.readline))
    assert (answer["jsonrpc"], answer["id"]) == ("2.0", message["id"])
    return answer


async def test_nothing_but_the_protocol_is_on_standard_output(
    ticket: Record, environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "noisy_hooks.py").write_text(NOISY)
    with running({**environment, "PYTHONPATH": str(tmp_path)}, "--hooks", "noisy_hooks") as process:
        assert (await say(process, INITIALIZE))["result"]["serverInfo"]["name"] == "deskgraph"
        do = {"name": "do", "arguments": {"input": EXAMPLE[1]["input"]}}
        done = (await say(process, {**CALL, "id": 2, "params": do}))["result"]
        assert not done["isError"], done
        assert [step["status"] for step in done["structuredContent"]["steps"]] == ["OPEN", "RESOLVED"]
        out, err = await asyncio.to_thread(process.communicate)
        assert (out, process.returncode) == ("", 0)
    for told in ("a hook module that prints", "a hook that prints", "and writes"):
        assert told in err


@pytest.mark.parametrize("to", [False, True], ids=["a desk of its own", "a server"])
async def test_it_ends_with_its_input_or_a_signal(serve: Serve, environment: dict[str, str], to: bool) -> None:
    arguments = ["--url", serve().url] if to else []
    for end in ("input", "signal"):
        with running(environment, *arguments) as process:
            await say(process, INITIALIZE)
            if end == "input":
                assert process.stdin
                process.stdin.close()
                process.stdin = None
            else:
                process.terminate()
            assert await asyncio.to_thread(process.wait, 30) == 0


@pytest.mark.parametrize(
    ("address", "key", "message"),
    [
        ("{url}", "wrong-key", "The API key is missing or wrong"),
        ("http://127.0.0.1:1", KEY, "deskgraph does not answer at http://127.0.0.1:1/mcp: "),
        ("{url}/health/live", KEY, "/health/live/mcp is no deskgraph: its answer has status 404."),
    ],
)
async def test_a_server_that_is_not_to_be_had(
    serve: Serve, environment: dict[str, str], address: str, key: str, message: str
) -> None:
    url = address.format(url=serve().url)
    with running({**environment, "DESKGRAPH_API_KEY": key}, "--url", url) as process:
        assert message in (await say(process, INITIALIZE))["error"]["message"]


async def test_the_address_may_be_that_of_graphql_and_the_key_may_lie_in_the_data_folder(
    serve: Serve, environment: dict[str, str], tmp_path: Path
) -> None:
    url = serve().url
    del environment["DESKGRAPH_API_KEY"]
    with running(environment, "--url", url) as process:
        out, err = await asyncio.to_thread(process.communicate)
        assert (out, process.returncode) == ("", 1)
        assert "deskgraph: Set DESKGRAPH_API_KEY to the key of the desk" in err
    (tmp_path / "api-key").write_text(f"{KEY}\n")
    for address in (f"{url}/graphql", f"{url}/mcp", f"{url}/"):
        with running(environment, "--url", address) as process:
            assert (await say(process, INITIALIZE))["result"]["serverInfo"]["name"] == "deskgraph"


async def test_requests_do_not_wait_for_each_other(ticket: Record, serve: Serve, environment: dict[str, str]) -> None:
    """Twenty are written before the first answer is read."""
    with running(environment, "--url", serve().url) as process:
        await say(process, INITIALIZE)
        assert process.stdin
        assert process.stdout
        for number in range(2, 22):
            call = {**CALL, "id": number, "params": {"name": "fetch", "arguments": {"id": TICKET}}}
            process.stdin.write(json.dumps(call) + "\n")
        answers = [json.loads(await asyncio.to_thread(process.stdout.readline)) for _ in range(20)]
    assert sorted(answer["id"] for answer in answers) == list(range(2, 22))
    assert {answer["result"]["structuredContent"]["id"] for answer in answers} == {TICKET}


@pytest.mark.parametrize("mode", MODES)
async def test_a_request_that_is_given_up_leaves_the_others(
    ticket: Record, serve: Serve, environment: dict[str, str], mode: str
) -> None:
    served = serve()
    server = psutil.Process(served.process.pid)
    async with Client(command("--url", served.url, **environment), mode=mode) as client:
        server.suspend()
        try:
            with pytest.raises(MCPError, match=r"(?i)timed out"):
                await client.call_tool("fetch", {"id": TICKET}, read_timeout_seconds=0.5)
        finally:
            server.resume()
        assert data(await client.call_tool("fetch", {"id": TICKET}))["id"] == TICKET
