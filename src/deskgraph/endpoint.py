"""GraphQL over HTTP and over WebSocket (graphql-transport-ws), on one path, behind the key."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import orjson
from graphql import GraphQLError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType
from strawberry.types.unset import UNSET, UnsetType

from deskgraph.answers import accepted, refused_response, result_body, result_response
from deskgraph.asked import Asked, RefusedError, Sizes, asked_of
from deskgraph.auth import Authenticator, Login
from deskgraph.console import PAGE
from deskgraph.documents import Documents
from deskgraph.graph.telemetry import observing
from deskgraph.resolvers.api import Context, schema
from deskgraph.resolvers.passing import Passing
from deskgraph.schema.errors import BadRequestError, DeskError
from deskgraph.schema.roles import Caller, Role
from deskgraph.sockets import SocketHandler

# What a page can't say of itself in a meta element: nobody may frame it. One URL answers people and programs.
PAGE_HEADERS = {"Content-Security-Policy": "frame-ancestors 'none'", "Vary": "Accept"}

NOBODY = Caller("", Role.CONTACT, "contact_none")
ALLOWED = {"GET": {OperationType.QUERY}, "POST": {OperationType.QUERY, OperationType.MUTATION}}


@dataclass(frozen=True, slots=True)
class Serving:
    """How operations are taken: their sizes, which texts, how many at once on a WebSocket, pages of which origins.

    `public_metrics`: metrics are told without a key.
    """

    sizes: Sizes = field(default_factory=Sizes)
    documents: Documents = field(default_factory=Documents)
    socket_operations: int = 100
    init_seconds: float = 10
    origins: tuple[str, ...] = ()
    public_metrics: bool = False


class Endpoint(GraphQL[Context, Any]):
    """GraphQL over HTTP. Its WebSocket is Strawberry's."""

    graphql_transport_ws_handler_class = SocketHandler

    def __init__(self, authenticator: Authenticator, serving: Serving | None = None) -> None:
        self.serving = serving or Serving()
        super().__init__(
            schema(),
            subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL],
            connection_init_wait_timeout=timedelta(seconds=self.serving.init_seconds),
            max_subscriptions_per_connection=self.serving.socket_operations,
            allowed_origins=self.serving.origins,
        )
        self.authenticator = authenticator
        self.limits = authenticator.home.limits
        self.passing = Passing(schema()._schema, self.limits)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer an HTTP request, or serve a WebSocket."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        request = Request(scope, receive)
        with observing():
            try:
                response = await self.respond(request)
            except RefusedError as refused:
                response = refused_response(refused)
            except ClientDisconnect:
                return
            await response(scope, receive, send)

    async def respond(self, request: Request) -> Response:
        """The console page for a browser, the operation's result for whoever has a key."""
        if request.method == "GET" and "text/html" in request.headers.get("accept", "") and not request.query_params:
            return FileResponse(PAGE, media_type="text/html", headers=PAGE_HEADERS)
        return await self.answer(request, await self.authenticator.admit(request))

    async def answer(self, request: Request, login: Login) -> Response:
        """The operation's result. A request that is none is refused before any operation is looked at."""
        media_type = accepted(request.headers.get("accept", ""))
        asked = await asked_of(request, self.serving.sizes)
        context = Context(login.session())
        try:
            asked = self.serving.documents.resolve(asked)
        except DeskError as error:
            return result_response(result_body(failed(error)), media_type)
        try:
            if request.method == "POST" and (body := await self.passed(context, asked)):
                return Response(body, media_type=media_type)
            result = await self.executed(context, asked, request.method)
        except RefusedError:
            raise
        except Exception as error:
            result = failed(error)
            self.schema.process_errors(result.errors or [])  # logs it, and tells nothing of it
        return result_response(result_body(result), media_type)

    async def passed(self, context: Context, asked: Asked) -> bytes | None:
        """The answer to an operation that needs no execution; None for all others."""
        assert asked.query
        variables, name = asked.variables or {}, asked.operation_name
        data = await self.passing.answer(context.session, asked.query, variables, name, context.done)
        if data is None:
            return None
        shown = self.limits.report_cost
        return orjson.dumps({"data": data, "extensions": {"cost": data.cost}} if shown else {"data": data})

    async def executed(self, context: Context, asked: Asked, method: str) -> ExecutionResult:
        """The result of an operation; RefusedError if it is none to be executed by the request's method."""
        try:
            return await self.schema.execute(
                asked.query,
                asked.variables,
                context,
                operation_name=asked.operation_name,
                allowed_operation_types=ALLOWED[method],
            )
        except CannotGetOperationTypeError as error:
            return failed(BadRequestError(error.as_http_error_reason()))
        except InvalidOperationTypeError as error:
            if method == "GET":
                told = BadRequestError("GET is for queries alone: send it by POST.")
                raise RefusedError(405, told, {"Allow": "POST"}) from error
            told = BadRequestError("Subscribe over a WebSocket, or at /graphql/stream.")
            return failed(told)

    async def get_context(self, request: Request | WebSocket, response: Any) -> Context:  # noqa: ARG002 - Strawberry's signature
        """A WebSocket, before anybody knows whose it is."""
        return Context(self.authenticator.home.acting(NOBODY), header=request.headers.get("authorization"))

    async def on_ws_connect(self, context: Context) -> UnsetType | dict[str, object] | None:
        """A WebSocket may bring its key in the payload of connection_init, as browsers can't set headers."""
        given = context.connection_params.get("authorization")
        given = context.header if given is None else given
        try:
            login = await self.authenticator.login(given)
        except DeskError as error:
            raise ConnectionRejectionError from error
        context.session = login.session()
        context.count = lambda: self.authenticator.count(login)
        context.expired = lambda: self.authenticator.expired(login, given)
        nothing: UnsetType = UNSET
        return nothing

    def decode_json(self, data: str | bytes) -> Any:
        """JSON by orjson; its error is a json.JSONDecodeError."""
        return orjson.loads(data)

    def encode_json(self, data: object) -> str:
        """JSON by orjson. Text, for a WebSocket message must be text."""
        return orjson.dumps(data).decode()


def failed(error: Exception) -> ExecutionResult:
    """The result of an operation that was not begun."""
    code = {"code": error.code} if isinstance(error, DeskError) else None
    return ExecutionResult(data=None, errors=[GraphQLError(str(error), original_error=error, extensions=code)])
