"""Looking up the words of a sentence in the vocabulary, also misspelled ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from deskgraph.schema.english import lexicon
from deskgraph.schema.english.spelling import Spelling
from deskgraph.schema.english.tokens import Sentence, Token
from deskgraph.schema.english.vocabulary import RESERVED, Phrase, Sense, Vocabulary

MOST_SLIPS = 100
MOST_MARKS = 4
BEHIND_LEADS = (",", "!", ":", "-", ".", "\n")
SENSES = None  # the key of a trie's node under which a phrase that ends there has its senses
Fixes = tuple[tuple[int, str], ...]
Trie = dict[Any, Any]


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
        self.names = {group.name for group in vocabulary.groups}
        self.trie: Trie = {}
        for phrases in vocabulary.phrases.values():
            for phrase, senses in phrases.items():
                self._add(self.trie, phrase)[SENSES] = senses
        self.reserved = self._trie(vocabulary.reserved)
        foreign = dict.fromkeys(lexicon.listed("foreign"), "foreign")
        self.commands = self._trie(foreign | dict.fromkeys(vocabulary.commands, "command"))
        self.leads = self._trie(
            dict.fromkeys([*lexicon.listed("leads"), *lexicon.listed("told"), *lexicon.listed("asks")], "lead")
        )
        self.wants = self._trie(dict.fromkeys([*lexicon.listed("wants"), *lexicon.listed("gerund_leads")], "want"))
        self.gerunds = self._trie(dict.fromkeys(lexicon.listed("gerund_leads"), "want"))
        self.negations = self._trie(dict.fromkeys(lexicon.listed("negations"), "negation"))
        self.then = self._trie(dict.fromkeys(lexicon.listed("then"), "then"))
        self.ands = self._trie(dict.fromkeys(lexicon.listed("ands"), "and"))
        self.sign_offs = self._trie(dict.fromkeys(lexicon.listed("sign_offs"), "end"))
        self.ends = self._trie(dict.fromkeys([*lexicon.listed("polite_ends"), *lexicon.listed("tags")], "end"))

    def _trie(self, phrases: dict[Phrase, str]) -> Trie:
        trie: Trie = {}
        for phrase, kind in phrases.items():
            self._add(trie, phrase)[SENSES] = kind
        return trie

    @staticmethod
    def _add(trie: Trie, phrase: Phrase) -> Trie:
        for word in phrase:
            trie = trie.setdefault(word, {})
        return trie

    def longest_lead(self, sentence: Sentence, at: int) -> int:
        """Where the politeness that stands at a token ends; the token itself if there is none."""
        best = at
        for words in range(min(12, len(sentence.tokens) - at), 0, -1):
            node: Trie | None = self.leads
            for token in sentence.tokens[at : at + words]:
                node = node.get(token.word) if node else None
            if node and SENSES in node:
                best = at + words
                break
        end = min(best + MOST_MARKS, len(sentence.tokens)) if best > at else best
        while best < end and sentence.tokens[best].word in BEHIND_LEADS:
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


class Lookup:
    """A sentence with the phrases that start at each of its tokens."""

    def __init__(self, sentence: Sentence, words: Words) -> None:
        self.sentence = sentence
        self.tokens = sentence.tokens
        self.words = words
        self.size = len(self.tokens)
        known = sum(token.kind == "word" and token.word not in words.vocabulary.words for token in self.tokens)
        spell = known <= MOST_SLIPS
        self.variants = [words.variants(token, slips=spell) for token in self.tokens]
        self.plain = [
            [one for one in self.variants[place] if not one[1] or token.word in lexicon.SLIPS]
            for place, token in enumerate(self.tokens)
        ]
        self.matches = [list(self._matches(place)) for place in range(self.size)]
        self.reserved = self._reserved()

    def _matches(self, place: int) -> Iterator[Match]:
        """The phrases of the vocabulary that start at a token, with at most one misspelled word in each."""
        open_: list[tuple[int, Trie, int, Fixes]] = [(place, self.words.trie, 0, ())]
        while open_:
            at, trie, slips, fix = open_.pop()
            if SENSES in trie:
                yield Match(trie[SENSES], at, slips, fix)
            if at >= self.size or len(trie) == (SENSES in trie):
                continue
            for phrase, more, near in self.variants[at]:
                if more and slips > 1:
                    continue
                deeper: Trie | None = trie
                for word in phrase:
                    deeper = deeper.get(word) if deeper else None
                if deeper:
                    open_.append((at + 1, deeper, slips + more, (*fix, (at, near)) if more else fix))

    def _longest(self, trie: Trie, place: int) -> tuple[int, str]:
        """Where the longest phrase of a trie that starts at a token ends, and its kind; the token if there is none."""
        best, kind = place, ""
        open_ = [(place, trie)]
        while open_:
            at, here = open_.pop()
            if SENSES in here and at > best:
                best, kind = at, here[SENSES]
            if at >= self.size:
                continue
            for phrase, _, _ in self.plain[at]:
                deeper: Trie | None = here
                for word in phrase:
                    deeper = deeper.get(word) if deeper else None
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

    def means(self, place: int, *terminals: str, slips: bool = False) -> bool:
        """Whether a token alone may be one of these terminals, perhaps misspelled; false behind the last one."""
        if place >= self.size:
            return False
        found = (
            sense.terminal
            for match in self.matches[place]
            if (slips or not match.slips) and match.behind == place + 1
            for sense in match.senses
        )
        return any(terminal in terminals for terminal in found)

    def _unknown(self, place: int) -> bool:
        """Whether a token is a word that means nothing by itself, and is no slip of one that does."""
        token = self.tokens[place]
        return token.kind == "word" and not self.matches[place] and not self.reserved[place]
