"""Webhooks at work: what is sent, tried again, given up, recovered; several processes; what is left after a restart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import WebhookVerificationError
from starlette.requests import Request
from starlette.responses import Response

from deskgraph.graph.database import Database, Transaction
from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.hooks import Hooks
from deskgraph.resolvers.records import Record
from deskgraph.resolvers.webhooks.options import WebhookOptions
from deskgraph.resolvers.webhooks.secrets import new_secret
from deskgraph.resolvers.webhooks.sender import AGENT
from deskgraph.schema.scalars import format_datetime
from tests.conftest import Run, looked
from tests.receivers import Receiver, receiving, until

pytestmark = pytest.mark.timeout(150)

QUICK = WebhookOptions(schedule=(0, 0.05, 0.05, 0.05), timeout=30, private_targets=True)
HOUR = 3600.0


def opened(database: Database, workspace: str, **options: Any) -> Desk:
    return Desk(database, workspace, hooks=Hooks(), webhooks=replace(QUICK, **options))


@pytest.fixture
async def desk(database: Database, workspace: str) -> AsyncIterator[Desk]:
    async with opened(database, workspace) as desk:
        yield desk


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as opened:
        yield opened


async def attempts(desk: Desk, webhook: Record, count: int = 1) -> list[Record]:
    """The attempts in their order, as soon as there are so many."""

    async def enough() -> list[Record]:
        found = await desk.WebhookAttempt.find(webhook=webhook.id, order_by="at")
        return found if len(found) >= count else []

    found: list[Record] = await until(enough)
    return found


async def consumer(desk: Desk, webhook: Record) -> dict[str, Any]:
    return await desk.consumers.get(f"webhook:{webhook.id}")


async def quiet(desk: Desk, webhook: Record) -> dict[str, Any]:
    """The webhook's consumer, once everything in the log is sent or given up."""

    async def done() -> dict[str, Any] | None:
        found = await consumer(desk, webhook)
        return found if found["lag"] == 0 else None

    found: dict[str, Any] = await until(done)
    return found


async def parked(desk: Desk, webhook: Record, count: int = 1) -> list[dict[str, Any]]:
    """What was given up, as soon as it is so many."""

    async def enough() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await consumer(desk, webhook))["parked"]
        return found if len(found) >= count else []

    found: list[dict[str, Any]] = await until(enough)
    return found


async def event_of(desk: Desk, subject: Record, type_: str = "ticket.created") -> Record:
    await desk.position()
    [event] = await desk.Event.find(subject_id=subject.id, type=type_)
    return event  # type: ignore[no-any-return]


async def due(desk: Desk, webhook: Record) -> list[float]:
    """In how many seconds the open deliveries are due."""

    async def work(tx: Transaction) -> list[float]:
        cypher = """MATCH (delivery:Delivery {workspace: $workspace, consumer: $name})
        RETURN (delivery.dueAt - timestamp()) / 1000.0 AS seconds ORDER BY delivery.position"""
        return [row["seconds"] for row in await tx.run(cypher, name=f"webhook:{webhook.id}")]

    return await desk.read(work)


# What is sent


