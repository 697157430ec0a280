"""Write the typed words of the remote client from the declarations: `make client`.

For each noun: its enums, its record, what it can be found by, its filter; for each verb what it takes; then the words,
in an asynchronous and a plain form. The output is committed, and a test compares it with a fresh one.
"""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Iterator
from keyword import iskeyword

from client_words import all_words, constant, quoted, title, upper, words

from deskgraph.resolvers import verbs
from deskgraph.schema.comparators import COMPARATORS, LISTS, SAME
from deskgraph.schema.fields import Choice, Derived, Edge, Field, Json, Many, Moment, One, Prop, Ref
from deskgraph.schema.noun import NOUNS, Noun, by_prefix
from deskgraph.schema.scalars import Words
from deskgraph.schema.types import doc_of
from deskgraph.schema.verb import VERBS, Verb

__all__ = ["verbs"]

HEAD = '''# ruff: noqa: A002 - `id` and `filter` are the fields' own names
"""The nouns of a desk, their records, and their words. Written by `make client`; what is changed here is lost.

One file, past 400 lines, because nobody reads or writes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypeAlias, TypedDict, Unpack

from dataclasses import dataclass, field

from deskgraph.client.background import Background, Rows, SyncNounWords
from deskgraph.client.batches import BatchedWord, SyncBatchedWord
from deskgraph.client.declared import Field, Noun, Record, Some, Verb
from deskgraph.client.hooks import HookPoint
from deskgraph.client.words import Found, NounWords, Speaker
from deskgraph.schema.errors import DeskError

if TYPE_CHECKING:
    from deskgraph.client.context import Context
    from deskgraph.client.sync import SyncContext
'''
PLAIN = {"ID": "str", "str": "str", "int": "int", "Long": "int", "DateTime": "datetime", "JSON": "Any"}
VALUES = {"ID": "str", "String": "str", "Int": "int", "Long": "int", "DateTime": "datetime | str"}


def main() -> None:
    """Print the module."""
    parts = [HEAD, *enums(), *map(record, nouns()), *map(specification, nouns()), *filters(), *map(findable, nouns())]
    for verb in VERBS.values():
        parts += [inputs(verb), verb_specification(verb)]
    for sync in (False, True):
        parts += [*(words(noun, sync=sync) for noun in nouns()), all_words(nouns(), sync=sync)]
    sys.stdout.write(formatted("\n\n".join(parts)))


