"""What an operation costs: how many nodes its answer may hold at the most, known before anything is read.

A noun is one node, a list as many as its page may have, each with what is selected of it, and so are groups that nouns
are counted in; a verb is one as well, and a batch of verbs as many as its items.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLObjectType,
    get_named_type,
    is_composite_type,
    is_list_type,
    is_non_null_type,
)

from deskgraph.graph.compiler.selection import Selection
from deskgraph.graph.compiler.slots import known
from deskgraph.schema.errors import QueryTooCostlyError
from deskgraph.schema.groups import DEFAULT_COUNTS, MAX_COUNTS
from deskgraph.schema.paging import DEFAULT_PAGE, MAX_PAGE

CONNECTION, EDGE, BATCH = "Connection", "Edge", "BatchPayload"
# Of these objects there is one for each noun, and it is counted.
PARTS = ("PageInfo", "UserError")


class Data(dict[str, Any]):
    """An answer's data, with what it cost."""

    def __init__(self, data: dict[str, Any], cost: int) -> None:
        super().__init__(data)
        self.cost = cost


def cost_of(selection: Selection) -> int:
    """The cost of the selection's operation with the selection's variables."""
    operation = selection.operation
    root = selection.schema.get_root_type(operation.operation)
    assert root
    return _below(selection, root, [operation.selection_set], 1)


def check_cost(cost: int, most: int) -> int:
    """The cost; QUERY_TOO_COSTLY if it is more than that."""
    if cost > most:
        raise QueryTooCostlyError(f"{QueryTooCostlyError.__doc__} They may be {cost:,}; {most:,} is the most.")
    return cost


def _below(selection: Selection, of: GraphQLObjectType, sets: Iterable[Any], size: int) -> int:
    """What is selected of one object costs. `size`: how many rows its lists have, if it is a connection or a batch."""
    return sum(
        _of_field(selection, of.fields[nodes[0].name.value], nodes, size)
        for nodes in selection.fields(sets, of.name).values()
        if nodes[0].name.value in of.fields
    )


def _of_field(selection: Selection, field: GraphQLField, nodes: list[FieldNode], size: int) -> int:
    named = get_named_type(field.type)
    if not is_composite_type(named) or named.name in PARTS:
        return 0
    sets = [node.selection_set for node in nodes]
    if named.name.endswith((CONNECTION, BATCH)):
        assert isinstance(named, GraphQLObjectType)
        return _below(selection, named, sets, _size(selection, field, nodes[0]))
    counted = 0 if named.name.endswith(EDGE) else 1
    possible = [named] if isinstance(named, GraphQLObjectType) else selection.schema.get_possible_types(named)
    one = counted + max((_below(selection, each, sets, 1) for each in possible), default=0)
    if "by" in field.args:
        return one * _groups(selection, field, nodes[0])
    return one * (size if _is_list(field) else 1)


def _size(selection: Selection, field: GraphQLField, node: FieldNode) -> int:
    """How many rows a connection's page or a batch has at the most. What is out of range is refused elsewhere."""
    given = selection.arguments(field, node)
    if "input" in given:
        return int(known(given["input"]["items"], len))
    sizes = [known(given[name]) for name in ("first", "last") if given.get(name) is not None]
    return min(max([*sizes, 1]), MAX_PAGE) if sizes else DEFAULT_PAGE


def _groups(selection: Selection, field: GraphQLField, node: FieldNode) -> int:
    """In how many groups nouns are counted at the most."""
    first = known(selection.arguments(field, node).get("first"))
    return DEFAULT_COUNTS if first is None else min(max(first, 1), MAX_COUNTS)


def _is_list(field: GraphQLField) -> bool:
    of = field.type.of_type if is_non_null_type(field.type) else field.type
    return is_list_type(of)
