"""Before-hooks of programs elsewhere: what they are asked, what their answers do, what becomes of silent ones."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from neo4j.exceptions import TransientError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from deskgraph.graph.database import Database, Transaction
from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.hooks import Hooks
from deskgraph.resolvers.records import Record
from deskgraph.resolvers.webhooks.options import WebhookOptions
from deskgraph.resolvers.webhooks.sender import AGENT
from deskgraph.schema.errors import HookRejectedError, InvalidInputError, InvalidTransitionError
from deskgraph.schema.scalars import format_datetime
from tests.conftest import Run
from tests.integration.conftest import Log, Unchanged, everything
from tests.receivers import Answer, Receiver, receiving, until

pytestmark = pytest.mark.timeout(120)

ANY = WebhookOptions(private_targets=True)
# Nobody listens there.
NOBODY = "http://127.0.0.1:9/"


@pytest.fixture
async def desk(database: Database, workspace: str) -> AsyncIterator[Desk]:
    async with Desk(database, workspace, hooks=Hooks(), attempts=2, backoff=0.01, webhooks=ANY) as opened:
        yield opened


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as opened:
        yield opened


async def ask(desk: Desk, receiver: Receiver, verbs: Any = ("ticket.*",), **more: Any) -> Record:
    """A before-hook at the receiver, which has plenty of time."""
    hook: Record = await desk.BeforeHook.create(
        **{"url": f"{receiver.url}/ask", "verbs": list(verbs), "timeout_ms": 10_000, **more}
    )
    return hook


def says(content: Any, status: int = 200) -> Answer:
    return lambda _request: JSONResponse(content, status)


# What it is asked


async def test_it_is_asked_before_the_verb_signed(desk: Desk, receiver: Receiver) -> None:
    hook = await ask(desk, receiver)
    acme = await desk.Organization.create(name="Acme")
    await desk.User.create(id="user_bQ4xNmWj", name="Sam")
    ann = await desk.Contact.create(id="contact_fX9bL5nRd", name="Ann", organization=acme)
    ticket = await desk.acting("user_bQ4xNmWj").Ticket.create(subject=" Portal ", priority="high", contact=ann)
    [asked] = receiver.received
    assert asked.verified(hook.secret) == {
        "verb": "ticket.create",
        "id": None,
        "actor": "user_bQ4xNmWj",
        "given": {
            "subject": "Portal",
            "description": None,
            "priority": "HIGH",
            "channel": None,
            "contact": "contact_fX9bL5nRd",
            "agent": None,
            "assign": None,
        },
        "current": None,
    }
    assert asked.headers["user-agent"] == AGENT
    assert asked.id.startswith("call_")

    await desk.Ticket.update(id=ticket, description="It says 403.", expected_version=1)
    update = receiver.received[1].verified(hook.secret)
    moment = format_datetime(ticket.created_at)
    assert (update["verb"], update["id"], update["given"]) == (
        "ticket.update",
        ticket.id,
        {"description": "It says 403."},
    )
    assert update["current"] == {
        "id": ticket.id,
        "version": 1,
        "createdAt": moment,
        "updatedAt": moment,
        "number": 1,
        "subject": "Portal",
        "description": None,
        "status": "OPEN",
        "priority": "HIGH",
        "channel": None,
        "level": 0,
        "resolution": None,
        "contact": "contact_fX9bL5nRd",
        "agent": None,
        "organization": acme.id,
    }


async def test_it_is_asked_last(desk: Desk, receiver: Receiver) -> None:
    """It sees what the process's own hooks made of the input, and what it changes is what is done."""
    await ask(desk, receiver)
    receiver.answers = [says({"change": {"subject": "Third"}})]

    @desk.Ticket.creating
    def second(ticket: Any, _ctx: Any) -> None:
        ticket.subject = f"{ticket.subject}, second"

    ticket = await desk.Ticket.create(subject="First")
    assert (receiver.received[0].message["given"]["subject"], ticket.subject) == ("First, second", "Third")


