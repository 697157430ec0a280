"""hold."""

from typing import Any, ClassVar

from deskgraph.schema.fields import Text
from deskgraph.schema.ticket import Ticket, TicketStatus
from deskgraph.schema.verb import Verb


class Hold(Verb):
    """Puts a ticket on hold while it waits for someone else."""

    noun = Ticket
    name = "hold"
    says = "park|pause|suspend|put on hold|place on hold|set on hold"
    states = "on hold|waiting|put on hold|placed on hold|on pause|parked"
    idioms: ClassVar[dict[str, dict[str, Any]]] = {"(put|place|set|keep|leave|get|take|move) {id} (on hold|onto hold|on pause|on ice)": {}}
    past = "held"
    from_ = (TicketStatus.OPEN, TicketStatus.ESCALATED)
    to = TicketStatus.PENDING

    reason = Text("What it waits for.", most=10_000).said(
        "explanation|note|comment|message|cause|text",
        marks=(
            "until|till|while waiting for|while we wait for|waiting for|pending|waiting on|awaiting|while|as we wait for|as we are waiting for|"
            "because|because of|due to|since|as|for|owing to|on account of|citing|saying|stating|noting|:|with|given that|given"
            "|thanks to|in view of|mentioning|explaining|on the grounds that|on the grounds of|reason being|the reason is|the reason being|for the reason that|so that|that|with the reason that|as a result of|over|the reason is that|reason is that"
        ),
        example="The customer's answer",
    )
