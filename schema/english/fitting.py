"""What the declarations say about filling a verb: what a word looks like, and which edges a mark leads along."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from deskgraph.schema.english import lexicon
from deskgraph.schema.english.adjectives import adjectives_of
from deskgraph.schema.english.groups import choices, groups, is_text, names_of, noun_words
from deskgraph.schema.english.nodes import Refused, Text
from deskgraph.schema.english.plan import Option, Ref
from deskgraph.schema.english.tokens import tokens_of
from deskgraph.schema.english.values import noun
from deskgraph.schema.fields import Choice, Field, One
from deskgraph.schema.fields import Ref as RefInput
from deskgraph.schema.noun import noun_of
from deskgraph.schema.verb import VERBS, Verb, spoken_of

ABOUT = ("about", "regarding", "containing", "concerning", "with", "on", "titled", "called", "named", "re")


def looks(declared: Field, ref: Ref) -> bool:
    """Whether a word can only be a value of the field, by the look of it."""
    return bool(declared.looks) and ref.kind == "name" and re.fullmatch(declared.looks, ref.text) is not None


def refers(text: str) -> bool:
    """Whether a text begins with a reference: "#3", "ticket 3"."""
    first, *rest = tokens_of(text).tokens
    nouns = {one for entity in spoken_of() for one, _ in noun_words(entity)}
    numbered = bool(rest) and rest[0].kind in ("hash", "number", "id") and first.word in nouns
    return first.kind in ("hash", "id") or numbered


def swallowed(verb: type[Verb], text: Text) -> tuple[int, int] | None:
    """Where a text without quotes goes on with what looks like another input: ", contact is ...", "for Ann, ..."."""
    for pattern in _attributes(verb.key()):
        if found := pattern.search(text.text):
            before = len(tokens_of(text.text[: found.start(1)]).tokens)
            return text.first + before, text.first + before + len(tokens_of(found[1]).tokens)
    return None


@cache
def _attributes(key: str) -> list[re.Pattern[str]]:
    """What a verb's other inputs look like in the middle of a text."""
    others = [one for one in VERBS[key].inputs.values() if isinstance(one, Choice | RefInput)]
    names = "|".join(re.escape(name) for one in others for name in names_of(one))
    values = "|".join(re.escape(word) for one in others for word in choices(one))
    found = [rf"(?i)(?:[,;.(]|\band) ((?:the |its )?(?:{names})(?: is|:| =)) "] if names else []
    found += [rf"(?i)[,;.(] ((?:it is|it's|this is) (?:{values}))\b"] if values else []
    whose = "|".join(re.escape(name) for one in others if isinstance(one, RefInput) for name in names_of(one))
    if whose:
        found.append(rf"(?:^|[,;.(] )((?i:(?:the )?(?:{whose})) [A-Z][a-z]+)")
        found.append(r" ((?:for|on behalf of) [A-Z][a-z]+(?: [A-Z][a-z]+)*)(?=[,;.] )")
    nouns = "|".join(re.escape(one) for entity in spoken_of() for one in (*dict(noun_words(entity)), *entity.kinds))
    found.append(rf"(?i)\band (an? (?:{nouns})(?: for| about| with| called| named| on|:)) ")
    return [re.compile(pattern) for pattern in found]


@cache
def said_of(prefix: str) -> frozenset[str]:
    """What can be said of a noun in two words or more, "high priority", which is no text."""
    return frozenset(
        phrase for phrase, _ in adjectives_of(noun(prefix), groups()) if " " in phrase and "(" not in phrase
    )


def must_have_all(option: Option, given: dict[str, Any], first: int, behind: int) -> None:
    """Refused, if an input is missing; one text that is may yet be found before the command."""
    verb = option.verb
    missing = [name for name, one in verb.inputs.items() if verb.needs(one) and name not in given]
    if missing:
        [name, *more] = missing
        declared = verb.inputs[name]
        raise Refused(
            f"MISSING:{name}",
            first,
            behind,
            code="INVALID_INPUT",
            field=declared.graphql,
            verb=verb,
            weight=2,
            option=option if is_text(declared) and not more else None,
        )


def edges_by(prefix: str, mark: str) -> list[One]:
    """The noun's edges that the mark may lead along."""
    return [one for one in noun(prefix).ones() if mark in lexicon.marks(one.marks)]


def prefix_of_edge(one: One) -> str:
    """The prefix of the noun at the other end."""
    return noun_of(one.target).prefix
