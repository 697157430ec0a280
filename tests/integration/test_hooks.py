"""Hooks: before a verb, inside its transaction; after it, from the event log, exactly once in effect.

One file, past 400 lines, because the two kinds share their names, their registration and what they are shown by.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

import deskgraph
from deskgraph.graph.database import Database, Transaction
from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.hooks import Hooks
from deskgraph.resolvers.records import Draft, Record
from deskgraph.schema.errors import AlreadyExistsError, HookRejectedError, InvalidInputError, NotFoundError
from deskgraph.words import speaking
from tests.conftest import Run
from tests.integration.conftest import Log, Unchanged

pytestmark = pytest.mark.timeout(30)  # a consumer that died would let `settle` wait for ever

PARKED = """MATCH (consumer:Consumer {workspace: $workspace})-[parked:PARKED]->(failed:Event)
RETURN consumer.name AS hook, failed.id AS event, parked.error AS error, parked.attempts AS attempts
ORDER BY failed.position"""


async def parked(desk: Desk) -> list[dict[str, Any]]:
    """The events that after-hooks could not handle."""

    async def work(tx: Transaction) -> list[dict[str, Any]]:
        return await tx.run(PARKED)

    return await desk.database.read(desk.workspace, work)


async def surveyed(desk: Desk) -> list[str]:
    """The tickets there is a survey for, once for each survey."""
    surveys = await desk.Activity.find(type="satisfaction_survey")
    return sorted(survey.ticket for survey in surveys)


async def survey(ticket: Any, ctx: Any) -> None:
    """The after-hook of the specification."""
    await ctx.Activity.create(type="satisfaction_survey", contact=ticket.contact, ticket=ticket.id)


def with_survey() -> Hooks:
    hooks = Hooks()
    hooks.add_after("ticket.resolved", survey, "survey")
    return hooks


async def resolved(desk: Desk, subject: str = "Portal") -> Record:
    ticket = await desk.Ticket.create(subject=subject)
    done: Record = await desk.Ticket.resolve(id=ticket.id, resolution="restarted")
    return done


# Names


TICKET_HOOKS = {
    "create": ("creating", "created", {"id": "ticket_rV7yKdPm", "subject": "Portal"}),
    "assign": ("assigning", "assigned", {"agent": "user_bQ4xNmWj"}),
    "escalate": ("escalating", "escalated", {"reason": "outage"}),
    "hold": ("holding", "held", {}),
    "reopen": ("reopening", "reopened", {}),
    "update": ("updating", "updated", {"subject": "Other words"}),
    "resolve": ("resolving", "resolved", {"resolution": "restarted"}),
    "close": ("closing", "closed", {}),
    "delete": ("deleting", "deleted", {}),
}


async def test_the_names_of_a_ticket_s_hooks(desk: Desk) -> None:
    """Each verb's hooks by name: the one before it and the one after it run, once each, in the order of the verbs."""
    await desk.User.create(id="user_bQ4xNmWj", name="Sam")
    before, after = [], []
    for participle, past, _ in TICKET_HOOKS.values():
        getattr(desk.Ticket, participle)(lambda _ticket, _ctx, name=participle: before.append(name))
        getattr(desk.Ticket, past)(name=past)(lambda _ticket, _ctx, name=past: after.append(name))
    for verb, (_, _, given) in TICKET_HOOKS.items():
        await getattr(desk.Ticket, verb)(**{"id": "ticket_rV7yKdPm", **given})
    await desk.settle()
    assert before == [participle for participle, _, _ in TICKET_HOOKS.values()]
    assert sorted(after) == sorted(past for _, past, _ in TICKET_HOOKS.values())


