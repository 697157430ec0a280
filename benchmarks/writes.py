"""Writes, beside the floor and the peer, in turns, the medians of three. Run it with `make bench-writes`.

The floor writes the change and its event by Cypher behind bare routes; the peer, Neo4j's GraphQL library behind Apollo
Server, writes the change alone. deskgraph's part includes the ordering of its events. Each has a workspace of its own
with the same desk, in one Neo4j. `operations.py` says what is asked.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterator

from benchmarks import operations
from benchmarks.data import FIRST, SIZES, filled, numbers
from benchmarks.floor import WRITES, parameters
from benchmarks.load import Target, compare, same
from benchmarks.serving import Server, floor, machine, peer, served
from deskgraph.graph.database import Database

FLOOR, DESK, PEER = WORKSPACES = ("bench-floor", "bench", "bench-peer")
WRITTEN = {
    "W4": """MATCH (t:Ticket {workspace: $workspace}) WHERE NOT t.subject STARTS WITH 'Ticket'
RETURN t.version AS version, t.subject AS subject, t.status AS status, t.priority AS priority, t.channel AS channel,
  COLLECT { MATCH (t)<-[:RAISED]-(c:Contact) RETURN c.id } AS contacts""",
    "W5": """MATCH (t:Ticket {workspace: $workspace}) WHERE t.id STARTS WITH 'ticket_b' AND t.updatedAt <> t.createdAt
RETURN t.id AS id, COLLECT { MATCH (t)-[:ASSIGNED_TO]->(u:User) RETURN u.id } AS users""",
}


async def main(arguments: argparse.Namespace) -> None:
    """Fill, serve, measure in turns, print."""
    print(f"{machine()}, {arguments.tickets:,} tickets\n", flush=True)
    async with (
        filled(dict.fromkeys(WORKSPACES, arguments.tickets)) as there,
        floor(FLOOR) as bare,
        served(DESK, there.folder) as desk,
        peer() as node,
    ):
        for name in arguments.only or WRITES:
            targets = list(asked(name, arguments.tickets, bare, desk, node))
            await same(targets)
            await same_written(there.database, name)
            await compare(name, targets, there.pid, arguments.seconds, lambda: ordered(there.database))


def asked(name: str, tickets: int, bare: Server, desk: Server, node: Server) -> Iterator[Target]:
    """A workload, of each server."""
    given = {
        "workspace": PEER,
        "contact": f"contact_b{numbers(SIZES['contact'])}",
        "id": f"ticket_b<{FIRST // 10 + 1}-{(FIRST + tickets) // 10 - 1}>0",  # every fifth is open
        "agent": f"user_b{numbers(SIZES['user'])}",
    }
    yield Target("floor", bare, f"/write/{name}", parameters(WRITES[name], given), writes=True)
    yield Target("deskgraph", desk, "/graphql", operations.body(operations.DESKGRAPH[name], given), writes=True)
    yield Target("peer", node, "/", operations.body(operations.PEER[name], given), writes=True)


async def same_written(database: Database, name: str) -> None:
    """All have written the same, or nothing is worth measuring."""
    floor, desk, peer = [await database.run(WRITTEN[name], workspace=workspace) for workspace in WORKSPACES]
    assert len(floor) == 1, floor
    assert floor == desk == peer, (floor, desk, peer)


async def ordered(database: Database) -> None:
    """Wait until all of deskgraph's events have their positions."""
    text = "MATCH (event:Pending {workspace: $workspace}) RETURN count(event) AS count"
    while (await database.run(text, workspace=DESK))[0]["count"]:  # noqa: ASYNC110 - another process does it
        await asyncio.sleep(0.1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=10, help="of each round")
    parser.add_argument("--tickets", type=int, default=20_000, help="of each at the start; 1,000 or more")
    parser.add_argument("--only", nargs="*", choices=WRITES)
    asyncio.run(main(parser.parse_args()))
