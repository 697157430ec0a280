"""Nouns: the kinds of nodes. A noun is declared once, as a class of fields; every surface is derived from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from deskgraph.schema.fields import Edge, Field, Id, LongInteger, Moment, One, Prop, Ref
from deskgraph.schema.roles import READERS, STAFF, Role


class Noun:
    """A kind of node. Subclasses declare fields; nobody makes instances.

    `searched` are the texts that are searched by words.

    `readers` are the roles that see it, of which `scopes` lets some see only those that its Cypher condition on the
    variable holds for (`$contact` is who reads); `doers` are the roles that do its verbs.

    In sentences it is known by its name and by `says`, "issue|case"; a word of `kinds` means one with these values.
    """

    prefix: ClassVar[str]
    plural: ClassVar[str]
    says: ClassVar[str] = ""
    kinds: ClassVar[dict[str, dict[str, Any]]] = {}
    order: ClassVar[str] = "-created_at"
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = ((),)
    searched: ClassVar[tuple[str, ...]] = ()
    readers: ClassVar[frozenset[Role]] = READERS
    scopes: ClassVar[dict[Role, Callable[[str], str]]] = {}
    doers: ClassVar[frozenset[Role]] = STAFF
    fields: ClassVar[dict[str, Field]] = {}

    id = Id("Unique within the workspace, such as `ticket_rV7yKdPm`.", required=True)

    def __init_subclass__(cls, **options: Any) -> None:
        """Collect the fields, the inherited ones first, and remember the noun by its name."""
        super().__init_subclass__(**options)
        cls.fields = {
            name: field
            for base in reversed(cls.__mro__)
            for name, field in vars(base).items()
            if isinstance(field, Field)
        }
        if "prefix" in vars(cls):
            NOUNS[cls.__name__] = cls

    @classmethod
    def props(cls) -> list[Prop]:
        """The stored properties."""
        return [field for field in cls.fields.values() if isinstance(field, Prop)]

    @classmethod
    def ones(cls) -> list[One]:
        """The edges to at most one node."""
        return [field for field in cls.fields.values() if isinstance(field, One)]

    @classmethod
    def by_graphql(cls, name: str) -> Field:
        """The field of that GraphQL name."""
        return next(field for field in cls.fields.values() if field.graphql == name)

    @classmethod
    def inputs(cls) -> dict[str, Prop | Ref]:
        """What create and update take, by the name in the input; an edge is given as the target's id."""
        props: dict[str, Prop | Ref] = {prop.name: prop for prop in cls.props() if prop.writable}
        return props | {one.given_as: ref_of(one) for one in cls.ones() if one.writable}


class Entity(Noun):
    """A noun that verbs change: it has versions and times."""

    version = LongInteger("Counts the verbs done to it, from 1.", required=True, sortable=True)
    created_at = Moment("When it was created.", required=True, sortable=True)
    updated_at = Moment("When a verb last changed it.", required=True, sortable=True)


NOUNS: dict[str, type[Noun]] = {}


def noun_of(name: str) -> type[Noun]:
    """The noun of that name, such as `Ticket`."""
    return NOUNS[name]


def entities() -> list[type[Entity]]:
    """The nouns that have verbs."""
    return [noun for noun in NOUNS.values() if issubclass(noun, Entity)]


def by_prefix(prefix: str) -> type[Noun] | None:
    """The noun whose ids start so."""
    return next((noun for noun in NOUNS.values() if noun.prefix == prefix), None)


def targets(edge: Edge) -> list[type[Noun]]:
    """The nouns at the other end of an edge: one, or every entity where the edge leads to `Node`."""
    return list(entities()) if edge.target == "Node" else [noun_of(edge.target)]


def ref_of(one: One) -> Ref:
    """The input that sets an edge."""
    return Ref(one.doc, noun_of(one.target).prefix, required=one.required).named(one.given_as).said_as(one)
