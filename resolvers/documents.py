"""Documents that were read: within the limits, without mistakes, with what their operations cost."""

from __future__ import annotations

from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    specified_rules,
    validate,
)
from graphql.validation.rules import overlapping_fields_can_be_merged

from deskgraph.graph.compiler.selection import Selection
from deskgraph.resolvers.costs import cost_of
from deskgraph.resolvers.limits import Limits
from deskgraph.resolvers.recent import Recent
from deskgraph.schema.errors import DeskError

MAX_COSTS = 64
# By default comparing fields may take a second, for operations that only an attacker sends.
overlapping_fields_can_be_merged.MAX_COMPLEXITY_BUDGET = 50_000


class Document:
    """A document without mistakes, and what its operations cost, by the variables that they depend on."""

    def __init__(self, node: DocumentNode) -> None:
        self.node = node
        self._costs: Recent[int] = Recent(MAX_COSTS)

    def cost(self, selection: Selection) -> int:
        """What the selection's operation costs with its variables."""
        named = selection.operation.name
        sizes = [(name, _size(value)) for name, value in selection.variables.coerced.items()]
        return self._costs.get((named and named.value, *sizes), lambda: cost_of(selection))


def mistakes(schema: GraphQLSchema, document: DocumentNode, limits: Limits) -> list[GraphQLError]:
    """What is wrong with a document. Its limits come first: they are what keeps the rest from taking long."""
    try:
        limits.check_document(document)
    except DeskError as error:
        return [GraphQLError(str(error), original_error=error)]
    if limits.introspection:
        return validate(schema, document)
    found = validate(schema, document, [*specified_rules, NoSchemaIntrospectionCustomRule], max_errors=1)
    # What is said of one word and not of another tells which of them the schema has.
    return [GraphQLError("The operation does not fit the schema.")] if found else []


def _size(value: Any) -> Any:
    """What a cost may depend on in a variable's value: a number, a condition, how many items there are."""
    if isinstance(value, dict):
        value = value.get("items")
    if isinstance(value, list):
        return len(value)
    return value if isinstance(value, int) else "null" if value is None else "given"
