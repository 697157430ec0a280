"""What is kept of the before-hooks that are elsewhere, as a process needs it to ask them."""

from __future__ import annotations

from dataclasses import dataclass, field

from deskgraph.graph.database import Transaction
from deskgraph.graph.statements import statement


@dataclass(frozen=True, slots=True)
class Registered:
    """A before-hook: where it is asked about which verbs, how long it has, and whether a verb proceeds without it."""

    id: str
    url: str
    verbs: tuple[str, ...]
    seconds: float
    proceeds: bool
    secrets: str = field(repr=False)


async def before_hooks(tx: Transaction) -> list[Registered]:
    """The before-hooks of the workspace, the oldest first."""
    return [
        Registered(
            id=row["id"],
            url=row["url"],
            verbs=tuple(row["verbs"]),
            seconds=row["timeoutMs"] / 1000,
            proceeds=row["policy"] == "PROCEED",
            secrets=row["secrets"],
        )
        for row in await tx.run(statement("before_hooks"))
    ]
