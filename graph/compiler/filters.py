"""Filters compiled to Cypher predicates: typed comparators, and/or/not, across edges."""

from __future__ import annotations

from typing import Any

from deskgraph.graph.compiler.scope import Scope
from deskgraph.graph.compiler.slots import known, later
from deskgraph.schema.comparators import LISTS, OPERATORS
from deskgraph.schema.errors import InvalidInputError
from deskgraph.schema.fields import Derived, Field, Many, One, Prop
from deskgraph.schema.noun import Noun, noun_of

Filter = dict[str, Any]


def predicates(noun: type[Noun], variable: str, wanted: Filter, scope: Scope) -> list[str]:
    """The predicates that must all hold of the node in `variable`."""
    found: list[str] = []
    for name, value in wanted.items():
        if name in ("and", "or", "not"):
            found.append(_logic(noun, variable, name, value, scope))
        else:
            found += _of_field(noun.by_graphql(name), variable, value, scope)
    return found


def equalities(noun: type[Noun], wanted: Filter) -> set[str]:
    """The names (Python's) of the fields that the filter pins to one value."""
    return {
        noun.by_graphql(name).name
        for name, value in wanted.items()
        if name not in ("and", "or", "not") and isinstance(value, dict) and value.get("eq") is not None
    }


def both(parts: list[str], word: str = "AND") -> str:
    """The parts joined; nothing asked is true."""
    return f" {word} ".join(parts) if parts else "true"


def clause(parts: list[str]) -> str:
    """The WHERE of these predicates; nothing where nothing is asked."""
    return f" WHERE {both(parts)}" if parts else ""


def _logic(noun: type[Noun], variable: str, name: str, value: Any, scope: Scope) -> str:
    if value is None:
        raise InvalidInputError(f"{name} in a filter must not be null.", field="filter")
    scope.condition()
    if name == "not":
        # Cypher's NOT of null is null: a missing value must not match its negation by accident, nor fail to.
        return f"NOT coalesce({both(predicates(noun, variable, value, scope))}, false)"
    branches = [both(predicates(noun, variable, branch, scope)) for branch in value]
    joined = both([f"({branch})" for branch in branches], name.upper()) if branches else str(name == "and").lower()
    return f"({joined})"


def _of_field(declared: Field, variable: str, value: Filter | None, scope: Scope) -> list[str]:
    if isinstance(declared, One) and value is None:
        return [f"NOT {_exists(declared, variable, {}, scope)}"]
    if value is None:
        raise InvalidInputError(
            f"{declared.graphql} in a filter must not be null; {{eq: null}} finds what has none.", field="filter"
        )
    if isinstance(declared, One):
        return [_exists(declared, variable, value, scope)]
    if isinstance(declared, Many):
        return [
            _exists(declared, variable, inner, scope)
            if quantifier == "some"
            else f"NOT {_exists(declared, variable, inner, scope)}"
            for quantifier, inner in value.items()
            if inner is not None
        ]
    if isinstance(declared, Derived):
        return [_compare(declared.read(variable), op, operand, scope, nullable=False) for op, operand in value.items()]
    assert isinstance(declared, Prop)
    stored = f"{variable}.{declared.graphql}"
    return [
        _compare(stored, op, _stored(declared, op, operand), scope, nullable=not declared.required)
        for op, operand in value.items()
    ]


def _exists(edge: One | Many, variable: str, wanted: Filter, scope: Scope) -> str:
    scope.condition(edge=True)
    target = noun_of(edge.target)
    other = scope.variable()
    where = scope.seen(target, other) + predicates(target, other, wanted, scope)
    return f"EXISTS {{ MATCH {edge.pattern(variable, f'{other}:{target.__name__}')}{clause(where)} }}"


def _stored(prop: Prop, operator: str, operand: Any) -> Any:
    """The operand as the graph stores such values. Text is compared as given: it may be a part of a valid one."""
    if isinstance(operand, list):
        operand = [known(one) for one in operand]
    if operand is None or prop.comparators in ("StringFilter", "StringListFilter", "IDFilter"):
        return operand
    return later(operand, (lambda given: [prop.check(one) for one in given]) if operator in LISTS else prop.check)


def _compare(expression: str, operator: str, operand: Any, scope: Scope, *, nullable: bool) -> str:
    scope.condition()
    if operand is None and operator in ("eq", "ne"):
        return f"{expression} IS {'NOT ' if operator == 'ne' else ''}NULL"
    if operand is None:
        raise InvalidInputError(
            f"{operator} in a filter must not be null; eq: null finds what has none.", field="filter"
        )
    test = OPERATORS[operator].format(expression, scope.parameter(operand))
    return f"({expression} IS NULL OR {test})" if nullable and operator in ("ne", "notIn") else test
