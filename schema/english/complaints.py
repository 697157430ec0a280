"""What is wrong with a sentence: which words, what they might have meant, and a form that works."""

from __future__ import annotations

from difflib import get_close_matches

from deskgraph.schema.english import lexicon
from deskgraph.schema.english.ages import inexact_at
from deskgraph.schema.english.examples import example
from deskgraph.schema.english.groups import bases, names_of
from deskgraph.schema.english.nodes import Refused
from deskgraph.schema.english.plan import Ref
from deskgraph.schema.english.reader import Reader, Reading, Result
from deskgraph.schema.english.tokens import Sentence
from deskgraph.schema.errors import AmbiguousError, Candidate, DeskError, InvalidInputError, NotUnderstoodError, Problem
from deskgraph.schema.verb import VERBS, Verb, spoken

SEARCH = "This asks for something, and `do` only does: use search, or a GraphQL query, to look things up."
FAR = 1.5
INEXACT = "Months and years are not exact: say days ('older than 60 days') or a date."
REFUSALS = {
    "negation": "A sentence that says what not to do is not done at all, not even the rest of it: say only what to do.",
    "exception": "Exceptions are not understood, so nothing is done: name what is meant.",
    "condition": "Conditions are not understood, so nothing is done: look first, then say what to do now.",
    "alternative": "Nothing is chosen here, so nothing is done: say the one that is meant.",
    "schedule": "Everything is done at once, nothing at another time: leave the time out, or say it in quotes.",
}


def complaint(result: Result, sentence: Sentence, made: Reader) -> DeskError:
    """Why a sentence has no reading."""
    first = _inexact(result, sentence) or _reserved(result, sentence, made)
    if first:
        return first
    if missing := _missing(result):
        return complain(missing, sentence)
    refusals = [one for one in result.refusals if one[0] >= result.reached]
    if _starts_with("HH_", sentence, made) and not _starts_with("V_", sentence, made):
        refusals = [one for one in refusals if not _far_fetched(result, one[1], one[2])]
    if refusals and _undescribed(result, sentence) == result.reached:
        _, _, refused = min(refusals, key=lambda one: (-one[0], -one[2].weight, one[1]))
        return complain(refused, sentence)
    return _stuck(result, sentence, made)


def _missing(result: Result) -> Refused | None:
    """What a step lacks behind which another command follows, if all readings that go on are far dearer."""
    lacking = (
        (cost, refused)
        for at, cost, refused in result.refusals
        if refused.message.startswith("MISSING") and result.lattice.command_behind(at)
    )
    cost, refused = min(lacking, key=lambda one: one[0], default=(0.0, None))
    others = [one[1] for one in result.refusals if one[0] >= result.reached]
    dear = all(other > cost + FAR for other in (*others, *(reading.cost for reading in result.frontier)))
    return refused if dear else None


def _far_fetched(result: Result, cost: float, refused: Refused) -> bool:
    """Whether a refusal is of creating without a verb, while other readings are far cheaper: "ticket 7 is urgent"."""
    cheapest = min((reading.cost for reading in result.frontier), default=cost)
    creates = refused.verb is not None and refused.verb.creates and refused.weight < 2
    return creates and cost > cheapest + FAR


def _inexact(result: Result, sentence: Sentence) -> DeskError | None:
    """An age in months or years, where no reading goes on."""
    for place in range(len(sentence.tokens)):
        behind = inexact_at(sentence.tokens, place)
        if place <= result.reached < behind:
            return NotUnderstoodError(INEXACT, problem=_problem(sentence, place, behind))
    return None


