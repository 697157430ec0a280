"""Connections of what a full-text search found: what fits best comes first, unless another order is asked for."""

from __future__ import annotations

from typing import Any

from deskgraph.graph.compiler import paging
from deskgraph.graph.compiler.cypher import Value, row_of
from deskgraph.graph.compiler.filters import both, predicates
from deskgraph.graph.compiler.pages import Page, page_of, place
from deskgraph.graph.compiler.picks import Rows
from deskgraph.graph.compiler.rows import ConnectionShape, wants
from deskgraph.graph.compiler.scope import Scope
from deskgraph.graph.fulltext import index_name, lucene
from deskgraph.schema.paging import BY_SCORE

SCORE = "score"


def text_list(rows: Rows, words: list[str], workspace: str, scope: Scope) -> Value:
    """A connection over the nouns of a kind in whose texts all the words are, with the score beside each row's edge.

    The arguments are those of every list, read forward.
    """
    page = _page(rows)
    finish = ConnectionShape(rows, page)
    query = scope.parameter(lucene(rows.noun, words, workspace))
    found = total = "null"
    if wants(rows.parts, "nodes", "edges", "pageInfo"):
        found = _rows(rows, page, query, scope, finish)
    if wants(rows.parts, "totalCount"):
        variable = scope.variable()
        total = f"COUNT {{ {_found(rows, variable, query, scope, page)} RETURN {variable} }}"
    return Value(f"[{found}, {total}]", finish)


def _page(rows: Rows) -> Page:
    if rows.arguments.get("orderBy"):
        return page_of(rows.noun, rows.arguments)
    page = page_of(rows.noun, {**rows.arguments, "after": None})
    return Page(page.size, BY_SCORE, after=place(BY_SCORE, rows.arguments.get("after")))


def _rows(rows: Rows, page: Page, query: str, scope: Scope, finish: ConnectionShape) -> str:
    variable = scope.variable()
    found = _found(rows, variable, query, scope, page, beyond=True)
    order = paging.order_by(rows.noun, variable, page, None)
    row = row_of(rows.noun, variable, page, scope, finish, f"{variable}_{SCORE}")
    return f"COLLECT {{ {found} ORDER BY {order} LIMIT {scope.parameter(page.size + 1)} RETURN {row} }}"


def _found(rows: Rows, variable: str, query: str, scope: Scope, page: Page, *, beyond: bool = False) -> str:
    """The nodes that fit, in `variable`, and their score beside it. The index holds all workspaces' texts."""
    wanted: Any = rows.arguments.get("filter") or {}
    where = [f"{variable}.workspace = $workspace", *scope.seen(rows.noun, variable)]
    where += predicates(rows.noun, variable, wanted, scope)
    if page.orders is not BY_SCORE:
        where += paging.present(variable, page)
    if beyond:
        where += paging.beyond(variable, page, scope)
    index = scope.parameter(index_name(rows.noun))
    call = f"CALL db.index.fulltext.queryNodes({index}, {query}) YIELD node AS {variable}, score AS {variable}_{SCORE}"
    return f"{call} WITH {variable}, {variable}_{SCORE} WHERE {both(where)} WITH {variable}, {variable}_{SCORE}"
