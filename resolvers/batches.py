"""One verb, many times: in one transaction, by one query, unless hooks or choices want them one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from deskgraph.graph.database import Transaction
from deskgraph.graph.writing import Deed, reasons, write_many
from deskgraph.resolvers.act import checked, decide, in_transaction, perform_checked
from deskgraph.resolvers.claimed import Claimed, Earlier, claim_keys, release_keys, settle_keys
from deskgraph.resolvers.command import Answer, Command, Outcome, Wanted
from deskgraph.resolvers.rereading import reread, with_positions
from deskgraph.resolvers.session import Session, joined
from deskgraph.resolvers.sight import is_scoped
from deskgraph.schema.errors import (
    AlreadyExistsError,
    BatchRefusedError,
    DeskError,
    InvalidInputError,
    UnavailableError,
)
from deskgraph.schema.ids import new_id
from deskgraph.schema.verb import Verb

MOST = 1000


class _RefusedError(Exception):
    """Rolls the transaction back: the items at these places were refused."""

    def __init__(self, errors: dict[int, DeskError]) -> None:
        super().__init__(errors)
        self.errors = errors


async def perform_batch(
    session: Session, verb: type[Verb], commands: Sequence[Command], wanted: Wanted, *, atomic: bool = True
) -> list[Answer]:
    """Do a verb 1 to 1,000 times: the outcome of each or why it was refused, in their order.

    `atomic`: if one is refused nothing is done, and the others are BATCH_REFUSED. Otherwise each counts for itself.
    INVALID_INPUT for a batch of another size.
    """
    if not 1 <= len(commands) <= MOST:
        raise InvalidInputError(f"A batch has 1 to {MOST:,} items, not {len(commands):,}.", field="items")
    session = joined(session)
    wanted.plan  # noqa: B018 - before anything is done: FORBIDDEN if the caller may not see it
    await session.desk.attach_hooks()
    items = _distinct([_checked(command, session) for command in commands])
    sound = [item for item in items if isinstance(item, Command)]
    if not sound or (atomic and len(sound) < len(items)):
        return _none_done(items)
    scoped = is_scoped(session.caller.role)
    singly = scoped or session.desk.is_hooked(verb) or any(verb.looks(command.given) for command in sound)
    if singly and not atomic and not session.tx:
        return [await _alone(session, item, wanted) for item in items]
    try:
        answers = await _committed(session, verb, items, wanted, atomic=atomic, singly=singly)
    except _RefusedError as refused:
        if session.tx:  # only its owner can roll it back
            raise next(iter(refused.errors.values())) from refused
        return _none_done([refused.errors.get(at, item) for at, item in enumerate(items)])
    if session.tx:
        return answers
    done = [answer for answer in answers if isinstance(answer, Outcome)]
    placed = iter(await with_positions(session, verb.noun, done, wanted))
    return [next(placed) if isinstance(answer, Outcome) else answer for answer in answers]


def _checked(command: Command, session: Session) -> Command | DeskError:
    try:
        return checked(command, session)
    except DeskError as error:
        return error


def _distinct(items: list[Command | DeskError]) -> list[Command | DeskError]:
    """The items; of those with the same id, or the same key, all but the first are refused."""
    ids: set[str] = set()
    keys: set[str] = set()
    made: list[Command | DeskError] = []
    for item in items:
        if isinstance(item, Command) and item.subject in ids:
            made.append(AlreadyExistsError(f"{item.subject} comes twice in this batch.", field="id"))
        elif isinstance(item, Command) and item.idempotency_key in keys:
            made.append(InvalidInputError("The key comes twice in this batch.", field="idempotencyKey"))
        else:
            made.append(item)
        if isinstance(item, Command):
            ids |= {item.subject} if item.subject else set()
            keys |= {item.idempotency_key} if item.idempotency_key else set()
    return made


def _none_done(items: Sequence[Command | DeskError]) -> list[Answer]:
    return [item if isinstance(item, DeskError) else BatchRefusedError() for item in items]


async def _alone(session: Session, item: Command | DeskError, wanted: Wanted) -> Answer:
    """One item in a transaction of its own."""
    if isinstance(item, DeskError):
        return item
    try:
        return await perform_checked(session, item, wanted)
    except DeskError as error:
        return error


async def _committed(
    session: Session, verb: type[Verb], items: list[Command | DeskError], wanted: Wanted, *, atomic: bool, singly: bool
) -> list[Answer]:
    """All of them in one transaction: the session's, or one of their own."""
    desk = session.desk
    numbers = await desk.numbers.reserve(len(items)) if verb.numbered() and not session.tx else [0] * len(items)
    seed = session.seed or new_id("seed")
    batch = Batch(items, wanted, numbers, atomic=atomic)
    work = batch.singly if singly else batch.together
    if session.tx:
        return await work(session)
    unused = numbers
    try:
        answers = await desk.database.write(desk.workspace, lambda tx: work(session.inside(tx, seed=seed)))
        unused = [number for number, answer in zip(numbers, answers, strict=True) if not _new(answer)]
    except UnavailableError:
        unused = []  # they might have been committed all the same
        raise
    finally:
        if verb.numbered():
            desk.numbers.give_back(unused)
    desk.feed.wake()
    await verb.committed(desk)
    return answers


