"""Operations passed through: parsed, validated and compiled once, then run with any values of their variables.

What is not passed (a mistake, several mutations in one, an answer with an error in it) is executed in the ordinary way,
with the very same answer: passing never says anything that execution would not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from graphql import (
    DocumentNode,
    GraphQLBoolean,
    GraphQLError,
    GraphQLID,
    GraphQLInputType,
    GraphQLSchema,
    GraphQLString,
    OperationDefinitionNode,
    VariableValues,
    get_nullable_type,
    get_operation_ast,
    get_variable_values,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    is_scalar_type,
    parse,
    type_from_ast,
)

from deskgraph.graph.compiler.cypher import Plan, Value, plan
from deskgraph.graph.compiler.picks import TYPENAME
from deskgraph.graph.compiler.scope import Scope
from deskgraph.graph.compiler.selection import Selection, fragments_of
from deskgraph.graph.compiler.slots import Needed, Path, Slot, View, whole
from deskgraph.graph.telemetry import observed
from deskgraph.resolvers.costs import Data, check_cost, cost_of
from deskgraph.resolvers.documents import mistakes
from deskgraph.resolvers.limits import Limits
from deskgraph.resolvers.mutating import Done, Mutation, mutation_of
from deskgraph.resolvers.reading import compile_root
from deskgraph.resolvers.recent import Recent
from deskgraph.resolvers.session import Session
from deskgraph.schema.errors import DeskError
from deskgraph.schema.roles import Role
from deskgraph.schema.types import is_resolved

MAX_OPERATIONS = 1000
MAX_TEXT = 64 * 1024
MAX_PLANS = 64
T = TypeVar("T")


class Passing:
    """The operations of a schema that are passed through."""

    def __init__(self, schema: GraphQLSchema, limits: Limits | None = None) -> None:
        self._schema = schema
        self._limits = limits or Limits()
        self._operations: Recent[Operation | Mutation | None] = Recent(MAX_OPERATIONS)

    async def answer(
        self, session: Session, text: str, variables: dict[str, Any], operation_name: str | None, done: Done
    ) -> Data | None:
        """The operation's data; None if it has to be executed to know what to say.

        What was done already is then in `done`, for execution to tell.
        """
        if len(text) > MAX_TEXT:
            return None
        operation = self.operation(text, operation_name, session.caller.role)
        if operation is None:
            return None
        observed().begin(operation.kind)
        return await operation.answer(session, variables, done)

    def operation(self, text: str, operation_name: str | None, role: Role | None = None) -> Operation | Mutation | None:
        """The operation, kept ready for callers of that role; None if it is none that is passed."""
        return self._operations.get((text, operation_name, role), lambda: self._operation(text, operation_name, role))

    def _operation(self, text: str, operation_name: str | None, role: Role | None) -> Operation | Mutation | None:
        """The operation, if it is a query or a mutation without mistakes."""
        try:
            document = parse(text, **self._limits.parsing())
        except (GraphQLError, RecursionError):
            return None
        found = get_operation_ast(document, operation_name)
        if found is None or found.operation.value == "subscription" or mistakes(self._schema, document, self._limits):
            return None
        kind = mutation_of if found.operation.value == "mutation" else Operation
        return kind(self._schema, document, found, self._limits, role)


@dataclass(frozen=True, slots=True)
class Passed:
    """A plan whose parameters are slots in part: those are given their values for each request.

    `checks` are of values that the query has no use for, and that may be wrong all the same.
    """

    plan: Plan
    known: dict[str, Any]
    slots: tuple[tuple[str, Slot], ...]
    checks: tuple[Slot, ...]
    cost: int

    def parameters(self, variables: dict[str, Any]) -> dict[str, Any]:
        """The query's parameters; DeskError if a value is wrong."""
        for check in self.checks:
            check.value(variables)
        return self.known | {name: slot.value(variables) for name, slot in self.slots}


