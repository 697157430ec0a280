"""What is told before a command: "The customer called again. Reopen #5."

Nothing is done because of it, so it is left aside only where that is harmless: it says, of somebody or something at its
start, how things are or were, up to a stop or a comma behind which a command follows. It holds no negation, condition,
exception, choice or time to come, no wish, no command, nothing in quotes, no value of a field of a ticket or person,
and no word by which it may be meant otherwise ("only", "test"). What it is about is what "it"
or "her" may mean behind it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from deskgraph.schema.english import lexicon
from deskgraph.schema.english.joints import HARD, Joints
from deskgraph.schema.english.plan import Ref

MOST = 30
LEAST = 2
STOPS = tuple(stop for stop in HARD if stop != "?")
COMMAS = (",", "-", "–", "—")
PAST = ("yesterday", "today")
FORBIDDEN = ("ANYONE", "ALL", "BOTH", "NULL", "SUPER")


@dataclass(frozen=True, slots=True)
class Told:
    """What was told: the tokens that say it, and the ticket and the person that it is about."""

    first: int
    behind: int
    things: tuple[Ref, ...] = ()
    people: tuple[Ref, ...] = ()


def told_at(words: Joints, place: int) -> tuple[Told, int] | None:
    """What is told from a token on, and where the command behind it starts; None if nothing is."""
    end = _end(words, place)
    if end - place < LEAST or not _begins(words, place, end) or not _harmless(words, place, end):
        return None
    acts = words.tokens[place + 1].word.endswith("s") and not words.means(place + 1, "NS", "CHOICE")  # "it blocks all"
    if not (acts or any(_finite(words, at) for at in range(place, end))):
        return None
    return Told(place, end, tuple(_things(words, place, end)), tuple(_people(words, place, end))), _behind(words, end)


def _end(words: Joints, place: int) -> int:
    """Where the stop or comma is behind which a command starts; the start if there is none."""
    for at in range(place + 1, min(place + MOST, words.size)):
        word = words.tokens[at].word
        stops = word in STOPS or word in COMMAS or (word == ":" and not _quotes(words, place, at))
        if stops or (word == "so" and at > place + LEAST):
            if words.commands_from(_behind(words, at)):
                return at
            if word in STOPS and words.tokens[at].kind != "stop":
                return place
        elif words.tokens[at].kind == "quoted" or word == "?":
            return place
    return place


def _behind(words: Joints, end: int) -> int:
    """Where what follows the stop starts: "so", "therefore" and "and so" belong to it."""
    at = end
    while at < words.size and words.tokens[at].word in (*STOPS, *COMMAS, ":"):
        at += 1
    joined = at
    while joined < words.size and words.tokens[joined].word in ("and", "so", "therefore", "thus", "hence"):
        joined += 1
    return joined if joined > at and words.tokens[joined - 1].word != "and" else at


def _quotes(words: Joints, place: int, colon: int) -> bool:
    """Whether a colon stands before what somebody says: "Ann wrote: close #5", "the text is: close #5"."""
    heard = any((words.tokens[at].word,) in lexicon.listed("speaking") for at in range(place, colon))
    return heard or words.tokens[colon - 1].word in ("is", "are", "was", "were", "reads")


def _begins(words: Joints, place: int, end: int) -> bool:
    """Whether it begins with somebody or something: "#5", "ticket 5", "the customer", "Ann", "she"."""
    first = words.tokens[place]
    if first.kind == "hash" or (first.word,) in lexicon.listed("tellers"):
        return True
    if words.means(place, "DET") or words.means(place, "N", "NN"):
        return end > place + 2
    called = first.text[:1].isupper() and words.tokens[place + 1].word in ("is", "are", "was", "were", "has")
    return called or first.kind == "number" or _named(words, place)


def _named(words: Joints, place: int) -> bool:
    """Whether a token is a part of a name: a word with a capital that means nothing else."""
    token = words.tokens[place]
    capital = token.kind == "word" and token.text[:1].isupper()
    return capital and not words.reserved[place] and not words.plain_sense(place)


def _finite(words: Joints, place: int) -> bool:
    """Whether a token is a verb that tells: "called", "is", or another past."""
    word = words.tokens[place].word
    return (word,) in lexicon.listed("telling") or (len(word) > 4 and word.endswith("ed"))


def _harmless(words: Joints, place: int, end: int) -> bool:
    """Whether nothing in it wants, forbids, limits or times anything."""
    for at in range(place, end):
        token = words.tokens[at]
        if words.reserved[at] and token.word not in PAST:
            return False
        if (token.word,) in lexicon.listed("untold") or token.kind in ("quoted", "time"):
            return False
        if words.means(at, *FORBIDDEN) or (at > place and words.orders(at)):
            return False
        if words.means(at, "CHOICE") and (_named(words, place) or any(_about(words, one) for one in range(place, end))):
            return False
    return True


def _about(words: Joints, place: int) -> bool:
    """Whether a token may be what a value is said of: a ticket, a field."""
    return words.tokens[place].kind in ("hash", "number", "id") or words.means(place, "NB", "NS", "FIELDO")


def _things(words: Joints, place: int, end: int) -> Iterator[Ref]:
    """The tickets in it, by their numbers, the first if it is what is told of."""
    for at in range(place, end):
        token = words.tokens[at]
        numbered = token.kind == "number" and (at == place or words.means(at - 1, "N", "NUMW"))
        if token.kind == "hash" or numbered:
            yield Ref("number", token.text, first=at, behind=at + 1)
        elif token.kind == "id":
            yield Ref("id", token.text, first=at, behind=at + 1)


def _people(words: Joints, place: int, end: int) -> Iterator[Ref]:
    """The names in it."""
    at = place
    while at < end:
        behind = at
        while behind < end and _named(words, behind):
            behind += 1
        if behind > at:
            start, stop = words.sentence.place(at, behind)
            yield Ref("name", words.sentence.text[start:stop], first=at, behind=behind)
        at = behind + 1
