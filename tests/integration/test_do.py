"""`do` on the real database: sentences done, all of their steps or none."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from deskgraph.graph.database import Database
from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.do import Planned
from deskgraph.resolvers.hooks import Hooks
from deskgraph.schema.errors import (
    AmbiguousError,
    DeskError,
    HookRejectedError,
    IdempotencyConflictError,
    InvalidInputError,
    InvalidTransitionError,
    NotFoundError,
    NotUnderstoodError,
    Problem,
)
from tests.conftest import Run
from tests.corpus import phrases
from tests.integration.conftest import Log, Unchanged
from tests.integration.office import furnish

SPECIFIED = "Assign ticket_rV7yKdPm to user_bQ4xNmWj, then resolve it with 'Portal access restored after billing sync'"
Did = Callable[[str], Awaitable[list[tuple[str, str, dict[str, Any]]]]]


@pytest.fixture
def did(desk: Desk, log: Log) -> Did:
    """Do a sentence; its events, with their subject and data."""

    async def done(text: str) -> list[tuple[str, str, dict[str, Any]]]:
        before = await desk.position()
        await desk.do(text)
        return [
            (event.type, event.subject_id, {name: value for name, value in event.data.items() if name != "$id"})
            for event in await log(before)
        ]

    return done


async def test_the_sentence_of_the_specification(desk: Desk) -> None:
    await desk.User.create(id="user_bQ4xNmWj", name="Sam", status="online")
    await desk.Ticket.create(id="ticket_rV7yKdPm", subject="Cannot access billing portal")
    before = await desk.position()
    result = await desk.do(SPECIFIED, positions=True)
    resolution = "Portal access restored after billing sync"
    ticket = await desk.Ticket.get("ticket_rV7yKdPm")
    assert ticket
    assert (ticket.status, ticket.agent, ticket.resolution) == ("RESOLVED", "user_bQ4xNmWj", resolution)
    events = await desk.Event.find(filter={"position": {"gt": before}}, order_by="position")
    assert [event.type for event in events] == ["ticket.assigned", "ticket.resolved"]
    assert result.as_dict() == {
        "text": SPECIFIED,
        "dry_run": False,
        "replayed": False,
        "plan": [
            {
                "verb": "ticket.assign",
                "mutation": "assignTicket",
                "subjects": ["ticket_rV7yKdPm"],
                "input": {"agent": "user_bQ4xNmWj"},
                "text": "Assign ticket_rV7yKdPm to user_bQ4xNmWj",
                "position": 0,
                "length": 39,
                "corrections": [],
                "reading": "ticket.assign ticket_rV7yKdPm agent=user_bQ4xNmWj",
            },
            {
                "verb": "ticket.resolve",
                "mutation": "resolveTicket",
                "subjects": ["ticket_rV7yKdPm"],
                "input": {"resolution": resolution},
                "text": f"resolve it with '{resolution}'",
                "position": 46,
                "length": 59,
                "corrections": [],
                "reading": f"ticket.resolve it resolution='{resolution}'",
            },
        ],
        "steps": [
            {
                "step": number,
                "verb": verb,
                "mutation": mutation,
                "id": "ticket_rV7yKdPm",
                "version": version,
                "status": status,
                "event": {"id": event.id, "type": event.type, "position": before + number},
            }
            for (number, verb, mutation, version, status), event in zip(
                [
                    (1, "ticket.assign", "assignTicket", 2, "OPEN"),
                    (2, "ticket.resolve", "resolveTicket", 3, "RESOLVED"),
                ],
                events,
                strict=True,
            )
        ],
    }


def told(planned: Planned, called: dict[str, str]) -> str:
    """A planned step in the corpus' notation, with names for ids."""
    subjects = ", ".join(called.get(one or "", "?") for one in planned.subjects)
    given = [f"{name}={shown(value, called)}" for name, value in planned.input.items()]
    return " ".join([planned.verb, *([subjects] if subjects else []), *given])


def shown(value: Any, called: dict[str, str]) -> str:
    if value is None:
        return "?"
    text = str(value)
    return called.get(text) or (text if text.isupper() and text != "SLA" else repr(value))


