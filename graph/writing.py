"""The Cypher of verbs, put together from the nouns' declarations: lock and load, then change and event.

Both run in the verb's transaction.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from deskgraph.graph.compiler.cypher import Plan, Response, Value, picked
from deskgraph.graph.compiler.picks import record_picks
from deskgraph.graph.compiler.scope import Scope
from deskgraph.graph.database import Database, Transaction
from deskgraph.schema.errors import AlreadyExistsError, DeskError, NotFoundError
from deskgraph.schema.fields import One
from deskgraph.schema.ids import prefix_of
from deskgraph.schema.noun import NOUNS, Entity, Noun, noun_of
from deskgraph.schema.scalars import to_json
from deskgraph.schema.verb import VERBS, Change, Verb

NOW = "datetime({epochMillis: timestamp()})"
SUBJECT = "subject_id"


@dataclass(frozen=True, slots=True)
class Cause:
    """The event whose after-hook acts, and how many steps it is from the first one."""

    event: str
    depth: int


@dataclass(frozen=True, slots=True)
class Deed:
    """One verb, ready to be written. `chosen`: it creates a node whose id the caller chose, so it may be taken.

    With a `guard` the noun is not locked yet, and its version is one more than it was.
    """

    verb: type[Verb]
    event: str
    subject: str
    version: int
    change: Change
    actor: str
    cause: Cause | None = None
    chosen: bool = False
    guard: Guard | None = None


@dataclass(frozen=True, slots=True)
class Guard:
    """What the noun must be like, where it was not read before: in one of the states, and of the version, if given."""

    states: tuple[str, ...] | None
    version: int | None


@dataclass(frozen=True, slots=True)
class Signature:
    """What the text of a writing query depends on. `links`: the edges to set, and whether they lead somewhere."""

    verb: str
    links: tuple[tuple[str, bool], ...]
    chosen: bool
    caused: bool
    by_user: bool
    guarded: bool


async def lock(tx: Transaction, noun: type[Noun], subject: str) -> dict[str, Any] | None:
    """Take the node's write lock, then read its record; None where there is no such node."""
    cypher, record = _lock_query(noun.__name__)
    row = await tx.one(cypher, id=subject)
    return None if row is None else record.finished(row["record"])


def signature(deed: Deed) -> Signature:
    """The kind of query that writes it."""
    links = tuple(sorted((name, target is not None) for name, target in deed.change.link.items()))
    by_user = prefix_of(deed.actor) == "user"
    caused, guarded = deed.cause is not None, deed.guard is not None
    return Signature(deed.verb.key(), links, chosen=deed.chosen, caused=caused, by_user=by_user, guarded=guarded)


def _parameters(deed: Deed) -> dict[str, Any]:
    return {
        "id": deed.subject,
        "set": _stored(deed),
        "version": deed.version,
        "states": deed.guard and deed.guard.states,
        "expected": deed.guard and deed.guard.version,
        "event": deed.event,
        "type": deed.verb.event(),
        "data": to_json({"$id": deed.subject, **deed.change.data}).decode(),
        "actor": deed.actor,
        "cause": deed.cause.event if deed.cause else None,
        "depth": deed.cause.depth + 1 if deed.cause else 0,
        **{f"to_{name}": target for name, target in deed.change.link.items()},
    }


async def write(tx: Transaction, deed: Deed, answer: Plan) -> Response:
    """Write the change and its event, and read the answer, whose query knows them as `n` and `event`.

    NOT_FOUND where an edge would lead nowhere and ALREADY_EXISTS where the chosen id is taken: then nothing is written.
    """
    written = await write_if(tx, deed, answer)
    if written is None:
        raise (await reasons(tx, [deed]))[deed.subject]
    return written


async def write_if(tx: Transaction, deed: Deed, answer: Plan) -> Response | None:
    """The same, but None where something is missing or not as the guard wants it.

    Then nothing is written.
    """
    written = await tx.one(_with_answer(deed, answer), **answer.parameters, **_parameters(deed))
    return None if written is None else answer.shape(written)


