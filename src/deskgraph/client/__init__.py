"""A desk that is served elsewhere, with the words that it has in process.

    desk = connect("http://127.0.0.1:8000", key)
    ticket = await desk.Ticket.create(subject="Cannot access billing portal", priority="High")

Light: neither the database driver nor GraphQL's server side is imported.
"""

from __future__ import annotations

from deskgraph.client.consuming import Received
from deskgraph.client.context import Context
from deskgraph.client.desk import Desk, connect
from deskgraph.client.sync import SyncContext, SyncDesk, SyncReceived, connect_sync
from deskgraph.schema.errors import DeskError

__all__ = [
    "Context",
    "Desk",
    "DeskError",
    "Received",
    "SyncContext",
    "SyncDesk",
    "SyncReceived",
    "connect",
    "connect_sync",
]