@pytest.mark.parametrize("noun", ["Contact", "Organization", "User", "Activity"])
async def test_the_names_of_the_others_hooks(desk: Desk, noun: str) -> None:
    words = getattr(desk, noun)
    before, after = [], []
    for participle, past in (("creating", "created"), ("updating", "updated"), ("deleting", "deleted")):
        getattr(words, participle)(lambda _noun, _ctx, name=participle: before.append(name))
        getattr(words, past)(name=past)(lambda it, ctx, name=past: after.append((name, it.id, ctx.event.type)))
    given = {"type": "note"} if noun == "Activity" else {"name": "Ann"}
    made = await words.create(**given)
    await words.update(id=made.id, **given)
    await words.delete(id=made.id)
    await desk.settle()
    assert before == ["creating", "updating", "deleting"]
    assert sorted(after) == [(past, made.id, f"{noun.lower()}.{past}") for past in ("created", "deleted", "updated")]


async def test_a_registration_can_be_undone(desk: Desk) -> None:
    seen: list[str] = []

    def before(ticket: Any, ctx: Any) -> None:
        seen.append(f"before {ticket.subject}")

    async def after(ticket: Any, ctx: Any) -> None:
        seen.append(f"after {ticket.subject}")

    assert desk.Ticket.creating(before) is before
    assert desk.Ticket.created(after) is after
    await desk.Ticket.create(subject="one")
    await desk.settle()
    desk.Ticket.creating.remove(before)
    desk.Ticket.created.remove(after)
    await desk.Ticket.create(subject="two")
    await desk.settle()
    assert seen == ["before one", "after one"]
    with pytest.raises(ValueError, match="not in list"):
        desk.Ticket.creating.remove(before)
    with pytest.raises(ValueError, match=r"is not registered after ticket\.created"):
        desk.Ticket.created.remove(after)


async def test_an_after_hook_s_name_is_its_own(desk: Desk) -> None:
    desk.Ticket.resolved(survey)
    with pytest.raises(ValueError, match=r"There is an after-hook .*survey already"):
        desk.Ticket.resolved(survey)
    desk.Ticket.resolved(name="another")(survey)
    ticket = await resolved(desk)
    await desk.settle()
    assert await surveyed(desk) == [ticket.id, ticket.id]


async def test_hooks_on_the_module_s_words(database: Database, workspace: str) -> None:
    """`from deskgraph import Ticket`: they hold for the desks that are not given hooks of their own."""
    deskgraph.Ticket.resolved(name="survey")(survey)
    try:
        async with Desk(database, workspace) as desk:
            with speaking(desk):
                ticket = await deskgraph.Ticket.create(subject="Portal")
                await deskgraph.Ticket.resolve(id=ticket.id, resolution="restarted")
            await desk.settle()
            assert await surveyed(desk) == [ticket.id]
    finally:
        deskgraph.Ticket.resolved.remove(survey)


# Before


@pytest.mark.parametrize(
    ("verb", "participle", "given"),
    [
        ("create", "creating", {"subject": "Portal"}),
        ("assign", "assigning", {"id": "ticket_rV7yKdPm", "agent": "user_bQ4xNmWj"}),
        ("resolve", "resolving", {"id": "ticket_rV7yKdPm", "resolution": "restarted"}),
    ],
)
async def test_a_veto(
    desk: Desk, run: Run, unchanged: Unchanged, verb: str, participle: str, given: dict[str, Any]
) -> None:
    await desk.User.create(id="user_bQ4xNmWj", name="Sam")
    await desk.Ticket.create(id="ticket_rV7yKdPm", subject="Portal")
    words = "Not before the audit is over."

    async def veto(ticket: Any, ctx: Any) -> None:
        raise ValueError(words)

    getattr(desk.Ticket, participle)(veto)
    async with unchanged():
        with pytest.raises(HookRejectedError) as rejected:
            await getattr(desk.Ticket, verb)(**given)
        assert rejected.value.message == words
        text = f"""mutation ($input: {verb.title()}TicketInput!) {{ {verb}Ticket(input: $input) {{
          ticket {{ id }} event {{ id }} errors {{ code message field }} }} }}"""
        assert (await run(text, input=given))[f"{verb}Ticket"] == {
            "ticket": None,
            "event": None,
            "errors": [{"code": "HOOK_REJECTED", "message": words, "field": None}],
        }


