"""What the event log costs and how fast it reaches its readers. Run it with `make bench-events`.

1. Commits/s of 32 writers, beside the same changes without events.
2. Milliseconds from an event's own time to its arrival at 1, 100 and 1,000 WebSocket subscribers.
3. Events/s of a reader that catches up over a long log, beside a bare reader of the same database.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import neo4j
import websockets

from benchmarks.serving import KEY, machine, served
from deskgraph.graph.database import Database, Transaction
from deskgraph.graph.embedded import EmbeddedNeo4j
from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.hooks import Hooks

WRITERS = 32
UPDATE = """MATCH (n:Ticket {id: $id, workspace: $workspace})
SET n.lock = true WITH n SET n.subject = $subject, n.version = n.version + 1, n.updatedAt = datetime() REMOVE n.lock
RETURN n.version AS version"""
FILL = """UNWIND range($first, $last) AS position
CREATE (:Event {
  id: 'event_b' + position, workspace: $workspace, type: 'ticket.updated', subjectId: 'ticket_b' + (position % 1000),
  subjectVersion: position, position: position, at: datetime(), actor: 'system', depth: 0,
  data: '{"$id":"ticket_b","changes":{"subject":"Cannot access billing portal"}}'
})"""
FLOOR = """MATCH (event:Event) WHERE event.workspace = $workspace AND event.position > $after
WITH event ORDER BY event.workspace, event.position LIMIT 1000
RETURN event.position AS position, event.type AS type, event.data AS data"""


async def commits(database: Database, seconds: float) -> dict[str, float]:
    """Commits/s of the verb and of the bare change, in turns; the medians of three."""
    rates: dict[str, list[float]] = {"verb": [], "bare": []}
    async with Desk(database, "bench-commits", hooks=Hooks()) as desk:
        ids = [(await desk.Ticket.create(subject="Portal")).id for _ in range(WRITERS)]

        async def verb(at: int, turn: int) -> None:
            await desk.Ticket.update(id=ids[at], subject=f"Turn {turn}")

        async def bare(at: int, turn: int) -> None:
            async def work(tx: Transaction) -> None:
                await tx.run(UPDATE, id=ids[at], subject=f"Turn {turn}")

            await database.write("bench-commits", work)

        for _ in range(3):
            rates["verb"].append(await rate(verb, seconds))
            await desk.position()
            rates["bare"].append(await rate(bare, seconds))
    return {name: statistics.median(values) for name, values in rates.items()}


async def rate(step: Callable[[int, int], Coroutine[Any, Any, None]], seconds: float) -> float:
    """How often a second `step` is done by all writers together."""
    end = time.monotonic() + seconds
    counts = [0] * WRITERS

    async def writer(at: int) -> None:
        while time.monotonic() < end:
            await step(at, counts[at])
            counts[at] += 1

    began = time.monotonic()
    await asyncio.gather(*map(writer, range(WRITERS)))
    return sum(counts) / (time.monotonic() - began)


async def subscribe(address: str, query: str) -> websockets.ClientConnection:
    """A WebSocket with one subscription."""
    socket = await websockets.connect(
        f"ws://{address}/graphql",
        subprotocols=[websockets.Subprotocol("graphql-transport-ws")],
        additional_headers={"Authorization": f"Bearer {KEY}"},
        compression=None,
        open_timeout=60,
    )
    await socket.send(json.dumps({"type": "connection_init"}))
    assert json.loads(await socket.recv())["type"] == "connection_ack"
    await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": {"query": query}}))
    return socket


async def latencies(address: str, subscribers: int, events: int) -> tuple[float, float]:
    """The median and the 99th percentile of milliseconds until an event is with a subscriber, over all of both."""
    sockets = [await subscribe(address, "subscription { events { position at } }") for _ in range(subscribers)]
    await asyncio.sleep(1)
    taken: list[float] = []

    async def listen(socket: websockets.ClientConnection) -> None:
        for _ in range(events):
            event = json.loads(await socket.recv())["payload"]["data"]["events"]
            taken.append((datetime.now(UTC) - datetime.fromisoformat(event["at"])).total_seconds() * 1000)

    async def write() -> None:
        text = 'mutation { createOrganization(input: {name: "Acme"}) { errors { code } } }'
        async with httpx.AsyncClient(headers={"Authorization": f"Bearer {KEY}"}) as client:
            for _ in range(events):
                (await client.post(f"http://{address}/graphql", json={"query": text})).raise_for_status()
                await asyncio.sleep(max(0.1, subscribers / 500))

    await asyncio.gather(write(), *map(listen, sockets))
    await asyncio.gather(*(socket.close() for socket in sockets))
    taken.sort()
    return statistics.median(taken), taken[int(len(taken) * 0.99)]


async def fill(database: Database, workspace: str, count: int) -> None:
    """A log of so many events."""
    for first in range(1, count + 1, 20_000):
        last = min(first + 19_999, count)

        async def work(tx: Transaction, first: int = first, last: int = last) -> None:
            await tx.run(FILL, first=first, last=last)

        await database.write(workspace, work)
        print(f"\r  {last:,} of {count:,} events", end="", file=sys.stderr)
    await database.run("MATCH (w:Workspace {id: $id}) SET w.position = $count", id=workspace, count=count)
    print(file=sys.stderr)


async def catch_up(database: Database, server: EmbeddedNeo4j, count: int, folder: str) -> dict[str, float]:
    """Events/s of the bare reader, the log's reader in Python and a WebSocket subscriber."""
    workspace = "bench-log"
    async with Desk(database, workspace, hooks=Hooks()):
        pass
    await fill(database, workspace, count)
    rates = {}
    async with neo4j.AsyncGraphDatabase.driver(server.uri, auth=(server.username, server.password)) as driver:
        began, after = time.monotonic(), 0
        while after < count:
            rows, _, _ = await driver.execute_query(FLOOR, workspace=workspace, after=after, routing_="r")
            after = rows[-1]["position"]
        rates["bare"] = count / (time.monotonic() - began)
    async with Desk(database, workspace, hooks=Hooks()) as desk:
        began = time.monotonic()
        async for entry in desk.events(after=0):
            if entry.position == count:
                break
        rates["desk.events"] = count / (time.monotonic() - began)
    async with served(workspace, folder) as desk:
        socket = await subscribe(desk.address, "subscription { events(after: 0) { position type data } }")
        began, seen = time.monotonic(), 0
        while seen < count:
            seen += 1
            assert json.loads(await socket.recv())["payload"]["data"]["events"]["position"] == seen
        rates["WebSocket"] = count / (time.monotonic() - began)
        await socket.close()
    return rates