PATTERNS = {
    "/one": (["ticket.create"], ["ticket.create"]),
    "/noun": (["ticket.*"], ["ticket.create", "ticket.resolve"]),
    "/verb": (["*.create", "contact.update"], ["contact.create", "contact.update", "ticket.create", "webhook.create"]),
    "/all": (["*"], ["contact.create", "contact.update", "ticket.create", "ticket.resolve", "webhook.create"]),
}


async def test_the_verbs_it_is_asked_about(desk: Desk, receiver: Receiver) -> None:
    for path, (verbs, _) in PATTERNS.items():
        await ask(desk, receiver, verbs, url=receiver.url + path)
    other = await desk.BeforeHook.create(url=NOBODY, verbs=["user.*"])
    contact = await desk.Contact.create(name="Ann")
    await desk.Contact.update(id=contact, name="Anna")
    ticket = await desk.Ticket.create(subject="Portal")
    await desk.Ticket.resolve(id=ticket, resolution="restarted")
    await desk.Webhook.create(url=receiver.url)
    await desk.BeforeHook.delete(id=other)
    found = {path: sorted(one.message["verb"] for one in receiver.at(path)) for path in PATTERNS}
    assert found == {path: asked for path, (_, asked) in PATTERNS.items()}


async def test_it_is_not_asked_about_what_is_not_allowed(desk: Desk, receiver: Receiver, unchanged: Unchanged) -> None:
    ticket = await desk.Ticket.create(subject="Portal")
    await ask(desk, receiver)
    async with unchanged():
        with pytest.raises(InvalidTransitionError):
            await desk.Ticket.reopen(id=ticket)
        with pytest.raises(InvalidInputError):
            await desk.Ticket.create(subject="")
    assert receiver.received == []


async def test_it_is_asked_about_what_hooks_do(desk: Desk, receiver: Receiver) -> None:
    await ask(desk, receiver, ["activity.create"])

    @desk.Ticket.resolved(name="survey")
    async def survey(ticket: Any, ctx: Any) -> None:
        await ctx.Activity.create(type="satisfaction_survey", ticket=ticket)

    ticket = await desk.Ticket.create(subject="Portal")
    await desk.Ticket.resolve(id=ticket, resolution="restarted")
    [asked] = await receiver.wait(1, "/ask")
    assert (asked.message["actor"], asked.message["given"]["ticket"]) == ("hook:survey", ticket.id)
    await desk.settle()
    assert [activity.type for activity in await desk.Activity.find(ticket=ticket)] == ["satisfaction_survey"]


async def test_it_is_asked_about_sentences(desk: Desk, receiver: Receiver, unchanged: Unchanged) -> None:
    await desk.do(f"Create a before-hook with url '{receiver.url}/ask' and with verbs 'ticket.*'")
    async with unchanged():
        await desk.do("Create a ticket 'Portal'", dry_run=True)
    assert receiver.received == []
    receiver.answers = [says({"change": {"priority": "LOW"}})]
    for text in ("Create a ticket 'Portal'", "Create a ticket 'Portal', then close it"):
        await desk.do(text)
    assert [one.message["verb"] for one in receiver.received] == ["ticket.create", "ticket.create", "ticket.close"]
    assert len({one.id for one in receiver.received}) == 3
    tickets = await desk.Ticket.find(order_by="number")
    assert [(ticket.priority, ticket.status) for ticket in tickets] == [("LOW", "OPEN"), ("MEDIUM", "CLOSED")]

    receiver.answers = [204, says({"reject": "Not today."})]
    async with unchanged():
        with pytest.raises(HookRejectedError, match=r"^Not today\.$"):
            await desk.do("Create a ticket 'Shop', then close it")


# What its answers do


async def test_it_changes_the_input(desk: Desk, receiver: Receiver, log: Log) -> None:
    await ask(desk, receiver)
    await desk.User.create(id="user_bQ4xNmWj", name="Sam")
    before = await desk.position()
    receiver.answers = [says({"change": {"priority": "Urgent", "agent": "user_bQ4xNmWj"}})]
    ticket = await desk.Ticket.create(subject="Portal", priority="low")
    assert (ticket.priority, ticket.agent) == ("URGENT", "user_bQ4xNmWj")
    [event] = await log(before)
    told = {"subject": "Portal", "priority": "URGENT", "agent": "user_bQ4xNmWj"}
    assert event.data == {"$id": ticket.id, "number": ticket.number, **told}


