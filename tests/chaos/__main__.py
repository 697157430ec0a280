"""`python -m tests.chaos`: the long run, with its progress and counts. Exit code 1 if a promise was not kept."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
import time
from pathlib import Path

import structlog

from tests.chaos.checks import faults
from tests.chaos.report import table
from tests.chaos.run import Plan, run


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    plan = Plan()
    parser.add_argument("--kills", type=int, default=plan.kills, help="so many at least")
    parser.add_argument("--minutes", type=float, default=plan.minutes, help="go on for so long at least")
    parser.add_argument("--seed", type=int, default=plan.seed)
    parser.add_argument("--clients", type=int, default=plan.clients)
    parser.add_argument("--between", type=int, default=plan.between, help="verbs done between one kill and the next")
    parser.add_argument("--stall", type=float, default=plan.stall, help="the longest stall of a link, in seconds")
    parser.add_argument("--folder", type=Path, help="where logs and data go; by default a new temporary folder")
    given = vars(parser.parse_args())
    folder = given.pop("folder") or Path(tempfile.mkdtemp(prefix="deskgraph-chaos-"))
    folder.mkdir(parents=True, exist_ok=True)
    logging.getLogger("neo4j").setLevel(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    began = time.monotonic()
    done, evidence = asyncio.run(
        run(Plan(**given), folder, lambda text: print(f"{time.monotonic() - began:7.1f} {text}", flush=True))
    )
    found = faults(evidence)
    print(f"\n{table(done, evidence, found)}")
    for name, said in found.items():
        print(f"\n{name}:", *said[:20], sep="\n  ")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
