"""GraphQL over HTTP and over WebSocket (graphql-transport-ws), on one path, behind the key."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
from cross_web import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types.unset import UNSET, UnsetType

from deskgraph.auth import Keys
from deskgraph.console import PAGE
from deskgraph.resolvers.api import Context, schema
from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.passing import Passing
from deskgraph.schema.errors import UnauthenticatedError
from deskgraph.sockets import SocketHandler

# What a page can't say of itself in a meta element: nobody may frame it. One URL answers people and programs.
PAGE_HEADERS = {
    "Content-Security-Policy": "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept",
}

CONTEXT = "deskgraph.context"


class Endpoint(GraphQL[Context, Any]):
    """Strawberry's ASGI application with this project's keys, page and error bodies."""

    graphql_transport_ws_handler_class = SocketHandler

    def __init__(self, desk: Desk, keys: Keys) -> None:
        super().__init__(
            schema(),
            subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL],
            connection_init_wait_timeout=timedelta(seconds=10),
        )
        self.desk = desk
        self.keys = keys
        self.passing = Passing(schema()._schema)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse an HTTP request without the key before its body is read. Only the console page needs none."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            response = await self.respond(request)
        except HTTPException as error:
            response = error_response(error.status_code, "BAD_REQUEST", error.reason)
        await response(scope, receive, send)

    async def respond(self, request: Request) -> Response:
        """The console page for a browser, the operation's result for whoever has the key."""
        if request.method == "GET" and "text/html" in request.headers.get("accept", "") and not request.query_params:
            return FileResponse(PAGE, media_type="text/html", headers=PAGE_HEADERS)
        return self.refusal(request) or await self.passed(request) or await self.run(request)

    async def passed(self, request: Request) -> Response | None:
        """The answer to an operation that needs no execution; None for all others."""
        if request.method != "POST" or "multipart" in request.headers.get("accept", ""):
            return None
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            return None
        try:
            asked = orjson.loads(await request.body())
        except orjson.JSONDecodeError:
            return None
        if not isinstance(asked, dict) or asked.get("extensions") is not None:
            return None
        text, variables, name = asked.get("query"), asked.get("variables"), asked.get("operationName")
        if not (isinstance(text, str) and isinstance(variables, dict | None) and isinstance(name, str | None)):
            return None
        context = await self.get_context(request, None)
        data = await self.passing.answer(context.session, text, variables or {}, name, context.done)
        return None if data is None else Response(orjson.dumps({"data": data}), media_type="application/json")

    def refusal(self, request: Request) -> Response | None:
        """The answer to a request without the key."""
        if self.keys.actor(request.headers.get("authorization")):
            return None
        error = UnauthenticatedError()
        return error_response(401, error.code, error.message, {"WWW-Authenticate": "Bearer"})

    async def get_context(self, request: Request | WebSocket, response: Any) -> Context:  # noqa: ARG002 - Strawberry's signature
        """The session of whoever sent the request, which has one context however often it is asked for."""
        if CONTEXT not in request.scope:
            actor = self.keys.actor(request.headers.get("authorization"))
            request.scope[CONTEXT] = Context(self.desk.acting(actor or ""))
        context: Context = request.scope[CONTEXT]
        return context

    async def on_ws_connect(self, context: Context) -> UnsetType | dict[str, object] | None:
        """A WebSocket may bring its key in the payload of connection_init, as browsers can't set headers."""
        given = context.connection_params.get("authorization")
        actor = self.keys.actor(given) if given is not None else context.session.actor
        if not actor:
            raise ConnectionRejectionError
        context.session = self.desk.acting(actor)
        nothing: UnsetType = UNSET
        return nothing

    def parse_json(self, data: str | bytes) -> Any:
        """A request's body is an object."""
        parsed = super().parse_json(data)
        if not isinstance(parsed, dict):
            raise HTTPException(400, "The body must be a JSON object with a query.")
        return parsed

    def decode_json(self, data: str | bytes) -> Any:
        """JSON by orjson; its error is a json.JSONDecodeError."""
        return orjson.loads(data)

    def encode_json(self, data: object) -> str:
        """JSON by orjson. Text, for a WebSocket message must be text."""
        return orjson.dumps(data).decode()


def error_response(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> Response:
    """An error as GraphQL clients read it."""
    body = {"errors": [{"message": message, "extensions": {"code": code}}]}
    return Response(orjson.dumps(body), status, headers, "application/json")