async def test_several_are_asked_one_after_the_other(desk: Desk, receiver: Receiver, unchanged: Unchanged) -> None:
    await ask(desk, receiver)
    await ask(desk, receiver, ["ticket.create"])
    receiver.answers = [says({"change": {"subject": "Second"}}), says({"change": {"priority": "LOW"}})]
    ticket = await desk.Ticket.create(subject="First")
    assert (ticket.subject, ticket.priority) == ("Second", "LOW")
    assert [one.message["given"]["subject"] for one in receiver.received] == ["First", "Second"]

    receiver.answers = [says({"reject": "No."})]
    async with unchanged():
        with pytest.raises(HookRejectedError, match=r"^No\.$"):
            await desk.Ticket.create(subject="First")
    assert len(receiver.received) == 3


@pytest.mark.parametrize("policy", ["REJECT", "PROCEED"])
async def test_it_refuses(desk: Desk, receiver: Receiver, run: Run, unchanged: Unchanged, policy: str) -> None:
    """Whatever its policy: it was asked, and said so."""
    await ask(desk, receiver, failure_policy=policy)
    receiver.answers = [says({"reject": "Not before the audit is over."})] * 2
    text = 'mutation { createTicket(input: {subject: "x"}) { ticket { id } errors { code message field } } }'
    async with unchanged():
        with pytest.raises(HookRejectedError, match=r"^Not before the audit is over\.$"):
            await desk.Ticket.create(subject="Portal")
        error = {"code": "HOOK_REJECTED", "message": "Not before the audit is over.", "field": None}
        assert await run(text) == {"createTicket": {"ticket": None, "errors": [error]}}


async def test_answers_that_change_nothing(desk: Desk, receiver: Receiver, log: Log) -> None:
    await ask(desk, receiver)
    before = await desk.position()
    answers: list[int | Answer] = [204, 200, 202, says({}), says({"change": {}}), says({"change": {}}, 201)]
    receiver.answers = answers.copy()
    tickets = [await desk.Ticket.create(subject="Portal") for _ in answers]
    assert len(receiver.received) == len(answers)
    same = {"subject": "Portal", "priority": "MEDIUM"}
    expected = [{"$id": ticket.id, "number": ticket.number, **same} for ticket in tickets]
    assert [event.data for event in await log(before)] == expected


# What becomes of those that are silent


async def late(request: Request) -> Response:
    """Answer when nobody waits any more."""
    await until(request.is_disconnected)
    return Response(status_code=204)


UNUSABLE: dict[str, tuple[int | Answer, str]] = {
    "500": (500, "HTTP 500"),
    "404": (404, "HTTP 404"),
    "redirect": (lambda _: Response(status_code=302, headers={"location": "/"}), "redirects are not followed"),
    "text": (lambda _: Response("yes"), "its answer is no JSON"),
    "list": (says([]), "its answer is neither"),
    "words": (says({"approve": True}), "its answer is neither"),
    "both": (says({"change": {}, "reject": "no"}), "its answer is neither"),
    "no reason": (says({"reject": True}), "its answer is neither"),
    "no input": (says({"change": {"status": "CLOSED"}}), "wants to set 'status', and createTicket takes subject"),
    "bad input": (says({"change": {"priority": "EXTREME"}}), "priority must be one of LOW, MEDIUM, HIGH, URGENT"),
    "nothing": (says({"change": {"subject": None}}), "createTicket needs subject"),
    "late": (late, "no complete answer within 0.3 s"),
    "too long": (says({"change": {"description": "x" * (1 << 21)}}), "its answer is no JSON, or too long"),
}


async def test_without_a_usable_answer_it_is_refused(desk: Desk, receiver: Receiver, unchanged: Unchanged) -> None:
    hook = await ask(desk, receiver)
    for fault, (answer, message) in UNUSABLE.items():
        await desk.BeforeHook.update(id=hook, timeout_ms=300 if fault == "late" else 10_000)
        receiver.answers = [answer]
        async with unchanged():
            with pytest.raises(HookRejectedError) as rejected:
                await desk.Ticket.create(subject="Portal")
        assert rejected.value.message.startswith(f"The before-hook {hook.id} gave no usable answer: "), fault
        assert message in rejected.value.message, fault
    assert len(receiver.received) == len(UNUSABLE)


