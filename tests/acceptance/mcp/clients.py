"""What the tests of MCP share: the official client over HTTP and stdio, and plain requests."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import httpx2
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, TextContent

from tests.acceptance.conftest import KEY, ROOT

# The specification's example, word for word.
EXAMPLE = [
    {"tool": "search", "input": {"type": "Ticket", "filter": {"priority": "High", "status": "Open"}}},
    {
        "tool": "do",
        "input": (
            "Assign ticket_rV7yKdPm to user_bQ4xNmWj, then resolve it with 'Portal access restored after billing sync'"
        ),
    },
]
TICKET = "ticket_rV7yKdPm"
SAM = "user_bQ4xNmWj"
WAYS = ["http", "stdio", "stdio to a server"]
MODERN, LEGACY = "2026-07-28", "2025-11-25"
MODES = {"auto": MODERN, "legacy": LEGACY}
SOME = [*((way, "auto") for way in WAYS), ("http", "legacy")]

CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
ACCEPT = {"Accept": "application/json, text/event-stream"}
META = {
    "io.modelcontextprotocol/protocolVersion": MODERN,
    "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {"sampling": {}},
}


@asynccontextmanager
async def over_http(url: str, key: str = KEY, **options: Any) -> AsyncIterator[Client]:
    """The official client at a server's /mcp."""
    async with (
        httpx2.AsyncClient(headers={"Authorization": f"Bearer {key}"}, timeout=60) as http,
        Client(streamable_http_client(f"{url}/mcp", http_client=http), **options) as client,
    ):
        yield client


def command(*arguments: str, **environment: str) -> StdioServerParameters:
    """`deskgraph mcp`."""
    given = ["-m", "deskgraph", "mcp", *arguments]
    return StdioServerParameters(command=sys.executable, args=given, env={**os.environ, **environment}, cwd=ROOT)


def data(result: Any) -> dict[str, Any]:
    """A tool's structured answer; the text says the same."""
    assert isinstance(result, CallToolResult)
    assert not result.is_error, result.content
    [text] = result.content
    assert isinstance(text, TextContent)
    assert json.loads(text.text) == result.structured_content
    assert result.structured_content is not None
    return result.structured_content


def refused(result: Any) -> dict[str, Any]:
    """A tool's error."""
    assert isinstance(result, CallToolResult)
    assert result.is_error
    assert result.structured_content
    [text] = result.content
    assert isinstance(text, TextContent)
    assert json.loads(text.text) == result.structured_content
    error: dict[str, Any] = result.structured_content["error"]
    return error


def modern(name: str) -> dict[str, str]:
    return {**ACCEPT, "MCP-Protocol-Version": MODERN, "Mcp-Method": "tools/call", "Mcp-Name": name}


async def post(url: str, body: Any, headers: dict[str, str], key: str | None = KEY) -> httpx.Response:
    sent = {**headers, **({"Authorization": f"Bearer {key}"} if key else {})}
    async with httpx.AsyncClient(timeout=60) as http:
        if isinstance(body, bytes):
            return await http.post(f"{url}/mcp", content=body, headers={**sent, "Content-Type": "application/json"})
        return await http.post(f"{url}/mcp", json=body, headers=sent)
