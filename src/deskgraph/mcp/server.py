"""The MCP server of desks: its tools, resources and prompts, whatever the transport."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from importlib.metadata import version
from typing import Any

from mcp.server import MCPServer
from mcp.server.caching import CacheableMethod, CacheHint
from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.request_state import RequestStateSecurity
from mcp.shared.exceptions import MCPError
from mcp.types import INVALID_PARAMS, GetPromptResult, InputRequiredResult
from starlette.requests import Request

from deskgraph.mcp.doing import do_tool
from deskgraph.mcp.reading import fetch_tool, search_tool
from deskgraph.mcp.serving import Asked, Served
from deskgraph.mcp.sources import add_prompts, add_resources
from deskgraph.resolvers.session import Session

INSTRUCTIONS = """\
A customer-support desk: tickets, contacts, organizations, users and activities in one graph, and the events of all
that was done to them. `search` finds, `fetch` shows one with its neighbours, now or as it was; both only read. `do`
does what an English sentence says, all of it or nothing. Begin with fetch {"type": "Schema"} if you don't know the
fields. Errors have a code and say what to do."""
LISTS: tuple[CacheableMethod, ...] = ("tools/list", "prompts/list", "resources/list", "resources/templates/list")
HOUR = CacheHint(ttl_ms=3_600_000, scope="public")


class DeskServer(MCPServer[Served]):
    """MCPServer that says what is wrong with the call of a prompt, where it would only say that something is."""

    async def get_prompt(
        self, name: str, arguments: dict[str, Any] | None = None, context: Asked | None = None
    ) -> GetPromptResult | InputRequiredResult:
        """The prompt; INVALID_PARAMS for one that there is not, or not so."""
        known = {prompt.name: prompt for prompt in await self.list_prompts()}
        if name not in known:
            raise MCPError(INVALID_PARAMS, f"There is no prompt {name!r}: there is {', '.join(known)}.")
        needed = [argument.name for argument in known[name].arguments or () if argument.required]
        if missing := set(needed) - (arguments or {}).keys():
            raise MCPError(INVALID_PARAMS, f"{name} needs {', '.join(sorted(missing))}.")
        return await super().get_prompt(name, arguments, context)


def make_server(session: Callable[[Request | None], Session], secret: bytes | None = None) -> DeskServer:
    """The server; `session` is that of whoever sent a request.

    `secret`, 32 bytes or more, is shared by all processes between which the requests of one client may be spread.
    """

    @asynccontextmanager
    async def served(_server: MCPServer[Served]) -> AsyncIterator[Served]:
        yield Served(session)

    server = DeskServer(
        "deskgraph",
        title="deskgraph",
        description="A headless customer-support back end.",
        instructions=INSTRUCTIONS,
        version=version("deskgraph"),
        tools=[search_tool(), fetch_tool(), do_tool()],
        lifespan=served,
        log_level="WARNING",
        request_state_security=RequestStateSecurity(keys=[secret]) if secret else None,
        cache_hints=dict.fromkeys(LISTS, HOUR),
        subscriptions=False,
        middleware=[bare_input],
    )
    add_resources(server)
    add_prompts(server)
    return server


async def bare_input(ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
    """Take a tool's only text without a name, too: `"arguments": "Assign ..."` is `{"input": "Assign ..."}`."""
    params = ctx.params
    if ctx.method == "tools/call" and params and isinstance(params.get("arguments"), str):
        ctx = replace(ctx, params={**params, "arguments": {"input": params["arguments"]}})
    return await call_next(ctx)
