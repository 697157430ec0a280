"""The main lists walk an index: EXPLAIN shows no label scan and no sort, at any page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import neo4j
import pytest

from deskgraph.graph.compiler.cypher import plan, root_list
from deskgraph.graph.compiler.pages import page_of
from deskgraph.graph.compiler.picks import Rows, list_of, record_picks
from deskgraph.graph.compiler.scope import Scope
from deskgraph.graph.database import DIALECT, Database
from deskgraph.graph.setup import prepare
from deskgraph.graph.statements import statement
from deskgraph.schema.noun import noun_of
from deskgraph.schema.paging import encode_cursor

SCANS = {"AllNodesScan", "NodeByLabelScan", "UnionNodeByLabelsScan", "DirectedAllRelationshipsScan"}
SORTS = {"Sort", "Top", "PartialSort", "PartialTop", "Top1WithTies"}


async def operators(database: Database, rows: Rows) -> set[str]:
    """The operators of a list's plan."""
    scope = Scope()
    made = plan({"list": root_list(rows, scope)}, scope)
    return await planned(database, made.cypher, made.parameters)


async def planned(database: Database, cypher: str, parameters: dict[str, Any]) -> set[str]:
    """The operators of a statement's plan."""
    async with database._session(neo4j.READ_ACCESS) as session:
        result = await session.run(f"EXPLAIN {DIALECT}{cypher}", {**parameters, "workspace": "w"})  # type: ignore[arg-type]
        summary = await result.consume()
    assert summary.plan
    return set(walk(summary.plan))


def walk(node: dict[str, Any]) -> Iterator[str]:
    yield node["operatorType"].partition("@")[0]
    for child in node.get("children", ()):
        yield from walk(child)


@pytest.fixture(scope="session", autouse=True)
async def prepared(database: Database) -> None:
    await prepare(database)


LISTS: dict[str, tuple[str, dict[str, Any]]] = {
    "tickets": ("Ticket", {}),
    "tickets, oldest first": ("Ticket", {"orderBy": [{"createdAt": "ASC"}]}),
    "tickets by status": ("Ticket", {"filter": {"status": {"eq": "OPEN"}}}),
    "tickets by status and priority": ("Ticket", {"filter": {"status": {"eq": "OPEN"}, "priority": {"eq": "HIGH"}}}),
    "tickets by text": ("Ticket", {"filter": {"subject": {"contains": "x"}}}),
    "tickets by number": ("Ticket", {"filter": {"number": {"eq": 7}}}),
    "contacts": ("Contact", {}),
    "contacts by e-mail": ("Contact", {"filter": {"email": {"eq": "ann@acme.com"}}}),
    "organizations": ("Organization", {}),
    "organizations by domain": ("Organization", {"filter": {"domain": {"eq": "acme.com"}}}),
    "users": ("User", {}),
    "support users online": ("User", {"filter": {"role": {"eq": "SUPPORT"}, "status": {"eq": "ONLINE"}}}),
    "activities": ("Activity", {}),
    "activities by type": ("Activity", {"filter": {"type": {"eq": "note"}}}),
    "webhooks": ("Webhook", {}),
    "webhooks by status": ("Webhook", {"filter": {"status": {"eq": "ENABLED"}}}),
    "attempts": ("WebhookAttempt", {}),
    "beforehooks": ("BeforeHook", {}),
    "attempts, oldest first": ("WebhookAttempt", {"orderBy": [{"at": "ASC"}]}),
    "events": ("Event", {}),
    "events after one": ("Event", {"filter": {"position": {"gt": 7}}}),
}


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("page", ["first", "next", "last"])
async def test_a_list_walks_an_index(database: Database, name: str, page: str) -> None:
    noun_name, arguments = LISTS[name]
    noun = noun_of(noun_name)
    where: dict[str, Any] = {"last": 20} if page == "last" else {"first": 20}
    if page == "next":
        orders = page_of(noun, arguments).orders
        values = [7] if noun_name == "Event" else ["2026-01-01T00:00:00Z", f"{noun.prefix}_aaaa"]
        where["after"] = encode_cursor(orders, values)
    used = await operators(database, list_of(noun, record_picks(noun), **arguments, **where))
    assert used & (SCANS | SORTS) == set()
    assert used & {"NodeIndexSeek", "NodeUniqueIndexSeek", "NodeIndexSeekByRange", "NodeUniqueIndexSeekByRange"}


@pytest.mark.parametrize("order", ["number", "updatedAt", "priority", "subject"])
async def test_other_orders_sort_but_do_not_scan_other_workspaces(database: Database, order: str) -> None:
    ticket = noun_of("Ticket")
    used = await operators(database, list_of(ticket, record_picks(ticket), orderBy=[{order: "ASC"}]))
    assert used & SCANS == set()


async def test_the_log_is_read_along_its_index(database: Database) -> None:
    used = await planned(database, statement("read_log"), {"after": 7, "limit": 250})
    assert used & (SCANS | SORTS) == set()
    assert "NodeUniqueIndexSeek" in used
