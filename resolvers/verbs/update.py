"""update: of every noun."""

from __future__ import annotations

from typing import Any, ClassVar

from deskgraph.schema.activity import Activity
from deskgraph.schema.contact import Contact
from deskgraph.schema.organization import Organization
from deskgraph.schema.roles import Permit, Role
from deskgraph.schema.ticket import Ticket, TicketStatus
from deskgraph.schema.user import User
from deskgraph.schema.verb import Change, Verb


class Update(Verb):
    """Changes what is given and leaves the rest; null takes a value away."""

    name = "update"
    says = (
        "set|reset|change|mark|flag|label|make|turn|switch|put|move|bring|get|give|treat|consider|edit|fix|modify|adjust|alter"
        "|correct|amend|revise|replace|bump|bump (up|down)|raise|lower|increase|decrease|reduce|drop|upgrade|downgrade"
        "|promote|demote|prioritize|prioritise|reprioritize"
    )
    idioms: ClassVar[dict[str, dict[str, Any]]] = {
        "(rename|retitle) {id} (to|as|into|:|=) {title}": {},
        "(rename|retitle|title) {id} {title!}": {},
        "{id} (is now|is from now on) (called|named) {title}": {},
        "{id} (should|must|shall|needs to|has to|is to) (be renamed|be retitled|be called) (to|as|into)? {title}": {},
    }
    partial = True

    @classmethod
    def change(cls, given: dict[str, Any]) -> Change:
        """The event says what was changed to what."""
        change = super().change(given)
        change.data = {"changes": {cls.inputs[name].graphql: value for name, value in given.items()}}
        return change

    @classmethod
    def replay(cls, data: dict[str, Any]) -> Change:
        """What was changed, and nothing else."""
        changes = data["changes"]
        return cls.change({name: changes[graphql] for name, graphql in cls.told().items() if graphql in changes})


class UpdateTicket(Update):
    """Changes a ticket's own fields; its state is moved by the other verbs."""

    noun = Ticket
    idioms: ClassVar[dict[str, dict[str, Any]]] = {
        "(link|attach|connect|tie) {id} (to|with) {contact}": {},
        "(call|name) {id} {title!}": {},
    }
    permits: ClassVar[dict[Role, Permit]] = {Role.CONTACT: Permit(("subject", "description"))}
    from_ = tuple(status for status in TicketStatus if status is not TicketStatus.CLOSED)


class UpdateContact(Update):
    """Changes a contact; its tickets follow it to another organization."""

    noun = Contact
    idioms: ClassVar[dict[str, dict[str, Any]]] = {
        "(move|transfer|switch|reassign|attach|link|connect) {id} (to|over to|into|onto|with) {organization}": {},
        "(assign|add) {id} (to the (organization|company)|to (organization|company)) {organization}": {},
        "{id} (should|must|shall|needs to|has to|is to) (be moved|be transferred) (to|over to) {organization}": {},
        "{id} ((now|) works (at|for)|(has|) moved to|is now at|(now|) belongs to) {organization}": {},
    }


class UpdateOrganization(Update):
    """Changes an organization."""

    noun = Organization


class UpdateUser(Update):
    """Changes a user: `status` says whether tickets may come."""

    noun = User
    idioms: ClassVar[dict[str, dict[str, Any]]] = {
        "(limit|restrict|cap) {id} (to|at) {capacity} (tickets|open tickets|issues|cases)": {},
    }


class UpdateActivity(Update):
    """Changes an activity."""

    noun = Activity
