"""The GraphQL types of consumers: how they stand, and what is given to open them and to settle their deliveries."""

from __future__ import annotations

from typing import Any

import strawberry
from strawberry import UNSET

from deskgraph.schema import types
from deskgraph.schema.consumer import ConsumerKind, ConsumerStart, FailureAction
from deskgraph.schema.scalars import DateTime, Long
from deskgraph.schema.types import UserError

for _words in (ConsumerKind, ConsumerStart, FailureAction):
    types.define_enum(_words)

DELIVERY = "Delivery"


def told(doc: str, **more: Any) -> Any:
    """A field with its description."""
    return strawberry.field(description=doc, **more)


def left_out(doc: str, default: Any = UNSET) -> Any:
    """An input field that need not be given."""
    return strawberry.field(description=doc, default=default)


@strawberry.type(description="An event that a consumer could not handle and set aside.")
class ParkedEvent:
    """A parked event."""

    event: strawberry.ID = told("The event's id.")
    type: str = told("The event's type.")
    position: Long = told("The event's place in the log.")
    subject: strawberry.ID = told("The id of what it happened to.")
    attempts: int = told("How often it was tried.")
    error: str = told("What went wrong the last time.")
    at: DateTime = told("When it was set aside.")


@strawberry.type(description="A durable reader of the event log: an after-hook, a webhook or a program elsewhere.")
class Consumer:
    """A consumer as it stands."""

    name: str = told("What it is known by in the workspace.")
    kind: ConsumerKind = told("What it is.")
    types: list[str] | None = told("The event types that it takes; null: all.")
    position: Long = told("Everything in the log up to this position is done with, or parked.")
    lag: Long = told("How many positions of the log are not done with.")
    in_flight: int = told("How many deliveries somebody is working on.")
    waiting: int = told("How many deliveries wait: for a retry, for an earlier one of their subject, for a worker.")
    parked_count: int = told("How many events are parked.")
    max_in_flight: int | None = told("How many deliveries are given out at once at the most.")
    ack_timeout: float | None = told("Seconds until a delivery that is not acknowledged is given to another.")
    attempts: int | None = told("How often a delivery is tried before it is parked.")
    created_at: DateTime = told("When it was made.")
    seen_at: DateTime | None = told("When it was last seen at work.")
    all_parked: strawberry.Private[list[ParkedEvent]]

    @strawberry.field(description="The first hundred parked events, by their place in the log.")
    def parked(self) -> list[ParkedEvent]:
        """What was read with the consumer."""
        return self.all_parked

    @classmethod
    def of(cls, row: dict[str, Any]) -> Consumer:
        """The consumer of a stored row."""
        return cls(
            name=row["name"],
            kind=ConsumerKind[row["kind"]],
            types=row["types"],
            position=Long(row["position"]),
            lag=Long(row["lag"]),
            in_flight=row["inFlight"],
            waiting=row["waiting"],
            parked_count=row["parkedCount"],
            max_in_flight=row["maxInFlight"],
            ack_timeout=row["timeout"],
            attempts=row["attempts"],
            created_at=row["createdAt"],
            seen_at=row["seenAt"],
            all_parked=[ParkedEvent(**parked) for parked in row["parked"]],
        )


@strawberry.input(description="What createConsumer takes.")
class CreateConsumerInput:
    """A consumer to be."""

    name: str = told("What it is to be known by.")
    types: list[str] | None = left_out("The types it takes: `ticket.resolved`, `ticket.*`; all by default.", None)
    start: ConsumerStart = left_out("Where it begins.", ConsumerStart.NOW)
    start_after: Long | None = left_out("Where it begins instead: after this position.", None)
    max_in_flight: int = left_out("How many deliveries it has at once at the most.", 8)
    ack_timeout: float = left_out("Seconds until a delivery that is not acknowledged is given to another.", 30.0)
    attempts: int = left_out("How often a delivery is tried before it is parked.", 5)


@strawberry.input(description="What deleteConsumer takes.")
class DeleteConsumerInput:
    """A consumer to forget."""

    name: str = told("The consumer.")


@strawberry.input(description="What ack takes.")
class AckInput:
    """Deliveries that are done."""

    deliveries: list[strawberry.ID] = told("The deliveries, one or several.")


@strawberry.input(description="What nack takes.")
class NackInput:
    """A delivery that could not be handled."""

    delivery: strawberry.ID = told("The delivery.")
    action: FailureAction = left_out("What becomes of it.", FailureAction.RETRY)
    error: str | None = left_out("What went wrong; shown where it is parked.", None)
    delay: float | None = left_out("Seconds until it is tried again, by default its back-off.", None)


@strawberry.input(description="What extend takes.")
class ExtendInput:
    """A delivery that needs more time."""

    delivery: strawberry.ID = told("The delivery.")
    seconds: float = told("How long from now.")


@strawberry.input(description="What replayParked and dropParked take.")
class ParkedInput:
    """Parked events of one consumer."""

    consumer: str = told("The consumer.")
    event: strawberry.ID | None = left_out("The event; all of them by default.", None)


@strawberry.type(description="What became of a consumer.")
class ConsumerPayload:
    """The answer about a consumer."""

    consumer: Consumer | None = told("As it stands now; null when it is gone, or nothing was done.", default=None)
    errors: list[UserError] = told("Why nothing was done; empty when it was.", default_factory=list)


@strawberry.type(description="What became of deliveries.")
class DeliveriesPayload:
    """The answer about deliveries."""

    deliveries: list[strawberry.ID] = told("Those that it was done to.", default_factory=list)
    errors: list[UserError] = told("Why not to others; empty when it was done to all.", default_factory=list)


@strawberry.type(description="What became of parked events.")
class ParkedPayload:
    """The answer about parked events."""

    events: list[strawberry.ID] = told("The events that it was done to.", default_factory=list)
    errors: list[UserError] = told("Why nothing was done; empty when it was.", default_factory=list)


@strawberry.input(description="What trimEvents takes.")
class TrimEventsInput:
    """How much of the log is to go."""

    before: DateTime = told("Remove events from before this moment.")


@strawberry.type(description="What became of the log.")
class TrimEventsPayload:
    """The answer about a trim."""

    position: Long | None = told("The log begins after this position now; null when nothing was done.", default=None)
    removed: int = told("How many events were removed.", default=0)
    kept_for: str | None = told("The consumer that has not passed what is old enough, too.", default=None)
    errors: list[UserError] = told("Why nothing was done; empty when it was.", default_factory=list)


def define_delivery() -> Any:
    """The type of what a consumer is given; its event is read with the subscription's own selection."""
    return types.define(
        DELIVERY,
        "An event given to a consumer, to be acknowledged in time.",
        [
            types.field("id", "ID", "Names this very delivery: give it to `ack`, `nack` and `extend`."),
            types.field("attempt", "int", "Which try this is, from 1."),
            types.field("expiresAt", "DateTime", "Until when it must be acknowledged, nacked or extended."),
            types.field("key", "str", "Names this event for this consumer; the same at each attempt."),
            types.field("event", "Event", "The event."),
            types.field("subject", "Node | None", "What it happened to, as it is now, also when that is deleted."),
        ],
    )
