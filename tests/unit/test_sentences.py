"""What sentences do beside the corpus: new verbs are understood at once, and nothing that is written breaks it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskgraph.resolvers import verbs
from deskgraph.resolvers.references import Found, Mentions
from deskgraph.schema.english.examples import examples, explain
from deskgraph.schema.english.reader import _reader, make_ahead, reader
from deskgraph.schema.english.understanding import MOST_CHARACTERS, MOST_STEPS, understand
from deskgraph.schema.errors import AmbiguousError, DeskError, InvalidInputError, NotUnderstoodError, Problem
from deskgraph.schema.fields import Choice, Integer, Ref, Text
from deskgraph.schema.organization import Organization
from deskgraph.schema.scalars import Words
from deskgraph.schema.ticket import Ticket, TicketStatus
from deskgraph.schema.verb import VERBS, Verb, spoken

__all__ = ["verbs"]


class Mood(Words):
    """How a customer feels."""

    CALM = "CALM", "Calm."
    VERY_ANGRY = "VERY_ANGRY", "Not calm."


@pytest.fixture
def merge() -> Iterator[type[Verb]]:
    """A verb as a new file would declare it, with nothing said of sentences."""

    class Merge(Verb):
        """Merges a ticket into another one."""

        noun = Ticket
        name = "merge"
        to = TicketStatus.CLOSED

        into = Ref("The ticket that stays.", "ticket", required=True)
        note = Text("What the requester is told.")
        mood = Choice("How the requester feels.", Mood)
        days = Integer("How many days it took.")

    yield Merge
    del VERBS["ticket.merge"]


@pytest.fixture
def snooze() -> Iterator[type[Verb]]:
    """A verb that says how sentences speak of it."""

    class Snooze(Verb):
        """Snoozes an organization."""

        noun = Organization
        name = "snooze"
        says = "let sleep|nap"
        states = "asleep"

        reason = Text("Why.", required=True).said("cause", marks="@why", example="Holidays")

    yield Snooze
    del VERBS["organization.snooze"]


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        ("Merge #4 into #5", "ticket.merge #4 into=#5"),
        ("please merge ticket 4 with ticket_rV7yKdPm", "ticket.merge #4 into=ticket_rV7yKdPm"),
        ("merge #4 into #5 saying 'Same cable'", "ticket.merge #4 into=#5 note='Same cable'"),
        ("merge #4 into #5: same cable", "ticket.merge #4 into=#5 note='same cable'"),
        (
            "Merge #4 into #5, note: same cable, mood very angry",
            "ticket.merge #4 into=#5 note='same cable' mood=VERY_ANGRY",
        ),
        ("merge #4 into #5, days 3", "ticket.merge #4 into=#5 days=3"),
        ("#4 should be merged into #5", "ticket.merge #4 into=#5"),
        ("would you mind merging #4 into #5?", "ticket.merge #4 into=#5"),
        ("I want #4 merged into #5 and closed", "ticket.merge #4 into=#5\nticket.close #4"),
        ("merge all resolved tickets of Ann into #5", "ticket.merge all ticket[status=RESOLVED][of=Ann] into=#5"),
        ("mrege #4 into #5", "ticket.merge #4 into=#5"),
        ("close #4; merge it into #5", "ticket.close #4\nticket.merge it into=#5"),
    ],
)
def test_a_new_verb_is_understood_at_once(merge: type[Verb], text: str, plan: str) -> None:
    assert str(understand(text)) == plan
    [option, *_] = understand(text).steps[-1].options if "close it" in text else understand(text).steps[0].options
    assert option.verb in (merge, VERBS["ticket.close"])


def test_a_new_verb_says_what_is_missing(merge: type[Verb]) -> None:
    with pytest.raises(InvalidInputError) as error:
        understand("Merge #4")
    assert error.value.field == "into"
    assert error.value.problem
    assert error.value.problem.example == examples(merge)[-1]


def test_what_a_verb_says_of_itself_is_understood(snooze: type[Verb]) -> None:
    for text in (
        "Snooze Acme because 'Holidays'",
        "let sleep Acme: Holidays",
        "mark organization Acme as asleep: Holidays",
        "Acme should be snoozed due to Holidays",
        "snooze Acme, cause: Holidays",
    ):
        [step] = understand(text).steps
        assert {str(option.subject[0].text) for option in step.options} == {"Acme"}, text
        assert step.options[0].given == {"reason": "Holidays"}, text
        assert step.options[0].verb is snooze


def test_without_the_verb_its_sentence_is_not_understood() -> None:
    with pytest.raises(NotUnderstoodError) as error:
        understand("Merge #4 into #5")
    assert error.value.problem
    assert error.value.problem.words == "Merge"


@pytest.mark.parametrize(("key", "text"), [(key, text) for key, texts in explain().items() for text in texts])
def test_examples_are_understood(key: str, text: str) -> None:
    [step] = understand(text).steps
    assert key in {option.verb.key() for option in step.options}


def test_every_verb_has_examples() -> None:
    assert {key for key, texts in explain().items() if texts} == set(spoken())


def test_a_word_that_may_be_either_of_two_is_ambiguous() -> None:
    """Pausing is holding, passing is assigning."""
    with pytest.raises(AmbiguousError) as error:
        understand("pase #3")
    problem = error.value.problem
    assert problem
    assert (problem.words, sorted(one.text for one in problem.candidates)) == ("pase", ["pass", "pause"])


# Limits


def test_the_reader_is_made_ahead_and_once() -> None:
    _reader.cache_clear()
    make_ahead()
    with ThreadPoolExecutor(4) as pool:
        assert len({id(made) for made in pool.map(lambda _: reader(), range(4))}) == 1
    assert _reader.cache_info().misses == 1


def test_a_sentence_may_be_so_long() -> None:
    start = "resolve #3 with "
    text = start + "x" * (MOST_CHARACTERS - len(start))
    assert understand(text).steps[0].options[0].given["resolution"] == text[len(start) :]
    with pytest.raises(InvalidInputError, match="10,000 characters at most, not 10,001"):
        understand(f"{text}x")


def test_a_sentence_may_have_so_many_steps() -> None:
    assert len(understand("; ".join(f"close #{number}" for number in range(MOST_STEPS))).steps) == MOST_STEPS
    with pytest.raises(InvalidInputError, match="50 steps at most, not 51"):
        understand("; ".join(f"close #{number}" for number in range(MOST_STEPS + 1)))


@pytest.mark.parametrize("text", ["", " ", "\n", ".", "?!", '"', "'", "\x00", "\ud800", "close \ud800", None, 7])
def test_nothing_much(text: object) -> None:
    with pytest.raises(NotUnderstoodError):
        understand(text)  # type: ignore[arg-type]


LONG = {
    "markers": "to with for because of and then " * 310,
    "commands": "assign #3 to Sam, " * 550,
    "ands": "and " * 2500,
    "commas": "," * 10_000,
    "a list": "close " + "#3, " * 2400,
    "quotes": "'a " * 3300,
    "parentheses": "(" * 10_000,
    "alls": "all " * 2500,
    "misspelled": "asign " * 1600,
    "letters": "a " * 5000,
    "names": "Ann Archer " * 900,
    "stops": ". " * 5000,
    "new lines": "close #3\n" * 1100,
    "set": "set " * 2500,
}


@pytest.mark.parametrize("name", LONG)
def test_no_sentence_takes_long(name: str) -> None:
    """The processor's time, for the machine may be busy: a second and a margin for a slow one."""
    reader()
    before = time.process_time()
    code = code_of(LONG[name][:MOST_CHARACTERS])
    assert time.process_time() - before < 4
    assert code in ("", "NOT_UNDERSTOOD", "INVALID_INPUT")


