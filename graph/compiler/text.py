"""Connections of what a full-text search found: what fits best comes first, unless another order is asked for."""

from __future__ import annotations

from typing import Any

from deskgraph.graph.compiler import paging
from deskgraph.graph.compiler.cypher import Value, node_map
from deskgraph.graph.compiler.filters import both, predicates
from deskgraph.graph.compiler.picks import Rows
from deskgraph.graph.compiler.rows import ConnectionShape, wants
from deskgraph.graph.compiler.scope import Scope
from deskgraph.graph.fulltext import index_name, lucene
from deskgraph.schema.paging import BY_SCORE, Page, decode_cursor, page_of

SCORE = "score"


def text_list(rows: Rows, words: list[str], workspace: str, scope: Scope) -> Value:
    """A connection over the nouns of a kind in whose texts all the words are, with the score beside each row's edge.

    The arguments are those of every list, read forward.
    """
    page = _page(rows)
    finish = ConnectionShape(rows, page)
    query = scope.parameter(lucene(rows.noun, words, workspace))
    entries = {}
    if wants(rows.parts, "nodes", "edges", "pageInfo"):
        entries["rows"] = _rows(rows, page, query, scope, finish)
    if wants(rows.parts, "totalCount"):
        variable = scope.variable()
        found = _found(rows, variable, query, scope, page)
        entries["total"] = f"COUNT {{ {found} RETURN {variable} }}"
    return Value(f"{{{', '.join(f'{name}: {cypher}' for name, cypher in entries.items())}}}", finish)


def _page(rows: Rows) -> Page:
    if rows.arguments.get("orderBy"):
        return page_of(rows.noun, rows.arguments)
    page = page_of(rows.noun, {**rows.arguments, "after": None})
    after = rows.arguments.get("after")
    return Page(page.size, BY_SCORE, after=None if after is None else decode_cursor(BY_SCORE, after))


def _rows(rows: Rows, page: Page, query: str, scope: Scope, finish: ConnectionShape) -> str:
    variable = scope.variable()
    found = _found(rows, variable, query, scope, page, beyond=True)
    columns = [f"c: {paging.cursor_values(variable, page)}", f"{SCORE}: {variable}_{SCORE}"]
    for key, picks in finish.selections.items():
        node = node_map(rows.noun, variable, picks, scope)
        finish.shapes[key] = node.shape
        columns.append(f"{key}: {node.cypher}")
    order = paging.order_by(rows.noun, variable, page, None)
    return (
        f"COLLECT {{ {found} ORDER BY {order} LIMIT {scope.parameter(page.size + 1)} RETURN {{{', '.join(columns)}}} }}"
    )


def _found(rows: Rows, variable: str, query: str, scope: Scope, page: Page, *, beyond: bool = False) -> str:
    """The nodes that fit, in `variable`, and their score beside it. The index holds all workspaces' texts."""
    wanted: Any = rows.arguments.get("filter") or {}
    where = [f"{variable}.workspace = $workspace", *predicates(rows.noun, variable, wanted, scope)]
    if page.orders is not BY_SCORE:
        where += paging.present(variable, page)
    if beyond:
        where += paging.beyond(variable, page, scope)
    index = scope.parameter(index_name(rows.noun))
    call = f"CALL db.index.fulltext.queryNodes({index}, {query}) YIELD node AS {variable}, score AS {variable}_{SCORE}"
    return f"{call} WITH {variable}, {variable}_{SCORE} WHERE {both(where)} WITH {variable}, {variable}_{SCORE}"
