"""What a served process holds over a million requests. Run it with `make bench-memory`.

Reads and one write in ten, over 32 connections; one read in nine has a text of its own, as clients send them that put
values into the text. Printed is the resident memory, about every 50,000 requests, and what was added since the first
fifth of the run, by when all bounded caches are full.
"""

from __future__ import annotations

import argparse
import asyncio

import psutil

from benchmarks import operations
from benchmarks.data import FIRST, SIZES, filled, numbers
from benchmarks.load import Target, sent, wrk
from benchmarks.reads import deep
from benchmarks.serving import Server, machine, served

WORKSPACE = "bench"
SLICE = 15  # seconds
EVERY = 50_000
OWN_TEXT = """{{ ticket(id: "ticket_b{number}") {{ id subject }}
  tickets(filter: {{number: {{lte: {number}}}}}, first: 5) {{ nodes {{ id }} }} }}"""


async def main(arguments: argparse.Namespace) -> None:
    """Fill, serve, send, print."""
    print(f"{machine()}, {arguments.tickets:,} tickets\n", flush=True)
    async with (
        filled({WORKSPACE: arguments.tickets}) as there,
        served(WORKSPACE, there.folder) as desk,
    ):
        held = await sampled(await mixture(desk, arguments.tickets), arguments.requests)
        settled = next(rss for requests, rss in held if requests >= arguments.requests / 5)
        print(f"since the first fifth   {held[-1][1] - settled:+7.1f} MB")


async def mixture(desk: Server, tickets: int) -> Target:
    """Ten operations of which any is sent as often as another."""
    given = {
        "id": f"ticket_b{numbers(tickets)}",
        "contact": f"contact_b{numbers(SIZES['contact'])}",
        "agent": f"user_b{numbers(SIZES['user'])}",
        **await deep(f"http://{desk.address}/graphql", min(5_000, tickets // 2)),
    }
    opened = given | {"id": f"ticket_b<{FIRST // 10 + 1}-{(FIRST + tickets) // 10 - 1}>0"}
    read = [operations.body(operations.DESKGRAPH[name], given) for name in ("W1", "W1", "W1", "W1", "W1", "W2", "W6")]
    own = {"query": OWN_TEXT.format(number=numbers(tickets))}
    write = operations.body(operations.DESKGRAPH["W5"], opened)
    return Target("mixed", desk, "/graphql", read[0], writes=True, others=(*read[1:], read[0], own, write))


async def sampled(target: Target, wanted: int) -> list[tuple[int, float]]:
    """The resident MB of the server after so many requests, from the start to the end."""
    process, done = psutil.Process(target.server.pid), 0
    held = [(0, process.memory_info().rss / 1e6)]
    while done < wanted:
        done += sent(await wrk(target, 32, SLICE))
        if done >= held[-1][0] + EVERY or done >= wanted:
            held.append((done, process.memory_info().rss / 1e6))
            print(f"{done:10,} requests   {held[-1][1]:7.1f} MB", flush=True)
    return held


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--tickets", type=int, default=20_000, help="1,000 or more")
    asyncio.run(main(parser.parse_args()))
