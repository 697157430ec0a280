"""A desk: one workspace at work in this process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from fnmatch import fnmatchcase
from types import TracebackType
from typing import Self

from deskgraph.graph.database import Database
from deskgraph.graph.feed import Feed
from deskgraph.graph.log import Entry
from deskgraph.graph.setup import prepare
from deskgraph.resolvers import verbs
from deskgraph.resolvers.act import perform
from deskgraph.resolvers.command import Command, Outcome, Want
from deskgraph.resolvers.consumers import Consumer
from deskgraph.resolvers.do import Result, do
from deskgraph.resolvers.hooks import DEFAULT_HOOKS, AfterHook, Hooks
from deskgraph.resolvers.numbers import Numbers
from deskgraph.resolvers.session import NounWords, Session
from deskgraph.schema.errors import InvalidCursorError, InvalidInputError
from deskgraph.schema.verb import VERBS

__all__ = ["Desk", "verbs"]


class Desk:
    """The nouns of one workspace, with their verbs, hooks and events.

    `hooks` are by default those registered on `deskgraph.Ticket` and the other nouns. An after-hook is tried `attempts`
    times, with pauses that double from `backoff` seconds; then its event is parked.
    """

    def __init__(
        self,
        database: Database,
        workspace: str = "default",
        *,
        hooks: Hooks | None = None,
        actor: str = "system",
        attempts: int = 5,
        backoff: float = 0.2,
        poll: float = 0.25,
    ) -> None:
        self.database = database
        self.workspace = workspace
        self.hooks = DEFAULT_HOOKS if hooks is None else hooks
        self.attempts = attempts
        self.backoff = backoff
        self.feed = Feed(database, workspace, poll)
        self.numbers = Numbers(database, workspace)
        self.session = Session(self, actor)
        self.consumed = asyncio.Condition()
        self._consumers: dict[str, Consumer] = {}
        self._attaching = asyncio.Lock()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def __getattr__(self, name: str) -> NounWords:
        if name.startswith("_"):
            raise AttributeError(name)
        words: NounWords = getattr(self.session, name)
        return words

    async def start(self) -> None:
        """Make constraints and workspace where they are missing; follow the log and run the after-hooks."""
        await prepare(self.database)
        await self.feed.start()
        await self.attach_hooks()

    async def close(self) -> None:
        """Stop. The database stays open: it belongs to whoever opened it."""
        await asyncio.gather(*(consumer.stop() for consumer in self._consumers.values()))
        await self.feed.close()

    def acting(self, actor: str) -> Session:
        """The desk's words in somebody's name: `desk.acting("user_bQ4xNmWj").Ticket.resolve(...)`."""
        return Session(self, actor)

    async def perform(self, session: Session, command: Command, wanted: dict[str, Want]) -> Outcome:
        """Do a verb; a DeskError means that nothing was changed."""
        return await perform(session, command, wanted)

    async def do(
        self,
        text: str,
        *,
        dry_run: bool = False,
        idempotency_key: str | None = None,
        positions: bool = False,
        session: Session | None = None,
    ) -> Result:
        """Do what an English sentence says, in the name of the session or of the desk; see `Session.do`."""
        return await do(
            session or self.session, text, dry_run=dry_run, idempotency_key=idempotency_key, positions=positions
        )

    async def attach_hooks(self) -> None:
        """Start after-hooks that were registered since, stop those that were removed. Every verb calls this first."""
        hooks = self.hooks.after()
        if hooks == self._attached():
            return
        async with self._attaching:
            for name, hook in self._attached().items():
                if hooks.get(name) != hook:
                    await self._consumers.pop(name).stop()
            fresh = [Consumer(self, hooks[name]) for name in hooks.keys() - self._consumers.keys()]
            await self.feed.settle()
            for consumer in fresh:
                await consumer.start()
                self._consumers[consumer.hook.name] = consumer

    def _attached(self) -> dict[str, AfterHook]:
        return {name: consumer.hook for name, consumer in self._consumers.items()}

    async def position(self) -> int:
        """The log's last position, everything counted that this process committed before."""
        await self.feed.settle()
        return self.feed.position

    async def settle(self) -> None:
        """Wait until the after-hooks have handled, or parked, everything committed before, and what that led to."""
        await self.feed.settle()
        while any(consumer.position < self.feed.position for consumer in self._consumers.values()):
            async with self.consumed:
                await self.consumed.wait_for(
                    lambda: all(consumer.position >= self.feed.position for consumer in self._consumers.values())
                )
            await self.feed.settle()

    async def events(
        self, types: list[str] | None = None, subject: str | None = None, after: int | None = None
    ) -> AsyncIterator[Entry]:
        """The log's entries as they come, or from a position on.

        `types` are such as `ticket.resolved`, `ticket.*` and `*.created`. INVALID_CURSOR if the log is not so long yet.
        """
        check_types(types)
        cursor = await self._start(after)
        while entries := await self.feed.after(cursor):
            for entry in entries:
                if matches(entry, types, subject):
                    yield entry
            cursor = entries[-1].position

    async def _start(self, after: int | None) -> int:
        await self.feed.settle()
        if after is None:
            return self.feed.position
        if not 0 <= after <= self.feed.position:
            raise InvalidCursorError(
                f"The log ends at {self.feed.position}; {after} is no position in it.", field="after"
            )
        return after


def check_types(types: list[str] | None) -> None:
    """INVALID_INPUT for a type that no verb writes."""
    known = {verb.event() for verb in VERBS.values()}
    for wanted in types or ():
        if not any(fnmatchcase(event, wanted) for event in known):
            raise InvalidInputError(f"There are the events {', '.join(sorted(known))}, not {wanted!r}.", field="types")


def matches(entry: Entry, types: list[str] | None, subject: str | None) -> bool:
    """Whether an entry is one of those wanted."""
    if subject is not None and entry.subject != subject:
        return False
    return types is None or any(fnmatchcase(entry.type, wanted) for wanted in types)
