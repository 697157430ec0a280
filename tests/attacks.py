"""Operations that are made to cost a server more than they cost whoever sends them, with the code that refuses each."""

from __future__ import annotations

from typing import Any

LEVELS = 30


def bomb(of: str, body: str, last: str = "id") -> str:
    """Fragments that each spread the next one twice, as `body` says: 2^30 times the last one, in some 1.5 KB."""
    fragments = [f"fragment F{at} on {of} {{ {body.replace('NEXT', f'...F{at + 1}')} }}" for at in range(LEVELS)]
    return "{ tickets { nodes { ...F0 } } } " + " ".join([*fragments, f"fragment F{LEVELS} on {of} {{ {last} }}"])


def nested(levels: int, most: str = "") -> str:
    """Lists in lists."""
    inner = f"{{ nodes {{ contact {{ tickets{most} "
    return f"{{ tickets{most} {inner * levels}{{ totalCount }}{' } } }' * levels} }}"


def values(levels: int) -> Any:
    """A filter that is in a filter that is in a filter."""
    return {"not": values(levels - 1)} if levels else {}


def edges(levels: int) -> Any:
    """A filter across edges, back and forth."""
    return {"contact": {"tickets": {"some": edges(levels - 1)}}} if levels else {"subject": {"eq": "x"}}


FILTERED = "query ($filter: TicketFilter) { tickets(filter: $filter) { totalCount } }"
PAGES = (
    "query ($n: Int) { organizations(first: $n) { nodes { contacts(first: $n) { nodes { tickets(first: $n) "
    "{ nodes { id } } } } } } }"
)
DEEP, WIDE, MANY = "QUERY_TOO_DEEP", "TOO_MANY_FIELDS", "TOO_MANY_ALIASES"
INVALID, TOKENS, COSTLY = "GRAPHQL_VALIDATION_FAILED", "TOO_MANY_TOKENS", "QUERY_TOO_COSTLY"
Attack = tuple[str, dict[str, Any], str]

