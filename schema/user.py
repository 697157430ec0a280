"""Users."""

from __future__ import annotations

from deskgraph.schema.fields import Choice, Derived, Integer, Many, Text
from deskgraph.schema.noun import Entity
from deskgraph.schema.scalars import Words
from deskgraph.schema.ticket import UNSOLVED


class UserRole(Words):
    """What a user does at the desk."""

    SUPPORT = "SUPPORT", "Works on tickets; the least busy is chosen among these."
    MANAGER = "MANAGER", "Leads the desk."
    ADMIN = "ADMIN", "Runs the system."


class UserStatus(Words):
    """Whether a user is there to take tickets."""

    ONLINE = "ONLINE", "Takes tickets."
    AWAY = "AWAY", "Back soon; takes none."
    OFFLINE = "OFFLINE", "Not there."


def open_tickets(user: str) -> str:
    """Cypher that counts the unsolved tickets assigned to the user in that variable."""
    states = ", ".join(f"'{status}'" for status in UNSOLVED)
    return f"COUNT {{ MATCH ({user})<-[:ASSIGNED_TO]-(open:Ticket) WHERE open.status IN [{states}] }}"


class User(Entity):
    """Somebody of the support team."""

    prefix = "user"
    plural = "users"
    says = "agent|colleague|teammate|team member|support agent|member|employee|user account|operator"
    indexes = ((), ("email",), ("role", "status"))
    searched = ("name", "email")

    name = Text("The full name.", required=True, writable=True, sortable=True).said(
        "full name", marks="@named|for", example="Sam Reyes"
    )
    email = Text("The e-mail address.", most=320, writable=True).said(
        "email address|e mail|e mail address|mail|mail address", example="sam@desk.example"
    )
    role = Choice("What the user does.", UserRole, required=True, default="SUPPORT", writable=True).said(marks="as")
    status = Choice(
        "Whether the user takes tickets now.", UserStatus, required=True, default="OFFLINE", writable=True
    ).said("state|availability|presence")
    tier = Integer(
        "The support tier, 1 the first line; escalation goes up.",
        required=True,
        default=1,
        least=1,
        most=9,
        writable=True,
        sortable=True,
    ).said("support tier|level")
    capacity = Integer(
        "How many unsolved tickets the user takes at most when the desk assigns; null is no limit.", writable=True
    ).said("limit|max tickets|ticket limit|capacity limit")

    open_tickets = Derived("How many unsolved tickets are assigned to the user.", int, open_tickets)
    tickets = Many("The tickets assigned to the user, the newest first.", "<-[:ASSIGNED_TO]-", "Ticket")
    events = Many("What happened to the user, the oldest first.", "<-[:OF]-", "Event", order="subject_version")
