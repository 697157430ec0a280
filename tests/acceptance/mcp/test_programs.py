"""MCP by the programs of others: the inspector's command line, and the conformance suite."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp import Client, StdioServerParameters
from starlette.requests import Request
from starlette.responses import Response

from deskgraph.resolvers.records import Record
from tests.acceptance.conftest import KEY, ROOT, Served, npm_packages
from tests.acceptance.mcp.clients import EXAMPLE, TICKET
from tests.acceptance.mcp.conftest import Serve
from tests.receivers import listening

SOURCE = ROOT / "tests" / "clients" / "mcp"
REVISIONS = ["2025-11-25", "2026-07-28"]


@pytest.fixture(scope="module")
def programs() -> Path:
    """The folder of the programs, which need the Node.js that is installed beside them."""
    return npm_packages(SOURCE) / "node_modules" / ".bin"


async def run(programs: Path, name: str, *arguments: str) -> tuple[int, str, str]:
    """Run a program to its end: its exit code, and what it printed."""
    pipes = {"stdout": asyncio.subprocess.PIPE, "stderr": asyncio.subprocess.PIPE}
    environment = {**os.environ, "HOME": str(programs.parents[1])}  # the inspector writes into it
    node, script = str(programs / "node"), str(programs / name)
    process = await asyncio.create_subprocess_exec(node, script, *arguments, env=environment, **pipes)
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


# The inspector


async def inspect(programs: Path, served: Served, *arguments: str) -> dict[str, Any]:
    """What the inspector prints of one request."""
    to = ["--cli", f"{served.url}/mcp", "--transport", "http", "--header", f"Authorization: Bearer {KEY}"]
    code, out, err = await run(programs, "mcp-inspector", *to, *arguments)
    assert code == 0, out + err
    answer: dict[str, Any] = json.loads(out)
    return answer


async def test_the_inspector_lists_and_calls_the_tools(ticket: Record, serve: Serve, programs: Path) -> None:
    served = serve()
    listed = await inspect(programs, served, "--method", "tools/list", "--strict")
    assert [tool["name"] for tool in listed["tools"]] == ["search", "fetch", "do"]

    async def call(name: str, *arguments: str) -> dict[str, Any]:
        given = [part for argument in arguments for part in ("--tool-arg", argument)]
        result = await inspect(programs, served, "--method", "tools/call", "--tool-name", name, *given)
        content: dict[str, Any] = result["structuredContent"]
        return content

    found = await call("search", "type=Ticket", f"filter={json.dumps(EXAMPLE[0]['input']['filter'])}")
    assert [row["id"] for row in found["results"]] == [TICKET]
    done = await call("do", f"input={EXAMPLE[1]['input']}")
    assert [step["verb"] for step in done["steps"]] == ["ticket.assign", "ticket.resolve"]
    assert (await call("fetch", f"id={TICKET}"))["status"] == "RESOLVED"


# What docs/mcp.md says to do


def said(language: str, containing: str) -> str:
    """The block of the page that contains this."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```", (ROOT / "docs" / "mcp.md").read_text(), re.M | re.S)
    [block] = [block for block in blocks if containing in block]
    return str(block)


def configured(group: str, served: Served) -> dict[str, Any]:
    """The page's entry for a client's configuration file, with the server's address and key."""
    text = said("json", f'"{group}"').replace("http://127.0.0.1:8000", served.url)
    text = re.sub(r"\bKEY\b", KEY, text)
    entry: dict[str, Any] = json.loads(text)[group]["deskgraph"]
    return entry


async def test_claude_desktops_configuration(serve: Serve) -> None:
    """Started as Claude Desktop does it: a command, its arguments, its environment, on the PATH that there is."""
    entry = configured("mcpServers", serve())
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    entry["command"] = shutil.which(entry["command"], path=path)
    async with Client(StdioServerParameters(**entry)) as client:
        assert [tool.name for tool in (await client.list_tools()).tools] == ["search", "fetch", "do"]


async def test_an_ides_configuration(serve: Serve, programs: Path, tmp_path: Path) -> None:
    """The inspector reads the same entries."""
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"mcpServers": {"deskgraph": configured("servers", serve())}}))
    asked = ["--cli", "--config", str(config), "--server", "deskgraph", "--method", "tools/list"]
    code, out, err = await run(programs, "mcp-inspector", *asked)
    assert code == 0, out + err
    assert [tool["name"] for tool in json.loads(out)["tools"]] == ["search", "fetch", "do"]


async def test_a_program(ticket: Record, serve: Serve, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(said("python", "call_tool"))
    environment = {**os.environ, "DESKGRAPH_URL": serve().url, "DESKGRAPH_API_KEY": KEY}
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, str(program), env=environment, stdout=pipe)
    out, _ = await process.communicate()
    assert (out.decode(), process.returncode) == ("['Cannot access billing portal']\n", 0)


# The conformance suite


@asynccontextmanager
async def with_key(served: Served) -> AsyncIterator[str]:
    """The server at an address where it needs no key, for the suite can't send one."""
    async with httpx.AsyncClient(base_url=served.url, timeout=60) as client:

        async def passed_on(scope: Any, receive: Any, send: Any) -> None:
            request = Request(scope, receive)
            headers = {name: value for name, value in request.headers.items() if name != "content-length"}
            headers |= {"authorization": f"Bearer {KEY}"}
            body = await request.body()
            answer = await client.request(request.method, request.url.path, content=body, headers=headers)
            await Response(answer.content, answer.status_code, dict(answer.headers))(scope, receive, send)

        async with listening(passed_on) as url:
            yield url


@pytest.mark.parametrize("revision", REVISIONS)
async def test_conformance(serve: Serve, programs: Path, tmp_path: Path, revision: str) -> None:
    """All that a revision of the protocol requires, but for what is listed with its reason."""
    async with with_key(serve()) as url:
        expected = ["--expected-failures", str(SOURCE / f"expected-{revision}.yml")]
        asked = ["server", "--url", f"{url}/mcp", "--requirements", revision, *expected, "-o", str(tmp_path)]
        code, out, err = await run(programs, "conformance", *asked)
    assert code == 0, out[-6000:] + err