def formatted(text: str) -> str:
    """The module as this project formats its code."""
    for command in (["check", "--select", "I", "--fix", "--quiet"], ["format", "--quiet"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--stdin-filename", "src/deskgraph/client/generated.py", "-"]
        text = subprocess.run(ruff, input=text, capture_output=True, text=True, check=True).stdout
    return text


def nouns() -> list[type[Noun]]:
    """All nouns."""
    return list(NOUNS.values())


def block(head: str, lines: list[str]) -> str:
    """A class or function of indented lines."""
    return "\n".join([f"{head}:", *(textwrap.indent(line, "    ") for line in lines)])


def annotation(declared: Field) -> str:
    """The Python type of a field's values."""
    of = getattr(declared, "annotation", str)
    name = of if isinstance(of, str) else of.__name__
    return PLAIN.get(name, name)


# What is read


def all_words_of_enums() -> dict[str, type[Words]]:
    """The enums of nouns and inputs, by name."""
    declared = [one for noun in nouns() for one in noun.fields.values()]
    declared += [one for verb in VERBS.values() for one in verb.inputs.values()]
    return {one.words.__name__: one.words for one in declared if isinstance(one, Choice)}


def enums() -> Iterator[str]:
    """Each enum, and what may be written for one of its words."""
    for name, of in all_words_of_enums().items():
        lines = [quoted(doc_of(of))]
        for word in of:
            lines += ["", f'{word.name} = "{word.value}"', quoted(word.doc)]
        yield block(f"class {name}(StrEnum)", lines)
        spellings = [spelled for word in of for spelled in dict.fromkeys((word.value, word.lower(), word.capitalize()))]
        yield f"{name}Word: TypeAlias = {name} | Literal[{', '.join(map(repr, spellings))}]"


def held(noun: type[Noun]) -> dict[str, Field]:
    """What a record holds, by Python's names: properties, derived values, ids at the other end of single edges."""
    found = [one for one in noun.fields.values() if not isinstance(one, Many) and getattr(one, "target", "") != "Node"]
    return {one.given_as if isinstance(one, One) else one.name: one for one in found}


def others(noun: type[Noun]) -> dict[str, Field]:
    """By what else a noun can be found: edges by their other names, those to many in the singular, too."""
    found: dict[str, Field] = {}
    for one in noun.fields.values():
        names = [one.name, one.target.lower()] if isinstance(one, Many) else [one.name]
        if isinstance(one, Edge) and one.target != "Node":
            found |= {name: one for name in names if name not in held(noun) and name not in found}
    return found


def is_there(noun: type[Noun], declared: Field) -> bool:
    """Whether whatever is read has a value: it is required, or lists are walked by it."""
    sure = isinstance(declared, Derived) or (isinstance(declared, Prop) and declared.required)
    return sure or declared.name == noun.order.removeprefix("-")


def record(noun: type[Noun]) -> str:
    """The class of a noun's records."""
    lines = [quoted(doc_of(noun))]
    for name, declared in held(noun).items():
        if name == "id":
            continue
        of = "str" if isinstance(declared, One) else annotation(declared)
        nullable = "" if is_there(noun, declared) or of == "Any" else " | None"
        # A map or a list can't be hashed.
        more = " = field(hash=False)" if isinstance(declared, Json) or "[" in of else ""
        lines += ["", f"{name}: {of}{nullable}{more}", quoted(declared.doc)]
    revealed = {one.name: one for verb in VERBS.values() if verb.noun is noun for one in verb.reveals.values()}
    for name, declared in revealed.items():
        lines += ["", f"{name}: str | None = field(default=None, repr=False, compare=False)", quoted(declared.doc)]
    return f"@dataclass(frozen=True, slots=True, kw_only=True)\n{block(f'class {noun.__name__}(Record)', lines)}"


def field_of(declared: Field) -> str:
    """A field as the client knows it at run time."""
    more = []
    if isinstance(declared, Choice):
        more.append(f"words={declared.words.__name__}")
    if isinstance(declared, Moment):
        more.append("moment=True")
    if isinstance(declared, Edge):
        more.append(f'to="{declared.target}"')
    if isinstance(declared, Many):
        more.append("many=True")
    if isinstance(declared, Prop) and declared.sortable:
        more.append("sortable=True")
    return f"Field({', '.join([repr(declared.graphql), *more])})"


def table(fields: dict[str, Field]) -> str:
    """Fields by name."""
    return "{" + ", ".join(f'"{name}": {field_of(declared)}' for name, declared in fields.items()) + "}"


def specification(noun: type[Noun]) -> str:
    """A noun as the client knows it at run time."""
    name = noun.__name__
    parts = [f'"{name}"', f'"{noun.prefix}"', f'"{noun.plural}"', name, table(held(noun)), table(others(noun))]
    return f"{upper(name)} = Noun({', '.join(parts)})"


# How it is asked for


def filters() -> Iterator[str]:
    """The comparators, and what may be asked of each noun, as in GraphQL."""
    for name, operators in COMPARATORS.items():
        yield comparators(name, VALUES[name.removesuffix("Filter").removesuffix("List")], operators)
    for name in all_words_of_enums():
        yield comparators(f"{name}Filter", f"{name}Word", SAME)
    for noun in nouns():
        yield noun_filter(noun)
        own = f"{noun.__name__}Filter"
        lines = [f'"""What may be asked of an edge to many {noun.plural}."""', f"some: {own}", f"none: {own}"]
        yield block(f"class {noun.__name__}ListFilter(TypedDict, total=False)", lines)


def comparators(name: str, of: str, operators: tuple[str, ...]) -> str:
    """What may be asked of a field of one kind."""
    types = {operator: f"list[{of}]" if operator in LISTS else of for operator in operators}
    entries = [
        f'"{operator}": "{kind}{" | None" if operator in ("eq", "ne") else ""}"' for operator, kind in types.items()
    ]
    if not any(map(iskeyword, operators)):
        lines = [
            f'"""What may be asked of a field of type {of}."""',
            *(f"{key}: {kind}" for key, kind in types.items()),
        ]
        return block(f"class {name}(TypedDict, total=False)", lines)
    return f'{name} = TypedDict("{name}", {{{", ".join(entries)}}}, total=False)'


def noun_filter(noun: type[Noun]) -> str:
    """What may be asked of a noun, across its edges too."""
    own = f"{noun.__name__}Filter"
    entries = [f'"and": "list[{own}]"', f'"or": "list[{own}]"', f'"not": "{own}"']
    entries += [f'"{one.graphql}": "{kind}"' for one in noun.fields.values() if (kind := filter_of(one))]
    return f'{own} = TypedDict("{own}", {{{", ".join(entries)}}}, total=False)'


def filter_of(declared: Field) -> str:
    """The type of what may be asked of a field; none for JSON and an edge to any noun."""
    if isinstance(declared, Json) or getattr(declared, "target", "") == "Node":
        return ""
    if isinstance(declared, Many):
        return f"{declared.target}ListFilter"
    if isinstance(declared, One):
        return f"{declared.target}Filter | None"
    return declared.comparators if isinstance(declared, Prop) else "IntFilter"


def findable(noun: type[Noun]) -> str:
    """What a noun can be found by: a value for each field, or several."""
    lines = [f'"""What {noun.plural} can be found by."""']
    for name, declared in {**held(noun), **others(noun)}.items():
        if name == "id" or not filter_of(declared):
            continue
        lines += ["", f"{name}: Some[{given(declared)}] | None", quoted(declared.doc)]
    return block(f"class {noun.__name__}Fields(TypedDict, total=False)", lines)


def given(declared: Field) -> str:
    """The type of a value that is given for a field."""
    if isinstance(declared, Choice):
        return f"{declared.words.__name__}Word"
    if isinstance(declared, Ref):
        noun = by_prefix(declared.prefix)
        assert noun
        return f"str | {noun.__name__}"
    if isinstance(declared, Edge):
        return f"str | {declared.target}"
    return "datetime | str" if isinstance(declared, Moment) else annotation(declared)


# What is done


def inputs(verb: type[Verb]) -> str:
    """What a verb takes."""
    name = verb.noun.__name__
    lines = [quoted(f"What `{name}.{verb.name}` takes.")]
    for key, (of, doc) in taken(verb).items():
        lines += ["", f"{key}: {of}", quoted(doc)]
    return block(f"class {title(verb)}(TypedDict)", lines)


def taken(verb: type[Verb]) -> dict[str, tuple[str, str]]:
    """The types and descriptions of what a verb takes, by Python's names."""
    name, prefix = verb.noun.__name__, verb.noun.prefix
    found: dict[str, tuple[str, str]] = {}
    if verb.creates:
        found["id"] = "NotRequired[str | None]", f"An id of your own, such as {prefix}_rV7yKdPm."
    else:
        found["id"] = f"str | {name}", f"The {name.lower()}."
        found["expected_version"] = "NotRequired[int | None]", "VERSION_CONFLICT if the version is another."
    for key, declared in verb.inputs.items():
        found[key] = input_type(verb, declared), declared.doc
    key_doc = "Your key for this very change, by default a new one: with it, it is done once, however often it is said."
    found["idempotency_key"] = "NotRequired[str | None]", key_doc
    return found


def input_type(verb: type[Verb], declared: Prop | Ref) -> str:
    """The type of one input; what stays as it is when it is left out need not be null."""
    of = given(declared)
    if verb.needs(declared):
        return of
    fixed = verb.partial and declared.required
    return f"NotRequired[{of}{'' if fixed or of == 'Any' else ' | None'}]"


def verb_specification(verb: type[Verb]) -> str:
    """A verb as the client knows it at run time."""
    special = {"id": "id", "expected_version": "expectedVersion", "idempotency_key": "idempotencyKey"}
    takes = [f'"{key}": Field("{name}")' for key, name in special.items() if key in taken(verb)]
    takes += [f'"{key}": {input_field(declared)}' for key, declared in verb.inputs.items()]
    needs = ([] if verb.creates else ["id"]) + [key for key, one in verb.inputs.items() if verb.needs(one)]
    parts = [upper(verb.noun.__name__), f'"{verb.name}"', f'"{verb.past}"', f"{{{', '.join(takes)}}}"]
    parts += [repr(tuple(needs)), *([repr(tuple(verb.reveals))] if verb.reveals else [])]
    return f"{constant(verb)} = Verb({', '.join(parts)})"


def input_field(declared: Prop | Ref) -> str:
    """An input as the client knows it at run time."""
    spelled = f", words={declared.words.__name__}" if isinstance(declared, Choice) else ""
    return f'Field("{declared.graphql}"{spelled})'


if __name__ == "__main__":
    main()
