"""urql: its document cache, and subscriptions by graphql-ws, by graphql-sse and by its own reader of streams."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.acceptance.clients.conftest import told
from tests.acceptance.conftest import Served

EVENTS = [[1, "ticket.created"], [2, "ticket.created"]]


async def test_urql(serve: Callable[..., Served], clients: Path) -> None:
    served = serve()
    heard = {name: [EVENTS] for name in ("socket", "stream", "own")}
    assert await told(clients, "urql.mjs", served.url, served.key) == {
        "before": [[]],
        "created": [["One", []], ["Two", []]],
        "after": [["One", "Two"]],
        "refused": [[{"code": "NOT_FOUND", "field": "contact", "__typename": "UserError"}]],
        "input": [["INVALID_INPUT"]],
        "validation": [["GRAPHQL_VALIDATION_FAILED"]],
        **heard,
        **{f"{name}'s cursor": [["INVALID_CURSOR"]] for name in heard},
    }
