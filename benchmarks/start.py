"""How soon `deskgraph serve` is ready, with the Neo4j that comes with it. Run it with `make bench-start`.

The seconds from the start of the process to the address that it prints, and to the answer to a first query. The first
start has a new data folder and no start-up cache of Java's, which it makes in the background; the jars are there.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.load import ask
from benchmarks.serving import machine, served
from deskgraph.graph.embedded.fetch import folder, install

OWN = ("NEO4J_URI", "NEO4J_USERNAME", "NEO4J_PASSWORD", "NEO4J_DATABASE")
TRAINED = 300  # seconds that Java may take for its start-up cache


async def main(arguments: argparse.Namespace) -> None:
    """Start for the first time, then again and again, and print the medians."""
    print(f"{machine()}\n", flush=True)
    for name in OWN:
        os.environ.pop(name, None)
    with tempfile.TemporaryDirectory(prefix="deskgraph-bench-") as temporary:
        cache, data = Path(temporary) / "cache", str(Path(temporary) / "data")
        link(install(), cache)
        os.environ["XDG_CACHE_HOME"] = str(cache)
        show("first", [await start(data, cache=cache / "deskgraph")])
        for name, options in (("again", ()), ("again, 2 workers", ("--workers", "2"))):
            show(name, [await start(data, *options) for _ in range(arguments.rounds)])


def link(jars: list[Path], cache: Path) -> None:
    """A cache folder with the jars and nothing else."""
    into = folder(cache / "deskgraph")
    into.mkdir(parents=True)
    for jar in jars:
        (into / jar.name).symlink_to(jar)


async def start(data: str, *options: str, cache: Path | None = None) -> tuple[float, float]:
    """The seconds until the address is there and until a query is answered. With `cache`, stay until that is made."""
    began = time.monotonic()
    async with served("bench-start", data, *options) as server:
        ready = time.monotonic() - began
        answer = await ask(f"http://{server.address}/graphql", {"query": "{ tickets { totalCount } }"})
        answered = time.monotonic() - began
        assert answer["data"] == {"tickets": {"totalCount": 0}}, answer
        deadline = time.monotonic() + TRAINED
        while cache and not list(folder(cache).glob("start-*.aot")):
            assert time.monotonic() < deadline, "there is no start-up cache"
            await asyncio.sleep(0.5)
    return ready, answered


def show(name: str, found: list[tuple[float, float]]) -> None:
    """A row: the medians, and the slowest."""
    ready, answered = (statistics.median(column) for column in zip(*found, strict=True))
    slowest = max(column[0] for column in found)
    print(f"{name:18} ready {ready:5.2f} s  answered {answered:5.2f} s  slowest {slowest:5.2f} s", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="of starts with everything there")
    asyncio.run(main(parser.parse_args()))
