"""A desk that is served elsewhere, with the words that it has in process."""

from __future__ import annotations

import asyncio
import ssl
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from types import TracebackType
from typing import Any, Self

from deskgraph.client.calls import Calls
from deskgraph.client.consumers import Consumers
from deskgraph.client.consuming import Received, received
from deskgraph.client.declared import Record
from deskgraph.client.deliveries import deliveries
from deskgraph.client.generated import EVENT, Event, Nouns
from deskgraph.client.hooks import Hooks
from deskgraph.client.server import Server, locate
from deskgraph.client.subscription import subscribe, unbroken
from deskgraph.client.words import Speaker
from deskgraph.client.worker import Worker
from deskgraph.schema.errors import InvalidInputError

EVENTS = f"""subscription ($types: [String!], $subject: ID, $after: Long) {{
  events(types: $types, subject: $subject, after: $after) {{ {EVENT.selection} }}
}}"""


class Desk(Nouns):
    """The words of a desk that is served elsewhere: `await desk.Ticket.create(...)`. Close it when it is done with."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._calls = Calls(server)
        self._hooks = Hooks()
        self.consumers = Consumers(self._calls)
        super().__init__(Speaker(self._calls, self._hooks, lambda _mutation, _input: uuid.uuid4().hex))

    def __repr__(self) -> str:
        return f"<the desk at {self._server.url}>"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._calls.close()

    async def query(self, text: str, **variables: Any) -> dict[str, Any]:
        """The data of any GraphQL operation; the first of GraphQL's own errors is raised.

        A mutation is sent again only if it can't have arrived; with an `idempotencyKey` in it you can repeat it.
        """
        # The keyword has no other spelling in GraphQL. Where it stands in a name or a text, no harm is done.
        return await self._calls.call(text, variables, dict, again="mutation" not in text)

    async def subscribe(self, text: str, **variables: Any) -> AsyncGenerator[dict[str, Any]]:
        """The data of each answer to any subscription, until it ends; UNAVAILABLE when the connection breaks."""
        async with aclosing(subscribe(self._server, text, variables)) as answers:
            async for data in answers:
                yield data

    async def position(self) -> int:
        """The log's last position."""
        return await self._calls.call("{ position }", {}, lambda data: int(data["position"]))

    async def events(
        self, types: Sequence[str] | None = None, subject: str | Record | None = None, after: int | None = None
    ) -> AsyncGenerator[Event]:
        """The log's events as they come, or from a position on, none left out and none twice, whatever breaks.

        `types` are such as `ticket.resolved`, `ticket.*` and `*.created`. INVALID_CURSOR if the log is not so long yet.
        """
        position = await self.position() if after is None else after
        wanted = {
            "types": None if types is None else list(types),
            "subject": subject.id if isinstance(subject, Record) else subject,
        }
        async with aclosing(unbroken(self._server, EVENTS, lambda: {**wanted, "after": position})) as answers:
            async for data in answers:
                event = EVENT.read(data["events"])
                position = event.position
                yield event

    async def consume(
        self,
        name: str,
        *,
        types: Sequence[str] | None = None,
        start: str | int = "now",
        ack_timeout: float = 30.0,
        attempts: int = 5,
        max_in_flight: int = 8,
    ) -> AsyncGenerator[Received]:
        """A durable consumer's events: `async for event in desk.consume("billing", types=["ticket.resolved"]): ...`.

        Each is acknowledged when the next one is asked for; see `Received`. Several loops of one name, here or
        elsewhere, share the work, the events of one subject one after the other. `start` ("beginning", "now" or a
        position) counts for a new consumer, which goes on from then on where it was.
        """
        await self.consumers.open(
            name, types=types, start=start, ack_timeout=ack_timeout, attempts=attempts, max_in_flight=max_in_flight
        )
        given = deliveries(self._calls, self._server, name, at_once=1, seconds=ack_timeout)
        async with aclosing(received(given)) as events:
            async for event in events:
                yield event

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Run the after-hooks that are registered by now, while the block runs; at its end, those that run may end."""
        workers = [Worker(self._calls, self._hooks, self._server, hook) for hook in self._hooks.all()]
        if not workers:
            raise InvalidInputError("There is no after-hook to run: register one, as in @desk.Ticket.resolved.")
        await asyncio.gather(*(worker.open() for worker in workers))
        try:
            async with asyncio.TaskGroup() as group:
                for worker in workers:
                    group.create_task(worker.work())
                yield
                for worker in workers:
                    worker.stop()
        except BaseExceptionGroup as failures:
            raise _only(failures) from failures

    async def run(self) -> None:
        """Run the after-hooks until this is cancelled."""
        async with self.listening():
            await asyncio.Event().wait()


def connect(
    url: str | None = None,
    key: str | None = None,
    *,
    timeout: float = 30.0,
    patience: float = 60.0,
    tls: ssl.SSLContext | None = None,
) -> Desk:
    """The desk at an address, by default DESKGRAPH_URL, with an API key, by default DESKGRAPH_KEY.

    `timeout` is how many seconds one answer may take, `patience` for how many a call is tried again. `tls` is for
    certificates of your own; those that everybody trusts need none. Nothing is sent yet.
    """
    return Desk(Server(*locate(url, key), timeout=timeout, patience=patience, tls=tls))


def _only(failures: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first failure itself: of groups in groups, what somebody can catch by its class."""
    first: BaseException = failures
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    return first
