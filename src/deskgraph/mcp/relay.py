"""Standard input and output joined to a server's `/mcp`: a message here is a request there, its answer one here."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
from mcp.server.stdio import stdio_server
from mcp.shared.inbound import (
    MCP_METHOD_HEADER,
    MCP_NAME_HEADER,
    MCP_PROTOCOL_VERSION_HEADER,
    NAME_BEARING_METHODS,
    encode_header_value,
)
from mcp.shared.message import SessionMessage
from mcp.types import (
    INTERNAL_ERROR,
    PROTOCOL_VERSION_META_KEY,
    ErrorData,
    JSONRPCError,
    JSONRPCNotification,
    JSONRPCRequest,
    jsonrpc_message_adapter,
)
from pydantic import ValidationError

CANCELLED = "notifications/cancelled"
# A verb may wait for a lock, or its hook for something outside: whoever asks knows how long to wait.
TIMEOUT = httpx.Timeout(None, connect=10)
Message = JSONRPCRequest | JSONRPCNotification


async def relay(url: str, key: str) -> None:
    """Serve until standard input ends."""
    headers = {"Authorization": f"Bearer {key}", "Accept": "application/json, text/event-stream"}
    endpoint = f"{url.rstrip('/').removesuffix('/mcp').removesuffix('/graphql')}/mcp"
    async with (
        httpx.AsyncClient(headers=headers, timeout=TIMEOUT) as http,
        stdio_server() as (incoming, outgoing),
        incoming,
        outgoing,
        asyncio.TaskGroup() as tasks,
    ):
        line = _Line(http, endpoint, outgoing)
        async for message in incoming:
            if isinstance(message, SessionMessage) and isinstance(message.message, Message):
                line.take(message.message, tasks)


class _Line:
    """The requests under way, and the protocol version that the two ends agreed on, where they did so once."""

    def __init__(self, http: httpx.AsyncClient, endpoint: str, outgoing: Any) -> None:
        self._http = http
        self._endpoint = endpoint
        self._outgoing = outgoing
        self._version: str | None = None
        self._running: dict[str | int, asyncio.Task[None]] = {}

    def take(self, message: Message, tasks: asyncio.TaskGroup) -> None:
        """Pass a message on, beside those that are under way."""
        params = message.params or {}
        if message.method == CANCELLED and (running := self._running.get(params.get("requestId", ""))):
            running.cancel()
        task = tasks.create_task(self._pass(message))
        if isinstance(message, JSONRPCRequest):
            number = message.id
            self._running[number] = task
            task.add_done_callback(lambda _task: self._running.pop(number, None))

    async def _pass(self, message: Message) -> None:
        answer = await self._answer(message)
        if not isinstance(message, JSONRPCRequest):
            return
        if isinstance(answer, JSONRPCError):
            answer.id = message.id  # refused before it was read: then the server does not know it
        elif message.method == "initialize":
            self._version = answer.result.get("protocolVersion")
        await self._outgoing.send(SessionMessage(answer))

    async def _answer(self, message: Message) -> Any:
        body = message.model_dump(mode="json", by_alias=True, exclude_unset=True)
        try:
            response = await self._http.post(self._endpoint, json=body, headers=self._headers(message))
            return jsonrpc_message_adapter.validate_json(response.content) if response.content else None
        except httpx.HTTPError as error:
            return _failed(f"deskgraph does not answer at {self._endpoint}: {error or type(error).__name__}.")
        except ValidationError:
            return _failed(f"{self._endpoint} is no deskgraph: its answer has status {response.status_code}.")

    def _headers(self, message: Message) -> dict[str, str]:
        """What HTTP repeats of a message."""
        params = message.params or {}
        version = params.get("_meta", {}).get(PROTOCOL_VERSION_META_KEY, self._version)
        name = params.get(NAME_BEARING_METHODS.get(message.method, ""))
        headers = {MCP_PROTOCOL_VERSION_HEADER: version, MCP_METHOD_HEADER: message.method, MCP_NAME_HEADER: name}
        return {header: encode_header_value(value) for header, value in headers.items() if isinstance(value, str)}


def _failed(message: str) -> JSONRPCError:
    return JSONRPCError(jsonrpc="2.0", id=None, error=ErrorData(code=INTERNAL_ERROR, message=message))
