"""Constraints and indexes, as the nouns declare them. Made when the desk starts; making them again changes nothing.

The unique constraint of a noun has the id first: with the workspace first, the planner would take it for every list.
"""

from __future__ import annotations

from deskgraph.graph.database import Database
from deskgraph.schema.noun import NOUNS, Noun

UNIQUE = {
    "Workspace": ("id",),
    "Deleted": ("id", "workspace"),
    "IdempotencyKey": ("workspace", "key"),
    "Consumer": ("workspace", "name"),
    "AssignmentLock": ("workspace",),
}
EVENT_UNIQUE = {
    "event_position": ("workspace", "position"),
    "event_order": ("workspace", "subjectId", "subjectVersion"),
}


def statements() -> list[str]:
    """All statements, in the order in which they are run."""
    unique = UNIQUE | {noun.__name__: ("id", "workspace") for noun in NOUNS.values()}
    made = [_constraint(f"{label.lower()}_unique", label, columns) for label, columns in unique.items()]
    made += [_constraint(name, "Event", columns) for name, columns in EVENT_UNIQUE.items()]
    made += [_index(noun, index) for noun in NOUNS.values() for index in noun.indexes]
    made.append("CREATE INDEX pending_events IF NOT EXISTS FOR (n:Pending) ON (n.workspace, n.at)")
    return made


async def prepare(database: Database) -> None:
    """Make what is missing and wait until it can be used."""
    for text in statements():
        await database.run(text)
    await database.run("CALL db.awaitIndexes(300)")


def _constraint(name: str, label: str, columns: tuple[str, ...]) -> str:
    properties = ", ".join(f"n.{column}" for column in columns)
    return f"CREATE CONSTRAINT {name} IF NOT EXISTS FOR (n:{label}) REQUIRE ({properties}) IS UNIQUE"


def _index(noun: type[Noun], index: tuple[str, ...]) -> str:
    """An index of the pinned fields followed by the default order, which a list walks."""
    columns = ["workspace", *(noun.fields[name].graphql for name in index), "createdAt", "id"]
    name = "_".join([noun.plural, *index, "created"])
    properties = ", ".join(f"n.{column}" for column in columns)
    return f"CREATE INDEX {name} IF NOT EXISTS FOR (n:{noun.__name__}) ON ({properties})"