async def test_the_corpus_of_the_desk(desk: Desk, unchanged: Unchanged) -> None:
    """What is looked up in a dry run, and the errors in earnest; neither changes anything."""
    called = await furnish(desk)
    wrong: list[str] = []
    async with unchanged():
        for phrase in phrases("desk.txt"):
            try:
                fails = phrase.expected[0].startswith("!")
                result = await desk.do(phrase.text, dry_run=not fails)
                got = [told(planned, called) for planned in result.plan]
            except DeskError as error:
                problem = error.problem or Problem()
                got = [f"! {error.code} {problem.words!r}"]
                candidates = ", ".join(one.text for one in problem.candidates)
                got += [f"? {candidates}"] if candidates else []
            if got != phrase.expected:
                wrong += [phrase.text, *(f"  - {line}" for line in phrase.expected), *(f"  + {line}" for line in got)]
    assert not wrong, "\n".join(wrong)
    assert len(phrases("desk.txt")) >= 90


async def test_an_event_is_named_by_its_id(desk: Desk) -> None:
    webhook = await desk.Webhook.create(url="https://example.com/hook")
    await desk.Ticket.create(subject="Portal is down")
    await desk.position()
    [event] = await desk.Event.find(filter={"type": {"eq": "ticket.created"}})
    result = await desk.do(f"Resend {event.id} to {webhook.id}", dry_run=True)
    assert [(one.verb, one.subjects, one.input) for one in result.plan] == [
        ("webhook.resend", [webhook.id], {"event": event.id})
    ]
    with pytest.raises(NotFoundError):
        await desk.do(f"Resend event_nothing123 to {webhook.id}")


# All or nothing


@pytest.mark.parametrize(
    ("text", "error", "words", "step"),
    [
        ("Assign #1 to Tess, then resolve #6 with 'x'", InvalidTransitionError, "resolve #6 with 'x'", 2),
        ("Close #5, then assign #1 to Zoe", NotFoundError, "Zoe", 2),
        ("Close #5; assign #1 to Sam", AmbiguousError, "Sam", 2),
        ("Close #5; dance with #1", NotUnderstoodError, "dance", None),
        ("Create a ticket for Ben about 'x', assign it to Tess and close #6", InvalidTransitionError, "close #6", 3),
        ("Close #5 and escalate it", InvalidInputError, "escalate it", None),
        ("Create contact Jane Doe at Acme, then create a ticket for Ann about 'x'", AmbiguousError, "Ann", 2),
    ],
)
async def test_a_step_that_fails_undoes_those_before_it(
    desk: Desk, unchanged: Unchanged, text: str, error: type[DeskError], words: str, step: int | None
) -> None:
    await furnish(desk)
    async with unchanged():
        with pytest.raises(error) as caught:
            await desk.do(text)
    problem = caught.value.problem
    assert problem
    assert (problem.words, problem.step) == (words, step)
    assert problem.position == text.rindex(words)


async def test_a_hook_that_vetoes_one_step_vetoes_all(desk: Desk, unchanged: Unchanged) -> None:
    await furnish(desk)

    @desk.Ticket.resolving
    async def never(ticket: Any, ctx: Any) -> None:
        assert (await ctx.Ticket.get(ticket.id)).agent == "user_novak"  # it sees the step before
        raise ValueError("Ask first.")

    async with unchanged():
        with pytest.raises(HookRejectedError, match=r"Ask first\.") as error:
            await desk.do("Assign #1 to Tess, then resolve it with 'x'")
    assert error.value.problem
    assert (error.value.problem.words, error.value.problem.step) == ("resolve it with 'x'", 2)


async def test_one_of_many_that_fails_undoes_all(desk: Desk, unchanged: Unchanged) -> None:
    await furnish(desk)
    async with unchanged():
        with pytest.raises(InvalidTransitionError):
            await desk.do("Resolve #1, #2 and #6 with 'x'")