async def write_alone(database: Database, workspace: str, deed: Deed, answer: Plan) -> Response | None:
    """The same in a transaction that is this query alone, in one round trip."""
    rows = await database.put(workspace, _with_answer(deed, answer), {**answer.parameters, **_parameters(deed)})
    return answer.shape(rows[0]) if rows else None


def _with_answer(deed: Deed, answer: Plan) -> str:
    return f"{_write_query(signature(deed))}\n{answer.cypher}"


async def write_group(database: Database, workspace: str, deeds: list[Deed], answer: Plan) -> dict[str, Response]:
    """The same for deeds of one signature, each of another subject: their answers by the subject's id."""
    rows = await database.put(workspace, *_together(signature(deeds[0]), deeds, answer))
    return _by_subject(rows, answer)


async def write_many(tx: Transaction, deeds: list[Deed], answer: Plan) -> dict[str, Response]:
    """The same for many deeds in a transaction. Nothing is written of those that have no answer.

    Of each kind of deed there is one query. Each subject comes once.
    """
    kinds: dict[Signature, list[Deed]] = defaultdict(list)
    for deed in deeds:
        kinds[signature(deed)].append(deed)
    written: dict[str, Response] = {}
    for kind, some in kinds.items():
        cypher, parameters = _together(kind, some, answer)
        written |= _by_subject(await tx.run(cypher, **parameters), answer)
    return written


def _together(kind: Signature, deeds: list[Deed], answer: Plan) -> tuple[str, dict[str, Any]]:
    """The query that writes all of them, and its parameters. By their ids, so that locks are taken in one order."""
    cypher = f"{_write_many_query(kind)}\n{answer.cypher}, deed.id AS {SUBJECT}"
    ordered = sorted(deeds, key=lambda deed: deed.subject)
    return cypher, {**answer.parameters, "deeds": [_parameters(deed) for deed in ordered]}


def _by_subject(rows: list[dict[str, Any]], answer: Plan) -> dict[str, Response]:
    return {row.pop(SUBJECT): answer.shape(row) for row in rows}


async def reasons(tx: Transaction, deeds: list[Deed]) -> dict[str, DeskError]:
    """Why deeds were not written, by subject: the first edge that would lead nowhere, or else the id that is taken."""
    found: dict[str, DeskError] = {}
    for name in dict.fromkeys(name for deed in deeds for name in deed.change.link):
        wanted = {deed.subject: target for deed in deeds if (target := deed.change.link.get(name)) is not None}
        edge = _one(deeds[0].verb.noun, name)
        match = f"UNWIND $targets AS id MATCH (n:{edge.target} {{id: id, workspace: $workspace}}) RETURN n.id AS id"
        there = {row["id"] for row in await tx.run(match, targets=list(set(wanted.values())))}
        for subject, target in wanted.items():
            if target not in there:
                missing = NotFoundError(f"There is no {edge.target.lower()} {target}.", field=edge.given_as)
                found.setdefault(subject, missing)
    taken = "{} was used before: choose another id, or leave it out."
    return {deed.subject: AlreadyExistsError(taken.format(deed.subject), field="id") for deed in deeds} | found


@cache
def _lock_query(name: str) -> tuple[str, Value]:
    # Writing a property takes the lock; reading comes after it, or two writers could both see the old version.
    noun = noun_of(name)
    node = picked(noun, "n", record_picks(noun), Scope())
    match = f"MATCH (n:{name} {{id: $id, workspace: $workspace}})"
    return f"{match}\nSET n.lock = true\nWITH n\nRETURN {node.cypher} AS record", node


@cache
def _write_query(signature: Signature) -> str:
    return "\n".join([f"WITH {NOW} AS at", *_lines(signature)])


@cache
def _write_many_query(signature: Signature) -> str:
    """The same lines for each of the list `$deeds`, whose parameters are its entries."""
    each = re.sub(r"\$(?!workspace\b)(\w+)", r"deed.\1", "\n".join(_lines(signature)))
    return f"UNWIND $deeds AS deed\nWITH deed, {NOW} AS at\n{each.replace('CALL (', 'CALL (deed, ')}"


