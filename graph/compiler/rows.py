"""How a connection's rows, as the database returned them, become its `nodes`, `edges`, `pageInfo` and `totalCount`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from deskgraph.graph.compiler.pages import Page
from deskgraph.graph.compiler.picks import TYPENAME, Part, Pick, Rows
from deskgraph.schema.paging import encode_cursor

Row = list[Any]


class Seen(NamedTuple):
    """What there is of a connection: the rows of its page, how many match, whether there are more beyond the page."""

    rows: list[Row]
    total: int | None
    more: bool


class ConnectionShape:
    """The shape of a connection, which is a list of its rows and its total.

    A row is the values of its cursor, if `cursors` are wanted, then its node once for each place in `selections`, then
    its score, if `scores` are wanted. `shapes` are those of the nodes, filled in while the query is compiled.
    """

    def __init__(self, rows: Rows, page: Page) -> None:
        self.page = page
        self.name = rows.noun.__name__
        self.cursors = any(wants(part.parts, "cursor", "startCursor", "endCursor") for part in rows.parts)
        self.scores = any(wants(part.parts, "score") for part in rows.parts)
        self.selections: list[tuple[Pick, ...]] = []
        self.shapes: list[Callable[[Any], Any]] = []
        self._makers = [(part.key, self._maker(part)) for part in rows.parts]

    def __call__(self, value: Row) -> dict[str, Any]:
        """The connection."""
        found, total = value
        found = found or []
        rows = found[: self.page.size]
        if self.page.backward:
            rows.reverse()
        seen = Seen(rows, total, len(found) > self.page.size)
        return {key: make(seen) for key, make in self._makers}

    def _maker(self, part: Part) -> Callable[[Seen], Any]:
        if part.name == "nodes":
            at, column = self._selected(part)
            return lambda seen: list(map(self.shapes[at], [row[column] for row in seen.rows]))
        if part.name == "edges":
            makers = [(inner.key, self._of_edge(inner)) for inner in part.parts]
            return lambda seen: [{key: make(row) for key, make in makers} for row in seen.rows]
        if part.name == "pageInfo":
            about = [(inner.key, self._of_page(inner.name)) for inner in part.parts]
            return lambda seen: {key: make(seen) for key, make in about}
        return {
            "totalCount": lambda seen: seen.total,
            TYPENAME: lambda _seen: f"{self.name}Connection",
        }[part.name]

    def _of_edge(self, part: Part) -> Callable[[Row], Any]:
        if part.name == "node":
            at, column = self._selected(part)
            return lambda row: self.shapes[at](row[column])
        return {
            "cursor": self._cursor,
            "score": lambda row: row[-1],
            TYPENAME: lambda _row: f"{self.name}Edge",
        }[part.name]

    def _of_page(self, name: str) -> Callable[[Seen], Any]:
        page = self.page
        makers: dict[str, Callable[[Seen], Any]] = {
            "hasNextPage": (lambda _seen: page.before is not None) if page.backward else (lambda seen: seen.more),
            "hasPreviousPage": (lambda seen: seen.more) if page.backward else (lambda _seen: page.after is not None),
            "startCursor": lambda seen: self._cursor(seen.rows[0]) if seen.rows else None,
            "endCursor": lambda seen: self._cursor(seen.rows[-1]) if seen.rows else None,
            TYPENAME: lambda _seen: "PageInfo",
        }
        return makers[name]

    def _selected(self, part: Part) -> tuple[int, int]:
        """The place of a new selection, and its column in the rows."""
        at = len(self.selections)
        self.selections.append(part.node)
        return at, at + self.cursors

    def _cursor(self, row: Row) -> str:
        return encode_cursor(self.page.orders, row[0])


def wants(parts: tuple[Part, ...], *names: str) -> bool:
    """Whether any of these fields of a connection is selected."""
    return any(part.name in names for part in parts)
