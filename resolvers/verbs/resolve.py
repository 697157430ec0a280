"""resolve."""

from deskgraph.schema.fields import Text
from deskgraph.schema.ticket import UNSOLVED, Ticket, TicketStatus
from deskgraph.schema.verb import Verb


class Resolve(Verb):
    """Resolves a ticket and records the fix."""

    noun = Ticket
    name = "resolve"
    says = "solve|fix|settle|sort out|complete|finish|finish off|clear up"
    states = "done|fixed|finished"
    from_ = UNSOLVED
    to = TicketStatus.RESOLVED

    resolution = Text("What fixed it.", most=100_000, required=True).said(
        "solution|fix|answer|note|comment|message|outcome|reason|resolution note|resolution text|text",
        marks="@saying|by|because|as|using|via|through|thanks to|after|since|due to|with the (words|remark)|how:",
        example="Portal access restored after billing sync",
    )
