"""The remote client, against a real server: the words, the errors, the log, and what is sent again."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from deskgraph.client import Context, Desk, connect, connect_sync
from deskgraph.client.generated import Event, Ticket, TicketStatus
from deskgraph.schema.errors import (
    AlreadyExistsError,
    DeskError,
    HookRejectedError,
    IdempotencyConflictError,
    InvalidCursorError,
    InvalidInputError,
    InvalidTransitionError,
    NoAgentAvailableError,
    NotFoundError,
    UnauthenticatedError,
    UnavailableError,
    VersionConflictError,
)
from tests.acceptance.conftest import Served, serving_in
from tests.acceptance.gate import gate_to
from tests.conftest import until
from tests.receivers import certificate

CREATE = "mutation ($input: CreateTicketInput!) { createTicket(input: $input) { ticket { id } errors { code } } }"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for all of these tests, with the sample and a before-hook that vetoes."""
    with serving_in(tmp_path_factory.mktemp("client"), "--sample", "--hooks", "tests.acceptance.vetoing") as running:
        yield running


@pytest.fixture
async def desk(served: Served) -> AsyncIterator[Desk]:
    async def sampled() -> bool:
        return await opened.position() >= 19  # two of the sample's events are what an after-hook does, a little later

    async with connect(served.url, served.key) as opened:
        await until(sampled)
        yield opened


@asynccontextmanager
async def unchanged(desk: Desk) -> AsyncIterator[None]:
    """Nothing is written in the block."""
    before = await desk.position(), await desk.Ticket.find()
    yield
    assert (await desk.position(), await desk.Ticket.find()) == before


async def take(events: Any, count: int) -> list[Any]:
    """The first events of a stream."""
    taken = []
    async with aclosing(events) as stream:
        async for event in stream:
            taken.append(event)
            if len(taken) == count:
                break
    return taken


# The words


async def test_the_full_flow(desk: Desk) -> None:
    """The support lifecycle, its survey and its health check by an after-hook of this program."""
    start = await desk.position()

    @desk.Ticket.resolved(name="flow")
    async def survey(ticket: Ticket, ctx: Context) -> None:
        await ctx.Activity.create(type="satisfaction_survey", contact=ticket.contact, ticket=ticket.id)
        organization = await ctx.Organization.get(contact=ticket.contact)
        if organization:
            note = f"Ticket {ticket.id} resolved"
            await ctx.Activity.create(type="health_check", organization=organization.id, note=note)

    async with desk.listening():
        ticket = await desk.Ticket.create(
            subject="Cannot access billing portal", priority="High", contact="contact_fX9bL5nRd", channel="email"
        )
        assert (ticket.status, ticket.priority, ticket.channel) == ("OPEN", "HIGH", "EMAIL")
        assert (ticket.organization, ticket.agent, ticket.version) == ("organization_aCmE4Kq2", None, 1)
        assigned = await desk.Ticket.assign(id=ticket.id, agent="user_bQ4xNmWj")
        assert assigned.agent == "user_bQ4xNmWj"
        escalated = await desk.Ticket.escalate(id=ticket.id, reason="Billing system outage")
        assert (escalated.status, escalated.level, escalated.agent) == (TicketStatus.ESCALATED, 1, "user_mZ5rGkLp")
        resolution = "Portal access restored after billing sync"
        resolved = await desk.Ticket.resolve(id=ticket.id, resolution=resolution)
        assert (resolved.status, resolved.resolution, resolved.version) == ("RESOLVED", resolution, 4)
        events = await take(desk.events(after=start), 6)

    assert [(event.type, event.position - start) for event in events] == [
        ("ticket.created", 1),
        ("ticket.assigned", 2),
        ("ticket.escalated", 3),
        ("ticket.resolved", 4),
        ("activity.created", 5),
        ("activity.created", 6),
    ]
    data = [event.data for event in events]
    assert {"$id": ticket.id, "priority": "HIGH"}.items() <= data[0].items()
    assert data[1] == {"$id": ticket.id, "agent": "user_bQ4xNmWj"}
    assert data[2] == {"$id": ticket.id, "reason": "Billing system outage", "level": 1, "agent": "user_mZ5rGkLp"}
    assert data[3] == {"$id": ticket.id, "resolution": resolution}
    [surveyed] = await desk.Activity.find(ticket=ticket)
    assert (surveyed.type, surveyed.contact) == ("satisfaction_survey", "contact_fX9bL5nRd")
    [checked] = await desk.Activity.find(organization="organization_aCmE4Kq2", type="health_check")
    assert checked.note == f"Ticket {ticket.id} resolved"
    assert await desk.Event.find(filter={"position": {"gt": start}}, order_by="position") == events