async def test_an_event_is_sent_once_signed(desk: Desk, receiver: Receiver) -> None:
    webhook = await desk.Webhook.create(url=f"{receiver.url}/events?key=1", types=["ticket.*"])
    await desk.User.create(id="user_bQ4xNmWj", name="Sam")
    before = datetime.now(UTC).replace(microsecond=0)
    ticket = await desk.acting("user_bQ4xNmWj").Ticket.create(subject="Portal", priority="high")
    [received] = await receiver.wait(1)
    event = await event_of(desk, ticket)
    at = event.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    message = received.verified(webhook.secret)
    assert message == {
        "type": "ticket.created",
        "timestamp": at,
        "data": {
            "id": event.id,
            "type": "ticket.created",
            "position": event.position,
            "subjectId": ticket.id,
            "subjectVersion": 1,
            "at": at,
            "actor": "user_bQ4xNmWj",
            "data": event.data,
            "cause": None,
        },
    }
    assert event.data.items() >= {"$id": ticket.id, "subject": "Portal", "priority": "HIGH"}.items()
    assert list(message["data"]) == [
        "id", "type", "position", "subjectId", "subjectVersion", "at", "actor", "data", "cause"
    ]  # fmt: skip
    with pytest.raises(WebhookVerificationError):
        received.verified(new_secret())

    headers = received.headers
    assert received.path == "/events"
    assert headers["content-type"] == "application/json"
    assert headers["user-agent"] == AGENT
    assert headers["webhook-id"] == event.id
    assert headers["webhook-signature"].count(",") == 1
    sent = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    assert before <= sent <= datetime.now(UTC)

    [attempt] = await attempts(desk, webhook)
    assert attempt.as_dict() == {
        "id": attempt.id,
        "at": attempt.at,
        "number": 1,
        "status": 204,
        "ms": attempt.ms,
        "error": None,
        "response": None,
        "webhook": webhook.id,
        "event": event.id,
    }
    assert int(attempt.at.timestamp()) == int(headers["webhook-timestamp"])
    assert (await quiet(desk, webhook))["parkedCount"] == 0
    assert len(receiver.received) == 1


async def test_an_effect_names_its_cause(database: Database, workspace: str, receiver: Receiver) -> None:
    hooks = Hooks()

    async def survey(ticket: Any, ctx: Any) -> None:
        await ctx.Activity.create(type="satisfaction_survey", ticket=ticket.id)

    hooks.add_after("ticket.created", survey, "survey")
    async with Desk(database, workspace, hooks=hooks, webhooks=QUICK) as desk:
        await desk.Webhook.create(url=receiver.url, types=["ticket.*", "activity.created"])
        ticket = await desk.Ticket.create(subject="Portal")
        await receiver.wait(2)
    causes = {one.message["type"]: one.message["data"]["cause"] for one in receiver.received}
    assert causes == {"ticket.created": None, "activity.created": (await event_of(desk, ticket)).id}


async def test_each_gets_its_types_from_now_on(desk: Desk, receiver: Receiver) -> None:
    await desk.Ticket.create(subject="before")
    resolutions = await desk.Webhook.create(url=f"{receiver.url}/resolutions", types=["ticket.resolved"])
    everything = await desk.Webhook.create(url=f"{receiver.url}/everything")
    creations = await desk.Webhook.create(url=f"{receiver.url}/creations", types=["*.created", "contact.*"])
    ticket = await desk.Ticket.create(subject="Portal")
    contact = await desk.Contact.create(name="Ann")
    await desk.Contact.update(id=contact.id, name="Ann Lee")
    await desk.Ticket.resolve(id=ticket.id, resolution="restarted")
    for webhook in (resolutions, everything, creations):
        await quiet(desk, webhook)

    def of(path: str) -> list[tuple[int, str]]:
        messages = [received.message for received in receiver.at(path)]
        return sorted((message["data"]["position"], message["type"]) for message in messages)

    assert of("/resolutions") == [(8, "ticket.resolved")]
    assert of("/everything") == [
        (3, "webhook.created"),
        (4, "webhook.created"),
        (5, "ticket.created"),
        (6, "contact.created"),
        (7, "contact.updated"),
        (8, "ticket.resolved"),
    ]
    assert of("/creations") == [(4, "webhook.created"), *of("/everything")[2:5]]


# Failure


