"""Who gets a ticket: chosen inside the verb's transaction, one choice after the other, so that it is fair."""

from __future__ import annotations

from deskgraph.graph.database import Transaction
from deskgraph.graph.statements import statement
from deskgraph.schema.scalars import Words


class Assignment(Words):
    """How an agent is chosen."""

    LEAST_BUSY = "LEAST_BUSY", "The online support user with the fewest unsolved tickets, within capacity."


async def least_busy(
    tx: Transaction, ticket: str = "", *, above_tier: int = 0, role: str | None = "SUPPORT"
) -> str | None:
    """The least busy online user with capacity left, of a tier above; None where there is none.

    `ticket` itself does not count as load.
    """
    await tx.run(statement("lock_assignment"))
    row = await tx.one(statement("least_busy"), ticket=ticket, above=above_tier, role=role)
    return row["id"] if row else None
