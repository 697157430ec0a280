"""Constraints and indexes, as the nouns declare them. Made when the desk starts; making them again changes nothing.

The unique constraint of a noun has the id first: with the workspace first, the planner would take it for every list.
"""

from __future__ import annotations

from deskgraph.graph.database import Database, Transaction, already_there
from deskgraph.graph.fulltext import index_name, index_statement, outlived, searchable
from deskgraph.graph.migrations import migrate
from deskgraph.schema.noun import NOUNS, Noun
from deskgraph.schema.paging import full_order

UNIQUE = {
    "Workspace": ("id",),
    "GraphSchema": ("id",),
    "Deleted": ("id", "workspace"),
    "IdempotencyKey": ("workspace", "key"),
    "Consumer": ("workspace", "name"),
    "Delivery": ("workspace", "consumer", "position"),
    "AssignmentLock": ("workspace",),
    "TicketNumbers": ("workspace",),
    "TrimLock": ("workspace",),
}
INDEXES = {
    "pending_events": ("Pending", ("workspace", "at")),
    "keys_seen": ("IdempotencyKey", ("workspace", "seenAt")),
    "deliveries_due": ("Delivery", ("workspace", "consumer", "dueAt")),
    "deliveries_of_subject": ("Delivery", ("workspace", "consumer", "subject", "position")),
    "deliveries_leased": ("Delivery", ("lease", "workspace")),
}
EVENT_UNIQUE = {
    "event_position": ("workspace", "position"),
    "event_order": ("workspace", "subjectId", "subjectVersion"),
}


def statements() -> dict[str, str]:
    """The statement of each constraint and index, by its name."""
    unique = {noun.__name__: ("id", "workspace") for noun in NOUNS.values()} | UNIQUE
    made = {f"{label.lower()}_unique": _constraint(label, columns) for label, columns in unique.items()}
    made |= {name: _constraint("Event", columns) for name, columns in EVENT_UNIQUE.items()}
    made["apikey_hash"] = _constraint("ApiKey", ("hash",))
    made |= {
        "_".join([noun.plural, *index, "created"]): _index(noun.__name__, _walked(noun, index))
        for noun in NOUNS.values()
        for index in noun.indexes
    }
    made |= {name: _index(label, columns) for name, (label, columns) in INDEXES.items()}
    return made | {index_name(noun): index_statement(noun) for noun in searchable()}


async def prepare(database: Database) -> None:
    """Bring the graph to this version, make what is missing, wait until it can be used; once for each connection."""
    if database.prepared:
        return
    await migrate(database)
    wanted = statements()
    there = {row["name"]: row["state"] for row in await database.run("SHOW INDEXES YIELD name, state")}
    for name, text in wanted.items():
        if name not in there:
            await _create(database, f"CREATE {text.replace('$name', name)}")
    for name in outlived(there):
        await database.run(f"DROP INDEX {name} IF EXISTS")
    if any(there.get(name) != "ONLINE" for name in wanted):
        await database.run("CALL db.awaitIndexes(300)")
    database.prepared = True


async def _create(database: Database, text: str) -> None:
    """Create one; another process that starts at the same time may be first."""

    async def work(tx: Transaction) -> None:
        await tx.run(text)

    try:
        await database.write("", work, limited=False)  # it reads all nodes of the label
    except Exception as error:
        if not already_there(error):
            raise


def _constraint(label: str, columns: tuple[str, ...]) -> str:
    properties = ", ".join(f"n.{column}" for column in columns)
    return f"CONSTRAINT $name IF NOT EXISTS FOR (n:{label}) REQUIRE ({properties}) IS UNIQUE"


def _walked(noun: type[Noun], index: tuple[str, ...]) -> tuple[str, ...]:
    """The columns of an index: the pinned fields followed by the default order, which a list walks."""
    order = (column.prop.graphql for column in full_order(noun, ()))
    return ("workspace", *(noun.fields[name].graphql for name in index), *order)


def _index(label: str, columns: tuple[str, ...]) -> str:
    properties = ", ".join(f"n.{column}" for column in columns)
    return f"INDEX $name IF NOT EXISTS FOR (n:{label}) ON ({properties})"
