"""The WebSocket's side of subscriptions: where each one is, and the end of a client that is too slow."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from copy import copy
from dataclasses import replace
from typing import Any, cast

import structlog
from starlette.websockets import WebSocketDisconnect
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler, Operation

from deskgraph.protocols import stalled
from deskgraph.resolvers.api import Context
from deskgraph.resolvers.resuming import Place

TOO_SLOW = 4290
log = structlog.get_logger(__name__)


class SocketHandler(BaseGraphQLTransportWSHandler[Context, Any]):
    """Strawberry's handler of one graphql-transport-ws connection, which drops a client that does not keep up."""

    def __init__(self, *arguments: Any, **others: Any) -> None:
        super().__init__(*arguments, **others)
        self._places: set[Place] = set()

    async def handle(self) -> None:
        """Serve the connection until it is closed, by the client or because it is too slow."""
        watching = asyncio.create_task(self._watch())
        try:
            await super().handle()
        finally:
            watching.cancel()

    async def run_operation(self, operation: Operation[Context, Any]) -> None:
        """Run an operation with a context of its own, which says where in the log it is."""
        own = copy(self)
        place = Place()
        own.context = replace(self.context, place=place)
        self._places.add(place)
        try:
            await super(SocketHandler, own).run_operation(operation)
        finally:
            self._places.discard(place)

    async def handle_task_exception(self, error: Exception) -> None:
        """Log what went wrong in an operation; that the client went away is nothing wrong."""
        if not isinstance(error, WebSocketDisconnected):
            await super().handle_task_exception(error)

    async def _watch(self) -> None:
        """Wait until the client is too slow, and drop it: it may resume after what it was handed."""
        await stalled(cast("ASGIWebSocketAdapter", self.websocket).ws.scope).wait()
        reason = too_slow(place.handed for place in self._places)
        for operation in self.operations.values():
            if operation.task:
                operation.task.cancel()
        with suppress(WebSocketDisconnect, RuntimeError):  # it is closed already
            await self.websocket.close(TOO_SLOW, reason)


def too_slow(handed: Iterable[int | None]) -> str:
    """What a client is told that is dropped: the lowest position that its operations had been handed."""
    after = min((position for position in handed if position is not None), default=None)
    log.warning("subscriber.dropped", after=after)
    return "Too slow" if after is None else f"Too slow: resume after {after}"
