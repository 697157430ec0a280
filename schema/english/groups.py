"""What the declarations say about sentences: verbs of one name together, and what each of their inputs is called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from deskgraph.schema.english import lexicon
from deskgraph.schema.fields import Choice, Field, Json, Moment, Ref, Text
from deskgraph.schema.noun import Entity, Noun
from deskgraph.schema.verb import VERBS, Input, Verb, spoken, spoken_of
from deskgraph.schema.words import forms

TEXT_MARKS = ("with", "saying", "stating", "noting", ":")
REF_MARKS = ("to", "with", "for", "into", "onto", "by", "from", "at", "on", "in", "about")


@dataclass(frozen=True)
class Group:
    """The verbs that one word names: `update` of every noun, or `create` of one, whose noun follows the word."""

    name: str
    verbs: tuple[type[Verb], ...]
    noun: type[Entity] | None = None

    @property
    def key(self) -> str:
        """What the group is called in the grammar."""
        return f"{self.name}_{self.noun.prefix}".upper() if self.noun else self.name.upper()

    @property
    def partial(self) -> bool:
        """Whether its inputs are fields that are set one by one, each by its name."""
        return any(verb.partial for verb in self.verbs)

    def inputs(self) -> dict[str, list[Input]]:
        """The inputs of all its verbs, by name."""
        found: dict[str, list[Input]] = {}
        for verb in self.verbs:
            for name, declared in verb.inputs.items():
                found.setdefault(name, []).append(declared)
        return found


def groups() -> list[Group]:
    """Every group: the creating verbs by their noun, the others by their name alone."""
    named: dict[str, list[type[Verb]]] = {}
    made: list[Group] = []
    for verb in spoken().values():
        if verb.creates:
            made.append(Group(verb.name, (verb,), verb.noun))
        else:
            named.setdefault(verb.name, []).append(verb)
    return [*made, *(Group(name, tuple(verbs)) for name, verbs in named.items())]


def bases(group: Group) -> list[str]:
    """The words that tell the group to be done, in their base form."""
    return _distinct(word for verb in group.verbs for word in [verb.name, *_parts(verb.says)])


def pasts(group: Group) -> list[str]:
    """The words that say that it was done: "resolved", "solved", "fixed", "done"."""
    made = [forms(word)[1] for word in bases(group)] + [verb.past for verb in group.verbs]
    states = [word for verb in group.verbs for word in _parts(verb.states)]
    reached = [str(verb.to).lower().replace("_", " ") for verb in group.verbs if verb.to is not None]
    return _distinct([*made, *states, *([] if group.noun else reached)])


def gerunds(group: Group) -> list[str]:
    """The words that name the doing: "resolving"."""
    return _distinct([*(forms(word)[0] for word in bases(group)), *(verb.participle for verb in group.verbs)])


def names_of(declared: Field) -> list[str]:
    """What a field is called in sentences."""
    return _distinct([declared.name.replace("_", " "), *declared.aliases])


def marks_of(verb: type[Verb], name: str) -> tuple[str, ...]:
    """The words that may introduce an input's value without its name; by default what fits its kind."""
    declared = verb.inputs[name]
    if verb.partial:
        return ()
    if declared.marks or declared.aliases:
        return lexicon.marks(declared.marks)
    if isinstance(declared, Ref):
        return REF_MARKS
    return TEXT_MARKS if is_text(declared) and name == main_text(verb) else ()


def main_text(verb: type[Verb]) -> str | None:
    """The input that a text with no name of its own is: the one that ":" introduces, or else the first text."""
    texts = [name for name, declared in verb.inputs.items() if is_text(declared)]
    marked = [name for name in texts if ":" in lexicon.marks(verb.inputs[name].marks)]
    return next(iter(marked or ([] if verb.partial else texts)), None)


def title_of(noun: type[Noun]) -> str | None:
    """The text by which people know one of the noun: its name, or a ticket's subject."""
    return next((name for name in ("name", "subject", "title") if isinstance(noun.fields.get(name), Text)), None)


def is_text(declared: Field | None) -> bool:
    """Whether the values are free text."""
    return isinstance(declared, Text)


def is_literal(declared: Field) -> bool:
    """Whether the values are written as text that has to be read: JSON, moments."""
    return isinstance(declared, Json | Moment)


def choices(declared: Field) -> dict[str, str]:
    """The words for the values of a choice: "least busy" for LEAST_BUSY, and what else is declared."""
    if not isinstance(declared, Choice):
        return {}
    return {word.lower().replace("_", " "): word for word in declared.words.__members__} | declared.words_for


def extremes(declared: Field) -> dict[str, str]:
    """The words for the first and the last value of a choice that is ranked: "the highest priority"."""
    if not (isinstance(declared, Choice) and declared.ranked):
        return {}
    first, *_, last = declared.words.__members__
    names = names_of(declared)
    return {f"{word} {name}": value for word, value in (("highest", last), ("lowest", first)) for name in names}


def set_by_verbs(noun: type[Noun]) -> dict[str, type[Verb]]:
    """The edges that a verb other than create and update sets, by the input's name: `agent` by assign."""
    edges = {one.given_as for one in noun.ones()}
    verbs = [verb for verb in VERBS.values() if verb.noun is noun and not verb.creates and not verb.partial]
    return {name: verb for verb in verbs for name in verb.inputs if name in edges}


def noun_words(noun: type[Entity]) -> list[tuple[str, str]]:
    """What one and several of the noun are called: ("ticket", "tickets")."""
    name = noun.__name__.lower()
    return [(name, noun.plural), *(plural_of(word) for word in _parts(noun.says))]


def plural_of(word: str) -> tuple[str, str]:
    """A word and its plural, which may be given: "person=people"."""
    one, _, several = word.partition("=")
    if several:
        return one, several
    if one.endswith("y") and one[-2:-1] not in "aeiou":
        return one, f"{one[:-1]}ies"
    return one, f"{one}es" if one.endswith(("s", "x", "ch", "sh")) else f"{one}s"


def named_nouns() -> list[type[Entity]]:
    """The nouns that have names, by which they may be called without quotes."""
    return [noun for noun in spoken_of() if title_of(noun) == "name"]


def _parts(text: str) -> list[str]:
    """The phrases of a declaration; their spelling is kept, for verbs are conjugated."""
    return [" ".join(words) for words in lexicon.phrases(text)] if text else []


def _distinct(words: Iterator[str] | list[str]) -> list[str]:
    return list(dict.fromkeys(words))