async def test_find_and_get(desk: Desk) -> None:
    made = [await desk.Organization.create(name=f"Found {at:03}", domain="found.example") for at in range(103)]
    found = desk.Organization.find(domain="found.example", order_by="name")
    assert await found == made
    assert [one async for one in found] == made
    assert await desk.Organization.find(domain="found.example", order_by="-name", limit=2) == made[:-3:-1]
    assert await desk.Organization.find(domain="found.example", limit=0) == []
    one, other = made[0], made[1]
    assert await desk.Organization.find(id=[one, other.id], order_by="name") == [one, other]
    assert await desk.Organization.find(filter={"name": {"in": ["Found 001"]}}, domain="found.example") == [other]
    assert await desk.Organization.get(one.id) == one
    assert await desk.Organization.get(domain="found.example", name="Found 001") == other
    assert await desk.Organization.get("organization_nothere") is None
    assert await desk.Organization.get(None) is None
    assert await desk.Organization.get(contact=None) is None

    names = [ticket.subject for ticket in await desk.Ticket.find(priority="Urgent", status=["open", "ESCALATED"])]
    assert names == ["Webhook deliveries are late"]
    assert await desk.Ticket.find(agent=None, status=TicketStatus.RESOLVED, channel="phone") == []
    await desk.Organization.update(id=one, domain=None)
    assert (await desk.Organization.get(one.id)).domain is None  # type: ignore[union-attr]
    deleted = await desk.Organization.delete(id=one)
    assert (deleted.id, deleted.version, await desk.Organization.get(one.id)) == (one.id, 3, None)


async def test_graphql_of_any_kind(desk: Desk) -> None:
    text = "query ($id: ID!) { contact(id: $id) { name organization { name } } }"
    assert await desk.query(text, id="contact_fX9bL5nRd") == {
        "contact": {"name": "Ann Archer", "organization": {"name": "Acme"}}
    }
    done = await desk.query(CREATE, input={"subject": "By GraphQL", "contact": "contact_nothere"})
    assert done == {"createTicket": {"ticket": None, "errors": [{"code": "NOT_FOUND"}]}}
    answers = desk.subscribe("subscription { events(after: 0) { position } }")
    assert await take(answers, 3) == [{"events": {"position": at}} for at in (1, 2, 3)]


async def test_the_log(desk: Desk) -> None:
    everything = await take(desk.events(after=0), await desk.position())
    assert [event.position for event in everything] == list(range(1, len(everything) + 1))
    tickets = [event for event in everything if event.type.startswith("ticket.")]
    assert await take(desk.events(types=["ticket.*"], after=0), len(tickets)) == tickets
    first = tickets[0].subject_id
    of_first = [event for event in everything if event.subject_id == first]
    assert await take(desk.events(subject=first, after=0), len(of_first)) == of_first

    live = asyncio.create_task(take(desk.events(types=["contact.created"]), 1))
    while not live.done():  # whenever the stream has begun
        made = await desk.Contact.create(name="Somebody")
    [event] = await live
    assert (event.type, event.data["name"], made.name) == ("contact.created", "Somebody", "Somebody")


# Errors


Act = Callable[[Desk, Ticket], Awaitable[object]]
REFUSED: dict[type[DeskError], tuple[Act, str | None]] = {
    InvalidInputError: (lambda desk, _: desk.Ticket.create(subject="x" * 501), "subject"),
    NotFoundError: (lambda desk, _: desk.Ticket.create(subject="x", contact="contact_nothere"), "contact"),
    AlreadyExistsError: (lambda desk, ticket: desk.Ticket.create(id=ticket.id, subject="x"), "id"),
    InvalidTransitionError: (lambda desk, ticket: desk.Ticket.resolve(id=ticket, resolution="again"), None),
    VersionConflictError: (
        lambda desk, ticket: desk.Ticket.reopen(id=ticket, expected_version=1),
        "expectedVersion",
    ),
    HookRejectedError: (lambda desk, _: desk.Ticket.create(subject="forbidden"), None),
    IdempotencyConflictError: (
        lambda desk, _: desk.Ticket.create(subject="other", idempotency_key="taken"),
        "idempotencyKey",
    ),
    InvalidCursorError: (lambda desk, _: take(desk.events(after=10**9), 1), "after"),
}


@pytest.mark.parametrize("kind", REFUSED)
async def test_errors_are_exceptions_by_their_code(desk: Desk, kind: type[DeskError]) -> None:
    act, field = REFUSED[kind]
    await desk.Ticket.create(subject="first", idempotency_key="taken")
    ticket = await desk.Ticket.create(subject=f"Refuses with {kind.code}")
    ticket = await desk.Ticket.resolve(id=ticket, resolution="restarted")
    async with unchanged(desk):
        with pytest.raises(kind) as caught:
            await act(desk, ticket)
    assert (type(caught.value), caught.value.code, caught.value.field) == (kind, kind.code, field)


