"""`do`: an English sentence, understood, looked up and done, all of its steps in one transaction or none."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import orjson

from deskgraph.graph.database import Transaction
from deskgraph.graph.statements import statement
from deskgraph.resolvers.act import perform
from deskgraph.resolvers.command import RECORD, Command, record_wanted
from deskgraph.resolvers.records import Record
from deskgraph.resolvers.references import Finder, Found, Mentions, ambiguous
from deskgraph.resolvers.session import Session, joined
from deskgraph.schema.english.examples import example
from deskgraph.schema.english.groups import title_of
from deskgraph.schema.english.plan import Correction, Option, Plan, Ref, Step
from deskgraph.schema.english.reader import reader
from deskgraph.schema.english.tokens import tokens_of
from deskgraph.schema.english.understanding import understand
from deskgraph.schema.errors import AmbiguousError, DeskError, IdempotencyConflictError, NotFoundError, Problem
from deskgraph.schema.fields import Ref as RefInput
from deskgraph.schema.fields import Text
from deskgraph.schema.ids import new_id
from deskgraph.schema.verb import VERBS


@dataclass(frozen=True, slots=True)
class Planned:
    """A step as it was understood. `subjects` are ids, none of which a creating verb has before it is done.

    `input` has GraphQL's names; where it speaks of what an earlier step of a dry run would create, that is null.
    """

    verb: str
    mutation: str
    subjects: list[str | None]
    input: dict[str, Any]
    text: str
    position: int
    length: int
    corrections: list[Correction]
    reading: str


@dataclass(frozen=True, slots=True)
class Event:
    """The event that a step wrote; its position where it was asked for."""

    id: str
    type: str
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What a verb led to: `step` is the number of its step, from 1. One step may do its verb to several."""

    step: int
    verb: str
    mutation: str
    id: str
    version: int
    status: str | None
    event: Event


@dataclass(frozen=True, slots=True)
class Result:
    """What a sentence led to. `steps` is empty in a dry run."""

    text: str
    dry_run: bool
    plan: list[Planned]
    steps: list[Done] = field(default_factory=list)
    replayed: bool = False

    def as_dict(self) -> dict[str, Any]:
        """What JSON can say."""
        return asdict(self)


async def do(
    session: Session,
    text: str,
    *,
    dry_run: bool = False,
    idempotency_key: str | None = None,
    positions: bool = False,
) -> Result:
    """Do what the sentence says. A DeskError means that nothing was done, and its `problem` has the words at fault.

    `positions`: wait for the events' positions, which they get after the commit.
    """
    await asyncio.to_thread(reader)  # made when the desk started; whoever comes before it is done waits here
    plan, session = understand(text), joined(session)
    if dry_run:
        return await _dry_run(session, plan)
    if idempotency_key is not None:
        Text("", most=255).named("idempotency_key").check(idempotency_key)
        idempotency_key = session.caller.owned(idempotency_key)
    if session.tx:
        return await _in_transaction(session, session.tx, plan, idempotency_key)
    desk = session.desk
    await desk.attach_hooks()
    seed = idempotency_key or new_id("seed")
    result = await desk.database.write(
        desk.workspace, lambda tx: _in_transaction(session.inside(tx, seed=seed), tx, plan, idempotency_key)
    )
    desk.feed.wake()
    for verb in {VERBS[step.verb] for step in result.plan}:
        await verb.committed(desk)
    return await _with_positions(session, result) if positions else result


async def _dry_run(session: Session, plan: Plan) -> Result:
    run = Run(session, plan)
    return Result(plan.text, True, [await run.look_up(step) for step in plan.steps])


async def _in_transaction(session: Session, tx: Transaction, plan: Plan, key: str | None) -> Result:
    """All steps; or what they led to the first time with this key."""
    if key and (earlier := await _claim(tx, key, plan.text)):
        return earlier
    run = Run(session, plan)
    planned = [await run.step(number, step) for number, step in enumerate(plan.steps, 1)]
    result = Result(plan.text, False, planned, run.done)
    if key:
        await tx.run(statement("settle_sentence"), key=key, result=orjson.dumps(result.as_dict()).decode())
    return result


async def _claim(tx: Transaction, key: str, text: str) -> Result | None:
    fingerprint = hashlib.sha256(orjson.dumps(["do", text])).hexdigest()
    row = await tx.one(statement("claim_sentence"), key=key, fingerprint=fingerprint)
    assert row
    if not row["same"]:
        raise IdempotencyConflictError(field="idempotencyKey")
    return _restored(orjson.loads(row["result"])) if row["result"] else None


def _restored(kept: dict[str, Any]) -> Result:
    """A result that was kept as JSON."""
    plan = [
        Planned(**{**one, "corrections": [Correction(**correction) for correction in one["corrections"]]})
        for one in kept["plan"]
    ]
    steps = [Done(**{**one, "event": Event(**one["event"])}) for one in kept["steps"]]
    return Result(kept["text"], False, plan, steps, replayed=True)


