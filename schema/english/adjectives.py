"""What may be said of one of a noun: its choices' words, the states that verbs lead to, and lacking an edge."""

from __future__ import annotations

from collections.abc import Sequence

from deskgraph.schema.english.groups import Group, choices, names_of, pasts, set_by_verbs
from deskgraph.schema.noun import Noun

Wanted = tuple[str, tuple[str, ...]]
WITHOUT = (
    "without {0}",
    "without (a|an|any) {0}",
    "with no {0}",
    "having no {0}",
    "that have no {0}",
    "that has no {0}",
    "which have no {0}",
)
UNDONE = ("un{0}", "not {0}", "not yet {0}", "{0} to nobody", "{0} to no one")


def adjectives_of(noun: type[Noun], groups: Sequence[Group]) -> list[tuple[str, Wanted]]:
    """Phrases and what they ask of a noun: a field and the values that it may have; none means that it has none."""
    return [*_chosen(noun), *_reached(noun, groups), *_lacking(noun)]


def _chosen(noun: type[Noun]) -> list[tuple[str, Wanted]]:
    """The words of choices: "urgent", "high priority", "priority high"."""
    found: list[tuple[str, Wanted]] = []
    for name, declared in noun.fields.items():
        for phrase, word in choices(declared).items():
            wanted = (name, tuple(word.split(",")))
            found.append((phrase, wanted))
            found += [
                (way, wanted) for called in names_of(declared) for way in (f"{phrase} {called}", f"{called} {phrase}")
            ]
    return found


def _reached(noun: type[Noun], groups: Sequence[Group]) -> list[tuple[str, Wanted]]:
    """The states that verbs lead to: "solved", "on hold"."""
    verbs = [(group, verb) for group in groups for verb in group.verbs if verb.noun is noun and not verb.creates]
    return [
        (word, ("status", (str(verb.to),))) for group, verb in verbs if verb.to is not None for word in pasts(group)
    ]


def _lacking(noun: type[Noun]) -> list[tuple[str, Wanted]]:
    """Having nothing at the end of an edge: "without a contact", "unassigned"."""
    own = [one for one in noun.ones() if not one.follows]
    found: list[tuple[str, Wanted]] = [
        (way.format(called), (one.name, ())) for one in own for called in names_of(one) for way in WITHOUT
    ]
    for given, verb in set_by_verbs(noun).items():
        edge = next(one for one in noun.ones() if one.given_as == given)
        found += [(way.format(verb.past), (edge.name, ())) for way in UNDONE]
    return found
