"""createTicket."""

from __future__ import annotations

from typing import Any, ClassVar

from deskgraph.resolvers.assignment import Assignment, least_busy
from deskgraph.resolvers.numbers import next_number
from deskgraph.resolvers.records import Draft
from deskgraph.resolvers.verbs.create import Create
from deskgraph.schema.fields import Choice, Ref
from deskgraph.schema.roles import CALLER, Permit, Role
from deskgraph.schema.ticket import Ticket, TicketStatus
from deskgraph.schema.verb import Change


class CreateTicket(Create):
    """Creates a ticket, open, and perhaps assigns it. Without an agent to be found it is created unassigned."""

    noun = Ticket
    to = TicketStatus.OPEN
    chooses = ("number",)
    permits: ClassVar[dict[Role, Permit]] = {
        Role.CONTACT: Permit(("subject", "description", "priority", "channel"), {"contact": CALLER})
    }

    agent = Ref("The user to assign it to.", "user").said(
        "assignee|owner|handler",
        marks="(assigned|assign|assigning it|to be assigned|and assign) to|(handled|to be handled) by",
        unnamed={"assign": "LEAST_BUSY"},
    )
    assign = Choice("How to choose an agent where none is named.", Assignment).said("assignment")

    @classmethod
    def change(cls, given: dict[str, Any]) -> Change:
        """How the agent was chosen is not told, only who it is. No ticket begins escalated."""
        change = super().change({name: value for name, value in given.items() if name != "assign"})
        change.set["level"] = 0
        return change

    @classmethod
    def looks(cls, given: dict[str, Any]) -> bool:
        """Whether an agent is to be chosen, for which each one's tickets are counted."""
        return bool(given["assign"]) and not given["agent"]

    @classmethod
    async def decide(cls, draft: Draft, desk: Any) -> Change:
        """The inputs, the number, and the agent if one is to be chosen."""
        given = {**draft.given, "number": desk.number or await next_number(desk.tx)}
        if given["assign"] and not given["agent"]:
            given["agent"] = await least_busy(desk.tx)
        change = cls.change(given)
        if given["assign"]:
            change.data["agent"] = given["agent"]
        return change
