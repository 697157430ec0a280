"""Picks compiled to one Cypher query that returns the response's values in the response's order.

Every field becomes an expression, edges become COLLECT subqueries inside it, so an operation of any depth is a single
`RETURN`. A node is a list of its values, for the database keeps no order of a map's entries; the names, and what Cypher
can't express (opaque cursors, JSON kept as text), are left to a shape: a function built with the query.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from deskgraph.graph.compiler import paging
from deskgraph.graph.compiler.filters import both, clause, equalities, predicates
from deskgraph.graph.compiler.names import quote
from deskgraph.graph.compiler.naming import NodeShape, Shape
from deskgraph.graph.compiler.pages import Page, page_of
from deskgraph.graph.compiler.picks import Pick, Rows
from deskgraph.graph.compiler.rows import ConnectionShape, wants
from deskgraph.graph.compiler.scope import Holes, Scope
from deskgraph.schema.event import Event
from deskgraph.schema.fields import Derived, Json, Many, One, Prop
from deskgraph.schema.noun import Noun, noun_of, targets


@dataclass(frozen=True, slots=True)
class Value:
    """A compiled field: its Cypher expression, and its shape if the database's value is not the response's yet."""

    cypher: str
    shape: Shape | None = None

    def finished(self, value: Any) -> Any:
        """What the database returned for it, as the response has it."""
        return self.shape(value) if self.shape else value


class Named(dict[str, Any]):
    """The fields of what may be any noun under their response keys. `noun` is the noun's name."""

    def __init__(self, noun: str, fields: dict[str, Any]) -> None:
        super().__init__(fields)
        self.noun = noun


class Response(dict[str, Any]):
    """The values of a query's row under the response's keys. `holes`: one that has to be there is missing."""

    holes = False


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A compiled query. `parameters` lacks only `workspace`, which is set where the query is run.

    `reads_log`: it lists events, which are there once they have their positions.
    """

    cypher: str
    parameters: dict[str, Any]
    shapes: dict[str, Shape]
    holes: Holes
    reads_log: bool = False

    def shape(self, row: dict[str, Any]) -> Response:
        """The response of the query's only row."""
        self.holes.found = False
        shapes = self.shapes
        response = Response({key: shapes[key](value) if key in shapes else value for key, value in row.items()})
        response.holes = self.holes.found
        return response


def plan(values: dict[str, Value], scope: Scope) -> Plan:
    """One query for all these values, each under its key."""
    columns = ",\n  ".join(f"{value.cypher} AS {quote(key)}" for key, value in values.items())
    shapes = {key: value.shape for key, value in values.items() if value.shape}
    return Plan(f"RETURN\n  {columns}", scope.parameters, shapes, scope.holes, scope.reads_log)


def by_id(noun: type[Noun], node_id: Any, picks: tuple[Pick, ...], scope: Scope, *, deleted: bool = False) -> Value:
    """The noun of that id, or null. With `deleted`, one that is deleted is found too."""
    variable = scope.variable()
    label = f"{noun.__name__}|Deleted" if deleted else noun.__name__
    node = picked(noun, variable, picks, scope)
    match = f"MATCH ({variable}:{label} {{id: {scope.parameter(node_id)}, workspace: $workspace}})"
    return Value(f"head(COLLECT {{ {match}{clause(scope.seen(noun, variable))} RETURN {node.cypher} }})", node.shape)


def by_ids(noun: type[Noun], picks: tuple[Pick, ...], scope: Scope, ids: str, *, deleted: bool = False) -> Value:
    """The nouns whose ids are in a parameter, which is given its value later: their values by id."""
    variable = scope.variable()
    label = f"{noun.__name__}|Deleted" if deleted else noun.__name__
    node = picked(noun, variable, picks, scope)
    match = f"UNWIND ${ids} AS id MATCH ({variable}:{label} {{id: id, workspace: $workspace}})"
    match += clause(scope.seen(noun, variable))

    def shape(rows: list[Any]) -> dict[str, Any]:
        return {found: node.finished(values) for found, values in rows}

    return Value(f"COLLECT {{ {match} RETURN [id, {node.cypher}] }}", shape)


def any_by_id(noun: type[Noun], node_id: Any, picks: tuple[Pick, ...], scope: Scope, *, deleted: bool = False) -> Value:
    """The same, where any noun might be; it says which one it is."""
    found = by_id(noun, node_id, picks, scope, deleted=deleted)

    def shape(value: Any) -> Named | None:
        return None if value is None else Named(noun.__name__, found.finished(value))

    return Value(found.cypher, shape)


def at_positions(picks: tuple[Pick, ...], scope: Scope, positions: str) -> Value:
    """The events at the positions in a parameter, which is given its value later: their maps by position."""
    variable = scope.variable()
    node = picked(Event, variable, picks, scope)
    where = [f"{variable}.workspace = $workspace", f"{variable}.position IN ${positions}", *scope.seen(Event, variable)]
    match = f"MATCH ({variable}:Event) WHERE {both(where)}"

    def shape(rows: list[Any]) -> dict[int, Any]:
        return {position: node.finished(event) for position, event in rows}

    return Value(f"COLLECT {{ {match} RETURN [{variable}.position, {node.cypher}] }}", shape)


