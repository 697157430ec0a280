"""Where in the log a client's subscription is, and where it goes on after a break."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

from graphql import GraphQLResolveInfo

from deskgraph.graph.compiler.selection import Selection
from deskgraph.resolvers.streaming import Stream
from deskgraph.schema.errors import InvalidCursorError


class Place:
    """Where in the log one operation of a client is.

    `seen` is what the client says it has seen, its Last-Event-ID. `sending` is the position of the event that is being
    sent. `handed` is that of the last event that was sent, at first what the operation begins after; it is None before.
    """

    def __init__(self, seen: str = "") -> None:
        self.seen = seen
        self.sending: int | None = None
        self.handed: int | None = None
        self.begun = asyncio.Event()

    def after(self, asked: int | None) -> int | None:
        """Where to begin: after what the client has seen, or else where it asks to. INVALID_CURSOR if that is none."""
        if not self.seen:
            return asked
        if not re.fullmatch("[0-9]{1,19}", self.seen):
            raise InvalidCursorError(f"Last-Event-ID is a position of the log, such as 1234, not {self.seen!r}.")
        return int(self.seen)

    def begin(self, after: int) -> None:
        """The operation begins after a position."""
        self.handed = after
        self.begun.set()


def resumable(stream: Callable[..., Stream]) -> Callable[..., Stream]:
    """A subscription with the argument `after` that keeps its operation's place up to date and begins at it."""

    async def subscribe(
        selection: Selection, info: GraphQLResolveInfo[Any], after: int | None = None, **arguments: Any
    ) -> Stream:
        place: Place = info.context.place
        desk = info.context.session.desk
        after = place.after(after)
        after = await desk.position() if after is None else await desk.cursor(after)
        place.begin(after)
        async with aclosing(stream(selection, info, after=after, **arguments)) as values:
            async for value in values:
                place.sending = value.position
                yield value
                place.handed = value.position

    return subscribe
