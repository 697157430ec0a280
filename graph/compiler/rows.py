"""How a connection's rows, as the database returned them, become its `nodes`, `edges`, `pageInfo` and `totalCount`."""

from __future__ import annotations

from typing import Any

from deskgraph.graph.compiler.naming import Code, Shape, Written
from deskgraph.graph.compiler.pages import Page
from deskgraph.graph.compiler.picks import TYPENAME, Part, Pick, Rows
from deskgraph.schema.paging import encode_cursor

Entries = dict[str, str]


class ConnectionShape(Written):
    """The shape of a connection, which is a list of its rows and its total.

    A row is the values of its cursor, if `cursors` are wanted, then its node once for each place in `selections`, then
    its score, if `scores` are wanted. `shapes` are those of the nodes, filled in while the query is compiled.
    """

    def __init__(self, rows: Rows, page: Page) -> None:
        self.page = page
        self.name = rows.noun.__name__
        self.cursors = any(wants(part.parts, "cursor", "startCursor", "endCursor") for part in rows.parts)
        self.scores = any(wants(part.parts, "score") for part in rows.parts)
        self.shapes: list[Shape] = []
        self._parts = rows.parts
        self._nodes = [
            node
            for part in rows.parts
            for node in ([part] if part.name == "nodes" else [one for one in part.parts if one.name == "node"])
        ]

    @property
    def selections(self) -> list[tuple[Pick, ...]]:
        """What is picked of each row's node, once for each place where it is seen."""
        return [part.node for part in self._nodes]

    def written(self, code: Code, value: str) -> str:
        """A call of a function that makes the connection."""
        depth, code.depth = code.depth, 0
        entries = {part.key: self._part(part, code) for part in self._parts}
        code.depth = depth
        lines = ["found, total = value", f"rows = found[:{self.page.size}] if found else []"]
        lines += ["rows.reverse()"] if self.page.backward else []
        return f"{code.function(*lines, f'return {_dict(entries)}')}({value})"

    def _part(self, part: Part, code: Code) -> str:
        if part.name == "nodes":
            return f"[{self._node(part, code)} for row in rows]"
        if part.name == "edges":
            return f"[{_dict({one.key: self._of_edge(one, code) for one in part.parts})} for row in rows]"
        if part.name == "pageInfo":
            return _dict({one.key: self._of_page(one.name, code) for one in part.parts})
        return {"totalCount": "total", TYPENAME: repr(f"{self.name}Connection")}[part.name]

    def _of_edge(self, part: Part, code: Code) -> str:
        if part.name == "node":
            return self._node(part, code)
        if part.name == "cursor":
            return f"{code.constant(self._cursor)}(row)"
        return {"score": "row[-1]", TYPENAME: repr(f"{self.name}Edge")}[part.name]

    def _of_page(self, name: str, code: Code) -> str:
        page = self.page
        more = f"len(found or ()) > {page.size}"
        if name in ("startCursor", "endCursor"):
            at = 0 if name == "startCursor" else -1
            return f"({code.constant(self._cursor)}(rows[{at}]) if rows else None)"
        return {
            "hasNextPage": repr(page.before is not None) if page.backward else more,
            "hasPreviousPage": more if page.backward else repr(page.after is not None),
            TYPENAME: "'PageInfo'",
        }[name]

    def _node(self, part: Part, code: Code) -> str:
        at = next(at for at, one in enumerate(self._nodes) if one is part)
        return code.shaped(self.shapes[at], f"row[{at + self.cursors}]")

    def _cursor(self, row: list[Any]) -> str:
        return encode_cursor(self.page.orders, row[0])


def _dict(entries: Entries) -> str:
    return f"{{{', '.join(f'{key!r}: {value}' for key, value in entries.items())}}}"


def wants(parts: tuple[Part, ...], *names: str) -> bool:
    """Whether any of these fields of a connection is selected."""
    return any(part.name in names for part in parts)
