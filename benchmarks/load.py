"""Load by wrk: requests/s, latencies, and the CPU that the server and the database took."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import statistics
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import httpx
import psutil

from benchmarks.serving import KEY, Server

LUA = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer {key}"
local bodies = {{{bodies}}}
math.randomseed({seed})
local function number(first, last)
  return tostring(math.random(first, last))
end
request = function()
  return wrk.format(nil, nil, nil, (bodies[math.random(#bodies)]:gsub("<(%d+)-(%d+)>", number)))
end
"""
CHECKED = """
response = function(status, headers, body)
  if body:find('"code":', 1, true) then
    io.stderr:write(body)
    os.exit(1)
  end
end
"""
UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}
CONNECTIONS = (1, 32)
SEEDS = itertools.count(7)  # each run asks for other nodes than the one before
Settle = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Target:
    """Who is asked what. In the body `<10-99>` stands for a random number from 10 to 99.

    `writes`: each answer is looked at, for a mutation that failed is answered by 200 too. `others`: more bodies, of
    which any is sent as often as the first.
    """

    name: str
    server: Server
    path: str
    body: dict[str, Any]
    writes: bool = False
    others: tuple[dict[str, Any], ...] = ()

    @property
    def url(self) -> str:
        """Where the body is posted."""
        return f"http://{self.server.address}{self.path}"


class Round(NamedTuple):
    """Requests/s, the latencies in ms, and the CPU ms a request of the server and of the database."""

    rate: float
    p50: float
    p99: float
    server: float
    database: float


async def compare(
    title: str, targets: Sequence[Target], database: int, seconds: int, settle: Settle | None = None
) -> None:
    """Measure the targets in turns and print the medians of three rounds, the first target's rate being 1.

    `settle` waits for what a round leaves to be done in the background, whose CPU counts too.
    """
    for connections in CONNECTIONS:
        rounds: dict[str, list[Round]] = {target.name: [] for target in targets}
        for target in targets:
            await wrk(target, connections, 2)
            await (settle() if settle else asyncio.sleep(0))
        for _ in range(3):
            for target in targets:
                rounds[target.name].append(await measured(target, database, connections, seconds, settle))
        print(f"{title}, {connections} connection{'s' * (connections > 1)}")
        medians = {name: Round(*map(statistics.median, zip(*found, strict=True))) for name, found in rounds.items()}
        for name, found in medians.items():
            print(f"  {name:10} {line(found, medians[targets[0].name])}")
        sys.stdout.flush()


def line(found: Round, floor: Round) -> str:
    """A round in words."""
    latencies = f"p50 {found.p50:7.2f} ms  p99 {found.p99:7.2f} ms"
    cpu = f"CPU ms a request: server {found.server:6.2f}  Neo4j {found.database:6.2f}"
    return f"{found.rate:6,.0f}/s  {found.rate / floor.rate:.2f}  {latencies}  {cpu}"


async def measured(target: Target, database: int, connections: int, seconds: int, settle: Settle | None) -> Round:
    """One round, and the CPU until all that it led to is done."""
    before = [cpu(target.server.pid), cpu(database)]
    text = await wrk(target, connections, seconds)
    if settle:
        await settle()
    taken = [now - then for now, then in zip([cpu(target.server.pid), cpu(database)], before, strict=True)]
    requests = sent(text)
    if not requests:
        raise SystemExit(f"{target.name} answered nothing in {seconds} seconds: it needs longer rounds")
    server, neo4j = (1000 * each / requests for each in taken)
    return Round(float(_found(r"Requests/sec:\s+([\d.]+)", text)[1]), ms("50%", text), ms("99%", text), server, neo4j)


def cpu(pid: int) -> float:
    """The seconds of CPU that a process and its children have taken."""
    process = psutil.Process(pid)
    times = [each.cpu_times() for each in (process, *process.children(recursive=True))]
    return float(sum(each.user + each.system for each in times))


def sent(text: str) -> int:
    """How many requests wrk counted."""
    return int(_found(r"(\d+) requests in", text)[1])


def ms(percentile: str, text: str) -> float:
    """A latency that wrk printed."""
    found = _found(rf"{percentile}\s+([\d.]+)(us|ms|s)", text)
    return float(found[1]) * UNITS[found[2]]


def _found(pattern: str, text: str) -> re.Match[str]:
    found = re.search(pattern, text)
    assert found, text
    return found


async def wrk(target: Target, connections: int, seconds: int) -> str:
    """What wrk printed; no request may have failed."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        bodies = ", ".join(f"[==[{json.dumps(body)}]==]" for body in (target.body, *target.others))
        script.write(LUA.format(key=KEY, bodies=bodies, seed=next(SEEDS)) + CHECKED * target.writes)
        script.flush()
        load = ["-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "--latency", "-s", script.name]
        process = await asyncio.create_subprocess_exec("wrk", *load, target.url, stdout=asyncio.subprocess.PIPE)
        out, _ = await process.communicate()
    text = out.decode()
    if process.returncode or "Non-2xx" in text or "Socket errors" in text:
        raise SystemExit(text)
    return text


async def ask(url: str, body: dict[str, Any]) -> Any:
    """One answer, to a body whose random numbers are all the first."""
    text = re.sub(r"<(\d+)-\d+>", r"\1", json.dumps(body))
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {KEY}"}, timeout=60) as client:
        return (await client.post(url, content=text, headers={"Content-Type": "application/json"})).json()


async def same(targets: Sequence[Target]) -> None:
    """All give the same rows, or nothing is worth measuring."""
    answers = [await ask(target.url, target.body) for target in targets]
    rows = [sorted(re.findall(r'"(\w+_b\d+)"', json.dumps(answer))) for answer in answers]
    assert rows[0], answers[0]
    for target, found, answer in zip(targets, rows, answers, strict=True):
        assert found == rows[0], f"{target.name} answers otherwise than {targets[0].name}: {json.dumps(answer)[:2000]}"
