"""What a relay of the log needs of the graph: a lease, so that one process relays."""

from __future__ import annotations

from deskgraph.graph.consumers import advance_consumer
from deskgraph.graph.database import Database, Transaction
from deskgraph.graph.statements import statement


async def take_lease(database: Database, workspace: str, name: str, holder: str, seconds: float) -> bool:
    """Take the lease of a consumer, or keep it, for so long from now on; False while another holder has it."""
    milliseconds = round(seconds * 1000)

    async def work(tx: Transaction) -> bool:
        return await tx.one(statement("take_lease"), name=name, holder=holder, milliseconds=milliseconds) is not None

    return await database.write(workspace, work)


async def leave(database: Database, workspace: str, name: str, holder: str, position: int) -> None:
    """Acknowledge everything up to a position and give the lease back, together."""

    async def work(tx: Transaction) -> None:
        await advance_consumer(tx, name, position)
        await tx.run(statement("drop_lease"), name=name, holder=holder)

    await database.write(workspace, work)
