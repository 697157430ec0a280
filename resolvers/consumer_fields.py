"""The GraphQL fields of consumers: queries and mutations as plain resolvers, and the subscription to deliveries."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Annotated, Any, TypeVar

import strawberry
from graphql import FieldNode, GraphQLResolveInfo
from strawberry.types import Info

from deskgraph.graph.compiler.cypher import any_by_id, plan
from deskgraph.graph.compiler.picks import TYPENAME
from deskgraph.graph.compiler.selection import Selection
from deskgraph.graph.consumers import Delivery
from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.session import Session
from deskgraph.resolvers.streaming import Emitted, EventReader, Stream
from deskgraph.schema.consumer import ConsumerStart
from deskgraph.schema.consumers import (
    DELIVERY,
    AckInput,
    Consumer,
    ConsumerPayload,
    CreateConsumerInput,
    DeleteConsumerInput,
    DeliveriesPayload,
    ExtendInput,
    NackInput,
    ParkedInput,
    ParkedPayload,
    TrimEventsInput,
    TrimEventsPayload,
)
from deskgraph.schema.errors import DeliveryExpiredError, DeskError
from deskgraph.schema.event import Event
from deskgraph.schema.ids import prefix_of
from deskgraph.schema.noun import by_prefix
from deskgraph.schema.roles import ADMINS, CONSUMERS, READERS, Role
from deskgraph.schema.scalars import Long
from deskgraph.schema.types import UserError

P = TypeVar("P", ConsumerPayload, DeliveriesPayload, ParkedPayload, TrimEventsPayload)


def desk_of(info: Info[Any, Any], roles: frozenset[Role] = CONSUMERS) -> Desk:
    """The desk of whoever asks; FORBIDDEN if that is none of the roles."""
    session: Session = info.context.session
    session.caller.must_be(roles, info.field_name)
    return session.desk


def told(error: DeskError) -> UserError:
    """An error as a payload holds it."""
    return UserError(code=error.code, message=error.message, field=error.field)


def answering(payload: type[P]) -> Callable[[Callable[..., Awaitable[P]]], Callable[..., Awaitable[P]]]:
    """Have what a caller can put right answered in the payload's `errors`."""

    def decorate(resolve: Callable[..., Awaitable[P]]) -> Callable[..., Awaitable[P]]:
        @wraps(resolve)
        async def answer(*arguments: Any, **given: Any) -> P:
            try:
                return await resolve(*arguments, **given)
            except DeskError as error:
                return payload(errors=[told(error)])

        return answer

    return decorate


@strawberry.type
class ConsumerQueries:
    """What can be read of consumers."""

    @strawberry.field(description="The durable readers of the log: after-hooks, webhooks and programs, by name.")
    async def consumers(self, info: Info[Any, Any]) -> list[Consumer]:
        """All of the workspace."""
        return [Consumer.of(row) for row in await desk_of(info).consumers.all()]

    @strawberry.field(description="The log's last position; whatever was committed before is at or before it.")
    async def position(self, info: Info[Any, Any]) -> Long:
        """Where the log ends."""
        return Long(await desk_of(info, READERS).position())

    @strawberry.field(description="One durable reader of the log; null where there is none of that name.")
    async def consumer(
        self, info: Info[Any, Any], name: Annotated[str, strawberry.argument(description="Its name.")]
    ) -> Consumer | None:
        """The one of a name."""
        rows = await desk_of(info).consumers.all(name)
        return Consumer.of(rows[0]) if rows else None


