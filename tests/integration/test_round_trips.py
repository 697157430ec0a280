"""How many queries a verb takes, and that Neo4j plans an operation once, whatever its variables."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from deskgraph.graph.database import Database, Transaction
from deskgraph.graph.embedded import EmbeddedNeo4j
from deskgraph.graph.statements import statement
from deskgraph.resolvers.api import schema
from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.hooks import Hooks
from deskgraph.resolvers.passing import Passing
from deskgraph.resolvers.records import Record
from deskgraph.schema.errors import AlreadyExistsError, NotFoundError
from tests.conftest import Run
from tests.integration.conftest import Log

FEED = ("log_head", "sequence_pending", "sequence_place", "read_log", "trimmed")


@pytest.fixture
def queries(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The queries that are run, but for those of the feed; a `put` is a transaction by itself."""
    found: list[str] = []
    background = {statement(name) for name in FEED}
    run, put = Transaction.run, Database.put

    async def counted_run(self: Transaction, cypher: str, **parameters: Any) -> list[dict[str, Any]]:
        if cypher not in background:
            found.append(f"run {cypher}")
        return await run(self, cypher, **parameters)

    async def counted_put(self: Database, workspace: str, cypher: str, parameters: Any) -> list[dict[str, Any]]:
        found.append(f"put {cypher}")
        return await put(self, workspace, cypher, parameters)

    monkeypatch.setattr(Transaction, "run", counted_run)
    monkeypatch.setattr(Database, "put", counted_put)
    return found


CREATE = """mutation ($input: CreateTicketInput!) { createTicket(input: $input) {
  ticket { id contact { name organization { name } } } event { type data } errors { code } } }"""
ASSIGN = """mutation ($input: AssignTicketInput!) { assignTicket(input: $input) {
  ticket { id version assignee { name openTickets } } event { type } errors { code } } }"""


async def test_a_verb_without_hooks_is_one_query(desk: Desk, run: Run, queries: list[str]) -> None:
    ann = await desk.Contact.create(name="Ann")
    sam = await desk.User.create(name="Sam")
    await desk.numbers.reserve()
    queries.clear()
    made = (await run(CREATE, input={"subject": "Portal", "contact": ann.id}))["createTicket"]
    assert made["errors"] == []
    assert [query[:4] for query in queries] == ["put "]
    queries.clear()
    assigned = await run(ASSIGN, input={"id": made["ticket"]["id"], "agent": sam.id, "expectedVersion": 1})
    assert assigned["assignTicket"] == {
        "ticket": {"id": made["ticket"]["id"], "version": 2, "assignee": {"name": "Sam", "openTickets": 1}},
        "event": {"type": "ticket.assigned"},
        "errors": [],
    }
    assert [query[:4] for query in queries] == ["put "]


async def test_what_is_refused_is_looked_into(desk: Desk, run: Run, queries: list[str]) -> None:
    """The query finds that it may not be, and writes nothing, not even the lock; then the reason is sought."""
    ticket = await desk.Ticket.create(subject="Portal")
    queries.clear()
    given = {"id": ticket.id, "agent": "user_nothere", "expectedVersion": 2}
    refused = (await run(ASSIGN, input=given))["assignTicket"]
    assert refused["errors"] == [{"code": "VERSION_CONFLICT"}]
    assert [query[:4] for query in queries] == ["put ", "run ", "run "]

    async def work(tx: Transaction) -> list[dict[str, Any]]:
        return await tx.run(
            "MATCH (n {id: $id, workspace: $workspace}) RETURN n.lock AS lock, n.version AS v", id=ticket.id
        )

    assert await desk.read(work) == [{"lock": None, "v": 1}]