async def main(arguments: argparse.Namespace) -> None:
    """Run all three and print them."""
    folder = tempfile.mkdtemp(prefix="deskgraph-bench-")
    print(f"{machine()}\n")
    with EmbeddedNeo4j(Path(folder) / "neo4j", heap="2g", train=False) as server:
        os.environ |= {"NEO4J_URI": server.uri, "NEO4J_USERNAME": server.username, "NEO4J_PASSWORD": server.password}
        async with Database(server.uri, server.username, server.password) as database:
            found = await commits(database, arguments.seconds)
            print(f"commits/s, {WRITERS} writers     verb {found['verb']:.0f}  bare change {found['bare']:.0f}")
            print(f"  ratio                    {found['verb'] / found['bare']:.2f}\n")
            async with served("bench-latency", folder) as desk:
                await latencies(desk.address, 1, 2 * arguments.events)  # plans are made, Java compiles
                first = 0.0
                for subscribers in (1, 100, 1000):
                    median, tail = await latencies(desk.address, subscribers, arguments.events)
                    first = first or median
                    times = f"p50 {median:.0f} ms  p99 {tail:.0f} ms  ratio of p50 {median / first:.1f}"
                    print(f"{subscribers:5} subscribers          {times}")
            rates = await catch_up(database, server, arguments.log, folder)
            print(f"\ncatching up over {arguments.log:,} events")
            for name, value in rates.items():
                print(f"  {name:24} {value:8,.0f}/s  ratio {value / rates['bare']:.2f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10, help="of each round of commits")
    parser.add_argument("--events", type=int, default=50, help="sent to the subscribers")
    parser.add_argument("--log", type=int, default=1_000_000, help="events to catch up over")
    asyncio.run(main(parser.parse_args()))
