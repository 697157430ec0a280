"""What each role may do, and that what it may not do changes nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from deskgraph.graph.database import Database
from deskgraph.resolvers.api import Context, schema
from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.hooks import Hooks
from deskgraph.resolvers.session import Session
from deskgraph.schema.errors import ForbiddenError, IdempotencyConflictError, InvalidInputError, NotFoundError
from deskgraph.schema.fields import Ref
from deskgraph.schema.noun import NOUNS
from deskgraph.schema.roles import ADMINS, CONSUMERS, Caller, Role
from deskgraph.schema.scalars import now
from deskgraph.schema.verb import VERBS, Verb
from tests.conftest import until
from tests.integration.conftest import Unchanged

STAFFED = {"Ticket", "Contact", "Organization", "User", "Activity"}
PORTAL = {"ticket.create", "ticket.update", "ticket.reopen", "ticket.close", "activity.create"}


def as_role(desk: Desk, role: Role, contact: str | None = None) -> Session:
    """Somebody with that role."""
    return desk.acting(Caller(contact or f"key:{role.lower()}", role, contact))


def test_roles_have_the_verbs_that_the_documentation_says() -> None:
    for verb in VERBS.values():
        expected = {Role.ADMIN, Role.AGENT} if verb.noun.__name__ in STAFFED else {Role.ADMIN}
        assert verb.doers == (set() if verb.noun.__name__ == "Workspace" else expected)
        assert set(verb.permits) == ({Role.CONTACT} if verb.key() in PORTAL else set())


def test_roles_see_the_nouns_that_the_documentation_says() -> None:
    seen = {role: {name for name, noun in NOUNS.items() if role in noun.readers} for role in Role}
    everyday = STAFFED | {"Event"}
    assert seen == {
        Role.ADMIN: everyday | {"Webhook", "WebhookAttempt", "BeforeHook", "ApiKey"},
        Role.AGENT: everyday,
        Role.ANALYST: everyday,
        Role.CONSUMER: everyday,
        Role.CONTACT: {"Ticket", "Contact", "Activity"},
    }


def given(verb: type[Verb]) -> dict[str, Any]:
    """Inputs that would do if the role did."""
    return {name: "text" for name, one in verb.inputs.items() if verb.needs(one) and not isinstance(one, Ref)}


@pytest.mark.parametrize("role", [Role.ANALYST, Role.CONSUMER])
async def test_who_only_reads_does_no_verb(desk: Desk, role: Role, unchanged: Unchanged) -> None:
    async with unchanged():
        for verb in VERBS.values():
            words = getattr(getattr(as_role(desk, role), verb.noun.__name__), verb.word())
            with pytest.raises(ForbiddenError, match=f"{role} can't do {verb.mutation()}: use a key with the role"):
                await words(**({} if verb.creates else {"id": f"{verb.noun.prefix}_nothere"}), **given(verb))


async def test_an_agent_does_the_desk_s_verbs_and_no_others(desk: Desk, unchanged: Unchanged) -> None:
    agent = as_role(desk, Role.AGENT)
    ticket = await agent.Ticket.create(subject="Portal")
    assert (await agent.Ticket.resolve(id=ticket.id, resolution="restarted")).status == "RESOLVED"
    async with unchanged():
        with pytest.raises(ForbiddenError):
            await agent.ApiKey.create(name="mine", role="ADMIN")
        with pytest.raises(ForbiddenError):
            await agent.do("Create a webhook to https://example.com/hook")
    assert "created" not in [event.type for event in await agent.Event.find() if event.type.startswith("apikey")]


@pytest.mark.parametrize("role", Role)
async def test_consumers_and_the_log_are_for_those_who_follow_it(desk: Desk, role: Role, unchanged: Unchanged) -> None:
    session = as_role(desk, role, "contact_own1" if role is Role.CONTACT else None)

    async def code(text: str) -> str | None:
        result = await schema().execute(text, context_value=Context(session))
        errors = result.errors or []
        payload = next(iter((result.data or {}).values()), None)
        if isinstance(payload, dict) and payload.get("errors"):
            return str(payload["errors"][0]["code"])
        return str((errors[0].extensions or {})["code"]) if errors else None

    def wanted(roles: frozenset[Role]) -> str | None:
        return None if role in roles else "FORBIDDEN"

    assert await code("{ consumers { name } }") == wanted(CONSUMERS)
    assert await code('mutation { deleteConsumer(input: {name: "none"}) { errors { code } } }') == (
        "NOT_FOUND" if role in CONSUMERS else "FORBIDDEN"
    )
    trim = 'mutation { trimEvents(input: {before: "2020-01-01T00:00:00Z"}) { errors { code } } }'
    if role in ADMINS:
        assert await code(trim) is None
    else:
        async with unchanged():
            assert await code(trim) == "FORBIDDEN"
    assert await code("{ position }") == (None if role is not Role.CONTACT else "FORBIDDEN")
    assert await code("{ events { totalCount } }") == (None if role is not Role.CONTACT else "FORBIDDEN")


# The portal


@pytest.fixture
async def ann(desk: Desk) -> Session:
    """A customer, with a ticket, beside another one."""
    for name in ("anna", "benn"):
        await desk.Contact.create(id=f"contact_{name}", name=name.title())
        await desk.Ticket.create(id=f"ticket_{name}", subject=f"{name.title()}'s", contact=f"contact_{name}")
    return as_role(desk, Role.CONTACT, "contact_anna")


async def test_a_contact_writes_only_as_themselves(desk: Desk, ann: Session, unchanged: Unchanged) -> None:
    made = await ann.Ticket.create(subject="Printer", priority="high")
    assert (made.contact, made.number > 0, made.agent) == ("contact_anna", True, None)
    [event] = await desk.Event.find(subject_id=made.id)
    assert (event.type, event.actor, event.data["contact"]) == ("ticket.created", "contact_anna", "contact_anna")
    note = await ann.Activity.create(type="note", note="It smokes", ticket=made.id)
    assert (note.contact, note.visibility) == ("contact_anna", "PUBLIC")
    assert (await ann.Ticket.update(id=made.id, subject="Printer smokes")).subject == "Printer smokes"
    assert (await ann.Ticket.close(id=made.id)).status == "CLOSED"
    assert (await ann.Ticket.reopen(id=made.id, reason="still")).status == "OPEN"
    async with unchanged():
        for name, given in [("contact", "contact_benn"), ("agent", "user_any1"), ("assign", "LEAST_BUSY")]:
            with pytest.raises(ForbiddenError) as refused:
                await ann.Ticket.create(subject="x", **{name: given})
            assert refused.value.field == name
        with pytest.raises(ForbiddenError, match="CONTACT gives updateTicket only subject, description, not priority"):
            await ann.Ticket.update(id=made.id, priority="urgent")
        with pytest.raises(ForbiddenError):
            await ann.Activity.create(type="note", ticket=made.id, visibility="INTERNAL")


async def test_what_a_contact_does_not_see_is_not_there(desk: Desk, ann: Session, unchanged: Unchanged) -> None:
    """Neither for verbs nor for edges; and not whether it is closed."""
    await desk.Ticket.close(id="ticket_benn")
    async with unchanged():
        for doing in (
            ann.Ticket.close(id="ticket_benn"),
            ann.Ticket.close(id="ticket_benn", expected_version=1),
            ann.Ticket.update(id="ticket_benn", subject="mine"),
        ):
            with pytest.raises(NotFoundError, match=r"There is no ticket ticket_benn\."):
                await doing
        with pytest.raises(NotFoundError) as missing:
            await ann.Activity.create(type="note", ticket="ticket_benn")
        assert missing.value.field == "ticket"
        answers = await ann.Activity.create.many([{"type": "note", "ticket": "ticket_benn"}], atomic=False)
        assert [type(one) for one in answers] == [NotFoundError]
    assert [one.id for one in await ann.Ticket.find()] == ["ticket_anna"]
    assert await ann.Ticket.get("ticket_benn") is None
    with pytest.raises(ForbiddenError, match="CONTACT can't see users: use a key with the role"):
        await ann.User.find()
    with pytest.raises(ForbiddenError):
        await ann.Ticket.find(filter={"assignee": {"name": {"eq": "Sam"}}})


async def test_hooks_act_for_a_contact_with_the_desk_s_own_rights(desk: Desk, ann: Session) -> None:
    """A before-hook that chooses an agent sees the users that the contact may not see."""
    sam = await desk.User.create(name="Sam", status="online")

    @desk.Ticket.creating
    async def least_busy(ticket: Any, ctx: Any) -> None:
        [agent] = await ctx.User.find(status="online")
        ticket.agent = agent.id

    made = await ann.Ticket.create(subject="Printer")
    assert made.agent is None  # whom the contact may not see
    assert (await desk.Ticket.get(made.id)).agent == sam.id


async def test_an_idempotency_key_is_its_owner_s(desk: Desk, ann: Session) -> None:
    """Somebody else's use of the same key is neither told nor repeated."""
    ben = as_role(desk, Role.CONTACT, "contact_benn")
    of_ben = await ben.Ticket.create(subject="Ben's own", idempotency_key="key-1")
    of_ann = await ann.Ticket.create(subject="Ann's own", idempotency_key="key-1")
    assert of_ann.id != of_ben.id
    assert (await ann.Ticket.create(subject="Ann's own", idempotency_key="key-1")).id == of_ann.id
    with pytest.raises(IdempotencyConflictError):
        await ann.Ticket.create(subject="another", idempotency_key="key-1")
    await desk.Ticket.create(subject="the desk's", idempotency_key="key-1")
    assert sorted(one.subject for one in await ann.Ticket.find()) == ["Ann's own", "Anna's"]