def root_list(rows: Rows, scope: Scope) -> Value:
    """A connection over all nouns of a kind in the workspace."""
    return _connection(rows, scope, edge=None, source="")


def picked(noun: type[Noun], variable: str, picks: tuple[Pick, ...], scope: Scope) -> Value:
    """The picked fields of the node in `variable`: a list of values, and the shape that names them.

    Whether the reader may see the node is asked where it is matched.
    """
    values = [_field(noun, variable, pick, scope) for pick in picks]
    return Value(f"[{', '.join(value.cypher for value in values)}]", _naming(picks, values, scope.holes))


def _naming(picks: tuple[Pick, ...], values: list[Value], holes: Holes) -> Shape:
    needed = [isinstance(pick.field, Prop) and pick.field.required for pick in picks]
    return NodeShape([pick.key for pick in picks], needed, [value.shape for value in values], holes)


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
    if pick.implied and not scope.sees(noun):
        return Value("null")
    node = picked(noun, target, pick.children[noun], scope)
    match = f"MATCH {edge.pattern(source, f'{target}:{noun.__name__}')}{clause(scope.seen(noun, target))}"
    return Value(f"head(COLLECT {{ {match} RETURN {node.cypher} }})", node.shape)


def _any(source: str, edge: One, target: str, pick: Pick, scope: Scope) -> Value:
    """An edge to any noun: each kind has its own list, behind its name."""
    kinds = {noun.__name__: noun for noun in targets(edge) if scope.sees(noun)}
    nodes = {name: picked(noun, target, pick.children[noun], scope) for name, noun in kinds.items()}
    tests = {name: both([f"{target}:{name}", *scope.seen(noun, target)]) for name, noun in kinds.items()}
    cases = " ".join(f"WHEN {tests[name]} THEN ['{name}', {node.cypher}]" for name, node in nodes.items())
    match = f"MATCH {edge.pattern(source, target)} WHERE NOT {target}:Deleted"

    def shape(value: list[Any] | None) -> Any:
        return Named(value[0], nodes[value[0]].finished(value[1])) if value else None

    return Value(f"head(COLLECT {{ {match} RETURN CASE {cases} END }})", shape)


def _connection(rows: Rows, scope: Scope, *, edge: Many | None, source: str) -> Value:
    page = page_of(rows.noun, rows.arguments, edge.order if edge else "")
    scope.reads_log |= rows.noun is Event
    wanted = rows.arguments.get("filter") or {}
    finish = ConnectionShape(rows, page)
    found = total = "null"
    if wants(rows.parts, "nodes", "edges", "pageInfo"):
        found = _page_rows(rows, page, scope, finish, edge=edge, source=source)
    if wants(rows.parts, "totalCount"):
        variable = scope.variable()
        where = both(where_of(rows.noun, variable, wanted, page, scope, edge))
        total = f"COUNT {{ MATCH {_pattern(rows.noun, variable, edge, source)} WHERE {where} }}"
    return Value(f"[{found}, {total}]", finish)


def _page_rows(rows: Rows, page: Page, scope: Scope, finish: ConnectionShape, *, edge: Many | None, source: str) -> str:
    noun, wanted = rows.noun, rows.arguments.get("filter") or {}
    variable = scope.variable()
    where = both(where_of(noun, variable, wanted, page, scope, edge) + paging.beyond(variable, page, scope))
    pinned = None if edge else equalities(noun, wanted)
    order = paging.order_by(noun, variable, page, pinned)
    hint = "" if pinned is None else paging.hint(noun, variable, pinned, wanted.keys(), page)
    match = f"MATCH {_pattern(noun, variable, edge, source)}{hint} WHERE {where}"
    return (
        f"COLLECT {{ {match} WITH {variable} ORDER BY {order} "
        f"LIMIT {scope.parameter(page.size + 1)} RETURN {row_of(noun, variable, page, scope, finish)} }}"
    )


def row_of(noun: type[Noun], variable: str, page: Page, scope: Scope, finish: ConnectionShape, score: str = "") -> str:
    """The list that a row of a connection is: what its cursor is made of, each selection of its node, its score."""
    columns = [paging.cursor_values(variable, page)] if finish.cursors else []
    for picks in finish.selections:
        node = picked(noun, variable, picks, scope)
        assert node.shape
        finish.shapes.append(node.shape)
        columns.append(node.cypher)
    return f"[{', '.join([*columns, score or 'null'] if finish.scores else columns)}]"


def _pattern(noun: type[Noun], variable: str, edge: Many | None, source: str) -> str:
    node = f"{variable}:{noun.__name__}"
    return edge.pattern(source, node) if edge else f"({node})"


def where_of(
    noun: type[Noun], variable: str, wanted: Any, page: Page, scope: Scope, edge: Many | None = None
) -> list[str]:
    """The predicates of a list's rows, without its cursors: on all pages, at the end of an edge or in the workspace."""
    bounds = [] if edge else [f"{variable}.workspace = $workspace", *paging.anchored(noun, variable, page)]
    bounds += scope.seen(noun, variable)
    return bounds + predicates(noun, variable, wanted, scope) + paging.present(variable, page)


def _parse_json(value: Any) -> Any:
    return None if value is None else orjson.loads(value)
