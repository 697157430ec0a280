"""Fetch: one noun with the neighbours asked for, as it is or as it was, or what nouns and verbs there are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from deskgraph.graph.compiler.cypher import by_id, plan
from deskgraph.resolvers.history import parse_as_of, state_as_of
from deskgraph.resolvers.searching import noun_called
from deskgraph.resolvers.session import Session
from deskgraph.resolvers.views import Included, included, picks_of, view
from deskgraph.schema.errors import InvalidInputError, NotFoundError
from deskgraph.schema.explaining import SCHEMA, explain
from deskgraph.schema.ids import check_id, prefix_of
from deskgraph.schema.noun import NOUNS, Entity, Noun, by_prefix
from deskgraph.schema.roles import READERS

Seen = dict[str, Any]


async def fetch(
    session: Session,
    *,
    type: str | None = None,  # noqa: A002 - the argument's name
    id: str | None = None,  # noqa: A002
    include: str | Iterable[str] | None = None,
    as_of: object = None,
) -> Seen:
    """The noun of that id, now or as of a position or moment of the log; NOT_FOUND if there is none.

    Type `Schema` explains nouns and verbs instead, or the one that `id` names.
    """
    if str(type or "").lower() == SCHEMA.lower():
        return explain(id)
    noun, subject = _named(type, id)
    tree = included(noun, include)
    if as_of is None:
        return await _now(session, noun, subject, tree)
    if not issubclass(noun, Entity):
        raise InvalidInputError(f"A {noun.__name__.lower()} never changes: leave out asOf.", field="asOf")
    session.caller.must_be(READERS & noun.readers, f"see {noun.plural} as they were")
    return await state_as_of(session, noun, subject, await parse_as_of(session, as_of), tree)


def _named(type: str | None, id: object) -> tuple[type[Noun], str]:  # noqa: A002
    """The noun and the id; the id tells the type as well."""
    if not id:
        raise InvalidInputError(f"fetch needs an id; search finds them. Type {SCHEMA} needs none.", field="id")
    noun = noun_called(type) if type else by_prefix(prefix_of(str(id)))
    if noun is None:
        known = ", ".join(f"{noun.prefix}_..." for noun in NOUNS.values())
        raise InvalidInputError(f"{id!r} is no id: there are {known}.", field="id")
    return noun, check_id(id, noun.prefix, "id")


async def _now(session: Session, noun: type[Noun], subject: str, tree: Included) -> Seen:
    scope = session.scope()
    found = await session.read(plan({"found": by_id(noun, subject, picks_of(noun, tree), scope)}, scope))
    if found["found"] is None:
        raise NotFoundError(f"There is no {noun.__name__.lower()} {subject}.", field="id")
    return view(noun, found["found"], tree)
