"""All that the words of a sentence may mean, each with its cost: a lattice of edges over the tokens.

Words that mean something are cheap where they mean it, dear as a part of a name or a text, and dearer when misspelled;
so the cheapest reading that the grammar allows is the one that leaves the least to chance. Free text without quotes
can't go over "then", ";" or the end of a sentence where a command follows: such words then have no meaning as text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from deskgraph.schema.english import lexicon
from deskgraph.schema.english.nodes import Edge
from deskgraph.schema.english.spelling import Spelling
from deskgraph.schema.english.tokens import Sentence, Token
from deskgraph.schema.english.vocabulary import RESERVED, Phrase, Sense, Vocabulary

HARD = (";", ".", "!", "?", "\n")
SOFT = (",",)
LONGEST_NAME = 6
COUNTS = {word: str(count) for count, word in enumerate("one two three four five six seven eight nine ten".split(), 1)}
LONGEST_JOINT = 12
INNER = ("of", "and", "&", "de", "von", "van", "the", "for")
TEXTUAL = ("word", "number", "hash", "id", "email")
SLIP = 3.0
MOST_SLIPS = 100


Fixes = tuple[tuple[int, str], ...]

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


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase found at a token: what it may mean, and where it ends."""

    senses: list[Sense]
    behind: int
    slips: int
    fix: Fixes