async def test_a_veto_without_words_says_what_it_was(desk: Desk, unchanged: Unchanged) -> None:
    def veto(ticket: Any, ctx: Any) -> None:
        raise PermissionError

    desk.Ticket.creating(veto)
    async with unchanged():
        with pytest.raises(HookRejectedError, match=r"^PermissionError$"):
            await desk.Ticket.create(subject="Portal")


async def test_the_input_is_changed_in_place_or_by_what_is_returned(desk: Desk, log: Log) -> None:
    sam = await desk.User.create(name="Sam", status="online")

    @desk.Ticket.creating
    async def least_busy(ticket: Any, ctx: Any) -> Any:
        agents = await ctx.User.find(role="support", status="online")
        ticket.agent = min(agents, key=lambda agent: agent.open_tickets).id
        return ticket

    @desk.Ticket.creating
    def urgent(ticket: Any, ctx: Any) -> None:
        ticket.priority = "Urgent" if "outage" in ticket.subject else ticket.priority

    @desk.Ticket.resolving
    def shout(ticket: Any, ctx: Any) -> Draft:
        return Draft(ticket.verb, {"resolution": ticket.resolution.upper()}, ticket.current)

    before = await desk.position()
    ticket = await desk.Ticket.create(subject="An outage", priority="low")
    assert (ticket.agent, ticket.priority) == (sam.id, "URGENT")
    done = await desk.Ticket.resolve(id=ticket.id, resolution="restarted")
    assert done.resolution == "RESTARTED"
    assert [event.data for event in await log(before)] == [
        {"$id": ticket.id, "number": 1, "subject": "An outage", "priority": "URGENT", "agent": sam.id},
        {"$id": ticket.id, "resolution": "RESTARTED"},
    ]


async def test_a_hook_reads_the_ticket_with_the_input_laid_over_it(desk: Desk) -> None:
    seen: list[Any] = []

    @desk.Ticket.updating
    def look(ticket: Any, ctx: Any) -> None:
        current = ticket.current
        seen.append((ticket.id, ticket.version, ticket.subject, current.subject, ticket.priority, ticket.channel))

    ticket = await desk.Ticket.create(subject="Portal", channel="chat")
    await desk.Ticket.update(id=ticket.id, subject="Shop", priority="high")
    assert seen == [(ticket.id, 1, "Shop", "Portal", "HIGH", "CHAT")]


async def test_hooks_run_in_the_order_of_their_registration_until_one_vetoes(desk: Desk, unchanged: Unchanged) -> None:
    ran: list[str] = []

    @desk.Ticket.creating
    async def first(ticket: Any, ctx: Any) -> None:
        ran.append("first")
        ticket.subject += " 1"

    @desk.Ticket.creating
    def second(ticket: Any, ctx: Any) -> None:
        ran.append("second")
        ticket.subject += " 2"

    ticket = await desk.Ticket.create(subject="Portal")
    assert (ticket.subject, ran) == ("Portal 1 2", ["first", "second"])

    @desk.Ticket.creating
    async def third(ticket: Any, ctx: Any) -> None:
        ran.append("third")
        raise ValueError("no")

    desk.Ticket.creating(lambda _ticket, _ctx: ran.append("fourth"))
    async with unchanged():
        with pytest.raises(HookRejectedError):
            await desk.Ticket.create(subject="Portal")
    assert ran == ["first", "second", "first", "second", "third"]


async def test_a_hook_can_t_set_what_the_verb_does_not_take(desk: Desk, unchanged: Unchanged) -> None:
    ticket = await desk.Ticket.create(subject="Portal")

    @desk.Ticket.resolving
    def lower(ticket: Any, ctx: Any) -> None:
        ticket.priority = "LOW"

    async with unchanged():
        message = "resolveTicket takes resolution: a hook can't set 'priority'"
        with pytest.raises(HookRejectedError, match=f"^{message}$"):
            await desk.Ticket.resolve(id=ticket.id, resolution="restarted")