def _reserved(result: Result, sentence: Sentence, made: Reader) -> DeskError | None:
    """The words that refuse a sentence: a question's at its start, any other where no reading goes on."""
    start = _start(sentence, made)
    searched = _longest("searches", sentence, start) or _longest("questions", sentence, start)
    kind = result.lattice.reserved[start] if start < len(sentence.tokens) else ""
    if searched and kind != "negation":
        return NotUnderstoodError(SEARCH, problem=_problem(sentence, start, start + searched))
    at = min(result.reached, len(sentence.tokens) - 1)
    for place in (at, *range(at + 1, len(sentence.tokens)), start):
        kind = result.lattice.reserved[place]
        if kind:
            behind = place + 1
            while behind < len(sentence.tokens) and result.lattice.reserved[behind] == kind:
                behind += 1
            if place in (at, start) or kind in ("negation", "condition"):
                return NotUnderstoodError(REFUSALS[kind], problem=_problem(sentence, place, behind))
    return None


def _start(sentence: Sentence, made: Reader) -> int:
    """The first token that is no greeting or politeness."""
    at = 0
    while (behind := made.words.longest_lead(sentence, at)) > at:
        at = behind
    return at if at < len(sentence.tokens) else 0


def _longest(name: str, sentence: Sentence, at: int) -> int:
    """How many tokens the longest phrase of a list has that stands there."""
    words = [token.word for token in sentence.tokens[at : at + 6]]
    return max((len(one) for one in lexicon.listed(name) if list(one) == words[: len(one)]), default=0)


def _stuck(result: Result, sentence: Sentence, made: Reader) -> DeskError:
    """The words at which every reading ends."""
    verb = _verb(result.frontier)
    shown = example(verb) if verb else None
    if not verb and not _starts_with("V_", sentence, made):
        start = _start(sentence, made)
        behind = start + 1 if result.reached < len(sentence.tokens) else len(sentence.tokens)
        return _no_verb(sentence, start, behind, made)
    place = _undescribed(result, sentence)
    if place >= len(sentence.tokens):
        at = max(len(sentence.tokens) - 1, 0)
        problem = _problem(sentence, at, at + 1, example=shown or example(VERBS[next(iter(VERBS))]))
        return NotUnderstoodError("The sentence ends too soon: something is missing.", problem=problem)
    near = _near(sentence.tokens[place].word, made)
    message = f"I do not understand {sentence.tokens[place].text!r} here."
    return NotUnderstoodError(
        message, problem=_problem(sentence, place, place + 1, near, shown or _example_of(near, made))
    )


def _undescribed(result: Result, sentence: Sentence) -> int:
    """The word at which readings end, or one before it that describes a noun and means nothing: "a critical ticket"."""
    means, lattice = result.lattice.means, result.lattice
    for place in range(1, min(result.reached, len(sentence.tokens) - 1)):
        said = sentence.tokens[place].kind != "word" or lattice.reserved[place] or sentence.tokens[place].text.istitle()
        known = said or any(not match.slips for match in lattice.matches[place])
        if not known and means(place - 1, "DET", "DETI") and means(place + 1, "NB"):
            return place
    return result.reached


def _no_verb(sentence: Sentence, start: int, behind: int, made: Reader) -> DeskError:
    """That the words tell nothing to be done."""
    near = _near(sentence.tokens[start].word, made)
    verbs = ", ".join(dict.fromkeys(one.name for one in spoken().values()))
    message = f"There is no verb of the desk in these words; it can {verbs}."
    return NotUnderstoodError(message, problem=_problem(sentence, start, behind, near, _example_of(near, made)))


def _starts_with(kind: str, sentence: Sentence, made: Reader) -> bool:
    """Whether a verb of the desk, or a noun, starts the sentence, politeness left aside."""
    start = _start(sentence, made)
    phrases = made.vocabulary.phrases.get(sentence.tokens[start].word, {})
    return any(sense.terminal.startswith(kind) for senses in phrases.values() for sense in senses)


def _verb(frontier: list[Reading]) -> type[Verb] | None:
    """The verb that the cheapest reading was about."""
    for reading in frontier:
        for part in reversed(reading.state.value_stack):
            ways = getattr(part, "ways", None)
            if ways:
                verb: type[Verb] = ways[0].verb
                return verb
    return None