def _new(answer: Answer) -> bool:
    return isinstance(answer, Outcome) and not answer.replayed


@dataclass(frozen=True, slots=True)
class Batch:
    """What is to be done in one transaction."""

    items: list[Command | DeskError]
    wanted: Wanted
    numbers: list[int]
    atomic: bool

    async def singly(self, session: Session) -> list[Answer]:
        """One after the other, each seeing what those before it wrote. The first refusal is the end of all."""
        answers: list[Answer] = []
        for at, item in enumerate(self.items):
            assert isinstance(item, Command)
            numbered = session.inside(_tx(session), self.numbers[at])
            try:
                answers.append(await in_transaction(numbered, item, self.wanted))
            except DeskError as error:
                raise _RefusedError({at: error}) from error
        return answers

    async def together(self, session: Session) -> list[Answer]:
        """All by one query for each kind of item: with the same edges, say."""
        tx = _tx(session)
        sound = [item for item in self.items if isinstance(item, Command)]
        claimed = await claim_keys(tx, sound)
        decided = [await self._decided(session, at, claimed) for at in range(len(self.items))]
        deeds = [deed for deed in decided if isinstance(deed, Deed)]
        noun = sound[0].verb.noun
        written = await write_many(tx, deeds, self.wanted.plan) if deeds else {}
        again = [(earlier.subject, earlier.event) for earlier in decided if isinstance(earlier, Earlier)]
        found = await reread(session, noun, again, self.wanted) if again else []
        read = {event: payload for (_, event), payload in zip(again, found, strict=True)}
        why = await reasons(tx, [deed for deed in deeds if deed.subject not in written])
        answers = [_answer(made, written, read, why) for made in decided]
        if self.atomic and (errors := {at: one for at, one in enumerate(answers) if isinstance(one, DeskError)}):
            raise _RefusedError(errors)
        for deed in deeds:
            if deed.subject in written:
                await deed.verb.finish(deed.subject, deed.change, session.trusted())
        await self._keys(tx, claimed, answers)
        return answers

    async def _decided(self, session: Session, at: int, claimed: Claimed) -> Deed | Earlier | DeskError:
        item = self.items[at]
        if isinstance(item, DeskError):
            return item
        earlier = claimed.get(item.idempotency_key or "")
        try:
            return earlier or await decide(session.inside(_tx(session), self.numbers[at]), item)
        except DeskError as error:
            return error

    async def _keys(self, tx: Transaction, claimed: Claimed, answers: list[Answer]) -> None:
        """Settle the keys of what was done now, give back those of what was refused."""
        mine = [
            (item.idempotency_key, answer)
            for item, answer in zip(self.items, answers, strict=True)
            if isinstance(item, Command) and item.idempotency_key and claimed[item.idempotency_key] is None
        ]
        await settle_keys(tx, [(key, done.subject, done.event) for key, done in mine if isinstance(done, Outcome)])
        await release_keys(tx, [key for key, refused in mine if isinstance(refused, DeskError)])


def _answer(
    made: Deed | Earlier | DeskError, written: dict[str, Any], read: dict[str, Any], why: dict[str, DeskError]
) -> Answer:
    if isinstance(made, DeskError):
        return made
    if isinstance(made, Earlier):
        return Outcome(made.subject, made.event, read[made.event], replayed=True)
    if made.subject not in written:
        return why[made.subject]
    return Outcome(made.subject, made.event, written[made.subject])


def _tx(session: Session) -> Transaction:
    assert session.tx
    return session.tx