async def test_it_is_tried_until_it_succeeds(desk: Desk, run: Run, receiver: Receiver) -> None:
    """The same message under the same id, signed anew; each try is in the log."""
    webhook = await desk.Webhook.create(url=receiver.url, types=["ticket.created"])
    receiver.answers = [500, lambda _request: Response("try later", 503), 302]
    ticket = await desk.Ticket.create(subject="Portal")
    await attempts(desk, webhook, 4)
    await quiet(desk, webhook)
    event = await event_of(desk, ticket)
    assert [received.id for received in receiver.received] == [event.id] * 4
    assert {received.body for received in receiver.received} == {receiver.received[0].body}
    for received in receiver.received:
        received.verified(webhook.secret)
    text = """query ($id: ID!) {
      webhook(id: $id) { failingSince attempts(first: 20) { totalCount nodes {
        number status error response event { type position } webhook { id } } } }
      event(id: "%s") { attempts(filter: {error: {eq: null}}) { nodes { number status } } }
      attempts(filter: {webhook: {id: {eq: $id}}, status: {gte: 500}}, orderBy: [{at: ASC}]) { nodes { status } }
    }"""
    found = await run(text % event.id, id=webhook.id)
    one = {"event": {"type": "ticket.created", "position": event.position}, "webhook": {"id": webhook.id}}
    assert found["webhook"] == {
        "failingSince": None,
        "attempts": {
            "totalCount": 4,
            "nodes": [
                {"number": 4, "status": 204, "error": None, "response": None, **one},
                {"number": 3, "status": 302, "error": "HTTP 302", "response": None, **one},
                {"number": 2, "status": 503, "error": "HTTP 503", "response": "try later", **one},
                {"number": 1, "status": 500, "error": "HTTP 500", "response": None, **one},
            ],
        },
    }
    assert found["event"]["attempts"]["nodes"] == [{"number": 4, "status": 204}]
    assert found["attempts"]["nodes"] == [{"status": 500}, {"status": 503}]


async def test_after_the_last_try_it_is_parked(desk: Desk, receiver: Receiver) -> None:
    webhook = await desk.Webhook.create(url=receiver.url, types=["ticket.created"])
    receiver.answers = [500] * 4
    ticket = await desk.Ticket.create(subject="Portal")
    [one] = await parked(desk, webhook)
    event = await event_of(desk, ticket)
    assert (one["event"], one["error"], one["attempts"]) == (event.id, "HTTP 500", 4)
    tries = await attempts(desk, webhook, 4)
    assert [attempt.number for attempt in tries] == [1, 2, 3, 4]
    assert (await desk.Webhook.get(webhook.id)).failing_since == tries[0].at
    await desk.Ticket.create(subject="another one gets through")
    await receiver.wait(5)
    await quiet(desk, webhook)
    assert len(receiver.received) == 5
    assert (await desk.Webhook.get(webhook.id)).failing_since is None


async def test_the_usual_schedule(database: Database, workspace: str, receiver: Receiver) -> None:
    """Eight tries over about 28 hours, with jitter. The pauses are stored: nobody need wait for them here."""
    schedule = WebhookOptions().schedule
    assert schedule == (0, 5, 300, 1800, 7200, 18000, 36000, 36000)
    assert 27 * HOUR < sum(schedule) < 29 * HOUR
    async with opened(database, workspace, schedule=schedule) as desk:
        webhook = await desk.Webhook.create(url=receiver.url, types=["ticket.created"])
        receiver.answers = [500] * 8
        ticket = await desk.Ticket.create(subject="Portal")
        event = await event_of(desk, ticket)
        seen = []
        for tries, pause in enumerate(schedule[1:], 1):
            await attempts(desk, webhook, tries)
            [seconds] = await due(desk, webhook)
            assert pause * 0.9 - 60 <= seconds <= pause * 1.1
            seen.append(seconds / pause)
            await desk.Webhook.resend(id=webhook.id, event=event.id)  # do not wait for it
        assert (await parked(desk, webhook))[0]["attempts"] == 8
        assert len(set(seen)) == len(seen)


async def test_the_receiver_may_ask_for_a_longer_pause(database: Database, workspace: str, receiver: Receiver) -> None:
    """But not for a shorter one, nor for one longer than the longest of the schedule."""
    async with opened(database, workspace, schedule=(0, HOUR, 2 * HOUR), jitter=0) as desk:
        webhook = await desk.Webhook.create(url=receiver.url, types=["ticket.created"])
        for number, (asked, pause) in enumerate([("60", HOUR), ("5400", 1.5 * HOUR), ("99999", 2 * HOUR)], 1):
            receiver.answers = [lambda _request, asked=asked: Response(status_code=429, headers={"retry-after": asked})]
            await desk.Ticket.create(subject="Portal")
            await attempts(desk, webhook, number)
            seconds = (await due(desk, webhook))[-1]
            assert pause - 60 <= seconds <= pause


