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
BATCHED = """
class {title}Word(BatchedWord[{name}]):
    {doc}

    async def __call__(self, **given: Unpack[{title}]) -> {name}:
        \"\"\"Do it; the noun as it is then.\"\"\"
        return await self._one(given)

    async def many(self, items: Sequence[{title}], *, atomic: bool = True) -> list[{name} | DeskError]:
        {many}
        return await self._many(items, atomic=atomic)
"""
SYNC_BATCHED = """
class Sync{title}Word(SyncBatchedWord[{title}Word]):
    {doc}

    def __call__(self, **given: Unpack[{title}]) -> {name}:
        \"\"\"Do it; the noun as it is then.\"\"\"
        return self._background.run(self._word(**given))

    def many(self, items: Sequence[{title}], *, atomic: bool = True) -> list[{name} | DeskError]:
        {many}
        return self._background.run(self._word.many(items, atomic=atomic))
"""
MANY = (
    "Do it 1 to 1,000 times in one transaction: the nouns, in their order. Atomic, the first error is raised, and "
    "nothing was done; otherwise each item counts for itself, and an error is in its noun's place."
)
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
    batched = [verb for verb in verbs if verb.batched]
    parts = [batched_word(verb, sync=sync) for verb in batched]
    parts += [(SYNC_WORDS if sync else WORDS).format(**made)]
    parts += [f"        {batched_attribute(verb, sync=sync)}\n" for verb in batched] + [FINDING.format(**made)]
    parts += [verb_word(verb, sync=sync) for verb in verbs if not verb.batched]
    return "".join([*parts, *(hook(verb, sync=sync) for verb in verbs)])


def batched_word(verb: type[Verb], *, sync: bool) -> str:
    """The class of a verb that can be done many times."""
    made = {"title": title(verb), "name": verb.noun.__name__, "doc": quoted(told(verb)), "many": quoted(MANY, 8)}
    return (SYNC_BATCHED if sync else BATCHED).format(**made)


def batched_attribute(verb: type[Verb], *, sync: bool) -> str:
    """How a noun's words get it."""
    word = verb.word()
    if sync:
        return f"self.{word} = Sync{title(verb)}Word(words.{word}, background)"
    return f"self.{word} = {title(verb)}Word(speaker, {constant(verb)})"


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
