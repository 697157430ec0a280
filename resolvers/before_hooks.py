"""Before-hooks of programs elsewhere: before a verb is done, inside its transaction, each is asked by a signed request.

Whatever goes wrong with one is decided by its policy: the verb is refused, or done all the same.
"""

from __future__ import annotations

import asyncio
import contextlib
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import structlog

from deskgraph.graph.before_hooks import Registered, before_hooks
from deskgraph.graph.telemetry import span
from deskgraph.resolvers.questions import Question, Unusable, changed, verdict
from deskgraph.resolvers.records import Draft
from deskgraph.resolvers.watching import Watch
from deskgraph.resolvers.webhooks.checks import checked_url
from deskgraph.resolvers.webhooks.options import WebhookOptions
from deskgraph.resolvers.webhooks.sender import headers
from deskgraph.schema.before_hook import BeforeHook
from deskgraph.schema.errors import HookRejectedError, InvalidInputError, UnavailableError
from deskgraph.schema.scalars import now
from deskgraph.schema.verb import VERBS, Verb

if TYPE_CHECKING:
    from deskgraph.resolvers.desk import Desk
    from deskgraph.resolvers.session import Session

# Bytes of an answer that are read.
READ = 1024 * 1024
log = structlog.get_logger(__name__)


class BeforeHooks:
    """The before-hooks of a desk that are elsewhere: `desk.before_hooks`. Each process knows them all."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._hooks: list[Registered] = []
        self._refreshing = asyncio.Lock()
        self._watch = Watch(desk, BeforeHook, self.refresh)

    async def start(self) -> None:
        """Read what is registered, and follow what becomes of it."""
        await self._watch.start()

    async def close(self) -> None:
        """Follow it no more."""
        await self._watch.close()

    async def refresh(self, _changed: set[str]) -> None:
        """Read what is registered now."""
        async with self._refreshing:  # what was read last must also be kept last
            self._hooks = await self._desk.read(before_hooks)

    def ask_about(self, verb: type[Verb]) -> bool:
        """Whether one of them wants to know of the verb."""
        return any(concerns(hook.verbs, verb) for hook in self._hooks)

    async def consult(self, draft: Draft, session: Session, subject: str | None) -> tuple[Draft, list[str]]:
        """Ask each that wants to know of the verb; the draft with their changes, and the ids of those passed over.

        HOOK_REJECTED where one refuses, or gives no usable answer and its policy is REJECT.
        """
        passed_over = []
        for hook in self._hooks:
            if not concerns(hook.verbs, draft.verb):
                continue
            try:
                draft = await self._ask(hook, draft, session, subject)
            except Unusable as error:
                if not hook.proceeds:
                    raise HookRejectedError(f"The before-hook {hook.id} gave no usable answer: {error}") from error
                log.warning("before_hook.passed_over", hook=hook.id, verb=draft.verb.key(), error=str(error))
                passed_over.append(hook.id)
        return draft, passed_over

    async def _ask(self, hook: Registered, draft: Draft, session: Session, subject: str | None) -> Draft:
        question = Question.about(draft, session.actor, subject)
        signed = headers(hook.secrets, question.id(session.seed, hook.id), now(), question.body)
        post = self._desk.webhooks.outbound.post
        with span("hook", deskgraph__hook=hook.id, deskgraph__verb=draft.verb.key()):
            answer = await post(hook.url, signed, question.body, seconds=hook.seconds, read=READ)
        if answer.error:
            raise Unusable(answer.error)
        return changed(draft, verdict(answer.body))


class Noticed:
    """A verb of before-hooks: the process that did it goes by it at once, the others once they see it in the log."""

    @classmethod
    async def committed(cls, desk: Desk) -> None:
        """Read what is registered now; if the database is away, this process sees it in the log as well."""
        with contextlib.suppress(UnavailableError):
            await desk.before_hooks.refresh(set())


def concerns(patterns: tuple[str, ...], verb: type[Verb]) -> bool:
    """Whether a verb matches one of the patterns. Those of before-hooks never do: one that is broken can be removed."""
    return verb.noun is not BeforeHook and any(fnmatchcase(verb.key(), pattern) for pattern in patterns)


def check(given: dict[str, Any], options: WebhookOptions) -> None:
    """INVALID_INPUT where the url or the verbs that were given are wrong."""
    if "url" in given:
        checked_url(given["url"], private=options.private_targets)
    for pattern in given.get("verbs", ()):
        if not any(concerns((pattern,), verb) for verb in VERBS.values()):
            known = ", ".join(sorted(key for key, verb in VERBS.items() if verb.noun is not BeforeHook))
            raise InvalidInputError(f"There are the verbs {known}, not {pattern!r}.", field="verbs")
