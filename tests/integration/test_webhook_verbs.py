"""Webhooks as a noun: its verbs over GraphQL and in Python, what is refused, and its secret, which is shown once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from standardwebhooks import Webhook

from deskgraph.graph.database import Database, Transaction
from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.hooks import Hooks
from deskgraph.resolvers.records import Record
from deskgraph.resolvers.webhooks.options import WebhookOptions
from deskgraph.schema.errors import DeskError, InvalidInputError, InvalidTransitionError, NotFoundError
from tests.conftest import Codes, Run
from tests.integration.conftest import Log, Unchanged, everything
from tests.receivers import until

pytestmark = pytest.mark.timeout(120)

URL = "https://hooks.example/events"
FIELDS = "id version url types description status disabledAt disabledReason failingSince"
DEFAULTS = {
    "types": None,
    "description": None,
    "status": "ENABLED",
    "disabledAt": None,
    "disabledReason": None,
    "failingSince": None,
}


async def mutate(run: Run, verb: str, **given: Any) -> dict[str, Any]:
    """The payload of a verb of a webhook."""
    text = f"""mutation ($input: {verb.title()}WebhookInput!) {{ {verb}Webhook(input: $input) {{
      webhook {{ {FIELDS} }} secret event {{ type data subjectVersion }} errors {{ code field }} }} }}"""
    payload: dict[str, Any] = (await run(text, input=given))[f"{verb}Webhook"]
    return payload


async def secrets_in(desk: Desk, webhook: str) -> list[str]:
    """The secrets that the graph holds for a webhook."""

    async def work(tx: Transaction) -> list[str]:
        found = await tx.one("MATCH (n {id: $id, workspace: $workspace}) RETURN n.secrets AS secrets", id=webhook)
        assert found
        return [secret for secret, _ in orjson.loads(found["secrets"] or "[]")]

    return await desk.read(work)


async def caught_up(desk: Desk, webhook: Record) -> bool:
    """Whether its consumer has looked through the whole log."""
    found = await desk.consumers.get(f"webhook:{webhook.id}")
    return bool(found["lag"] == 0)


# Verbs


async def test_the_life_of_a_webhook(desk: Desk, run: Run) -> None:
    created = await mutate(run, "create", id="webhook_rV7yKdPm", url=URL, types=["ticket.*"], description="CRM")
    own = {"id": "webhook_rV7yKdPm", "url": URL, "types": ["ticket.*"], "description": "CRM"}
    assert created["webhook"] == {**DEFAULTS, **own, "version": 1}
    assert created["errors"] == []
    given = {"url": URL, "types": ["ticket.*"], "description": "CRM"}
    data = {"$id": "webhook_rV7yKdPm"}
    assert created["event"] == {"type": "webhook.created", "subjectVersion": 1, "data": {**data, **given}}

    updated = await mutate(run, "update", id="webhook_rV7yKdPm", types=None, url=f"{URL}/2")
    assert updated["webhook"] == {**created["webhook"], "version": 2, "types": None, "url": f"{URL}/2"}
    changes = {"url": f"{URL}/2", "types": None}
    assert updated["event"] == {"type": "webhook.updated", "subjectVersion": 2, "data": {**data, "changes": changes}}

    disabled = await mutate(run, "disable", id="webhook_rV7yKdPm", reason="maintenance")
    shown = disabled["webhook"]
    assert (shown["status"], shown["disabledReason"]) == ("DISABLED", "maintenance")
    assert abs((datetime.now(UTC) - datetime.fromisoformat(shown["disabledAt"])).total_seconds()) < 60
    at = disabled["event"]["data"].pop("disabledAt")
    assert datetime.fromisoformat(at) == datetime.fromisoformat(shown["disabledAt"])
    assert disabled["event"]["data"] == {**data, "reason": "maintenance"}

    enabled = await mutate(run, "enable", id="webhook_rV7yKdPm")
    assert enabled["webhook"] == {**updated["webhook"], "version": 4}
    assert enabled["event"] == {"type": "webhook.enabled", "subjectVersion": 4, "data": data}

    rotated = await mutate(run, "rotate", id="webhook_rV7yKdPm", overlap=60)
    assert rotated["event"] == {"type": "webhook.rotated", "subjectVersion": 5, "data": {**data, "overlap": 60}}
    for payload in (updated, disabled, enabled):
        assert payload["secret"] is None
    assert await secrets_in(desk, "webhook_rV7yKdPm") == [rotated["secret"], created["secret"]]

    recovered = await mutate(run, "recover", id="webhook_rV7yKdPm", since="2026-01-01T00:00:00Z", after=7)
    found = {**data, "since": "2026-01-01T00:00:00Z", "after": 7, "deliveries": 0}
    assert recovered["event"] == {"type": "webhook.recovered", "subjectVersion": 6, "data": found}

    deleted = await mutate(run, "delete", id="webhook_rV7yKdPm")
    assert deleted["webhook"]["version"] == 7
    assert deleted["event"] == {"type": "webhook.deleted", "subjectVersion": 7, "data": data}
    assert await run('{ webhook(id: "webhook_rV7yKdPm") { id } webhooks { totalCount } }') == {
        "webhook": None,
        "webhooks": {"totalCount": 0},
    }
    assert await secrets_in(desk, "webhook_rV7yKdPm") == []
    assert await desk.consumers.all("webhook:webhook_rV7yKdPm") == []


async def test_its_consumer(desk: Desk) -> None:
    webhook = await desk.Webhook.create(url=URL, types=["ticket.created", "ticket.d*"])
    found = await desk.consumers.get(f"webhook:{webhook.id}")
    assert (found["kind"], found["attempts"], found["ordered"], found["maxInFlight"]) == ("WEBHOOK", 8, False, 8)

    async def types() -> Any:
        return (await desk.consumers.get(f"webhook:{webhook.id}"))["types"]

    assert await until(types) == ["ticket.created", "ticket.deleted"]


async def test_lists_and_filters(desk: Desk, run: Run) -> None:
    one = await desk.Webhook.create(url=URL, types=["ticket.*", "contact.created"])
    two = await desk.Webhook.create(url=URL, types=["contact.updated"])
    three = await desk.Webhook.create(url=f"{URL}/3", types=["ticket.resolved"])
    await desk.Webhook.disable(id=three.id)

    async def ids(wanted: str) -> set[str]:
        found = await run(f"{{ webhooks(filter: {{{wanted}}}) {{ nodes {{ id }} }} }}")
        return {node["id"] for node in found["webhooks"]["nodes"]}

    assert await ids("") == {one.id, two.id, three.id}
    assert await ids("status: {eq: ENABLED}") == {one.id, two.id}
    assert await ids('types: {has: "ticket.*"}') == {one.id}
    assert await ids('types: {has: "ticket"}') == set()
    assert await ids('not: {types: {has: "ticket.*"}}') == {two.id, three.id}
    assert await ids('events: {some: {type: {eq: "webhook.disabled"}}}') == {three.id}
    assert await ids("attempts: {some: {}}") == set()
    assert await ids("attempts: {none: {}}") == {one.id, two.id, three.id}
    text = (
        '{ node(id: "%s") { ... on Webhook { url } } events(last: 1) { nodes { subject { ... on Webhook { id } } } } }'
    )
    assert await run(text % one.id) == {"node": {"url": URL}, "events": {"nodes": [{"subject": {"id": three.id}}]}}
    for asked, found in (
        ({"status": "enabled"}, {one.id, two.id}),
        ({"types": "ticket.*"}, {one.id}),
        ({"types": {"has": "ticket.resolved"}}, {three.id}),
    ):
        assert {webhook.id for webhook in await desk.Webhook.find(**asked)} == found
    wrong: Any
    for wrong in (["ticket.*"], {"eq": "ticket.*"}, {"has": 7}, None):
        with pytest.raises(InvalidInputError):
            await desk.Webhook.find(types=wrong)


async def test_its_hooks(desk: Desk) -> None:
    """Before-hooks may change what is given; after-hooks come later. Neither sees the secret."""
    seen: list[tuple[str, Any]] = []

    @desk.Webhook.creating
    async def to_https(webhook: Any, ctx: Any) -> Any:
        seen.append(("creating", hasattr(webhook, "secret") or hasattr(webhook, "secrets")))
        webhook.url = webhook.url.replace("http://", "https://")
        return webhook

    @desk.Webhook.created
    async def told(webhook: Any, ctx: Any) -> None:
        seen.append(("created", hasattr(webhook, "secret")))

    webhook = await desk.Webhook.create(url="http://hooks.example/events")
    assert webhook.url == URL
    await desk.settle()
    assert seen == [("creating", False), ("created", False)]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "url"),
        ({"url": ""}, "url"),
        ({"url": "hooks.example"}, "url"),
        ({"url": "http://hooks.example/"}, "url"),
        ({"url": "https://me:secret@hooks.example/"}, "url"),
        ({"url": "https://127.0.0.1/"}, "url"),
        ({"url": "https://[::1]:8443/"}, "url"),
        ({"url": "https://localhost/"}, "url"),
        ({"url": "https://169.254.169.254/latest"}, "url"),
        ({"url": f"https://hooks.example/{'a' * 2000}"}, "url"),
        ({"url": URL, "types": []}, "types"),
        ({"url": URL, "types": ["ticket.exploded"]}, "types"),
        ({"url": URL, "types": ["ticket.*", ""]}, "types"),
        ({"url": URL, "types": "ticket.*"}, "types"),
        ({"url": URL, "types": ["ticket.*"] * 101}, "types"),
        ({"url": URL, "status": "DISABLED"}, "status"),
        ({"url": URL, "secret": "whsec_mine"}, "secret"),
    ],
    ids=str,
)
async def test_what_create_refuses(desk: Desk, unchanged: Unchanged, given: dict[str, Any], field: str) -> None:
    async with unchanged():
        with pytest.raises(InvalidInputError) as caught:
            await desk.Webhook.create(**given)
        assert caught.value.field == field
        assert "me:secret" not in caught.value.message


async def test_what_the_other_verbs_refuse(desk: Desk, run: Run, unchanged: Unchanged) -> None:
    webhook = await desk.Webhook.create(url=URL, types=["ticket.*"])
    stopped = await desk.Webhook.create(url=URL, types=["ticket.*"])
    await desk.Webhook.disable(id=stopped.id)
    await desk.position()
    await until(lambda: caught_up(desk, webhook))
    [event] = await desk.Event.find(subject_id=webhook.id)
    refused: list[tuple[str, dict[str, Any], str, str | None]] = [
        ("update", {"id": webhook.id, "url": "https://10.0.0.1/"}, "INVALID_INPUT", "url"),
        ("update", {"id": webhook.id, "url": None}, "INVALID_INPUT", "url"),
        ("update", {"id": webhook.id, "types": ["nothing.*"]}, "INVALID_INPUT", "types"),
        ("enable", {"id": webhook.id}, "INVALID_TRANSITION", None),
        ("disable", {"id": stopped.id}, "INVALID_TRANSITION", None),
        ("rotate", {"id": webhook.id, "overlap": -1}, "INVALID_INPUT", "overlap"),
        ("rotate", {"id": webhook.id, "overlap": 31 * 24 * 3600}, "INVALID_INPUT", "overlap"),
        ("resend", {"id": webhook.id, "event": "event_aaaa"}, "NOT_FOUND", "event"),
        ("resend", {"id": webhook.id, "event": "ticket_aaaa"}, "INVALID_INPUT", "event"),
        ("resend", {"id": stopped.id, "event": event.id}, "INVALID_TRANSITION", None),
        ("recover", {"id": webhook.id}, "INVALID_INPUT", "since"),
        ("recover", {"id": stopped.id, "after": 0}, "INVALID_TRANSITION", None),
        ("delete", {"id": "webhook_aaaa"}, "NOT_FOUND", "id"),
    ]
    async with unchanged():
        for verb, given, code, field in refused:
            payload = await mutate(run, verb, **given)
            assert payload["errors"] == [{"code": code, "field": field}], (verb, given)
            assert (payload["webhook"], payload["event"], payload["secret"]) == (None, None, None)


async def test_another_workspace_s_event_is_none(desk: Desk, database: Database, unchanged: Unchanged) -> None:
    webhook = await desk.Webhook.create(url=URL, types=["ticket.*"])
    await until(lambda: caught_up(desk, webhook))
    async with Desk(database, f"{desk.workspace}-other", hooks=Hooks()) as other:
        contact = await other.Contact.create(name="Ann")
        await other.position()
        [event] = await other.Event.find(subject_id=contact.id)
    async with unchanged():
        with pytest.raises(NotFoundError):
            await desk.Webhook.resend(id=webhook.id, event=event.id)


async def test_the_setting_allows_private_addresses(database: Database, workspace: str) -> None:
    options = WebhookOptions(private_targets=True)
    async with Desk(database, workspace, hooks=Hooks(), webhooks=options) as desk:
        for url in ("http://127.0.0.1:9/", "http://localhost:9/", "https://10.0.0.1/"):
            assert (await desk.Webhook.create(url=url, types=["ticket.*"])).url == url
        with pytest.raises(InvalidInputError):
            await desk.Webhook.create(url="http://me:secret@127.0.0.1/")


# The secret


@pytest.fixture
async def webhook(desk: Desk) -> Record:
    """One that has been through everything that makes or uses a secret."""
    made = await desk.Webhook.create(url=URL, idempotency_key="a")
    rotated = await desk.Webhook.rotate(id=made.id, idempotency_key="b")
    assert {made.secret, rotated.secret} == set(await secrets_in(desk, made.id))
    return made  # type: ignore[no-any-return]


async def test_a_secret_is_in_the_first_answer_only(desk: Desk, run: Run) -> None:
    given = {"url": URL, "types": ["ticket.resolved"], "idempotencyKey": "create-1"}
    first, again = await mutate(run, "create", **given), await mutate(run, "create", **given)
    assert first["secret"].startswith("whsec_")
    assert Webhook(first["secret"])
    assert (again["webhook"], again["event"], again["secret"]) == (first["webhook"], first["event"], None)
    given = {"id": first["webhook"]["id"], "idempotencyKey": "rotate-1"}
    rotated, again = await mutate(run, "rotate", **given), await mutate(run, "rotate", **given)
    assert rotated["secret"] != first["secret"]
    assert again["secret"] is None
    assert await secrets_in(desk, first["webhook"]["id"]) == [rotated["secret"], first["secret"]]


async def test_a_secret_in_python(desk: Desk) -> None:
    """An attribute of what create and rotate give, which nothing prints; of nothing else."""
    given = {"url": URL, "types": ["ticket.resolved"], "idempotency_key": "a"}
    made, again = await desk.Webhook.create(**given), await desk.Webhook.create(**given)
    assert again == made
    assert again.secret is None
    assert made.secret not in repr(made)
    assert made.secret not in str(made.as_dict())
    for other in (await desk.Webhook.get(made.id), await desk.Webhook.update(id=made.id, description="CRM")):
        with pytest.raises(AttributeError):
            _ = other.secret


async def test_a_secret_is_nowhere_else(desk: Desk, webhook: Record) -> None:
    """Not in an event, an attempt, a key's record: in one property of its own node alone."""
    secrets = await secrets_in(desk, webhook.id)
    holders = [node for node in await everything(desk) if any(secret in str(node) for secret in secrets)]
    [node] = holders
    assert node["labels"] == ["Webhook"]
    assert [name for name, value in node["properties"].items() if secrets[0] in str(value)] == ["secrets"]


