"""From a text to a plan: the cheapest reading, with its pronouns led back to what was mentioned; or what is wrong."""

from __future__ import annotations

from dataclasses import replace

from deskgraph.schema.english.complaints import complain, complaint, no_antecedent, two_readings
from deskgraph.schema.english.plan import Correction, Option, Plan, Ref, Step
from deskgraph.schema.english.reader import Reader, Result, reader
from deskgraph.schema.english.tokens import Sentence, tokens_of
from deskgraph.schema.english.values import fits
from deskgraph.schema.errors import DeskError, InvalidInputError, NotUnderstoodError, Problem
from deskgraph.schema.fields import Ref as RefInput
from deskgraph.schema.verb import spoken_of

MOST_CHARACTERS = 10_000
MOST_STEPS = 50
CLEARLY = 1.5
NEAR = 2.0
PEOPLE = ("contact", "user")


def understand(text: str) -> Plan:
    """The plan of a sentence. NOT_UNDERSTOOD, AMBIGUOUS or INVALID_INPUT, with the words at fault."""
    sentence = _checked(text)
    made = reader()
    if sentence.unclosed >= 0:
        raise NotUnderstoodError(
            "The quotation mark here is never closed.", problem=Problem(sentence.unclosed, 1, text[sentence.unclosed])
        )
    result = made.read(sentence)
    return Plan(text, _understood(result, sentence, made))


def _checked(text: str) -> Sentence:
    if not isinstance(text, str) or not text.strip():
        raise NotUnderstoodError("There is nothing to do in an empty text.", field="text", problem=Problem())
    if len(text) > MOST_CHARACTERS:
        wanted = f"{MOST_CHARACTERS:,} characters at most, not {len(text):,}"
        raise InvalidInputError(f"A sentence may have {wanted}.", field="text")
    return tokens_of(text)


def _understood(result: Result, sentence: Sentence, made: Reader) -> tuple[Step, ...]:
    """The steps of the cheapest reading whose pronouns mean something, if it is not far from the cheapest of all."""
    _must_be_whole(result, sentence, made)
    cheapest = result.readings[0][0]
    refused: DeskError | None = None
    for cost, steps, fixes in result.readings:
        if cost > cheapest + NEAR:
            break
        try:
            understood = _referring(_placed_all(steps, sentence, fixes), sentence)
        except NotUnderstoodError as error:
            refused = refused or error
            continue
        _must_be_clear(result, cost, steps, fixes, sentence)
        return understood
    assert refused
    raise refused


def _must_be_whole(result: Result, sentence: Sentence, made: Reader) -> None:
    """What is wrong, if there is no reading, or if the cheapest one by far is not a whole command."""
    if not result.readings:
        raise complaint(result, sentence, made)
    end = len(sentence.tokens)
    unfinished = [(cost, one) for at, cost, one in result.refusals if at == end and one.message.startswith("MISSING")]
    cost, refused = min(unfinished, key=lambda one: one[0], default=(0.0, None))
    if refused and cost + CLEARLY < result.readings[0][0]:
        raise complain(refused, sentence)
    count = len(result.readings[0][1])
    if count > MOST_STEPS:
        raise InvalidInputError(f"A sentence may have {MOST_STEPS} steps at most, not {count}.", field="text")


def _must_be_clear(
    result: Result, cost: float, steps: tuple[Step, ...], fixes: tuple[tuple[int, str], ...], sentence: Sentence
) -> None:
    """AMBIGUOUS, if a misspelled word may as well be another one that leads to something else."""
    said = [str(step) for step in steps]
    for other_cost, other, other_fixes in result.readings:
        same_price = abs(other_cost - cost) < 0.01 and other_fixes != fixes
        if same_price and [str(step) for step in other] != said:
            raise two_readings(sentence, fixes, other_fixes)


def _placed_all(steps: tuple[Step, ...], sentence: Sentence, fixes: tuple[tuple[int, str], ...]) -> tuple[Step, ...]:
    """The steps with their places; a misspelled word between two of them belongs to the later one."""
    starts = [0, *(step.behind for step in steps[:-1])]
    ends = [*starts[1:], len(sentence.tokens)]
    return tuple(
        _placed(step, sentence, [one for one in fixes if start <= one[0] < end])
        for step, start, end in zip(steps, starts, ends, strict=True)
    )


def _placed(step: Step, sentence: Sentence, fixes: list[tuple[int, str]]) -> Step:
    """The step with the place of its words, and those of them that were misspelled."""
    start, end = sentence.place(step.first, step.behind)
    tokens = [(sentence.tokens[at], read) for at, read in fixes]
    corrections = tuple(Correction(token.text, read, token.start) for token, read in dict.fromkeys(tokens))
    return replace(step, position=start, length=end - start, text=sentence.text[start:end], corrections=corrections)