async def _with_positions(session: Session, result: Result) -> Result:
    await session.desk.feed.settle()
    events = await session.trusted().Event.find(id=[done.event.id for done in result.steps])
    known = {event.id: event.position for event in events}
    steps = [replace(one, event=replace(one.event, position=known.get(one.event.id))) for one in result.steps]
    return replace(result, steps=steps)


@dataclass(frozen=True, slots=True)
class Ready:
    """An option with everything looked up."""

    option: Option
    subjects: list[Found]
    given: dict[str, Any]


class Run:
    """The steps of a plan, looked up and done one after the other, so that each sees what those before it did."""

    def __init__(self, session: Session, plan: Plan) -> None:
        self.session = session
        self.plan = plan
        self.mentions = Mentions()
        self.finder = Finder(session, self.mentions)
        self.done: list[Done] = []

    async def look_up(self, step: Step) -> Planned:
        """A step of a dry run: what it would be done to, but for what earlier steps would change."""
        ready = await self._placed(step, self._ready(step))
        verb = ready.option.verb
        if verb.creates:
            title = title_of(verb.noun)
            made = Found(verb.noun.prefix, None, str(ready.given.get(title or "", "")), ready.given.get("email"))
            self.mentions.subjects.append([made])
        else:
            self.mentions.subjects.append(ready.subjects)
        return planned(step, ready)

    async def step(self, number: int, step: Step) -> Planned:
        """A step, looked up and done."""
        ready = await self._placed(step, self._ready(step))
        verb = ready.option.verb
        subjects: Sequence[Found | None] = [None] if verb.creates else ready.subjects
        for subject in subjects:
            record = await self._placed(step, self._perform(number, ready, subject))
            if verb.creates:
                ready = replace(ready, subjects=[Found.of(verb.noun.prefix, record)])
        self.mentions.subjects.append(ready.subjects)
        return planned(step, ready)

    async def _perform(self, number: int, ready: Ready, subject: Found | None) -> Record:
        verb = ready.option.verb
        command = Command(verb, ready.given, subject.id if subject else None)
        outcome = await perform(self.session, command, record_wanted(verb.noun, self.session.caller.role))
        record = Record.read(verb.noun, outcome.payload[RECORD])
        status = str(record.status) if "status" in verb.noun.fields else None
        event = Event(outcome.event, verb.event())
        self.done.append(Done(number, verb.key(), verb.mutation(), record.id, record.version, status, event))
        return record

    async def _ready(self, step: Step) -> Ready:
        """The one option whose references all mean something."""
        ways: list[Ready] = []
        missed: NotFoundError | None = None
        for option in step.options:
            try:
                ways.append(await self._looked_up(option))
            except NotFoundError as error:
                missed = missed or error
        if not ways:
            assert missed
            raise missed
        if len(ways) > 1:
            raise _several_ways(ways)
        return ways[0]

    async def _looked_up(self, option: Option) -> Ready:
        verb = option.verb
        subjects: dict[str | None, Found] = {}
        for ref in option.subject:
            subjects |= {one.id: one for one in await self.finder.all(ref, [verb.noun.prefix])}
        given: dict[str, Any] = {}
        for name, value in option.given.items():
            declared = verb.inputs[name]
            if isinstance(value, Ref) and isinstance(declared, RefInput):
                given[name] = (await self.finder.one(value, [declared.prefix])).id
            else:
                given[name] = value
        return Ready(option, list(subjects.values()), given)

    async def _placed(self, step: Step, work: Any) -> Any:
        """The work's result; an error of it is told with the words that it is about, or else with the step's."""
        try:
            return await work
        except DeskError as error:
            error.problem = self._problem(step, error.problem)
            raise

    def _problem(self, step: Step, known: Problem | None) -> Problem:
        number = self.plan.steps.index(step) + 1
        shown = example(step.options[0].verb)
        if known is None or known.length <= 0:
            return Problem(step.position, step.length, step.text, number, known.candidates if known else (), shown)
        start, end = tokens_of(self.plan.text).place(known.position, known.position + known.length)
        return Problem(start, end - start, self.plan.text[start:end], number, known.candidates, shown)


def _several_ways(ways: list[Ready]) -> AmbiguousError:
    """A name that is one of several nouns, of which each would do."""
    for place in range(len(ways[0].option.subject) or 1):
        found = list({one.id: one for way in ways for one in way.subjects[place : place + 1]}.values())
        if len(found) > 1:
            return ambiguous(ways[0].option.subject[place], found)
    refs = [value for way in ways for value in way.option.given.values() if isinstance(value, Ref)]
    readings = "; or ".join(str(way.option) for way in ways)
    problem = Problem(refs[0].first, refs[0].behind - refs[0].first) if refs else None
    return AmbiguousError(f"This may mean several things: {readings}.", problem=problem)


def planned(step: Step, ready: Ready) -> Planned:
    """The step as it is told."""
    verb = ready.option.verb
    given = {verb.inputs[name].graphql: value for name, value in ready.given.items()}
    return Planned(
        verb.key(),
        verb.mutation(),
        [one.id for one in ready.subjects],
        given,
        step.text,
        step.position,
        step.length,
        list(step.corrections),
        str(ready.option),
    )
