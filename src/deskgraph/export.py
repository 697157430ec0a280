"""The log over HTTP, `GET /events`: one event a line (NDJSON), in order, from a position on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import structlog
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Send

from deskgraph.answers import error_response, refused_response
from deskgraph.asked import RefusedError, body_of
from deskgraph.endpoint import Endpoint
from deskgraph.graph.export import read_events
from deskgraph.resolvers.claims import concrete
from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.session import Session
from deskgraph.schema.errors import CursorExpiredError, DeskError, InvalidInputError
from deskgraph.schema.event import Event, readers_of
from deskgraph.schema.fields import Integer, LongInteger

POSITION = "Deskgraph-Position"
LIMIT, MOST = 1000, 100_000
STEP = 100
STATUS = {"CURSOR_EXPIRED": 410, "UNAVAILABLE": 503, "FORBIDDEN": 403}
AFTER = LongInteger("The position to read on after.").named("after")
MANY = Integer("How many positions to look at.", least=1, most=MOST).named("limit")
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the log: what comes after a position, up to another one, all events or those of some types."""

    after: int
    last: int
    types: tuple[str, ...] | None


class Lines(StreamingResponse):
    """A stream that is cut off, without its last chunk, where it can't go on: a reader must not take it for all."""

    media_type = "application/x-ndjson"

    async def stream_response(self, send: Send) -> None:
        """Send the lines as fast as the reader takes them."""
        try:
            await super().stream_response(send)
        except DeskError as error:
            log.warning("export.cut", code=error.code, reason=error.message)


def export(endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    """The answer to `GET /events`. Its header `Deskgraph-Position` is the `after` of the next request."""

    async def answer(request: Request) -> Response:
        try:
            login = await endpoint.authenticator.admit(request)
            await body_of(request, endpoint.serving.sizes.body)  # nothing is looked for in it
        except RefusedError as refused:
            return refused_response(refused)
        return await respond(login.session(), request.query_params)

    return answer


async def respond(session: Session, query: QueryParams) -> Response:
    """The lines, or what is wrong with the query."""
    desk = session.desk
    try:
        stretch = await asked(session, query)
    except DeskError as error:
        headers = {POSITION: str(error.after)} if isinstance(error, CursorExpiredError) else None
        return error_response(STATUS.get(error.code, 400), error.code, error.message, headers)
    return Lines(lines(desk, stretch), headers={POSITION: str(stretch.last)})


async def asked(session: Session, query: QueryParams) -> Stretch:
    """The stretch that a query asks for: without `after` from where the log begins, up to where it ends now at most."""
    if unknown := query.keys() - {"after", "limit", "types"}:
        raise InvalidInputError(f"There are after, limit and types, not {min(unknown)}.", field=min(unknown))
    desk, caller = session.desk, session.caller
    caller.must_be(Event.readers, "see events")
    types = concrete([name.strip() for name in query["types"].split(",")]) if "types" in query else None
    if caller.role in Event.scopes:
        types = tuple(type_ for type_ in types or concrete(["*"]) or () if caller.role in readers_of(type_))
    limit = MANY.check(number(query, "limit", LIMIT))
    after = AFTER.check(number(query, "after", 0))
    position = await desk.position()
    after = await desk.cursor(after) if "after" in query else await desk.beginning()
    return Stretch(after, min(after + limit, position), types)


def number(query: Mapping[str, str], name: str, default: int) -> Any:
    """A parameter as a number, if it is one."""
    text = query.get(name, str(default))
    return int(text) if text.isascii() and text.isdecimal() else text


async def lines(desk: Desk, stretch: Stretch) -> AsyncIterator[bytes]:
    """The stretch as JSON, an event a line, some lines at a time."""
    for after in range(stretch.after, stretch.last, STEP):
        last = min(after + STEP, stretch.last)
        events = await read_events(desk.database, desk.workspace, after, last, stretch.types)
        if events:
            yield b"".join(orjson.dumps(event, option=orjson.OPT_APPEND_NEWLINE) for event in events)