def _referring(steps: tuple[Step, ...], sentence: Sentence) -> tuple[Step, ...]:
    """The steps, of whose options those remain whose pronouns can mean something that was mentioned before them."""
    done: list[Step] = []
    for step in steps:
        options = [_definite(option, done) for option in step.options]
        fitting = [
            option for option in options if all(_mentioned(ref, prefixes, done) for ref, prefixes in _pronouns(option))
        ]
        if not fitting:
            ref, _ = next(iter(one for option in options for one in _pronouns(option)))
            raise no_antecedent(ref, options[0].verb, sentence)
        done.append(replace(step, options=_nearest(fitting, done)))
    return tuple(done)


def _definite(option: Option, done: list[Step]) -> Option:
    """The option in which "the ticket", with nothing more said, is the one that was mentioned, if one was."""
    subject = tuple(_pronounced(ref, done) for ref in option.subject)
    given = {
        name: _pronounced(value, done) if isinstance(value, Ref) else value for name, value in option.given.items()
    }
    return replace(option, subject=subject, given=given | _implied(option, done))


def _implied(option: Option, done: list[Step]) -> dict[str, Ref]:
    """What a new thing is about, where the sentence does not say it: what was mentioned before."""
    inputs = option.verb.inputs
    if not option.verb.creates or any(isinstance(value, Ref) for value in option.given.values()):
        return {}
    names = [name for name, one in inputs.items() if isinstance(one, RefInput) and one.implied]
    return {
        name: Ref("pronoun", "it")
        for name in names
        if any(inputs[name].prefix in mention for mention in mentions(done))  # type: ignore[union-attr]
    }


def _pronounced(ref: Ref, done: list[Step]) -> Ref:
    bare = ref.kind == "select" and not ref.conditions and ref.count in ("one", "several")
    if bare and any(ref.noun in prefixes for mention in mentions(done) for prefixes in [mention]):
        return replace(ref, kind="pronoun", text="it" if ref.count == "one" else "them", count="one")
    return ref


def _pronouns(option: Option) -> list[tuple[Ref, set[str]]]:
    """The pronouns of an option, each with the nouns that would fit its place."""
    found = [(ref, {option.verb.noun.prefix}) for ref in option.subject if ref.kind == "pronoun"]
    for name, value in option.given.items():
        declared = option.verb.inputs[name]
        if isinstance(value, Ref) and value.kind == "pronoun" and isinstance(declared, RefInput):
            found.append((value, {declared.prefix}))
    refs = [*option.subject, *(value for value in option.given.values() if isinstance(value, Ref))]
    for ref in refs:
        inner = [condition.ref for condition in ref.conditions if condition.ref is not None]
        found += [(one, {noun.prefix for noun in spoken_of()}) for one in inner if one.kind == "pronoun"]
    return found


def _mentioned(ref: Ref, prefixes: set[str], done: list[Step]) -> bool:
    """Whether something that the pronoun may mean was mentioned in a step before."""
    wanted = prefixes & set(PEOPLE) if ref.text == "person" else prefixes
    return any(mention & wanted for mention in mentions(done))


def mentions(done: list[Step]) -> list[set[str]]:
    """What was mentioned, by the nouns that it may be of, the latest first; what was acted on before the rest."""
    subjects = [{option.verb.noun.prefix for option in step.options} for step in reversed(done)]
    others: list[set[str]] = []
    for step in reversed(done):
        for option in step.options:
            for name, value in option.given.items():
                declared = option.verb.inputs[name]
                if isinstance(value, Ref) and isinstance(declared, RefInput):
                    others.append({declared.prefix})
            inner = [
                condition.ref for ref in option.subject for condition in ref.conditions if condition.ref is not None
            ]
            others += [{noun.prefix for noun in spoken_of() if fits(ref, noun.prefix)} for ref in inner]
    return [*subjects, *others]


def _nearest(options: list[Option], done: list[Step]) -> tuple[Option, ...]:
    """Of several nouns that a pronoun may be, the one of what was mentioned last."""
    pronouns = [option for option in options if any(ref.kind == "pronoun" for ref in option.subject)]
    if len(pronouns) < len(options) or len(options) == 1:
        return tuple(options)
    for mention in mentions(done):
        near = tuple(option for option in options if option.verb.noun.prefix in mention)
        if near:
            return near
    return tuple(options)
