"""The MCP server of a desk: its tools, resources and prompts, whatever the transport."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from typing import Any

from mcp.server import MCPServer
from mcp.server.caching import CacheHint
from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.mcpserver.context import Context
from mcp.server.request_state import RequestStateSecurity

from deskgraph.mcp.doing import do_tool
from deskgraph.mcp.reading import fetch_tool, search_tool
from deskgraph.mcp.sources import add_prompts, add_resources
from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.session import Session

ACTOR = "actor"
INSTRUCTIONS = """\
A customer-support desk: tickets, contacts, organizations, users and activities in one graph, and the events of all
that was done to them. `search` finds, `fetch` shows one with its neighbours, now or as it was; both only read. `do`
does what an English sentence says, all of it or nothing. Begin with fetch {"type": "Schema"} if you don't know the
fields. Errors have a code and say what to do."""
HOUR = CacheHint(ttl_ms=3_600_000, scope="public")


def make_server(desk: Desk, actor: Callable[[Context[Any, Any]], str], secret: bytes | None = None) -> MCPServer[Any]:
    """The server; `actor` says in whose name a request acts.

    `secret`, 32 bytes or more, is shared by all processes between which the requests of one client may be spread.
    """

    def session_of(context: Context[Any, Any]) -> Session:
        return desk.acting(actor(context))

    tools = [search_tool(session_of), fetch_tool(session_of)]
    if hasattr(Session, "do"):
        tools.append(do_tool(session_of))
    server = MCPServer[Any](
        "deskgraph",
        title="deskgraph",
        description="A headless customer-support back end.",
        instructions=INSTRUCTIONS,
        version=version("deskgraph"),
        tools=list(tools),
        log_level="WARNING",
        request_state_security=RequestStateSecurity(keys=[secret]) if secret else None,
        cache_hints={
            "tools/list": HOUR,
            "prompts/list": HOUR,
            "resources/list": HOUR,
            "resources/templates/list": HOUR,
        },
        subscriptions=False,
        middleware=[bare_input],
    )
    add_resources(server, session_of)
    add_prompts(server, session_of)
    return server


async def bare_input(ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
    """Take a tool's only text without a name, too: `"arguments": "Assign ..."` is `{"input": "Assign ..."}`."""
    params = ctx.params
    if ctx.method == "tools/call" and params and isinstance(params.get("arguments"), str):
        ctx = replace(ctx, params={**params, "arguments": {"input": params["arguments"]}})
    return await call_next(ctx)
