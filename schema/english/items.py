"""What an item that follows a verb is: a value, words, or something said besides."""

from __future__ import annotations

from typing import Any

from deskgraph.schema.english.groups import choices, names_of
from deskgraph.schema.english.nodes import Item, Text, Word
from deskgraph.schema.english.plan import Ref
from deskgraph.schema.verb import Verb

ASIDE = ("with", "as", "at")


def is_value(item: Item) -> bool:
    """Whether an item is an input's value rather than a description."""
    value = next(iter(item.values), None)
    quoted = item.kind == "marked" and is_words(value)
    return quoted or item.kind in ("named", "chosen", "bare") or isinstance(value, Text | Word)


def is_words(value: Any) -> bool:
    """Whether a value is a text that is introduced or in quotes."""
    return isinstance(value, Text) or (isinstance(value, Ref) and value.kind == "quoted")


def says_value(verb: type[Verb], text: str) -> bool:
    """Whether a name is rather a choice's word, alone or with its field's name: "urgent", "high priority"."""
    known = [
        {word for phrase in (*choices(one), *names_of(one)) for word in phrase.split()}
        for one in verb.inputs.values()
        if choices(one)
    ]
    return any(set(text.lower().split()) <= words for words in known) and bool(text)


def is_aside(item: Item) -> bool:
    """Whether an item may set something besides what the verb does: "with high priority", "as urgent"."""
    value = next(iter(item.values), None)
    if not isinstance(value, Word):
        return False
    return item.kind == "named" or item.mark in ASIDE or (item.kind == "chosen" and item.behind - item.first > 1)
