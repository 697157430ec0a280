"""Before-hooks of programs elsewhere."""

from __future__ import annotations

from deskgraph.schema.fields import Choice, Integer, Many, Text, Texts
from deskgraph.schema.noun import Entity
from deskgraph.schema.roles import ADMINS
from deskgraph.schema.scalars import Words


class FailurePolicy(Words):
    """What becomes of a verb about which a before-hook could not be asked, or did not answer as it should."""

    REJECT = "REJECT", "It is refused: HOOK_REJECTED."
    PROCEED = "PROCEED", "It is done all the same; its event says so."


class BeforeHook(Entity):
    """An address that is asked before a verb is done, by a signed HTTP request: it may change the input, or refuse."""

    prefix = "beforehook"
    plural = "beforehooks"
    readers = ADMINS
    doers = ADMINS
    says = "before-hook|before hook"
    indexes = ((),)

    url = Text("Where it is asked.", most=2000, required=True, writable=True)
    verbs = Texts(
        "The verbs it is asked about: `ticket.create`, `ticket.*`, `*`.", most=100, required=True, writable=True
    )
    description = Text("What it is for.", most=10_000, writable=True)
    timeout_ms = Integer(
        "How many milliseconds it has for its answer; the verb waits so long.",
        required=True,
        default=2000,
        least=50,
        most=10_000,
        writable=True,
    )
    failure_policy = Choice(
        "What becomes of the verb if it does not answer.", FailurePolicy, required=True, default="REJECT", writable=True
    )

    events = Many("What happened to it, the oldest first.", "<-[:OF]-", "Event", order="subject_version")
