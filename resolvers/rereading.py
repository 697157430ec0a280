"""What verbs did, read again: what was done before, and events with the positions that they get after the commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from deskgraph.graph.compiler.cypher import Response, by_ids, plan
from deskgraph.resolvers.command import Outcome, Want
from deskgraph.resolvers.session import Session
from deskgraph.schema.event import Event
from deskgraph.schema.noun import Noun

SUBJECTS, EVENTS = "subjects", "events"


async def reread(
    session: Session, noun: type[Noun], wrote: Sequence[tuple[str, str]], wanted: dict[str, Want]
) -> list[Response]:
    """What is wanted of each pair of a subject and an event, in one query. A subject may be deleted by now."""
    if not wanted:
        return [Response() for _ in wrote]
    scope = session.scope()
    values = {
        key: by_ids(Event, want.picks, scope, EVENTS)
        if want.of == "event"
        else by_ids(noun, want.picks, scope, SUBJECTS, deleted=True)
        for key, want in wanted.items()
    }
    made = plan(values, scope)
    ids = {SUBJECTS: [subject for subject, _ in wrote], EVENTS: [event for _, event in wrote]}
    row = await session.read(replace(made, parameters={**made.parameters, **ids}))
    payloads = []
    for subject, event in wrote:
        found = {"event": event, "subject": subject}
        payload = Response({key: row[key].get(found[want.of]) for key, want in wanted.items()})
        payload.holes = row.holes
        payloads.append(payload)
    return payloads


async def with_positions(
    session: Session, noun: type[Noun], outcomes: Sequence[Outcome], wanted: dict[str, Want]
) -> list[Outcome]:
    """Where events' positions are wanted, which they get after the commit, wait for them and read the events again."""
    late = {key: want for key, want in wanted.items() if want.of == "event" and want.picks_field("position")}
    if not late or not outcomes:
        return list(outcomes)
    await session.desk.feed.settle()
    fresh = await reread(session, noun, [(one.subject, one.event) for one in outcomes], late)
    return [replace(one, payload=_with(one.payload, read)) for one, read in zip(outcomes, fresh, strict=True)]


def _with(payload: Response, fresh: Response) -> Response:
    made = Response(payload | fresh)
    made.holes = payload.holes or fresh.holes
    return made
