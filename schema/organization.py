"""Organizations."""

from __future__ import annotations

from deskgraph.schema.fields import Many, Text
from deskgraph.schema.noun import Entity


class Organization(Entity):
    """A customer's company, where contacts work."""

    prefix = "organization"
    plural = "organizations"
    says = "organisation|company|org|account|firm|(customer|client) (organization|company|account)"
    indexes = ((), ("domain",))
    searched = ("name", "domain")

    name = Text("The name.", required=True, writable=True, sortable=True).said(marks="@named|for", example="Acme")
    domain = Text("The internet domain, such as acme.com.", most=253, writable=True).said(
        "domain name|website|web domain", example="acme.com", looks=r"[\w-]+(\.[\w-]+)+"
    )

    contacts = Many("Who works there, the newest first.", "<-[:WORKS_AT]-", "Contact")
    tickets = Many("The tickets of its contacts, the newest first.", "<-[:ABOUT]-", "Ticket")
    activities = Many("What was noted about it, the newest first.", "<-[:FOR]-", "Activity")
    events = Many("What happened to it, the oldest first.", "<-[:OF]-", "Event", order="subject_version")
