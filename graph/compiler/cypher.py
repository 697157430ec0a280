"""Picks compiled to one Cypher query that returns the response's shape.

Every field becomes an expression, edges become COLLECT subqueries inside it, so an operation of any depth is a single
`RETURN`. What Cypher can't express (opaque cursors, JSON kept as text) is left to a shape: a function built with the
query that finishes each value in place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from deskgraph.graph.compiler import paging
from deskgraph.graph.compiler.filters import both, equalities, predicates
from deskgraph.graph.compiler.names import quote
from deskgraph.graph.compiler.picks import TYPENAME, Pick, Rows, typed
from deskgraph.graph.compiler.rows import ConnectionShape, wants
from deskgraph.graph.compiler.scope import Scope
from deskgraph.schema.event import Event
from deskgraph.schema.fields import Derived, Json, Many, One, Prop
from deskgraph.schema.noun import Noun, noun_of, targets
from deskgraph.schema.paging import Page, page_of

Shape = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Value:
    """A compiled field: its Cypher expression, and its shape if the database's value is not the response's yet."""

    cypher: str
    shape: Shape | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A compiled query. `parameters` lacks only `workspace`, which is set where the query is run.

    `reads_log`: it lists events, which are there once they have their positions.
    """

    cypher: str
    parameters: dict[str, Any]
    shapes: dict[str, Shape]
    reads_log: bool = False

    def shape(self, row: dict[str, Any]) -> dict[str, Any]:
        """The response of the query's only row."""
        return {key: self.shapes[key](value) if key in self.shapes else value for key, value in row.items()}


def plan(values: dict[str, Value], scope: Scope) -> Plan:
    """One query for all these values, each under its key."""
    columns = ",\n  ".join(f"{value.cypher} AS {quote(key)}" for key, value in values.items())
    shapes = {key: value.shape for key, value in values.items() if value.shape}
    return Plan(f"RETURN\n  {columns}", scope.parameters, shapes, scope.reads_log)


def by_id(noun: type[Noun], node_id: str, picks: tuple[Pick, ...], scope: Scope, *, deleted: bool = False) -> Value:
    """The noun of that id, or null. With `deleted`, one that is deleted is found too."""
    variable = scope.variable()
    label = f"{noun.__name__}|Deleted" if deleted else noun.__name__
    node = node_map(noun, variable, picks, scope)
    match = f"MATCH ({variable}:{label} {{id: {scope.parameter(node_id)}, workspace: $workspace}})"
    return Value(f"head(COLLECT {{ {match} RETURN {node.cypher} }})", node.shape)


def at_positions(picks: tuple[Pick, ...], scope: Scope, positions: str) -> Value:
    """The events at the positions in a parameter, which is given its value later: their maps by position."""
    variable = scope.variable()
    node = node_map(Event, variable, picks, scope)
    finish = node.shape
    match = f"MATCH ({variable}:Event) WHERE {variable}.workspace = $workspace AND {variable}.position IN ${positions}"

    def shape(rows: list[Any]) -> dict[int, Any]:
        return {position: finish(event) if finish else event for position, event in rows}

    return Value(f"COLLECT {{ {match} RETURN [{variable}.position, {node.cypher}] }}", shape)


def root_list(rows: Rows, scope: Scope) -> Value:
    """A connection over all nouns of a kind in the workspace."""
    return _connection(rows, scope, edge=None, source="")


def node_map(noun: type[Noun], variable: str, picks: tuple[Pick, ...], scope: Scope) -> Value:
    """A map of the picked fields of the node in `variable`."""
    values = {pick.key: _field(noun, variable, pick, scope) for pick in picks}
    entries = ", ".join(f"{quote(key)}: {value.cypher}" for key, value in values.items())
    return Value(
        f"{variable} {{{entries}}}", _in_place({key: value.shape for key, value in values.items() if value.shape})
    )


def _field(noun: type[Noun], variable: str, pick: Pick, scope: Scope) -> Value:
    declared = pick.field
    if declared is None:
        return Value(f"'{noun.__name__}'")
    if isinstance(declared, One):
        return _one(variable, declared, pick, scope)
    if isinstance(declared, Many):
        assert pick.rows
        return _connection(pick.rows, scope, edge=declared, source=variable)
    assert isinstance(declared, Prop | Derived)
    return Value(declared.read(variable), _parse_json if isinstance(declared, Json) else None)


