"""Reads, beside the floor: requests/s of wrk, in turns, the medians of three. Run it with `make bench-reads`.

W1 a ticket by id with its neighbours and last five activities; W2 the first 50 open tickets of high priority with
contact and assignee; W3 100 tickets, their contacts, their organizations, five contacts of each; W6 page 500 of a list.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

import httpx

from benchmarks.data import fill
from benchmarks.serving import KEY, floor, machine, served
from deskgraph.graph.database import Database
from deskgraph.graph.embedded import EmbeddedNeo4j
from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.hooks import Hooks

WORKSPACE = "bench"
DEEP = 25_000  # rows before page 500 of 50
TEXTS = {
    "W1": """query ($id: ID!) { ticket(id: $id) { id number subject status priority
  contact { id name email } organization { id name } assignee { id name }
  activities(first: 5) { nodes { id type note createdAt } } } }""",
    "W2": """{ tickets(filter: {status: {eq: OPEN}, priority: {eq: HIGH}}, first: 50) { nodes {
  id number subject createdAt contact { id name } assignee { id name } } } }""",
    "W3": """{ tickets(first: 100) { nodes { id subject contact { id name organization { id name
  contacts(first: 5) { nodes { id name } } } } } } }""",
    "W6": "query ($after: String) { tickets(first: 50, after: $after) { nodes { id subject } } }",
}
LUA = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer {key}"
local body = [==[{body}]==]
math.randomseed({seed})
request = function()
  return wrk.format(nil, nil, nil, (body:gsub("NUMBER", tostring(math.random(0, {tickets} - 1)))))
end
"""


async def wrk(url: str, body: dict[str, Any], connections: int, seconds: float, tickets: int) -> tuple[float, str]:
    """Requests/s, and the latencies that wrk printed."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(LUA.format(key=KEY, body=json.dumps(body), seed=7, tickets=tickets))
        script.flush()
        arguments = ["-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", script.name, url]
        process = await asyncio.create_subprocess_exec("wrk", *arguments, stdout=asyncio.subprocess.PIPE)
        out, _ = await process.communicate()
    text = out.decode()
    if "Non-2xx" in text or "Socket errors" in text:
        raise SystemExit(text)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", text)
    tail = re.search(r"99%\s+(\S+)", text)
    assert rate
    assert tail
    return float(rate[1]), tail[1]


async def same(url: str, body: dict[str, Any], floor_url: str, floor_body: dict[str, Any]) -> None:
    """Both give the same rows, or nothing is worth measuring."""
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {KEY}"}, timeout=60) as client:
        answers = [(await client.post(url, json=body)).json(), (await client.post(floor_url, json=floor_body)).json()]
    flat = [sorted(re.findall(r"\w+_b\d+", json.dumps(answer))) for answer in answers]
    assert flat[0] == flat[1] != [], answers


async def main(arguments: argparse.Namespace) -> None:
    """Fill, serve, measure in turns, print."""
    folder = tempfile.mkdtemp(prefix="deskgraph-bench-")
    print(f"{machine()}, {arguments.tickets:,} tickets\n", flush=True)
    with EmbeddedNeo4j(Path(folder) / "neo4j", heap="2g", train=False) as server:
        os.environ |= {"NEO4J_URI": server.uri, "NEO4J_USERNAME": server.username, "NEO4J_PASSWORD": server.password}
        os.environ["DESKGRAPH_WORKSPACE"] = WORKSPACE
        async with Database(server.uri, server.username, server.password) as database:
            async with Desk(database, WORKSPACE, hooks=Hooks()):
                await fill(database, WORKSPACE, arguments.tickets)
            await database.run("CALL db.awaitIndexes(600)")
        async with served(WORKSPACE, folder) as desk, floor() as bare:
            cursor, place = await page_500(f"http://{desk}/graphql")
            for name in arguments.only or TEXTS:
                variables = {"W1": {"id": "ticket_bNUMBER"}, "W6": {"after": cursor}}.get(name, {})
                parameters = {"W1": {"id": "ticket_bNUMBER"}, "W6": place}.get(name, {})
                asked = f"http://{desk}/graphql", {"query": TEXTS[name], "variables": variables}
                floor_asked = f"http://{bare}/{name}", parameters
                one = json.loads(json.dumps([asked[1], parameters]).replace("NUMBER", "7"))
                await same(asked[0], one[0], floor_asked[0], one[1])
                await compare(name, asked, floor_asked, arguments)


async def page_500(url: str) -> tuple[str, dict[str, str]]:
    """The cursor before page 500, and the moment and id that it means."""
    text = "query ($after: String) { tickets(first: 100, after: $after) { edges { node { id createdAt } cursor } } }"
    after, edge = None, {}
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {KEY}"}, timeout=60) as client:
        for _ in range(DEEP // 100):
            answer = (await client.post(url, json={"query": text, "variables": {"after": after}})).json()
            edge = answer["data"]["tickets"]["edges"][-1]
            after = edge["cursor"]
    assert after
    return after, {"at": edge["node"]["createdAt"], "id": edge["node"]["id"]}


async def compare(name: str, asked: Any, floor_asked: Any, arguments: argparse.Namespace) -> None:
    """One read with one and with many connections."""
    for connections in (1, 32):
        rates: dict[str, list[float]] = {"deskgraph": [], "floor": []}
        tails: dict[str, list[str]] = {"deskgraph": [], "floor": []}
        for _ in range(3):
            for who, (url, body) in (("deskgraph", asked), ("floor", floor_asked)):
                rate, tail = await wrk(url, body, connections, arguments.seconds, arguments.tickets)
                rates[who].append(rate)
                tails[who].append(tail)
        ours, theirs = statistics.median(rates["deskgraph"]), statistics.median(rates["floor"])
        p99 = f"p99 {sorted(tails['deskgraph'])[1]} beside {sorted(tails['floor'])[1]}"
        print(f"{name} {connections:3} connections  {ours:6,.0f}/s  floor {theirs:6,.0f}/s  {ours / theirs:.2f}  {p99}")
        sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=10, help="of each round")
    parser.add_argument("--tickets", type=int, default=100_000)
    parser.add_argument("--only", nargs="*", choices=TEXTS)
    asyncio.run(main(parser.parse_args()))
