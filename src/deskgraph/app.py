"""The web application: GraphQL by HTTP, WebSocket and server-sent events, the log as a feed, MCP, console, health."""

from __future__ import annotations

import asyncio

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from deskgraph.auth import Keys
from deskgraph.console import FOLDER
from deskgraph.endpoint import Endpoint, Serving
from deskgraph.export import export
from deskgraph.headers import middleware
from deskgraph.mcp.http import McpEndpoint
from deskgraph.resolvers.desk import Desk
from deskgraph.sse import StreamEndpoint

READY_SECONDS = 3.0


def create_app(desk: Desk, keys: Keys, *, serving: Serving | None = None, heartbeat: float = 15) -> Starlette:
    """The application that serves one desk, which is open already. Streams have a `heartbeat` every so many seconds."""
    serving = serving or Serving()
    endpoint = Endpoint(desk, keys, serving)

    async def ready(_request: Request) -> JSONResponse:
        try:
            await asyncio.wait_for(desk.database.ready(), READY_SECONDS)
        except Exception as error:
            return JSONResponse({"status": "unavailable", "reason": str(error) or "no answer"}, 503)
        return JSONResponse({"status": "ready"})

    return Starlette(
        routes=[
            Route("/", lambda _request: RedirectResponse("/graphql"), name="home"),
            Route("/graphql", endpoint),
            WebSocketRoute("/graphql", endpoint),
            Route("/graphql/stream", StreamEndpoint(desk, keys, serving, heartbeat)),
            Route("/health/live", lambda _request: JSONResponse({"status": "live"}), name="live"),
            Route("/health/ready", ready),
            Route("/events", export(endpoint), name="events"),
            Route("/mcp", McpEndpoint(desk, keys, serving.sizes.body)),
            Mount("/console", StaticFiles(directory=FOLDER)),
        ],
        middleware=middleware(serving.origins),
    )
