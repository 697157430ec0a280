"""The nouns' words for the desk that is open in this process: what `from deskgraph import Ticket` gives."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from deskgraph.resolvers import verbs
from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.hooks import DEFAULT_HOOKS
from deskgraph.resolvers.session import NounWords, Session
from deskgraph.schema import nouns
from deskgraph.schema.errors import DeskError

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
    "speaking",
    "verbs",
]

_open: list[Desk] = []


@contextmanager
def speaking(desk: Desk) -> Iterator[None]:
    """Let the words mean this desk; of several, the one that was opened last."""
    _open.append(desk)
    try:
        yield
    finally:
        _open.remove(desk)


def _session() -> Session:
    if not _open:
        raise DeskError("No desk is open here: `async with deskgraph.open(): ...`")
    return _open[-1].session


Ticket = NounWords(nouns.Ticket, DEFAULT_HOOKS, _session)
Contact = NounWords(nouns.Contact, DEFAULT_HOOKS, _session)
Organization = NounWords(nouns.Organization, DEFAULT_HOOKS, _session)
User = NounWords(nouns.User, DEFAULT_HOOKS, _session)
Activity = NounWords(nouns.Activity, DEFAULT_HOOKS, _session)
Event = NounWords(nouns.Event, DEFAULT_HOOKS, _session)
Webhook = NounWords(nouns.Webhook, DEFAULT_HOOKS, _session)
WebhookAttempt = NounWords(nouns.WebhookAttempt, DEFAULT_HOOKS, _session)
BeforeHook = NounWords(nouns.BeforeHook, DEFAULT_HOOKS, _session)
ApiKey = NounWords(nouns.ApiKey, DEFAULT_HOOKS, _session)
Workspace = NounWords(nouns.Workspace, DEFAULT_HOOKS, _session)
