"""One verb, one transaction: claim the key, lock the noun, run the before-hooks, write change and event, read both.

All of it is committed together or not at all. The transaction is run again after a deadlock, and with it the
before-hooks: what must happen once belongs into an after-hook.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

import structlog

from deskgraph.graph.compiler.cypher import Plan, Response
from deskgraph.graph.database import is_passing
from deskgraph.graph.telemetry import span
from deskgraph.graph.writing import Deed, Guard, lock, write, write_if
from deskgraph.resolvers.claimed import claim_keys, release_keys, settle_keys
from deskgraph.resolvers.command import Command, Outcome, Wanted
from deskgraph.resolvers.records import Draft, Record
from deskgraph.resolvers.rereading import reread, with_positions
from deskgraph.resolvers.session import Session, joined, run_hook
from deskgraph.resolvers.sight import check_references, is_scoped, sees
from deskgraph.schema.errors import (
    CausalChainError,
    DeskError,
    HookRejectedError,
    InvalidInputError,
    InvalidTransitionError,
    NotFoundError,
    UnavailableError,
    VersionConflictError,
)
from deskgraph.schema.fields import Text
from deskgraph.schema.ids import check_id, new_id
from deskgraph.schema.scalars import Words
from deskgraph.schema.verb import Verb

MAX_CHAIN = 16
log = structlog.get_logger(__name__)


async def perform(session: Session, command: Command, wanted: Wanted) -> Outcome:
    """Do a verb; a DeskError means that nothing was changed. What is `wanted` is read in the same transaction."""
    return await perform_checked(joined(session), checked(command, session), wanted)


async def perform_checked(session: Session, command: Command, wanted: Wanted) -> Outcome:
    """The same with a command that was checked, in a session that was joined."""
    wanted.plan  # noqa: B018 - before anything is done: FORBIDDEN if the caller may not see it
    if session.tx:
        return await in_transaction(session, command, wanted)
    desk = session.desk
    await desk.attach_hooks()
    seed = command.idempotency_key or new_id("seed")
    numbers = await desk.numbers.reserve() if command.verb.numbered() else [0]
    used = True
    try:
        outcome = await _outcome(session.inside(None, numbers[0], seed), command, wanted)
        used = not outcome.replayed
    except DeskError as error:
        used = isinstance(error, UnavailableError)  # it might have been committed all the same
        raise
    finally:
        if command.verb.numbered() and not used:
            desk.numbers.give_back(numbers)
    desk.feed.wake()
    await command.verb.committed(desk)
    [outcome] = await with_positions(session, command.verb.noun, [outcome], wanted)
    return outcome


async def _outcome(session: Session, command: Command, wanted: Wanted) -> Outcome:
    """A verb in a transaction of its own."""
    if alone := await _alone(session, command, wanted):
        return alone
    desk, number = session.desk, session.number
    return await desk.database.write(
        desk.workspace, lambda tx: in_transaction(session.inside(tx, number), command, wanted)
    )


async def _alone(session: Session, command: Command, wanted: Wanted) -> Outcome | None:
    """A verb that needs one query only, as a transaction of its own; None where it has to be looked into."""
    desk, verb = session.desk, command.verb
    if command.idempotency_key or verb.finishes() or not _is_plain(session, command):
        return None
    try:
        deed = await _decided_blindly(session, command)
    except DeskError:  # what is wrong first is told elsewhere
        return None
    payload = await desk.groups.write(deed, wanted.plan)
    return None if payload is None else Outcome(deed.subject, deed.event, payload, reveal=deed.change.reveal)


def _is_plain(session: Session, command: Command) -> bool:
    """Whether nothing has to be seen before it is written: by the verb, by a hook, or to know whether it is allowed."""
    verb = command.verb
    return not (verb.looks(command.given) or session.desk.is_hooked(verb) or is_scoped(session.caller.role))


def checked(command: Command, session: Session) -> Command:
    """The command with its inputs as they are stored. FORBIDDEN if the caller may not do it."""
    verb, subject, caller = command.verb, command.subject, session.caller
    given = verb.permitted(command.given, caller)
    if subject is not None or not verb.creates:
        subject = check_id(getattr(subject, "id", subject), verb.noun.prefix, "id")
    _check_conditions(command)
    given = verb.check(given)
    if verb.partial and not given:
        raise InvalidInputError(f"{verb.mutation()} needs at least one of {', '.join(verb.inputs)}.")
    return Command(verb, given, subject, command.expected_version, caller.owned(command.idempotency_key))


def _check_conditions(command: Command) -> None:
    """INVALID_INPUT for a key or an expected version that is none."""
    key, version = command.idempotency_key, command.expected_version
    if key is not None:
        Text("", most=255).named("idempotency_key").check(key)
    if version is not None and (command.verb.creates or type(version) is not int):
        wanted = "left out: there is no version yet" if command.verb.creates else f"a whole number, not {version!r}"
        raise InvalidInputError(f"expectedVersion must be {wanted}.", field="expectedVersion")


async def in_transaction(session: Session, command: Command, wanted: Wanted) -> Outcome:
    """A verb inside the session's transaction, which the caller commits, or rolls back for a DeskError."""
    tx = session.tx
    assert tx
    for earlier in (await claim_keys(tx, [command])).values():
        if isinstance(earlier, DeskError):
            raise earlier
        if earlier:
            [payload] = await reread(session, command.verb.noun, [(earlier.subject, earlier.event)], wanted)
            return Outcome(earlier.subject, earlier.event, payload, replayed=True)
    try:
        plan = wanted.plan
        deed, payload = await _written(session, command, replace(plan, parameters=session.personal(plan.parameters)))
        await command.verb.finish(deed.subject, deed.change, session.trusted())
    except DeskError:
        await release_keys(tx, [command.idempotency_key])
        raise
    await settle_keys(tx, [(command.idempotency_key, deed.subject, deed.event)])
    return Outcome(deed.subject, deed.event, payload if wanted else Response(), reveal=deed.change.reveal)


