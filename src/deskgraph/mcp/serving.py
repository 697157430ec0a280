"""What every tool, resource and prompt begins with: whose session it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mcp.server.mcpserver.context import Context
from starlette.requests import Request

from deskgraph.resolvers.session import Session

Asked = Context[Any, Any]


@dataclass(frozen=True, slots=True)
class Served:
    """Whose session it is, by an HTTP request, or without one."""

    session: Callable[[Request | None], Session]


def session_of(context: Asked) -> Session:
    """The session of whoever asks."""
    asked = context.request_context
    served: Served = asked.lifespan_context
    return served.session(asked.request)
