"""The desk that is asked: organizations, contacts, users, tickets and activities, by number, the same each time."""

from __future__ import annotations

import sys

from deskgraph.graph.database import Database, Transaction

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