async def test_a_key_in_a_batch_is_the_key_alone(desk: Desk, ann: Session) -> None:
    """Items that are done one by one are kept under the very key that a verb alone is."""
    [made] = await ann.Ticket.create.many([{"subject": "Printer", "idempotency_key": "key-1"}], atomic=False)
    assert (await ann.Ticket.create(subject="Printer", idempotency_key="key-1")).id == made.id


async def test_sentences_do_what_the_role_may(desk: Desk, ann: Session, unchanged: Unchanged) -> None:
    await ann.do("Close ticket_anna")
    assert (await desk.Ticket.get("ticket_anna")).status == "CLOSED"
    async with unchanged():
        with pytest.raises(NotFoundError):
            await ann.do("Close ticket_benn")
        with pytest.raises(ForbiddenError):
            await ann.do("Delete ticket_anna")


async def test_a_sentence_s_key_is_its_owner_s(desk: Desk, ann: Session) -> None:
    """And where it was written in the log is told, though the log is not to be read."""
    ben = as_role(desk, Role.CONTACT, "contact_benn")
    text = "Create a ticket 'Printer'"
    of_ben = await ben.do(text, idempotency_key="key-1", positions=True)
    of_ann = await ann.do(text, idempotency_key="key-1", positions=True)
    assert of_ann.steps[0].id != of_ben.steps[0].id
    assert (of_ann.replayed, of_ann.steps[0].event.position) == (False, await desk.position())
    assert (await ann.do(text, idempotency_key="key-1")).steps[0].id == of_ann.steps[0].id


