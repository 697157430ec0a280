"""Spelling: which words of the vocabulary a word that is none of them may be a slip of.

The words that remain when one or two letters are left out are looked up, so a word is compared with few others.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations

LEAST = 4


class Spelling:
    """The words of a vocabulary, found by what is left of them without some letters. `known` are no slips either."""

    def __init__(self, words: set[str], known: set[str] = frozenset()) -> None:  # type: ignore[assignment]
        self._words = words | known
        self._left: dict[str, set[str]] = defaultdict(set)
        for word in words:
            if len(word) >= LEAST:
                for left in _left_of(word, reach(word)):
                    self._left[left].add(word)

    def near(self, word: str) -> dict[str, int]:
        """The words nearest to this one, with how many slips they are away; none for a word that is known."""
        if len(word) < LEAST or len(word) > 20 or word in self._words or not word.isalpha():
            return {}
        found = {other for left in _left_of(word, reach(word)) for other in self._left.get(left, ())}
        distances = {other: distance(word, other) for other in found}
        close = {
            other: slips
            for other, slips in distances.items()
            if slips <= min(reach(word), reach(other))
            and (word[0] == other[0] or sorted(word[:2]) == sorted(other[:2]))
        }
        return {other: slips for other, slips in close.items() if slips == min(close.values())}


def reach(word: str) -> int:
    """How many slips a word of this length may have."""
    return 1 if len(word) < 7 else 2


def _left_of(word: str, slips: int) -> set[str]:
    """The word, and what is left of it without up to that many letters."""
    return {
        "".join(letter for place, letter in enumerate(word) if place not in gone)
        for count in range(slips + 1)
        for gone in combinations(range(len(word)), count)
    }


def distance(one: str, other: str) -> int:
    """How many letters must be changed, added, left out or swapped with their neighbour to make one of the other."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, 1):
        older, before, row = before, row, [place]
        for column, wanted in enumerate(other, 1):
            cost = min(before[column] + 1, row[-1] + 1, before[column - 1] + (letter != wanted))
            if place > 1 and column > 1 and letter == other[column - 2] and one[place - 2] == wanted:
                cost = min(cost, older[column - 2] + 1)
            row.append(cost)
    return row[-1]
