"""resolve."""

from deskgraph.schema.fields import Text
from deskgraph.schema.ticket import UNSOLVED, Ticket, TicketStatus
from deskgraph.schema.verb import Verb


class Resolve(Verb):
    """Resolves a ticket and records the fix."""

    noun = Ticket
    name = "resolve"
    from_ = UNSOLVED
    to = TicketStatus.RESOLVED

    resolution = Text("What fixed it.", most=100_000, required=True)
