"""escalate."""

from __future__ import annotations

from typing import Any, ClassVar

from deskgraph.resolvers.assignment import least_busy
from deskgraph.resolvers.records import Draft
from deskgraph.schema.fields import Text
from deskgraph.schema.ticket import UNSOLVED, Ticket, TicketStatus
from deskgraph.schema.verb import Change, Verb

FIRST_LINE = 1


class Escalate(Verb):
    """Escalates a ticket to the least busy online user of a higher tier; with none there, it is left unassigned."""

    noun = Ticket
    name = "escalate"
    says = "push up|kick up|bump up|move up|elevate"
    idioms: ClassVar[dict[str, dict[str, Any]]] = {
        "(raise|bump|move|push|kick|pass|send|take|escalate|hand|bring|get|transfer) {id} (@upward)": {},
        "{id} (needs|requires) (an|to have an)? (escalation)": {},
    }
    from_ = UNSOLVED
    to = TicketStatus.ESCALATED
    chooses = ("level", "agent")

    reason = Text("Why it needs somebody else.", most=10_000, required=True).said(
        "explanation|justification|note|comment|message|cause|text",
        marks="@why",
        example="Billing system outage",
    )

    @classmethod
    def looks(cls, _given: dict[str, Any]) -> bool:
        """It does."""
        return True

    @classmethod
    async def decide(cls, draft: Draft, desk: Any) -> Change:
        """One level up, and the agent of a tier above the present one's."""
        agent = draft.agent
        present = await desk.User.get(agent) if agent else None
        tier = present.tier if present else FIRST_LINE
        agent = await least_busy(desk.tx, draft.id, above_tier=tier, role=None)
        return cls.change({**draft.given, "level": draft.level + 1, "agent": agent})
