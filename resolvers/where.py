"""What callers ask for in short, `{"priority": "High", "agent": id}`, in the words of the compiler's filters.

A plain value means `eq`, a list `in`, an object is comparators or, at an edge, a filter of what it leads to. Fields go
by their name in GraphQL or in Python, edges by their input's name too.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from deskgraph.schema.comparators import COMPARATORS, LISTS
from deskgraph.schema.errors import InvalidInputError
from deskgraph.schema.fields import Derived, Edge, Field, Json, Many, One, Prop, Texts
from deskgraph.schema.noun import Noun, noun_of
from deskgraph.schema.paging import parse_order

Filter = dict[str, Any]
LOGIC = ("and", "or", "not")
QUANTIFIERS = {"some", "none"}
MAX_DEPTH = 10
MAX_CONDITIONS = 200


def where(noun: type[Noun], wanted: Mapping[str, Any] | None, fields: Mapping[str, Any]) -> Filter:
    """The filter that asks for all of `wanted` and of `fields`."""
    parts = [asked(noun, part) for part in (wanted, fields) if part]
    return parts[0] if len(parts) == 1 else {"and": parts}


def asked(noun: type[Noun], wanted: Any) -> Filter:
    """The filter of what was asked in short; INVALID_INPUT names what there is where something is unknown."""
    if _weight(wanted) > MAX_CONDITIONS:
        raise InvalidInputError(f"A filter has {MAX_CONDITIONS} conditions at the most.", field="filter")
    return _asked(noun, wanted)


def order_entries(noun: type[Noun], order: str | list[Any] | Mapping[str, Any] | None) -> list[dict[str, str]]:
    """The `orderBy` of `-priority,created_at`, or of `[{"priority": "DESC"}, "created_at"]`."""
    texts = order.split(",") if isinstance(order, str) else [order] if isinstance(order, Mapping) else order or []
    orders = [parse_order(noun, sign) for text in texts for sign in _signs(text)]
    return [{order.prop.graphql: "DESC" if order.descending else "ASC"} for order in orders]


def near(word: str, known: list[str]) -> str:
    """The words that are known, the one probably meant first."""
    [*meant] = get_close_matches(word, known, 1)
    return f"{f'did you mean {meant[0]}? ' if meant else ''}There is {', '.join(known)}"


def _signs(entry: Any) -> list[str]:
    """The columns of one entry of an order, `-` in front for descending."""
    if isinstance(entry, str):
        return [entry.strip()] if entry.strip() else []
    if not isinstance(entry, Mapping):
        raise InvalidInputError(f"An order is such as -createdAt or {{priority: DESC}}, not {entry!r}.", field="sort")
    signs = []
    for name, direction in entry.items():
        if str(direction).upper() not in ("ASC", "DESC"):
            raise InvalidInputError(f"{name} must be ordered ASC or DESC, not {direction!r}.", field="sort")
        signs.append(f"-{name}" if str(direction).upper() == "DESC" else str(name))
    return signs


def _weight(wanted: Any, depth: int = 0) -> int:
    """How many conditions there are. INVALID_INPUT where they are nested too deep to be followed."""
    if depth > 2 * MAX_DEPTH:  # each step of a filter is an object in a list, or a comparator in an object
        raise InvalidInputError(f"A filter is nested {MAX_DEPTH} deep at the most.", field="filter")
    if isinstance(wanted, Mapping):
        return sum(1 + _weight(value, depth + 1) for value in wanted.values())
    inner = wanted if isinstance(wanted, list | tuple) else ()
    return sum(_weight(value, depth + 1) for value in inner if isinstance(value, Mapping | list | tuple))


def _asked(noun: type[Noun], wanted: Any) -> Filter:
    if not isinstance(wanted, Mapping):
        raise InvalidInputError(f'A filter is an object such as {{"status": "OPEN"}}, not {wanted!r}.', field="filter")
    found: Filter = {}
    for name, value in wanted.items():
        key, condition = _entry(noun, str(name), value)
        if key in found:  # the same field by two names, or a list of filters
            found["and"] = [*found.get("and", []), *(condition if key == "and" else [{key: condition}])]
        else:
            found[key] = condition
    return found


def _entry(noun: type[Noun], name: str, value: Any) -> tuple[str, Any]:
    if name == "not":
        return name, _asked(noun, value)
    if name in LOGIC:
        if not isinstance(value, list | tuple):
            raise InvalidInputError(f"{name} in a filter is a list of filters, not {value!r}.", field="filter")
        return name, [_asked(noun, one) for one in value]
    declared = field_of(noun, name)
    return declared.graphql, _of_edge(declared, value) if isinstance(declared, Edge) else _compared(declared, value)


def _of_edge(edge: Edge, value: Any) -> Any:
    """What is asked of the other end: its filter, or its id."""
    target = noun_of(edge.target)
    condition: Any
    if value is None or value == {"eq": None}:
        return {"none": {}} if isinstance(edge, Many) else None
    if isinstance(value, Mapping) and value.keys() <= QUANTIFIERS and isinstance(edge, Many):
        return {quantifier: _asked(target, inner) for quantifier, inner in value.items()}
    if value == {"ne": None}:
        condition = {}
    elif isinstance(value, Mapping) and not value.keys() <= set(COMPARATORS["IDFilter"]):
        condition = _asked(target, value)
    else:
        condition = {"id": _compared(target.fields["id"], value)} if value != {} else {}
    return {"some": condition} if isinstance(edge, Many) else condition


def _compared(declared: Field, value: Any) -> Filter:
    """Comparators with their operands."""
    if isinstance(value, Mapping):
        known = COMPARATORS.get(kind_of(declared), COMPARATORS["IDFilter"])
        for operator in value:
            if operator not in known:
                raise InvalidInputError(
                    f"{declared.graphql} can't be compared by {operator!r}: {near(str(operator), list(known))}.",
                    field=declared.graphql,
                )
        return {operator: _operand(declared, operator, operand) for operator, operand in value.items()}
    if isinstance(declared, Texts):
        return {"has": _operand(declared, "has", value)}
    if isinstance(value, list | tuple | set):
        return {"in": _operand(declared, "in", list(value))}
    return {"eq": _operand(declared, "eq", value)}


def _operand(declared: Field, operator: str, operand: Any) -> Any:
    """The operand, if it is of the field's kind; a record will do for its id. What else is wrong the compiler says."""
    if operator in LISTS:
        if not isinstance(operand, list | tuple):
            raise InvalidInputError(f"{operator} takes a list, not {operand!r}.", field=declared.graphql)
        return [_operand(declared, "", one) for one in operand]
    operand = getattr(operand, "id", operand)
    if operand is None and operator not in ("eq", "ne"):
        raise InvalidInputError(f"{declared.graphql} can't be compared with null; eq finds it.", field=declared.graphql)
    text = kind_of(declared) in ("StringFilter", "StringListFilter", "IDFilter")
    if operand is not None and text and not (isinstance(operand, str) and _encodable(operand)):
        raise InvalidInputError(f"{declared.graphql} is compared with text, not {operand!r}.", field=declared.graphql)
    if isinstance(declared, Derived) and operand is not None and type(operand) is not int:
        raise InvalidInputError(f"{declared.graphql} is a whole number, not {operand!r}.", field=declared.graphql)
    return operand


