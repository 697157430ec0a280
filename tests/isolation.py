"""All that can be asked of the schema, made from the schema: what one may see must not depend on what one may not.

The operations are asked before and after there is anything to be hidden, and each must have the very same answer. What
is hidden has ids that are known beforehand, so that the operations can name it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    GraphQLInterfaceType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from deskgraph.schema.fields import Choice, Edge, Field, Integer, Json, Many, Moment, Prop, Ref, Texts
from deskgraph.schema.ids import prefix_of
from deskgraph.schema.noun import NOUNS, Noun, noun_of
from deskgraph.schema.verb import VERBS, Verb

Asked = tuple[str, dict[str, Any]]
# How many edges away from where a query begins.
DEPTH = 2
# These say how much there is in the workspace, whoever asks.
COUNTERS = {"position"}
# That somebody looks changes it.
VOLATILE = {"lastUsedAt"}


def queries(schema: GraphQLSchema, hidden: Mapping[str, str]) -> Iterator[Asked]:
    """A query for every way from a root field along the edges; `hidden` has an id of each prefix."""
    assert schema.query_type
    for name, field in schema.query_type.fields.items():
        if name in COUNTERS:
            continue
        for given, depth in _given(name, field, hidden):
            for body in _bodies(schema, get_named_type(field.type), depth):
                yield f"{{ {name}{given} {body} }}", {}


def _given(name: str, field: Any, hidden: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    """The arguments: none, or what must be given, and filters that name what is hidden; how far to go with them."""
    if "id" in field.args:
        yield from ((f'(id: "{one}")', int(name != "node")) for one in _ids(name, hidden))
    elif "by" in field.args:
        by = get_named_type(field.args["by"].type)
        yield from ((f"(by: [{word}])", 1) for word in by.values)
    elif any(is_required_argument(argument) for argument in field.args.values()):
        yield f'(name: "{hidden["consumer"]}")', 0
    else:
        yield "", DEPTH
        for noun in NOUNS.values():
            if noun.plural == name:
                yield from ((f"(filter: {_spelled(one)})", 0) for one in filters(noun, hidden))


def _ids(name: str, hidden: Mapping[str, str]) -> list[str]:
    return [one for one in hidden.values() if name in ("node", prefix_of(one))]


def filters(noun: type[Noun], hidden: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Filters that would find what is hidden: by its id, and by every edge that leads to it."""
    if noun.prefix in hidden:
        yield {"id": {"eq": hidden[noun.prefix]}}
    for edge in noun.fields.values():
        if isinstance(edge, Edge) and edge.target != "Node":
            end = noun_of(edge.target)
            one: dict[str, Any] = {"id": {"eq": hidden[end.prefix]}} if end.prefix in hidden else {}
            yield {edge.graphql: {"some": one} if isinstance(edge, Many) else one}
            yield {"not": {edge.graphql: {"some": one} if isinstance(edge, Many) else one}}


def _bodies(schema: GraphQLSchema, of: Any, depth: int) -> Iterator[str]:
    """Selection sets of a type: its own values, and one for each way on."""
    if isinstance(of, GraphQLInterfaceType):
        for kind in schema.get_possible_types(of):
            yield f"{{ ... on {kind.name} {_leaves(kind)} }}"
        return
    if of.name.endswith("Connection"):
        node = get_named_type(of.fields["nodes"].type)
        page = "totalCount pageInfo { hasNextPage startCursor endCursor } edges { cursor }"
        yield f"{{ {page} nodes {_leaves(node)} }}"
        yield from (f"{{ nodes {body} }}" for body in list(_bodies(schema, node, depth))[1:])
        return
    yield _leaves(of)
    for name, field in of.fields.items():
        inner = get_named_type(field.type)
        if not is_leaf_type(inner) and depth > 0:
            yield from (f"{{ {name} {body} }}" for body in _bodies(schema, inner, depth - 1))


def _leaves(of: Any) -> str:
    """All values of a type that have no fields of their own."""
    names = [name for name, field in of.fields.items() if is_leaf_type(get_named_type(field.type))]
    return f"{{ {' '.join(name for name in names if name not in VOLATILE)} }}"


def mutations(hidden: Mapping[str, str]) -> Iterator[Asked]:
    """Every verb done to what is hidden, and with every edge that would lead to it."""
    for verb in VERBS.values():
        given = {declared.graphql: _value(declared) for declared in verb.inputs.values() if verb.needs(declared)}
        refs = [declared for declared in verb.inputs.values() if isinstance(declared, Ref)]
        if not verb.creates and verb.noun.prefix in hidden:
            some = given or {name: _value(one) for name, one in _settable(verb)[:1]}
            yield _mutation(verb, {**some, "id": hidden[verb.noun.prefix]})
        for ref in refs:
            if verb.creates and ref.prefix in hidden:
                yield _mutation(verb, {**given, ref.graphql: hidden[ref.prefix]})


def _settable(verb: type[Verb]) -> list[tuple[str, Field]]:
    return [(one.graphql, one) for one in verb.inputs.values() if isinstance(one, Prop)]


def _mutation(verb: type[Verb], given: dict[str, Any]) -> Asked:
    name = verb.mutation()
    kind = f"{name[0].upper()}{name[1:]}Input"
    selected = f"{verb.noun.prefix} {{ id }} errors {{ code message field }}"
    return f"mutation ($input: {kind}!) {{ {name}(input: $input) {{ {selected} }} }}", {"input": given}


def _value(declared: Field) -> Any:
    """Something that the input takes."""
    if isinstance(declared, Choice):
        return next(iter(declared.words.__members__))
    if isinstance(declared, Moment):
        return "2027-01-01T00:00:00Z"
    if isinstance(declared, Texts):
        return ["ticket.*"]
    if isinstance(declared, Integer):
        return max(declared.least, 1)
    if isinstance(declared, Json):
        return {"any": 1}
    return "https://example.com/hook" if declared.name == "url" else "text"


def _spelled(value: Any) -> str:
    """A value as GraphQL spells it."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name}: {_spelled(one)}' for name, one in value.items())}}}"
    return json.dumps(value)