@pytest.mark.parametrize(
    "text",
    [
        "Don't close #5",
        "Close #5 if Ann agrees",
        "Close #5 tomorrow",
        "Is #5 closed?",
        "Close #5 but not #1",
        "Resolve #1 with 'x",
        "Close #5 and don't delete #1",
    ],
)
async def test_what_is_refused_is_not_done_in_part(desk: Desk, unchanged: Unchanged, text: str) -> None:
    await furnish(desk)
    async with unchanged():
        with pytest.raises(NotUnderstoodError):
            await desk.do(text)


# What is done


async def test_all_that_fit(desk: Desk, did: Did) -> None:
    await furnish(desk)
    assert await did("Resolve all open urgent tickets of Acme with 'Fixed in 2.3'") == [
        ("ticket.resolved", "ticket_number1", {"resolution": "Fixed in 2.3"}),
        ("ticket.resolved", "ticket_number2", {"resolution": "Fixed in 2.3"}),
    ]


async def test_the_least_busy_is_chosen_where_nobody_is_named(desk: Desk, did: Did) -> None:
    """Tess has two, Sam Reyes one, Uma none; the others are not online."""
    await furnish(desk)
    assert await did("assign #2 to the least busy agent") == [
        ("ticket.assigned", "ticket_number2", {"agent": "user_iyer"})
    ]


async def test_later_steps_see_earlier_ones(desk: Desk, did: Did) -> None:
    await furnish(desk)
    events = await did(
        "Create contact Jane Doe at Acme with email jane@acme.com, create a ticket for Jane Doe about 'Login', "
        "assign it to Tess; add a note: 'hurry'; then resolve all open tickets of Jane Doe with 'ok'"
    )
    [contact] = await desk.Contact.find(name="Jane Doe")
    [ticket] = await desk.Ticket.find(contact=contact.id)
    assert (contact.organization, ticket.number, ticket.status, ticket.organization) == (
        "organization_acme",
        17,  # a desk reserves sixteen at a time outside of transactions
        "RESOLVED",
        "organization_acme",
    )
    assert [(kind, subject) for kind, subject, _ in events if not kind.startswith("activity")] == [
        ("contact.created", contact.id),
        ("ticket.created", ticket.id),
        ("ticket.assigned", ticket.id),
        ("ticket.resolved", ticket.id),
    ]
    [activity] = await desk.Activity.find(ticket=ticket.id)
    assert (activity.type, activity.note) == ("note", "hurry")


async def test_me_is_the_user_who_acts(desk: Desk, unchanged: Unchanged) -> None:
    await furnish(desk)
    await desk.acting("user_iyer").do("Assign #2 to me")
    ticket = await desk.Ticket.get("ticket_number2")
    assert ticket
    assert ticket.agent == "user_iyer"
    [event] = await desk.Event.find(type="ticket.assigned", subject_id="ticket_number2")
    assert event.actor == "user_iyer"
    async with unchanged():
        with pytest.raises(NotFoundError, match="system acts here") as error:
            await desk.do("Assign #2 to me")
    assert error.value.problem
    assert error.value.problem.words == "me"


async def test_a_dry_run_writes_nothing(desk: Desk, unchanged: Unchanged) -> None:
    await furnish(desk)
    async with unchanged():
        result = await desk.do("Asign #1 to Tess, then close all resolved tickets", dry_run=True)
    assert (result.dry_run, result.steps) == (True, [])
    assert [(one.verb, one.subjects, one.input) for one in result.plan] == [
        ("ticket.assign", ["ticket_number1"], {"agent": "user_novak"}),
        ("ticket.close", ["ticket_number5"], {}),
    ]
    assert [(one.written, one.read, one.position) for one in result.plan[0].corrections] == [("Asign", "assign", 0)]


async def test_hooks_of_each_step(desk: Desk) -> None:
    await furnish(desk)

    @desk.Ticket.updating
    async def never_urgent(ticket: Any, _ctx: Any) -> Any:
        ticket.priority = "HIGH"
        return ticket

    @desk.Ticket.resolved
    async def survey(ticket: Any, ctx: Any) -> None:
        await ctx.Activity.create(type="satisfaction_survey", ticket=ticket.id)

    await desk.do("Set #4 to urgent and resolve it with 'x'")
    await desk.settle()
    ticket = await desk.Ticket.get("ticket_number4")
    assert ticket
    assert (ticket.priority, ticket.status) == ("HIGH", "RESOLVED")
    assert len(await desk.Activity.find(ticket="ticket_number4", type="satisfaction_survey")) == 1