@strawberry.type
class ConsumerMutations:
    """What can be done with consumers, their deliveries and the log itself. None of it writes an event."""

    @strawberry.mutation(
        description="Makes a consumer, or gives one that exists these settings; it goes on where it was."
    )
    @answering(ConsumerPayload)
    async def create_consumer(
        self,
        info: Info[Any, Any],
        input: Annotated[CreateConsumerInput, strawberry.argument(description="The consumer.")],  # noqa: A002 - the argument's name
    ) -> ConsumerPayload:
        """Open it."""
        consumers = desk_of(info).consumers
        await consumers.open(
            input.name,
            types=input.types,
            start=input.start if input.start_after is None else input.start_after,
            max_in_flight=input.max_in_flight,
            ack_timeout=input.ack_timeout,
            attempts=input.attempts,
        )
        return ConsumerPayload(consumer=Consumer.of(await consumers.get(input.name)))

    @strawberry.mutation(description="Forgets a consumer, its open deliveries and what it has parked.")
    @answering(ConsumerPayload)
    async def delete_consumer(
        self,
        info: Info[Any, Any],
        input: Annotated[DeleteConsumerInput, strawberry.argument(description="The consumer.")],  # noqa: A002
    ) -> ConsumerPayload:
        """Delete it."""
        await desk_of(info).consumers.delete(input.name)
        return ConsumerPayload()

    @strawberry.mutation(description="Acknowledges deliveries: they are done with.")
    @answering(DeliveriesPayload)
    async def ack(
        self,
        info: Info[Any, Any],
        input: Annotated[AckInput, strawberry.argument(description="The deliveries.")],  # noqa: A002
    ) -> DeliveriesPayload:
        """Acknowledge each; one that has expired does not keep the others from it."""
        payload = DeliveriesPayload()
        for delivery in input.deliveries:
            try:
                await desk_of(info).consumers.ack(delivery)
            except DeliveryExpiredError as error:
                payload.errors.append(told(DeliveryExpiredError(f"{delivery}: {error.message}", field="deliveries")))
            else:
                payload.deliveries.append(delivery)
        return payload

    @strawberry.mutation(
        description="Says that a delivery was not handled: try it again, park it, skip it or release it."
    )
    @answering(DeliveriesPayload)
    async def nack(
        self,
        info: Info[Any, Any],
        input: Annotated[NackInput, strawberry.argument(description="The delivery.")],  # noqa: A002
    ) -> DeliveriesPayload:
        """Refuse it."""
        await desk_of(info).consumers.nack(
            input.delivery, input.action, error=input.error or "not acknowledged", delay=input.delay
        )
        return DeliveriesPayload(deliveries=[input.delivery])

    @strawberry.mutation(description="Takes more time for a delivery.")
    @answering(DeliveriesPayload)
    async def extend(
        self,
        info: Info[Any, Any],
        input: Annotated[ExtendInput, strawberry.argument(description="The delivery.")],  # noqa: A002
    ) -> DeliveriesPayload:
        """Extend its lease."""
        await desk_of(info).consumers.extend(input.delivery, input.seconds)
        return DeliveriesPayload(deliveries=[input.delivery])

    @strawberry.mutation(description="Takes parked events up again, one or all, with all their attempts.")
    @answering(ParkedPayload)
    async def replay_parked(
        self,
        info: Info[Any, Any],
        input: Annotated[ParkedInput, strawberry.argument(description="The events.")],  # noqa: A002
    ) -> ParkedPayload:
        """Replay them."""
        events = await desk_of(info).consumers.replay(input.consumer, input.event)
        return ParkedPayload(events=[strawberry.ID(event) for event in events])

    @strawberry.mutation(description="Removes the oldest events from the log, as far as all consumers have passed.")
    @answering(TrimEventsPayload)
    async def trim_events(
        self,
        info: Info[Any, Any],
        input: Annotated[TrimEventsInput, strawberry.argument(description="Which ones.")],  # noqa: A002
    ) -> TrimEventsPayload:
        """Trim the log."""
        trimmed = await desk_of(info, ADMINS).trim(input.before)
        return TrimEventsPayload(position=Long(trimmed.position), removed=trimmed.events, kept_for=trimmed.kept_for)

    @strawberry.mutation(description="Forgets parked events, one or all.")
    @answering(ParkedPayload)
    async def drop_parked(
        self,
        info: Info[Any, Any],
        input: Annotated[ParkedInput, strawberry.argument(description="The events.")],  # noqa: A002
    ) -> ParkedPayload:
        """Drop them."""
        events = await desk_of(info).consumers.drop(input.consumer, input.event)
        return ParkedPayload(events=[strawberry.ID(event) for event in events])


async def deliveries(
    selection: Selection,
    info: GraphQLResolveInfo[Any],
    consumer: str,
    types: list[str] | None = None,
    start: ConsumerStart = ConsumerStart.NOW,
    startAfter: int | None = None,  # noqa: N803 - the argument's name
    atOnce: int | None = None,  # noqa: N803
) -> Stream:
    """What the consumer is to do, as it becomes due and as long as it may have more in flight."""
    session: Session = info.context.session
    session.caller.must_be(CONSUMERS, "take deliveries")
    desk = session.desk
    begin = start if startAfter is None else startAfter
    settings = await desk.consumers.open(consumer, types=types, start=begin, keep=True)
    reader = EventReader(session, selection.picks(Event, _nodes(selection, info, "event")))
    async with desk.consumers.claims(consumer, settings, atOnce) as claims:
        while claimed := await claims.take(settings.max_in_flight):
            unsent = [one.lease for one in claimed]
            try:
                found = await reader.read([one.entry for one in claimed])
                for one in claimed:
                    subject = await _subject(session, selection, _nodes(selection, info, "subject"), one)
                    values = _delivery(selection, info, consumer, one, found.get(one.entry.position), subject)
                    yield Emitted(one.entry.position, {str(info.path.key): values})
                    unsent.remove(one.lease)
            finally:
                await claims.give_back(unsent)


def _nodes(selection: Selection, info: GraphQLResolveInfo[Any], name: str) -> list[FieldNode]:
    """What is selected under all keys of one of a delivery's fields."""
    fields = selection.fields([node.selection_set for node in info.field_nodes], DELIVERY)
    return [node for nodes in fields.values() for node in nodes if node.name.value == name]


async def _subject(session: Session, selection: Selection, nodes: list[FieldNode], one: Delivery) -> Any:
    """What the event happened to, as it is now, if it is asked for; one that is deleted is found too."""
    noun = by_prefix(prefix_of(one.entry.subject))
    if not nodes or noun is None:
        return None
    scope = session.scope()
    found = any_by_id(noun, one.entry.subject, selection.picks(noun, nodes), scope, deleted=True)
    return (await session.read(plan({"subject": found}, scope)))["subject"]


def _delivery(
    selection: Selection, info: GraphQLResolveInfo[Any], consumer: str, one: Delivery, event: Any, subject: Any
) -> dict[str, Any]:
    """The selected fields of a delivery by their response keys."""
    values = {
        "id": one.lease,
        "attempt": one.attempt,
        "expiresAt": datetime.fromtimestamp(one.expires / 1000, UTC),
        "key": f"{consumer}:{one.entry.id}",
        "event": event,
        "subject": subject,
        TYPENAME: DELIVERY,
    }
    fields = selection.fields([node.selection_set for node in info.field_nodes], DELIVERY)
    return {key: values[nodes[0].name.value] for key, nodes in fields.items()}
