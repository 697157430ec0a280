"""Workspaces."""

from __future__ import annotations

from deskgraph.schema.fields import Many, Text
from deskgraph.schema.noun import Entity
from deskgraph.schema.roles import NOBODY


class Workspace(Entity):
    """A desk of its own beside this one, which sees nothing of it: its tickets, people, log, hooks and keys.

    Only the operator, who has the key that the server was started with, sees workspaces and makes them.
    """

    prefix = "workspace"
    plural = "workspaces"
    readers = NOBODY
    doers = NOBODY

    name = Text("What it is called.", required=True, writable=True)
    events = Many("What happened to it, the oldest first.", "<-[:OF]-", "Event", order="subject_version")
