"""uvicorn's HTTP/1.1 with bounds for what arrives: how long a request takes, how large its head is, how many clients.

These answers are given before there is a request that an application could answer.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from deskgraph.schema.errors import BadRequestError, DeskError, RequestTimeoutError, TooManyConnectionsError

MAX_HEAD = 64 * 1024


class Arriving(HttpToolsProtocol):
    """Ends a connection whose request takes longer than `seconds`, or that is one more than `most`."""

    def __init__(self, *arguments: Any, seconds: float = 30, most: int = 1000, **others: Any) -> None:
        super().__init__(*arguments, **others)
        self._seconds = seconds
        self._most = most
        self._arriving = True  # a connection is made to send something
        self._head = 0
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Take the connection, or say at once that there are too many."""
        super().connection_made(transport)
        self._watch()
        if len(self.connections) > self._most:
            self._end(503, TooManyConnectionsError(), "retry-after: 1\r\n")

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._arriving = False
        self._watch()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what has arrived, and see that the rest of it arrives in time."""
        if self.transport.is_closing():
            return
        self._head += len(data)
        super().data_received(data)
        if self._head > MAX_HEAD:
            self._end(431, BadRequestError(f"The request's head is too large; {MAX_HEAD:,} bytes are the most."))
        if self.transport.get_protocol() is not self:  # a WebSocket has a protocol of its own
            self._arriving = False
        self._watch()

    def on_message_begin(self) -> None:
        """A request begins."""
        self._arriving = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Its head is there; what follows is counted by whoever reads it."""
        self._head = -(2**62)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """It is there."""
        self._arriving = False
        self._head = 0
        super().on_message_complete()

    def _watch(self) -> None:
        if self._arriving and not self._deadline:
            self._deadline = self.loop.call_later(self._seconds, self._end, 408, RequestTimeoutError())
        elif self._deadline and not self._arriving:
            self._deadline.cancel()
            self._deadline = None

    def _end(self, status: int, error: DeskError, headers: str = "") -> None:
        """Answer, unless an answer was begun, and close the connection."""
        if self.transport.is_closing():
            return
        if not (self.cycle and self.cycle.response_started and not self.cycle.response_complete):
            body = orjson.dumps({"errors": [{"message": error.message, "extensions": {"code": error.code}}]})
            head = (
                f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\ncontent-type: application/json\r\n"
                f"content-length: {len(body)}\r\nconnection: close\r\n{headers}\r\n"
            )
            self.transport.write(head.encode() + body)
        self.transport.close()
