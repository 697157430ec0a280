"""What an operation may ask for: found in one pass over its document, before that is validated.

A fragment is counted once, however often it is spread, and its counts are added up for each spread: a document whose
fragments spread each other again and again is refused as fast as any other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSyntaxError,
    InlineFragmentNode,
    ListValueNode,
    Node,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
)

from deskgraph.graph.compiler.selection import fragments_of
from deskgraph.schema.errors import (
    DeskError,
    QueryTooDeepError,
    QueryTooLongError,
    TooManyAliasesError,
    TooManyDirectivesError,
    TooManyFieldsError,
    TooManyRootFieldsError,
    TooManyTokensError,
    ValuesTooDeepError,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that an operation may have of everything.

    Without `introspection` nobody is told what the schema has. `report_cost`: answers say what they cost.
    """

    depth: int = 20
    aliases: int = 50
    root_fields: int = 50
    directives: int = 100
    fields: int = 5000
    cost: int = 150_000
    tokens: int = 10_000
    query_length: int = 100_000
    value_depth: int = 40
    introspection: bool = True
    report_cost: bool = True

    def parsing(self) -> dict[str, Any]:
        """The options for graphql-core's parser, which stops where it has read too much."""
        tokens = self.tokens
        return {"max_lexical_tokens": tokens, "max_comments": tokens, "max_source_length": self.query_length}

    def check_document(self, document: DocumentNode) -> None:
        """A DeskError if one of a document's operations has too much of something."""
        try:
            counts = measured(document)
        except RecursionError as error:  # a chain of fragments, each in the one before
            raise QueryTooDeepError from error
        for name, refusal in REFUSALS.items():
            found, most = getattr(counts, name), getattr(self, name)
            if found > most:
                told = f"{name.replace('_', ' ').capitalize()}: {_told(found)}, allowed: {most}."
                raise refusal(f"{refusal.__doc__} {told}")

    def check_values(self, variables: dict[str, Any]) -> None:
        """VALUES_TOO_DEEP if the variables' values are nested too deeply."""
        if _is_deeper(variables, self.value_depth + 1):
            raise ValuesTooDeepError(f"{ValuesTooDeepError.__doc__} {self.value_depth} levels are the most.")


REFUSALS: dict[str, type[DeskError]] = {
    "depth": QueryTooDeepError,
    "value_depth": ValuesTooDeepError,
    "aliases": TooManyAliasesError,
    "directives": TooManyDirectivesError,
    "fields": TooManyFieldsError,
    "root_fields": TooManyRootFieldsError,
}
# How the parser's words begin when it gives up.
ABORTED: dict[str, type[DeskError]] = {
    "Source contains more than": QueryTooLongError,
    "Document contains more than": TooManyTokensError,
    "Document is nested too deeply": QueryTooDeepError,
}


@dataclass(slots=True)
class Counts:
    """What there is in a selection set with its fragments opened; of a document, the most that an operation has."""

    depth: int = 0
    value_depth: int = 0
    root_fields: int = 0
    aliases: int = 0
    directives: int = 0
    fields: int = 0

    def within(self, inner: Counts, *, field: bool = False) -> None:
        """Add what is selected in a field, or in a fragment, of this set."""
        self.depth = max(self.depth, inner.depth + field)
        self.value_depth = max(self.value_depth, inner.value_depth)
        self.root_fields += 1 if field else inner.root_fields
        self.aliases += inner.aliases
        self.directives += inner.directives
        self.fields += inner.fields + field

    def most(self, other: Counts) -> None:
        """Take the larger of each."""
        for one in fields(self):
            setattr(self, one.name, max(getattr(self, one.name), getattr(other, one.name)))


def measured(document: DocumentNode) -> Counts:
    """The most that an operation of the document, or a fragment that none uses, has of everything."""
    found, counter = Counts(), _Counter(document)
    for definition in document.definitions:
        if isinstance(definition, FragmentDefinitionNode):
            found.most(replace(counter.fragment(definition.name.value), root_fields=0))
        elif isinstance(definition, OperationDefinitionNode):
            counts = counter.selected(definition.selection_set)
            counter.add_directives(definition.directives, counts)
            for variable in definition.variable_definitions or ():
                counter.add_directives(variable.directives, counts)
            found.most(counts)
    return found


class _Counter:
    """Counts the selection sets of one document, each fragment once."""

    def __init__(self, document: DocumentNode) -> None:
        self._fragments = fragments_of(document)
        self._counted: dict[str, Counts] = {}

    def fragment(self, name: str) -> Counts:
        """The counts of a fragment; nothing of one that is missing, or is spread in itself: both are mistakes."""
        if name not in self._counted:
            self._counted[name] = Counts()
            if node := self._fragments.get(name):
                counts = self.selected(node.selection_set)
                self.add_directives(node.directives, counts)
                self._counted[name] = counts
        return self._counted[name]

    def selected(self, selection_set: SelectionSetNode | None) -> Counts:
        """The counts of a selection set."""
        counts = Counts()
        for node in selection_set.selections if selection_set else ():
            self._add(node, counts)
        return counts

    def add_directives(self, directives: Iterable[Any] | None, counts: Counts) -> None:
        """Add directives, with what is in their arguments."""
        for directive in directives or ():
            counts.directives += 1
            counts.value_depth = max(counts.value_depth, _depth_of(directive.arguments))

    def _add(self, node: SelectionNode, counts: Counts) -> None:
        self.add_directives(node.directives, counts)
        if isinstance(node, FieldNode):
            counts.within(self.selected(node.selection_set), field=True)
            counts.aliases += node.alias is not None
            counts.value_depth = max(counts.value_depth, _depth_of(node.arguments))
        elif isinstance(node, InlineFragmentNode):
            counts.within(self.selected(node.selection_set))
        elif isinstance(node, FragmentSpreadNode):
            counts.within(self.fragment(node.name.value))


def _depth_of(arguments: Iterable[Any] | None) -> int:
    return max((_nested(argument.value) for argument in arguments or ()), default=0)


def _nested(value: Node) -> int:
    if isinstance(value, ListValueNode):
        return 1 + max(map(_nested, value.values), default=0)
    if isinstance(value, ObjectValueNode):
        return 1 + max((_nested(field.value) for field in value.fields), default=0)
    return 0


def _is_deeper(value: Any, most: int) -> bool:
    """Whether objects and lists are nested in each other more often than that."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return inner is not None and (most == 0 or any(_is_deeper(one, most - 1) for one in inner))


def _told(number: int) -> str:
    """A number as people read it: those that grow with each fragment may have hundreds of digits."""
    return str(number) if number < 10**9 else "more than 10^9"


def syntax_refusal(error: GraphQLSyntaxError) -> type[DeskError] | None:
    """The error that it is when the parser stopped because of a limit; None for a mistake in the text."""
    said = error.message.removeprefix("Syntax Error: ")
    return next((refusal for begin, refusal in ABORTED.items() if said.startswith(begin)), None)
