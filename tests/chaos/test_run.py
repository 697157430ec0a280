"""A short chaos run: everything is killed once, Neo4j too, and every promise is kept. `make chaos` is the long one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.checks import faults
from tests.chaos.report import table
from tests.chaos.run import Plan, run

VICTIMS = ("server-a", "server-b", "server-b's worker", "worker", "audit", "receiver", "neo4j")


@pytest.mark.timeout(900)  # the machine may be busy with other tests
async def test_everything_is_killed_and_nothing_is_lost(tmp_path: Path) -> None:
    plan = Plan(kills=len(VICTIMS), seed=3, clients=4, between=8, stall=2)
    done, evidence = await run(plan, tmp_path, print)
    found = faults(evidence)
    print(table(done, evidence, found))
    assert found == {}
    assert done.kills == dict.fromkeys(VICTIMS, 1)
    assert sum(deed.acknowledged for deed in evidence.deeds) >= plan.between * (plan.kills + 1)
    assert len(evidence.seen[0].events) == evidence.position > 0