async def test_in_a_hook_a_sentence_joins_the_hooks_transaction(desk: Desk, unchanged: Unchanged) -> None:
    await furnish(desk)

    @desk.Ticket.closing
    async def wave(ticket: Any, ctx: Any) -> None:
        await ctx.do(f"Add a note to {ticket.id}: closed")
        if ticket.id == "ticket_number1":
            raise ValueError("not this one")

    async with unchanged():
        with pytest.raises(HookRejectedError):
            await desk.do("Close #1")
    await desk.do("Close #5")
    [activity] = await desk.Activity.find(ticket="ticket_number5")
    assert (activity.type, activity.note) == ("note", "closed")


async def test_of_another_workspace_nothing_is_found(desk: Desk, database: Database, unchanged: Unchanged) -> None:
    await furnish(desk)
    async with Desk(database, f"{desk.workspace}-other", hooks=Hooks()) as other, unchanged():
        for text in (
            "Close #5",
            "Close ticket_number5",
            "Close all resolved tickets",
            "Set Tess away",
            "Delete Acme",
        ):
            with pytest.raises(NotFoundError):
                await other.do(text)


async def test_more_than_a_hundred_are_too_many(desk: Desk, unchanged: Unchanged) -> None:
    for _ in range(2):
        await asyncio.gather(*(desk.Organization.create(name=f"Firm {number}") for number in range(51)))
    async with unchanged():
        with pytest.raises(InvalidInputError, match="more than 100 organizations") as error:
            await desk.do("delete all organizations")
    assert error.value.problem
    assert error.value.problem.words == "all organizations"


async def test_sentences_at_once_give_each_ticket_a_number_of_its_own(desk: Desk) -> None:
    await furnish(desk)
    await asyncio.gather(*(desk.do(f"Create a ticket for Ben about 'Ticket {number}'") for number in range(8)))
    numbers = [ticket.number for ticket in await desk.Ticket.find()]
    assert len(set(numbers)) == len(numbers) == 14


# Again


async def test_the_same_key_again_gives_the_first_result_again(desk: Desk, unchanged: Unchanged) -> None:
    await furnish(desk)
    text = "Create a ticket for Ben about 'x', then close all resolved tickets"
    first = await desk.do(text, idempotency_key="k1")
    async with unchanged():
        again = await desk.do(text, idempotency_key="k1")
        assert again.as_dict() == {**first.as_dict(), "replayed": True}
        with pytest.raises(IdempotencyConflictError):
            await desk.do("Close #5", idempotency_key="k1")
        with pytest.raises(IdempotencyConflictError):
            await desk.Ticket.create(subject="x", idempotency_key="k1")


async def test_a_sentence_that_failed_leaves_its_key_free(desk: Desk) -> None:
    await furnish(desk)
    with pytest.raises(InvalidTransitionError):
        await desk.do("Close #6", idempotency_key="k2")
    assert (await desk.do("Close #5", idempotency_key="k2")).replayed is False


async def test_fifty_at_once_with_one_key_are_done_once(desk: Desk, log: Log) -> None:
    await furnish(desk)
    before = await desk.position()
    results = await asyncio.gather(
        *(desk.do("Create a ticket for Ben about 'x'", idempotency_key="k3") for _ in range(20))
    )
    assert len({result.steps[0].id for result in results}) == 1
    assert [event.type for event in await log(before)] == ["ticket.created"]


# GraphQL

MUTATION = """
mutation ($input: DoInput!) {
  do(input: $input) {
    plan { verb mutation subjects input reading text position length corrections { written read position } }
    steps { step verb id version status event { id type position } }
    errors { code message field }
    problem { position length words step candidates { text id } example }
  }
}
"""


