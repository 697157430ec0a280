"""hold."""

from typing import Any, ClassVar

from deskgraph.schema.fields import Text
from deskgraph.schema.ticket import Ticket, TicketStatus
from deskgraph.schema.verb import Verb


class Hold(Verb):
    """Puts a ticket on hold while it waits for someone else."""

    noun = Ticket
    name = "hold"
    says = "park|pause|freeze|suspend|snooze|put on hold|place on hold|set on hold"
    states = "on hold|waiting|put on hold|placed on hold|on pause|parked"
    idioms: ClassVar[dict[str, dict[str, Any]]] = {
        "(put|place|set|keep|leave|get|take|move) {id} (on hold|onto hold|on pause|on ice)": {},
        "{id} (should|must|has to|needs to|will have to) (wait|stay on hold|remain on hold|go on hold)": {},
        "(let|make|have) {id} wait (for|on|until) {reason}": {},
        "(let|make|have) {id} wait": {},
        "{id} (is|are) (still|currently|now)? waiting on {reason}": {},
    }
    past = "held"
    from_ = (TicketStatus.OPEN, TicketStatus.ESCALATED)
    to = TicketStatus.PENDING

    reason = Text("What it waits for.", most=10_000).said(
        "explanation|note|comment|message|cause|text",
        marks="until|till|while|(while|as) we (wait|are waiting) for|(while|) waiting (for|on)|pending|awaiting|@why",
        example="The customer's answer",
    )