async def test_what_a_hook_sets_is_checked_like_any_input(desk: Desk, unchanged: Unchanged) -> None:
    @desk.Ticket.creating
    def spoil(ticket: Any, ctx: Any) -> None:
        if ticket.subject == "priority":
            ticket.priority = "EXTREME"
        else:
            ticket.contact = "contact_doesnotexist"

    async with unchanged():
        with pytest.raises(InvalidInputError) as invalid:
            await desk.Ticket.create(subject="priority")
        assert invalid.value.field == "priority"
        with pytest.raises(NotFoundError) as missing:
            await desk.Ticket.create(subject="contact")
        assert missing.value.field == "contact"


async def test_a_hook_must_return_the_ticket_or_nothing(desk: Desk, unchanged: Unchanged) -> None:
    desk.Ticket.creating(lambda _ticket, _ctx: {"subject": "Other"})
    async with unchanged():
        with pytest.raises(HookRejectedError, match="must return the ticket or None"):
            await desk.Ticket.create(subject="Portal")


async def test_a_hook_s_own_writes_are_part_of_the_verb(desk: Desk, unchanged: Unchanged, log: Log) -> None:
    """They are committed with it, or rolled back when a later hook vetoes."""
    ticket = await desk.Ticket.create(subject="Portal")
    veto = True

    @desk.Ticket.resolving
    async def note(ticket: Any, ctx: Any) -> None:
        made = await ctx.Activity.create(type="note", ticket=ticket.id, note="about to be resolved")
        assert await ctx.Activity.find(ticket=ticket.id) == [made]

    @desk.Ticket.resolving
    async def guard(ticket: Any, ctx: Any) -> None:
        if veto:
            raise ValueError("not yet")

    async with unchanged():
        with pytest.raises(HookRejectedError, match=r"^not yet$"):
            await desk.Ticket.resolve(id=ticket.id, resolution="restarted")
    veto = False
    before = await desk.position()
    await desk.Ticket.resolve(id=ticket.id, resolution="restarted")
    assert sorted(event.type for event in await log(before)) == ["activity.created", "ticket.resolved"]
    assert [activity.note for activity in await desk.Activity.find(ticket=ticket.id)] == ["about to be resolved"]


async def test_a_verb_that_failed_inside_a_hook_leaves_nothing(desk: Desk, log: Log) -> None:
    """The hook caught it and lets its own verb go on: what failed must not be committed with it."""
    caught: list[NotFoundError] = []

    @desk.Ticket.creating
    async def try_to_note(ticket: Any, ctx: Any) -> None:
        try:
            await ctx.Activity.create(type="note", contact="contact_doesnotexist")
        except NotFoundError as error:
            caught.append(error)

    await desk.Ticket.create(subject="Portal")
    assert len(caught) == 1
    assert [event.type for event in await log()] == ["ticket.created"]
    assert await desk.Activity.find() == []


async def test_a_taken_id_inside_a_hook_has_its_own_error(desk: Desk, unchanged: Unchanged) -> None:
    await desk.Contact.create(id="contact_fX9bL5nRd", name="Ann")
    seen: list[type[BaseException]] = []

    @desk.Ticket.creating
    async def again(ticket: Any, ctx: Any) -> None:
        try:
            await ctx.Contact.create(id="contact_fX9bL5nRd", name="Ben")
        except Exception as error:
            seen.append(type(error))
            raise

    async with unchanged():
        with pytest.raises(HookRejectedError):
            await desk.Ticket.create(subject="Portal")
    assert seen == [AlreadyExistsError]


async def test_a_hook_may_do_another_verb_to_the_same_ticket(desk: Desk, log: Log) -> None:
    ticket = await desk.Ticket.create(subject="Portal")

    @desk.Ticket.resolving
    async def lower(ticket: Any, ctx: Any) -> None:
        await ctx.Ticket.update(id=ticket.id, priority="low")

    done = await desk.Ticket.resolve(id=ticket.id, resolution="restarted")
    assert (done.status, done.priority, done.version) == ("RESOLVED", "LOW", 3)
    assert [(event.type, event.subject_version) for event in await log()] == [
        ("ticket.created", 1),
        ("ticket.updated", 2),
        ("ticket.resolved", 3),
    ]


