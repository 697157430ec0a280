"""What the declarations say about filling a verb: what a word looks like, and which edges a mark leads along."""

from __future__ import annotations

import re
from functools import cache

from deskgraph.schema.english import lexicon
from deskgraph.schema.english.adjectives import adjectives_of
from deskgraph.schema.english.groups import groups, noun_words
from deskgraph.schema.english.plan import Ref
from deskgraph.schema.english.tokens import tokens_of
from deskgraph.schema.english.values import noun
from deskgraph.schema.fields import Field, One
from deskgraph.schema.noun import entities, noun_of

ABOUT = ("about", "regarding", "containing", "concerning", "with", "on", "titled", "called", "named", "re")


def looks(declared: Field, ref: Ref) -> bool:
    """Whether a word can only be a value of the field, by the look of it."""
    return bool(declared.looks) and ref.kind == "name" and re.fullmatch(declared.looks, ref.text) is not None


def refers(text: str) -> bool:
    """Whether a text begins with a reference: "#3", "ticket 3"."""
    first, *rest = tokens_of(text).tokens
    nouns = {one for entity in entities() for one, _ in noun_words(entity)}
    numbered = bool(rest) and rest[0].kind in ("hash", "number", "id") and first.word in nouns
    return first.kind in ("hash", "id") or numbered


@cache
def said_of(prefix: str) -> frozenset[str]:
    """What can be said of a noun in two words or more, "high priority", which is no text."""
    return frozenset(
        phrase for phrase, _ in adjectives_of(noun(prefix), groups()) if " " in phrase and "(" not in phrase
    )


def edges_by(prefix: str, mark: str) -> list[One]:
    """The noun's edges that the mark may lead along."""
    return [one for one in noun(prefix).ones() if mark in lexicon.marks(one.marks)]


def prefix_of_edge(one: One) -> str:
    """The prefix of the noun at the other end."""
    return noun_of(one.target).prefix