class Words:
    """A vocabulary made ready for looking up phrases."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        lists = ("foreign", "searches", "questions", *RESERVED)
        known = {word for name in lists for phrase in lexicon.listed(name) for word in phrase}
        self.spelling = Spelling(vocabulary.words, known)
        self.trie: dict[Any, Any] = {}
        for phrases in vocabulary.phrases.values():
            for phrase, senses in phrases.items():
                self._add(self.trie, phrase)["senses"] = senses
        self.reserved = self._trie(vocabulary.reserved)
        self.commands = self._trie({phrase: "command" for phrase in vocabulary.commands})
        self.leads = self._trie(dict.fromkeys([*lexicon.listed("leads"), *lexicon.listed("asks")], "lead"))
        self.wants = self._trie(dict.fromkeys([*lexicon.listed("wants"), *lexicon.listed("gerund_leads")], "want"))
        self.negations = self._trie(dict.fromkeys(lexicon.listed("negations"), "negation"))
        self.then = self._trie(dict.fromkeys(lexicon.listed("then"), "then"))
        self.ands = self._trie(dict.fromkeys(lexicon.listed("ands"), "and"))
        self.ends = self._trie(dict.fromkeys(lexicon.listed("polite_ends"), "end"))

    def _trie(self, phrases: dict[Phrase, str]) -> dict[Any, Any]:
        trie: dict[Any, Any] = {}
        for phrase, kind in phrases.items():
            self._add(trie, phrase)["senses"] = kind
        return trie

    @staticmethod
    def _add(trie: dict[Any, Any], phrase: Phrase) -> dict[Any, Any]:
        for word in phrase:
            trie = trie.setdefault((word,), {})
        return trie

    def longest_lead(self, sentence: Sentence, at: int) -> int:
        """Where the politeness that stands at a token ends; the token itself if there is none."""
        best = at
        for words in range(min(12, len(sentence.tokens) - at), 0, -1):
            node: dict[Any, Any] | None = self.leads
            for token in sentence.tokens[at : at + words]:
                node = node.get((token.word,)) if node else None
            if node and "senses" in node:
                best = at + words
                break
        while best > at and best < len(sentence.tokens) and sentence.tokens[best].word in (",", "!", ".", ":"):
            best += 1
        return best

    def variants(self, token: Token, *, slips: bool = True) -> list[tuple[Phrase, int, str]]:
        """The ways to read a token as words: as it is, without its hyphens, or as what it may be a slip of."""
        word = token.word
        found: list[tuple[Phrase, int, str]] = [((word,), 0, "")]
        if "-" in word and len(word) > 1:
            found += [((word.replace("-", ""),), 0, ""), (tuple(part for part in word.split("-") if part), 0, "")]
        if slips and token.kind == "word":
            if word in lexicon.SLIPS:
                found.append(((lexicon.SLIPS[word],), 1, lexicon.SLIPS[word]))
            found += [((near,), count, near) for near, count in self.spelling.near(word).items()]
        return found


class Lattice:
    """The edges of a sentence, by the token that they start with."""

    def __init__(self, sentence: Sentence, words: Words) -> None:
        self.sentence = sentence
        self.tokens = sentence.tokens
        self.words = words
        self.size = len(self.tokens)
        known = sum(token.kind == "word" and token.word not in words.vocabulary.words for token in self.tokens)
        spell = known <= MOST_SLIPS
        self.variants = [words.variants(token, slips=spell) for token in self.tokens]
        self.plain = [
            self.variants[place][:3] if "-" in token.word else self.variants[place][:1]
            for place, token in enumerate(self.tokens)
        ]
        self.matches = [list(self._matches(place)) for place in range(self.size)]
        self.reserved = self._reserved()
        self.endings = self._endings()
        self.last_question = max((place for place, token in enumerate(self.tokens) if token.word == "?"), default=-1)
        self.edges: list[list[Edge]] = [[] for _ in range(self.size)]
        for place in range(self.size):
            self._fill(place)

    def _matches(self, place: int) -> Iterator[Match]:
        """The phrases of the vocabulary that start at a token, with at most one misspelled word in each."""
        open_: list[tuple[int, dict[Any, Any], int, Fixes]] = [(place, self.words.trie, 0, ())]
        while open_:
            at, trie, slips, fix = open_.pop()
            if "senses" in trie:
                yield Match(trie["senses"], at, slips, fix)
            if at >= self.size or len(trie) == ("senses" in trie):
                continue
            for phrase, more, near in self.variants[at]:
                if more and slips > 1:
                    continue
                deeper: dict[Any, Any] | None = trie
                for word in phrase:
                    deeper = deeper.get((word,)) if deeper else None
                if deeper:
                    open_.append((at + 1, deeper, slips + more, (*fix, (at, near)) if more else fix))

    def _longest(self, trie: dict[Any, Any], place: int) -> tuple[int, str]:
        """Where the longest phrase of a trie that starts at a token ends, and its kind; the token itself if there is none."""
        best, kind = place, ""
        open_ = [(place, trie)]
        while open_:
            at, here = open_.pop()
            if "senses" in here and at > best:
                best, kind = at, here["senses"]
            if at >= self.size:
                continue
            for phrase, _, _ in self.plain[at]:
                deeper: dict[Any, Any] | None = here
                for word in phrase:
                    deeper = deeper.get((word,)) if deeper else None
                if deeper:
                    open_.append((at + 1, deeper))
        return best, kind

    def _reserved(self) -> list[str]:
        """For each token, whether it belongs to a word that refuses the sentence, and which kind."""
        found = [""] * self.size
        for place in range(self.size):
            behind, kind = self._longest(self.words.reserved, place)
            for at in range(place, behind):
                found[at] = found[at] or kind
            if self.tokens[place].kind == "time":
                found[place] = "schedule"
        return found

    def _fill(self, place: int) -> None:
        token = self.tokens[place]
        refusing = self._longest(self.words.reserved, place)[0]
        for match in self.matches[place]:
            if place + 1 < refusing and match.behind < refusing:
                continue  # "hold off" is no holding
            for sense in match.senses:
                if sense.terminal in FILLING and any(near not in FORGIVEN for _, near in match.fix):
                    continue
                cost = sense.cost + SLIP * match.slips + 0.01
                self._add(sense.terminal, sense.meaning, cost, place, match.behind, match.fix)
                if (
                    sense.terminal == "LEAD"
                    and match.behind < self.size
                    and self.tokens[match.behind].word in (",", "!", ":", "-", ".")
                ):
                    self._add("LEAD", sense.meaning, cost, place, match.behind + 1, match.fix)
        if token.word in COUNTS:
            self._add("NUM", COUNTS[token.word], 0.3, place, place + 1)
        if token.kind == "ordinal":
            self._add("NUMW", None, 0.0, place, place + 1)
        plain = {"id": "ID", "hash": "HASH", "number": "NUM", "email": "EMAIL", "quoted": "QUOTED"}
        if token.kind in plain:
            self._add(plain[token.kind], token.text, 0.0, place, place + 1)
        if token.kind == "email" or token.word in ("(", "<"):
            self._paired_address(place)
        self._names(place)
        self._texts(place)
        self._joints(place)

    def _add(self, terminal: str, meaning: Any, cost: float, first: int, behind: int, fix: Fixes = ()) -> None:
        self.edges[first].append(Edge(terminal, meaning, cost, first, behind, fix))

    def _paired_address(self, place: int) -> None:
        """An address behind a name, which it makes certain: `Ann Archer (ann@acme.com)`."""
        if self.tokens[place].kind == "email":
            self._add("EMAILP", self.tokens[place].text, 0.1, place, place + 1)
        elif (
            place + 2 < self.size
            and self.tokens[place + 1].kind == "email"
            and self.tokens[place + 2].word in (")", ">")
        ):
            self._add("EMAILP", self.tokens[place + 1].text, 0.1, place, place + 3)

    def _names(self, place: int) -> None:
        """Names: words that mean nothing, and at a price such as do, the cheaper with a capital."""
        cost, capitals = 0.4, True
        for at in range(place, min(place + LONGEST_NAME, self.size)):
            price = self._name_price(at, first=at == place)
            if price is None:
                return
            cost += price
            capitals = capitals and (self.tokens[at].text[:1].isupper() or (at > place and price < 2))
            inside = at + 1 < self.size and self._unknown(at + 1)
            if not inside and (price < 2 or at == place) and token_ends_name(self.tokens[at], at == place):
                self._add("NAME", None, cost, place, at + 1)
                if capitals and self.tokens[at].text[:1].isupper():
                    self._add("NAMEC", None, cost - 0.4, place, at + 1)

    def _name_price(self, place: int, *, first: bool) -> float | None:
        """What it costs to take a token for a part of a name; None if it can't be one."""
        token = self.tokens[place]
        if token.kind == "number" and not first:
            return 0.8
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
        if token.kind == "mark":
            return None
        if self._unknown(place) or not any(not match.slips for match in self.matches[place]):
            return self._unknown_price(place, first=first)
        if token.text[:1].isupper() and not (token.text.isupper() and self._means(place, "PREP", "EQ", "DET", "DETI")):
            return 0.8
        if first and self._means(
            place, "PREP", "PRON", "DET", "DETI", "ME", "HIS", "MY", "ALL", "EQ", "BE", "TOBE", "BB"
        ):
            return None
        if not first and token.word in INNER:
            return 1.2
        return None if self._means(place, "PREP", "EQ") else 2.5

    def _unknown_price(self, place: int, *, first: bool) -> float:
        """What a word that means nothing by itself costs as a part of a name: little with a capital."""
        token = self.tokens[place]
        if token.text[:1].isupper():
            return 0.0
        if token.word in self.words.vocabulary.words:
            return 2.5
        if not first and (self.matches[place] or self.tokens[place - 1].text[:1].isupper()):
            return 3.5
        return 0.6

    def _unknown(self, place: int) -> bool:
        """Whether a token is a word that means nothing by itself, and is no slip of one that does."""
        token = self.tokens[place]
        return token.kind == "word" and not self.matches[place] and not self.reserved[place]

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
        if self._longest(self.words.commands, place)[0] == place:
            self._add("CTEXT", None, price + 0.3, place, behind)
        if self.reserved[place]:
            return
        several = behind > place + 1 or (behind < self.size and self.tokens[behind].kind in TEXTUAL)
        if several and token.kind == "word" and not self._means(place, "PREP", "EQ", "FILL", "LEAD", "SEP"):
            self._add("BARE", None, price + 6, place, behind)

    def _negates(self, place: int) -> bool:
        """Whether a command follows the negation at a token."""
        behind = self._longest(self.words.negations, place)[0]
        return any(self._longest(trie, behind)[0] > behind for trie in (self.words.commands, self.words.wants))

    def _means(self, place: int, *terminals: str) -> bool:
        """Whether a token alone may be one of these terminals."""
        found = (
            sense.terminal
            for match in self.matches[place]
            if not match.slips and match.behind == place + 1
            for sense in match.senses
        )
        return any(terminal in terminals for terminal in found)

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
        return 0.5 if token.kind == "quoted" else 0.2

    def _command_follows(self, place: int) -> bool:
        """Whether a command starts behind the joint at a token, perhaps a negated one."""
        at = self._joint(place)[0]
        while (behind := self._longest(self.words.leads, at)[0]) > at:
            at = behind
            if self._longest(self.words.commands, at)[0] > at:
                return True
        if (behind := self._longest(self.words.negations, at)[0]) > at:
            at = behind
        return any(self._longest(trie, at)[0] > at for trie in (self.words.commands, self.words.wants))

    def _certain_command(self, place: int) -> bool:
        """Whether a command starts there that says at once what it is done to: "close it", "assign #3"."""
        behind = self._longest(self.words.commands, place)[0]
        if behind == place or behind >= self.size:
            return False
        senses = {sense.terminal for match in self.matches[behind] if not match.slips for sense in match.senses}
        return self.tokens[behind].kind in ("hash", "id") or "PRON" in senses

    def _joint(self, place: int) -> tuple[int, float]:
        """Where the words that join two steps end, and what that joint costs; the token itself if there is none."""
        at, cost = place, 0.5
        while at < min(self.size, place + LONGEST_JOINT):
            word = self.tokens[at].word
            if word in HARD or word in SOFT:
                cost = min(cost, 0.0 if word in HARD else 0.4)
                at += 1
            elif (behind := self._longest(self.words.then, at)[0]) > at:
                cost = min(cost, 0.0 if "then" in (token.word for token in self.tokens[at:behind]) else 0.3)
                at = behind
            elif (behind := self._longest(self.words.ands, at)[0]) > at:
                cost = min(cost, 0.2)
                at = behind
            elif (behind := self._bullet(place, at)) > at:
                cost, at = 0.0, behind
            else:
                break
        return at, cost

    def _bullet(self, start: int, at: int) -> int:
        """Where a bullet or number of a list ends that stands at the start of a line, or before a command."""
        token = self.tokens[at]
        new = at == 0 or self.tokens[at - 1].word == "\n"
        if new and token.word in ("-", "*", "•", "–", "—", "·"):
            return at + 1
        behind = at + 1 < self.size and self.tokens[at + 1].word in (".", ")", ":")
        if token.kind == "number" and behind and len(token.text) < 3 and (new or at == start or at > start):
            nearby = (
                self._longest(self.words.commands, at + 2)[0] > at + 2
                or self._longest(self.words.leads, at + 2)[0] > at + 2
            )
            return at + 2 if new or nearby else at
        if token.kind == "word" and len(token.word) == 1 and behind and new and self.tokens[at + 1].word == ")":
            return at + 2
        return at

    def _joints(self, place: int) -> None:
        """What joins steps, the things of a list, verbs; and the end of the sentence."""
        if place == 0 and (behind := self._bullet(0, 0)) > 0:
            self._add("LEAD", "lead", 0.0, 0, behind)
        if self.endings[place]:
            asked = place <= self.last_question
            self._add("END", "?" if asked else ".", 0.0, place, self.size)
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
        self._add("SEP", "?" if asked else ".", cost, place, behind)
        self._add("GAP", ".", cost + 1.5, place, behind)
        words = tuple(token.word for token in self.tokens[place:behind])
        if words in LISTS:
            for terminal, price in (("LIST", 0.1), ("LISTA", 0.1), ("LISTQ", 0.1), ("ANDV", 0.3)):
                self._add(terminal, None, price, place, behind)
        elif words[:1] in LISTS:
            self._add("LIST", None, 0.1, place, place + 1)
        if words in LISTS or "then" in words:
            self._add("ANDP", None, 0.3, place, behind)
            self._add("ANDV", None, 0.4, place, behind)

    def _is_then(self, word: str) -> bool:
        return (word,) in self.words.then

    def _endings(self) -> list[bool]:
        """For each token, whether from it on there are only stops and politeness, beginning with a stop."""
        closing = [*[False] * self.size, True]
        for place in range(self.size - 1, -1, -1):
            if self.tokens[place].word in (*HARD, ",", ":", ")", "-"):
                closing[place] = closing[place + 1]
            else:
                behind = self._longest(self.words.ends, place)[0]
                closing[place] = behind > place and closing[behind]
        return [
            closing[place]
            and (self.tokens[place].word in HARD or (self.tokens[place].word in (",", ":") and place + 1 < self.size))
            for place in range(self.size)
        ]


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
