"""Which steps make a sentence together: what lacks nothing, stands alone, or may follow what was said before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from deskgraph.schema.english.groups import Group
from deskgraph.schema.english.plan import Ref, Step
from deskgraph.schema.english.statements import claimable, reportable, says_how


def stands_alone(step: Step) -> bool:
    """Whether a step that is said in short may be meant by itself."""
    return all(says_how(option) and claimable(Group("", (option.verb,))) for option in step.options)


def follows(before: Sequence[Step], step: Step) -> bool:
    """Whether a step may stand behind the others: a statement only behind others, what is short behind a wish, too.

    Behind a statement, a step that does the same, or behind one of somebody, is hardly meant besides.
    """
    last = before[-1]
    both = any(ref.kind == "pronoun" and ref.count == "both" for one in step.options for ref in one.subject)
    if both and not any(len(one.subject) == 2 or (one.subject[:1] and one.subject[0].many) for one in last.options):
        return False
    if step.mood == "elliptic" and last.mood in ("wished", "elliptic"):
        return True
    if step.mood in ("stated", "elliptic"):
        return all(one.mood in ("stated", "elliptic") for one in before)
    verbs = {option.verb for option in last.options}
    same = any(option.verb in verbs for option in step.options)
    clear = all(verb.partial or reportable(Group("", (verb,))) for verb in verbs)
    return last.mood != "stated" or (clear and not same and all("number" in verb.noun.fields for verb in verbs))


def handed_on(taken: Step, given: Step) -> Step | None:
    """What is taken only to be given to somebody, as one step: "take #3 and assign it to Sam"; None if it is not so."""
    [one, *others] = taken.options
    mine = len(one.given) == 1 and all(isinstance(value, Ref) and value.kind == "me" for value in one.given.values())
    again = all(option.verb is one.verb and option.given.keys() == one.given.keys() for option in given.options)
    same = all(ref.kind == "pronoun" for option in given.options for ref in option.subject)
    if others or not (mine and again and same and given.options):
        return None
    options = tuple(replace(option, subject=one.subject) for option in given.options)
    return replace(given, options=options, first=taken.first)


def terse(steps: Sequence[Step]) -> list[Step]:
    """The steps, marked as mere statements."""
    return [replace(step, terse=True) for step in steps]


def whole(steps: Sequence[Step]) -> list[Step]:
    """The steps; Refused if one of them lacks what its verb needs."""
    for step in steps:
        if step.lacks:
            raise step.lacks
    return list(steps)