async def test_the_desk_s_own_words_inside_a_hook_join_its_transaction(desk: Desk, log: Log) -> None:
    """Otherwise they would wait for ever for the lock that the hook's own verb holds."""
    ticket = await desk.Ticket.create(subject="Portal")

    @desk.Ticket.resolving
    async def lower(ticket: Any, ctx: Any) -> None:
        await desk.Ticket.update(id=ticket.id, priority="low")

    @desk.Ticket.resolved(name="close")
    async def close(ticket: Any, ctx: Any) -> None:
        await desk.Ticket.close(id=ticket.id)

    await asyncio.wait_for(desk.Ticket.resolve(id=ticket.id, resolution="restarted"), 10)
    await asyncio.wait_for(desk.settle(), 10)
    events = await log()
    assert [(event.type, event.subject_version) for event in events] == [
        ("ticket.created", 1),
        ("ticket.updated", 2),
        ("ticket.resolved", 3),
        ("ticket.closed", 4),
    ]
    assert events[3].cause == events[2].id


async def test_a_verb_that_failed_inside_a_hook_gives_its_key_back(desk: Desk) -> None:
    @desk.Ticket.creating
    async def try_it(ticket: Any, ctx: Any) -> None:
        with pytest.raises(NotFoundError):
            await ctx.Activity.create(type="note", contact="contact_none", idempotency_key="key")

    await desk.Ticket.create(subject="Portal")
    assert (await desk.Activity.create(type="note", idempotency_key="key")).type == "note"


async def test_a_ticket_made_by_a_before_hook_has_its_own_number(desk: Desk) -> None:
    @desk.Ticket.creating
    async def split(ticket: Any, ctx: Any) -> None:
        if ticket.subject == "parent":
            await ctx.Ticket.create(subject="child")

    await desk.Ticket.create(subject="parent")
    numbers = {ticket.subject: ticket.number for ticket in await desk.Ticket.find()}
    assert sorted(numbers) == ["child", "parent"]
    assert numbers["child"] != numbers["parent"]


# After


async def test_an_after_hook_runs_after_the_commit_with_ticket_and_event(desk: Desk, log: Log) -> None:
    seen: list[Any] = []

    @desk.Ticket.resolved(name="look")
    async def look(ticket: Any, ctx: Any) -> None:
        seen.append((ticket, ctx.event, ctx.key, ctx.actor, await desk.Ticket.get(ticket.id)))

    ticket = await resolved(desk)
    await desk.settle()
    _, event = await log()
    assert event.data == {"$id": ticket.id, "resolution": "restarted"}
    assert seen == [(ticket, event, f"look:{event.id}", "hook:look", ticket)]


async def test_what_after_hooks_cause_says_so(desk: Desk, run: Run, log: Log) -> None:
    desk.Ticket.resolved(name="survey")(survey)
    ticket = await resolved(desk)
    await desk.settle()
    created, done, made = await log()
    assert (created.cause, done.cause, made.cause) == (None, None, done.id)
    assert (made.type, made.actor, made.position) == ("activity.created", "hook:survey", 3)
    text = "query ($id: ID!) { event(id: $id) { cause { id type cause { id } } effects { nodes { id } } } }"
    assert (await run(text, id=made.id))["event"] == {
        "cause": {"id": done.id, "type": "ticket.resolved", "cause": None},
        "effects": {"nodes": []},
    }
    assert (await run(text, id=done.id))["event"] == {"cause": None, "effects": {"nodes": [{"id": made.id}]}}
    assert await surveyed(desk) == [ticket.id]


async def test_a_plain_function_is_a_hook_too(desk: Desk) -> None:
    seen: list[str] = []
    desk.Ticket.creating(lambda ticket, _ctx: seen.append(f"before {ticket.subject}"))
    desk.Ticket.created(lambda ticket, _ctx: seen.append(f"after {ticket.subject}"))
    await desk.Ticket.create(subject="Portal")
    await desk.settle()
    assert seen == ["before Portal", "after Portal"]


