"""A session: somebody's words for the nouns, `session.Ticket.create(...)`, outside or inside a transaction."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from copy import copy
from typing import TYPE_CHECKING, Any, TypeVar

from deskgraph.graph.compiler.cypher import Plan, Response, plan, root_list
from deskgraph.graph.compiler.picks import Rows, list_of, record_picks
from deskgraph.graph.compiler.scope import Scope
from deskgraph.graph.database import Transaction
from deskgraph.graph.writing import Cause
from deskgraph.resolvers.command import RECORD, Command, is_at_fault, record_wanted
from deskgraph.resolvers.hooks import HookPoint, Hooks
from deskgraph.resolvers.records import Record
from deskgraph.resolvers.where import order_entries, where
from deskgraph.schema.errors import DeskError, InvalidInputError
from deskgraph.schema.noun import NOUNS, Entity, Noun
from deskgraph.schema.paging import MAX_PAGE
from deskgraph.schema.roles import Caller
from deskgraph.schema.verb import Verb, verbs_of

if TYPE_CHECKING:
    from deskgraph.resolvers.desk import Desk
    from deskgraph.resolvers.do import Result

T = TypeVar("T")
_inside: ContextVar[Session | None] = ContextVar("deskgraph_inside", default=None)


async def run_hook(hook: Callable[..., Any], subject: Any, session: Session) -> Any:
    """Run a hook, plain or async; its answer.

    Meanwhile verbs done by other words than its context's belong to its transaction all the same: otherwise
    `Ticket.update` for `ctx.Ticket.update` would wait for the lock that the hook's own verb holds, for ever.
    """
    token = _inside.set(session)
    try:
        answer = hook(subject, session)
        return await answer if inspect.isawaitable(answer) else answer
    finally:
        _inside.reset(token)


def joined(session: Session) -> Session:
    """The session, inside the transaction of the hook that is running here, if it is one of the same desk."""
    outer = _inside.get()
    if session.tx or outer is None or outer.desk is not session.desk:
        return session
    inside = copy(outer)
    inside.caller = session.caller
    return inside


class Session:
    """Who acts on a desk, perhaps inside a transaction, perhaps because of an event. Hooks get one as `ctx`.

    `event` is the event an after-hook runs for. `key` names that run: it stays the same when the run is repeated, so an
    effect outside the graph (an e-mail, a call) can be told from its repetition. `seed` names what is done in one
    transaction, however often that has to be run.
    """

    def __init__(
        self,
        desk: Desk,
        caller: Caller,
        *,
        tx: Transaction | None = None,
        cause: Cause | None = None,
        event: Record | None = None,
        key: str = "",
        number: int = 0,
        seed: str = "",
    ) -> None:
        self.desk = desk
        self.caller = caller
        self.tx = tx
        self.cause = cause
        self.event = event
        self.key = key
        self.number = number
        self.seed = seed or key

    def __getattr__(self, name: str) -> NounWords:
        if name not in NOUNS:
            raise AttributeError(f"There are the nouns {', '.join(NOUNS)}, not {name!r}")
        return NounWords(NOUNS[name], self.desk.hooks, lambda: self)

    @property
    def actor(self) -> str:
        """Who did it, as events tell."""
        return self.caller.actor

    def trusted(self) -> Session:
        """The same session as the desk's own code has it, which may see and do everything in the caller's name."""
        made = copy(self)
        made.caller = self.caller.trusted()
        return made

    def inside(self, tx: Transaction | None, number: int = 0, seed: str = "") -> Session:
        """The same session inside a transaction, perhaps with a ticket number that was reserved for it."""
        made = copy(self)
        made.tx, made.number, made.seed = tx, number, seed or self.seed
        return made

    def scope(self) -> Scope:
        """What a query of this session is compiled in: it reads what the caller may see."""
        return Scope(self.caller.role)

    def personal(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """The parameters of a query that was compiled in such a scope."""
        return {**parameters, "contact": self.caller.contact} if self.caller.contact else parameters

    async def do(
        self, text: str, *, dry_run: bool = False, idempotency_key: str | None = None, positions: bool = False
    ) -> Result:
        """Do what an English sentence says, all of it or nothing; in a dry run only say what it would be.

        A DeskError has the words at fault in its `problem`. `positions`: wait for those of the events.
        """
        return await self.desk.do(
            text, dry_run=dry_run, idempotency_key=idempotency_key, positions=positions, session=self
        )

    async def read(self, made: Plan) -> Response:
        """The response of a compiled query, read in this session's transaction if there is one.

        Events that this process has committed before are in it.
        """

        async def work(tx: Transaction) -> Response:
            [row] = await tx.run(made.cypher, **self.personal(made.parameters))
            return made.shape(row)

        if self.tx:
            return await work(self.tx)
        if made.reads_log:
            await self.desk.feed.settle()
        return await self.desk.database.read(self.desk.workspace, work)

    async def row(self, made: Plan, parameters: dict[str, Any]) -> dict[str, Any]:
        """The row of a compiled query as the database returned it, in one round trip, outside any transaction."""
        if made.reads_log:
            await self.desk.feed.settle()
        given = {**self.personal(parameters), "workspace": self.desk.workspace}
        return await self.desk.questions.ask(made, given)


class NounWords:
    """The words of one noun: its verbs (`create`, `resolve`), its hooks (`creating`, `resolved`), `get` and `find`."""

    def __init__(self, noun: type[Noun], hooks: Hooks, session: Callable[[], Session]) -> None:
        self._noun = noun
        self._hooks = hooks
        self._session = session

    def __repr__(self) -> str:
        return f"<the words of {self._noun.__name__}>"

    def __getattr__(self, name: str) -> Any:
        for verb in verbs_of(self._noun) if issubclass(self._noun, Entity) else ():
            if name == verb.word():
                return VerbWord(verb, self._session)
            if name in (verb.participle, verb.past):
                return HookPoint(self._hooks, verb, after=name == verb.past)
        raise AttributeError(f"{self._noun.__name__} has no word {name!r}")

    async def get(self, id: str | None = None, **fields: Any) -> Record | None:  # noqa: A002 - the field's own name
        """The one of that id, or the first with these values; None where there is none.

        An edge is asked for by the id at its other end: `Organization.get(contact=ticket.contact)`.
        """
        wanted = {**fields, "id": id} if id is not None or not fields else fields
        found = await self.find(limit=1, **wanted)
        return found[0] if found else None

    async def find(
        self,
        *,
        filter: dict[str, Any] | None = None,  # noqa: A002 - as in GraphQL
        order_by: str = "",
        limit: int | None = None,
        **fields: Any,
    ) -> list[Record]:
        """All with these values: `User.find(role="support", status=["online", "away"], order_by="-created_at")`.

        `filter` takes comparators as GraphQL does: `{"createdAt": {"gte": "2026-11-01"}}`.
        """
        arguments = {"filter": where(self._noun, filter, fields), "orderBy": order_entries(self._noun, order_by)}
        picks = record_picks(self._noun)
        found: list[Record] = []
        more, cursor = True, None
        while more and (limit is None or len(found) < limit):
            size = MAX_PAGE if limit is None else min(MAX_PAGE, limit - len(found))
            page = await self._page(list_of(self._noun, picks, **arguments, first=size, after=cursor))
            found += [Record.read(self._noun, node) for node in page["nodes"]]
            more, cursor = page["page"]["more"], page["page"]["end"]
        return found

    async def _page(self, rows: Rows) -> dict[str, Any]:
        session = self._session()
        scope = session.scope()
        response = await session.read(plan({"list": root_list(rows, scope)}, scope))
        page: dict[str, Any] = response["list"]
        return page


class VerbWord:
    """One verb, ready to be called: `await Ticket.resolve(id=..., resolution=...)`."""

    def __init__(self, verb: Any, session: Callable[[], Session]) -> None:
        self._verb = verb
        self._session = session
        self.__doc__ = verb.__doc__

    async def __call__(
        self,
        *,
        id: str | None = None,  # noqa: A002 - the field's own name
        expected_version: int | None = None,
        idempotency_key: str | None = None,
        **given: Any,
    ) -> Record:
        """Do the verb; the noun as it is after it. Raises a DeskError, and then nothing was changed."""
        session = self._session()
        command = command_of(self._verb, id, expected_version, idempotency_key, **given)
        outcome = await session.desk.perform(session, command, record_wanted(self._verb.noun, session.caller.role))
        revealed = dict.fromkeys(self._verb.reveals) | outcome.reveal
        return Record.read(self._verb.noun, outcome.payload[RECORD], revealed)

    async def many(self, items: Sequence[dict[str, Any]], *, atomic: bool = True) -> list[Record | DeskError]:
        """Do a creating verb with each of 1 to 1,000 inputs: the nouns, in their order.

        `atomic`: if one is refused its DeskError is raised, and nothing was done. Otherwise each counts for itself, and
        an error is in the list, in its noun's place.
        """
        session, verb = self._session(), self._verb
        if not verb.batched:
            raise InvalidInputError(f"{verb.mutation()} is done one at a time.")
        commands = [command_of(verb, **given) for given in items]
        wanted = record_wanted(verb.noun, session.caller.role)
        answers = await session.desk.perform_batch(session, verb, commands, wanted, atomic=atomic)
        refused = [one for one in answers if is_at_fault(one)]
        if atomic and refused:
            raise refused[0]
        return [one if isinstance(one, DeskError) else Record.read(verb.noun, one.payload[RECORD]) for one in answers]


def command_of(
    verb: type[Verb],
    id: str | None = None,  # noqa: A002 - the field's own name
    expected_version: int | None = None,
    idempotency_key: str | None = None,
    **given: Any,
) -> Command:
    """The command that these words say."""
    return Command(verb, given, id, expected_version, idempotency_key)
