"""GraphQL over server-sent events: the "distinct connections mode" of the graphql-sse protocol.

One HTTP request is one operation. Each result is an event `next`, the end is an event `complete`. The id of a
subscription's event is its position, so that a browser's EventSource, which sends the last one back, resumes by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import anyio
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from strawberry.types.graphql import OperationType

from deskgraph.answers import result_body
from deskgraph.asked import RefusedError, asked_of
from deskgraph.auth import Authenticator, Login
from deskgraph.endpoint import Endpoint, Serving, failed
from deskgraph.protocols import stalled
from deskgraph.resolvers.api import Context
from deskgraph.schema.errors import BadRequestError, DeskError
from deskgraph.sockets import EXPIRED, too_slow

Results = AsyncGenerator[Any, None]
ACCEPTED = {"", "*/*", "text/*", "text/event-stream"}
LINE = "\n"


class StreamEndpoint(Endpoint):
    """Answers every operation with a stream of server-sent events."""

    def __init__(self, authenticator: Authenticator, serving: Serving | None = None, heartbeat: float = 15) -> None:
        super().__init__(authenticator, serving)
        self.heartbeat = heartbeat

    async def respond(self, request: Request) -> Response:
        """The stream, or why there is none."""
        if not accepts_events(request.headers.get("accept", "")):
            raise RefusedError(406, BadRequestError("This is a stream: send Accept: text/event-stream."))
        return await self.stream(request, await self.authenticator.admit(request))

    async def stream(self, request: Request, login: Login) -> Response:
        """Begin the operation. What is wrong with it is told in the stream: EventSource reads nothing else."""
        asked = await asked_of(request, self.serving.sizes)
        context = Context(login.session())
        context.expired = lambda: self.authenticator.expired(login, request.headers.get("authorization"))
        context.place.seen = last_event_id(request)
        try:
            asked = self.serving.documents.resolve(asked)
        except DeskError as error:
            return EventStream(self, _only(failed(error)), context)
        results = await self.schema.stream(
            asked.query,
            asked.variables,
            context,
            operation_name=asked.operation_name,
            allowed_operation_types=OperationType.from_http(request.method),  # type: ignore[arg-type] # any text will do
        )
        return EventStream(self, results, context)


def accepts_events(accept: str) -> bool:
    """Whether an Accept header takes server-sent events."""
    return any(range_.partition(";")[0].strip().lower() in ACCEPTED for range_ in accept.split(","))


def last_event_id(request: Request) -> str:
    """What the client has seen: the header, or the parameter that stands in for it where no header can be set."""
    return request.headers.get("last-event-id") or request.query_params.get("lastEventId", "")


async def _only(result: Any) -> Results:
    yield result


class ExpiredError(Exception):
    """The client's key is worth nothing any more."""


class TooSlowError(Exception):
    """The client did not take what was sent."""


class EventStream(EventSourceResponse):
    """An operation's results as server-sent events, with a comment now and then to show that the server is there."""

    def __init__(self, endpoint: StreamEndpoint, results: Results, context: Context) -> None:
        self._endpoint = endpoint
        self._results = results
        self._place = context.place
        self._expired = context.expired
        self._stalled = asyncio.Event()
        super().__init__(
            self._events(),
            sep=LINE,
            ping=endpoint.heartbeat,
            ping_message_factory=lambda: ServerSentEvent(comment="", sep=LINE),
            data_sender_callable=self._watch,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the operation ends, the client goes, is too slow, or the server stops; then end the stream."""
        self._stalled = stalled(scope)
        farewell = b""
        try:
            await super().__call__(scope, receive, send)
        except TooSlowError:
            farewell = ServerSentEvent(comment=too_slow([self._place.handed]), sep=LINE).encode()
        except ExpiredError:
            farewell = ServerSentEvent(comment=EXPIRED, sep=LINE).encode()
        if self.active:
            await send({"type": "http.response.body", "body": farewell, "more_body": False})

    async def _watch(self) -> None:
        assert self._expired
        tasks = [asyncio.ensure_future(self._stalled.wait()), asyncio.ensure_future(self._expired())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
        raise TooSlowError if tasks[0] in done else ExpiredError

    async def _events(self) -> AsyncGenerator[ServerSentEvent]:
        first = asyncio.ensure_future(anext(self._results, None))
        begun = asyncio.ensure_future(self._place.begun.wait())
        try:
            await asyncio.wait([first, begun], return_when=asyncio.FIRST_COMPLETED)
            if self._place.handed is not None:  # whoever is cut off before the first event resumes here
                yield ServerSentEvent(id=str(self._place.handed), sep=LINE)
            result = await first
            while result is not None:
                yield self._next(result)
                result = await anext(self._results, None)
            yield ServerSentEvent("", event="complete", sep=LINE)
        finally:
            begun.cancel()
            first.cancel()
            with anyio.CancelScope(shield=True):
                await asyncio.wait([first, begun])
                await self._results.aclose()

    def _next(self, result: Any) -> ServerSentEvent:
        position = self._place.sending
        return ServerSentEvent(
            self._endpoint.encode_json(result_body(result)),
            event="next",
            id=None if position is None else str(position),
            sep=LINE,
        )