ATTACKS: dict[str, Attack] = {
    "deep": (nested(7), {}, DEEP),
    "deeper than the parser goes": ("{ a " * 2000 + "}" * 2000, {}, DEEP),
    "deep and never closed": ("{a" * 40_000, {}, DEEP),
    "a chain of fragments": (
        "{ ...F0 } " + " ".join(f"fragment F{at} on Query {{ ...F{at + 1} }}" for at in range(900)),
        {},
        DEEP,
    ),
    "brackets": ("{ tickets(first: " + "[" * 40_000, {}, DEEP),
    "wide": ("{ tickets { nodes { " + "id " * 6000 + "} } }", {}, WIDE),
    "aliases": ("{ " + " ".join(f"a{at}: position" for at in range(300)) + " }", {}, MANY),
    "aliased introspection": (
        "{ " + " ".join(f"a{at}: __schema {{ types {{ name }} }}" for at in range(250)) + " }",
        {},
        MANY,
    ),
    "root fields": ("{ " + "position " * 150 + "}", {}, "TOO_MANY_ROOT_FIELDS"),
    "mutations": (
        "mutation { "
        + " ".join(f'a{at}: createTicket(input: {{subject: "x"}}) {{ event {{ id }} }}' for at in range(150))
        + " }",
        {},
        MANY,
    ),
    "bomb": (bomb("Ticket", "NEXT NEXT"), {}, WIDE),
    "bomb of one field": (bomb("Ticket", "id NEXT NEXT", "id"), {}, WIDE),
    "bomb of fields": (
        bomb("Ticket", "contact { tickets { nodes { NEXT } } } contact { tickets { nodes { NEXT } } }"),
        {},
        DEEP,
    ),
    "bomb of aliases": (bomb("Ticket", "a: id NEXT NEXT"), {}, MANY),
    "bomb of directives": (bomb("Ticket", "NEXT @include(if: true) NEXT"), {}, "TOO_MANY_DIRECTIVES"),
    "bomb of causes": (
        bomb("Event", "cause { NEXT } subject { id } cause { NEXT }").replace("tickets", "events"),
        {},
        DEEP,
    ),
    "bomb that is not spread": ("{ __typename } " + bomb("Ticket", "NEXT NEXT").partition("} } } ")[2], {}, WIDE),
    "cycle": (
        "{ tickets { nodes { ...F0 } } } "
        + " ".join(f"fragment F{at} on Ticket {{ ...F{(at + 1) % 30} ...F{(at + 7) % 30} }}" for at in range(30)),
        {},
        INVALID,
    ),
    "cycle of one": (
        "{ tickets { nodes { ...F } } } fragment F on Ticket { contact { tickets { nodes { ...F } } } }",
        {},
        INVALID,
    ),
    "conflicts": (
        "{ tickets { nodes { " + " ".join("id: subject id: number" for _ in range(800)) + " } } }",
        {},
        MANY,
    ),
    "fields to be merged": ("{ tickets { nodes { " + "contact { id } " * 1500 + "} } }", {}, INVALID),
    "fragments to be merged": (
        "{ tickets { nodes { "
        + " ".join(f"...F{at}" for at in range(250))
        + " } } } "
        + " ".join(f"fragment F{at} on Ticket {{ contact {{ id name }} }}" for at in range(250)),
        {},
        INVALID,
    ),
    "directives": ("{ __typename " + "@include(if: true) " * 500 + "}", {}, "TOO_MANY_DIRECTIVES"),
    "unknown directives": ("{ __typename " + "@a" * 3000 + "}", {}, "TOO_MANY_DIRECTIVES"),
    "directives of an operation": ("query " + "@a" * 3000 + "{ __typename }", {}, "TOO_MANY_DIRECTIVES"),
    "tokens": ("{ " + "a " * 20_000 + "}", {}, TOKENS),
    "a list of tokens": ("{ tickets(filter: {id: {in: [" + "1 " * 20_000 + "]}}) { totalCount } }", {}, TOKENS),
    "comments": ("#\n" * 20_000 + "{ __typename }", {}, TOKENS),
    "variables": ("query (" + "".join(f"$v{at}: Int " for at in range(2400)) + ") { __typename }", {}, INVALID),
    "operations": (
        " ".join(f"query Q{at} {{ ...F }}" for at in range(1200)) + " fragment F on Query { nope }",
        {},
        INVALID,
    ),
    "unknown fields": ("{ tickets { nodes { " + " ".join(f"subjekt{at}" for at in range(4000)) + " } } }", {}, INVALID),
    "spaces": ("{ __typename }" + " " * 100_000, {}, "QUERY_TOO_LONG"),
    "a long text": ('{ ticket(id: "' + "x" * 200_000 + '") { id } }', {}, "QUERY_TOO_LONG"),
    "deep values": (
        "{ tickets(filter: " + "{not: " * 45 + "{}" + "}" * 45 + ") { totalCount } }",
        {},
        "VALUES_TOO_DEEP",
    ),
    "deep variables": (FILTERED, {"filter": values(60)}, "VALUES_TOO_DEEP"),
    "deep variables that nobody uses": ("{ __typename }", {"x": values(900)}, "VALUES_TOO_DEEP"),
    "wide variables": (FILTERED, {"filter": {"or": [{"subject": {"eq": "x"}}] * 5000}}, "FILTER_TOO_COMPLEX"),
    "wide variables across edges": (
        FILTERED,
        {"filter": {"and": [{"contact": {"organization": {"name": {"eq": "x"}}}}] * 60}},
        "FILTER_TOO_COMPLEX",
    ),
    "edges in edges": (FILTERED, {"filter": edges(12)}, "FILTER_TOO_COMPLEX"),
    "wide values": (
        "{ tickets(filter: {or: [" + '{subject: {eq: "x"}} ' * 1100 + "]}) { totalCount } }",
        {},
        "FILTER_TOO_COMPLEX",
    ),
    "pages of pages": (nested(3, "(first: 100)"), {}, COSTLY),
    "pages of pages, by default": (nested(4), {}, COSTLY),
    "pages of a size in a variable": (PAGES, {"n": 100}, COSTLY),
    "introspection in itself": (
        "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }",
        {},
        INVALID,
    ),
}
