"""Mutations passed through: parsed, validated and compiled once; what is done is told without the executor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLField,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableNode,
    VariableValues,
    Visitor,
    get_argument_values,
    get_variable_values,
    visit,
)

from deskgraph.graph.compiler.picks import TYPENAME
from deskgraph.graph.compiler.selection import Selection, fragments_of
from deskgraph.resolvers.command import Outcome
from deskgraph.resolvers.costs import Data, check_cost, cost_of
from deskgraph.resolvers.limits import Limits
from deskgraph.resolvers.session import Session
from deskgraph.resolvers.writing import Payload, payload_of, performed
from deskgraph.schema.errors import DeskError
from deskgraph.schema.roles import Role
from deskgraph.schema.verb import VERBS

Done = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Mutation:
    """An operation that is one verb's mutation, whose selections are the same whatever its variables are.

    `errors` has what is selected of the payload's errors, the fields' names by their keys.
    """

    kind: ClassVar[str] = "mutation"

    limits: Limits
    cost: int
    schema: GraphQLSchema
    definition: OperationDefinitionNode
    key: str
    field: GraphQLField
    node: FieldNode
    payload: Payload
    errors: dict[str, dict[str, str]]

    async def answer(self, session: Session, variables: dict[str, Any], done: Done) -> Data | None:
        """The data; None where there is an error to be told by execution, which then finds in `done` what was done."""
        try:
            self.limits.check_values(variables)
            values = get_variable_values(self.schema, self.definition.variable_definitions or (), variables)
            if isinstance(values, list):
                return None
            given = get_argument_values(self.field, self.node, values)
        except (DeskError, GraphQLError):
            return None
        try:
            answer = await performed(session, self.payload, given["input"])
        except Exception as error:
            done[self.key] = error
            return None
        told = self.payload.told(answer)
        if isinstance(answer, Outcome) and answer.payload.holes:
            done[self.key] = told
            return None
        return Data({self.key: told | self._errors(told)}, self.cost)

    def _errors(self, told: dict[str, Any]) -> dict[str, Any]:
        """The payload's errors as they are selected."""
        return {
            key: [
                {inner: "UserError" if name == TYPENAME else getattr(error, name) for inner, name in names.items()}
                for error in told[key]
            ]
            for key, names in self.errors.items()
        }


def mutation_of(
    schema: GraphQLSchema,
    document: DocumentNode,
    definition: OperationDefinitionNode,
    limits: Limits,
    role: Role | None = None,
) -> Mutation | None:
    """The mutation of a valid document, if it is one that can be passed through."""
    fragments = fragments_of(document)
    if _selects_by_variables(document):
        return None
    selection = Selection(schema, definition, fragments, VariableValues({}, {}))
    assert schema.mutation_type
    try:
        roots = selection.fields([definition.selection_set], schema.mutation_type.name)
        [(key, nodes)] = roots.items()
        verb = {verb.mutation(): verb for verb in VERBS.values()}[nodes[0].name.value]
        payload = payload_of(verb, selection, nodes, role)
        cost = check_cost(cost_of(selection), limits.cost)
    except (DeskError, ValueError, KeyError):
        return None
    selected = selection.fields([node.selection_set for node in nodes], f"{verb.noun.__name__}Payload")
    errors = {
        key: {
            inner: one[0].name.value
            for inner, one in selection.fields([node.selection_set for node in selected[key]], "UserError").items()
        }
        for key, name in payload.names.items()
        if name == "errors"
    }
    return Mutation(
        limits, cost, schema, definition, key, schema.mutation_type.fields[verb.mutation()], nodes[0], payload, errors
    )


def _selects_by_variables(document: DocumentNode) -> bool:
    """Whether a variable is used elsewhere than in the arguments of the operation's own fields."""
    found = _Variables()
    for definition in document.definitions:
        if isinstance(definition, FragmentDefinitionNode):
            visit(definition, found)
        elif isinstance(definition, OperationDefinitionNode):
            for node in definition.selection_set.selections:
                for part in [*(node.directives or ()), getattr(node, "selection_set", None)]:
                    if part:
                        visit(part, found)
    return found.any


class _Variables(Visitor):
    """Sees whether there is a variable."""

    any = False

    def enter_variable(self, _node: VariableNode, *_: Any) -> None:
        self.any = True
