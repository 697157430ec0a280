"""Real HTTP servers that receive webhooks, and what they answer."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
import uvicorn
from standardwebhooks import Webhook
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

Answer = Callable[["Request"], Response | Awaitable[Response]]


@dataclass(frozen=True)
class Received:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def message(self) -> Any:
        return orjson.loads(self.body)

    def verified(self, secret: str) -> Any:
        """The message, by the receiver's own check of its signature."""
        return Webhook(secret).verify(self.body, self.headers)


@dataclass
class Receiver:
    """A server that keeps what it receives.

    It answers with the next of `answers`, a status or a function of the request, and then with 204 for ever.
    """

    url: str = ""
    received: list[Received] = field(default_factory=list)
    answers: list[int | Answer] = field(default_factory=list)
    _came: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def answer(self, request: Request) -> Response:
        body = await request.body()
        answer = self.answers.pop(0) if self.answers else 204
        async with self._came:
            self.received.append(Received(request.url.path, dict(request.headers), body))
            self._came.notify_all()
        if isinstance(answer, int):
            return Response(status_code=answer)
        made = answer(request)
        return made if isinstance(made, Response) else await made

    async def wait(self, count: int, path: str | None = None) -> list[Received]:
        """What came, as soon as there are so many."""
        async with self._came:
            await self._came.wait_for(lambda: len(self.at(path)) >= count)
        return self.at(path)

    def at(self, path: str | None) -> list[Received]:
        """What came to a path."""
        return [one for one in self.received if path in (None, one.path)]

    def events(self) -> list[tuple[int, str]]:
        """Position and type of each event that came."""
        return [(one.message["data"]["position"], one.message["type"]) for one in self.received]


@asynccontextmanager
async def receiving(**tls: Any) -> AsyncIterator[Receiver]:
    """A receiver on a free port."""
    receiver = Receiver()
    app = Starlette(routes=[Route("/{path:path}", receiver.answer, methods=["POST"])])
    config = uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=1, **tls)
    server = uvicorn.Server(config)
    listening = socket.create_server(("127.0.0.1", 0))
    receiver.url = f"http{'s' if tls else ''}://127.0.0.1:{listening.getsockname()[1]}"
    with contextlib.ExitStack() as stack:
        stack.callback(listening.close)
        # uvicorn's own handlers of signals are not wanted here.
        task = asyncio.create_task(server._serve([listening]))
        try:
            yield receiver
        finally:
            server.should_exit = True
            await task


Handle = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def raw(handle: Handle, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server that speaks as `handle` does, after it has read a whole request; its port."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            await reader.readexactly(length)
            await handle(reader, writer)
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]
