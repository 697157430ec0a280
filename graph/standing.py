"""How far a workspace's log and its consumers are, for metrics and check-ups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from deskgraph.graph.consumers import consumers
from deskgraph.graph.database import Transaction
from deskgraph.graph.statements import statement


@dataclass(frozen=True, slots=True)
class Standing:
    """The last position, how many events have none yet, and consumers with `name`, `kind`, `lag` and `parked`."""

    position: int
    pending: int
    consumers: list[dict[str, Any]]


async def standing(tx: Transaction, most: int) -> Standing:
    """How it stands; of the consumers so many, those that are furthest behind first."""
    row = await tx.one(statement("standing"))
    assert row
    rows = sorted(await consumers(tx, first=0), key=lambda one: (-one["lag"], one["name"]))[:most]
    told = [{**{name: one[name] for name in ("name", "kind", "lag")}, "parked": one["parkedCount"]} for one in rows]
    return Standing(row["position"], row["pending"], told)