@pytest.mark.parametrize(
    "text",
    [
        "{ webhooks { nodes { secret } } }",
        "{ webhooks { nodes { secrets } } }",
        '{ webhooks(filter: {secrets: {contains: "whsec"}}) { totalCount } }',
        '{ webhooks(filter: {secret: {eq: "whsec"}}) { totalCount } }',
        "{ webhooks(orderBy: [{secrets: ASC}]) { totalCount } }",
        'mutation { updateWebhook(input: {id: "webhook_aaaa", secrets: "x"}) { secret } }',
    ],
)
async def test_no_query_can_ask_for_it(codes: Codes, text: str) -> None:
    assert set(await codes(text)) == {"GRAPHQL_VALIDATION_FAILED"}


async def test_no_filter_of_python_can_ask_for_it(desk: Desk, webhook: Record) -> None:
    for asked in ({"secrets": "x"}, {"secret": "x"}):
        with pytest.raises(InvalidInputError):
            await desk.Webhook.find(**asked)


async def test_no_error_tells_it(desk: Desk, webhook: Record) -> None:
    secrets = await secrets_in(desk, webhook.id)
    for verb, given in (("enable", {}), ("rotate", {"overlap": "x"}), ("rotate", {"expected_version": 7})):
        with pytest.raises(DeskError) as caught:
            await getattr(desk.Webhook, verb)(id=webhook.id, **given)
        assert not any(secret in str(caught.value) for secret in secrets)


async def test_a_hook_may_make_one(desk: Desk, log: Log) -> None:
    """Inside a hook's transaction, all of it or nothing."""
    made: list[Any] = []

    @desk.Organization.creating
    async def with_webhook(organization: Any, ctx: Any) -> None:
        made.append(await ctx.Webhook.create(url=f"https://{organization.domain}/events"))
        if organization.name == "Globex":
            raise ValueError("Not this one.")

    await desk.Organization.create(name="Acme", domain="acme.com")
    with pytest.raises(DeskError):
        await desk.Organization.create(name="Globex", domain="globex.example")
    assert [webhook.id for webhook in await desk.Webhook.find()] == [made[0].id]
    assert [row["name"] for row in await desk.consumers.all()] == [f"webhook:{made[0].id}"]
    assert sorted(event.type for event in await log()) == ["organization.created", "webhook.created"]


async def test_transitions_name_the_states(desk: Desk) -> None:
    webhook = await desk.Webhook.create(url=URL)
    with pytest.raises(InvalidTransitionError, match="A webhook that is ENABLED can't do enable: it must be DISABLED"):
        await desk.Webhook.enable(id=webhook.id)
