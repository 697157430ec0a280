"""create: of every noun."""

from __future__ import annotations

from deskgraph.schema.activity import Activity
from deskgraph.schema.contact import Contact
from deskgraph.schema.organization import Organization
from deskgraph.schema.user import User
from deskgraph.schema.verb import Verb


class Create(Verb):
    """Creates one."""

    name = "create"
    creates = True


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