async def _written(session: Session, command: Command, answer: Plan) -> tuple[Deed, Response]:
    """A verb, decided and written; in one query, where neither it nor a hook has to see the noun before."""
    verb, tx = command.verb, session.tx
    assert tx
    if not verb.creates and _is_plain(session, command):
        with suppress(DeskError):  # what is wrong first is told below
            deed = await _decided_blindly(session, command)
            payload = await write_if(tx, deed, answer)
            if payload is not None:
                return deed, payload
    deed = await decide(session, command)
    return deed, await write(tx, deed, answer)


async def _decided_blindly(session: Session, command: Command) -> Deed:
    """What the verb changes if the noun turns out to be as it must."""
    _check_chain(session)
    verb = command.verb
    deed = await _deed(session, command, Draft(verb, dict(command.given), None))
    if verb.creates:
        return deed
    states = tuple(map(str, verb.from_)) if verb.from_ else None
    return replace(deed, guard=Guard(states, command.expected_version))


def _check_chain(session: Session) -> None:
    if session.cause and session.cause.depth + 1 > MAX_CHAIN:
        raise CausalChainError


async def decide(session: Session, command: Command) -> Deed:
    """Everything between the lock and the write: may the verb be done, what do the hooks say, what does it change."""
    verb, tx = command.verb, session.tx
    assert tx
    current = None if verb.creates else await _load(session, command)
    _check_chain(session)
    draft = Draft(verb, dict(command.given), current)
    await check_references(session, command)
    if hooks := session.desk.hooks.before(verb):
        # Without the number: that is this verb's, not of those the hooks do.
        context = session.inside(tx).trusted()
        for hook in hooks:
            draft = await _consult(hook, draft, context)
        # A hook may have done other verbs to the same noun: read it again.
        current = None if verb.creates else await _load(session, replace(command, expected_version=None))
        draft = Draft(verb, verb.check(draft.given), current)
    return await _deed(session, command, draft)


async def _deed(session: Session, command: Command, draft: Draft) -> Deed:
    """What the verb changes, once the hooks that are elsewhere were asked."""
    verb = command.verb
    draft, passed_over = await session.desk.before_hooks.consult(draft, session, command.subject)
    change = verb.moved(await verb.decide(draft, session.trusted()))
    if passed_over:
        change.data["$passedOver"] = passed_over
    subject = command.subject or new_id(verb.noun.prefix)
    version = draft.current.version + 1 if draft.current else 1
    chosen = verb.creates and command.subject is not None
    return Deed(verb, new_id("event"), subject, version, change, session.actor, session.cause, chosen)


async def _load(session: Session, command: Command) -> Record:
    """The noun, locked, if it is there, in the version expected and in a state that allows the verb."""
    verb, noun = command.verb, command.verb.noun
    assert session.tx
    assert command.subject
    values = await lock(session.tx, noun, command.subject)
    if values is None or not await sees(session, noun, command.subject):
        raise NotFoundError(f"There is no {noun.__name__.lower()} {command.subject}.", field="id")
    record = Record.read(noun, values)
    if command.expected_version not in (None, record.version):
        raise VersionConflictError(
            f"{record.id} has version {record.version}, not {command.expected_version}: read it again, then decide.",
            field="expectedVersion",
        )
    if verb.from_ is not None and record.status not in verb.from_:
        raise InvalidTransitionError(_refusal(verb, record.status))
    return record


def _refusal(verb: type[Verb], status: Words) -> str:
    allowed = ", ".join(str(state) for state in verb.from_ or ())
    return f"A {verb.noun.__name__.lower()} that is {status} can't do {verb.name}: it must be {allowed}."


async def _consult(hook: Any, draft: Draft, session: Session) -> Draft:
    """Run one before-hook: it may change the draft, give another one back, or veto by raising."""
    try:
        with span("hook", deskgraph__hook=name_of(hook), deskgraph__verb=draft.verb.key()):
            answer = await run_hook(hook, draft, session)
    except Exception as error:
        if is_passing(error):
            raise
        log.info("hook.rejected", verb=draft.verb.mutation(), hook=name_of(hook), exc_info=error)
        raise HookRejectedError(str(error) or type(error).__name__) from error
    if answer is None or isinstance(answer, Draft):
        return answer or draft
    raise HookRejectedError(f"The hook {hook!r} must return the {draft.verb.noun.prefix} or None, not {answer!r}.")


def name_of(hook: Any) -> str:
    """What a before-hook is called in logs and traces."""
    return getattr(hook, "__qualname__", str(hook))
