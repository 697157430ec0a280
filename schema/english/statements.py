"""Statements that are commands: what is said to be so is to be so.

"Sam is offline now", "the contact of #3 is Ann", "#3 is solved: new cable". A verb is stated only where saying it twice
can do no harm: its text is given, and what it leads to is no state that it starts from.
"""

from __future__ import annotations

from deskgraph.schema.english.groups import Group, main_text
from deskgraph.schema.english.nodes import Item, Text
from deskgraph.schema.english.plan import Option

BY = ("by", "after", "through", "via")
ARTICLES = ("a", "an", "the", "our")


def said_rules(key: str, subjects: list[str]) -> list[str]:
    """How the group that sets fields is stated; `subjects` name a field of something."""
    found = [f"np STATES {det}CHOICE -> says_{key}" for det in ("", "DET ", "DETI ")]
    found += [f"np STATES {det}FIELDO {value} -> field_says_{key}" for det in ("", "DETI ") for value in VALUES]
    found += [f"{subject} STATES {value} -> field_says_{key}" for subject in subjects for value in ("refs", "CHOICE")]
    found += [f"np HASNEW FIELDO {value} -> field_says_{key}" for value in (*VALUES, "BE refs")]
    return found + [f"np STATES {det}FIELDO PREPM np -> says_what" for det in ("", "DET ")]


def claim_rules(group: Group) -> list[str]:
    """How another group is stated: "#3 is solved", "#3 solved", "solved #3", "we have solved #3"."""
    if group.partial or group.noun:
        return []
    key, name = group.key, group.key.lower()
    ways = [f"np STATES P_{key}"] if claimable(group) else []
    ways += [f"np HASBEEN P_{key}", f"DID_{key}", f"HAVE DID_{key}"] if reportable(group) else []
    return [*(f"{way} -> claim_{name}" for way in ways), f"refs P_{key} -> short_{name}"]


def claimable(group: Group) -> bool:
    """Whether each of its verbs has a text, and leads to where it can't be done again."""
    return not (group.partial or group.noun) and all(
        main_text(verb) and verb.to is not None and verb.from_ is not None and verb.to not in verb.from_
        for verb in group.verbs
    )


def reportable(group: Group) -> bool:
    """Whether saying that it was done can only mean that it is to be recorded, for it needs that text."""
    return claimable(group) and all(verb.needs(verb.inputs[main_text(verb) or ""]) for verb in group.verbs)


def says_how(option: Option) -> bool:
    """Whether a statement says enough to be a command: what it is done to, and the text."""
    return not option.implied and main_text(option.verb) in option.given


def tells_how(item: Item, *, surely: bool) -> bool:
    """Whether what follows a verb is how it was done, rather than who did it: "by rebooting", not "by Tess".

    `surely`: it is, unless it has a capital.
    """
    text = item.values[0] if item.values else None
    if item.kind != "marked" or item.mark not in BY or not isinstance(text, Text) or text.quoted:
        return True
    first = text.text.split()[0].lower()
    if surely:
        return item.mark != "by" or not text.text[:1].isupper()
    return first.endswith("ing") or first in ARTICLES


VALUES = ("refs", "EQ refs", "EQ CHOICE")
