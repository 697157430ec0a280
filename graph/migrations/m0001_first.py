"""The graph as it was when versions were introduced: there is nothing to change."""

from deskgraph.graph.database import Transaction


async def up(tx: Transaction) -> None:
    """Leave it as it is."""
