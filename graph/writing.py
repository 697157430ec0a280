"""The Cypher of verbs, put together from the nouns' declarations: lock and load, then change and event.

Both run in the verb's transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson

from deskgraph.graph.compiler.cypher import Shape, node_map
from deskgraph.graph.compiler.picks import record_picks
from deskgraph.graph.compiler.scope import Scope
from deskgraph.graph.database import Transaction
from deskgraph.schema.errors import AlreadyExistsError, NotFoundError
from deskgraph.schema.fields import One
from deskgraph.schema.ids import new_id, prefix_of
from deskgraph.schema.noun import NOUNS, Entity, Noun, noun_of
from deskgraph.schema.verb import VERBS, Change, Verb


@dataclass(frozen=True, slots=True)
class Cause:
    """The event whose after-hook acts, and how many steps it is from the first one."""

    event: str
    depth: int


@dataclass(frozen=True, slots=True)
class Deed:
    """One verb, ready to be written."""

    verb: type[Verb]
    subject: str
    version: int
    change: Change
    actor: str
    cause: Cause | None = None


async def lock(tx: Transaction, noun: type[Noun], subject: str) -> dict[str, Any] | None:
    """Take the node's write lock, then read its record; None where there is no such node."""
    cypher, shape = _lock_query(noun.__name__)
    row = await tx.one(cypher, id=subject)
    return None if row is None else shape(row["record"]) if shape else row["record"]


async def write(tx: Transaction, deed: Deed) -> str:
    """Write the change and its event; the event's id. NOT_FOUND where an edge would lead nowhere."""
    links = tuple(sorted((name, target is not None) for name, target in deed.change.link.items()))
    by_user = prefix_of(deed.actor) == "user"
    cypher = _write_query(deed.verb.key(), links, caused=deed.cause is not None, by_user=by_user)
    event = new_id("event")
    row = await tx.one(
        cypher,
        id=deed.subject,
        set={name: _stored(value) for name, value in deed.change.set.items()},
        version=deed.version,
        event=event,
        type=deed.verb.event(),
        data=_json({"$id": deed.subject, **deed.change.data}),
        actor=deed.actor,
        cause=deed.cause.event if deed.cause else None,
        depth=deed.cause.depth + 1 if deed.cause else 0,
        **{f"to_{name}": target for name, target in deed.change.link.items()},
    )
    assert row is not None
    _check_found(deed, row)
    return event


def _check_found(deed: Deed, row: dict[str, Any]) -> None:
    """Refuse ids that were not there, and new ids that were; the transaction is rolled back."""
    if row["taken"]:
        raise AlreadyExistsError(f"{deed.subject} was used before: choose another id, or leave it out.", field="id")
    for name, found in row["found"].items():
        if not found:
            field = deed.verb.noun.fields[name]
            assert isinstance(field, One)
            raise NotFoundError(f"There is no {field.target.lower()} {deed.change.link[name]}.", field=field.given_as)


@cache
def _lock_query(name: str) -> tuple[str, Shape | None]:
    # Writing a property takes the lock; reading comes after it, or two writers could both see the old version.
    noun = noun_of(name)
    node = node_map(noun, "n", record_picks(noun), Scope())
    match = f"MATCH (n:{name} {{id: $id, workspace: $workspace}})"
    return f"{match}\nSET n.lock = true\nWITH n\nRETURN {node.cypher} AS record", node.shape


@cache
def _write_query(verb: str, links: tuple[tuple[str, bool], ...], *, caused: bool, by_user: bool) -> str:
    return "\n".join(_lines(VERBS[verb], links, caused=caused, by_user=by_user))


