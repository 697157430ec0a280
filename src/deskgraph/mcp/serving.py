"""What every tool, resource and prompt begins with: the desk that is served, and in whose name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mcp.server.mcpserver.context import Context
from starlette.requests import Request

from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.session import Session

Asked = Context[Any, Any]


@dataclass(frozen=True, slots=True)
class Served:
    """A desk, and who acts by an HTTP request, or without one."""

    desk: Desk
    actor: Callable[[Request | None], str]


def session_of(context: Asked) -> Session:
    """The session of whoever asks."""
    asked = context.request_context
    served: Served = asked.lifespan_context
    return served.desk.acting(served.actor(asked.request))
