"""Whether a reference can mean one of a noun, and whether what a sentence says can be an input's value."""

from __future__ import annotations

from typing import Any

import orjson

from deskgraph.schema.english.groups import choices, is_literal, is_text, names_of, title_of
from deskgraph.schema.english.nodes import Null, Refused, Text, Value, Word
from deskgraph.schema.english.plan import Ref
from deskgraph.schema.english.vocabulary import SHORT
from deskgraph.schema.errors import InvalidInputError
from deskgraph.schema.fields import Choice, Integer, Prop, Texts
from deskgraph.schema.fields import Ref as RefInput
from deskgraph.schema.ids import prefix_of
from deskgraph.schema.noun import Noun, by_prefix
from deskgraph.schema.verb import Verb

MOST_WORDS = 2


class Unfit(Exception):
    """The value is of another kind than the input."""


def noun(prefix: str) -> type[Noun]:
    """The noun of a prefix."""
    found = by_prefix(prefix)
    assert found is not None
    return found


def fits(ref: Ref, prefix: str) -> bool:
    """Whether the reference may mean one of the noun."""
    wanted = noun(prefix)
    if ref.noun and ref.noun != prefix and not (ref.kind == "select" and not ref.noun):
        return False
    if ref.kind == "id":
        return prefix_of(ref.text.lower()) == prefix
    if ref.kind in ("number", "bare number"):
        return "number" in wanted.fields
    if ref.kind == "email":
        return "email" in wanted.fields
    if ref.kind == "name":
        return title_of(wanted) == "name"
    if ref.kind == "quoted":
        return title_of(wanted) is not None
    if ref.kind == "pronoun":
        return ref.text != "person" or "email" in wanted.fields
    if ref.kind == "me":
        return prefix == "user"
    return ref.kind == "select" and ref.noun == prefix


def convert(verb: type[Verb], name: str, value: Value) -> Any:
    """The value as the input takes it, a reference where one is wanted; Unfit if it is of another kind."""
    declared = verb.inputs[name]
    if isinstance(value, Null):
        if verb.partial and not declared.required:
            return None
        raise Unfit
    if isinstance(declared, RefInput):
        if isinstance(value, Ref) and fits(value, declared.prefix):
            return value
        raise Unfit
    if isinstance(declared, Choice):
        return _choice(declared, name, value)
    if isinstance(declared, Integer):
        return _integer(value)
    if is_literal(declared):
        return _literal(value)
    return _textual(declared, name, value)


def _choice(declared: Choice, name: str, value: Value) -> str:
    if isinstance(value, Word) and (word := value.of(name)):
        return word
    few = isinstance(value, Text) and len(value.text.split()) <= MOST_WORDS
    if few or (isinstance(value, Ref) and value.kind in ("name", "quoted")):
        assert isinstance(value, Text | Ref)
        try:
            return declared.check(choices(declared).get(value.text.lower(), value.text))
        except InvalidInputError as error:
            candidates = tuple(declared.words.__members__)
            raise _invalid(error, value, candidates) from error
    raise Unfit


def _invalid(error: InvalidInputError, value: Ref | Text, candidates: tuple[str, ...] = ()) -> Refused:
    return Refused(
        error.message, value.first, value.behind, code=error.code, field=error.field, candidates=candidates, weight=2
    )


def _integer(value: Value) -> int:
    if isinstance(value, Ref) and value.kind in ("bare number", "quoted") and value.text.isdigit():
        return int(value.text[:19])
    raise Unfit


def _literal(value: Value) -> Any:
    """JSON in quotes; a moment is left for the verb to read."""
    if isinstance(value, Text) or (isinstance(value, Ref) and value.kind == "quoted"):
        try:
            return orjson.loads(value.text)
        except orjson.JSONDecodeError:
            return value.text
    raise Unfit


def _textual(declared: Prop, name: str, value: Value) -> str | list[str]:
    """The text; several, parted by commas, where a list of them is wanted."""
    short = name in SHORT or isinstance(declared, Texts)
    quoted = isinstance(value, Ref) and (value.kind == "quoted" or (short and _plain(value)))
    if not isinstance(value, Text) and not quoted:
        raise Unfit
    assert isinstance(value, Text | Ref)
    said = [part.strip() for part in value.text.split(",")] if isinstance(declared, Texts) else value.text
    try:
        declared.check(said)
    except InvalidInputError as error:
        raise _invalid(error, value) from error
    return said


def _plain(value: Ref) -> bool:
    return value.kind in ("name", "email", "bare number", "number") and not value.noun and not value.conditions


def called(verb: type[Verb], name: str) -> bool:
    """Whether the verb has an input of that name, or of another one that means the same."""
    return name in verb.inputs or any(name in names_of(declared) for declared in verb.inputs.values())


def texts(verb: type[Verb]) -> list[str]:
    """The inputs that are free text."""
    return [name for name, declared in verb.inputs.items() if is_text(declared)]
