"""uvicorn's HTTP and WebSocket, on connections whose clients may take their time, but not for ever.

A connection is stalled when something that was written has waited here too long, because the client's system takes no
more of it. The application that streams to it finds out, by way of its scope's state. When nothing at all is taken for
as long again, the connection is aborted.
"""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Any

from starlette.types import Scope
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from deskgraph.arrivals import Arriving

if TYPE_CHECKING:
    from uvicorn._types import ASGISendEvent

STREAMING = "streaming"
# What the kernel holds for a client that is streamed to; Linux doubles it, and would by itself go up to megabytes. What
# is to end a slow client's stream waits behind that, and so do pings.
SEND_BUFFER = 64 * 1024
JOINED = 16 * 1024


def stalled(scope: Scope) -> asyncio.Event:
    """For an application that streams on this scope's connection: the event that is set when it is stalled."""
    streaming = scope.get("state", {}).get(STREAMING, asyncio.Event)  # another server sets none
    event: asyncio.Event = streaming()
    return event


class Joining:
    """A transport that sends what is written in one turn of the event loop together.

    An answer is its head and its body, which go out as soon as both are there: one call of the system less, one packet.
    Of a `stream` nobody knows what comes next: it goes out once there are `JOINED` bytes, or at the end of the turn.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held: bytes | None = None  # b"": something has been sent in this turn
        self.stream = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send, what is first in this turn with what comes next, or at the end of the turn."""
        if self._held is None:
            self._held = data
            self._loop.call_soon(self._turned)
        elif self.stream and len(self._held) < JOINED:
            self._held += data
        else:
            self._transport.write(self._held + data if self._held else data)
            self._held = b""

    def close(self) -> None:
        """Send what was written, then close."""
        self._flush()
        self._transport.close()

    def get_write_buffer_size(self) -> int:
        """How many bytes wait here."""
        return len(self._held or b"") + self._transport.get_write_buffer_size()

    def _flush(self) -> None:
        if self._held:
            self._transport.write(self._held)
            self._held = b""

    def _turned(self) -> None:
        self._flush()
        self._held = None


class Patience(asyncio.Protocol):
    """Sets the event `stalled` after `patience` seconds in which a message could not be handed over."""

    transport: asyncio.Transport
    loop: asyncio.AbstractEventLoop

    def __init__(self, *arguments: Any, patience: float, app_state: dict[str, Any], **others: Any) -> None:
        self.patience = patience
        self.stalled = asyncio.Event()
        self._timers: list[asyncio.TimerHandle] = []
        super().__init__(*arguments, app_state={**app_state, STREAMING: self.streaming}, **others)  # type: ignore[call-arg]

    def connection_made(self, transport: Any) -> None:
        """Have writing paused as soon as anything waits, and resumed when nothing does. Nothing waits to be joined."""
        transport.set_write_buffer_limits(high=0)
        # asyncio does this itself for sockets that say that they are TCP, which one that was bound by hand does not.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().connection_made(transport)

    def streaming(self) -> asyncio.Event:
        """Keep little for the client in the kernel, join what is sent; the event that tells when it is stalled."""
        if isinstance(self.transport, Joining):
            self.transport.stream = True
        self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        return self.stalled

    def pause_writing(self) -> None:
        """Something waits: give it time."""
        super().pause_writing()
        waiting = self.transport.get_write_buffer_size()
        self._timers = [
            self.loop.call_later(self.patience, self.stalled.set),
            self.loop.call_later(2 * self.patience, self._give_up, waiting),
        ]

    def resume_writing(self) -> None:
        """Everything was taken."""
        self._stop_timers()
        self.stalled.clear()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is to be waited for any more."""
        self._stop_timers()
        super().connection_lost(exc)

    def _give_up(self, waited: int) -> None:
        """Abort, unless the client has taken something since, however little."""
        waiting = self.transport.get_write_buffer_size()
        if waiting >= waited:
            self.transport.abort()
        else:
            self._timers.append(self.loop.call_later(self.patience, self._give_up, waiting))

    def _stop_timers(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()


class Http(Patience, Arriving):
    """HTTP/1.1. Its small answers are sent in one piece."""

    def connection_made(self, transport: Any) -> None:
        """Join what is written, as long as no WebSocket comes of it."""
        super().connection_made(Joining(transport, self.loop))


class WebSocket(Patience, WebSocketsSansIOProtocol):
    """WebSocket. A close does not wait for the client to read: it is queued behind what was written before."""

    def resume_writing(self) -> None:
        """The client reads, if slowly: its pong can't come before it has read up to the ping."""
        super().resume_writing()
        if self.pong_timer and self.ping_timeout:
            self.pong_timer.cancel()
            self.pong_timer = self.loop.call_later(self.ping_timeout, self.keepalive_timeout)

    async def send(self, message: ASGISendEvent) -> None:
        """Queue a close at once. Those who waited to send learn that the client is gone."""
        if message["type"] != "websocket.close":
            await super().send(message)
            return
        self.close_timeout = 2 * self.patience
        self.writable.set()
        await super().send(message)
        self.disconnected = True
