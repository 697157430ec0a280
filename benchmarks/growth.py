"""What reads cost when the desk grows: the same of 100,000 and of 1,000,000 tickets. Run it with `make bench-growth`.

Both desks are workspaces of one Neo4j, each served by a process of its own and asked in turns; the larger one's rate
stands beside the smaller one's, which is 1. `operations.py` says what is asked; page 500 is that of both.
"""

from __future__ import annotations

import argparse
import asyncio

from benchmarks import operations
from benchmarks.data import filled, numbers
from benchmarks.load import Target, compare
from benchmarks.reads import DEEP, deep
from benchmarks.serving import Server, machine, served

WORKLOADS = ("W1", "W2", "W6")


async def main(arguments: argparse.Namespace) -> None:
    """Fill, serve, measure in turns, print."""
    sizes = {f"bench-{tickets}": tickets for tickets in arguments.tickets}
    print(f"{machine()}, heap {arguments.heap}\n", flush=True)
    small, large = sizes
    async with (
        filled(sizes, arguments.heap) as there,
        served(small, there.folder) as few,
        served(large, there.folder) as many,
    ):
        given = {
            server: await variables(server, size) for server, size in zip((few, many), sizes.values(), strict=True)
        }
        for name in arguments.only or WORKLOADS:
            targets = [
                Target(f"{size:,}", server, "/graphql", operations.body(operations.DESKGRAPH[name], given[server]))
                for server, size in zip((few, many), sizes.values(), strict=True)
            ]
            await compare(name, targets, there.pid, arguments.seconds)


async def variables(server: Server, tickets: int) -> dict[str, str]:
    """Any of the desk's tickets, and the cursor before page 500."""
    found = await deep(f"http://{server.address}/graphql", min(DEEP, tickets // 2))
    return {"id": f"ticket_b{numbers(tickets)}", "after": found["after"]}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=10, help="of each round")
    parser.add_argument("--tickets", type=int, nargs=2, default=(100_000, 1_000_000), help="of the two desks")
    parser.add_argument("--heap", default="2g", help="Java's largest heap")
    parser.add_argument("--only", nargs="*", choices=WORKLOADS)
    asyncio.run(main(parser.parse_args()))
