"""create: of every noun."""

from __future__ import annotations

from typing import Any, ClassVar

from deskgraph.schema.activity import Activity, Visibility
from deskgraph.schema.contact import Contact
from deskgraph.schema.organization import Organization
from deskgraph.schema.roles import CALLER, Permit, Role
from deskgraph.schema.user import User
from deskgraph.schema.verb import Verb


class Create(Verb):
    """Creates one."""

    name = "create"
    says = (
        "add|open|open up|make|raise|log|file|register|set up|record|submit|write|start|enter|post|leave|put|put in"
        "|enroll|onboard|get|insert|build|attach|append|do|take|book|save|(jot|note) down"
        "|new|a new|(create|add|another|one) new|another|a second|one more|(i|we) need (a|an|a new)"
        "|(i|we) (have|got|have got) a new|we've got a new|(there|here) is a new|(there|here)'s a new"
        "|sign up|write down"
    )
    creates = True
    batched = True


class CreateContact(Create):
    """Creates a contact."""

    noun = Contact


class CreateOrganization(Create):
    """Creates an organization."""

    noun = Organization


class CreateUser(Create):
    """Creates a user of the support team."""

    noun = User


class CreateActivity(Create):
    """Creates an activity with a contact, on a ticket, for an organization."""

    noun = Activity
    permits: ClassVar[dict[Role, Permit]] = {
        Role.CONTACT: Permit(("type", "note", "data", "ticket"), {"contact": CALLER, "visibility": Visibility.PUBLIC})
    }
    idioms: ClassVar[dict[str, dict[str, Any]]] = {
        "(note|comment|make note|take note|jot down|leave word)": {"type": "note"}
    }
