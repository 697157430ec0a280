"""The GraphQL types of counts in groups."""

from __future__ import annotations

from typing import Any

from strawberry.types.field import StrawberryField

from deskgraph.schema import types
from deskgraph.schema.fields import One, Prop
from deskgraph.schema.groups import DEFAULT_COUNTS, MAX_COUNTS, Group, counts_of, groups_of
from deskgraph.schema.noun import Noun
from deskgraph.schema.scalars import Words


def counts_field(noun: type[Noun]) -> StrawberryField:
    """The root field that counts a noun in groups, its types defined."""
    name = noun.__name__
    types.define_enum(_words(noun))
    fields = [types.field(group.graphql, f"{_type(group)} | None", group.doc) for group in groups_of(noun).values()]
    fields.append(types.field("count", "int", "How many there are."))
    doc = f"How many {noun.plural} there are in a group. null: they have none, or it is not counted by that."
    types.define(f"{name}Count", doc, fields)
    arguments = {
        "by": (f"list[{name}Group]", "What is to be equal in a group; nothing counts all in one."),
        "filter": (f"{name}Filter | None", "Only those that match."),
        "first": ("int | None", f"How many groups, 1 to {MAX_COUNTS:,}, by default {DEFAULT_COUNTS}."),
    }
    doc = f"The workspace's {noun.plural} counted in groups, the largest first."
    return types.field(counts_of(noun), f"list[{name}Count]", doc, arguments)


def _words(noun: type[Noun]) -> type[Words]:
    members: Any = [(group.name.upper(), (group.name.upper(), group.doc)) for group in groups_of(noun).values()]
    made: Any = Words(f"{noun.__name__}Group", members)
    made.__doc__ = f"What {noun.plural} are counted by."
    return made  # type: ignore[no-any-return]


def _type(group: Group) -> str:
    if isinstance(group.field, One):
        return group.field.target
    assert isinstance(group.field, Prop)
    return "str" if group.unit else types.type_name(group.field)
