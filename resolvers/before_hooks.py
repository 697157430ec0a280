"""Before-hooks of programs elsewhere: before a verb is done, inside its transaction, each is asked by a signed request.

Whatever goes wrong with one is decided by its policy: the verb is refused, or done all the same.
"""

from __future__ import annotations

import asyncio
import hashlib
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import orjson
import structlog
from strawberry.utils.str_converters import to_camel_case

from deskgraph.graph.before_hooks import Registered, before_hooks
from deskgraph.resolvers.claims import PAUSE
from deskgraph.resolvers.records import Draft
from deskgraph.resolvers.webhooks.checks import checked_url
from deskgraph.resolvers.webhooks.options import WebhookOptions
from deskgraph.resolvers.webhooks.outbound import Answer
from deskgraph.resolvers.webhooks.sender import headers
from deskgraph.schema.before_hook import BeforeHook
from deskgraph.schema.errors import HookRejectedError, InvalidInputError
from deskgraph.schema.scalars import now
from deskgraph.schema.verb import VERBS, Verb

if TYPE_CHECKING:
    from deskgraph.resolvers.desk import Desk
    from deskgraph.resolvers.session import Session

# Bytes of an answer that are read, characters of a refusal that are told.
READ = 1024 * 1024
REASON = 1000
log = structlog.get_logger(__name__)


class Unusable(Exception):
    """A before-hook was not reached, or its answer is none."""


class BeforeHooks:
    """The before-hooks of a desk that are elsewhere: `desk.before_hooks`.

    Each process knows them all. What verbs do to them is seen in the log, whichever process did it.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._hooks: list[Registered] = []
        self._watching: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Read what is registered, and follow what becomes of it."""
        cursor = self._desk.feed.position
        await self.refresh()
        self._watching = asyncio.create_task(self._watch(cursor), name="before-hooks")

    async def close(self) -> None:
        """Follow it no more."""
        if self._watching:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)

    async def refresh(self) -> None:
        """Read what is registered now."""
        self._hooks = await self._desk.read(before_hooks)

    async def consult(self, draft: Draft, session: Session, subject: str | None) -> tuple[Draft, list[str]]:
        """Ask each that wants to know of the verb; the draft with their changes, and the ids of those passed over.

        HOOK_REJECTED where one refuses, or could not be asked and its policy is REJECT.
        """
        passed_over = []
        for hook in self._hooks:
            if not concerns(hook.verbs, draft.verb):
                continue
            try:
                draft = await self._ask(hook, draft, session, subject)
            except Unusable as error:
                if not hook.proceeds:
                    raise HookRejectedError(f"The before-hook {hook.id} can't be asked: {error}") from error
                log.warning("before_hook.passed_over", hook=hook.id, verb=draft.verb.key(), error=str(error))
                passed_over.append(hook.id)
        return draft, passed_over

    async def _ask(self, hook: Registered, draft: Draft, session: Session, subject: str | None) -> Draft:
        asked = question(draft, session.actor, subject)
        body, at = orjson.dumps(asked, option=orjson.OPT_UTC_Z), now()
        call = call_id(session.seed, hook.id, asked)
        answer = await self._desk.webhooks.outbound.post(
            hook.url, headers(hook.secrets, call, at, body), body, seconds=hook.seconds, read=READ
        )
        if answer.error:
            raise Unusable(answer.error)
        return changed(draft, verdict(answer))

    async def _watch(self, cursor: int) -> None:
        """Follow the log: after each change of a before-hook read them all again."""
        while entries := await self._desk.feed.kept_after(cursor):
            missed = entries[0].position > cursor + 1
            cursor = entries[-1].position
            if missed or any(entry.type.startswith(f"{BeforeHook.prefix}.") for entry in entries):
                await self._refresh_somehow()

    async def _refresh_somehow(self) -> None:
        """However long the database is away."""
        while True:
            try:
                return await self.refresh()
            except Exception as error:
                log.warning("before_hooks.wait", exc_info=error)
                await asyncio.sleep(PAUSE)


class Noticed:
    """A verb of before-hooks: the process that did it goes by it at once, the others once they see it in the log."""

    @classmethod
    async def committed(cls, desk: Desk) -> None:
        """Read what is registered now."""
        await desk.before_hooks.refresh()


def concerns(patterns: tuple[str, ...] | list[str], verb: type[Verb]) -> bool:
    """Whether a verb matches one of the patterns. Those of before-hooks never do: one that is broken can be removed."""
    return verb.noun is not BeforeHook and any(fnmatchcase(verb.key(), pattern) for pattern in patterns)


def check(given: dict[str, Any], options: WebhookOptions) -> None:
    """INVALID_INPUT where the url or the verbs that were given are wrong."""
    if given.get("url") is not None:
        checked_url(given["url"], private=options.private_targets)
    for pattern in given.get("verbs") or ():
        if not any(concerns([pattern], verb) for verb in VERBS.values()):
            known = ", ".join(sorted(key for key, verb in VERBS.items() if verb.noun is not BeforeHook))
            raise InvalidInputError(f"There are the verbs {known}, not {pattern!r}.", field="verbs")


def question(draft: Draft, actor: str, subject: str | None) -> dict[str, Any]:
    """What a before-hook is told: the verb as it is about to be done, in GraphQL's names."""
    verb, current = draft.verb, draft.current
    return {
        "verb": verb.key(),
        "noun": verb.noun.__name__,
        "id": subject,
        "actor": actor,
        "given": {verb.inputs[name].graphql: value for name, value in draft.given.items()},
        "current": {to_camel_case(name): value for name, value in current.as_dict().items()} if current else None,
    }


def call_id(seed: str, hook: str, asked: dict[str, Any]) -> str:
    """What names this question: the same when the transaction, or the caller by its idempotency key, asks it again."""
    parts = orjson.dumps([seed, hook, asked], option=orjson.OPT_SORT_KEYS)
    return f"call_{hashlib.sha256(parts).hexdigest()[:32]}"


def verdict(answer: Answer) -> dict[str, Any]:
    """The changes that an answer wants. HOOK_REJECTED where it refuses."""
    if not answer.body.strip():
        return {}
    try:
        said = orjson.loads(answer.body)
    except orjson.JSONDecodeError as error:
        raise Unusable("its answer is no JSON") from error
    match said:
        case {"reject": str(reason), **more} if not more:
            raise HookRejectedError(reason[:REASON] or None)
        case {"change": dict(changes), **more} if not more:
            return changes
    if said != {}:
        raise Unusable('its answer is neither {"change": {...}} nor {"reject": "reason"}')
    return {}


def changed(draft: Draft, changes: dict[str, Any]) -> Draft:
    """The draft with changes, in GraphQL's names, if they are such as the verb's caller might have given."""
    verb = draft.verb
    names = {declared.graphql: name for name, declared in verb.inputs.items()}
    for name in changes:
        if name not in names:
            raise Unusable(f"it wants to set {name!r}, and {verb.mutation()} takes {', '.join(names) or 'nothing'}")
    try:
        given = verb.check({**draft.given, **{names[name]: value for name, value in changes.items()}})
    except InvalidInputError as error:
        raise Unusable(f"what it wants to set is none: {error}") from error
    return Draft(verb, given, draft.current)