async def test_a_slow_receiver_holds_up_no_other(database: Database, workspace: str, receiver: Receiver) -> None:
    """And has no more than its share of requests under way."""
    released = asyncio.Event()
    most = under_way = 0

    async def hang(_request: Request) -> Response:
        nonlocal most, under_way
        under_way += 1
        most = max(most, under_way)
        await released.wait()
        under_way -= 1
        return Response()

    async with receiving() as slow, opened(database, workspace, in_flight=3) as desk:
        slow.answers = [hang] * 12
        stuck = await desk.Webhook.create(url=slow.url, types=["ticket.created"])
        fine = await desk.Webhook.create(url=receiver.url, types=["ticket.created"])
        for number in range(12):
            await desk.Ticket.create(subject=f"Portal {number}")
        await receiver.wait(12)
        await quiet(desk, fine)
        await slow.wait(3)
        assert (await consumer(desk, stuck))["inFlight"] == 3
        assert len(slow.received) == 3
        released.set()
        await slow.wait(12)
        await quiet(desk, stuck)
        assert most == 3


# Resend and recover


async def test_resend(desk: Desk, receiver: Receiver) -> None:
    """What was sent, what was given up, what the webhook's types leave out: it is sent, under the same id."""
    webhook = await desk.Webhook.create(url=receiver.url, types=["ticket.created"])
    contact = await desk.Contact.create(name="Ann")
    ticket = await desk.Ticket.create(subject="Portal")
    [first] = await receiver.wait(1)
    await attempts(desk, webhook)
    event, other = await event_of(desk, ticket), await event_of(desk, contact, "contact.created")
    resent = await desk.Webhook.resend(id=webhook.id, event=event)
    assert resent.version == 2
    [_, second] = await receiver.wait(2)
    assert (second.id, second.body) == (event.id, first.body)
    await desk.Webhook.resend(id=webhook.id, event=other.id)
    assert (await receiver.wait(3))[2].id == other.id

    receiver.answers = [500] * 4
    failed = await event_of(desk, await desk.Ticket.create(subject="Down"))
    await parked(desk, webhook)
    await desk.Webhook.resend(id=webhook.id, event=failed.id)
    assert (await receiver.wait(8))[7].id == failed.id
    assert (await quiet(desk, webhook))["parkedCount"] == 0
    assert len(receiver.received) == 8
    log = await desk.Event.find(type="webhook.resent", order_by="position")
    assert [entry.data for entry in log] == [{"$id": webhook.id, "event": one.id} for one in (event, other, failed)]


async def test_resend_of_what_is_still_to_come(database: Database, workspace: str, receiver: Receiver) -> None:
    """An event whose turn has not come: it is sent at once, and the log goes on as ever."""
    async with opened(database, workspace) as desk:
        webhook = await desk.Webhook.create(url=receiver.url, types=["ticket.created"])
        await desk.webhooks.close()
        ticket = await desk.Ticket.create(subject="Portal")
        await desk.Webhook.resend(id=webhook.id, event=await event_of(desk, ticket))
        await desk.Ticket.create(subject="Another")
        assert len(await due(desk, webhook)) == 1
    async with opened(database, workspace) as desk:
        await quiet(desk, webhook)
    assert sorted(receiver.events()) == [(2, "ticket.created"), (4, "ticket.created")]


async def test_recover(desk: Desk, receiver: Receiver) -> None:
    """What was given up since then or after that position is sent again, with all its tries."""
    webhook = await desk.Webhook.create(url=receiver.url, types=["ticket.created"])
    receiver.answers = [500] * 16
    events = [await event_of(desk, await desk.Ticket.create(subject=f"Portal {number}")) for number in range(4)]
    await parked(desk, webhook, 4)

    assert await sent_after(desk, receiver, webhook, after=events[2].position) == [events[3].position]
    assert await sent_after(desk, receiver, webhook, since=events[1].at) == [one.position for one in events[1:3]]
    assert await sent_after(desk, receiver, webhook, since=events[0].at + timedelta(days=1)) == []
    assert await sent_after(desk, receiver, webhook, after=0) == [events[0].position]
    assert await sent_after(desk, receiver, webhook, after=0) == []
    assert (await quiet(desk, webhook))["parkedCount"] == 0
    found = await desk.Event.find(type="webhook.recovered", order_by="position")
    assert [entry.data["deliveries"] for entry in found] == [1, 2, 0, 1, 0]


