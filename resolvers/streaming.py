"""Subscriptions: the log's events, from a position or from now on, each read with the selection that was asked for.

Many subscribers want the same of the same events at the same moment: they share the reading.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import orjson
from graphql import GraphQLResolveInfo

from deskgraph.graph.compiler.cypher import Plan, at_positions, plan
from deskgraph.graph.compiler.picks import Pick
from deskgraph.graph.compiler.selection import Selection
from deskgraph.graph.log import Entry
from deskgraph.resolvers.session import Session
from deskgraph.schema.event import Event
from deskgraph.schema.ids import check_id
from deskgraph.schema.ticket import Ticket

POSITIONS = "positions"
Events = dict[int, dict[str, Any]]


class Emitted(dict[str, Any]):
    """The root value of one event of a subscription; `position` is the event's, whether it was asked for or not."""

    def __init__(self, position: int, values: dict[str, Any]) -> None:
        super().__init__(values)
        self.position = position


Stream = AsyncGenerator[Emitted, None]


class EventReader:
    """Reads events with one selection, a batch in one query."""

    def __init__(self, session: Session, picks: tuple[Pick, ...]) -> None:
        scope = session.scope()
        self._session = session
        self._plan = plan({"events": at_positions(picks, scope, POSITIONS)}, scope)
        self._key = session.caller.role, self._plan.cypher, orjson.dumps(self._plan.parameters, default=str)

    async def read(self, entries: list[Entry]) -> Events:
        """The events of these entries by their positions. One that was trimmed meanwhile is not among them."""
        positions = tuple(entry.position for entry in entries)
        made = replace(self._plan, parameters={**self._plan.parameters, POSITIONS: list(positions)})
        found: Events = await self._session.desk.shared.get((*self._key, positions), lambda: self._events(made))
        return found

    async def _events(self, made: Plan) -> Events:
        found: Events = (await self._session.read(made))["events"]
        return found


async def events(
    selection: Selection,
    info: GraphQLResolveInfo[Any],
    types: list[str] | None = None,
    subject: str | None = None,
    after: int | None = None,
) -> Stream:
    """Every event of these types about this subject."""
    session: Session = info.context.session
    reader = EventReader(session, selection.picks(Event, info.field_nodes))
    async with aclosing(session.desk.batches(types, subject, after)) as batches:
        async for entries in batches:
            found = await reader.read(entries)
            if len(found) < len(entries):
                await session.desk.cursor(entries[0].position - 1)  # what was trimmed meanwhile is an error
            for position in sorted(found):
                yield Emitted(position, {str(info.path.key): found[position]})


async def ticket_events(
    selection: Selection,
    info: GraphQLResolveInfo[Any],
    id: str,  # noqa: A002 - the argument's name
    after: int | None = None,
) -> Stream:
    """Every event of one ticket."""
    async with aclosing(events(selection, info, subject=check_id(id, Ticket.prefix, "id"), after=after)) as stream:
        async for value in stream:
            yield value
