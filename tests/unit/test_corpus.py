"""Sentences as people write them, each with its exact plan or error."""

from __future__ import annotations

import pytest

from deskgraph.resolvers import verbs
from deskgraph.schema.english.understanding import understand
from deskgraph.schema.errors import DeskError
from tests.corpus import Phrase, phrases

__all__ = ["verbs"]

FILES = ("phrases.txt", "second.txt", "third.txt", "fourth.txt", "fifth.txt", "sixth.txt", "seventh.txt", "eighth.txt")
PHRASES = [phrase for name in FILES for phrase in phrases(name)]


def understood(text: str) -> list[str]:
    """What is understood, in the corpus' notation."""
    try:
        plan = understand(text)
    except DeskError as error:
        problem = error.problem
        assert problem
        assert problem.words == text[problem.position :][: problem.length]
        candidates = ", ".join(candidate.text for candidate in problem.candidates)
        return [f"! {error.code} {problem.words!r}", *([f"? {candidates}"] if candidates else [])]
    corrections = [correction for step in plan.steps for correction in step.corrections]
    return [*(str(step) for step in plan.steps), *(f"~ {one.written}: {one.read}" for one in corrections)]


@pytest.mark.parametrize("phrase", PHRASES, ids=lambda phrase: f"{phrase.file}:{phrase.line}")
def test_phrase(phrase: Phrase) -> None:
    assert understood(phrase.text) == phrase.expected, phrase.text


def test_the_corpus_is_large_and_every_sentence_of_it_another_one() -> None:
    assert len(PHRASES) >= 400
    assert len({phrase.text for phrase in PHRASES}) == len(PHRASES)
