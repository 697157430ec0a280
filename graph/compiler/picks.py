"""What a query wants, free of GraphQL's syntax: a tree of picked fields. The SDK builds such trees too."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cache
from typing import Any

from deskgraph.schema.fields import Derived, Field, One, Prop
from deskgraph.schema.noun import Noun, noun_of

TYPENAME = "__typename"


@dataclass(frozen=True, slots=True)
class Pick:
    """One field of a node under its response key.

    `field` is None for `__typename`. `children` are the picks at the other end of an edge, by noun, for an edge may
    lead to several; `rows` is what is wanted of a connection. `implied`: nobody asked for this edge, so that it is null
    to readers who may not see what it leads to.
    """

    key: str
    field: Field | None
    children: dict[type[Noun], tuple[Pick, ...]] = dataclasses.field(default_factory=dict)
    rows: Rows | None = None
    implied: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One field of a connection, of its edges or of its page info, under its response key.

    `node` holds what is picked of the nodes, where the field is `nodes` or `node`. The fields of a count are such
    parts, too: its edges have a `node`.
    """

    key: str
    name: str
    parts: tuple[Part, ...] = ()
    node: tuple[Pick, ...] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """What is wanted of a connection to `noun`: its arguments (GraphQL names) and its parts."""

    noun: type[Noun]
    arguments: dict[str, Any]
    parts: tuple[Part, ...]


def record_picks(noun: type[Noun]) -> tuple[Pick, ...]:
    """Everything a record of the SDK holds: properties, derived values, ids at the other end of single edges."""
    return _record_picks(noun.__name__)


@cache
def _record_picks(name: str) -> tuple[Pick, ...]:
    noun = noun_of(name)
    picks = []
    for key, declared in noun.fields.items():
        if isinstance(declared, Prop | Derived):
            picks.append(Pick(key, declared))
        elif isinstance(declared, One) and declared.target != "Node":
            target = noun_of(declared.target)
            picks.append(Pick(declared.given_as, declared, {target: (Pick("id", target.fields["id"]),)}, implied=True))
    return tuple(picks)


def list_of(noun: type[Noun], picks: tuple[Pick, ...], **arguments: Any) -> Rows:
    """A list of nouns as the SDK wants it, with cursors to read on."""
    info = Part("page", "pageInfo", (Part("more", "hasNextPage"), Part("end", "endCursor")))
    return Rows(noun, arguments, (Part("nodes", "nodes", node=picks), info))
