"""Nouns as they were: replayed from their events, by the verbs' own account of what an event changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

from deskgraph.graph.database import Transaction
from deskgraph.graph.statements import statement
from deskgraph.resolvers.session import Session
from deskgraph.resolvers.views import TYPE, Included
from deskgraph.schema.errors import CursorExpiredError, InvalidCursorError, InvalidInputError, NotFoundError
from deskgraph.schema.fields import Many, One, Prop
from deskgraph.schema.ids import prefix_of
from deskgraph.schema.noun import Noun, by_prefix
from deskgraph.schema.scalars import parse_datetime
from deskgraph.schema.verb import VERBS

AS_OF = "$asOf"


@dataclass(frozen=True, slots=True)
class AsOf:
    """A place in the log: a position, or a moment."""

    position: int | None = None
    moment: datetime | None = None

    def __str__(self) -> str:
        return f"position {self.position}" if self.moment is None else self.moment.isoformat()

    def parameters(self) -> dict[str, Any]:
        """As the statements take it."""
        return {"position": self.position, "moment": self.moment}


@dataclass(slots=True)
class Past:
    """A noun as it was: `values` by the properties' names, `links` by the edges'; `event` is the last one before."""

    noun: type[Noun]
    event: Mapping[str, Any]
    values: dict[str, Any] = field(default_factory=dict)
    links: dict[str, str | None] = field(default_factory=dict)
    deleted: bool = False


async def parse_as_of(session: Session, value: object) -> AsOf:
    """The place in the log that is meant by a position or a moment in ISO 8601.

    INVALID_CURSOR for a position that was never given, INVALID_INPUT for a moment that has not come.
    """
    if isinstance(value, str) and value.strip().isdecimal():
        value = int(value)
    if type(value) is int:
        end = await session.desk.position()
        if not 0 <= value <= end:
            raise InvalidCursorError(f"The log ends at {end}; {value} is no position in it.", field="asOf")
        return AsOf(position=value)
    try:
        moment = parse_datetime(value)
    except ValueError as error:
        wanted = "a position in the log or a moment in ISO 8601, such as 2026-11-01T09:30:00Z"
        raise InvalidInputError(f"asOf must be {wanted}, not {value!r}.", field="asOf") from error
    if moment > datetime.now(UTC):
        raise InvalidInputError(f"asOf must not lie in the future: {value} has not come.", field="asOf")
    await session.desk.position()
    return AsOf(moment=moment)


async def state_as_of(session: Session, noun: type[Noun], subject: str, at: AsOf, tree: Included) -> dict[str, Any]:
    """What `view` would have shown of a noun then, without what is counted; `$asOf` has the last event before.

    NOT_FOUND if it was not there then, CURSOR_EXPIRED if the log no longer begins with its creation.
    """
    edges = [noun.fields[name] for name in tree]
    if any(isinstance(edge, Many) for edge in edges):
        wanted = ", ".join(edge.graphql for edge in edges if isinstance(edge, Many))
        raise InvalidInputError(f"With asOf, include takes edges to one: not {wanted}.", field="include")

    async def work(tx: Transaction) -> dict[str, Any]:
        past = await _past(tx, noun, subject, at)
        if past is None or past.deleted:
            what = f"was deleted at position {past.event['position']}" if past else "was not there yet"
            raise NotFoundError(f"{subject} {what}: ask for another asOf than {at}.", field="asOf")
        event = {name: past.event[name] for name in ("position", "type", "at", "actor")}
        return {**await _seen(tx, past, at, tree), AS_OF: event}

    return await session.desk.read(work)


async def _past(tx: Transaction, noun: type[Noun], subject: str, at: AsOf) -> Past | None:
    """A noun as it was then; None if it was not there yet. CURSOR_EXPIRED if its beginning was trimmed."""
    row = await tx.one(statement("history"), subject=subject, **at.parameters())
    assert row
    if row["first"] is None:
        raise NotFoundError(f"There is no {noun.__name__.lower()} {subject}.", field="id")
    if row["first"] != 1:
        begun = f"The log no longer has the beginning of {subject}: what it was is not known."
        raise CursorExpiredError(f"{begun} Leave out asOf.", field="asOf")
    return replay(noun, row["events"])


def replay(noun: type[Noun], events: list[dict[str, Any]]) -> Past | None:
    """What events, the first one a creation, made of a noun; None where there are none."""
    verbs = {verb.event(): verb for verb in VERBS.values()}
    past: Past | None = None
    for event in events:
        verb = verbs[event["type"]]
        change = verb.replay(orjson.loads(event["data"]))
        past = past or Past(noun, event, {"id": _subject(event), "createdAt": event["at"]})
        past.event = event
        past.values |= change.set | {"version": event["version"], "updatedAt": event["at"]}
        past.links |= change.link
        past.deleted = verb.deletes
    return past


def _subject(event: dict[str, Any]) -> str:
    return str(orjson.loads(event["data"])["$id"])


async def _seen(tx: Transaction, past: Past, at: AsOf, tree: Included) -> dict[str, Any]:
    links = await _links(tx, past, at)
    seen: dict[str, Any] = {TYPE: past.noun.__name__}
    for name, declared in past.noun.fields.items():
        if isinstance(declared, Prop):
            seen[declared.graphql] = past.values.get(declared.graphql)
        elif isinstance(declared, One) and declared.target != "Node":
            end = links[name]
            seen[declared.graphql] = None if end is None else await _end(tx, end, at, tree.get(name))
    return seen


async def _end(tx: Transaction, subject: str, at: AsOf, tree: Included | None) -> dict[str, Any] | None:
    """The noun at the other end of an edge."""
    noun = by_prefix(prefix_of(subject))
    assert noun
    past = None if tree is None else await _past(tx, noun, subject, at)
    return {"id": subject} if past is None or tree is None else await _seen(tx, past, at, tree)


async def _links(tx: Transaction, past: Past, at: AsOf) -> dict[str, str | None]:
    """Where the edges to one node led; an edge to what was deleted leads nowhere."""
    links = {one.name: past.links.get(one.name) for one in past.noun.ones()}
    for one in past.noun.ones():
        if one.follows:
            near, far = one.follows
            links[one.name] = await _followed(tx, links[near], far, at)
    ends = [end for end in links.values() if end is not None]
    types = [verb.event() for verb in VERBS.values() if verb.deletes]
    rows = await tx.run(statement("deleted_by"), subjects=ends, types=types, **at.parameters()) if ends else []
    gone = {row["subject"] for row in rows}
    return {name: None if end in gone else end for name, end in links.items()}


async def _followed(tx: Transaction, via: str | None, edge: str, at: AsOf) -> str | None:
    """Where an edge of the noun in between led."""
    noun = by_prefix(prefix_of(via or ""))
    past = await _past(tx, noun, via, at) if via and noun else None
    return past.links.get(edge) if past else None