async def test_nobody_to_assign_it_to(desk: Desk) -> None:
    online = await desk.User.find(role="support", status="online")
    ticket = await desk.Ticket.create(subject="Nobody is there")
    for user in online:
        await desk.User.update(id=user, status="away")
    async with unchanged(desk):
        with pytest.raises(NoAgentAvailableError):
            await desk.Ticket.assign(id=ticket)
    for user in online:
        await desk.User.update(id=user, status="online")


async def test_errors_of_operations(desk: Desk) -> None:
    with pytest.raises(InvalidInputError, match="first must be from 1 to 100") as invalid:
        await desk.query("{ tickets(first: 101) { totalCount } }")
    assert invalid.value.field == "first"
    for text in ("{ nonsense }", "{ tickets {"):
        with pytest.raises(DeskError) as unknown:
            await desk.query(text)
        assert (type(unknown.value), unknown.value.code[:8]) == (DeskError, "GRAPHQL_")
    with pytest.raises(InvalidInputError, match=r"not 'ticket\.exploded'"):
        await take(desk.events(types=["ticket.exploded"]), 1)
    with pytest.raises(InvalidInputError, match="must be JSON"):
        await desk.Activity.create(type="note", data={"a": object()})


async def test_a_wrong_key(served: Served, desk: Desk) -> None:
    async with unchanged(desk), connect(served.url, "wrong-key") as stranger:
        with pytest.raises(UnauthenticatedError):
            await stranger.Ticket.create(subject="Portal")
        with pytest.raises(UnauthenticatedError):
            await take(stranger.events(after=0), 1)
        with pytest.raises(UnauthenticatedError):
            await take(stranger.subscribe("subscription { events { id } }"), 1)
        stranger.Ticket.resolved(name="stranger")(print)
        with pytest.raises(UnauthenticatedError):
            await stranger.run()


async def test_an_address_that_is_not_the_desk_s(served: Served) -> None:
    async with connect(f"{served.url}/console", served.key, patience=0.2) as elsewhere:
        with pytest.raises(DeskError, match="answers HTTP 405 and no GraphQL: is that the desk's address") as caught:
            await elsewhere.position()
        assert type(caught.value) is DeskError
        with pytest.raises(DeskError, match="does not answer by WebSocket"):
            await take(elsewhere.subscribe("subscription { events { id } }"), 1)


# What is sent again


async def named(desk: Desk, subject: str) -> int:
    return len(await desk.Ticket.find(subject=subject))


async def test_a_verb_whose_answer_is_lost_is_done_once(served: Served, desk: Desk) -> None:
    async with gate_to(served.url) as gate, connect(gate.url, served.key) as far:
        gate.lose = 3
        ticket = await far.Ticket.create(subject="Answer lost", idempotency_key="lost")
        assert (gate.lost, gate.lose, ticket.version) == (3, 0, 1)
        gate.lose = 2
        resolved = await far.Ticket.resolve(id=ticket, resolution="restarted", expected_version=1)
        assert (gate.lost, resolved.status, resolved.version) == (5, "RESOLVED", 2)
        gate.lose = 1
        assert await far.Ticket.get(ticket.id) == resolved
    assert await named(desk, "Answer lost") == 1
    assert [event.type for event in await desk.Event.find(subject_id=ticket.id, order_by="position")] == [
        "ticket.created",
        "ticket.resolved",
    ]


async def test_a_mutation_by_query_is_not_repeated(served: Served, desk: Desk) -> None:
    async with gate_to(served.url) as gate, connect(gate.url, served.key) as far:
        gate.lose = 1
        with pytest.raises(UnavailableError, match="does not answer"):
            await far.query(CREATE, input={"subject": "Sent once"})
        assert gate.lost == 1
        gate.lose = 1
        assert (await far.query("{ tickets(first: 1) { nodes { id } } }"))["tickets"]["nodes"]
    assert await named(desk, "Sent once") == 1


async def test_patience_has_an_end(served: Served, desk: Desk) -> None:
    async with gate_to(served.url) as gate, connect(gate.url, served.key, patience=0.5) as far:
        gate.lose = 10**6
        with pytest.raises(UnavailableError, match="does not answer"):
            await far.Ticket.create(subject="Patience")
        assert gate.lost > 1
    assert await named(desk, "Patience") == 1


async def test_a_time_out_is_tried_again(served: Served, desk: Desk) -> None:
    """The server is stopped for a while: what is under way then goes on, and nothing is done twice."""
    process = psutil.Process(served.process.pid)
    async with connect(served.url, served.key, timeout=0.5) as hasty:
        process.suspend()
        try:
            creating = asyncio.create_task(hasty.Ticket.create(subject="In time"))
            await asyncio.wait([creating], timeout=1.5)
            assert not creating.done()
        finally:
            process.resume()
        assert (await creating).subject == "In time"
    assert await named(desk, "In time") == 1


