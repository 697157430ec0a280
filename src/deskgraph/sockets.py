"""The WebSocket's side of operations: what messages may be, where each subscription is, the end of a slow client."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable
from contextlib import suppress
from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import structlog
from graphql import GraphQLError
from starlette.websockets import WebSocketDisconnect
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler, Operation

from deskgraph.asked import Asked
from deskgraph.graph.telemetry import observing
from deskgraph.protocols import stalled
from deskgraph.resolvers.api import Context
from deskgraph.resolvers.resuming import Place
from deskgraph.schema.errors import BadRequestError, DeskError, TooManyOperationsError

if TYPE_CHECKING:
    from deskgraph.endpoint import Serving

TOO_SLOW = 4290
FORBIDDEN = 4403
EXPIRED = "The key was revoked or has expired"
LONGEST_ID = 64  # characters of an operation's id that logs have
# The kinds of messages, and whether they belong to one operation.
MESSAGES = {"connection_init": False, "ping": False, "pong": False, "subscribe": True, "complete": True}
log = structlog.get_logger(__name__)


class SocketHandler(BaseGraphQLTransportWSHandler[Context, Any]):
    """Strawberry's handler of one graphql-transport-ws connection, which drops a client that does not keep up."""

    def __init__(self, *arguments: Any, **others: Any) -> None:
        super().__init__(*arguments, **others)
        self._places: set[Place] = set()

    @property
    def _serving(self) -> Serving:
        serving: Serving = self.view.serving  # type: ignore[attr-defined]
        return serving

    async def handle(self) -> None:
        """Serve the connection until it is closed, by the client or because it is too slow."""
        self._watching = [asyncio.create_task(self._watch())]
        try:
            await super().handle()
        finally:
            for task in self._watching:
                task.cancel()

    async def handle_connection_init(self, message: Any) -> None:
        """Let the client in, for as long as its key is worth anything."""
        await super().handle_connection_init(message)
        if self.connection_acknowledged and self.context.expired:
            self._watching.append(asyncio.create_task(self._leave(self.context.expired())))

    async def _leave(self, expired: Awaitable[None]) -> None:
        await expired
        await self._close(FORBIDDEN, EXPIRED)

    async def handle_message(self, message: Any) -> None:
        """Do what a message says, or close the connection with 4400 if it is none of the protocol's."""
        if wrong := mistake(message):
            await self.handle_invalid_message(wrong)
        else:
            await super().handle_message(message)

    async def handle_subscribe(self, message: Any) -> None:
        """Begin an operation. One that can't be begun ends alone, with an error."""
        if self.connection_acknowledged and message["id"] not in self.operations:
            try:
                message = {**message, "payload": self._resolved(message["payload"])}
            except DeskError as error:
                await self._refuse(message["id"], error)
                return
        await super().handle_subscribe(message)

    def _resolved(self, payload: dict[str, Any]) -> dict[str, Any]:
        if len(self.operations) >= self._serving.socket_operations:
            raise TooManyOperationsError
        if self.context.count:
            self.context.count()
        asked = self._serving.documents.resolve(Asked.of(payload))
        self._serving.sizes.check_variables(asked.variables, self._serving.sizes.variables + 1)
        return {"query": asked.query, "variables": asked.variables, "operationName": asked.operation_name}

    async def _refuse(self, id_: str, error: DeskError) -> None:
        told = GraphQLError(error.message, extensions={"code": error.code})
        with observing() as seen:
            seen.note(error.code)
        await self.send_message({"id": id_, "type": "error", "payload": [told.formatted]})

    async def run_operation(self, operation: Operation[Context, Any]) -> None:
        """Run an operation with a context of its own, which says where in the log it is."""
        own = copy(self)
        place = Place()
        own.context = replace(self.context, place=place)
        self._places.add(place)
        structlog.contextvars.bind_contextvars(operation_id=operation.id[:LONGEST_ID])
        try:
            with observing():
                await super(SocketHandler, own).run_operation(operation)
        finally:
            self._places.discard(place)

    async def handle_task_exception(self, error: Exception) -> None:
        """Log what went wrong in an operation; that the client went away is nothing wrong."""
        if not isinstance(error, WebSocketDisconnected):
            await super().handle_task_exception(error)

    @staticmethod
    def _get_pre_execution_close_reason(error: GraphQLError) -> str | None:  # noqa: ARG004 - Strawberry's signature
        """A mistake in an operation ends that operation, not the connection and all others on it."""
        return None

    async def _watch(self) -> None:
        """Wait until the client is too slow, and drop it: it may resume after what it was handed."""
        await stalled(cast("ASGIWebSocketAdapter", self.websocket).ws.scope).wait()
        await self._close(TOO_SLOW, too_slow(place.handed for place in self._places))

    async def _close(self, code: int, reason: str) -> None:
        """End all operations and the connection, whatever becomes of what was not sent yet."""
        for operation in self.operations.values():
            if operation.task:
                operation.task.cancel()
        with suppress(WebSocketDisconnect, RuntimeError):  # it is closed already
            await self.websocket.close(code, reason)


def mistake(message: Any) -> str | None:
    """Why a message is none of the protocol's; None if it is one."""
    if not isinstance(message, dict):
        return "A message must be an object"
    kind = message.get("type")
    if not isinstance(kind, str) or kind not in MESSAGES:
        return "Unknown message type"
    if MESSAGES[kind] and not (isinstance(message.get("id"), str) and message["id"]):
        return f"A message of the type {kind} must have an id"
    payload = message.get("payload")
    if kind != "complete" and not isinstance(payload, dict if kind == "subscribe" else dict | None):
        return f"The payload of {kind} must be an object"
    if kind == "subscribe":
        try:
            Asked.of(payload)
        except BadRequestError as error:
            return error.message
    return None


def too_slow(handed: Iterable[int | None]) -> str:
    """What a client is told that is dropped: the lowest position that its operations had been handed."""
    after = min((position for position in handed if position is not None), default=None)
    log.warning("subscriber.dropped", after=after)
    return "Too slow" if after is None else f"Too slow: resume after {after}"