def _encodable(text: str) -> bool:
    return text.isprintable() or not any("\ud800" <= letter <= "\udfff" for letter in text)


def kind_of(declared: Field) -> str:
    """The kind of comparators of a field that is no edge."""
    return declared.comparators if isinstance(declared, Prop) else "IntFilter"


def field_of(noun: type[Noun], name: str) -> Field:
    """The field of that name; an edge also by its input's name (`agent`) or, to many, in the singular (`contact`)."""
    for declared in noun.fields.values():
        if name in names_of(declared) and can_be_asked(declared):
            return declared
    known = [declared.graphql for declared in noun.fields.values() if can_be_asked(declared)]
    raise InvalidInputError(f"{noun.__name__} can't be found by {name!r}; {near(name, known)}.", field=name)


def names_of(declared: Field) -> set[str]:
    """The names by which callers may mean a field."""
    names = {declared.name, declared.graphql}
    if isinstance(declared, One):
        names.add(declared.given_as)
    if isinstance(declared, Many):
        names.add(declared.target.lower())
    return names


def can_be_asked(declared: Field) -> bool:
    """Whether filters take the field: JSON has no comparators, and what may be any noun has no filter."""
    if isinstance(declared, Edge):
        return declared.target != "Node"
    return not isinstance(declared, Json)
