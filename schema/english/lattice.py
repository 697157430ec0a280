"""All that the words of a sentence may mean, each with its cost: a lattice of edges over the tokens.

Words that mean something are cheap where they mean it, dear as a part of a name or a text, and dearer when misspelled;
so the cheapest reading that the grammar allows is the one that leaves the least to chance. Free text without quotes
can't go over "then", ";" or the end of a sentence where a command follows: such words then have no meaning as text.
"""

from __future__ import annotations

import re
from itertools import takewhile
from typing import Any

from deskgraph.schema.english import lexicon
from deskgraph.schema.english.ages import age_at
from deskgraph.schema.english.joints import HARD, Joints
from deskgraph.schema.english.lookup import BEHIND_LEADS, MOST_MARKS, Fixes, Match, Words
from deskgraph.schema.english.naming import MOST_LISTED
from deskgraph.schema.english.nodes import Edge
from deskgraph.schema.english.telling import told_at
from deskgraph.schema.english.tokens import Sentence, Token

SETTING_OFF = (",", ";", "(", "and", "-", "–", "—")
LONGEST_NAME = 6
LONGEST_TOPIC = 4
COUNTS = {
    word: str(count)
    for count, word in enumerate(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], 1)
}
INNER = ("of", "and", "&", "de", "von", "van", "the", "for")
TEXTUAL = ("word", "number", "hash", "id", "email", "url")
RANGED = re.compile(r"(\d{1,15})[-–](\d{1,15})")
SLIP = 3.0


# The only words without a meaning of their own that a misspelled word may be: any other would be dropped unheard.
FORGIVEN = {
    "please",
    "kindly",
    "thanks",
    "thank",
    "could",
    "would",
    "hello",
    "first",
    "finally",
    "immediately",
    "then",
    "afterwards",
}
FORGIVEN |= set(lexicon.SLIPS.values())
FILLING = ("FILL", "FILLP", "LEAD", "NOISE")


