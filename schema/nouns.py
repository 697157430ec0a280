"""All nouns, in the order in which surfaces list them. A new noun is one file and one line here."""

from deskgraph.schema.activity import Activity
from deskgraph.schema.api_key import ApiKey
from deskgraph.schema.before_hook import BeforeHook
from deskgraph.schema.contact import Contact
from deskgraph.schema.event import Event
from deskgraph.schema.noun import NOUNS
from deskgraph.schema.organization import Organization
from deskgraph.schema.ticket import Ticket
from deskgraph.schema.user import User
from deskgraph.schema.webhook import Webhook
from deskgraph.schema.webhook_attempt import WebhookAttempt
from deskgraph.schema.workspace import Workspace

__all__ = [
    "Activity",
    "ApiKey",
    "BeforeHook",
    "Contact",
    "Event",
    "Organization",
    "Ticket",
    "User",
    "Webhook",
    "WebhookAttempt",
    "Workspace",
]

# Surfaces list the nouns in this order, whichever module was imported first.
for _noun in (
    Ticket,
    Contact,
    Organization,
    User,
    Activity,
    Event,
    Webhook,
    WebhookAttempt,
    BeforeHook,
    ApiKey,
    Workspace,
):
    NOUNS[_noun.__name__] = NOUNS.pop(_noun.__name__)
