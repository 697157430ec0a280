"""Subscriptions: the log's events, from a position or from now on, each read with the selection that was asked for."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

from graphql import GraphQLResolveInfo

from deskgraph.graph.compiler.cypher import by_id, plan
from deskgraph.graph.compiler.scope import Scope
from deskgraph.graph.compiler.selection import Selection
from deskgraph.resolvers.session import Session
from deskgraph.schema.event import Event
from deskgraph.schema.ids import check_id
from deskgraph.schema.ticket import Ticket

Stream = AsyncGenerator[dict[str, Any], None]


async def events(
    selection: Selection,
    info: GraphQLResolveInfo[Any],
    types: list[str] | None = None,
    subject: str | None = None,
    after: int | None = None,
) -> Stream:
    """Every event of these types about this subject."""
    key = info.path.key
    picks = selection.picks(Event, info.field_nodes)
    session: Session = info.context.session
    async for entry in session.desk.events(types, subject, after):
        scope = Scope()
        yield await session.read(plan({str(key): by_id(Event, entry.id, picks, scope)}, scope))


async def ticket_events(
    selection: Selection,
    info: GraphQLResolveInfo[Any],
    id: str,  # noqa: A002 - the argument's name
    after: int | None = None,
) -> Stream:
    """Every event of one ticket."""
    async for value in events(selection, info, subject=check_id(id, Ticket.prefix, "id"), after=after):
        yield value
