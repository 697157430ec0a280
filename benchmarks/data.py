"""The desk that is asked: organizations, contacts, users, tickets and activities, by number, the same each time."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from deskgraph.graph.database import Database, Transaction
from deskgraph.graph.embedded import EmbeddedNeo4j
from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.hooks import Hooks

STATUSES = ["OPEN", "PENDING", "ESCALATED", "RESOLVED", "CLOSED"]
PRIORITIES = ["LOW", "MEDIUM", "HIGH", "URGENT"]
FIRST = 1_000_000  # the ids' first number, so that all are long enough
# Trimmed: their first events are no longer in the log, where the next ones would wait for them.
COMMON = """workspace: $workspace, version: 1, trimmed: 1,
  createdAt: datetime({year: 2026}) + duration({seconds: at * 20}),
  updatedAt: datetime({year: 2026}) + duration({seconds: at * 20})"""
FILLS = {
    "organization": f"""CREATE (n:Organization {{id: 'organization_b' + ({FIRST} + at), {COMMON},
  name: 'Organization ' + at, domain: 'o' + at + '.example'}})""",
    "contact": f"""
MATCH (o:Organization {{workspace: $workspace, id: 'organization_b' + ({FIRST} + at % $organizations)}})
CREATE (n:Contact {{id: 'contact_b' + ({FIRST} + at), {COMMON}, name: 'Contact ' + at, email: 'c' + at + '@o.example'}})
CREATE (n)-[:WORKS_AT]->(o)""",
    "user": f"""CREATE (n:User {{id: 'user_b' + ({FIRST} + at), {COMMON}, name: 'User ' + at,
  role: 'SUPPORT', status: 'ONLINE', tier: 1, capacity: 100000}})""",
    "ticket": f"""
MATCH (c:Contact {{workspace: $workspace, id: 'contact_b' + ({FIRST} + at % $contacts)}})-[:WORKS_AT]->(o)
MATCH (u:User {{workspace: $workspace, id: 'user_b' + ({FIRST} + at % $users)}})
CREATE (n:Ticket {{id: 'ticket_b' + ({FIRST} + at), {COMMON}, number: at + 1, subject: 'Ticket ' + at, level: 0,
  description: 'The portal says 403 since noon.', status: $statuses[at % 5], priority: $priorities[(at / 5) % 4],
  priorityRank: (at / 5) % 4, channel: 'EMAIL'}})
CREATE (c)-[:RAISED]->(n), (n)-[:ASSIGNED_TO]->(u), (n)-[:ABOUT]->(o)""",
    "activity": f"""MATCH (t:Ticket {{workspace: $workspace, id: 'ticket_b' + ({FIRST} + at % $tickets)}})
CREATE (n:Activity {{id: 'activity_b' + ({FIRST} + at), {COMMON}, type: 'note', note: 'Note ' + at}})-[:ON]->(t)""",
}
SIZES = {"organization": 2_000, "contact": 20_000, "user": 200}
BATCH = 10_000


class Filled(NamedTuple):
    """A Neo4j of its own, by its process, with desks in it; a folder for what is served from it."""

    database: Database
    pid: int
    folder: str


@asynccontextmanager
async def filled(workspaces: Mapping[str, int], heap: str = "2g") -> AsyncIterator[Filled]:
    """A desk of so many tickets in each workspace; the environment leads the servers that are started to its Neo4j."""
    folder = tempfile.mkdtemp(prefix="deskgraph-bench-")
    with EmbeddedNeo4j(Path(folder) / "neo4j", heap=heap, train=False) as server:
        os.environ |= {"NEO4J_URI": server.uri, "NEO4J_USERNAME": server.username, "NEO4J_PASSWORD": server.password}
        async with Database(server.uri, server.username, server.password) as database:
            for workspace, tickets in workspaces.items():
                async with Desk(database, workspace, hooks=Hooks()):
                    await fill(database, workspace, tickets)
            await database.run("CALL db.awaitIndexes(600)")
            assert server.pid
            yield Filled(database, server.pid, folder)


def numbers(size: int) -> str:
    """What stands for the number of any of so many nodes in a body that `load.py` sends."""
    return f"<{FIRST}-{FIRST + size - 1}>"


async def fill(database: Database, workspace: str, tickets: int) -> None:
    """Put the nouns of a desk with so many tickets straight into the graph."""
    sizes = {**SIZES, "ticket": tickets, "activity": tickets * 3 // 2}
    counts = {f"{noun}s": size for noun, size in sizes.items()}
    for noun, size in sizes.items():
        for first in range(0, size, BATCH):
            last = min(first + BATCH, size) - 1

            async def work(tx: Transaction, noun: str = noun, first: int = first, last: int = last) -> None:
                cypher = f"UNWIND range($first, $last) AS at\n{FILLS[noun]}"
                more = {"statuses": STATUSES, "priorities": PRIORITIES, **counts}
                await tx.run(cypher, first=first, last=last, **more)

            await database.write(workspace, work, limited=False)
            print(f"\r  {last + 1:,} of {size:,} {noun}", end="   ", file=sys.stderr)
        print(file=sys.stderr)
