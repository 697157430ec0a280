"""Keyset paging: the order of a connection's rows and the predicate that continues after a cursor. Never SKIP.

A root list is walked in the order of an index: the columns that the filter pins go in front of the order (they change
nothing about it) so that the planner sees the index's own order, and every column of the index is said to be not null,
without which Neo4j does not consider a composite index.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from deskgraph.graph.compiler.pages import Page
from deskgraph.graph.compiler.scope import Scope
from deskgraph.schema.fields import Moment
from deskgraph.schema.noun import Noun
from deskgraph.schema.paging import Order, full_order


def order_by(noun: type[Noun], variable: str, page: Page, pinned: set[str] | None) -> str:
    """The ORDER BY list. `pinned` are the fields a root list's filter fixes; None for a list that hangs on a node."""
    columns = [column(order, variable, page) for order in page.orders]
    if pinned is None:
        return ", ".join(columns)
    way = _way(page.orders[0], page)
    front = ["workspace", *(noun.fields[name].graphql for name in index_prefix(noun, pinned, page))]
    return ", ".join([f"{variable}.{name} {way}" for name in front] + columns)


def hint(noun: type[Noun], variable: str, pinned: set[str], asked: Collection[str], page: Page) -> str:
    """Name the index that a root list walks: by itself the planner may choose another one and sort, or scan it all.

    Where the filter asks for ids, which leave few rows, the planner is left to find them.
    """
    if "id" in asked or "subjectId" in asked or not _walks(noun, page):
        return ""
    columns = [*index_prefix(noun, pinned, page), *(order.prop.name for order in full_order(noun, ()))]
    names = ["workspace", *(noun.fields[name].graphql for name in columns)]
    return f" USING INDEX SEEK {variable}:{noun.__name__}({', '.join(names)})"


def index_prefix(noun: type[Noun], pinned: set[str], page: Page) -> tuple[str, ...]:
    """The longest declared index whose columns are all pinned, where the order is the one that indexes end with."""
    fitting = [index for index in noun.indexes if set(index) <= pinned] if _walks(noun, page) else []
    return max(fitting, key=len, default=())


def _walks(noun: type[Noun], page: Page) -> bool:
    """Whether the order is the noun's own, in which its indexes can be walked."""
    return page.orders[0].prop is full_order(noun, ())[0].prop


def column(order: Order, variable: str, page: Page) -> str:
    """One column of the order."""
    return f"{order.prop.sort(variable)} {_way(order, page)}"


def _way(order: Order, page: Page) -> str:
    """The column's direction, turned round for a page that is read backward."""
    return "DESC" if order.descending != page.backward else "ASC"


def present(variable: str, page: Page) -> list[str]:
    """That every column has a value: rows without one have no place in the order."""
    return [f"{variable}.{order.prop.graphql} IS NOT NULL" for order in page.orders]


def anchored(noun: type[Noun], variable: str, page: Page) -> list[str]:
    """That a root list's default order has a value too: every node has one, and it is what the indexes contain."""
    anchor = full_order(noun, ())[0]
    return [] if anchor in page.orders else present(variable, Page(page.size, (anchor,)))


def cursor_values(variable: str, page: Page) -> str:
    """The list expression of a row's place in the order."""
    return f"[{', '.join(_readable(order, variable) for order in page.orders)}]"


def beyond(variable: str, page: Page, scope: Scope) -> list[str]:
    """The predicates that keep the rows after and before the page's cursors."""
    found = []
    for values, flipped in ((page.after, False), (page.before, True)):
        if values is not None:
            bound = [_bound(order, value, scope) for order, value in zip(page.orders, values, strict=True)]
            found.append(_keyset(page.orders, bound, variable, flipped=flipped))
    return found


def _keyset(orders: tuple[Order, ...], bound: list[str], variable: str, *, flipped: bool) -> str:
    """`a <= x` and, where a is x, `b < y`, and so on, each comparison in its column's direction.

    With `a < x OR (a = x AND b < y)` the planner may choose a union of two seeks, and sort; a CASE it leaves alone.
    """
    order, value = orders[0], bound[0]
    expression = order.prop.sort(variable)
    beyond = "<" if order.descending != flipped else ">"
    if len(orders) == 1:
        return f"{expression} {beyond} {value}"
    rest = _keyset(orders[1:], bound[1:], variable, flipped=flipped)
    return f"{expression} {beyond}= {value} AND CASE WHEN {expression} = {value} THEN {rest} ELSE true END"


def _readable(order: Order, variable: str) -> str:
    return order.prop.read(variable) if isinstance(order.prop, Moment) else order.prop.sort(variable)


def _bound(order: Order, value: Any, scope: Scope) -> str:
    reference = scope.parameter(value)
    return f"datetime({reference})" if isinstance(order.prop, Moment) else reference