async def test_the_log_goes_on_over_cut_connections(served: Served, desk: Desk) -> None:
    start = await desk.position()
    seen: list[Event] = []
    async with gate_to(served.url) as gate, connect(gate.url, served.key) as far:

        async def listen() -> None:
            async for event in far.events():
                seen.append(event)
                if event.data.get("name") == "Last":
                    return

        listening = asyncio.create_task(listen())
        cuts = 0
        for at in range(30):
            await desk.Organization.create(name=f"Cut {at}")
            if at % 6 == 5:
                cuts += gate.cut()
        while not seen:
            await desk.Organization.create(name="Cut again")
        await desk.Organization.create(name="Last")
        await asyncio.wait_for(listening, 60)
    assert cuts >= 3
    positions = [event.position for event in seen]
    assert positions == list(range(positions[0], await desk.position() + 1))
    assert start < positions[0]


# TLS


async def test_certificates_are_looked_at(served: Served, desk: Desk, tmp_path: Path) -> None:
    authority, shown, key = certificate(tmp_path, "localhost")
    speaking = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    speaking.load_cert_chain(shown, key)
    async with unchanged(desk), gate_to(served.url, speaking) as gate, connect(gate.url, served.key) as wary:
        with pytest.raises(DeskError, match=r"certificate of .* is not trusted") as refused:
            await wary.Ticket.create(subject="Portal")
        assert type(refused.value) is DeskError
        with pytest.raises(DeskError, match="certificate verify failed") as refused:
            await take(wary.events(after=0), 1)
        assert type(refused.value) is DeskError
        trusting = ssl.create_default_context(cafile=str(authority))
        async with connect(gate.url, served.key, tls=trusting) as sure:
            assert await sure.position() == await desk.position()
            assert [event.position for event in await take(sure.events(after=0), 2)] == [1, 2]


# Without await


def test_the_words_without_await(served: Served) -> None:
    with connect_sync(served.url, served.key) as desk:
        start = desk.position()
        ann = desk.Contact.create(name="Ann of the sync form")
        ticket = desk.Ticket.create(subject="Plain", priority="high", contact=ann)
        assert desk.Ticket.get(ticket.id) == ticket
        other = desk.Ticket.create(subject="Plain too", contact=ann)
        found = desk.Ticket.find(contact=ann, order_by="created_at")
        assert (found[0], list(found), len(found), found == [ticket, other]) == (ticket, [ticket, other], 2, True)
        assert found[-1:] == [other]
        with pytest.raises(InvalidTransitionError):
            desk.Ticket.reopen(id=ticket)
        assert desk.query("query ($id: ID!) { ticket(id: $id) { subject } }", id=ticket.id) == {
            "ticket": {"subject": "Plain"}
        }
        types = []
        for event in desk.events(after=start):
            types.append(event.type)
            if len(types) == 3:
                break
        assert types == ["contact.created", "ticket.created", "ticket.created"]
        answers = desk.subscribe("subscription { events(after: 0) { position } }")
        assert next(answers) == {"events": {"position": 1}}
    with pytest.raises(RuntimeError, match="This desk is closed"):
        desk.position()
    desk.close()


def test_hooks_and_consumers_without_await(served: Served) -> None:
    with connect_sync(served.url, served.key) as desk:

        @desk.Ticket.resolved(name="plain-survey")
        def survey(ticket: Ticket, ctx: Any) -> None:
            ctx.Activity.create(type="plain_survey", ticket=ticket, note=ctx.event.data["resolution"])

        types = ["activity.created"]
        desk.consumers.open("plain", types=types)
        with desk.listening():
            ticket = desk.Ticket.create(subject="Plain")
            desk.Ticket.resolve(id=ticket, resolution="restarted")
            for event in desk.consume("plain", types=types):
                assert (event.type, event.data["type"], event.attempt) == ("activity.created", "plain_survey", 1)
                event.ack()
                break
        [made] = desk.Activity.find(ticket=ticket)
        assert (made.id, made.note) == (event.subject_id, "restarted")
        assert desk.consumers.get("plain-survey")["parkedCount"] == 0
        desk.consumers.delete("plain")
        with pytest.raises(NotFoundError):
            desk.consumers.get("plain")
        survey_again = desk.Ticket.resolved
        with pytest.raises(ValueError, match="There is an after-hook plain-survey already"):
            survey_again(name="plain-survey")(survey)
        survey_again.remove(survey)
        with pytest.raises(InvalidInputError, match="There is no after-hook to run"), desk.listening():
            pass