async def test_verbs_that_come_together_share_queries(desk: Desk, log: Log, queries: list[str]) -> None:
    """Two at once go ahead, the others go together; one that can't be done hinders no other."""
    ann = await desk.Contact.create(name="Ann")
    await desk.numbers.reserve(30)
    before = await desk.position()
    queries.clear()
    contacts = ["contact_nothere" if at % 10 == 7 else ann.id for at in range(30)]
    made = await asyncio.gather(
        *[desk.Ticket.create(subject=f"Ticket {at}", contact=contact) for at, contact in enumerate(contacts)],
        return_exceptions=True,
    )
    refused = [at for at, one in enumerate(made) if isinstance(one, NotFoundError)]
    assert refused == [7, 17, 27]
    done = [one for one in made if isinstance(one, Record)]
    assert [(one.subject, one.contact, one.version) for one in done] == [
        (f"Ticket {at}", ann.id, 1) for at in range(30) if at not in refused
    ]
    assert {(event.type, event.data["$id"]) for event in await log(before)} == {
        ("ticket.created", one.id) for one in done
    }
    assert len([query for query in queries if query.startswith("put ")]) <= 4


async def test_what_comes_together_for_one_noun_is_done_one_after_the_other(desk: Desk, log: Log) -> None:
    ticket = await desk.Ticket.create(subject="Portal")
    before = await desk.position()
    texts = [f"Since {at} o'clock." for at in range(12)]
    done = await asyncio.gather(*[desk.Ticket.update(id=ticket.id, description=text) for text in texts])
    assert sorted(one.version for one in done) == list(range(2, 14))
    told = {event.subject_version: event.data["changes"]["description"] for event in await log(before)}
    assert told == {one.version: one.description for one in done}
    assert sorted(told.values()) == sorted(texts)


async def test_of_those_who_choose_the_same_id_one_gets_it(desk: Desk, log: Log) -> None:
    before = await desk.position()
    mine, others = "organization_mineMineMine", [f"organization_others{at:06}" for at in range(8)]
    ids = [mine, others[0], mine, others[1], mine, *others[2:], mine]
    made = await asyncio.gather(
        *[desk.Organization.create(id=one, name=f"Nr. {at}") for at, one in enumerate(ids)], return_exceptions=True
    )
    assert sorted(one.id for one in made if isinstance(one, Record)) == sorted([mine, *others])
    assert sum(isinstance(one, AlreadyExistsError) for one in made) == 3
    assert sorted(event.data["$id"] for event in await log(before)) == sorted([mine, *others])


async def test_a_thousand_items_are_one_query(desk: Desk, queries: list[str]) -> None:
    await desk.numbers.reserve(1)
    queries.clear()
    await desk.Ticket.create.many([{"subject": f"Ticket {n}"} for n in range(1000)])
    assert len([query for query in queries if "UNWIND $deeds" in query]) == 1
    assert len(queries) <= 2  # and one that reserves the numbers


READ = """query ($id: ID!, $status: TicketStatus, $first: Int) {
  ticket(id: $id) { id subject contact { name } activities(first: 3) { totalCount nodes { note } } }
  tickets(filter: {status: {eq: $status}}, first: $first) { totalCount nodes { number } pageInfo { endCursor } } }"""


async def test_neo4j_plans_an_operation_once(tmp_path: Path) -> None:
    """Its cache says how many queries it holds: after fifty different requests as many as after twenty."""
    with EmbeddedNeo4j(tmp_path / "neo4j", heap="512m", train=False) as server:
        async with Database(server.uri, server.username, server.password) as database:
            async with Desk(database, "cache", hooks=Hooks()) as desk:
                ids = [(await desk.Ticket.create(subject=f"Ticket {n}")).id for n in range(50)]
                await desk.position()
            passing = Passing(schema()._schema)
            counts = []
            for some in (ids[:20], ids):  # after ten requests Neo4j compiles the expressions, too
                await cleared(database)
                for n, id_ in enumerate(some):
                    variables = {"id": id_, "status": "OPEN", "first": n % 20 + 1}
                    data = await passing.answer(desk.session, READ, variables, None, {})
                    assert data
                    assert data["tickets"]["totalCount"] == 50
                    assert len(data["tickets"]["nodes"]) == n % 20 + 1
                counts.append(await cleared(database))
            assert counts[0] == counts[1] > 0


async def cleared(database: Database) -> int:
    """Clear the cache of plans; how many queries it held, the one that cleared it before among them."""
    [row] = await database.run("CALL db.clearQueryCaches() YIELD value RETURN value")
    found = re.search(r"cleared of (\d+) queries", row["value"])
    return int(found[1]) if found else 0