# Keys


async def test_a_key_fits_its_role(desk: Desk, unchanged: Unchanged) -> None:
    await desk.Contact.create(id="contact_anna", name="Ann")
    async with unchanged():
        for wrong, field in [
            ({"role": "CONTACT"}, "contact"),
            ({"role": "AGENT", "contact": "contact_anna"}, "contact"),
            ({"role": "CONTACT", "contact": "contact_anna", "user": "user_any1"}, "user"),
            ({"role": "AGENT", "expires_at": now() - timedelta(seconds=1)}, "expiresAt"),
            ({"role": "KING"}, "role"),
        ]:
            with pytest.raises(InvalidInputError) as refused:
                await desk.ApiKey.create(name="x", **wrong)
            assert refused.value.field == field


async def test_only_a_hash_of_a_key_is_kept(desk: Desk) -> None:
    made = await desk.ApiKey.create(name="report", role="analyst")
    assert made.secret.startswith(f"{made.begins}_")
    everything = await desk.read(
        lambda tx: tx.run("MATCH (n {workspace: $workspace}) RETURN properties(n) AS properties, n.hash AS hash")
    )
    assert made.secret not in str(everything)
    assert made.secret.rpartition("_")[2] not in str(everything)
    assert len([row for row in everything if row["hash"]]) == 1
    assert made.secret not in repr(made)


async def test_only_the_operator_makes_workspaces(desk: Desk, unchanged: Unchanged) -> None:
    admin = as_role(desk, Role.ADMIN)
    async with unchanged():
        with pytest.raises(ForbiddenError, match="use a key with the role the desk's operator"):
            await admin.Workspace.create(name="mine")
        with pytest.raises(ForbiddenError):
            await admin.Workspace.find()
    made = await desk.Workspace.create(name="Acme")
    other = await desk.neighbour(made.id)
    await until(lambda: other.feed.position == 1)
    assert [(event.position, event.type) for event in await other.Event.find()] == [(1, "apikey.created")]
    [key] = await other.ApiKey.find()
    assert (key.role, key.begins) == ("ADMIN", made.secret.rpartition("_")[0])
    assert await desk.ApiKey.find() == []


async def test_a_workspace_s_hooks_go_on_after_a_restart(database: Database, workspace: str) -> None:
    """Nobody has to come with a key first."""
    hooks, seen = Hooks(), []
    hooks.add_after("ticket.created", lambda ticket, ctx: seen.append((ctx.desk.workspace, ticket.subject)), "watch")
    async with Desk(database, workspace, hooks=hooks) as home:
        made = await home.Workspace.create(name="Acme")
        await home.neighbour(made.id)  # where the hook becomes a consumer
    async with Desk(database, made.id, hooks=Hooks()) as alone:
        await alone.Ticket.create(subject="meanwhile")
    async with Desk(database, workspace, hooks=hooks) as home:
        await home.open_neighbours()
        await until(lambda: bool(seen))
    assert seen == [(made.id, "meanwhile")]
