"""close."""

from typing import ClassVar

from deskgraph.schema.roles import Permit, Role
from deskgraph.schema.ticket import Ticket, TicketStatus
from deskgraph.schema.verb import Verb


class Close(Verb):
    """Closes a ticket for good."""

    noun = Ticket
    name = "close"
    says = "close out|close off|close down|shut|shut down"
    from_ = (TicketStatus.OPEN, TicketStatus.RESOLVED)
    to = TicketStatus.CLOSED
    permits: ClassVar[dict[Role, Permit]] = {Role.CONTACT: Permit()}