async def test_over_graphql(desk: Desk, run: Run) -> None:
    await furnish(desk)
    position = await desk.position()
    answer = (await run(MUTATION, input={"text": "Asign #1 to Tess, then close #5"}))["do"]
    [assigned, closed] = answer["steps"]
    assert answer == {
        "plan": [
            {
                "verb": "ticket.assign",
                "mutation": "assignTicket",
                "subjects": ["ticket_number1"],
                "input": {"agent": "user_novak"},
                "reading": "ticket.assign #1 agent=Tess",
                "text": "Asign #1 to Tess",
                "position": 0,
                "length": 16,
                "corrections": [{"written": "Asign", "read": "assign", "position": 0}],
            },
            {
                "verb": "ticket.close",
                "mutation": "closeTicket",
                "subjects": ["ticket_number5"],
                "input": {},
                "reading": "ticket.close #5",
                "text": "close #5",
                "position": 23,
                "length": 8,
                "corrections": [],
            },
        ],
        "steps": [
            {
                "step": 1,
                "verb": "ticket.assign",
                "id": "ticket_number1",
                "version": 2,
                "status": "OPEN",
                "event": {"id": assigned["event"]["id"], "type": "ticket.assigned", "position": position + 1},
            },
            {
                "step": 2,
                "verb": "ticket.close",
                "id": "ticket_number5",
                "version": 3,
                "status": "CLOSED",
                "event": {"id": closed["event"]["id"], "type": "ticket.closed", "position": position + 2},
            },
        ],
        "errors": [],
        "problem": None,
    }


async def test_errors_over_graphql(desk: Desk, run: Run, unchanged: Unchanged) -> None:
    await furnish(desk)
    async with unchanged():
        answer = (await run(MUTATION, input={"text": "close #5, then assign #1 to Sam"}))["do"]
        assert answer == {
            "plan": [],
            "steps": [],
            "errors": [
                {
                    "code": "AMBIGUOUS",
                    "message": "This may be Sam Reyes (user_reyes), Sam Stone (user_stone): "
                    "say which, by the whole name or the id.",
                    "field": None,
                }
            ],
            "problem": {
                "position": 28,
                "length": 3,
                "words": "Sam",
                "step": 2,
                "candidates": [{"text": "Sam Reyes", "id": "user_reyes"}, {"text": "Sam Stone", "id": "user_stone"}],
                "example": "Assign #1042 to Sam Reyes",
            },
        }
        for text, code, words in (
            ("dance", "NOT_UNDERSTOOD", "dance"),
            ("set the priority of #1 to critical", "INVALID_INPUT", "critical"),
            ("resolve #1", "INVALID_INPUT", "resolve #1"),
            ("close #77", "NOT_FOUND", "#77"),
            ("close #6", "INVALID_TRANSITION", "close #6"),
        ):
            answer = (await run(MUTATION, input={"text": text}))["do"]
            assert (answer["errors"][0]["code"], answer["problem"]["words"]) == (code, words), text


async def test_a_dry_run_over_graphql(desk: Desk, run: Run, unchanged: Unchanged) -> None:
    await furnish(desk)
    text = "Create a ticket for Ben about 'x' and assign it to Tess"
    payload = "{ p: plan { verb subjects } steps { id } }"
    aliased = f"mutation ($said: String!) {{ it: do(input: {{text: $said, dryRun: true}}) {payload} }}"
    async with unchanged():
        assert await run(aliased, said=text) == {
            "it": {
                "p": [{"verb": "ticket.create", "subjects": []}, {"verb": "ticket.assign", "subjects": []}],
                "steps": [],
            }
        }


async def test_keys_over_graphql(desk: Desk, run: Run, unchanged: Unchanged) -> None:
    await furnish(desk)
    given = {"text": "close #5", "idempotencyKey": "k4"}
    first = (await run(MUTATION, input=given))["do"]
    async with unchanged():
        again = (await run(MUTATION, input=given))["do"]
        other = (await run(MUTATION, input={**given, "text": "close #1"}))["do"]
    assert [step["id"] for step in again["steps"]] == [step["id"] for step in first["steps"]] == ["ticket_number5"]
    assert [error["code"] for error in other["errors"]] == ["IDEMPOTENCY_CONFLICT"]