class Lattice(Joints):
    """The edges of a sentence, by the token that they start with."""

    def __init__(self, sentence: Sentence, words: Words) -> None:
        super().__init__(sentence, words)
        self.shouted = sentence.text.isupper()
        self.ages = [age_at(self.tokens, place) for place in range(self.size)]
        self.edges: list[list[Edge]] = [[] for _ in range(self.size)]
        for place in range(self.size):
            self._fill(place)
        self._tell()

    def _fill(self, place: int) -> None:
        token = self.tokens[place]
        refusing = self._longest(self.words.reserved, place)[0]
        for match in self.matches[place]:
            if place + 1 < refusing and match.behind < refusing:
                continue  # "hold off" is no holding
            for sense in match.senses:
                if sense.terminal in FILLING and any(near not in FORGIVEN for _, near in match.fix):
                    continue
                if sense.terminal == "PREPC" and self._wanted_for(place):
                    continue
                if sense.terminal == "RANGE" and not self._between_numbers(place, match.behind):
                    continue
                cost = sense.cost + SLIP * match.slips + 0.01
                self._add(sense.terminal, sense.meaning, cost, place, match.behind, match.fix)
                if sense.terminal == "CHOICE" and self._set_off(place):
                    self._add("CHOICEC", sense.meaning, cost, place, match.behind, match.fix)
                if sense.terminal == "LEAD":
                    self._lead(sense.meaning, cost, place, match)
                if sense.terminal.startswith("G_") and self._gerund_goes_on(place):
                    self._add(f"V_{sense.terminal[2:]}", sense.meaning, cost, place, match.behind, match.fix)
        if token.word in COUNTS:
            self._add("NUM", COUNTS[token.word], 0.3, place, place + 1)
        if token.kind == "ordinal":
            self._add("NUMW", None, 0.0, place, place + 1)
        plain = {"id": "ID", "hash": "HASH", "number": "NUM", "email": "EMAIL", "quoted": "QUOTED", "url": "QUOTED"}
        if token.kind in plain:
            self._add(plain[token.kind], token.text, 0.0, place, place + 1)
        if token.kind == "quoted" and place and self.tokens[place - 1].word in ("to", "as", "=", ":"):
            self._quoted_state(place)
        if ranged := RANGED.fullmatch(token.text):
            self._add("RANGED", ranged.groups(), 0.0, place, place + 1)
        self._juxtaposed(place)
        self._topic_words(place)
        if self._wish_goes_on(place):
            self._add("WANT", "want", 0.2, place, place + 1)
        if token.kind == "email" or token.word in ("(", "<", ","):
            self._paired_address(place)
        conditions, behind = self.ages[place]
        if conditions:
            self._add("AGE", conditions, 0.1, place, behind)
        self._names(place)
        self._texts(place)
        self._joints(place)

    def _set_off(self, place: int) -> bool:
        """Whether a value is set off from the text before it: "..., urgent", "... - high", "... It is urgent"."""
        described = (edge for edges in self.edges[:place] for edge in edges if edge.terminal == "DESCRIBING")
        marked = place > 0 and self.tokens[place - 1].word in SETTING_OFF
        return marked or any(edge.behind == place for edge in described)

    def _quoted_state(self, place: int) -> None:
        """A state in quotes, which a ticket may be set to: the status to "on hold"."""
        words = lexicon.spelled(self.tokens[place].text)
        for sense in self.words.vocabulary.phrases.get(words[0], {}).get(words, ()) if words else ():
            if sense.terminal.startswith("P_"):
                self._add(sense.terminal, sense.meaning, sense.cost + 0.5, place, place + 1)

    def _wanted_for(self, place: int) -> bool:
        """Whether a "for" belongs to the word before it: "waiting for Ann"."""
        before = self.tokens[place - 1].word if place else ""
        return self.tokens[place].word == "for" and (before,) in lexicon.listed("wanting for")

    def _lead(self, meaning: str, cost: float, place: int, match: Match) -> None:
        """Politeness with the marks behind it: "Hi team,", "Please:"."""
        for behind in range(match.behind + 1, min(match.behind + MOST_MARKS, self.size) + 1):
            if self.tokens[behind - 1].word not in BEHIND_LEADS:
                return
            self._add("LEAD", meaning, cost, place, behind, match.fix)

    def _tell(self) -> None:
        """What is told before the first command, perhaps in several sentences."""
        places = [0]
        while (behind := self.words.longest_lead(self.sentence, places[-1])) > places[-1]:
            places.append(behind)
        for place in (at for at in places if at < self.size):
            while found := told_at(self, place):
                told, place = found
                self._add("TOLD", told, 4.0, told.first, place)

    def _between_numbers(self, first: int, behind: int) -> bool:
        """Whether there is a number before and behind these tokens."""
        around = [self.tokens[place].kind for place in (first - 1, behind) if 0 <= place < self.size]
        return len(around) == 2 and all(kind in ("hash", "number") for kind in around)

    def _topic_words(self, place: int) -> None:
        """What a ticket is about, in a few small words that mean nothing else: "about the invoice"."""
        nearby = range(max(place - 4, 0), place)
        nouns = any(self.means(at, "NB", "NS") for at in nearby)
        if self.tokens[place].word not in ("about", "regarding", "concerning") or not nouns:
            return
        start = place + 1 + self.means(place + 1, "DET", "DETI", "HIS", "MY")
        behind = start
        while behind < min(start + LONGEST_TOPIC, self.size) and self._is_topic(behind, behind > start):
            behind += 1
        if behind > start:
            self._add("TOPICW", " ".join(token.text for token in self.tokens[start:behind]), 0.5, place, behind)

    def _is_topic(self, place: int, further: bool) -> bool:
        """Whether a token may be of what a ticket is about: a small word unknown here, or further a noun."""
        small = self.tokens[place].kind == "word" and self.tokens[place].text.islower() and not self.reserved[place]
        return small and (self._unknown(place) or (further and self.means(place, "NB")))

    def _juxtaposed(self, place: int) -> None:
        """Several numbers with nothing between them."""
        kind = self.tokens[place].kind
        if kind not in ("hash", "number") or (place and self.tokens[place - 1].kind == kind):
            return
        rest = self.tokens[place : place + MOST_LISTED]
        found = tuple(token.text for token in takewhile(lambda token: token.kind == kind, rest))
        clear = kind == "hash" or all(re.fullmatch(r"[1-9]\d\d+", text) for text in found)
        if len(found) > 1 and clear and not self.means(place - 1, "FIELD"):
            self._add("LISTED", found, 0.3, place, place + len(found))

    def _slips(self, first: int, behind: int) -> Fixes:
        """The short words among the tokens that are slips of others."""
        spelled = ((place, self.tokens[place].word) for place in range(first, behind))
        return tuple((place, lexicon.SLIPS[word]) for place, word in spelled if word in lexicon.SLIPS)

    def _add(self, terminal: str, meaning: Any, cost: float, first: int, behind: int, fix: Fixes = ()) -> None:
        """One more edge; of several that mean the same, the cheapest stays."""
        edges = self.edges[first]
        for place, one in enumerate(edges):
            if (one.terminal, one.behind, one.fix) == (terminal, behind, fix) and one.meaning == meaning:
                edges[place] = min(one, Edge(terminal, meaning, cost, first, behind, fix), key=lambda edge: edge.cost)
                return
        edges.append(Edge(terminal, meaning, cost, first, behind, fix))

    def _paired_address(self, place: int) -> None:
        """An address behind a name, which it makes certain: `Ann Archer (ann@acme.com)`."""
        if self.tokens[place].kind == "email":
            self._add("EMAILP", self.tokens[place].text, 0.1, place, place + 1)
            return
        around = [token.word for token in self.tokens[place : place + 3]]
        if len(around) == 3 and self.tokens[place + 1].kind == "email" and around[2] in (")", ">", ","):
            price = 0.5 if around[0] == "," else 0.1
            self._add("EMAILP", self.tokens[place + 1].text, price, place, place + 3)

    def _names(self, place: int) -> None:
        """Names: words that mean nothing, and at a price such as do, the cheaper with a capital."""
        cost, capitals = 0.4, True
        for at in range(place, min(place + LONGEST_NAME, self.size)):
            price = self._name_price(at, first=at == place)
            if price is None:
                return
            cost += price
            capitals = capitals and (self.tokens[at].text[:1].isupper() or (at > place and price < 2))
            inside = at + 1 < self.size and self._unknown(at + 1) and not self.ages[at + 1][0]
            if not inside and (price < 2 or at == place) and token_ends_name(self.tokens[at], at == place):
                self._add("NAME", None, cost, place, at + 1)
                if capitals and self.tokens[at].text[:1].isupper():
                    self._add("NAMEC", None, cost - 0.4, place, at + 1)

    def _name_price(self, place: int, *, first: bool) -> float | None:
        """What it costs to take a token for a part of a name; None if it can't be one."""
        token = self.tokens[place]
        if token.kind == "number":
            paired = place + 1 < self.size and self.tokens[place + 1].kind == "number"
            return 0.8 if paired or not first else None
        if token.kind not in ("word", "stop", "mark") or (self.reserved[place] and not token.text[:1].isupper()):
            return None
        if self.reserved[place]:
            return None if first or self.reserved[place] != "exception" else 3.0
        if token.kind == "stop":
            return (
                0.3
                if not first
                and token.text == "."
                and len(self.tokens[place - 1].text) <= 3
                and self.tokens[place - 1].text[:1].isupper()
                else None
            )
        if first and (token.word in ("and", "or", "&") or self._is_gerund(place)):
            return None
        if token.kind == "mark" or (
            first and (token.word,) in (*lexicon.listed("questions"), *lexicon.listed("no names"))
        ):
            return None
        if token.word in lexicon.SLIPS and token.text.islower():
            return 3.0
        if self._unknown(place) or not any(not match.slips for match in self.matches[place]):
            return self._unknown_price(place, first=first)
        shouted = token.text.isupper() and (first or self.shouted)
        if token.text[:1].isupper() and not (shouted and self.means(place, "PREP", "EQ", "DET", "DETI")):
            return 0.0 if self._is_surname(place) else 0.8
        if first and self.means(
            place, "PREP", "PRON", "DET", "DETI", "ME", "HIS", "MY", "ALL", "EQ", "BE", "TOBE", "BB", "NP"
        ):
            return None
        if not first and token.word in INNER and place + 1 < self.size:
            return 1.2 if self.tokens[place + 1].text[:1].isupper() else None
        return None if self.means(place, "PREP", "EQ") else 2.5

    def _is_surname(self, place: int) -> bool:
        """Whether a word for a value stands as one: "Max Away", "Nora Support"."""
        before = self.tokens[place - 1]
        known = self.shouted or not self._unknown(place - 1) or not self.means(place, "CHOICE")
        return bool(place) and before.text[:1].isupper() and not known

    def _unknown_price(self, place: int, *, first: bool) -> float:
        """What a word that means nothing by itself costs as a part of a name: little with a capital."""
        token = self.tokens[place]
        if token.text[:1].isupper():
            return 0.0
        if token.word in self.words.vocabulary.words:
            return 2.5
        slips = (sense.terminal for match in self.matches[place] for sense in match.senses)
        verb = first and any(terminal.startswith("V_") for terminal in slips)  # "clsoe" is hardly anybody's name
        if verb or (not first and (self.matches[place] or self.tokens[place - 1].text[:1].isupper())):
            return 3.5
        return 0.6

    def _texts(self, place: int) -> None:
        """Free text: a run of words that mean nothing is one edge, any other token one of its own."""
        token = self.tokens[place]
        behind = place + 1
        if self._unknown(place):
            while behind < self.size and self._unknown(behind):
                behind += 1
        price = self._text_price(place)
        if price is None:
            return
        self._add("TEXTQ" if token.kind == "quoted" else "TEXT", None, price, place, behind)
        negation = self.reserved[place] == "negation" and not self._negates(place)
        if token.kind not in TEXTUAL or (self.reserved[place] and not negation):
            return
        if token.kind not in ("hash", "id") and not self._no_text_after_comma(place):
            self._add("CTEXT", None, price + 0.3, place, behind)
        if self.reserved[place]:
            return
        several = behind > place + 1 or (behind < self.size and self.tokens[behind].kind in TEXTUAL)
        if (
            several
            and token.kind == "word"
            and self._joint(place)[0] == place
            and not self.means(place, "PREP", "EQ", "FILL", "LEAD", "NUMW")
        ):
            self._add("BARE", None, price + 6, place, behind)

    def _is_gerund(self, place: int) -> bool:
        """Whether a token, in small letters, is a form of a verb of the desk: "closing"."""
        senses = (sense for match in self.matches[place] if not match.slips for sense in match.senses)
        return self.tokens[place].text.islower() and any(sense.terminal.startswith("G_") for sense in senses)

    def _starts_command(self, place: int) -> bool:
        """Whether a command may start at a token; "a new" does so only before what there can be a new one of."""
        behind = self._longest(self.words.commands, place)[0]
        return behind > place and (not self.means(place, "DETI") or self.means(behind, "N"))

    def _no_text_after_comma(self, place: int) -> bool:
        """Whether a command starts at a token, perhaps behind politeness, or what is said of both things before."""
        if (lacking := self._lacking(place)) > place:
            return self._about_things(lacking)
        politely = self.words.longest_lead(self.sentence, place) > place and self.commands_from(place)
        return politely or self._starts_command(place) or self.means(place, "BOTH")

    def _lacking(self, place: int) -> int:
        """Where what somebody needs starts: "we need the logs"; the token itself if nobody is said to need anything."""
        needs = place + 1 < self.size and self.tokens[place].word in ("i", "we")
        return place + 2 if needs and self.tokens[place + 1].word in ("need", "want") else place

    def _about_things(self, place: int) -> bool:
        """Whether something of the desk, somebody or a verb starts there: "#4 closed", "the ticket", "to close"."""
        if place >= self.size:
            return False
        at = place + self.means(place, "DET", "DETI", "ALL", "BOTH")
        if at >= self.size or self.tokens[at].kind != "word" or self.tokens[at].text[:1].isupper():
            return True
        known = ("PRON", "ME", "MY", "HIS", "N", "NB", "NS", "FIELDO", "CHOICE", "ADJ", "SUPER", "BOTH", "ALL")
        verb = self._longest(self.words.commands, at)[0] > at and self.tokens[place].word in ("you", "to")
        return verb or self.tokens[place].word in ("you", "to", "that") or self.means(at, *known, slips=True)

    def _text_price(self, place: int) -> float | None:
        token = self.tokens[place]
        if token.word in HARD or (
            token.word and self._longest(self.words.then, place)[0] > place and token.word == "then"
        ):
            return None if self._command_follows(place) else 1.0
        if token.word in (",", "and"):
            return None if self._certain_command(self._joint(place)[0]) else 0.5
        if token.word in ("=", ":="):
            return 1.0
        return 1.5 if token.kind == "quoted" else 0.2

    def _joints(self, place: int) -> None:
        """What joins steps, the things of a list, verbs; and the end of the sentence."""
        if place == 0 and (behind := self._bullet(0, 0)) > 0:
            self._add("LEAD", "lead", 0.0, 0, behind)
        if self.endings[place]:
            asked = place <= self.last_question
            fix = tuple(one for one in self.polite_slips if one[0] >= place)
            self._add("END", "?" if asked else ".", SLIP * len(fix), place, self.size, fix)
        for phrase, _, near in self.variants[place]:
            if near and len(phrase) == 1 and self._is_then(near):
                for terminal, price in (("SEP", SLIP), ("GAP", SLIP + 1.5)):
                    self._add(terminal, ".", price, place, place + 1, ((place, near),))
        if self.tokens[place].word == "or":
            self._add("LISTA", None, 0.1, place, place + 1)
            self._add("LISTQ", None, 0.1, place, place + 1)
        behind, cost = self._joint(place)
        if self._bullet(place, place) > place:
            self._add("LEAD", "lead", 0.0, place, self._bullet(place, place))
        if behind == place:
            return
        if self.tokens[place].word in HARD and not self._command_follows(place):
            self._add("COMMAT", ":", 2.0, place, behind)
            self._add("NOISE", "noise", 0.8, place, place + 1)
        asked = any(token.word == "?" for token in self.tokens[place:behind])
        self._add("SEP", "?" if asked else "," if cost else ".", cost, place, behind, self._slips(place, behind))
        self._add("GAP", ".", cost + 1.5, place, behind, self._slips(place, behind))
        words = tuple(token.word for token in self.tokens[place:behind])
        if words in LISTS:
            for terminal, price in (("LIST", 0.1), ("LISTA", 0.1), ("LISTQ", 0.1), ("ANDV", 0.3)):
                self._add(terminal, None, price, place, behind, self._slips(place, behind))
        elif words[:1] in LISTS:
            self._add("LIST", None, 0.1, place, place + 1)
        if words in LISTS or "then" in words:
            self._add("ANDP", None, 0.3, place, behind)
            self._add("ANDV", None, 0.4, place, behind)


def token_ends_name(token: Token, alone: bool) -> bool:
    """Whether a name may end with that token."""
    return alone or token.word not in INNER


LISTS = {
    (",",),
    ("and",),
    (",", "and"),
    ("&",),
    ("as", "well", "as"),
    ("plus",),
    (",", "&"),
    ("and", "also"),
    ("along", "with"),
    ("together", "with"),
}
