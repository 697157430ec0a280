"""The log to be read in bulk: stretches of it with all there is to say of each event."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any

import orjson

from deskgraph.graph.database import Database, Transaction
from deskgraph.graph.log import check_kept
from deskgraph.schema.errors import UnavailableError
from deskgraph.schema.event import Event
from deskgraph.schema.fields import Json

FIELDS = (*(prop.graphql for prop in Event.props()), "cause")
JSON = tuple(prop.graphql for prop in Event.props() if isinstance(prop, Json))


async def read_events(
    database: Database, workspace: str, after: int, last: int, types: Collection[str] | None = None
) -> list[dict[str, Any]]:
    """The events after a position and up to another one that the log has reached, all or those of some types.

    An event has the fields of its noun by their GraphQL names, and its cause's id. CURSOR_EXPIRED if the stretch is
    trimmed, be it in part.
    """
    wanted = None if types is None else list(types)

    async def work(tx: Transaction) -> list[dict[str, Any]]:
        row = await tx.one(_query(), after=after, last=last, types=wanted)
        assert row
        if row["looked"] < last - after or any(None in event[:-1] for event in row["events"]):
            await check_kept(tx, after)
            raise UnavailableError(f"The log is not all there between {after} and {last}: ask again.")
        return [_event(event) for event in row["events"]]

    return await database.read(workspace, work)


@cache
def _query() -> str:
    """One row with all events: the driver takes three times as long for a row an event."""
    values = [prop.read("event") for prop in Event.props()]
    cause = f"head(COLLECT {{ MATCH {Event.cause.pattern('event', 'cause:Event')} RETURN cause.id }})"
    return (
        "MATCH (event:Event)\n"
        "WHERE event.workspace = $workspace AND event.position > $after AND event.position <= $last\n"
        "WITH event ORDER BY event.workspace, event.position\n"
        "RETURN count(*) AS looked, collect(\n"
        f"  CASE WHEN $types IS NULL OR event.type IN $types THEN [{', '.join(values)}, {cause}] END\n"
        ") AS events"
    )


def _event(values: list[Any]) -> dict[str, Any]:
    event = dict(zip(FIELDS, values, strict=True))
    return event | {name: orjson.loads(event[name]) for name in JSON}
