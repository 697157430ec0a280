"""Limits: what is counted of a document, that fragments are counted once each, and what operations cost."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import FragmentDefinitionNode, OperationDefinitionNode, get_variable_values, parse, validate

from deskgraph.graph.compiler.selection import Selection
from deskgraph.resolvers import limits
from deskgraph.resolvers.api import schema
from deskgraph.resolvers.costs import cost_of
from deskgraph.resolvers.limits import Counts, Limits, measured
from tests.attacks import LEVELS, bomb


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("{ a }", Counts(depth=1, fields=1, root_fields=1)),
        ("{ a { b { c } } d }", Counts(depth=3, fields=4, root_fields=2)),
        ("{ x: a ... { y: b ... on Query { c } } }", Counts(depth=1, fields=3, root_fields=3, aliases=2)),
        (
            "{ ...F a { ...F } } fragment F on Query @d { x: b { c @e } }",
            Counts(depth=3, fields=5, root_fields=2, aliases=2, directives=4),
        ),
        ("query A { a } query B { b { c } d e }", Counts(depth=2, fields=4, root_fields=3)),
        ("{ a } fragment F on Query { b { c { x: d } } }", Counts(depth=3, fields=3, root_fields=1, aliases=1)),
        ("{ ...F } fragment F on Query { a ...G } fragment G on Query { b ...F }", Counts(1, 0, 2, 0, 0, 2)),
        ("{ ...Nope a }", Counts(depth=1, fields=1, root_fields=1)),
        ("query @x ($v: Int @y) @z { a @w }", Counts(depth=1, fields=1, root_fields=1, directives=3)),
        ("{ a(b: [[1], {c: {d: []}}]) @e(f: {}) }", Counts(1, 4, 1, 0, 1, 1)),
        ("type T { a: Int }", Counts()),
    ],
)
def test_what_is_counted(text: str, counts: Counts) -> None:
    assert measured(parse(text.replace("query @x (", "query ("))) == counts


def test_each_fragment_is_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Though the last one is there 2^30 times."""
    counted = []
    selected = limits._Counter.selected
    monkeypatch.setattr(limits._Counter, "selected", lambda self, of: (counted.append(of), selected(self, of))[1])
    assert measured(parse(bomb("Ticket", "NEXT NEXT"))).fields == 2**LEVELS + 2
    assert len([one for one in counted if one]) == 3 + LEVELS + 1


def test_opened_fragments_are_collected_once_for_each_level(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fields that are merged, each of which spreads the next fragment: the compiler does not double at every level."""
    levels = 16
    fragments = "".join(
        f"fragment F{at} on Event {{ cause {{ ...F{at + 1} }} cause {{ ...F{at + 1} }} }} " for at in range(levels)
    )
    selection = selected(f'{{ event(id: "event_x") {{ ...F0 }} }} {fragments} fragment F{levels} on Event {{ id }}', {})
    collected = []
    collect = Selection._collect
    monkeypatch.setattr(Selection, "_collect", lambda self, *given: (collected.append(1), collect(self, *given))[1])
    assert cost_of(selection) == levels + 1
    assert len(collected) == 1 + 2 + 3 * levels


def selected(text: str, variables: dict[str, Any]) -> Selection:
    made, document = schema()._schema, parse(text)
    assert validate(made, document) == []
    [operation] = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    values = get_variable_values(made, operation.variable_definitions or (), variables)
    assert not isinstance(values, list)
    return Selection(made, operation, fragments, values)


@pytest.mark.parametrize(
    ("text", "variables", "cost"),
    [
        ("{ __typename }", {}, 0),
        ("{ position __schema { types { name } } }", {}, 0),
        ('{ ticket(id: "x") { id contact { organization { name } } } }', {}, 3),
        ("{ tickets { totalCount } }", {}, 0),
        ("{ tickets { nodes { id } } }", {}, 50),
        ("{ tickets(first: 7) { nodes { id contact { id } } edges { cursor } pageInfo { endCursor } } }", {}, 14),
        ("{ tickets(last: 7) { edges { node { id contact { id } } } } }", {}, 14),
        ("{ tickets(first: 10) { nodes { events(first: 3) { nodes { id } } } } }", {}, 40),
        ("{ a: tickets(first: 1) { nodes { id } } b: tickets(first: 2) { nodes { id } } }", {}, 3),
        ("{ tickets(first: 5) { nodes { id } ...F } } fragment F on TicketConnection { nodes { subject } }", {}, 5),
        ("query ($n: Int = 4) { tickets(first: $n) { nodes { id } } }", {}, 4),
        ("query ($n: Int = 4) { tickets(first: $n) { nodes { id } } }", {"n": 9}, 9),
        ("query ($n: Int = 4) { tickets(first: $n) { nodes { id } } }", {"n": None}, 50),
        ("query ($n: Int) { tickets(first: $n) { nodes { id } } }", {"n": 2**31 - 1}, 100),
        ("query ($n: Int) { tickets(first: $n) { nodes { id } } }", {"n": -7}, 1),
        ("query ($if: Boolean!) { tickets { nodes { id contact @include(if: $if) { id } } } }", {"if": False}, 50),
        (
            '{ node(id: "x") { ... on Ticket { contact { id } } ... on User { tickets(first: 3) { nodes { id } } } } }',
            {},
            4,
        ),
        (
            'mutation { createTicket(input: {subject: "x"}) { ticket { contact { id } } event { id } } }',
            {},
            4,
        ),
        (
            "mutation ($input: CreateTicketsInput!) { createTickets(input: $input) { results { ticket { id } } } }",
            {"input": {"items": [{"subject": "x"}] * 12}},
            24,
        ),
        ("subscription { events { id subject { id } } }", {}, 2),
    ],
)
def test_what_an_operation_costs(text: str, variables: dict[str, Any], cost: int) -> None:
    assert cost_of(selected(text, variables)) == cost


def test_the_defaults_let_introspection_and_three_lists_within_each_other_in() -> None:
    text = "{ organizations { nodes { contacts { nodes { tickets { nodes { id } } } } } } }"
    assert cost_of(selected(text, {})) == 50 + 50**2 + 50**3 <= Limits().cost
