"""Headers of every answer: what browsers may do with it, and which pages elsewhere may read it."""

from __future__ import annotations

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-resource-policy": b"same-origin",
}
# What a page elsewhere may send and read, if its origin is allowed.
SENT = ["authorization", "content-type", "last-event-id"]
READ = ["deskgraph-position", "retry-after", "x-request-id"]
ALLOWED = b"access-control-allow-origin"
# An answer that is asked for with a key is for whoever has it.
PRIVATE = {**HEADERS, b"cache-control": b"no-store"}


class SecurityHeaders:
    """Adds to every answer the headers that it does not bring itself."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with them."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        wanted = PRIVATE if any(name == b"authorization" for name, _ in scope["headers"]) else HEADERS

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = list(message.get("headers", ()))
                there = {name for name, _ in given}
                if ALLOWED in there:
                    there.add(b"cross-origin-resource-policy")
                message["headers"] = given + [one for one in wanted.items() if one[0] not in there]
            await send(message)

        await self.app(scope, receive, with_headers)


def middleware(origins: tuple[str, ...]) -> list[Middleware]:
    """What is around the application. Without `origins` no page elsewhere may ask, and none may read an answer."""
    closed = [Middleware(SecurityHeaders)]
    if not origins:
        return closed
    allowed = Middleware(
        CORSMiddleware,
        allow_origins=origins,
        allow_methods=["GET", "POST"],
        allow_headers=SENT,
        expose_headers=READ,
    )
    return [*closed, allowed]