async def test_without_a_usable_answer_it_is_passed_over(desk: Desk, receiver: Receiver, log: Log) -> None:
    hook = await ask(desk, receiver, failure_policy="proceed")
    for fault, (answer, _) in UNUSABLE.items():
        await desk.BeforeHook.update(id=hook, timeout_ms=300 if fault == "late" else 10_000)
        receiver.answers = [answer]
        before = await desk.position()
        ticket = await desk.Ticket.create(subject="Portal")
        [event] = await log(before)
        told = {"subject": "Portal", "priority": "MEDIUM", "$passedOver": [hook.id]}
        assert event.data == {"$id": ticket.id, "number": ticket.number, **told}, fault
    assert len(receiver.received) == len(UNUSABLE)


async def test_nobody_is_there(desk: Desk, unchanged: Unchanged, log: Log) -> None:
    hook = await desk.BeforeHook.create(url=NOBODY, verbs=["contact.*"])
    async with unchanged():
        with pytest.raises(HookRejectedError, match="ConnectError: All connection attempts failed"):
            await desk.Contact.create(name="Ann")
    await desk.BeforeHook.update(id=hook, failure_policy="PROCEED")
    contact = await desk.Contact.create(name="Ann")
    assert [event.data for event in await log()][-1] == {"$id": contact.id, "name": "Ann", "$passedOver": [hook.id]}


async def test_one_that_is_passed_over_leaves_the_others_their_say(desk: Desk, receiver: Receiver) -> None:
    await desk.BeforeHook.create(url=NOBODY, verbs=["*"], failure_policy="PROCEED")
    await ask(desk, receiver)
    receiver.answers = [says({"change": {"subject": "Changed"}})]
    assert (await desk.Ticket.create(subject="Portal")).subject == "Changed"


async def test_addresses_that_are_not_public_are_not_asked(
    database: Database, workspace: str, desk: Desk, receiver: Receiver
) -> None:
    hook = await ask(desk, receiver)
    async with Desk(database, workspace, hooks=Hooks()) as careful:
        before = await everything(desk)
        with pytest.raises(HookRejectedError, match="must begin with https"):
            await careful.Ticket.create(subject="Portal")
        for url in (receiver.url, "https://127.0.0.1/", "https://localhost/ask", "https://user:pass@example.com/"):
            with pytest.raises(InvalidInputError) as refused:
                await careful.BeforeHook.create(url=url, verbs=["*"])
            assert refused.value.field == "url"
            with pytest.raises(InvalidInputError):
                await careful.BeforeHook.update(id=hook, url=url)
        assert await everything(desk) == before
    assert receiver.received == []


# Its name for a question


async def test_a_transaction_that_is_run_again_asks_the_same(desk: Desk, receiver: Receiver) -> None:
    await ask(desk, receiver, ["activity.create", "ticket.create"])
    runs: list[int] = []

    @desk.Ticket.creating
    async def twice(_ticket: Any, ctx: Any) -> None:
        for note in ("one", "two"):
            await ctx.Activity.create(type="note", note=note)
        runs.append(len(receiver.received))
        if len(runs) == 1:
            raise TransientError("run it again")

    await desk.Ticket.create(subject="Portal")
    one, two, again, over, ticket = receiver.received
    assert runs == [2, 4]
    assert [one.id, two.id] == [again.id, over.id]
    assert len({one.id, two.id, ticket.id}) == 3
    assert len(await desk.Activity.find(type="note")) == 2


async def test_a_caller_that_repeats_itself_asks_the_same(desk: Desk, receiver: Receiver) -> None:
    await ask(desk, receiver)
    receiver.answers = [says({"reject": "later"})] * 2
    for _ in range(2):
        with pytest.raises(HookRejectedError):
            await desk.Ticket.create(subject="Portal", idempotency_key="mine")
    for key in ("mine", "mine", "other", None, None):
        await desk.Ticket.create(subject="Portal", idempotency_key=key)
    ids = [one.id for one in receiver.received]
    assert len(ids) == 6  # the repetition of what was done is not asked about
    assert ids[0] == ids[1] == ids[2]
    assert len(set(ids)) == 4


