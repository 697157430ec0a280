"""The web application: GraphQL, MCP, the console page, health."""

from __future__ import annotations

import asyncio

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from deskgraph.auth import Keys
from deskgraph.console import FOLDER
from deskgraph.endpoint import Endpoint
from deskgraph.mcp.http import McpEndpoint
from deskgraph.resolvers.desk import Desk

READY_SECONDS = 3.0


def create_app(desk: Desk, keys: Keys) -> Starlette:
    """The application that serves one desk, which is open already."""
    endpoint = Endpoint(desk, keys)

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
            Route("/health/live", lambda _request: JSONResponse({"status": "live"}), name="live"),
            Route("/health/ready", ready),
            Route("/mcp", McpEndpoint(desk, keys)),
            Mount("/console", StaticFiles(directory=FOLDER)),
        ]
    )
