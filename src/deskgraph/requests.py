"""Around every request and every WebSocket: its id, its span, its line in the log, its place in the metrics."""

from __future__ import annotations

import logging
import os
import re
from functools import cache
from time import perf_counter

import structlog
from opentelemetry import context, propagate
from opentelemetry.trace import SpanKind, Status, StatusCode
from prometheus_client import Counter, Gauge
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from deskgraph.answers import RETRY_AFTER
from deskgraph.graph.telemetry import observed, span, tracing
from deskgraph.schema.errors import UnavailableError

REQUEST_ID = b"x-request-id"
VALID = re.compile(rb"[A-Za-z0-9._~:/+=-]{1,128}")
# Others are one in the metrics: anybody may ask for any path.
ROUTES = {
    path: path
    for path in ("/", "/graphql", "/graphql/stream", "/events", "/mcp", "/metrics", "/health/live", "/health/ready")
}
METHODS = {name: name for name in ("GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE")}
OTHER = "other"
STARTS = {"http.response.start", "websocket.accept"}
REQUESTS = Counter("deskgraph_http_requests", "HTTP requests that were answered.", ["method", "route", "status"])
SOCKETS = Gauge("deskgraph_websockets", "WebSocket connections that are open.", multiprocess_mode="livesum")
_answered = cache(REQUESTS.labels)
log = structlog.get_logger(__name__)


class Requests:
    """Gives every request an id, which its answer and each line that is logged meanwhile have."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        enabled = getattr(log, "is_enabled_for", None)  # another program's logger may not tell
        self._logs: bool = enabled(logging.DEBUG) if enabled else True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have it answered."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        given = headers.get(REQUEST_ID, b"")
        id_ = given if VALID.fullmatch(given) else os.urandom(16).hex().encode()
        structlog.contextvars.bind_contextvars(request_id=id_.decode())
        asked = Request(self.app, id_, scope, logs=self._logs)
        if not tracing():
            await asked.answer(receive, send)
            return
        carrier = {name.decode("latin-1"): value.decode("latin-1") for name, value in headers.items()}
        token = context.attach(propagate.extract(carrier))
        try:
            await asked.traced(receive, send)
        finally:
            context.detach(token)


class Request:
    """One request, or one WebSocket, that is being answered."""

    def __init__(self, app: ASGIApp, id_: bytes, scope: Scope, *, logs: bool) -> None:
        self.app = app
        self.logs = logs
        self.id = id_
        self.scope = scope
        self.method = METHODS.get(scope.get("method", "GET"), OTHER)
        self.route = ROUTES.get(scope["path"], OTHER)
        self.status = 0

    async def traced(self, receive: Receive, send: Send) -> None:
        """Answer it, in a span."""
        told = {"http__request__method": self.method, "url__path": self.scope["path"], "http__route": self.route}
        name = f"{self.method if self.scope['type'] == 'http' else 'WEBSOCKET'} {self.route}"
        with span(name, SpanKind.SERVER, **told, deskgraph__request_id=self.id.decode()) as made:
            await self.answer(receive, send)
            if made and self.status:
                made.set_attribute("http.response.status_code", self.status)
                if self.status >= 500:
                    made.set_status(Status(StatusCode.ERROR))

    async def answer(self, receive: Receive, send: Send) -> None:
        """Answer it, and tell the log and the metrics."""
        began = perf_counter()

        async def with_id(message: Message) -> None:
            if message["type"] in STARTS:
                self._start(message)
            await send(message)

        try:
            await self.app(self.scope, receive, with_id)
        finally:
            self._end(perf_counter() - began)

    def _start(self, message: Message) -> None:
        headers = [*message.get("headers", ()), (REQUEST_ID, self.id)]
        if message["type"] == "websocket.accept":
            self.status = 101
            SOCKETS.inc()
        else:
            self.status = message["status"]
            if observed().code == UnavailableError.code and not any(name == b"retry-after" for name, _ in headers):
                headers += [(name.lower().encode(), value.encode()) for name, value in RETRY_AFTER.items()]
        message["headers"] = headers

    def _end(self, seconds: float) -> None:
        if self.scope["type"] == "http":
            _answered(self.method, self.route, self.status).inc()
        elif self.status:
            SOCKETS.dec()
        if self.logs:  # to ask the logger each time takes longer than all else here
            # Not the query string: a GET has the operation in it.
            told = {"method": self.method, "path": self.scope["path"], "status": self.status}
            log.debug("request.ended", type=self.scope["type"], **told, milliseconds=round(seconds * 1000, 1))
