"""Reads, beside the floor and the peer, in turns, the medians of three. Run it with `make bench-reads`.

The floor is the same Cypher behind bare routes; the peer is Neo4j's GraphQL library behind Apollo Server, on the same
Neo4j. `operations.py` says what is asked.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterator

from benchmarks import operations
from benchmarks.data import filled, numbers
from benchmarks.floor import READS, parameters
from benchmarks.load import Target, ask, compare, same
from benchmarks.serving import Server, floor, machine, peer, served
from deskgraph.graph.database import DIALECT, Database

WORKSPACE = "bench"
DEEP = 25_000  # rows before page 500 of 50
LEAST = {"W7": 20}  # seconds of a round: 32 of them at once take the database some 5


async def main(arguments: argparse.Namespace) -> None:
    """Fill, serve, measure in turns, print."""
    print(f"{machine()}, {arguments.tickets:,} tickets\n", flush=True)
    async with (
        filled({WORKSPACE: arguments.tickets}) as there,
        floor(WORKSPACE) as bare,
        served(WORKSPACE, there.folder) as desk,
        peer() as node,
    ):
        given = {
            "workspace": WORKSPACE,
            "id": f"ticket_b{numbers(arguments.tickets)}",
            "since": "2025-12-25T00:00:00Z",  # 30 days before the last of 100,000 tickets
        }
        given |= await deep(f"http://{desk.address}/graphql", min(DEEP, arguments.tickets // 2))
        for name in arguments.only or READS:
            targets = list(asked(name, given, bare, desk, node))
            await same(targets)
            seconds = max(arguments.seconds, LEAST.get(name, 0))
            await compare(name, targets, there.pid, seconds, lambda: idle(there.database))


def asked(name: str, given: dict[str, str], bare: Server, desk: Server, node: Server) -> Iterator[Target]:
    """A workload, of each server."""
    yield Target("floor", bare, f"/read/{name}", parameters(READS[name], given))
    yield Target("deskgraph", desk, "/graphql", operations.body(operations.DESKGRAPH[name], given))
    yield Target("peer", node, "/", operations.body(operations.PEER[name], given))


async def deep(url: str, rows: int) -> dict[str, str]:
    """The cursor after so many rows, and the moment and id of the last of them."""
    text = "query ($after: String) { tickets(first: 100, after: $after) { edges { node { id createdAt } cursor } } }"
    after, edge = None, {}
    for _ in range(rows // 100):
        answer = await ask(url, {"query": text, "variables": {"after": after}})
        edge = answer["data"]["tickets"]["edges"][-1]
        after = edge["cursor"]
    return {"after": edge["cursor"], "at": edge["node"]["createdAt"], "last": edge["node"]["id"]}


async def idle(database: Database) -> None:
    """Wait until the database has ended what a round's last requests asked for, which nobody waits for any more."""
    text = "SHOW TRANSACTIONS YIELD currentQuery WHERE NOT currentQuery STARTS WITH $own RETURN count(*) AS others"
    while (await database.run(text, own=f"{DIALECT}SHOW"))[0]["others"]:  # noqa: ASYNC110 - the database does it
        await asyncio.sleep(0.1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=10, help="of each round")
    parser.add_argument("--tickets", type=int, default=100_000, help="1,000 or more")
    parser.add_argument("--only", nargs="*", choices=READS)
    asyncio.run(main(parser.parse_args()))
