"""Nobody learns anything of another workspace, or of what their role may not see: shown for the whole schema."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any

import httpx
import orjson
import pytest
from starlette.applications import Starlette

from deskgraph.app import create_app
from deskgraph.auth import Keys
from deskgraph.graph.compiler import cypher
from deskgraph.graph.compiler.scope import Scope
from deskgraph.resolvers.api import schema
from deskgraph.resolvers.desk import Desk
from deskgraph.schema.noun import NOUNS
from deskgraph.schema.roles import Role
from tests.integration.conftest import everything
from tests.isolation import Asked, mutations, queries

KEY = "the-operator-s-key"
AT_ONCE = 8
HIDDEN = {noun.prefix: f"{noun.prefix}_hidden1" for noun in NOUNS.values() if noun.prefix not in ("event", "attempt")}
HIDDEN["consumer"] = "hidden-consumer"
Answers = dict[str, bytes]


@pytest.fixture
def app(desk: Desk) -> Starlette:
    return create_app(desk, Keys(KEY))


class Asker:
    """Somebody with a key."""

    def __init__(self, app: Starlette, key: str) -> None:
        headers = {"Authorization": f"Bearer {key}"}
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk", headers=headers)

    async def ask(self, text: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = await self.http.post("/graphql", json={"query": text, "variables": variables or {}})
        found: dict[str, Any] = answer.json()
        return found

    async def do(self, mutation: str, **given: Any) -> dict[str, Any]:
        """The payload of a mutation, which has to succeed."""
        kind = f"{mutation[0].upper()}{mutation[1:]}Input"
        selected = {"createWorkspace": "workspace { id } secret", "createApiKey": "apikey { id } secret"}
        fields = f"{selected.get(mutation, '')} errors {{ code message }}"
        text = f"mutation ($input: {kind}!) {{ {mutation}(input: $input) {{ {fields} }} }}"
        answer = await self.ask(text, {"input": given})
        payload: dict[str, Any] = answer["data"][mutation]
        assert payload["errors"] == [], payload
        return payload

    async def answers(self, asked: Iterable[Asked]) -> Answers:
        """The answer to each, to the byte."""
        limit = asyncio.Semaphore(AT_ONCE)

        async def one(text: str, variables: dict[str, Any]) -> tuple[str, bytes]:
            async with limit:
                answer = await self.http.post("/graphql", json={"query": text, "variables": variables})
            assert b"INTERNAL" not in answer.content, (text, variables, answer.content)
            return f"{text} {orjson.dumps(variables).decode()}", answer.content

        return dict(await asyncio.gather(*(one(*each) for each in asked)))

    async def tools(self) -> Answers:
        """What an agent finds: each type, everything by words, and what is hidden by its id."""
        calls: list[tuple[str, dict[str, Any]]] = [("search", {"type": name}) for name in NOUNS if name != "ApiKey"]
        calls += [("search", {"query": "secret"})]
        calls += [("fetch", {"id": one}) for one in HIDDEN.values() if "_" in one]
        calls += [("fetch", {"id": one, "asOf": 1}) for one in HIDDEN.values() if "_" in one]
        calls += [("do", {"input": f"Close {HIDDEN['ticket']}", "dryRun": True})]
        found = {}
        for name, arguments in calls:
            call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": arguments}}
            headers = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}
            answer = await self.http.post("/mcp", json=call, headers=headers)
            found[f"{name} {arguments}"] = answer.content
        return found

    async def log(self) -> bytes:
        return (await self.http.get("/events?after=0")).content


async def fill(admin: Asker) -> None:
    """One of everything, by the ids that the operations name."""
    await admin.do("createOrganization", id=HIDDEN["organization"], name="secret organization", domain="secret.example")
    await admin.do("createContact", id=HIDDEN["contact"], name="secret contact", organization=HIDDEN["organization"])
    await admin.do("createUser", id=HIDDEN["user"], name="secret user", status="ONLINE")
    ticket = {"subject": "secret ticket", "contact": HIDDEN["contact"], "agent": HIDDEN["user"], "priority": "URGENT"}
    await admin.do("createTicket", id=HIDDEN["ticket"], **ticket)
    activity = {"type": "secret", "note": "secret note", "ticket": HIDDEN["ticket"], "contact": HIDDEN["contact"]}
    await admin.do("createActivity", id=HIDDEN["activity"], visibility="PUBLIC", **activity)
    await admin.do("createApiKey", id=HIDDEN["apikey"], name="secret key", role="ANALYST")
    await admin.do("createBeforeHook", id=HIDDEN["beforehook"], url="https://secret.example", verbs=["ticket.delete"])
    await admin.do("createWebhook", id=HIDDEN["webhook"], url="https://secret.example", types=["user.deleted"])
    await admin.do("createConsumer", name=HIDDEN["consumer"])


async def standing(desk: Desk) -> list[dict[str, Any]]:
    """All that nobody changes by looking: neither when keys were used, nor how far consumers are."""
    nodes = [node for node in await everything(desk) if "Consumer" not in node["labels"]]
    for node in nodes:
        node["properties"].pop("lastUsedAt", None)
    return nodes


async def differences(asker: Asker, asked: list[Asked], hide: Callable[[], Awaitable[None]]) -> list[str]:
    """The questions to which the answer is another one once there is something hidden."""

    async def all_answers() -> Answers:
        return {**await asker.answers(asked), **await asker.tools(), "the log": await asker.log()}

    before = await all_answers()
    await hide()
    after = await all_answers()
    return [question for question, answer in before.items() if after[question] != answer]


@pytest.fixture
async def operator(app: Starlette) -> AsyncIterator[Asker]:
    asker = Asker(app, KEY)
    yield asker
    await asker.http.aclose()


async def workspace_of(app: Starlette, operator: Asker, name: str) -> tuple[Asker, str]:
    """The administrator of a new workspace, and its id."""
    made = await operator.do("createWorkspace", name=name)
    return Asker(app, made["secret"]), made["workspace"]["id"]


def asked_of_all() -> list[Asked]:
    return [*queries(schema()._schema, HIDDEN), *mutations(HIDDEN)]


@pytest.mark.timeout(600)
async def test_no_workspace_shows_in_another(app: Starlette, operator: Asker, desk: Desk) -> None:
    """Whatever its administrator asks, names or tries has the same answer, be there another workspace or not."""
    own, _ = await workspace_of(app, operator, "own")
    other, id_ = await workspace_of(app, operator, "other")
    await own.do("createTicket", subject="An own ticket")
    neighbour = await desk.neighbour(id_)
    filled: list[Any] = []

    async def hide() -> None:
        await fill(other)
        filled.append(await standing(neighbour))

    asked = asked_of_all()
    assert len(asked) > 700
    assert await differences(own, asked, hide) == []
    assert await standing(neighbour) == filled[0]


async def portal(app: Starlette, operator: Asker) -> Asker:
    """A customer with a ticket, and a public note on it, among staff."""
    await operator.do("createContact", id="contact_own1", name="Ann", email="ann@acme.example")
    await operator.do("createTicket", id="ticket_own1", subject="Portal", contact="contact_own1")
    note = {"type": "note", "note": "We look into it", "ticket": "ticket_own1", "visibility": "PUBLIC"}
    await operator.do("createActivity", id="activity_own1", **note)
    key = await operator.do("createApiKey", name="portal", role="CONTACT", contact="contact_own1")
    return Asker(app, key["secret"])


async def fill_around(operator: Asker) -> None:
    """What a contact may not see: other people's things, and the desk's own notes on the contact's ticket."""
    await fill(operator)
    await operator.do(
        "createActivity", type="note", note="secret opinion", ticket="ticket_own1", contact="contact_own1"
    )
    other = {"contact": HIDDEN["contact"], "visibility": "PUBLIC"}
    await operator.do("createActivity", type="note", note="secret to others", **other)


