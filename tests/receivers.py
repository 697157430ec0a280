"""Real HTTP servers that receive webhooks, and what they answer."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from standardwebhooks import Webhook
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

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
async def listening(app: ASGIApp, **tls: Any) -> AsyncIterator[str]:
    """An application served on a free port: its URL."""
    config = uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=1, **tls)
    server = uvicorn.Server(config)
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as opened:
        # uvicorn's own handlers of signals are not wanted here.
        task = asyncio.create_task(server._serve([opened]))
        try:
            yield f"http{'s' if tls else ''}://127.0.0.1:{opened.getsockname()[1]}"
        finally:
            server.should_exit = True
            await task


@asynccontextmanager
async def receiving(**tls: Any) -> AsyncIterator[Receiver]:
    """A receiver on a free port."""
    receiver = Receiver()
    app = Starlette(routes=[Route("/{path:path}", receiver.answer, methods=["POST"])])
    async with listening(app, **tls) as receiver.url:
        yield receiver


Handle = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class RawServer:
    """A server that reads whole requests and keeps their heads."""

    port: int = 0
    heads: list[str] = field(default_factory=list)


@asynccontextmanager
async def raw(handle: Handle, context: ssl.SSLContext | None = None) -> AsyncIterator[RawServer]:
    """A server that answers as `handle` does."""
    kept = RawServer()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            lines = head.lower().splitlines()
            await reader.readexactly(next(int(line[15:]) for line in lines if line.startswith("content-length:")))
            kept.heads.append(head)
            await handle(writer)
        writer.close()

    async with await asyncio.start_server(connected, "127.0.0.1", 0, ssl=context) as server:
        kept.port = server.sockets[0].getsockname()[1]
        yield kept


def certificate(folder: Path, name: str) -> tuple[Path, Path, Path]:
    """A certificate for a host name by an authority of its own: the authority's, the host's, the host's key."""
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = _signed("An authority", authority_key, "An authority", authority_key, ca=True)
    host = _signed(name, key, "An authority", authority_key, ca=False)
    paths = folder / "authority.pem", folder / "host.pem", folder / "key.pem"
    for path, text in zip(paths[:2], (authority, host), strict=True):
        path.write_bytes(text.public_bytes(serialization.Encoding.PEM))
    paths[2].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths


def _signed(name: str, key: Any, issuer: str, issuer_key: Any, *, ca: bool) -> x509.Certificate:
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if not ca:
        made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    return made.sign(issuer_key, hashes.SHA256())


async def until(check: Callable[[], Awaitable[Any]]) -> Any:
    """What `check` gives as soon as that is something."""
    while True:
        if found := await check():
            return found
        await asyncio.sleep(0.05)
