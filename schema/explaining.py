"""The declarations as JSON, for programs that want to know what nouns, fields, states and verbs there are."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from deskgraph.schema.comparators import COMPARATORS, MEANING
from deskgraph.schema.errors import NotFoundError
from deskgraph.schema.fields import Choice, Derived, Edge, Field, Id, Integer, Json, Many, Moment, One, Prop, Ref
from deskgraph.schema.noun import NOUNS, Entity, Noun
from deskgraph.schema.verb import VERBS, Verb, verbs_of

SCHEMA = "Schema"
KINDS: tuple[tuple[type[Field], str], ...] = (
    (Id, "id"),
    (Choice, "enum"),
    (Integer, "integer"),
    (Derived, "integer"),
    (Moment, "datetime"),
    (Json, "json"),
    (Ref, "id"),
)
Explained = dict[str, Any]


def explain(name: str | None = None) -> Explained:
    """All nouns and verbs, or those of a name: `Ticket` with its verbs, `resolve`, `resolveTicket`.

    NOT_FOUND names the one that was probably meant.
    """
    nouns, verbs = list(NOUNS.values()), list(VERBS.values())
    if name:
        wanted = name.strip().lower()
        nouns = [noun for noun in nouns if wanted in (noun.__name__.lower(), noun.plural)]
        own = [verb for noun in nouns if issubclass(noun, Entity) for verb in verbs_of(noun)]
        verbs = own or [verb for verb in verbs if wanted in (verb.name, verb.key(), verb.mutation().lower())]
        if not nouns and not verbs:
            raise NotFoundError(_unknown(name), field="id")
    return {
        "$type": SCHEMA,
        "nouns": [_noun(noun) for noun in nouns],
        "verbs": [_verb(verb) for verb in verbs],
        "comparators": {operator: MEANING[operator] for operator in MEANING},
    }


def _unknown(name: str) -> str:
    known = [*NOUNS, *(verb.mutation() for verb in VERBS.values())]
    meant = get_close_matches(name, known, 1)
    return f"There is no noun or verb {name!r}{f': did you mean {meant[0]}' if meant else ''}. Leave out id to see all."


def _noun(noun: type[Noun]) -> Explained:
    return {
        "name": noun.__name__,
        "plural": noun.plural,
        "description": _doc(noun),
        "idPrefix": f"{noun.prefix}_",
        "searchedByWords": [noun.fields[name].graphql for name in noun.searched],
        "fields": [_field(field) for field in noun.fields.values() if isinstance(field, Prop | Derived)],
        "edges": [_edge(field) for field in noun.fields.values() if isinstance(field, Edge)],
    }


def _field(field: Prop | Derived) -> Explained:
    kind = field.comparators if isinstance(field, Prop) else "IntFilter"
    comparators = [] if isinstance(field, Json) else COMPARATORS.get(kind, COMPARATORS["IDFilter"])
    return {
        **_value(field),
        "always": isinstance(field, Derived) or field.required,
        "sortable": isinstance(field, Prop) and field.sortable,
        "comparators": list(comparators),
    }


def _value(field: Field) -> Explained:
    """What a value of the field is."""
    kind = next((kind for of, kind in KINDS if isinstance(field, of)), "text")
    told: Explained = {"name": field.graphql, "kind": kind, "description": field.doc}
    if isinstance(field, Choice):
        told["values"] = {word.value: word.doc for word in field.words}
    if isinstance(field, Ref):
        told["idPrefix"] = f"{field.prefix}_"
    return told


def _edge(edge: Edge) -> Explained:
    told = {"name": edge.graphql, "to": edge.target, "many": isinstance(edge, Many), "description": edge.doc}
    if isinstance(edge, One) and edge.given_as != edge.name:
        told["givenAs"] = edge.given_as
    return told


def _verb(verb: type[Verb]) -> Explained:
    return {
        "name": verb.name,
        "noun": verb.noun.__name__,
        "mutation": verb.mutation(),
        "event": verb.event(),
        "description": _doc(verb),
        "from": None if verb.from_ is None else [str(state) for state in verb.from_],
        "to": None if verb.to is None else str(verb.to),
        "inputs": [{**_value(declared), "required": verb.needs(declared)} for declared in verb.inputs.values()],
    }


def _doc(declared: type) -> str:
    return " ".join((declared.__doc__ or "").split())
