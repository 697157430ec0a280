"""The web application: GraphQL by HTTP, WebSocket and server-sent events, the log as a feed, MCP, console, health."""

from __future__ import annotations

import asyncio

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from deskgraph.auth import Authenticator, Keys
from deskgraph.console import FOLDER
from deskgraph.endpoint import Endpoint, Serving
from deskgraph.export import export
from deskgraph.headers import middleware
from deskgraph.mcp.http import McpEndpoint
from deskgraph.metrics import metrics
from deskgraph.rates import Rates
from deskgraph.requests import Requests
from deskgraph.resolvers.desk import Desk
from deskgraph.sse import StreamEndpoint
from deskgraph.tokens import Issuer

READY_SECONDS = 3.0


def create_app(
    desk: Desk,
    keys: Keys,
    *,
    serving: Serving | None = None,
    heartbeat: float = 15,
    issuer: Issuer | None = None,
    rates: Rates | None = None,
) -> Starlette:
    """The application that serves a desk, which is open already, and its neighbours.

    Streams have a `heartbeat` every so many seconds.
    """
    serving = serving or Serving()
    authenticator = Authenticator(desk, keys, issuer, rates)
    endpoint = Endpoint(authenticator, serving)

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
            Route("/graphql/stream", StreamEndpoint(authenticator, serving, heartbeat)),
            Route("/health/live", lambda _request: JSONResponse({"status": "live"}), name="live"),
            Route("/health/ready", ready),
            Route("/metrics", metrics(endpoint)),
            Route("/events", export(endpoint), name="events"),
            Route("/mcp", McpEndpoint(authenticator, keys, endpoint.serving.sizes.body)),
            Mount("/console", StaticFiles(directory=FOLDER)),
        ],
        middleware=[Middleware(Requests), *middleware(serving.origins)],
    )
