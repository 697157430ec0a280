"""import: of what was kept elsewhere before, as it was there."""

from __future__ import annotations

from typing import Any, ClassVar

from deskgraph.resolvers.numbers import next_number
from deskgraph.resolvers.records import Draft
from deskgraph.schema.activity import Activity
from deskgraph.schema.contact import Contact
from deskgraph.schema.fields import Choice, Integer, Moment, Ref, Text
from deskgraph.schema.organization import Organization
from deskgraph.schema.ticket import Ticket, TicketStatus
from deskgraph.schema.user import User
from deskgraph.schema.verb import Change, Verb


class Import(Verb):
    """Takes over one from elsewhere, with its past. What runs after `create` does not run after this."""

    name = "import"
    creates = True
    batched = True
    spoken = False

    created_at = Moment("When it was created elsewhere; by default now.")

    @classmethod
    def change(cls, given: dict[str, Any]) -> Change:
        """The inputs. Without a moment it is created when it is written."""
        change = super().change(given)
        if change.set["createdAt"] is None:
            del change.set["createdAt"]
        return change


class ImportContact(Import):
    """Takes over a contact from elsewhere. What runs after `create` does not run after this."""

    noun = Contact


class ImportOrganization(Import):
    """Takes over an organization from elsewhere. What runs after `create` does not run after this."""

    noun = Organization


class ImportUser(Import):
    """Takes over a user from elsewhere. What runs after `create` does not run after this."""

    noun = User


class ImportActivity(Import):
    """Takes over an activity from elsewhere. What runs after `create` does not run after this."""

    noun = Activity


class ImportTicket(Import):
    """Takes over a ticket from elsewhere, in the state it was in. What runs after `create` does not run after this."""

    noun = Ticket
    chooses: ClassVar[tuple[str, ...]] = ("number",)

    status = Choice("Where it stands.", TicketStatus, required=True, default="OPEN")
    level = Integer("How often it was escalated.", required=True, default=0)
    resolution = Text("What fixed it.", most=100_000)
    agent = Ref("The user it is assigned to.", "user")

    @classmethod
    async def decide(cls, draft: Draft, desk: Any) -> Change:
        """The inputs, and the number."""
        return cls.change({**draft.given, "number": desk.number or await next_number(desk.tx)})
