"""Typed comparators of filters: what may be asked of a field of each kind, and the Cypher that asks it."""

from __future__ import annotations

OPERATORS = {
    "eq": "{0} = {1}",
    "ne": "{0} <> {1}",
    "in": "{0} IN {1}",
    "notIn": "NOT {0} IN {1}",
    "gt": "{0} > {1}",
    "gte": "{0} >= {1}",
    "lt": "{0} < {1}",
    "lte": "{0} <= {1}",
    "contains": "{0} CONTAINS {1}",
    "startsWith": "{0} STARTS WITH {1}",
    "endsWith": "{0} ENDS WITH {1}",
    "has": "{1} IN {0}",
}

# For looking things up by what people call them; not a part of GraphQL's filters.
MATCHES = "matches"
OPERATORS |= {MATCHES: "toLower({0}) CONTAINS toLower({1})"}

MEANING = {
    "eq": "Equal to it; null finds what has none.",
    "ne": "Not equal to it; null finds what has one.",
    "in": "One of these.",
    "notIn": "None of these.",
    "gt": "Greater than it.",
    "gte": "Greater than it or equal.",
    "lt": "Less than it.",
    "lte": "Less than it or equal.",
    "contains": "Contains it, case for case.",
    "startsWith": "Begins with it, case for case.",
    "endsWith": "Ends with it, case for case.",
    "has": "Has it among its texts, case for case.",
}

LISTS = {"in", "notIn"}
SAME = ("eq", "ne", "in", "notIn")
ORDERED = (*SAME, "gt", "gte", "lt", "lte")
TEXT = (*SAME, "contains", "startsWith", "endsWith")

COMPARATORS: dict[str, tuple[str, ...]] = {
    "IDFilter": SAME,
    "StringFilter": TEXT,
    "StringListFilter": ("has",),
    "IntFilter": ORDERED,
    "LongFilter": ORDERED,
    "DateTimeFilter": ORDERED,
}