def _near(word: str, made: Reader) -> tuple[Candidate, ...]:
    words = {base: group.name for group in made.vocabulary.groups for base in bases(group)}
    return tuple(Candidate(found) for found in get_close_matches(word, list(words), 3, 0.7))


def _example_of(near: tuple[Candidate, ...], made: Reader) -> str | None:
    usual = next(one for one in made.vocabulary.groups if not one.noun)
    return example(next((one for one in made.vocabulary.groups if near and near[0].text in bases(one)), usual).verbs[0])


def complain(refused: Refused, sentence: Sentence) -> DeskError:
    """What is wrong with a reading that makes no sense."""
    kind, _, detail = refused.message.partition(":")
    shown = example(refused.verb) if refused.verb else None
    candidates = tuple(Candidate(text) for text in refused.candidates)
    problem = _problem(sentence, refused.first, refused.behind, candidates, shown)
    words = problem.words
    verb = refused.verb
    if kind == "QUESTION":
        return NotUnderstoodError(SEARCH + " To have it done, leave out the question mark.", problem=problem)
    if kind == "MISSING" and verb:
        declared = verb.inputs[detail]
        message = f"{verb.mutation()} needs {declared.graphql}: {declared.doc}"
        return InvalidInputError(message, field=refused.field, problem=problem)
    if refused.code == "INVALID_INPUT":
        return InvalidInputError(refused.message, field=refused.field, problem=problem)
    if kind == "TOO_MANY":
        message = "A list may name 100 at most."
    elif kind == "EVERYTHING":
        message = "Everything is too much: say all of what, or whose."
    elif kind == "SWALLOWED":
        message = f"{words!r} may be a part of the text or not: put the text in quotes, or say this before it."
    elif kind == "NO_VALUE":
        message = f"What shall {detail.replace('_', ' ')} be?"
    elif kind == "NOTHING_TO_CHANGE":
        message = "What shall be changed, and to what?"
    elif kind == "NOT_OF":
        message = f"{words!r} can't be said of {detail} here."
    elif kind == "UNEXPECTED" and verb:
        message = f"{verb.mutation()} takes {_takes(verb)}: {words!r} has no place in it."
    else:
        message = f"I do not understand {words!r} here."
    return NotUnderstoodError(message, problem=problem)


def _takes(verb: type[Verb]) -> str:
    inputs = [names_of(declared)[0] for declared in verb.inputs.values()]
    name = verb.noun.__name__.lower()
    noun = "" if verb.creates else f"{'an' if name[0] in 'aeio' else 'a'} {name}"
    return " and ".join(part for part in (noun, ", ".join(inputs)) if part) or "nothing more"


def no_antecedent(ref: Ref, verb: type[Verb], sentence: Sentence) -> DeskError:
    """A pronoun that means nothing: nothing fitting was mentioned before it."""
    what = verb.noun.__name__.lower()
    if ref.text == "implied":
        message = f"It is not said which {what} is meant."
    else:
        message = "Nothing was mentioned before that this could mean."
    return NotUnderstoodError(message, problem=_problem(sentence, ref.first, ref.behind, example=example(verb)))


def two_readings(
    sentence: Sentence, fixes: tuple[tuple[int, str], ...], others: tuple[tuple[int, str], ...]
) -> DeskError:
    """A misspelled word that may be either of two."""
    differing = [(one, other) for one, other in zip(fixes, others, strict=False) if one != other]
    (place, one), (_, other) = differing[0] if differing else (fixes[0], fixes[0])
    message = f"{sentence.tokens[place].text!r} may be {one!r} or {other!r}."
    return AmbiguousError(message, problem=_problem(sentence, place, place + 1, (Candidate(one), Candidate(other))))


def _problem(
    sentence: Sentence, first: int, behind: int, candidates: tuple[Candidate, ...] = (), example: str | None = None
) -> Problem:
    start, end = sentence.place(first, behind)
    return Problem(start, end - start, sentence.text[start:end], None, candidates, example)
