"""GraphQL selection sets read into picks: fragments, aliases, directives and variables are resolved here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLIncludeDirective,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSkipDirective,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    get_argument_values,
    get_directive_values,
    get_named_type,
)

from deskgraph.graph.compiler.picks import TYPENAME, Part, Pick, Rows
from deskgraph.schema.fields import Edge, Field, Many
from deskgraph.schema.groups import groups_of, target_of
from deskgraph.schema.noun import Noun, noun_of, targets


def fragments_of(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    """A document's fragments by their names."""
    return {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}


class Selection:
    """The selections of one operation, with its fragments and coerced variables (graphql-core's VariableValues)."""

    def __init__(
        self,
        schema: GraphQLSchema,
        operation: OperationDefinitionNode,
        fragments: dict[str, FragmentDefinitionNode],
        variables: Any,
    ) -> None:
        self.schema = schema
        self.operation = operation
        self.fragments = fragments
        self.variables = variables

    def fields(self, sets: Iterable[SelectionSetNode | None], type_name: str) -> dict[str, list[FieldNode]]:
        """The fields selected on an object type by response key, in order, fragments opened, skipped ones left out."""
        found: dict[str, list[FieldNode]] = {}
        seen: set[str] = set()  # of all sets: a fragment that is opened in each would double the work at every level
        for selection_set in sets:
            self._collect(selection_set.selections if selection_set else (), type_name, found, seen)
        return found

    def arguments(self, field: GraphQLField, node: FieldNode) -> dict[str, Any]:
        """A field's coerced arguments."""
        return get_argument_values(field, node, self.variables)

    def picks(self, noun: type[Noun], nodes: Iterable[FieldNode]) -> tuple[Pick, ...]:
        """What these fields' selection sets want of a noun."""
        type_name = noun.__name__
        selected = self.fields([node.selection_set for node in nodes], type_name)
        return tuple(self._pick(noun, key, found) for key, found in selected.items())

    def rows(self, noun: type[Noun], type_name: str, field: str, nodes: list[FieldNode]) -> Rows:
        """What these fields want of a connection, the field being declared on the type of that name."""
        declared = self._type(type_name).fields[field]
        connection = f"{noun.__name__}Connection"
        return Rows(noun, self.arguments(declared, nodes[0]), self._parts(noun, connection, nodes))

    def counts(self, noun: type[Noun], type_name: str, field: str, nodes: list[FieldNode]) -> Rows:
        """What these fields want of the counts of a noun, the field being declared on the type of that name."""
        groups, parts = groups_of(noun), []
        selected = self.fields([node.selection_set for node in nodes], f"{noun.__name__}Count")
        for key, found in selected.items():
            name = found[0].name.value
            target = target_of(groups[name]) if name in groups else None
            parts.append(Part(key, name, node=self.picks(target, found) if target else ()))
        return Rows(noun, self.arguments(self._type(type_name).fields[field], nodes[0]), tuple(parts))

    def _pick(self, noun: type[Noun], key: str, nodes: list[FieldNode]) -> Pick:
        name = nodes[0].name.value
        if name == TYPENAME:
            return Pick(key, None)
        declared = noun.by_graphql(name)
        if isinstance(declared, Many):
            target = noun_of(declared.target)
            return Pick(key, declared, rows=self.rows(target, noun.__name__, name, nodes))
        return Pick(key, declared, self._children(declared, nodes))

    def _children(self, declared: Field, nodes: list[FieldNode]) -> dict[type[Noun], tuple[Pick, ...]]:
        if not isinstance(declared, Edge):
            return {}
        return {target: self.picks(target, nodes) for target in targets(declared)}

    def _parts(self, noun: type[Noun], type_name: str, nodes: list[FieldNode]) -> tuple[Part, ...]:
        parts = []
        for key, found in self.fields([node.selection_set for node in nodes], type_name).items():
            name = found[0].name.value
            if name in ("nodes", "node"):
                parts.append(Part(key, name, node=self.picks(noun, found)))
            elif name == TYPENAME:
                parts.append(Part(key, name))
            else:
                inner = get_named_type(self._type(type_name).fields[name].type).name
                parts.append(Part(key, name, self._parts(noun, inner, found)))
        return tuple(parts)

    def _type(self, name: str) -> GraphQLObjectType:
        found = self.schema.get_type(name)
        assert isinstance(found, GraphQLObjectType)
        return found

    def _collect(
        self, selections: Iterable[SelectionNode], type_name: str, found: dict[str, list[FieldNode]], seen: set[str]
    ) -> None:
        for node in selections:
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                found.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
            elif isinstance(node, InlineFragmentNode):
                if self._applies(node, type_name):
                    self._collect(node.selection_set.selections, type_name, found, seen)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                seen.add(node.name.value)
                fragment = self.fragments[node.name.value]
                if self._applies(fragment, type_name):
                    self._collect(fragment.selection_set.selections, type_name, found, seen)

    def _applies(self, fragment: FragmentDefinitionNode | InlineFragmentNode, type_name: str) -> bool:
        condition = fragment.type_condition
        if condition is None or condition.name.value == type_name:
            return True
        named = self.schema.get_type(condition.name.value)
        concrete = self.schema.get_type(type_name)
        return isinstance(named, GraphQLInterfaceType) and named in getattr(concrete, "interfaces", ())

    def _included(self, node: SelectionNode) -> bool:
        skip = get_directive_values(GraphQLSkipDirective, node, self.variables)
        if skip and skip["if"]:
            return False
        include = get_directive_values(GraphQLIncludeDirective, node, self.variables)
        return not include or bool(include["if"])
