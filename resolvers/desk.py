"""A desk: one workspace at work in this process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self, TypeVar

from deskgraph.graph.asking import Questions
from deskgraph.graph.consumers import open_consumer
from deskgraph.graph.database import Database, Work
from deskgraph.graph.feed import Feed
from deskgraph.graph.grouping import Groups
from deskgraph.graph.log import Entry, check_kept, trimmed_to
from deskgraph.graph.retention import Trimmed, trim
from deskgraph.graph.setup import prepare
from deskgraph.graph.statements import statement
from deskgraph.resolvers import verbs
from deskgraph.resolvers.act import perform
from deskgraph.resolvers.after_hooks import HookRunner, settings_of
from deskgraph.resolvers.api_keys import ApiKeys
from deskgraph.resolvers.batches import perform_batch
from deskgraph.resolvers.before_hooks import BeforeHooks
from deskgraph.resolvers.claims import concrete
from deskgraph.resolvers.command import Answer, Command, Outcome, Wanted
from deskgraph.resolvers.consumers import Consumers, Received, consume
from deskgraph.resolvers.do import Result, do
from deskgraph.resolvers.hooks import DEFAULT_HOOKS, AfterHook, Hooks
from deskgraph.resolvers.limits import Limits
from deskgraph.resolvers.numbers import Numbers
from deskgraph.resolvers.session import NounWords, Session
from deskgraph.resolvers.shared import SharedReads
from deskgraph.resolvers.watching import Watch
from deskgraph.resolvers.webhooks.options import WebhookOptions
from deskgraph.resolvers.webhooks.workers import Webhooks
from deskgraph.resolvers.worker import Worker
from deskgraph.schema.api_key import ApiKey
from deskgraph.schema.consumer import ConsumerStart
from deskgraph.schema.errors import InvalidCursorError, InvalidInputError
from deskgraph.schema.fields import Moment
from deskgraph.schema.roles import Caller
from deskgraph.schema.verb import Verb

T = TypeVar("T")
STEP = 200
BEFORE = Moment("The moment to trim up to.").named("before")
__all__ = ["Desk", "verbs"]


class Desk:
    """The nouns of one workspace, with their verbs, hooks and events.

    `hooks` are by default those registered on `deskgraph.Ticket` and the other nouns. An after-hook is tried `attempts`
    times, with pauses that double from `backoff` seconds; then its event is parked. `webhooks` says how those are sent,
    `limits` what a GraphQL operation may ask for.
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
        webhooks: WebhookOptions | None = None,
        limits: Limits | None = None,
        api_keys: ApiKeys | None = None,
    ) -> None:
        self._options: dict[str, Any] = {
            "hooks": hooks,
            "actor": actor,
            "attempts": attempts,
            "backoff": backoff,
            "poll": poll,
            "webhooks": webhooks,
            "limits": limits,
        }
        self.database = database
        self.workspace = workspace
        self.hooks = DEFAULT_HOOKS if hooks is None else hooks
        self.limits = limits or Limits()
        self.attempts = attempts
        self.backoff = backoff
        self.feed = Feed(database, workspace, poll)
        self.numbers = Numbers(database, workspace)
        self.groups = Groups(database, workspace)
        self.questions = Questions(database)
        self.session = Session(self, Caller(actor))
        self.consumed = asyncio.Condition()
        self.consumers = Consumers(self)
        self.shared = SharedReads()
        self.webhooks = Webhooks(self, webhooks or WebhookOptions())
        self.before_hooks = BeforeHooks(self)
        self.api_keys = api_keys or ApiKeys()
        self._keys = Watch(self, ApiKey, self.api_keys.refresh)
        self._neighbours: dict[str, Desk] = {}
        self._opening = asyncio.Lock()
        self._hooked: dict[str, tuple[AfterHook, Worker]] = {}
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
        """Make constraints and workspace where they are missing; follow the log, run the after-hooks, send webhooks."""
        await prepare(self.database)
        await self.feed.start()
        await asyncio.gather(self.before_hooks.start(), self._keys.start(), self.webhooks.start(), self.attach_hooks())

    async def close(self) -> None:
        """Stop. The database stays open: it belongs to whoever opened it."""
        await asyncio.gather(*(desk.close() for desk in self._neighbours.values()))
        await self.consumers.close()
        await self._keys.close()
        await self.before_hooks.close()
        await asyncio.gather(*(worker.stop() for _, worker in self._hooked.values()))
        await self.webhooks.close()
        await self.feed.close()

    async def neighbour(self, workspace: str) -> Desk:
        """The desk of another workspace of the same database, with the same hooks; it is closed with this one."""
        if workspace == self.workspace:
            return self
        async with self._opening:
            if workspace not in self._neighbours:
                desk = Desk(self.database, workspace, api_keys=self.api_keys, **self._options)
                await desk.start()
                self._neighbours[workspace] = desk
        return self._neighbours[workspace]

    def open_here(self) -> list[Desk]:
        """The desk itself, and those of its neighbours that are open in this process."""
        return [self, *self._neighbours.values()]

    async def open_neighbours(self) -> None:
        """Open the workspaces made in this one that have after-hooks or webhooks, so that those go on by themselves."""
        for row in await self.read(lambda tx: tx.run(statement("workspaces_at_work"))):
            await self.neighbour(row["id"])

    def acting(self, caller: Caller | str) -> Session:
        """The desk's words in somebody's name: `desk.acting("user_bQ4xNmWj").Ticket.resolve(...)`.

        A bare name may do everything; a caller with a role only what the role may.
        """
        return Session(self, Caller(caller) if isinstance(caller, str) else caller)

    async def perform(self, session: Session, command: Command, wanted: Wanted) -> Outcome:
        """Do a verb; a DeskError means that nothing was changed."""
        return await perform(session, command, wanted)

    async def perform_batch(
        self, session: Session, verb: type[Verb], commands: Sequence[Command], wanted: Wanted, *, atomic: bool
    ) -> list[Answer]:
        """Do a verb many times: the outcome of each, or why it was refused."""
        return await perform_batch(session, verb, commands, wanted, atomic=atomic)

    def is_hooked(self, verb: type[Verb]) -> bool:
        """Whether a before-hook, here or elsewhere, is asked before this verb."""
        return bool(self.hooks.before(verb)) or self.before_hooks.ask_about(verb)

    async def read(self, work: Work[T]) -> T:
        """Run `work` in a read transaction of this workspace."""
        return await self.database.read(self.workspace, work)

    async def write(self, work: Work[T]) -> T:
        """Run `work` in a write transaction of this workspace."""
        return await self.database.write(self.workspace, work)

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
                    await self._hooked.pop(name)[1].stop()
            await self.feed.settle()
            for name in hooks.keys() - self._hooked.keys():
                await self._attach(hooks[name])

    async def _attach(self, hook: AfterHook) -> None:
        settings = settings_of(self, hook)
        await open_consumer(self.database, self.workspace, hook.name, settings)
        worker = Worker(self, hook.name, settings, HookRunner(self, hook))
        worker.start()
        self._hooked[hook.name] = hook, worker

    def _attached(self) -> dict[str, AfterHook]:
        return {name: hook for name, (hook, _) in self._hooked.items()}

    def workers(self, name: str) -> list[Worker]:
        """The workers of a consumer in this process."""
        return [worker for worker in self._all_workers() + self.webhooks.workers() if worker.claims.name == name]

    def _all_workers(self) -> list[Worker]:
        return [worker for _, worker in self._hooked.values()]

    async def consume(
        self,
        name: str,
        *,
        types: Sequence[str] | None = None,
        start: ConsumerStart | str | int = ConsumerStart.NOW,
        ack_timeout: float = 30.0,
        attempts: int = 5,
        max_in_flight: int = 8,
    ) -> AsyncGenerator[Received]:
        """A durable consumer's events: `async for event in desk.consume("billing", types=["ticket.resolved"]): ...`.

        Each is acknowledged when the next one is asked for; see `Received`. Several loops of one name, here or in other
        processes, share the work, the events of one subject one after the other. `start` (BEGINNING, NOW or a
        position) counts for a new consumer, which goes on from then on where it was. Without `types` a new one takes
        all events, and one that is there already keeps its types and other settings.
        """
        settings = await self.consumers.open(
            name,
            types=types,
            start=start,
            ack_timeout=ack_timeout,
            attempts=attempts,
            max_in_flight=max_in_flight,
            keep=types is None,
        )
        async with aclosing(consume(self, name, settings)) as events:
            async for received in events:
                yield received

    async def position(self) -> int:
        """The log's last position, everything counted that this process committed before."""
        await self.feed.settle()
        return self.feed.position

    async def settle(self) -> None:
        """Wait until the after-hooks have handled, or parked, everything committed before, and what that led to."""
        position = -1
        while await self.position() != position:
            position = self.feed.position
            async with self.consumed:
                await self.consumed.wait_for(lambda: all(worker.settled for worker in self._all_workers()))

    async def events(
        self, types: list[str] | None = None, subject: str | None = None, after: int | None = None
    ) -> AsyncGenerator[Entry]:
        """The log's entries as they come, or from a position on.

        `types` are such as `ticket.resolved`, `ticket.*` and `*.created`. INVALID_CURSOR if the log is not so long yet,
        CURSOR_EXPIRED if what comes next was trimmed, also while it is read.
        """
        async with aclosing(self.batches(types, subject, after)) as batches:
            async for entries in batches:
                for entry in entries:
                    yield entry

    async def batches(
        self, types: list[str] | None = None, subject: str | None = None, after: int | None = None
    ) -> AsyncGenerator[list[Entry]]:
        """The same, as many at a time as are there, up to `STEP`: for readers that look them up together."""
        wanted = concrete(types)
        cursor = await self.position() if after is None else await self.cursor(after)
        while entries := await self.feed.after(cursor, STEP):
            if found := [entry for entry in entries if matches(entry, wanted, subject)]:
                yield found
            cursor = entries[-1].position

    async def cursor(self, after: int) -> int:
        """The position, if the log can be read on after it. INVALID_CURSOR or CURSOR_EXPIRED if not."""
        if not await self.feed.reaches(after) or after < 0:
            raise InvalidCursorError(
                f"The log ends at {self.feed.position}; {after} is no position in it.", field="after"
            )
        await self.read(lambda tx: check_kept(tx, after))
        return after

    async def beginning(self) -> int:
        """The position that the log begins after: 0, or what it is trimmed up to."""
        return await self.read(trimmed_to)

    async def trim(self, before: datetime) -> Trimmed:
        """Remove the events from before a moment, as far as all consumers have passed them.

        A moment without an offset is in UTC. INVALID_INPUT if it is still to come.
        """
        moment = BEFORE.check(before)
        if moment > datetime.now(UTC):
            raise InvalidInputError(f"before must be in the past, not {moment.isoformat()}.", field="before")
        await self.feed.settle()
        return await trim(self.database, self.workspace, moment)


def matches(entry: Entry, types: Collection[str] | None, subject: str | None) -> bool:
    """Whether an entry is one of those wanted."""
    return (subject is None or entry.subject == subject) and (types is None or entry.type in types)
