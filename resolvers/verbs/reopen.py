"""reopen."""

from __future__ import annotations

from typing import Any

from deskgraph.schema.fields import Text
from deskgraph.schema.ticket import Ticket, TicketStatus
from deskgraph.schema.verb import Change, Verb


class Reopen(Verb):
    """Opens a ticket again; its resolution is cleared."""

    noun = Ticket
    name = "reopen"
    from_ = (TicketStatus.PENDING, TicketStatus.RESOLVED, TicketStatus.CLOSED)
    to = TicketStatus.OPEN

    reason = Text("Why it is not done.", most=10_000)

    @classmethod
    def change(cls, given: dict[str, Any]) -> Change:
        """The resolution turned out not to be one."""
        change = super().change(given)
        change.set["resolution"] = None
        return change
