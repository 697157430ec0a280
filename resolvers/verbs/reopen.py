"""reopen."""

from __future__ import annotations

from typing import Any, ClassVar

from deskgraph.resolvers.records import Draft
from deskgraph.schema.fields import Text
from deskgraph.schema.ticket import Ticket, TicketStatus
from deskgraph.schema.verb import Change, Verb


class Reopen(Verb):
    """Opens a ticket again; its resolution is cleared."""

    noun = Ticket
    name = "reopen"
    says = "open|open again|reactivate|resume|unhold|unresolve|open up|open back up|revive"
    states = "open again|reopened"
    idioms: ClassVar[dict[str, dict[str, Any]]] = {
        "(take|get|bring|move|put) {id} (off hold|off pause|out of hold)": {},
        "(open|bring|get) {id} (again|back|back up|back to life)": {},
    }
    from_ = (TicketStatus.PENDING, TicketStatus.RESOLVED, TicketStatus.CLOSED)
    to = TicketStatus.OPEN

    reason = Text("Why it is not done.", most=10_000).said(
        "explanation|note|comment|message|cause|text",
        marks=(
            "because|because of|due to|since|as|for|owing to|on account of|citing|saying|stating|noting|:|with|given that|given"
            "|thanks to|in view of|mentioning|explaining|on the grounds that|on the grounds of|reason being|the reason is|the reason being|for the reason that|so that|that|with the reason that|as a result of|over|the reason is that|reason is that"
        ),
        example="Still locked out",
    )

    @classmethod
    async def decide(cls, draft: Draft, _desk: Any) -> Change:
        """The resolution turned out not to be one."""
        change = cls.change(draft.given)
        change.set["resolution"] = None
        return change
