"""Subscriptions: graphql-transport-ws, one on a WebSocket of its own; begun anew when it breaks."""

from __future__ import annotations

import asyncio
import logging
import math
import random
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from typing import Any

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.typing import Subprotocol

from deskgraph.client.calls import BUSY, FIRST_PAUSE, LONGEST_PAUSE, untrusted
from deskgraph.client.errors import raise_first
from deskgraph.client.server import Server
from deskgraph.schema.errors import DeskError, UnauthenticatedError, UnavailableError

PROTOCOL = Subprotocol("graphql-transport-ws")
REFUSED = 4403
# What the server closes with where another try would end in the same way.
FATAL = {4400, 4401, REFUSED, 4406, 4409, 4429}
log = logging.getLogger(__name__)
Values = AsyncGenerator[dict[str, Any]]


async def subscribe(
    server: Server,
    text: str,
    variables: dict[str, Any],
    connected: Callable[[], None] = lambda: None,
    unread: Callable[[dict[str, Any]], None] = lambda _data: None,
) -> Values:
    """The data of each answer until the server ends the subscription. UNAVAILABLE when the connection breaks.

    `unread` is given what the server had sent when the subscription was left.
    """
    try:
        async with connect(
            server.socket_url,
            subprotocols=[PROTOCOL],
            ssl=server.trust,
            user_agent_header=server.agent,
            open_timeout=server.timeout,
            max_size=None,  # an event is as large as what was given to its verb
        ) as socket:
            try:
                await _begin(socket, server, text, variables)
                connected()
                async with aclosing(_answers(socket)) as answers:
                    async for data in answers:
                        yield data
            finally:
                await _leave(socket, unread)
    except ConnectionClosed as closed:
        raise _why(server, closed) from closed
    except (OSError, InvalidHandshake) as error:
        raise _unreached(server, error) from error


async def unbroken(
    server: Server,
    text: str,
    variables: Callable[[], dict[str, Any]],
    unread: Callable[[dict[str, Any]], None] = lambda _data: None,
) -> Values:
    """A subscription that is begun anew, with the variables as they are then, whenever it breaks or is ended.

    UNAVAILABLE if the server is not there within its patience. Once it was, it is waited for however long that takes.
    """
    pauses = Pauses(server.patience)
    while True:
        try:
            async with aclosing(subscribe(server, text, variables(), pauses.reset, unread)) as values:
                async for data in values:
                    yield data
            reason = UnavailableError("The server ended the subscription.")
        except UnavailableError as error:
            reason = error
        log.info("Subscribing again: %s", reason)
        await pauses.after(reason)


class Pauses:
    """Pauses between tries, each somewhere below a bound that doubles."""

    def __init__(self, patience: float) -> None:
        self._end = asyncio.get_running_loop().time() + patience
        self._bound = FIRST_PAUSE

    def reset(self) -> None:
        """It worked: be quick again the next time, and try for ever."""
        self._end, self._bound = math.inf, FIRST_PAUSE

    async def after(self, error: Exception) -> None:
        """Wait after a failure, or raise it when the patience is over."""
        if asyncio.get_running_loop().time() > self._end:
            raise error
        await asyncio.sleep(random.uniform(0, self._bound))  # noqa: S311 - no secret
        self._bound = min(2 * self._bound, LONGEST_PAUSE)


async def _begin(socket: ClientConnection, server: Server, text: str, variables: dict[str, Any]) -> None:
    init = {"type": "connection_init", "payload": {"authorization": f"Bearer {server.key}"}}
    await _send(socket, init)
    async with asyncio.timeout(server.timeout):
        while orjson.loads(await socket.recv())["type"] != "connection_ack":
            pass
    await _send(socket, {"id": "1", "type": "subscribe", "payload": {"query": text, "variables": variables}})


async def _answers(socket: ClientConnection) -> Values:
    async for text in socket:
        message = orjson.loads(text)
        match message["type"]:
            case "next":
                raise_first(message["payload"].get("errors") or [])
                yield message["payload"]["data"]
            case "error":
                raise_first(message["payload"])
            case "complete":
                return
            case "ping":
                await _send(socket, {"type": "pong"})
    raise UnavailableError("The server closed the connection.")


async def _leave(socket: ClientConnection, unread: Callable[[dict[str, Any]], None]) -> None:
    """Close the connection, and read on meanwhile: the server's own goodbye comes after all that it has sent."""
    closing = asyncio.create_task(socket.close())
    with suppress(ConnectionClosed, DeskError):
        async for data in _answers(socket):
            unread(data)
    await closing


async def _send(socket: ClientConnection, message: dict[str, Any]) -> None:
    await socket.send(orjson.dumps(message).decode())


def _why(server: Server, closed: ConnectionClosed) -> DeskError:
    code, reason = (closed.rcvd.code, closed.rcvd.reason) if closed.rcvd else (1006, "")
    if code == REFUSED:
        return UnauthenticatedError()
    told = f"{server.url} closed the connection with {code} {reason}".strip()
    return DeskError(told) if code in FATAL else UnavailableError(told)


def _unreached(server: Server, error: Exception) -> DeskError:
    told = f"{server.url} does not answer by WebSocket: {error or type(error).__name__}"
    passing = not isinstance(error, InvalidStatus) or error.response.status_code in BUSY
    return DeskError(told) if untrusted(error) or not passing else UnavailableError(told)
