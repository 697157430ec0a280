"""Where steps meet: the words between them, commands that follow, bullets, and the end of the sentence."""

from __future__ import annotations

from deskgraph.schema.english.lookup import Lookup, Words
from deskgraph.schema.english.tokens import Sentence

HARD = (";", ".", "!", "?", "\n")
SOFT = (",",)
LONGEST_JOINT = 12
LONGEST_SIGNATURE = 3
MOST_LEADS = 8


class Joints(Lookup):
    """A sentence with what is known of its joints."""

    def __init__(self, sentence: Sentence, words: Words) -> None:
        super().__init__(sentence, words)
        self.polite_slips = [(at, near) for at in range(self.size) if (near := self._polite_slip(at))]
        self.endings = self._endings()
        self.infinitive = self._begins_with("to")
        self.wishing = self._begins_with("that")
        starts = range(self._politely(0) + 1)
        self.gerunds = any(self._longest(self.words.gerunds, at)[0] > at for at in starts)
        questions = (place for place, token in enumerate(self.tokens) if token.word == "?")
        self.last_question = max(questions, default=-1)

    def _begins_with(self, word: str) -> bool:
        """Whether what the sentence begins with ends in a word, which may then follow "and": "I want to close ..."."""
        at = self._politely(0)
        at = max(at, self._longest(self.words.wants, at)[0])
        return at > 0 and self.tokens[at - 1].word == word

    def _wish_goes_on(self, at: int) -> bool:
        """Whether a further wish starts there: "see that #4 is closed and that #5 is reopened"."""
        return self.wishing and self.tokens[at].word == "that" and at > 1 and self.tokens[at - 1].word in ("and", ",")

    def _goes_on(self, at: int) -> bool:
        """Whether the last infinitive of such a sentence stands there: "... and to reopen #4"."""
        further = self.infinitive and at < self.size and self.tokens[at].word == "to"
        commanded = further and self._longest(self.words.commands, at + 1)[0] > at + 1
        return commanded and not any(token.word == "," for token in self.tokens[at:])

    def _command_follows(self, place: int) -> bool:
        """Whether a command starts behind the joint at a token, perhaps a negated one."""
        at = self._joint(place)[0]
        while (behind := self._longest(self.words.leads, at)[0]) > at:
            at = behind
            if self._longest(self.words.commands, at)[0] > at:
                return True
        if (behind := self._longest(self.words.negations, at)[0]) > at:
            at = behind
        behind, kind = self._longest(self.words.commands, at)
        field = kind == "foreign" and behind < self.size and self.tokens[behind].word in (":", "=")  # "contact: Ann"
        return (behind > at and not field) or self._longest(self.words.wants, at)[0] > at

    def _politely(self, at: int) -> int:
        """Where the politeness that starts at a token ends; the token itself if there is none."""
        for _ in range(MOST_LEADS):
            if at >= self.size or (behind := self.words.longest_lead(self.sentence, at)) == at:
                break
            at = behind
        return at

    def _gerund_goes_on(self, at: int) -> bool:
        """Whether a further gerund starts there: "would you mind closing #4 and reopening #5"."""
        return self.gerunds and at > 1 and self.tokens[at - 1].word in ("and", ",", "then", ";", "&")

    def commands_from(self, place: int) -> bool:
        """Whether a command starts at a token, perhaps behind politeness."""
        at = self._politely(place)
        return self._longest(self.words.commands, at)[0] > at or self._longest(self.words.wants, at)[0] > at

    def command_behind(self, place: int) -> bool:
        """Whether a token joins steps, and a command of the desk follows it."""
        at = self._joint(place)[0] if place < self.size else place
        start = self._politely(at)
        behind, kind = self._longest(self.words.commands, start)
        return at > place and behind > start and kind == "command"

    def orders(self, place: int) -> bool:
        """Whether a token is the name of a verb of the desk, and no noun: "close", but not "the close"."""
        named = self.tokens[place].word in self.words.names or self._longest(self.words.negations, place)[0] > place
        return named and not self.means(place - 1, "DET", "DETI", "HIS")

    def plain_sense(self, place: int) -> bool:
        """Whether a token, spelled as it is, means something."""
        return any(not match.slips for match in self.matches[place])

    def _certain_command(self, place: int) -> bool:
        """Whether a command starts there that says what it does: "close it", "set the priority", "assign to Sam"."""
        place = self._politely(place)
        behind = self._longest(self.words.commands, place)[0]
        if behind == place or behind >= self.size:
            return False
        if self.tokens[behind].kind in ("hash", "id") or self.means(behind, "PRON", "BOTH", "ALL"):
            return True
        named = self.means(behind, "DET", "DETI") and self.means(behind + 1, "NB", "FIELDO", slips=True)
        if named or self.means(behind, "FIELDO", slips=True):
            return True
        if self.means(place, "VSET") and self.tokens[behind].text.istitle():  # "make Sam the owner"
            ends = range(behind + 1, min(behind + 4, self.size))
            return any(self.means(at, "DET", "DETI") and self.means(at + 1, "FIELDO") for at in ends)
        plain = self.tokens[place].word in self.words.names
        return plain and self.tokens[behind].word == "to" and not self.means(behind + 1, "DET", "DETI")

    def _negates(self, place: int) -> bool:
        """Whether a command follows the negation at a token."""
        behind = self._longest(self.words.negations, place)[0]
        return any(self._longest(trie, behind)[0] > behind for trie in (self.words.commands, self.words.wants))

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
                at = behind + self._goes_on(behind)
            elif (behind := self._bullet(place, at)) > at:
                cost, at = 0.0, behind
            elif at > place and (behind := self._politeness_between(at)) > at:
                at = behind
            else:
                break
        return at, cost

    def _politeness_between(self, at: int) -> int:
        """Where politeness ends that stands between two marks or words that join: ", please, and"."""
        behind = self._longest(self.words.ends, at)[0]
        joined = behind < self.size and (
            self.tokens[behind].word in (",", ";") or self._longest(self.words.ands, behind)[0] > behind
        )
        return behind if joined else at

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

    def _is_then(self, word: str) -> bool:
        return word in self.words.then

    def _signature(self) -> int:
        """Where the name of who writes starts, if the sentence ends with one: "Best regards, Tom"."""
        start = self.size
        while start > max(self.size - LONGEST_SIGNATURE, 0) and self._unknown(start - 1):
            start -= 1
        off = start
        while off and self.tokens[off - 1].word in (",", "\n"):
            off -= 1
        offs = range(max(off - LONGEST_SIGNATURE, 0), off if off < start else 0)
        return start if any(self._longest(self.words.sign_offs, place)[0] == off for place in offs) else self.size

    def _polite_slip(self, place: int) -> str:
        """The word of politeness that a token, which is none, is a slip of: "plaese"."""
        if self._longest(self.words.ends, place)[0] > place:
            return ""
        near = (near for phrase, _, near in self.variants[place] if near and len(phrase) == 1)
        return next((one for one in near if one in self.words.ends), "")

    def _endings(self) -> list[bool]:
        """For each token, whether from it on there are only stops and politeness, beginning with a stop."""
        end, slips = self._signature(), dict(self.polite_slips)
        closing = [*[False] * end, *[True] * (self.size - end + 1)]
        for place in range(end - 1, -1, -1):
            if self.tokens[place].word in (*HARD, ",", ":", ")", "-"):
                closing[place] = closing[place + 1]
            else:
                behind = self._longest(self.words.ends, place)[0]
                behind = place + 1 if behind == place and place in slips else behind
                closing[place] = behind > place and closing[behind]
        return [
            closing[place]
            and (self.tokens[place].word in HARD or (self.tokens[place].word in (",", ":") and place + 1 < self.size))
            for place in range(self.size)
        ]
