"""Write a small desk as Cypher, as this version stores it: python tools/write_graph.py tests/graphs/VERSION.cypher

It is done before a version is released. tests/acceptance/test_upgrade.py reads every such file with all later versions.
"""

import asyncio
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import neo4j

import examples.support_hooks  # noqa: F401 - registers the hooks
from deskgraph.graph.database import Database
from deskgraph.graph.embedded import EmbeddedNeo4j
from deskgraph.resolvers.desk import Desk
from deskgraph.sample import load_sample

SCHEMA = "SHOW {} YIELD createStatement AS text RETURN text ORDER BY text"
INDEXES = """SHOW INDEXES YIELD * WHERE owningConstraint IS NULL AND type <> 'LOOKUP'
RETURN createStatement AS text ORDER BY text"""
NODES = "MATCH (n) RETURN elementId(n) AS id, labels(n) AS labels, properties(n) AS properties ORDER BY id"
EDGES = "MATCH (a)-[e]->(b) RETURN elementId(a) AS a, elementId(b) AS b, type(e) AS type, properties(e) AS properties"


def main(file: Path) -> None:
    """Make the desk, and write what the database then has."""
    with tempfile.TemporaryDirectory() as folder, EmbeddedNeo4j(Path(folder), train=False) as server:
        auth = (server.username, server.password)
        asyncio.run(furnish(server))
        with neo4j.GraphDatabase.driver(server.uri, auth=auth) as driver:
            file.write_text("".join(f"{line};\n" for line in statements(driver)))


async def furnish(server: EmbeddedNeo4j) -> None:
    """A desk that has been worked with."""
    async with Database(server.uri, server.username, server.password) as database, Desk(database) as desk:
        await load_sample(desk)
        tickets = await desk.Ticket.find(order_by="number")
        await desk.Ticket.update(id=tickets[0].id, priority="LOW", idempotency_key="an-old-key")
        gone = await desk.Contact.create(name="Somebody who left")
        await desk.Contact.delete(id=gone.id)
        await desk.consumers.open("billing", types=["ticket.*"], start="beginning")
        while not await desk.Activity.find(type="satisfaction_survey"):  # noqa: ASYNC110 - an after-hook's
            await asyncio.sleep(0.1)
        await desk.position()


def statements(driver: neo4j.Driver) -> list[str]:
    """Constraints and indexes, nodes, edges."""

    def rows(query: str) -> list[neo4j.Record]:
        return driver.execute_query(query, database_="neo4j").records

    schema = [row["text"] for query in (SCHEMA.format("CONSTRAINTS"), INDEXES) for row in rows(query)]
    numbers = {row["id"]: at for at, row in enumerate(rows(NODES))}
    nodes = [
        f"CREATE (:{':'.join(row['labels'])} {literal({**row['properties'], '_at': numbers[row['id']]})})"
        for row in rows(NODES)
    ]
    edges = [
        f"MATCH (a {{_at: {numbers[row['a']]}}}), (b {{_at: {numbers[row['b']]}}}) "
        f"CREATE (a)-[:{row['type']} {literal(row['properties'])}]->(b)"
        for row in rows(EDGES)
    ]
    return [*schema, *nodes, *edges, "MATCH (n) REMOVE n._at"]


def literal(value: Any) -> str:
    """A value as Cypher writes it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {literal(one)}" for key, one in sorted(value.items())) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    if isinstance(value, neo4j.time.DateTime):
        return f'datetime("{value.iso_format()}")'
    return json.dumps(value)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