def _one(source: str, edge: One, pick: Pick, scope: Scope) -> Value:
    target = scope.variable()
    if edge.target == "Node":
        return _any(source, edge, target, pick, scope)
    noun = noun_of(edge.target)
    node = node_map(noun, target, pick.children[noun], scope)
    match = f"MATCH {edge.pattern(source, f'{target}:{noun.__name__}')}"
    return Value(f"head(COLLECT {{ {match} RETURN {node.cypher} }})", node.shape)


def _any(source: str, edge: One, target: str, pick: Pick, scope: Scope) -> Value:
    """An edge to any noun: each kind has its own map, which says in `__typename` which it is."""
    nodes = {noun: node_map(noun, target, typed(pick.children[noun]), scope) for noun in targets(edge)}
    cases = " ".join(f"WHEN {target}:{noun.__name__} THEN {node.cypher}" for noun, node in nodes.items())
    shapes = {noun.__name__: node.shape for noun, node in nodes.items() if node.shape}
    match = f"MATCH {edge.pattern(source, target)} WHERE NOT {target}:Deleted"

    def shape(value: Any) -> Any:
        finish = shapes.get(value[TYPENAME]) if value else None
        return finish(value) if finish else value

    return Value(f"head(COLLECT {{ {match} RETURN CASE {cases} END }})", shape if shapes else None)


def _connection(rows: Rows, scope: Scope, *, edge: Many | None, source: str) -> Value:
    page = page_of(rows.noun, rows.arguments, edge.order if edge else "")
    scope.reads_log |= rows.noun is Event
    wanted = rows.arguments.get("filter") or {}
    entries = {}
    finish = ConnectionShape(rows, page)
    if wants(rows.parts, "nodes", "edges", "pageInfo"):
        entries["rows"] = _page_rows(rows, page, scope, finish, edge=edge, source=source)
    if wants(rows.parts, "totalCount"):
        variable = scope.variable()
        where = both(_where(rows.noun, variable, wanted, page, scope, edge))
        entries["total"] = f"COUNT {{ MATCH {_pattern(rows.noun, variable, edge, source)} WHERE {where} }}"
    return Value(f"{{{', '.join(f'{name}: {cypher}' for name, cypher in entries.items())}}}", finish)


def _page_rows(rows: Rows, page: Page, scope: Scope, finish: ConnectionShape, *, edge: Many | None, source: str) -> str:
    noun, wanted = rows.noun, rows.arguments.get("filter") or {}
    variable = scope.variable()
    where = both(_where(noun, variable, wanted, page, scope, edge) + paging.beyond(variable, page, scope))
    pinned = None if edge else equalities(noun, wanted)
    order = paging.order_by(noun, variable, page, pinned)
    hint = "" if pinned is None else paging.hint(noun, variable, pinned, wanted.keys(), page)
    columns = [f"c: {paging.cursor_values(variable, page)}"]
    for key, picks in finish.selections.items():
        node = node_map(noun, variable, picks, scope)
        finish.shapes[key] = node.shape
        columns.append(f"{key}: {node.cypher}")
    match = f"MATCH {_pattern(noun, variable, edge, source)}{hint} WHERE {where}"
    return (
        f"COLLECT {{ {match} WITH {variable} ORDER BY {order} "
        f"LIMIT {scope.parameter(page.size + 1)} RETURN {{{', '.join(columns)}}} }}"
    )


def _pattern(noun: type[Noun], variable: str, edge: Many | None, source: str) -> str:
    node = f"{variable}:{noun.__name__}"
    return edge.pattern(source, node) if edge else f"({node})"


def _where(noun: type[Noun], variable: str, wanted: Any, page: Page, scope: Scope, edge: Many | None) -> list[str]:
    bounds = [] if edge else [f"{variable}.workspace = $workspace", *paging.anchored(noun, variable, page)]
    return bounds + predicates(noun, variable, wanted, scope) + paging.present(variable, page)


def _parse_json(value: Any) -> Any:
    return None if value is None else orjson.loads(value)


def _in_place(shapes: dict[str, Shape]) -> Shape | None:
    """A shape that finishes some entries of a map."""
    if not shapes:
        return None

    def shape(value: Any) -> Any:
        if value is not None:
            for key, finish in shapes.items():
                value[key] = finish(value[key])
        return value

    return shape
