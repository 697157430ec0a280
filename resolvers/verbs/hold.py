"""hold."""

from deskgraph.schema.fields import Text
from deskgraph.schema.ticket import Ticket, TicketStatus
from deskgraph.schema.verb import Verb


class Hold(Verb):
    """Puts a ticket on hold while it waits for someone else."""

    noun = Ticket
    name = "hold"
    past = "held"
    from_ = (TicketStatus.OPEN, TicketStatus.ESCALATED)
    to = TicketStatus.PENDING

    reason = Text("What it waits for.", most=10_000)
