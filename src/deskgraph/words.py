"""The nouns' words for the desk that is open in this process: what `from deskgraph import Ticket` gives."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from deskgraph.resolvers import verbs
from deskgraph.resolvers.hooks import DEFAULT_HOOKS
from deskgraph.resolvers.session import NounWords, Session
from deskgraph.schema import nouns
from deskgraph.schema.errors import DeskError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskgraph.resolvers.desk import Desk

__all__ = ["Activity", "Contact", "Event", "Organization", "Ticket", "User", "speaking", "verbs"]

_desk: ContextVar[Desk] = ContextVar("deskgraph_desk")


@contextmanager
def speaking(desk: Desk) -> Iterator[None]:
    """Let the module's words mean this desk, for the tasks that are started inside."""
    token = _desk.set(desk)
    try:
        yield
    finally:
        _desk.reset(token)


def _session() -> Session:
    try:
        return _desk.get().session
    except LookupError:
        raise DeskError("No desk is open here: `async with deskgraph.open(): ...`") from None


Ticket = NounWords(nouns.Ticket, DEFAULT_HOOKS, _session)
Contact = NounWords(nouns.Contact, DEFAULT_HOOKS, _session)
Organization = NounWords(nouns.Organization, DEFAULT_HOOKS, _session)
User = NounWords(nouns.User, DEFAULT_HOOKS, _session)
Activity = NounWords(nouns.Activity, DEFAULT_HOOKS, _session)
Event = NounWords(nouns.Event, DEFAULT_HOOKS, _session)