async def sent_after(desk: Desk, receiver: Receiver, webhook: Record, **given: Any) -> list[int]:
    """The positions that come when a webhook is recovered."""
    before = len(receiver.received)
    recovered = await desk.Webhook.recover(id=webhook.id, **given)
    await desk.position()
    [event] = await desk.Event.find(subject_id=webhook.id, type="webhook.recovered", subject_version=recovered.version)
    await receiver.wait(before + event.data["deliveries"])
    await quiet(desk, webhook)
    return sorted(one.message["data"]["position"] for one in receiver.received[before:])


async def test_recover_does_not_wait_for_retries(database: Database, workspace: str, receiver: Receiver) -> None:
    async with opened(database, workspace, schedule=(0, HOUR, HOUR)) as desk:
        webhook = await desk.Webhook.create(url=receiver.url, types=["ticket.created"])
        receiver.answers = [500]
        await desk.Ticket.create(subject="Portal")
        await attempts(desk, webhook)
        assert (await due(desk, webhook))[0] > HOUR / 2
        assert await sent_after(desk, receiver, webhook, after=0) == [2]
        assert [attempt.status for attempt in await attempts(desk, webhook, 2)] == [500, 204]


# Rotation


async def test_both_secrets_sign_while_they_overlap(desk: Desk, receiver: Receiver) -> None:
    webhook = await desk.Webhook.create(url=receiver.url, types=["ticket.created"])
    rotated = await desk.Webhook.rotate(id=webhook.id)
    assert rotated.secret != webhook.secret
    await desk.Ticket.create(subject="Portal")
    [received] = await receiver.wait(1)
    assert received.verified(webhook.secret) == received.verified(rotated.secret) == received.message
    assert received.headers["webhook-signature"].count(" ") == 1

    last = await desk.Webhook.rotate(id=webhook.id, overlap=0)
    await desk.Ticket.create(subject="Another")
    [_, received] = await receiver.wait(2)
    assert received.verified(last.secret) == received.message
    for old in (webhook.secret, rotated.secret):
        with pytest.raises(WebhookVerificationError, match="No matching signature"):
            received.verified(old)
    await desk.position()
    log = await desk.Event.find(type="webhook.rotated", order_by="position")
    assert [entry.data for entry in log] == [{"$id": webhook.id, "overlap": seconds} for seconds in (86400, 0)]


async def test_the_overlap_ends(desk: Desk, receiver: Receiver) -> None:
    webhook = await desk.Webhook.create(url=receiver.url, types=["ticket.created"])
    rotated = await desk.Webhook.rotate(id=webhook.id, overlap=1)

    async def alone() -> bool:
        count = len(receiver.received)
        await desk.Ticket.create(subject="Portal")
        received = (await receiver.wait(count + 1))[-1]
        return " " not in received.headers["webhook-signature"] and bool(received.verified(rotated.secret))

    await until(alone)


# Disabled


