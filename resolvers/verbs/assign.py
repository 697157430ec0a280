"""assign."""

from __future__ import annotations

from typing import Any

from deskgraph.resolvers.assignment import least_busy
from deskgraph.resolvers.records import Draft
from deskgraph.schema.errors import NoAgentAvailableError
from deskgraph.schema.fields import Ref
from deskgraph.schema.ticket import Ticket, TicketStatus
from deskgraph.schema.verb import Change, Verb


class Assign(Verb):
    """Assigns a ticket to a user: the one named, or else the least busy online support user with capacity left."""

    noun = Ticket
    name = "assign"
    from_ = (TicketStatus.OPEN, TicketStatus.PENDING, TicketStatus.ESCALATED, TicketStatus.RESOLVED)

    agent = Ref("The user to assign it to; the least busy one by default.", "user")

    @classmethod
    async def decide(cls, draft: Draft, desk: Any) -> Change:
        """The agent; NO_AGENT_AVAILABLE where none is named and none is there."""
        agent = draft.given["agent"] or await least_busy(desk.tx, draft.id)
        if agent is None:
            raise NoAgentAvailableError(field="agent")
        return cls.change({"agent": agent})
