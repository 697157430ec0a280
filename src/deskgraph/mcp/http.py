"""MCP by streamable HTTP: each request on its own, answered with JSON, so that any worker may answer it."""

from __future__ import annotations

from urllib.parse import urlsplit

import orjson
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.types import INVALID_REQUEST
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from deskgraph.asked import RefusedError, body_of
from deskgraph.auth import Authenticator, Keys
from deskgraph.mcp.server import make_server
from deskgraph.resolvers.session import Session

SESSION = "session"
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class McpEndpoint:
    """The ASGI application at `/mcp`, behind the same keys as GraphQL. It needs neither start nor end.

    A request's body has `most` bytes at the most.
    """

    def __init__(self, authenticator: Authenticator, keys: Keys, most: int) -> None:
        server = make_server(_session, keys.derived("mcp request state"))
        server.streamable_http_app()  # makes the manager, which has the server that requests are given to
        self._server = server.session_manager.app
        self._authenticator = authenticator
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what has no key, or comes from a web page elsewhere, before anything of it is read."""
        request = Request(scope, receive)
        try:
            login = await self._authenticator.admit(request)
            refused = _refusal(request)
            body = b"" if refused else await body_of(request, self._most)
        except RefusedError as why:
            refused = _error(why.status, why.error.code, str(why), why.headers)
        except ClientDisconnect:
            return
        if refused:
            await refused(scope, receive, send)
            return
        # A manager serves from when it is run until it ends, once: this one for one request.
        manager = StreamableHTTPSessionManager(
            self._server, json_response=True, stateless=True, max_request_body_size=self._most
        )
        async with manager.run():
            await manager.handle_request({**scope, SESSION: login.session()}, _again(body, receive), send)


def _again(body: bytes, receive: Receive) -> Receive:
    """What a request sends, with its body, which was read, at the beginning."""
    read: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def next_message() -> Message:
        return read.pop() if read else await receive()

    return next_message


def _refusal(request: Request) -> Response | None:
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).hostname not in LOOPBACK:
        # A page whose name was made to mean this machine (DNS rebinding) still says where it comes from.
        return _error(403, "FORBIDDEN_ORIGIN", f"Pages of {origin} may not use this: programs send no Origin.")
    if request.method != "POST":
        # There is no stream to open and no session to end.
        return _error(405, "BAD_REQUEST", "Send POST: every request is answered on its own.", {"Allow": "POST"})
    return None


def _error(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> Response:
    """An error as MCP clients read it."""
    error = {"code": INVALID_REQUEST, "message": message, "data": {"code": code}}
    return Response(orjson.dumps({"jsonrpc": "2.0", "id": None, "error": error}), status, headers, "application/json")


def _session(request: Request | None) -> Session:
    """The session of whoever sent the request."""
    assert request
    session: Session = request.scope[SESSION]
    return session