def _lines(signature: Signature) -> Iterator[str]:
    """The query's lines. First all that must be there is matched: where something is missing, nothing is written."""
    verb, links = VERBS[signature.verb], signature.links
    noun = verb.noun
    for name, given in links:
        if given:
            yield f"MATCH (to_{name}:{_one(noun, name).target} {{id: $to_{name}, workspace: $workspace}})"
    if signature.chosen:
        yield f"OPTIONAL MATCH (taken:{noun.__name__}|Deleted {{id: $id, workspace: $workspace}})"
        yield "WITH * WHERE taken IS NULL"
    if verb.creates:
        yield f"CREATE (n:{noun.__name__} {{id: $id, workspace: $workspace, createdAt: at}})"
    else:
        yield f"MATCH (n:{noun.__name__} {{id: $id, workspace: $workspace}})"
    if signature.guarded:  # the lock first, which lasts, then what it must be like
        yield "SET n.lock = true REMOVE n.lock"
        yield "WITH * WHERE ($states IS NULL OR n.status IN $states) AND ($expected IS NULL OR n.version = $expected)"
    version = "n.version + 1" if signature.guarded else "$version"
    yield f"SET n += $set, n.version = {version}, n.updatedAt = at REMOVE n.lock"
    for name, given in links:
        yield from _relink(_one(noun, name), given=given, fresh=verb.creates)
    yield from _derive(noun, dict(links))
    if verb.deletes:
        yield f"REMOVE n:{noun.__name__} SET n:Deleted, n.noun = '{noun.__name__}', n.deletedAt = at"
    yield (
        "CREATE (event:Event:Pending {id: $event, workspace: $workspace, type: $type, subjectId: $id, "
        "subjectVersion: n.version, data: $data, actor: $actor, depth: $depth, at: at})-[:OF]->(n)"
    )
    yield from _attribute(caused=signature.caused, by_user=signature.by_user)


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


def _relink(edge: One, *, given: bool, fresh: bool) -> Iterator[str]:
    """Replace a single edge."""
    if not fresh:
        yield f"CALL (n) {{ MATCH {_named(edge, 'n')} DELETE old }}"
    if given:
        end = f"to_{edge.name}"
        yield f"CREATE {edge.pattern('n', end)}"
        if edge.stamps:
            yield f"SET {end}.{edge.stamps} = at"


def _derive(noun: type[Entity], changed: dict[str, bool]) -> Iterator[str]:
    """Bring edges that follow the changed ones into step: this noun's own, and those that follow through it."""
    for owner in NOUNS.values():
        for edge in owner.ones():
            if not edge.follows:
                continue
            near, far = edge.follows
            first = _one(owner, near)
            last = _one(noun_of(first.target), far)
            if owner is noun and near in changed:
                if changed[near]:
                    # Its own edge might just be changing: take its lock, then look.
                    yield f"SET to_{near}.lock = true REMOVE to_{near}.lock"
                via = first.pattern("n", f"via:{first.target}")
                yield from _follow(edge, "n", "", f"{via}, {last.pattern('via', f'end:{last.target}')}")
            elif first.target == noun.__name__ and far in changed:
                members = f"MATCH {first.pattern(f'm:{owner.__name__}', 'n')} "
                yield from _follow(edge, "m", members, last.pattern("n", f"end:{last.target}"))


def _follow(edge: One, member: str, members: str, path: str) -> Iterator[str]:
    """Lead each member's edge anew, to the `end` of the path; `members` matches them where it is not `n` itself."""
    yield f"CALL (n) {{ {members}MATCH {_named(edge, member)} DELETE old }}"
    yield f"CALL (n) {{ {members}MATCH {path} CREATE {edge.pattern(member, 'end')} }}"


def _named(edge: One, source: str) -> str:
    """The edge's pattern with its relationship in the variable `old`."""
    return edge.pattern(source, "").replace("[:", "[old:")


def _one(noun: type[Noun], name: str) -> One:
    field = noun.fields[name]
    assert isinstance(field, One)
    return field


def _stored(deed: Deed) -> dict[str, Any]:
    """The properties to set, as the graph holds them."""
    props = {prop.graphql: prop for prop in deed.verb.noun.props()}
    shown = {name: None if value is None else props[name].store(value) for name, value in deed.change.set.items()}
    return shown | deed.change.hidden
