"""One verb, many times: each item with its event, all or nothing, or each for itself."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.records import Record
from deskgraph.schema.errors import AlreadyExistsError, HookRejectedError, InvalidInputError, NotFoundError
from deskgraph.schema.verb import VERBS, Verb
from tests.conftest import Run
from tests.integration.conftest import Log, Unchanged

CREATE = """mutation ($items: [CreateTicketInput!]!, $atomic: Boolean) {
  createTickets(input: {items: $items, atomic: $atomic}) {
    done
    results { ticket { id subject contact { name } } event { id type position } errors { code field } }
    again: results { ticket { number } __typename }
    errors { code message field }
  }
}"""
LEAST: dict[str, dict[str, Any]] = {
    "Ticket": {"subject": "Portal"},
    "Contact": {"name": "Ann"},
    "Organization": {"name": "Acme"},
    "User": {"name": "Sam"},
    "Activity": {"type": "note"},
}
BATCHED = [verb for verb in VERBS.values() if verb.batched]


async def created(run: Run, *items: dict[str, Any], atomic: bool = True) -> dict[str, Any]:
    answer: dict[str, Any] = (await run(CREATE, items=list(items), atomic=atomic))["createTickets"]
    return answer


async def test_each_item_has_its_event(desk: Desk, run: Run, log: Log) -> None:
    ann = await desk.Contact.create(name="Ann")
    before = await desk.position()
    made = await created(run, {"subject": "Portal", "contact": ann.id}, {"subject": "Shop", "id": "ticket_4XYmepQC"})
    assert (made["done"], made["errors"]) == (2, [])
    assert [one["ticket"]["subject"] for one in made["results"]] == ["Portal", "Shop"]
    assert [one["ticket"]["contact"] for one in made["results"]] == [{"name": "Ann"}, None]
    assert made["results"][1]["ticket"]["id"] == "ticket_4XYmepQC"
    assert sorted(one["event"]["position"] for one in made["results"]) == [before + 1, before + 2]
    numbers = [one["ticket"]["number"] for one in made["again"]]
    assert numbers == [numbers[0], numbers[0] + 1]
    assert {one["__typename"] for one in made["again"]} == {"TicketPayload"}
    events = await log(before)
    assert {one.id for one in events} == {one["event"]["id"] for one in made["results"]}
    assert {(one.type, one.subject_id) for one in events} == {
        ("ticket.created", one["ticket"]["id"]) for one in made["results"]
    }


@pytest.mark.parametrize("verb", BATCHED, ids=lambda verb: verb.batch())
async def test_every_one_of_them(desk: Desk, run: Run, log: Log, verb: type[Verb]) -> None:
    name, title = verb.batch(), verb.batch()[0].upper() + verb.batch()[1:]
    text = f"mutation ($input: {title}Input!) {{ {name}(input: $input) {{ done results {{ event {{ type }} }} }} }}"
    answer = await run(text, input={"items": [LEAST[verb.noun.__name__]] * 3})
    assert answer == {name: {"done": 3, "results": [{"event": {"type": verb.event()}}] * 3}}
    assert [event.type for event in await log()] == [verb.event()] * 3


async def test_all_or_nothing(run: Run, unchanged: Unchanged) -> None:
    async with unchanged():
        made = await created(
            run,
            {"subject": "a", "contact": "contact_nothere"},
            {"subject": "b"},
            {"subject": "c", "agent": "user_nothere"},
        )
    assert made["done"] == 0
    assert made["errors"] == [
        {"code": "NOT_FOUND", "message": "There is no contact contact_nothere.", "field": "items.0.contact"},
        {"code": "NOT_FOUND", "message": "There is no user user_nothere.", "field": "items.2.agent"},
    ]
    assert [one["ticket"] for one in made["results"]] == [None, None, None]
    assert [one["errors"][0]["code"] for one in made["results"]] == ["NOT_FOUND", "BATCH_REFUSED", "NOT_FOUND"]


async def test_nothing_at_all_where_an_item_is_wrong_by_itself(run: Run, unchanged: Unchanged) -> None:
    async with unchanged():
        made = await created(run, {"subject": "a"}, {"subject": " "})
    assert [(one["code"], one["field"]) for one in made["errors"]] == [("INVALID_INPUT", "items.1.subject")]


async def test_each_for_itself(desk: Desk, run: Run) -> None:
    await desk.Ticket.create(id="ticket_taken", subject="First")
    items = [
        {"subject": "a", "contact": "contact_nothere"},
        {"subject": "b"},
        {"subject": "c", "id": "ticket_taken"},
        {"subject": "d", "id": "ticket_twice"},
        {"subject": "e", "id": "ticket_twice"},
        {"subject": ""},
    ]
    made = await created(run, *items, atomic=False)
    assert made["done"] == 2
    assert [(one["code"], one["field"]) for one in made["errors"]] == [
        ("NOT_FOUND", "items.0.contact"),
        ("ALREADY_EXISTS", "items.2.id"),
        ("ALREADY_EXISTS", "items.4.id"),
        ("INVALID_INPUT", "items.5.subject"),
    ]
    assert sorted(one.subject for one in await desk.Ticket.find()) == ["First", "b", "d"]


@pytest.mark.parametrize("atomic", [True, False])
async def test_again_by_key(run: Run, unchanged: Unchanged, atomic: bool) -> None:
    items = [{"subject": "a", "idempotencyKey": "one"}, {"subject": "b", "idempotencyKey": "two"}]
    first = await created(run, *items, atomic=atomic)
    async with unchanged():
        assert await created(run, *items, atomic=atomic) == first
    more = await created(run, items[1], {"subject": "c", "idempotencyKey": "three"}, atomic=atomic)
    assert (more["done"], more["results"][0]) == (2, first["results"][1])
    other = await created(run, {"subject": "other", "idempotencyKey": "one"}, {"subject": "d"}, atomic=atomic)
    assert [(one["code"], one["field"]) for one in other["errors"]] == [
        ("IDEMPOTENCY_CONFLICT", "items.0.idempotencyKey")
    ]
    assert other["done"] == (0 if atomic else 1)


async def test_what_was_refused_leaves_its_key_free(run: Run) -> None:
    item = {"subject": "a", "contact": "contact_nothere", "idempotencyKey": "one"}
    assert (await created(run, item, {"subject": "b"}, atomic=False))["done"] == 1
    assert (await created(run, {**item, "contact": None}))["done"] == 1


@pytest.mark.parametrize("count", [0, 1001])
async def test_how_many(run: Run, unchanged: Unchanged, count: int) -> None:
    async with unchanged():
        made = await created(run, *[{"subject": "a"}] * count)
    message = f"A batch has 1 to 1,000 items, not {count:,}."
    assert made["errors"] == [{"code": "INVALID_INPUT", "message": message, "field": "items"}]
    assert made["results"] == []


async def test_a_thousand(desk: Desk, run: Run, log: Log) -> None:
    ann = await desk.Contact.create(name="Ann")
    before = await desk.position()
    made = await created(run, *[{"subject": f"Ticket {n}", "contact": ann.id} for n in range(1000)])
    assert made["done"] == 1000
    assert len({one["ticket"]["number"] for one in made["again"]}) == 1000
    assert await desk.position() == before + 1000
    assert Counter(one.type for one in await log(before)) == {"ticket.created": 1000}


@pytest.mark.parametrize("atomic", [True, False])
async def test_before_hooks_are_asked_about_each(desk: Desk, run: Run, log: Log, atomic: bool) -> None:
    async def check(ticket: Any, ctx: Any) -> None:
        await ctx.Activity.create(type="checked", note=ticket.subject)
        if ticket.subject == "spam":
            raise ValueError("no spam")
        ticket.priority = "URGENT"

    desk.Ticket.creating(check)
    made = await created(run, {"subject": "a"}, {"subject": "spam"}, {"subject": "b"}, atomic=atomic)
    assert [(one["code"], one["message"], one["field"]) for one in made["errors"]] == [
        ("HOOK_REJECTED", "no spam", "items.1")
    ]
    done = [] if atomic else ["a", "b"]
    assert made["done"] == len(done)
    assert sorted(one.note for one in await desk.Activity.find(type="checked")) == done
    assert sorted((one.subject, one.priority) for one in await desk.Ticket.find()) == [(one, "URGENT") for one in done]
    assert len(await log()) == 2 * len(done)


async def test_the_least_busy_is_chosen_for_each(desk: Desk, run: Run) -> None:
    for name in ("Sam", "Uma"):
        await desk.User.create(name=name, status="online")
    await created(run, *[{"subject": "a", "assign": "LEAST_BUSY"}] * 10)
    assert [user.open_tickets for user in await desk.User.find()] == [5, 5]


async def test_in_python(desk: Desk, unchanged: Unchanged) -> None:
    made = await desk.Ticket.create.many([{"subject": "a", "priority": "high"}, {"subject": "b"}])
    assert [(one.subject, one.priority) for one in made] == [("a", "HIGH"), ("b", "MEDIUM")]
    async with unchanged():
        with pytest.raises(NotFoundError, match=r"There is no contact contact_nothere\."):
            await desk.Ticket.create.many([{"subject": "a"}, {"subject": "b", "contact": "contact_nothere"}])
        with pytest.raises(InvalidInputError, match=r"takes .* not 'colour'"):
            await desk.Ticket.create.many([{"subject": "a", "colour": "red"}])
        with pytest.raises(InvalidInputError, match="resolveTicket is done one at a time"):
            await desk.Ticket.resolve.many([{"id": made[0].id, "resolution": "x"}])
    mixed = await desk.Ticket.create.many([{"subject": "c"}, {"subject": "d", "id": made[0].id}], atomic=False)
    assert isinstance(mixed[0], Record)
    assert isinstance(mixed[1], AlreadyExistsError)


async def test_inside_a_hook_it_is_the_hook_s_transaction(desk: Desk, unchanged: Unchanged) -> None:
    async def split(ticket: Any, ctx: Any) -> None:
        if ticket.subject == "both":
            await ctx.Ticket.create.many([{"subject": "one"}, {"subject": "two", "contact": ticket.description}])

    desk.Ticket.creating(split)
    async with unchanged():
        with pytest.raises(HookRejectedError, match="There is no contact contact_nothere"):
            await desk.Ticket.create(subject="both", description="contact_nothere")
    await desk.Ticket.create(subject="both")
    assert sorted(one.subject for one in await desk.Ticket.find()) == ["both", "one", "two"]


async def test_an_import_keeps_the_past_and_greets_nobody(desk: Desk) -> None:
    greeted: list[str] = []
    desk.Ticket.created(name="greet")(lambda ticket, _ctx: greeted.append(ticket.subject))
    sam = await desk.User.create(name="Sam")
    past = {
        "status": "Closed",
        "level": 2,
        "resolution": "restarted",
        "agent": sam,
        "created_at": "2019-03-01T09:30:00Z",
    }
    [ticket, other] = await desk.Ticket.import_.many([{"subject": "Old", **past}, {"subject": "New"}])
    assert (ticket.status, ticket.level, ticket.resolution, ticket.agent) == ("CLOSED", 2, "restarted", sam.id)
    assert (ticket.created_at.isoformat(), ticket.version) == ("2019-03-01T09:30:00+00:00", 1)
    assert other.created_at == other.updated_at > ticket.created_at
    assert [one.subject for one in await desk.Ticket.find(order_by="created_at")] == ["Old", "New"]
    await desk.Ticket.create(subject="Newer")
    await desk.settle()
    assert greeted == ["Newer"]
    assert (await desk.Ticket.reopen(id=ticket.id)).status == "OPEN"