def _lines(verb: type[Verb], links: tuple[tuple[str, bool], ...], *, caused: bool, by_user: bool) -> Iterator[str]:
    noun = verb.noun
    ends = [name for name, given in links if given]
    yield "WITH datetime({epochMillis: timestamp()}) AS at"
    for name in ends:
        yield f"OPTIONAL MATCH (to_{name}:{_one(noun, name).target} {{id: $to_{name}, workspace: $workspace}})"
    if verb.creates:
        yield "OPTIONAL MATCH (taken:Deleted {id: $id, workspace: $workspace})"
        yield f"CREATE (n:{noun.__name__} {{id: $id, workspace: $workspace, createdAt: at}})"
    else:
        yield f"MATCH (n:{noun.__name__} {{id: $id, workspace: $workspace}})"
    yield "SET n += $set, n.version = $version, n.updatedAt = at REMOVE n.lock"
    for name, given in links:
        yield from _relink(noun, name, given=given, fresh=verb.creates)
    yield from _derive(noun, {name for name, _ in links})
    if verb.deletes:
        yield f"REMOVE n:{noun.__name__} SET n:Deleted, n.noun = '{noun.__name__}', n.deletedAt = at"
    yield (
        "CREATE (event:Event:Pending {id: $event, workspace: $workspace, type: $type, subjectId: $id, "
        "subjectVersion: $version, data: $data, actor: $actor, depth: $depth, at: at})-[:OF]->(n)"
    )
    yield from _attribute(caused=caused, by_user=by_user)
    found = ", ".join(f"{name}: to_{name} IS NOT NULL" for name in ends)
    yield f"RETURN {'taken IS NOT NULL' if verb.creates else 'false'} AS taken, {{{found}}} AS found"


def _attribute(*, caused: bool, by_user: bool) -> Iterator[str]:
    """Edges to the user who acted, if it is one, and to the cause.

    Where the actor is no user none is looked for: looking for a node by a unique property that no node has takes a lock
    for itself in a writing query, and all verbs of one API key would wait for each other.
    """
    if by_user:
        match = "MATCH (by:User {id: $actor, workspace: $workspace})"
        yield f"CALL (event) {{ {match} CREATE (event)-[:BY]->(by) }}"
    if caused:
        match = "MATCH (cause:Event {id: $cause, workspace: $workspace})"
        yield f"CALL (event) {{ {match} CREATE (event)-[:CAUSED_BY]->(cause) }}"


def _relink(noun: type[Entity], name: str, *, given: bool, fresh: bool) -> Iterator[str]:
    """Replace a single edge."""
    edge = _one(noun, name)
    if not fresh:
        yield f"CALL (n) {{ MATCH {_named(edge, 'n', '')} DELETE old }}"
    if given:
        once = f"CASE WHEN to_{name} IS NULL THEN [] ELSE [1] END"
        yield f"FOREACH (_ IN {once} | CREATE {edge.pattern('n', f'to_{name}')})"


def _derive(noun: type[Entity], changed: set[str]) -> Iterator[str]:
    """Bring edges that follow the changed ones into step: this noun's own, and those that follow through it."""
    for owner in NOUNS.values():
        for edge in owner.ones():
            if not edge.follows:
                continue
            near, far = edge.follows
            first = _one(owner, near)
            last = _one(noun_of(first.target), far)
            if owner is noun and near in changed:
                yield from _follow(edge, "n", f"MATCH {first.pattern('n', f'via:{first.target}')}, ", last)
            elif first.target == noun.__name__ and far in changed:
                members = f"MATCH {first.pattern(f'm:{owner.__name__}', 'n')}"
                yield f"CALL (n) {{ {members} MATCH {_named(edge, 'm', '')} DELETE old }}"
                yield (
                    f"CALL (n) {{ {members} MATCH {last.pattern('n', f'end:{last.target}')} "
                    f"CREATE {edge.pattern('m', 'end')} }}"
                )


def _follow(edge: One, variable: str, match: str, last: One) -> Iterator[str]:
    yield f"CALL ({variable}) {{ MATCH {_named(edge, variable, '')} DELETE old }}"
    yield (
        f"CALL ({variable}) {{ {match}{last.pattern('via', f'end:{last.target}')} "
        f"CREATE {edge.pattern(variable, 'end')} }}"
    )


def _named(edge: One, source: str, target: str) -> str:
    """The edge's pattern with its relationship in the variable `old`."""
    return edge.pattern(source, target).replace("[:", "[old:")


def _one(noun: type[Noun], name: str) -> One:
    field = noun.fields[name]
    assert isinstance(field, One)
    return field


def _stored(value: Any) -> Any:
    """A map or list of anything is kept as text."""
    return _json(value) if isinstance(value, dict | list) else value


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