@pytest.mark.timeout(600)
async def test_a_contact_sees_nothing_of_others(app: Starlette, operator: Asker, desk: Desk) -> None:
    customer = await portal(app, operator)
    filled: list[Any] = []

    async def hide() -> None:
        await fill_around(operator)
        filled.append(await standing(desk))

    assert await differences(customer, asked_of_all(), hide) == []
    assert await standing(desk) == filled[0]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("role", [Role.AGENT, Role.ANALYST])
async def test_staff_sees_nothing_of_keys_and_hooks(app: Starlette, operator: Asker, role: Role) -> None:
    await operator.do("createUser", id=HIDDEN["user"], name="Sam")
    key = await operator.do("createApiKey", name="staff", role=role)
    hidden = ("apikey", "beforehook", "webhook", "consumer")

    async def hide() -> None:
        await operator.do("createApiKey", id=HIDDEN["apikey"], name="secret", role="AGENT", user=HIDDEN["user"])
        await operator.do("createBeforeHook", id=HIDDEN["beforehook"], url="https://secret.example", verbs=["user.*"])
        await operator.do("createWebhook", id=HIDDEN["webhook"], url="https://secret.example")
        await operator.do("createConsumer", name=HIDDEN["consumer"])

    asked = [one for one in asked_of_all() if any(word in str(one).lower() for word in (*hidden, "event", "attempt"))]
    asked = [one for one in asked if role is Role.ANALYST or not one[0].startswith("mutation") or "hook" in one[0]]
    assert len(asked) > 400
    assert await differences(Asker(app, key["secret"]), asked, hide) == []


async def test_a_leak_between_workspaces_is_found(
    app: Starlette, operator: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test above would see it: here lists forget which workspace they are of."""
    where_of = cypher.where_of

    def leaking(*arguments: Any, **more: Any) -> list[str]:
        return [one for one in where_of(*arguments, **more) if not one.endswith(".workspace = $workspace")]

    monkeypatch.setattr(cypher, "where_of", leaking)
    own, _ = await workspace_of(app, operator, "own")
    other, _ = await workspace_of(app, operator, "other")
    filter_ = f'{{id: {{eq: "{HIDDEN["contact"]}"}}}}'
    asked = [(f"{{ contacts(filter: {filter_}) {{ totalCount }} }}", {}), ("{ __typename }", {})]

    async def hide() -> None:
        await other.do("createContact", id=HIDDEN["contact"], name="secret")

    before = await own.answers(asked)
    await hide()
    after = await own.answers(asked)
    assert [text for text in before if before[text] != after[text]] == [f"{asked[0][0]} {{}}"]


async def test_a_leak_between_contacts_is_found(
    app: Starlette, operator: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And here the scope of roles is forgotten."""
    monkeypatch.setattr(Scope, "seen", lambda _scope, _noun, _variable: [])
    customer = await portal(app, operator)
    asked = [("{ tickets { totalCount } }", {}), (f'{{ contact(id: "{HIDDEN["contact"]}") {{ name }} }}', {})]
    before = await customer.answers(asked)
    await operator.do("createContact", id=HIDDEN["contact"], name="secret")
    await operator.do("createTicket", subject="secret", contact=HIDDEN["contact"])
    after = await customer.answers(asked)
    assert [text for text in before if before[text] != after[text]] == [f"{text} {{}}" for text, _ in asked]