# How it is kept


async def test_its_life_over_graphql(desk: Desk, run: Run, receiver: Receiver, log: Log) -> None:
    create = """mutation ($input: CreateBeforeHookInput!) { createBeforeHook(input: $input) {
      beforehook { id version url verbs description timeoutMs failurePolicy } secret event { type data }
      errors { code field } } }"""
    given = {"id": "beforehook_rV7yKdPm", "url": f"{receiver.url}/ask", "verbs": ["ticket.create"]}
    made = (await run(create, input=given))["createBeforeHook"]
    shown = {**given, "description": None, "timeoutMs": 2000, "failurePolicy": "REJECT"}
    assert made["beforehook"] == {**shown, "version": 1}
    assert made["secret"].startswith("whsec_")
    told = {"url": given["url"], "verbs": given["verbs"], "timeoutMs": 2000, "failurePolicy": "REJECT"}
    assert made["event"] == {"type": "beforehook.created", "data": {"$id": given["id"], **told}}
    assert made["secret"] not in str(await log())

    await desk.Ticket.create(subject="Portal")
    rotate = 'mutation { rotateBeforeHook(input: {id: "beforehook_rV7yKdPm"}) { secret errors { code } } }'
    rotated = (await run(rotate))["rotateBeforeHook"]["secret"]
    assert rotated != made["secret"]
    await desk.Ticket.create(subject="Portal")
    first, second = receiver.received
    first.verified(made["secret"])
    for secret in (made["secret"], rotated):
        assert second.verified(secret)["verb"] == "ticket.create"

    await desk.BeforeHook.delete(id=given["id"])
    await desk.Ticket.create(subject="Portal")
    assert len(receiver.received) == 2
    assert await run("{ beforehooks { totalCount } }") == {"beforehooks": {"totalCount": 0}}

    async def kept(tx: Transaction) -> list[dict[str, Any]]:
        return await tx.run("MATCH (n {id: $id, workspace: $workspace}) RETURN n.secrets AS secrets", id=given["id"])

    assert await desk.read(kept) == [{"secrets": None}]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"verbs": ["ticket.explode"]}, "verbs"),
    ({"verbs": ["ticket.created"]}, "verbs"),
    ({"verbs": ["beforehook.*"]}, "verbs"),
    ({"verbs": []}, "verbs"),
    ({"url": "ftp://example.com"}, "url"),
    ({"timeout_ms": 49}, "timeoutMs"),
    ({"timeout_ms": 10_001}, "timeoutMs"),
    ({"failure_policy": "IGNORE"}, "failurePolicy"),
]


async def test_what_it_can_t_be(desk: Desk, unchanged: Unchanged) -> None:
    hook = await desk.BeforeHook.create(url=NOBODY, verbs=["ticket.create"])
    async with unchanged():
        for given, field in WRONG:
            with pytest.raises(InvalidInputError) as refused:
                await desk.BeforeHook.create(**{"url": NOBODY, "verbs": ["*"], **given})
            assert refused.value.field == field
            with pytest.raises(InvalidInputError) as refused:
                await desk.BeforeHook.update(id=hook, **given)
            assert refused.value.field == field


async def test_every_process_goes_by_it(database: Database, workspace: str, desk: Desk, receiver: Receiver) -> None:
    async with Desk(database, workspace, hooks=Hooks(), webhooks=ANY) as other:
        hook = await ask(desk, receiver, ["contact.create"])

        async def asked() -> bool:
            await other.Contact.create(name="Ann")
            return len(receiver.received) > 0

        assert await until(asked)
        await desk.BeforeHook.update(id=hook, verbs=["user.create"])

        async def quiet() -> bool:
            before = len(receiver.received)
            await other.Contact.create(name="Ann")
            return len(receiver.received) == before

        assert await until(quiet)
        async with Desk(database, workspace, hooks=Hooks(), webhooks=ANY) as third:
            await third.User.create(name="Sam")
        assert receiver.received[-1].message["verb"] == "user.create"
