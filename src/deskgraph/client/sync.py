"""The plain form of the client: the same words without await."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from deskgraph.client.background import Background
from deskgraph.client.consumers import Consumers
from deskgraph.client.consuming import Taken
from deskgraph.client.context import Context
from deskgraph.client.declared import Record
from deskgraph.client.desk import Desk, connect
from deskgraph.client.generated import Event, SyncNouns


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class SyncReceived(Taken):
    """An event that a consumer received, and what to do with it."""

    background: Background = field(repr=False)

    def ack(self) -> None:
        """Be done with it. DELIVERY_EXPIRED if another worker has it by now."""
        self.background.run(self.delivery.ack())

    def nack(self, action: str = "retry", *, error: str = "", delay: float | None = None) -> None:
        """Give it back: to be tried again after its back-off or `delay` seconds, parked, skipped, or released."""
        self.background.run(self.delivery.nack(action, error=error, delay=delay))


class SyncContext(SyncNouns):
    """The same words as the desk's, inside an after-hook; see `Context`."""

    def __init__(self, context: Context, background: Background) -> None:
        super().__init__(context, background)
        self.event = context.event
        self.key = context.key
        self.attempt = context.attempt


class SyncConsumers:
    """What can be done with the consumers of a desk; see `Consumers`."""

    def __init__(self, consumers: Consumers, background: Background) -> None:
        self._consumers = consumers
        self._run = background.run

    def all(self) -> list[dict[str, Any]]:
        """The consumers as they stand, by name."""
        return self._run(self._consumers.all())

    def get(self, name: str) -> dict[str, Any]:
        """One consumer as it stands; NOT_FOUND if there is none of that name."""
        return self._run(self._consumers.get(name))

    def open(self, name: str, *, types: Sequence[str] | None = None, start: str | int = "now", **settings: Any) -> None:
        """Make a consumer, or give one that exists these settings; it goes on where it was."""
        self._run(self._consumers.open(name, types=types, start=start, **settings))

    def delete(self, name: str) -> None:
        """Forget a consumer with all it had open; NOT_FOUND if there is none of that name."""
        self._run(self._consumers.delete(name))

    def replay(self, name: str, event: str | None = None) -> list[str]:
        """Take parked events up again, one or all; their ids."""
        return self._run(self._consumers.replay(name, event))

    def drop(self, name: str, event: str | None = None) -> list[str]:
        """Forget parked events, one or all; their ids."""
        return self._run(self._consumers.drop(name, event))


class SyncDesk(SyncNouns):
    """The words of a desk that is served elsewhere: `desk.Ticket.create(...)`. Close it when it is done with."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._background = Background()
        self.consumers = SyncConsumers(desk.consumers, self._background)
        super().__init__(desk, self._background)

    def __repr__(self) -> str:
        return repr(self._desk)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        if not self._background.closed:
            self._background.run(self._desk.close())
            self._background.close()

    def query(self, text: str, **variables: Any) -> dict[str, Any]:
        """The data of any GraphQL operation; see `Desk.query`."""
        return self._background.run(self._desk.query(text, **variables))

    def subscribe(self, text: str, **variables: Any) -> Iterator[dict[str, Any]]:
        """The data of each answer to any subscription; see `Desk.subscribe`."""
        return self._background.iterate(self._desk.subscribe(text, **variables))

    def position(self) -> int:
        """The log's last position."""
        return self._background.run(self._desk.position())

    def events(
        self, types: Sequence[str] | None = None, subject: str | Record | None = None, after: int | None = None
    ) -> Iterator[Event]:
        """The log's events as they come, or from a position on; see `Desk.events`."""
        return self._background.iterate(self._desk.events(types, subject, after))

    def consume(
        self, name: str, *, types: Sequence[str] | None = None, start: str | int = "now", **settings: Any
    ) -> Iterator[SyncReceived]:
        """A durable consumer's events; see `Desk.consume`."""
        for one in self._background.iterate(self._desk.consume(name, types=types, start=start, **settings)):
            yield SyncReceived(
                **one.as_dict(), attempt=one.attempt, key=one.key, delivery=one.delivery, background=self._background
            )

    def listening(self) -> AbstractContextManager[None]:
        """Run the after-hooks that are registered by now, in threads, while the block runs."""
        return self._background.inside(self._desk.listening())

    def run(self) -> None:
        """Run the after-hooks until this is interrupted."""
        self._background.run(self._desk.run())


def connect_sync(
    url: str | None = None,
    key: str | None = None,
    *,
    timeout: float = 30.0,
    patience: float = 60.0,
    tls: ssl.SSLContext | None = None,
) -> SyncDesk:
    """The desk at an address, as `connect` gives it, with words that need no await."""
    return SyncDesk(connect(url, key, timeout=timeout, patience=patience, tls=tls))
