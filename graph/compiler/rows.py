"""How a connection's rows, as the database returned them, become its `nodes`, `edges`, `pageInfo` and `totalCount`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from deskgraph.graph.compiler.picks import TYPENAME, Part, Pick, Rows
from deskgraph.schema.paging import Page, encode_cursor

Maker = Callable[[Part], Any]


class ConnectionShape:
    """The shape of a connection.

    Each place that selects nodes has a map of its own in a row, under its key in `selections`.
    """

    def __init__(self, rows: Rows, page: Page) -> None:
        self.page = page
        self.parts = rows.parts
        self.name = rows.noun.__name__
        self.selections: dict[str, tuple[Pick, ...]] = {}
        self.shapes: dict[str, Callable[[Any], Any] | None] = {}
        self._keys: dict[int, str] = {}
        self._number(rows.parts)

    def __call__(self, value: dict[str, Any]) -> dict[str, Any]:
        """The connection of `{rows, total}`."""
        found = value.get("rows", [])
        more = len(found) > self.page.size
        rows = found[: self.page.size]
        if self.page.backward:
            rows.reverse()
        makers: dict[str, Maker] = {
            "nodes": lambda part: [self._node(part, row) for row in rows],
            "edges": lambda part: [self._edge(part, row) for row in rows],
            "pageInfo": lambda part: self._page_info(part, rows, more=more),
            "totalCount": lambda _part: value["total"],
            TYPENAME: lambda _part: f"{self.name}Connection",
        }
        return {part.key: makers[part.name](part) for part in self.parts}

    def _number(self, parts: tuple[Part, ...]) -> None:
        for part in parts:
            if part.name in ("nodes", "node"):
                key = f"s{len(self.selections)}"
                self.selections[key] = part.node
                self._keys[id(part)] = key
            self._number(part.parts)

    def _node(self, part: Part, row: dict[str, Any]) -> Any:
        key = self._keys[id(part)]
        finish = self.shapes[key]
        return finish(row[key]) if finish else row[key]

    def _edge(self, part: Part, row: dict[str, Any]) -> dict[str, Any]:
        makers: dict[str, Maker] = {
            "cursor": lambda _inner: self._cursor(row),
            "node": lambda inner: self._node(inner, row),
            "score": lambda _inner: row.get("score"),
            TYPENAME: lambda _inner: f"{self.name}Edge",
        }
        return {inner.key: makers[inner.name](inner) for inner in part.parts}

    def _page_info(self, part: Part, rows: list[dict[str, Any]], *, more: bool) -> dict[str, Any]:
        page = self.page
        values = {
            "hasNextPage": page.before is not None if page.backward else more,
            "hasPreviousPage": more if page.backward else page.after is not None,
            "startCursor": self._cursor(rows[0]) if rows else None,
            "endCursor": self._cursor(rows[-1]) if rows else None,
            TYPENAME: "PageInfo",
        }
        return {inner.key: values[inner.name] for inner in part.parts}

    def _cursor(self, row: dict[str, Any]) -> str:
        return encode_cursor(self.page.orders, row["c"])


def wants(parts: tuple[Part, ...], *names: str) -> bool:
    """Whether any of these fields of a connection is selected."""
    return any(part.name in names for part in parts)
