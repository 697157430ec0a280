"""reopen."""

from __future__ import annotations

from typing import Any, ClassVar

from deskgraph.schema.fields import Text
from deskgraph.schema.roles import Permit, Role
from deskgraph.schema.ticket import Ticket, TicketStatus
from deskgraph.schema.verb import Change, Verb


class Reopen(Verb):
    """Opens a ticket again; its resolution is cleared."""

    noun = Ticket
    name = "reopen"
    says = (
        "open|open (again|up|back up)|reactivate|resume|continue|unhold|unpause|unpark|unfreeze|unresolve|revive"
        "|wake|wake up|unsnooze|(resume|continue) work on"
    )
    states = "open again|reopened"
    idioms: ClassVar[dict[str, dict[str, Any]]] = {
        "(take|get|bring|move|put) {id} (off hold|off pause|out of hold)": {},
        "(open|bring|get) {id} (again|back|back up|back to life)": {},
    }
    from_ = (TicketStatus.PENDING, TicketStatus.RESOLVED, TicketStatus.CLOSED)
    to = TicketStatus.OPEN
    permits: ClassVar[dict[Role, Permit]] = {Role.CONTACT: Permit(("reason",))}

    reason = Text("Why it is not done.", most=10_000).said(
        "explanation|note|comment|message|cause|text",
        marks="@why",
        example="Still locked out",
    )

    @classmethod
    def change(cls, given: dict[str, Any]) -> Change:
        """The resolution turned out not to be one."""
        change = super().change(given)
        change.set["resolution"] = None
        return change
