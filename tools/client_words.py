"""The methods in the remote client's generated module: the words of each noun, asynchronous and plain."""

from __future__ import annotations

import re
import textwrap

from deskgraph.schema.noun import Entity, Noun
from deskgraph.schema.types import doc_of
from deskgraph.schema.verb import Verb, verbs_of
from deskgraph.schema.words import capitalized

FINDING = """
    def find(
        self, *, filter: {name}Filter | None = None, order_by: str = "", limit: int | None = None,
        id: Some[str | {name}] | None = None, **fields: Unpack[{name}Fields],
    ) -> {found}[{name}]:
        \"\"\"All {plural} with these values, or one of several values.\"\"\"
        return {find}

    {how}def get(self, id: str | {name} | None = None, **fields: Unpack[{name}Fields]) -> {name} | None:
        \"\"\"The one of that id, or the first with these values; None where there is none.\"\"\"
        return {get}
"""
WORDS = """
class {name}Words(NounWords[{name}]):
    {doc}

    def __init__(self, speaker: Speaker) -> None:
        super().__init__(speaker, {constant})
"""
SYNC_WORDS = """
class Sync{name}Words(SyncNounWords[{name}]):
    {doc}

    def __init__(self, words: {name}Words, background: Background) -> None:
        super().__init__(words, background)
        self._words = words
"""
VERB = """
    {how}def {verb}(self, **given: Unpack[{title}]) -> {name}:
        {doc}
        return {call}
"""
HOOK = """
    @property
    def {past}(self) -> HookPoint[{name}, {context}]:
        \"\"\"Where after-hooks of `{verb}` attach: they run for each `{event}`.\"\"\"
        return self._after({constant})
"""
ALL = """
class {form}Nouns:
    \"\"\"The words of all nouns{how}.\"\"\"

    def __init__(self, {arguments}) -> None:
"""


def quoted(doc: str, indent: int = 4) -> str:
    """A docstring within the line length."""
    one = f'"""{doc}"""'
    if indent + len(one) <= 118:
        return one
    lines = textwrap.wrap(doc, 118 - indent - 3)
    return f"\n{' ' * indent}".join([f'"""{lines[0]}', *lines[1:], '"""'])


def title(verb: type[Verb]) -> str:
    """`ResolveTicket`."""
    return capitalized(verb.mutation())


def constant(verb: type[Verb]) -> str:
    """`RESOLVE_TICKET`."""
    return f"{verb.name.upper()}_{upper(verb.noun.__name__)}"


def upper(name: str) -> str:
    """`WEBHOOK_ATTEMPT`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper()


def words(noun: type[Noun], *, sync: bool) -> str:
    """The words of a noun; `sync`: without await."""
    name = noun.__name__
    made = {"name": name, "plural": noun.plural, "doc": quoted(doc_of(noun)), "constant": upper(name)}
    if sync:
        find = "self._words.find(filter=filter, order_by=order_by, limit=limit, id=id, **fields)"
        made |= {"how": "", "found": "Rows", "find": f"Rows(self._background, {find})"}
        made |= {"get": "self._background.run(self._words.get(id, **fields))"}
    else:
        made |= {"how": "async ", "found": "Found", "find": "self._find(filter, order_by, limit, id, fields)"}
        made |= {"get": "await self._get(id, fields)"}
    verbs = verbs_of(noun) if issubclass(noun, Entity) else []
    parts = [(SYNC_WORDS if sync else WORDS).format(**made), FINDING.format(**made)]
    parts += [verb_word(verb, sync=sync) for verb in verbs] + [hook(verb, sync=sync) for verb in verbs]
    return "".join(parts)


def verb_word(verb: type[Verb], *, sync: bool) -> str:
    """The method that does a verb."""
    call = (
        f"self._background.run(self._words.{verb.word()}(**given))"
        if sync
        else f"await self._do({constant(verb)}, given)"
    )
    doc = quoted(told(verb), 8)
    how = "" if sync else "async "
    return VERB.format(how=how, verb=verb.word(), title=title(verb), name=verb.noun.__name__, doc=doc, call=call)


def told(verb: type[Verb]) -> str:
    """What a verb does, in words."""
    doc = f"{doc_of(verb)} Writes the event `{verb.event()}`."
    if verb.from_ is None:
        return doc
    return f"{doc} Allowed from {', '.join(map(str, verb.from_))}{f'; leads to {verb.to}' if verb.to else ''}."


def hook(verb: type[Verb], *, sync: bool) -> str:
    """Where after-hooks of a verb attach."""
    made = {"past": verb.past, "name": verb.noun.__name__, "verb": verb.name, "event": verb.event()}
    return HOOK.format(context="SyncContext" if sync else "Context", constant=constant(verb), **made)


def all_words(nouns: list[type[Noun]], *, sync: bool) -> str:
    """The words of all nouns."""
    names = [noun.__name__ for noun in nouns]
    if sync:
        head = ALL.format(form="Sync", how=", without await", arguments="nouns: Nouns, background: Background")
        return head + "\n".join(f"        self.{name} = Sync{name}Words(nouns.{name}, background)" for name in names)
    head = ALL.format(form="", how="", arguments="speaker: Speaker")
    return head + "\n".join(f"        self.{name} = {name}Words(speaker)" for name in names)
