"""Queries: the whole operation is compiled to one Cypher query before it is executed; resolvers only pass through.

`passing` leaves out the execution as well, where it can.
"""

from __future__ import annotations

from typing import Any

from graphql import FieldNode, GraphQLObjectType

from deskgraph.graph.compiler.counts import counted
from deskgraph.graph.compiler.cypher import Value, any_by_id, by_id, plan, root_list
from deskgraph.graph.compiler.scope import Scope
from deskgraph.graph.compiler.selection import Selection
from deskgraph.graph.compiler.slots import known
from deskgraph.resolvers.session import Session
from deskgraph.schema.errors import DeskError
from deskgraph.schema.groups import counts_of
from deskgraph.schema.ids import prefix_of
from deskgraph.schema.noun import NOUNS, by_prefix
from deskgraph.schema.types import is_resolved

NULL = Value("null")


async def read_operation(session: Session, selection: Selection, query: GraphQLObjectType) -> dict[str, Any]:
    """The value of each root field by its response key; a field's error stands in its value's place."""
    scope = session.scope()
    values: dict[str, Value] = {}
    answer: dict[str, Any] = {}
    for key, nodes in selection.fields([selection.operation.selection_set], query.name).items():
        name = nodes[0].name.value
        if name.startswith("__") or is_resolved(query.fields[name]):
            continue
        try:
            values[key] = compile_root(selection, query, nodes, scope)
        except DeskError as error:
            answer[key] = error
    return answer | (await session.read(plan(values, scope)) if values else {})


def compile_root(selection: Selection, query: GraphQLObjectType, nodes: list[FieldNode], scope: Scope) -> Value:
    """One root field: a list of a noun, its counts, one by id, or any node by id."""
    name = nodes[0].name.value
    for noun in NOUNS.values():
        if name == noun.plural:
            return root_list(selection.rows(noun, query.name, name, nodes), scope)
        if name == counts_of(noun):
            return counted(selection.counts(noun, query.name, name, nodes), scope)
    node_id = selection.arguments(query.fields[name], nodes[0])["id"]
    noun_or_none = by_prefix(known(node_id, prefix_of)) if name == "node" else by_prefix(name)
    if noun_or_none is None:
        return NULL
    picks = selection.picks(noun_or_none, nodes)
    return (any_by_id if name == "node" else by_id)(noun_or_none, node_id, picks, scope)