class Operation:
    """One query. It has a plan for each shape of its variables: what is given, and what the plan depends on."""

    kind = "query"

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        definition: OperationDefinitionNode,
        limits: Limits,
        role: Role | None = None,
    ) -> None:
        self._schema = schema
        self._role = role
        self._limits = limits
        self._definition = definition
        self._fragments = fragments_of(document)
        self._given = definition.variable_definitions or ()
        self._types: dict[str, Any] = {
            node.variable.name.value: type_from_ast(schema, node.type) for node in self._given
        }
        texts = {name for name, of in self._types.items() if get_nullable_type(of) in (GraphQLID, GraphQLString)}
        self._texts = texts if texts == self._types.keys() else None
        self._needed: dict[Path, tuple[View, ...]] = {}
        self.plans: Recent[Passed | None] = Recent(MAX_PLANS)

    async def answer(self, session: Session, variables: dict[str, Any], _done: Done) -> Data | None:
        """The data for these variables; None where there is an error to be told."""
        try:
            values = self._values(variables)
            passed = values and self._passed(values)
            if not (values and passed):
                return None
            row = await session.row(passed.plan, passed.parameters(values.coerced))
        except DeskError:
            return None
        data = passed.plan.shape(row)
        return None if data.holes else Data(data, passed.cost)

    def _values(self, variables: dict[str, Any]) -> VariableValues | None:
        """The variables' values, coerced; None if one is wrong."""
        if variables.keys() == self._texts and {str}.issuperset(map(type, variables.values())):
            return VariableValues({}, variables)  # ids and cursors are what they are
        self._limits.check_values(variables)
        values = get_variable_values(self._schema, self._given, variables)
        return None if isinstance(values, list) else values

    def _passed(self, values: VariableValues) -> Passed | None:
        while True:
            key = tuple(
                [(name, self._key(self._types[name], value, (name,))) for name, value in values.coerced.items()]
            )
            try:
                return self.plans.get(key, lambda: self._made(values))
            except Needed as needed:
                self._needed[needed.path] = (*self._needed.get(needed.path, ()), needed.view)

    def _made(self, values: VariableValues) -> Passed | None:
        """The plan for variables of this shape; None if there is an error in them or they ask for more than data."""
        derived: list[Slot] = []
        unknown = {
            name: self._unknown(self._types[name], value, (name,), derived) for name, value in values.coerced.items()
        }
        sources = values.sources or self._sources(values.coerced)
        variables = VariableValues(sources, unknown)
        selection = Selection(self._schema, self._definition, self._fragments, variables)
        query = self._schema.query_type
        assert query
        scope, compiled = Scope(self._role), {}
        try:
            cost = check_cost(cost_of(selection), self._limits.cost)
            for key, nodes in selection.fields([self._definition.selection_set], query.name).items():
                name = nodes[0].name.value
                if name == TYPENAME:
                    compiled[key] = Value(f"'{query.name}'")
                elif name.startswith("__") or is_resolved(query.fields[name]):
                    return None
                else:
                    compiled[key] = compile_root(selection, query, nodes, scope)
        except DeskError:
            return None
        if not compiled:
            return None  # everything is skipped
        made = plan(compiled, scope)
        slots = tuple((name, value) for name, value in scope.parameters.items() if isinstance(value, Slot))
        known = {name: value for name, value in scope.parameters.items() if not isinstance(value, Slot)}
        used = {id(slot) for _, slot in slots}
        return Passed(made, known, slots, tuple(slot for slot in derived if id(slot) not in used), cost)

    def _sources(self, texts: dict[str, Any]) -> dict[str, Any]:
        """Where values come from that are nothing but texts."""
        values = get_variable_values(self._schema, self._given, texts)
        assert not isinstance(values, list)
        return values.sources

    def _key(self, of: GraphQLInputType, value: Any, path: Path) -> Any:
        """What a plan depends on in a variable's value."""
        if value is None:
            return None
        if _is_leaf(of):
            views = self._needed.get(path, ())
            return True if not views else tuple(_hashable(view(value)) for view in views)
        parts = _parts(of, value)
        return value if parts is None else tuple([(at, self._key(kind, one, (*path, at))) for at, kind, one in parts])

    def _unknown(self, of: GraphQLInputType, value: Any, path: Path, derived: list[Slot]) -> Any:
        """The value with slots in the place of what a plan does not depend on."""
        if value is None:
            return None
        if _is_leaf(of):
            views = self._needed.get(path, ())
            return value if whole in views else Slot(path, {view: view(value) for view in views}, derived)
        parts = _parts(of, value)
        if parts is None:
            return value
        unknown = {at: self._unknown(kind, one, (*path, at), derived) for at, kind, one in parts}
        return unknown if isinstance(value, dict) else list(unknown.values())


def _is_leaf(of: Any) -> bool:
    """Whether values of a type, or lists of them, are parameters: scalars that are not mere choices."""
    while is_non_null_type(of) or is_list_type(of):
        of = of.of_type
    return is_scalar_type(of) and of is not GraphQLBoolean


def _parts(of: Any, value: Any) -> list[tuple[str | int, Any, Any]] | None:
    """The entries of an object or list with their types; None for a choice."""
    if is_non_null_type(of):
        of = of.of_type
    if is_list_type(of):
        return [(at, of.of_type, one) for at, one in enumerate(value)]
    if is_input_object_type(of):
        return [(name, of.fields[name].type, one) for name, one in value.items()]
    return None


def _hashable(value: Any) -> Any:
    return tuple(map(_hashable, value)) if isinstance(value, list) else value
