"""All that is known after a run: what clients were told and saw, and what the database holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deskgraph.graph.database import Database
from tests.chaos.processes import until
from tests.chaos.subscribers import Subscriber
from tests.chaos.writers import Deed

QUERIES = {
    "events": """
        MATCH (event:Event) WHERE event.workspace = $workspace
        RETURN event.id AS id, event.type AS type, event.subjectId AS subject, event.subjectVersion AS version,
          event.position AS position, event:Pending AS pending, event.actor AS actor, event.data AS data,
          COLLECT { MATCH (event)-[:CAUSED_BY]->(cause) RETURN cause.id } AS causes
        ORDER BY position, id""",
    "keys": """
        MATCH (key:IdempotencyKey) WHERE key.workspace = $workspace
        RETURN key.key AS key, key.event AS event""",
    "nodes": """
        MATCH (node:Ticket|Contact|Organization|User|Activity|Webhook) WHERE node.workspace = $workspace
        RETURN node.id AS id, node.version AS version, node.status AS status""",
    "surveys": """
        MATCH (survey:Activity {type: 'satisfaction_survey'}) WHERE survey.workspace = $workspace
        RETURN survey.id AS id""",
    "deliveries": """
        MATCH (delivery:Delivery) WHERE delivery.workspace = $workspace
        RETURN delivery.consumer AS consumer, delivery.position AS position, delivery.error AS error""",
    "parked": """
        MATCH (consumer:Consumer)-[parked:PARKED]->(event:Event) WHERE consumer.workspace = $workspace
        RETURN consumer.name AS consumer, event.position AS position, parked.error AS error""",
}
POSITION = "MATCH (workspace:Workspace {id: $workspace}) RETURN workspace.position AS position"

PENDING = "MATCH (event:Pending) WHERE event.workspace = $workspace RETURN count(*) AS open"
BEHIND = """
MATCH (consumer:Consumer) WHERE consumer.workspace = $workspace
WITH consumer, COUNT { (open:Delivery) WHERE open.workspace = $workspace AND open.consumer = consumer.name } AS open,
  COUNT { (event:Event) WHERE event.workspace = $workspace AND event.position > consumer.position
    AND (consumer.types IS NULL OR event.type IN consumer.types) } AS ahead
WHERE open + ahead > 0
RETURN consumer.name AS name, open, ahead
"""


@dataclass
class Seen:
    """What one subscriber saw of the events of its types, from the log's beginning."""

    name: str
    types: list[str] | None
    events: list[dict[str, Any]]

    @classmethod
    def of(cls, subscriber: Subscriber) -> Seen:
        return cls(subscriber.name, subscriber.types, subscriber.seen)


@dataclass
class Receipt:
    """An event that came to a durable consumer or a webhook, which may happen again."""

    position: int
    event: str
    subject: str
    attempt: int = 1


@dataclass
class Received:
    """What a durable consumer or a webhook received of the tickets' events; `ordered`: those of one ticket in order."""

    name: str
    ordered: bool
    receipts: list[Receipt] = field(default_factory=list)


@dataclass
class Evidence:
    """Everything that the checks look at; `position` is the workspace's own count."""

    position: int
    events: list[dict[str, Any]]
    keys: list[dict[str, Any]]
    nodes: list[dict[str, Any]]
    surveys: list[dict[str, Any]]
    deliveries: list[dict[str, Any]]
    parked: list[dict[str, Any]]
    deeds: list[Deed] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)


async def quiet(database: Database, workspace: str, seconds: float) -> None:
    """Wait until every event has its position and every durable consumer is done with it; TimeoutError."""

    async def counted() -> tuple[int, int]:
        [pending] = await database.run(PENDING, workspace=workspace)
        [row] = await database.run(POSITION, workspace=workspace)
        return pending["open"], row["position"]

    async def done() -> bool:
        before = await counted()
        if before[0] or await database.run(BEHIND, workspace=workspace):
            return False
        return await counted() == before  # what was being done while it was asked has ended in an event

    await until(done, seconds, "all is quiet")


async def gather(
    database: Database, workspace: str, deeds: Sequence[Deed] = (), subscribers: Sequence[Subscriber] = ()
) -> Evidence:
    """What the database holds now, beside what the clients were told and saw."""
    [row] = await database.run(POSITION, workspace=workspace)
    held = {name: await database.run(query, workspace=workspace) for name, query in QUERIES.items()}
    return Evidence(
        row["position"],
        **held,
        deeds=list(deeds),
        seen=[Seen.of(subscriber) for subscriber in subscribers],
        strange=[text for subscriber in subscribers for text in subscriber.refused],
    )


def receipts(path: Path) -> list[Receipt]:
    """What a program noted, a line each: position, event, subject, attempt."""
    rows = [line.split() for line in lines(path)]
    return [Receipt(int(position), event, subject, int(attempt)) for position, event, subject, attempt in rows]


def lines(path: Path) -> list[str]:
    """The lines of a file that may not be there yet."""
    return path.read_text().splitlines() if path.exists() else []
