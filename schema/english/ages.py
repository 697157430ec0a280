"""Ages and dates in descriptions: "older than 30 days", "created before 2026-11-01".

Only what is exact is understood: days, weeks, hours and minutes from now on back, and days of the calendar with their
year, in UTC. Months and "last week" are neither.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache

from deskgraph.schema.english import lexicon
from deskgraph.schema.english.plan import Condition
from deskgraph.schema.english.tokens import Token

MOST_WORDS = 14
AGO = " ago"
COUNTS = ("a|an|one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
LAST = re.compile(r"(minute|hour|day|week)s?$|[12]\d{3}|ago$|old$|on$|onwards$")
MONTHLY = re.compile(r"\b(month|quarter|year)(?=s?\b)")
UNITS = ("minute", "hour", "day", "week")


def age_at(tokens: Sequence[Token], place: int) -> tuple[tuple[Condition, ...], int]:
    """The conditions that an age starting at a token makes, and where it ends; none if there is no age."""
    words = [token.word for token in tokens[place : place + MOST_WORDS]]
    for behind in (at for at in range(len(words), 1, -1) if LAST.match(words[at - 1])):
        said = " ".join(words[:behind])
        for pattern, field, relation in _patterns():
            if match := pattern.fullmatch(said):
                return _conditions(field, relation, match), place + behind
    return (), place


def inexact_at(tokens: Sequence[Token], place: int) -> int:
    """Where an age in months or years ends that starts at a token; the token if there is none. It is not exact."""
    words = [token.word for token in tokens[place : place + MOST_WORDS]]
    for behind in range(len(words), 2, -1):
        said = MONTHLY.sub("day", " ".join(words[:behind]))
        if said != " ".join(words[:behind]) and any(pattern.fullmatch(said) for pattern, _, _ in _patterns()):
            return place + behind
    return place


def moment(value: str) -> datetime:
    """The moment that a condition's value means now: "30 days ago", "2026-11-01"."""
    if value.endswith(AGO):
        count, unit = value.removesuffix(AGO).split()
        return datetime.now(UTC) - timedelta(**{unit if unit.endswith("s") else f"{unit}s": int(count)})
    return datetime.combine(date.fromisoformat(value), datetime.min.time(), UTC)


@cache
def _patterns() -> list[tuple[re.Pattern[str], str, str]]:
    """What ages look like, with the field that they are about, and how it stands to the moment."""
    span = r"(?P<count>\d{1,4}|" + "|".join(COUNTS) + r") (?P<unit>" + "|".join(UNITS) + r")s?"
    day = r"(?P<day>[12]\d{3}-\d\d-\d\d|\S+(?: of)? \S+(?: ,)? [12]\d{3})"
    found: list[tuple[re.Pattern[str], str, str]] = []
    for name in ("created", "updated"):
        done = rf"(?:(?:that|which) )?(?:(?:are|is|were|was|have been|has been) )?(?:{_either(name)}) "
        ways = [(f"{done}{rest}", relation) for rest, relation in _relations(span, day)]
        ways += [(way, relation) for way, relation in _alone(name, span, day)]
        found += [(re.compile(way), f"{name}_at", relation) for way, relation in ways]
    return found


def _either(name: str) -> str:
    return "|".join(re.escape(" ".join(words)) for words in lexicon.listed(name))


def _relations(span: str, day: str) -> list[tuple[str, str]]:
    """What may follow "created", and which relation that is."""
    return [
        (rf"(?:more than|over|earlier than|longer than) {span} ago", "<"),
        (rf"(?:less than) {span} ago", ">"),
        (rf"(?:in|within|during|over) the (?:last|past) {span}", ">"),
        (rf"(?:before|earlier than|prior to) {day}", "before"),
        (rf"(?:after|later than) {day}", "after"),
        (rf"(?:since|from) {day}(?: on| onwards)?", "since"),
        (rf"on {day}", "on"),
    ]


def _alone(name: str, span: str, day: str) -> list[tuple[str, str]]:
    """What says by itself how old something is, or how long nothing was done to it."""
    be = r"(?:(?:that|which) )?(?:(?:are|is) )?"
    if name == "created":
        return [
            (rf"{be}older than {span}", "<"),
            (rf"{be}(?:more than|over) {span} old", "<"),
            (rf"{be}(?:newer|younger) than {span}", ">"),
            (rf"{be}less than {span} old", ">"),
            (rf"from the (?:last|past) {span}", ">"),
            (rf"{be}older than {day}", "before"),
            (rf"from before {day}", "before"),
        ]
    return [(rf"{be}(?:{_either('not updated')}) (?:for|in)(?: (?:more than|over|the last|the past))? {span}", "<")]


def _conditions(field: str, relation: str, match: re.Match[str]) -> tuple[Condition, ...]:
    """The conditions of an age; none if there is no such day."""
    if relation in ("<", ">"):
        count = next(
            (str(at) for at, word in enumerate(COUNTS, 1) if match["count"] in word.split("|")), match["count"]
        )
        value = f"{int(count)} {match['unit']}{'' if int(count) == 1 else 's'}{AGO}"
        return (Condition(field, (value,), relation=relation),)
    day = _day(match["day"])
    if day is None:
        return ()
    start, end = day.isoformat(), (day + timedelta(days=1)).isoformat()
    before, since = Condition(field, (start,), relation="<"), Condition(field, (start,), relation=">=")
    after = Condition(field, (end,), relation=">=")
    whole = (since, Condition(field, (end,), relation="<"))
    return {"before": (before,), "since": (since,), "after": (after,), "on": whole}[relation]


def _day(said: str) -> date | None:
    """A day as it is written: 2026-11-01, 1 November 2026, Nov 1st, 2026; none if that is no day."""
    words = [word for word in said.split() if word not in ("of", ",")]
    try:
        if len(words) == 1:
            return date.fromisoformat(words[0])
        month = next(word for word in words[:2] if word.isalpha())
        number = next(word for word in words[:2] if word is not month)
        at = next(at for at, name in enumerate(MONTHS, 1) if len(month) >= 3 and name.startswith(month))
        return date(int(words[-1]), at, int(re.sub(r"(st|nd|rd|th)$", "", number)))
    except (ValueError, StopIteration):
        return None