async def test_a_failing_after_hook_is_tried_again_then_parked(desk: Desk, log: Log) -> None:
    """It fails neither the verb nor the events after it, and what it had half done is rolled back."""
    tried: list[tuple[str, str]] = []

    @desk.Ticket.resolved(name="fussy")
    async def fussy(ticket: Any, ctx: Any) -> None:
        await survey(ticket, ctx)
        tried.append((ticket.subject, ctx.key))
        if ticket.subject == "bad":
            raise ValueError("no survey today")

    bad, good = await resolved(desk, "bad"), await resolved(desk, "good")
    assert (bad.status, good.status) == ("RESOLVED", "RESOLVED")
    await desk.settle()
    events = {(event.data["$id"], event.type): event.id for event in await log()}
    failed, handled = events[bad.id, "ticket.resolved"], events[good.id, "ticket.resolved"]
    assert sorted(tried) == [("bad", f"fussy:{failed}"), ("bad", f"fussy:{failed}"), ("good", f"fussy:{handled}")]
    assert await parked(desk) == [
        {"hook": "fussy", "event": failed, "error": "ValueError: no survey today", "attempts": 2}
    ]
    assert await surveyed(desk) == [good.id]
    assert sorted(kind for _, kind in events) == ["activity.created", *["ticket.created"] * 2, *["ticket.resolved"] * 2]


async def test_an_after_hook_that_succeeds_at_the_second_try_has_one_effect(desk: Desk) -> None:
    tries = itertools.count(1)

    @desk.Ticket.resolved
    async def flaky(ticket: Any, ctx: Any) -> None:
        await survey(ticket, ctx)
        if next(tries) == 1:
            raise ConnectionError("try again")

    ticket = await resolved(desk)
    await desk.settle()
    assert await surveyed(desk) == [ticket.id]
    assert (next(tries), await parked(desk)) == (3, [])


async def test_one_after_hook_s_failure_is_none_of_the_others_business(desk: Desk) -> None:
    @desk.Ticket.resolved
    def broken(ticket: Any, ctx: Any) -> None:
        raise ValueError("broken")

    desk.Ticket.resolved(name="survey")(survey)
    tickets = [await resolved(desk) for _ in range(3)]
    await desk.settle()
    assert await surveyed(desk) == sorted(ticket.id for ticket in tickets)
    assert len(await parked(desk)) == 3


@pytest.mark.parametrize("error", [ValueError("\ud800"), asyncio.CancelledError("of a task it waited for")], ids=repr)
async def test_no_failure_ends_an_after_hook_s_work(desk: Desk, error: BaseException) -> None:
    """Not even words that can't be stored, nor a cancelled task that the hook waited for."""

    @desk.Ticket.resolved
    async def fussy(ticket: Any, ctx: Any) -> None:
        await survey(ticket, ctx)
        if ticket.subject == "bad":
            raise error

    _, good = await resolved(desk, "bad"), await resolved(desk, "good")
    await asyncio.wait_for(desk.settle(), 5)
    assert await surveyed(desk) == [good.id]
    assert len(await parked(desk)) == 1


async def test_a_verb_refused_in_an_after_hook_parks_with_its_code(desk: Desk, unchanged: Unchanged) -> None:
    @desk.Ticket.resolved(name="confused")
    async def confused(ticket: Any, ctx: Any) -> None:
        await ctx.Ticket.hold(id=ticket.id)

    ticket = await resolved(desk)
    await desk.settle()
    [entry] = await parked(desk)
    message = "A ticket that is RESOLVED can't do hold: it must be OPEN, ESCALATED."
    assert (entry["hook"], entry["error"]) == ("confused", f"INVALID_TRANSITION: {message}")
    assert await desk.Ticket.get(ticket.id) == ticket


async def test_an_after_hook_for_a_deleted_ticket_still_gets_it(desk: Desk) -> None:
    seen: list[tuple[str, str]] = []
    desk.Ticket.deleted(lambda ticket, ctx: seen.append((ticket.subject, ctx.event.type)))
    ticket = await desk.Ticket.create(subject="Portal")
    await desk.Ticket.delete(id=ticket.id)
    await desk.settle()
    assert seen == [("Portal", "ticket.deleted")]


