"""Counts in groups compiled to Cypher: a walk over the nodes, one row a group, the largest first."""

from __future__ import annotations

from deskgraph.graph.compiler.cypher import Value, picked, where_of
from deskgraph.graph.compiler.filters import both
from deskgraph.graph.compiler.naming import NodeShape
from deskgraph.graph.compiler.pages import page_of
from deskgraph.graph.compiler.picks import TYPENAME, Part, Rows
from deskgraph.graph.compiler.scope import Scope
from deskgraph.graph.compiler.slots import known
from deskgraph.schema.errors import InvalidInputError
from deskgraph.schema.event import Event
from deskgraph.schema.fields import One
from deskgraph.schema.groups import DEFAULT_COUNTS, MAX_COUNTS, Group, groups_of, target_of
from deskgraph.schema.noun import Noun

COUNT = "count"


def counted(rows: Rows, scope: Scope) -> Value:
    """The nouns of a kind in the workspace counted in groups: `by`, `filter` and `first` are the arguments."""
    noun, wanted = rows.noun, rows.arguments.get("filter") or {}
    scope.reads_log |= noun is Event
    groups = {group.name: group for group in groups_of(noun).values()}
    by = {groups[str(word).lower()]: scope.variable() for word in rows.arguments["by"]}
    node, count = scope.variable(), scope.variable()
    edges = "".join(_edge(node, group, variable) for group, variable in by.items())
    where = both(where_of(noun, node, wanted, page_of(noun, {}), scope))
    keys = [variable if target_of(group) else f"{group.read(node)} AS {variable}" for group, variable in by.items()]
    seen = [_seen(group, variable, scope) for group, variable in by.items()] if edges else []
    merged = f"WITH {', '.join([*seen, f'sum({count}) AS {count}'])} " if seen else ""
    order = ", ".join([f"{count} DESC", *(group.sort(variable) for group, variable in by.items())])
    values = [_value(noun, part, by, count, scope) for part in rows.parts]
    shape = NodeShape(
        [part.key for part in rows.parts], [False] * len(values), [one.shape for one in values], scope.holes
    )
    limit = scope.parameter(_size(known(rows.arguments.get("first"))))
    return Value(
        f"COLLECT {{ MATCH ({node}:{noun.__name__}) WHERE {where}{edges} "
        f"WITH {', '.join([*keys, f'count(*) AS {count}'])} {merged}ORDER BY {order} LIMIT {limit} "
        f"RETURN [{', '.join(value.cypher for value in values)}] }}",
        lambda found: list(map(shape, found)),
    )


def _edge(node: str, group: Group, variable: str) -> str:
    return f" OPTIONAL MATCH {group.field.pattern(node, variable)}" if isinstance(group.field, One) else ""


def _seen(group: Group, variable: str, scope: Scope) -> str:
    """The group's node if it is there and the reader sees it: asked once a group, for once a node takes longer."""
    target = target_of(group)
    if target is None:
        return variable
    conditions = both([f"{variable}:{target.__name__}", *scope.seen(target, variable)])
    return f"CASE WHEN {conditions} THEN {variable} END AS {variable}"


def _value(noun: type[Noun], part: Part, by: dict[Group, str], count: str, scope: Scope) -> Value:
    """What a group has under a key: null for what is not counted by."""
    if part.name in (COUNT, TYPENAME):
        return Value(count if part.name == COUNT else f"'{noun.__name__}Count'")
    for group, variable in by.items():
        if group.graphql == part.name:
            return _node(part, group, variable, scope)
    return Value("null")


def _node(part: Part, group: Group, variable: str, scope: Scope) -> Value:
    target = target_of(group)
    if target is None:
        return Value(variable)
    node = picked(target, variable, part.node, scope)
    return Value(f"CASE WHEN {variable} IS NOT NULL THEN {node.cypher} END", node.shape)


def _size(value: int | None) -> int:
    if value is None:
        return DEFAULT_COUNTS
    if not 1 <= value <= MAX_COUNTS:
        raise InvalidInputError(f"first must be from 1 to {MAX_COUNTS:,}, not {value}.", field="first")
    return value