async def test_failing_for_too_long_disables_it(database: Database, workspace: str, receiver: Receiver) -> None:
    """With an event that says why, and then nothing is sent any more until it is enabled, which sends what waited."""
    async with opened(database, workspace, give_up=0.01) as desk:
        other = await desk.Webhook.create(url=f"{receiver.url}/other", types=["ticket.*", "webhook.disabled"])
        await quiet(desk, other)
        receiver.answers = [500] * 4
        webhook = await desk.Webhook.create(url=f"{receiver.url}/failing", types=["ticket.*"])
        await desk.Webhook.disable(id=other.id)
        ticket = await desk.Ticket.create(subject="Portal")

        async def disabled() -> Record | None:
            found = await desk.Webhook.get(webhook.id)
            return found if found.status == "DISABLED" else None

        found = await until(disabled)
        tries = await attempts(desk, webhook, 4)
        since = tries[0].at.strftime("%Y-%m-%dT%H:%M:%S")
        assert found.disabled_reason.startswith(f"No request has succeeded since {since}")
        assert found.disabled_reason.endswith("Z; the last one: HTTP 500")
        assert found.disabled_at >= tries[3].at
        assert found.failing_since == tries[0].at
        event = await event_of(desk, webhook, "webhook.disabled")
        assert event.data == {
            "$id": webhook.id,
            "reason": found.disabled_reason,
            "disabledAt": format_datetime(found.disabled_at),
        }
        assert event.actor == "system"

        await desk.Webhook.enable(id=other.id)
        await desk.Ticket.resolve(id=ticket.id, resolution="restarted")
        await quiet(desk, other)
        assert [one.message["type"] for one in receiver.at("/failing")] == ["ticket.created"] * 4
        assert len(await attempts(desk, webhook, 4)) == 4

        enabled = await desk.Webhook.enable(id=webhook.id)
        assert (enabled.status, enabled.disabled_at, enabled.disabled_reason, enabled.failing_since) == (
            "ENABLED", None, None, None
        )  # fmt: skip
        await quiet(desk, webhook)
        assert [one.message["type"] for one in receiver.at("/failing")][4:] == ["ticket.resolved"]
        assert (await consumer(desk, webhook))["parkedCount"] == 1


async def test_few_failures_do_not_disable_it(database: Database, workspace: str, receiver: Receiver) -> None:
    """However long ago the first one was: the desk may have been down meanwhile."""
    async with opened(database, workspace, give_up=0.01, schedule=(0, *[0.05] * 5)) as desk:
        webhook = await desk.Webhook.create(url=receiver.url, types=["ticket.created"])
        receiver.answers = [500] * 5
        await desk.Ticket.create(subject="Portal")
        await attempts(desk, webhook, 6)
        assert (await desk.Webhook.get(webhook.id)).status == "ENABLED"


async def test_gone_disables_at_once(desk: Desk, receiver: Receiver) -> None:
    webhook = await desk.Webhook.create(url=receiver.url, types=["ticket.created"])
    receiver.answers = [410]
    await desk.Ticket.create(subject="Portal")

    async def disabled() -> list[Record]:
        return await desk.Webhook.find(status="disabled")

    [found] = await until(disabled)
    assert (found.id, found.disabled_reason) == (webhook.id, "The receiver answered 410 Gone.")
    assert len(receiver.received) == 1
    await desk.Webhook.enable(id=webhook.id)
    await receiver.wait(2)  # the event was not given up
    assert {received.id for received in receiver.received} == {receiver.received[0].id}


async def test_a_hook_may_veto_that(desk: Desk, receiver: Receiver) -> None:
    seen: list[str] = []

    @desk.Webhook.disabling
    async def never(webhook: Any, ctx: Any) -> None:
        seen.append(webhook.reason)
        raise ValueError("This one must go on.")

    webhook = await desk.Webhook.create(url=receiver.url, types=["ticket.created"])
    receiver.answers = [410]
    await desk.Ticket.create(subject="Portal")
    assert [attempt.status for attempt in await attempts(desk, webhook, 2)] == [410, 204]
    assert seen == ["The receiver answered 410 Gone."]
    assert (await desk.Webhook.get(webhook.id)).status == "ENABLED"


async def test_disabled_by_hand(desk: Desk, receiver: Receiver) -> None:
    """From then on nothing is sent, also of what is to be tried again; it waits."""
    webhook = await desk.Webhook.create(url=f"{receiver.url}/one", types=["ticket.created"])
    other = await desk.Webhook.create(url=f"{receiver.url}/other", types=["ticket.created"])
    await desk.Webhook.disable(id=webhook.id, reason="maintenance")
    await desk.Ticket.create(subject="Portal")
    await quiet(desk, other)
    assert [received.path for received in receiver.received] == ["/other"]
    await desk.Webhook.enable(id=webhook.id)
    await quiet(desk, webhook)
    assert [received.path for received in receiver.received] == ["/other", "/one"]


