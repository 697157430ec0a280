"""The SDK's short way to ask, `find(role="support", contact=id)`, in the words of the filters."""

from __future__ import annotations

from typing import Any

from deskgraph.schema.errors import InvalidInputError
from deskgraph.schema.fields import Edge, Field, Many, One
from deskgraph.schema.noun import Noun
from deskgraph.schema.paging import parse_order


def where(noun: type[Noun], wanted: dict[str, Any] | None, fields: dict[str, Any]) -> dict[str, Any]:
    """The filter that asks for all of `wanted` (a filter) and for each field's value, or one of a list of values."""
    short = [_entry(noun, name, value) for name, value in fields.items()]
    return {"and": [*([wanted] if wanted else []), *short]} if wanted or len(short) != 1 else short[0]


def order_entries(noun: type[Noun], order_by: str) -> list[dict[str, str]]:
    """The `orderBy` of `-priority,created_at`."""
    orders = [parse_order(noun, text.strip()) for text in order_by.split(",") if text.strip()]
    return [{order.prop.graphql: "DESC" if order.descending else "ASC"} for order in orders]


def _entry(noun: type[Noun], name: str, value: Any) -> dict[str, Any]:
    declared = _field(noun, name)
    if isinstance(declared, One) and value is None:
        return {declared.graphql: None}
    if isinstance(value, list | tuple | set):
        asked: dict[str, Any] = {"in": [getattr(one, "id", one) for one in value]}
    else:
        asked = {"eq": getattr(value, "id", value)}
    if isinstance(declared, Edge):
        asked = {"id": asked}
    return {declared.graphql: {"some": asked} if isinstance(declared, Many) else asked}


def _field(noun: type[Noun], name: str) -> Field:
    """The field of that name; an edge also by its input's name (`agent`) or, to many, in the singular (`contact`)."""
    for declared in noun.fields.values():
        names = {declared.name, declared.graphql, getattr(declared, "given_as", "")}
        if isinstance(declared, Many):
            names.add(declared.target.lower())
        if name in names and getattr(declared, "target", "") != "Node":
            return declared
    raise InvalidInputError(f"{noun.__name__} can't be found by {name!r}; it has {', '.join(noun.fields)}.", field=name)
