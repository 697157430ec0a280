"""The short way to ask, `find(role="support", contact=id)`, in the words of GraphQL's filters and orders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deskgraph.client.declared import NOUNS, Noun, plain
from deskgraph.schema.errors import InvalidInputError


def where(noun: Noun[Any], wanted: Mapping[str, Any] | None, fields: Mapping[str, object]) -> dict[str, Any]:
    """The filter that asks for all of `wanted` (a filter) and for each field's value, or one of several values."""
    asked = [_entry(noun, name, value) for name, value in fields.items()]
    if wanted:
        asked.append(_spelled(noun, wanted))
    flat = {name: value for entry in asked for name, value in entry.items()}
    # Side by side, where that says the same, for then the database sees which index to take.
    return flat if len(flat) == sum(map(len, asked)) else {"and": asked}


def orders(noun: Noun[Any], order_by: str) -> list[dict[str, str]]:
    """The `orderBy` of `-priority,created_at`."""
    return [_order(noun, text.strip()) for text in order_by.split(",") if text.strip()]


def _order(noun: Noun[Any], text: str) -> dict[str, str]:
    name = text.removeprefix("-")
    for known, field in noun.fields.items():
        if field.sortable and name in (known, field.graphql):
            return {field.graphql: "DESC" if text.startswith("-") else "ASC"}
    names = ", ".join(known for known, field in noun.fields.items() if field.sortable)
    raise InvalidInputError(f"{noun.name} can't be ordered by {name!r}; it can by {names}.", field="orderBy")


def _entry(noun: Noun[Any], name: str, value: object) -> dict[str, Any]:
    """What asks for one field's value, or one of several. An edge is asked for by the id at its other end."""
    field = noun.fields.get(name) or noun.others.get(name) or noun.by_graphql.get(name)
    if field is None:
        known = ", ".join([*noun.fields, *noun.others])
        raise InvalidInputError(f"{noun.name} can't be found by {name!r}; it has {known}.", field=name)
    if field.to and value is None and (not field.many or field.graphql == name):
        return {field.graphql: {"none": {}} if field.many else None}
    asked: dict[str, Any] = {"in" if isinstance(value, list | tuple | set) else "eq": field.dump(value)}
    if field.to:
        asked = {"id": asked}
    return {field.graphql: {"some": asked} if field.many else asked}


def _spelled(noun: Noun[Any], wanted: Any) -> Any:
    """A filter with the words of enums as GraphQL spells them. What is wrong with it, the server says."""
    if not isinstance(wanted, Mapping):
        return plain(wanted)
    return {name: _operand(noun, name, value) for name, value in wanted.items()}


def _operand(noun: Noun[Any], name: str, value: Any) -> Any:
    if name in ("and", "or") and isinstance(value, list | tuple):
        return [_spelled(noun, one) for one in value]
    if name == "not":
        return _spelled(noun, value)
    field = noun.by_graphql.get(name)
    if field is None or not isinstance(value, Mapping):
        return plain(value)
    if field.many:
        return {quantifier: _spelled(NOUNS[field.to], one) for quantifier, one in value.items()}
    if field.to:
        return _spelled(NOUNS[field.to], value)
    return {operator: field.dump(operand) for operator, operand in value.items()}