async def test_disabling_holds_at_once(database: Database, workspace: str, receiver: Receiver) -> None:
    """Also for a process that has not heard of it yet: the retry that it has in hand is not sent."""
    options = replace(QUICK, schedule=(0, 8, HOUR), jitter=0)
    async with opened(database, workspace) as desk:
        await desk.webhooks.close()
        webhook = await desk.Webhook.create(url=f"{receiver.url}/one", types=["ticket.created"])
        other = await desk.Webhook.create(url=f"{receiver.url}/other", types=["contact.created"])
        async with Desk(database, workspace, hooks=Hooks(), webhooks=options, poll=HOUR) as behind:
            receiver.answers = [500, 500]
            await behind.Ticket.create(subject="Portal")
            await attempts(desk, webhook)
            await behind.Contact.create(name="Ann")
            await behind.position()  # it has read the log and does not look again
            await desk.Webhook.disable(id=webhook.id)
            await attempts(desk, other, 2)
            assert behind.workers(f"webhook:{webhook.id}") != []
    assert [received.path for received in receiver.received] == ["/one", "/other", "/other"]


# The attempt log


async def test_the_oldest_attempts_are_forgotten(database: Database, workspace: str, receiver: Receiver) -> None:
    async with opened(database, workspace, kept=3, in_flight=1) as desk:
        webhook = await desk.Webhook.create(url=receiver.url, types=["ticket.created"])
        for number in range(6):
            await desk.Ticket.create(subject=f"Portal {number}")
            await receiver.wait(number + 1)
        await quiet(desk, webhook)

        async def trimmed() -> list[Record]:
            found = await attempts(desk, webhook, 3)
            return found if len(found) == 3 else []

        kept = await until(trimmed)
        events = [await desk.Event.get(attempt.event) for attempt in kept]
        assert [event.position for event in events] == [5, 6, 7]


# Several processes, and what is left after a restart


async def test_two_desks_share_the_work(database: Database, workspace: str, receiver: Receiver) -> None:
    async with opened(database, workspace) as one, opened(database, workspace) as two:
        webhook = await one.Webhook.create(url=receiver.url, types=["ticket.created"])

        async def both() -> bool:
            return bool(one.workers(f"webhook:{webhook.id}") and two.workers(f"webhook:{webhook.id}"))

        await until(both)
        for number in range(20):
            await (one, two)[number % 2].Ticket.create(subject=f"Portal {number}")
        await receiver.wait(20)
        await two.position()
        await quiet(one, webhook)
        events = await one.Event.find(type="ticket.created")
        assert sorted(received.id for received in receiver.received) == sorted(event.id for event in events)
        assert len(await attempts(one, webhook, 20)) == 20


async def test_what_one_process_does_holds_in_the_others(
    database: Database, workspace: str, receiver: Receiver
) -> None:
    """Created, changed, disabled, enabled and deleted in one, while it is the other that sends."""
    async with opened(database, workspace) as sender:
        async with opened(database, workspace) as desk:
            webhook = await desk.Webhook.create(url=f"{receiver.url}/a", types=["ticket.created"])
        await sender.Ticket.create(subject="one")
        await receiver.wait(1, "/a")

        async with opened(database, workspace) as desk:
            await desk.Webhook.update(id=webhook.id, url=f"{receiver.url}/b", types=["contact.created"])

        async def changed() -> bool:
            workers = sender.workers(f"webhook:{webhook.id}")
            return bool(workers) and workers[0].claims.settings.types == ("contact.created",)

        await until(changed)
        await sender.Ticket.create(subject="two")
        await sender.Contact.create(name="Ann")
        await receiver.wait(1, "/b")

        async with opened(database, workspace) as desk:
            await desk.Webhook.disable(id=webhook.id)

        async def stopped() -> bool:
            return not sender.workers(f"webhook:{webhook.id}")

        await until(stopped)
        await sender.Contact.create(name="Ben")
        async with opened(database, workspace) as desk:
            await desk.Webhook.enable(id=webhook.id)
            await receiver.wait(2, "/b")
            await quiet(desk, webhook)
            await desk.Webhook.delete(id=webhook.id)
        await until(stopped)
        await sender.Contact.create(name="Cid")
    found = [(received.path, received.message["type"]) for received in receiver.received]
    assert found == [("/a", "ticket.created"), ("/b", "contact.created"), ("/b", "contact.created")]