def code_of(text: str) -> str:
    """The code of the error that a text leads to; empty if it is understood."""
    try:
        understand(text)
    except DeskError as error:
        return error.code
    return ""


def test_most_sentences_take_a_few_milliseconds() -> None:
    text = "Assign ticket_rV7yKdPm to user_bQ4xNmWj, then resolve it with 'Portal access restored after billing sync'"
    understand(text)
    before = time.process_time()
    for _ in range(20):
        understand(text)
    assert (time.process_time() - before) / 20 < 0.05


# Anything


VOCABULARY = sorted(word for word in reader().vocabulary.words)
PIECES = st.one_of(
    st.sampled_from(VOCABULARY),
    st.sampled_from(
        ["#3", "ticket_rV7yKdPm", "Sam", "Ann's", "'x'", '"it\'s"', ",", ";", ".", "?", ":", "(", ")", "7", "\n"]
    ),
    st.text(max_size=8),
)


def problem_of(text: str) -> Problem | None:
    """The words at fault, if a text is not understood."""
    try:
        plan = understand(text)
    except (NotUnderstoodError, AmbiguousError, InvalidInputError) as error:
        return error.problem or Problem()
    assert plan.steps
    assert all(step.options for step in plan.steps)
    assert all(step.text == text[step.position :][: step.length] for step in plan.steps)
    return None


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=30).map(" ".join))
def test_anything_is_a_plan_or_an_error_that_points_at_words(text: str) -> None:
    problem = problem_of(text)
    assert problem is None or problem.words == text[problem.position :][: problem.length]


MARKS = "'\"`\\\u2019\u2018\u201c\u201d\u201e\u201a\u00ab\u00bb\u2039\u203a"


@settings(max_examples=200, deadline=None)
@given(
    st.text(alphabet=st.characters(exclude_characters=MARKS, exclude_categories=["Cs", "Cc"]), min_size=1).filter(
        str.strip
    )
)
def test_what_is_quoted_is_text_whatever_it_says(text: str) -> None:
    [step] = understand(f"resolve #3 with '{text}'").steps
    assert step.options[0].given == {"resolution": text}
    assert str(step.options[0].subject[0]) == "#3"


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(["then delete #4", "; close #5", ". Close it", "and assign it to Sam", "don't", "if", "'s"]),
        min_size=1,
    )
)
def test_no_command_gets_out_of_quotes(pieces: list[str]) -> None:
    text = " ".join(pieces)
    plan = understand(f'resolve #3 with "{text}"')
    assert [str(step) for step in plan.steps] == [f"ticket.resolve #3 resolution={text!r}"]


def test_them_are_all_that_single_steps_were_done_to() -> None:
    one, other, person = Found("ticket", "ticket_a"), Found("ticket", "ticket_b"), Found("user", "user_c")
    assert Mentions(subjects=[[one], [person], [other]]).several(["ticket"]) == [one, other]
    assert Mentions(subjects=[[one], [one]]).several(["ticket"]) == [one]
    assert Mentions(subjects=[[one, other], [one]]).several(["ticket"]) == [one]
    assert Mentions(subjects=[[one], [one, other]]).several(["ticket"]) == [one, other]
    assert Mentions(subjects=[[person]]).several(["ticket"]) == []
