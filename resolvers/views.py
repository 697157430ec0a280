"""What programs see of a noun as JSON: its fields by their GraphQL names, `$type` in front, neighbours where asked for.

An edge to one node is that node's id in an object, `{"id": ...}`, or all of it if it is included; edges to many are
there only if they are included, and hold the first few.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from deskgraph.graph.compiler.picks import Part, Pick, Rows
from deskgraph.resolvers.where import names_of, near
from deskgraph.schema.errors import InvalidInputError
from deskgraph.schema.fields import Derived, Edge, Field, Many, One, Prop
from deskgraph.schema.noun import Noun, noun_of, targets

TYPE = "$type"
NESTED = 10
MAX_DEPTH = 3
MAX_PATHS = 10
Included = dict[str, "Included"]


def included(noun: type[Noun], paths: str | Iterable[str] | None) -> Included:
    """The edges to include, of `["contact.organization", "activities"]`, as a tree by the fields' names.

    INVALID_INPUT where there is no such edge, or a path would lead to too much.
    """
    wanted = paths.split(",") if isinstance(paths, str) else list(paths or ())
    if len(wanted) > MAX_PATHS:
        raise InvalidInputError(f"include has {MAX_PATHS} paths at the most, not {len(wanted)}.", field="include")
    tree: Included = {}
    for path in wanted:
        _add(noun, str(path).strip(), tree)
    return tree


def _add(noun: type[Noun], path: str, tree: Included) -> None:
    lists = 0
    steps = path.split(".")
    for depth, step in enumerate(steps):
        edge = _edge(noun, step)
        lists += isinstance(edge, Many)
        if lists > 1 or depth == MAX_DEPTH or (edge.target == "Node" and depth < len(steps) - 1):
            raise InvalidInputError(
                f"include can't follow {path!r}: a path has {MAX_DEPTH} steps at the most, and one of them may lead to "
                "many. Search for those, by a filter across edges.",
                field="include",
            )
        tree = tree.setdefault(edge.name, {})
        noun = targets(edge)[0]


def _edge(noun: type[Noun], step: str) -> Edge:
    for declared in noun.fields.values():
        if isinstance(declared, Edge) and step in names_of(declared):
            return declared
    known = [declared.graphql for declared in noun.fields.values() if isinstance(declared, Edge)]
    raise InvalidInputError(
        f"{noun.__name__} has no edge {step!r} to include; {near(step, known) if known else 'it has none'}.",
        field="include",
    )


def picks_of(noun: type[Noun], tree: Included) -> tuple[Pick, ...]:
    """What is read of a noun with these neighbours."""
    return tuple(_pick(declared, tree) for declared in shown(noun, tree))


def shown(noun: type[Noun], tree: Included) -> list[Field]:
    """The fields that are seen, in their order."""
    return [declared for declared in noun.fields.values() if declared.name in tree or _always(declared)]


def _always(declared: Field) -> bool:
    return not isinstance(declared, Many) and getattr(declared, "target", "") != "Node"


def _pick(declared: Field, tree: Included) -> Pick:
    if isinstance(declared, Prop | Derived):
        return Pick(declared.graphql, declared)
    assert isinstance(declared, Edge)
    inner = tree.get(declared.name)
    if isinstance(declared, Many):
        target = noun_of(declared.target)
        return Pick(declared.graphql, declared, rows=_nested(target, picks_of(target, inner or {})))
    ends = targets(declared)
    children = {end: (Pick("id", end.fields["id"]),) if inner is None else picks_of(end, inner) for end in ends}
    return Pick(declared.graphql, declared, children, implied=inner is None)


def _nested(noun: type[Noun], picks: tuple[Pick, ...]) -> Rows:
    return Rows(noun, {"first": NESTED}, (Part("results", "nodes", node=picks), Part("total", "totalCount")))


def view(noun: type[Noun], value: dict[str, Any], tree: Included) -> dict[str, Any]:
    """What was read, in the order of the declaration."""
    seen: dict[str, Any] = {TYPE: noun.__name__}
    for declared in shown(noun, tree):
        inner = value[declared.graphql]
        if isinstance(declared, Edge) and declared.name in tree:
            inner = _end(declared, inner, tree[declared.name])
        seen[declared.graphql] = inner
    return seen


def _end(edge: Edge, value: Any, tree: Included) -> Any:
    if isinstance(edge, Many):
        rows = [view(noun_of(edge.target), row, tree) for row in value["results"]]
        return {"results": rows, "total": value["total"], "hasMore": value["total"] > len(rows)}
    assert isinstance(edge, One)
    if value is None:
        return None
    return view(noun_of(value.noun) if edge.target == "Node" else noun_of(edge.target), value, tree)