async def test_new_types_hold_at_once(database: Database, workspace: str, receiver: Receiver) -> None:
    """Also for a process that has not heard of them yet: it takes what it should have, and nothing else."""
    async with opened(database, workspace) as desk:
        webhook = await desk.Webhook.create(url=receiver.url, types=["ticket.created"])
        await desk.webhooks.close()
        async with Desk(database, workspace, hooks=Hooks(), webhooks=QUICK, poll=HOUR) as behind:
            await looked(behind)  # or its first look might come later
            await desk.Webhook.update(id=webhook.id, types=["contact.created"])
            await desk.Contact.create(name="Ann")
            await desk.position()
            assert behind.workers(f"webhook:{webhook.id}")[0].claims.settings.types == ("ticket.created",)
            await behind.Ticket.create(subject="Portal")
            await behind.position()
            await quiet(behind, webhook)
    assert receiver.events() == [(3, "contact.created")]


async def test_a_retry_survives_a_restart(database: Database, workspace: str, receiver: Receiver) -> None:
    """It is stored: another desk goes on when it is due, not before."""
    pause = 4.0
    options = {"schedule": (0, pause, HOUR), "jitter": 0}
    receiver.answers = [500]
    async with opened(database, workspace, **options) as desk:
        webhook = await desk.Webhook.create(url=receiver.url, types=["ticket.created"])
        ticket = await desk.Ticket.create(subject="Portal")
        await attempts(desk, webhook)
    async with opened(database, workspace, **options) as desk:
        first, second = await attempts(desk, webhook, 2)
        assert (first.status, second.status) == (500, 204)
        assert (first.number, second.number) == (1, 2)
        assert second.at - first.at >= timedelta(seconds=pause)
        assert [received.id for received in receiver.received] == [(await event_of(desk, ticket)).id] * 2
        await quiet(desk, webhook)


async def test_a_request_under_way_is_sent_again_after_a_stop(
    database: Database, workspace: str, receiver: Receiver
) -> None:
    """Nobody knows whether it was received: it is sent again, under the same id, and that is no failed try."""
    never = asyncio.Event()

    async def hang(_request: Request) -> Response:
        await never.wait()
        raise AssertionError

    receiver.answers = [hang]
    async with opened(database, workspace) as desk:
        webhook = await desk.Webhook.create(url=receiver.url, types=["ticket.created"])
        await desk.Ticket.create(subject="Portal")
        await receiver.wait(1)
    async with opened(database, workspace) as desk:
        [first, second] = await receiver.wait(2)
        assert (first.id, first.body) == (second.id, second.body)
        [attempt] = await attempts(desk, webhook)
        assert (attempt.number, attempt.status) == (1, 204)


async def test_an_unreadable_setting_stops_nobody_else(desk: Desk, receiver: Receiver) -> None:
    """A webhook whose types no verb writes any more takes nothing; others go on."""
    webhook = await desk.Webhook.create(url=receiver.url, types=["ticket.created"])

    async def work(tx: Transaction) -> None:
        await tx.run("MATCH (w:Webhook {id: $id, workspace: $workspace}) SET w.types = ['old.happened']", id=webhook.id)

    await desk.write(work)
    await desk.Webhook.update(id=webhook.id, description="Read anew")
    other = await desk.Webhook.create(url=f"{receiver.url}/other", types=["ticket.created"])
    await desk.Ticket.create(subject="Portal")
    await quiet(desk, other)
    assert [received.path for received in receiver.received] == ["/other"]
