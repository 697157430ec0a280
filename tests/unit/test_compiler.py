"""Selections compiled to Cypher: what each kind of selection becomes, to the letter."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import FragmentDefinitionNode, OperationDefinitionNode, get_variable_values, parse
from syrupy.assertion import SnapshotAssertion

from deskgraph.graph.compiler.cypher import Plan, plan
from deskgraph.graph.compiler.names import quote
from deskgraph.graph.compiler.scope import Scope
from deskgraph.graph.compiler.selection import Selection
from deskgraph.resolvers.api import schema
from deskgraph.resolvers.reading import compile_root
from deskgraph.schema.errors import InvalidCursorError, InvalidInputError
from deskgraph.schema.noun import noun_of
from deskgraph.schema.paging import Order, decode_cursor, encode_cursor, full_order


def compiled(text: str, **variables: Any) -> Plan:
    document = parse(text)
    [operation] = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    graphql = schema()._schema
    values = get_variable_values(graphql, operation.variable_definitions or (), variables)
    assert not isinstance(values, list), values
    query = graphql.query_type
    assert query
    selection = Selection(graphql, operation, fragments, values)
    scope = Scope()
    roots = selection.fields([operation.selection_set], "Query")
    return plan({key: compile_root(selection, query, nodes, scope) for key, nodes in roots.items()}, scope)


OPERATIONS = {
    "by id": '{ ticket(id: "ticket_rV7yKdPm") { id subject status createdAt } }',
    "aliases": (
        '{ one: ticket(id: "ticket_rV7yKdPm") { title: subject kind: __typename } two: user(id: "user_bQ4x") { id } }'
    ),
    "edges both ways": (
        '{ ticket(id: "ticket_rV7yKdPm") '
        "{ contact { name organization { tickets(first: 2) { nodes { id } } } } assignee { openTickets } } }"
    ),
    "list": "{ tickets { nodes { id } } }",
    "list by an index": (
        "{ tickets(filter: {status: {eq: OPEN}, priority: {eq: HIGH}}, orderBy: {createdAt: ASC}, first: 50) "
        "{ nodes { id } totalCount } }"
    ),
    "cursors": "{ tickets(first: 3) { edges { cursor node { id } } pageInfo { hasNextPage endCursor } } }",
    "count alone": "{ tickets { totalCount } }",
    "backward": "{ tickets(last: 3, orderBy: [{priority: DESC}]) { nodes { id } } }",
    "filter across edges": (
        '{ tickets(filter: {contact: {organization: {domain: {eq: "acme.com"}}}, assignee: null}) { totalCount } }'
    ),
    "logic": (
        '{ contacts(filter: {or: [{name: {contains: "a"}}, {email: {eq: null}}], '
        "not: {tickets: {some: {priority: {in: [HIGH, URGENT]}}}}}) { totalCount } }"
    ),
    "derived": "{ users(filter: {openTickets: {lt: 5}}) { nodes { openTickets } } }",
    "counts": (
        "{ ticketCounts(by: [ORGANIZATION, PRIORITY, CREATED_MONTH], first: 9, "
        'filter: {createdAt: {gte: "2026-11-01"}, contact: {organization: {domain: {eq: "acme.com"}}}}) '
        "{ organization { id name } priority createdMonth status number: count kind: __typename } }"
    ),
    "counts of all": "{ eventCounts(by: []) { count } }",
    "interface": '{ node(id: "ticket_rV7yKdPm") { id ... on Ticket { subject } ... on User { name } } }',
    "any subject": (
        '{ event(id: "event_aaaa") '
        "{ data subject { id ... on Ticket { subject } ... on Contact { name } } cause { type } } }"
    ),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_snapshots(name: str, snapshot: SnapshotAssertion) -> None:
    made = compiled(OPERATIONS[name])
    assert f"{made.cypher}\n{made.parameters}" == snapshot


def test_fragments_directives_and_variables() -> None:
    text = """
    query ($id: ID!, $yes: Boolean!, $no: Boolean!, $first: Int) {
      ticket(id: $id) { ...A ...A id @skip(if: $yes) number @include(if: $no) ... @include(if: $yes) { status } }
      tickets(first: $first) { nodes { id } }
    }
    fragment A on Ticket { subject ... on Node { id @include(if: $no) } ... on Contact { name } }
    """
    made = compiled(text, id="ticket_rV7yKdPm", yes=True, no=False, first=7)
    plain = compiled('{ ticket(id: "ticket_rV7yKdPm") { subject status } tickets(first: 7) { nodes { id } } }')
    assert (made.cypher, made.parameters) == (plain.cypher, plain.parameters)


def test_the_same_field_twice_is_merged() -> None:
    merged = compiled('{ ticket(id: "ticket_aaaa") { contact { name } contact { email } } }')
    plain = compiled('{ ticket(id: "ticket_aaaa") { contact { name email } } }')
    assert (merged.cypher, merged.parameters) == (plain.cypher, plain.parameters)


def test_values_are_never_in_the_text() -> None:
    nasty = "x'}) DETACH DELETE n //"
    made = compiled("query ($s: String!) { contacts(filter: {name: {eq: $s}}) { totalCount } }", s=nasty)
    assert "DETACH" not in made.cypher
    assert made.parameters == {"p0": nasty}


def test_only_names_are_quoted() -> None:
    assert quote("order") == "`order`"
    for bad in ("a`b", "a b", "", "1a", "a}"):
        with pytest.raises(ValueError, match="no GraphQL name"):
            quote(bad)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("first: 0", "first must be from 1 to 100, not 0."),
        ("first: 101", "first must be from 1 to 100, not 101."),
        ("last: 0", "last must be from 1 to 100, not 0."),
        ("first: 1, last: 1", "Give first or last, not both."),
        ("orderBy: [{createdAt: ASC, number: ASC}]", "Each entry of orderBy names one field: "),
        ("filter: {priority: null}", "priority in a filter must not be null; "),
        ("filter: {priority: {in: null}}", "in in a filter must not be null; "),
        ("filter: {and: null}", "and in a filter must not be null."),
    ],
)
def test_arguments_that_make_no_sense(arguments: str, message: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        compiled(f"{{ tickets({arguments}) {{ nodes {{ id }} }} }}")
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("first", [0, 10_001])
def test_counts_have_a_limit(first: int) -> None:
    with pytest.raises(InvalidInputError, match=f"^first must be from 1 to 10,000, not {first}.$") as caught:
        compiled(f"{{ userCounts(by: [ROLE], first: {first}) {{ count }} }}")
    assert caught.value.field == "first"


def order(name: str, *, descending: bool = False) -> Order:
    field: Any = noun_of("Ticket").fields[name]
    return Order(field, descending)


def test_cursors_come_back_as_they_were() -> None:
    orders = full_order(noun_of("Ticket"), [order("number", descending=True)])
    values = [42, "ticket_rV7yKdPm"]
    assert decode_cursor(orders, encode_cursor(orders, values)) == values


@pytest.mark.parametrize("cursor", ["", "x", "AAAA", "!!!", "bnVsbA", "W10", "eyJhIjoxfQ", "é"])
def test_cursors_that_are_none(cursor: str) -> None:
    with pytest.raises(InvalidCursorError):
        decode_cursor(full_order(noun_of("Ticket"), []), cursor)


@pytest.mark.parametrize(
    "values", [["x", "ticket_a"], [1, 2], [1], [1, "ticket_a", 3], [True, "ticket_a"], [None, "ticket_a"], "ab"]
)
def test_cursors_that_somebody_made_up(values: Any) -> None:
    orders = full_order(noun_of("Ticket"), [order("number")])
    with pytest.raises(InvalidCursorError):
        decode_cursor(orders, encode_cursor(orders, values))


def test_a_cursor_of_another_order_is_refused() -> None:
    ticket = noun_of("Ticket")
    cursor = encode_cursor(full_order(ticket, [order("number")]), [1, "ticket_aaaa"])
    with pytest.raises(InvalidCursorError):
        decode_cursor(full_order(ticket, [order("number", descending=True)]), cursor)