async def test_a_hook_registered_later_does_not_get_what_was_before(desk: Desk) -> None:
    await resolved(desk, "before")
    desk.Ticket.resolved(name="survey")(survey)
    after = await resolved(desk, "after")
    await desk.settle()
    assert await surveyed(desk) == [after.id]


async def test_a_hook_that_causes_itself_is_stopped(desk: Desk, log: Log) -> None:
    """The chain ends 16 steps from its first event, and that end is parked."""

    @desk.Ticket.updated(name="echo")
    async def echo(ticket: Any, ctx: Any) -> None:
        await ctx.Ticket.update(id=ticket.id, subject=f"Echo {ticket.version}")

    ticket = await desk.Ticket.create(subject="Portal")
    await desk.Ticket.update(id=ticket.id, subject="Hello")
    await desk.settle()
    _, first, *echoes = await log()
    assert [echo.data["changes"]["subject"] for echo in echoes] == [f"Echo {version}" for version in range(2, 18)]
    assert [echo.cause for echo in echoes] == [first.id, *(echo.id for echo in echoes[:-1])]
    [entry] = await parked(desk)
    assert (entry["event"], entry["attempts"]) == (echoes[-1].id, 1)  # to try again could not help
    steps = ["ticket.updated (2, by system)", *(f"ticket.updated ({at}, by hook:echo)" for at in range(3, 19))]
    assert entry["error"].startswith("CAUSAL_CHAIN_TOO_LONG: ")
    assert entry["error"].endswith(" -> ".join(steps))
    assert (await desk.Ticket.get(ticket.id)).version == 18  # type: ignore[union-attr]


# After, over restarts and in several processes


@asynccontextmanager
async def open_desk(database: Database, workspace: str, hooks: Hooks) -> AsyncIterator[Desk]:
    async with Desk(database, workspace, hooks=hooks, attempts=2, backoff=0.01) as opened:
        yield opened


async def test_a_desk_goes_on_where_it_stopped(database: Database, workspace: str) -> None:
    """What was committed while no hook was running gets its one survey; what had one before gets no second."""
    async with open_desk(database, workspace, with_survey()) as desk:
        tickets = [await resolved(desk)]
        await desk.settle()
        assert await surveyed(desk) == [tickets[0].id]
    async with open_desk(database, workspace, Hooks()) as desk:
        tickets += [await resolved(desk) for _ in range(2)]
        await desk.settle()
        assert await surveyed(desk) == [tickets[0].id]
    async with open_desk(database, workspace, with_survey()) as desk:
        tickets.append(await resolved(desk))
        await desk.settle()
        assert await surveyed(desk) == sorted(ticket.id for ticket in tickets)


async def test_a_desk_closed_in_the_middle_of_a_hook_does_it_once(database: Database, workspace: str) -> None:
    half_done = asyncio.Event()

    async def slow(ticket: Any, ctx: Any) -> None:
        await survey(ticket, ctx)
        half_done.set()
        await asyncio.Event().wait()

    hooks = Hooks()
    hooks.add_after("ticket.resolved", slow, "survey")
    async with open_desk(database, workspace, hooks) as desk:
        ticket = await resolved(desk)
        await half_done.wait()
    async with open_desk(database, workspace, with_survey()) as desk:
        await desk.settle()
        assert await surveyed(desk) == [ticket.id]


async def test_two_desks_with_the_same_hooks_do_each_event_once(database: Database, workspace: str) -> None:
    one, two = Desk(database, workspace, hooks=with_survey()), Desk(database, workspace, hooks=with_survey())
    async with one, two:
        tickets = await asyncio.gather(*(resolved(desk) for desk in [one, two] * 10))
        await two.position()
        await one.Organization.create(name="The log's last event")
        await asyncio.gather(one.settle(), two.settle())
        assert await surveyed(one) == sorted(ticket.id for ticket in tickets)
        assert len(set(await surveyed(one))) == 20
        assert await parked(one) == []
