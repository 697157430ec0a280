"""delete: of every noun."""

from __future__ import annotations

from typing import Any, ClassVar

from deskgraph.schema.activity import Activity
from deskgraph.schema.contact import Contact
from deskgraph.schema.organization import Organization
from deskgraph.schema.ticket import Ticket
from deskgraph.schema.user import User
from deskgraph.schema.verb import Verb


class Delete(Verb):
    """Takes it out of every query and list. The graph keeps the node, labelled Deleted, and the log its events."""

    name = "delete"
    says = "remove|erase|trash|get rid of"
    deletes = True


class DeleteTicket(Delete):
    """Deletes a ticket. Its events stay in the log."""

    noun = Ticket


class DeleteContact(Delete):
    """Deletes a contact. Its tickets stay."""

    noun = Contact
    idioms: ClassVar[dict[str, dict[str, Any]]] = {
        "(remove|delete|erase|drop) {id} from (the|our|my) (list of)? (contacts|customers|clients)": {},
    }


class DeleteOrganization(Delete):
    """Deletes an organization. Its contacts and tickets stay."""

    noun = Organization
    idioms: ClassVar[dict[str, dict[str, Any]]] = {
        "(remove|delete|erase|drop) {id} from (the|our|my) (list of)? (organizations|companies)": {},
    }


class DeleteUser(Delete):
    """Deletes a user. The tickets assigned to it stay, unassigned to whoever looks."""

    noun = User
    idioms: ClassVar[dict[str, dict[str, Any]]] = {
        "(remove|delete|erase|drop) {id} from (the|our|my) (list of)? (users|agents)": {},
    }


class DeleteActivity(Delete):
    """Deletes an activity."""

    noun = Activity
