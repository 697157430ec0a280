"""deskgraph: a headless customer-support back end on one Neo4j graph.

`Ticket`, `Contact`, `Organization`, `User`, `Activity`, `Event`, `Webhook`, `WebhookAttempt`, `BeforeHook`, `ApiKey`
and `Workspace` are the words for the nouns of the desk that is open here (`async with deskgraph.open(): ...`), and the
place where hooks attach. Everything is imported when it is first asked for, so that a program pays only for
what it uses.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deskgraph.bootstrap import open_desk as open  # noqa: A004 - deskgraph.open, as in zipfile or tarfile
    from deskgraph.resolvers.desk import Desk
    from deskgraph.schema.errors import DeskError
    from deskgraph.words import (
        Activity,
        ApiKey,
        BeforeHook,
        Contact,
        Event,
        Organization,
        Ticket,
        User,
        Webhook,
        WebhookAttempt,
        Workspace,
    )

__all__ = [
    "Activity",
    "ApiKey",
    "BeforeHook",
    "Contact",
    "Desk",
    "DeskError",
    "Event",
    "Organization",
    "Ticket",
    "User",
    "Webhook",
    "WebhookAttempt",
    "Workspace",
    "open",
]

_HOMES = {
    "open": ("deskgraph.bootstrap", "open_desk"),
    "Desk": ("deskgraph.resolvers.desk", "Desk"),
    "DeskError": ("deskgraph.schema.errors", "DeskError"),
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'deskgraph' has no attribute {name!r}")
    module, attribute = _HOMES.get(name, ("deskgraph.words", name))
    return getattr(import_module(module), attribute)
