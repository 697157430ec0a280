"""The console page in a real Chromium, which finds nobody but the server itself."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson
import pytest
from playwright.async_api import Browser, Page, Request, WebSocket, expect

from deskgraph.console import FOLDER

SUBJECTS = {
    1: "Invoice shows the wrong VAT number",
    2: "Export to CSV stops at 10,000 rows",
    3: "How do I add a colleague?",
    4: "Webhook deliveries are late",
    5: "Password reset e-mail never arrives",
}
REFUSED = "Failed to load resource: the server responded with a status of 401 (Unauthorized)"
EMPTY: dict[str, Any] = {"data": {"tickets": {"nodes": []}}}
SUBSCRIPTION = """subscription Fresh {
  events(types: ["contact.created"], after: 0) { type position subject { id ... on Contact { name } } }
}"""
CREATE = "mutation ($input: CreateContactInput!) { createContact(input: $input) { errors { code } } }"
VIOLATED = """address => new Promise(done => {
  addEventListener("securitypolicyviolation", violation => done(violation.effectiveDirective));
  fetch(address).finally(() => setTimeout(done, 1000, "nothing"));
})"""


@dataclass
class Console:
    """A browser's tab, and all that went on in it."""

    page: Page
    requests: list[Request] = field(default_factory=list)
    sockets: list[str] = field(default_factory=list)
    sent: list[Any] = field(default_factory=list)
    received: list[Any] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", lambda request: self.requests.append(request))
        self.page.on("websocket", self._listen)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)

    def _listen(self, socket: WebSocket) -> None:
        self.sockets.append(socket.url)
        socket.on("framesent", lambda text: self.sent.append(orjson.loads(text)))
        socket.on("framereceived", lambda text: self.received.append(orjson.loads(text)))

    @property
    def origins(self) -> set[str]:
        return {"{0.scheme}://{0.netloc}".format(urlsplit(request.url)) for request in self.requests}

    @property
    def posts(self) -> list[Request]:
        return [request for request in self.requests if request.method == "POST"]

    async def answer(self) -> Any:
        """What the response pane holds once it holds data: all of it, not just the lines in view."""
        pane = self.page.locator(".graphiql-response .CodeMirror")
        await expect(pane).to_contain_text('"data"')
        return orjson.loads(await pane.evaluate("pane => pane.CodeMirror.getValue()"))

    async def subjects(self) -> dict[int, str]:
        answer = await self.answer()
        return {node["number"]: node["subject"] for node in answer["data"]["tickets"]["nodes"]}

    async def write(self, text: str) -> None:
        await self.page.locator(".graphiql-query-editor .CodeMirror").click()
        await self.page.keyboard.press("Control+A")
        await self.page.keyboard.insert_text(text)

    async def stored(self) -> dict[str, str]:
        return await self.page.evaluate("({...sessionStorage})")


@pytest.fixture
async def console(browser: Browser) -> AsyncIterator[Console]:
    async with await browser.new_context(viewport={"width": 1280, "height": 800}) as context:
        yield Console(await context.new_page())


async def test_the_printed_address_shows_tickets(serve: Callable[..., Any], console: Console) -> None:
    key = "k+y &a=b/c%20d#e?"
    served, page = serve("--sample", DESKGRAPH_API_KEY=key), console.page
    await page.goto(f"{served.url}/graphql#key={served.key}")

    assert await console.subjects() == SUBJECTS
    await expect(page.get_by_text('"Password reset e-mail never arrives"')).to_be_visible()
    node = (await console.answer())["data"]["tickets"]["nodes"][0]
    assert node["contact"] == {"name": "Ben Okoro"}
    assert node["organization"] == {"name": "Acme"}
    assert list(node["assignee"]) == ["name", "openTickets"]
    assert await page.title() == "deskgraph"
    await expect(page.locator("form")).to_be_hidden()

    assert await page.evaluate("location.href") == f"{served.url}/graphql"
    assert await console.stored() == {"deskgraph.key": key}
    assert key not in (await page.evaluate("Object.values(localStorage).join()"))
    assert {await post.header_value("authorization") for post in console.posts} == {f"Bearer {key}"}

    await page.set_viewport_size({"width": 400, "height": 800})
    await page.reload()
    assert await console.subjects() == SUBJECTS
    query, answer = [await page.locator(name).bounding_box() for name in (".graphiql-editors", ".graphiql-response")]
    assert query
    assert answer
    assert (query["x"], query["width"]) == (answer["x"], answer["width"])
    assert answer["y"] == query["y"] + query["height"]
    assert await page.evaluate("document.documentElement.scrollWidth") == 400
    assert console.origins == {served.url}
    assert console.errors == []


async def test_every_part_works_under_the_content_security_policy(serve: Callable[..., Any], console: Console) -> None:
    served, page = serve(), console.page
    await page.goto(f"{served.url}/graphql#key={served.key}")
    assert await console.answer() == EMPTY

    await page.get_by_label("Show Documentation Explorer").click()
    await page.get_by_role("link", name="Mutation", exact=True).click()
    await expect(page.get_by_role("link", name="createTicket", exact=True)).to_be_visible()
    await page.get_by_label("Show History").click()
    await expect(page.locator(".graphiql-history-item-label")).to_have_text(["Tickets"])
    await page.get_by_label("Open settings dialog").click()
    await page.get_by_role("button", name="Dark").click()
    await expect(page.locator("body")).to_have_class("graphiql-dark")
    await page.keyboard.press("Escape")
    await console.write("query Typed { tick")
    await page.keyboard.type("e")
    await expect(page.locator(".CodeMirror-hint").first).to_contain_text("ticket")
    assert console.origins == {served.url}
    assert console.errors == []

    assert await page.evaluate(VIOLATED, "http://localhost:9/") == "connect-src"


async def test_a_subscription_receives_an_event(serve: Callable[..., Any], console: Console) -> None:
    served, page = serve(), console.page
    await page.goto(f"{served.url}/graphql#key={served.key}")
    assert await console.answer() == EMPTY

    await create_contact(served, "contact_fX9bL5nRd", "Ann")
    await console.write(SUBSCRIPTION)
    await expect(page.get_by_role("tab")).to_have_text("Fresh")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".graphiql-response")).to_contain_text('"Ann"')
    await create_contact(served, "contact_hT3mW8cQz", "Zoe")

    await expect(page.locator(".graphiql-response")).to_contain_text('"Zoe"')
    event = {"type": "contact.created", "position": 2, "subject": {"id": "contact_hT3mW8cQz", "name": "Zoe"}}
    assert await console.answer() == {"data": {"events": event}}
    assert console.sockets == [f"{served.url}/graphql".replace("http", "ws")]
    assert console.sent[0] == {"type": "connection_init", "payload": {"authorization": f"Bearer {served.key}"}}
    assert [message["type"] for message in console.received] == ["connection_ack", "next", "next"]
    assert console.errors == []


async def create_contact(served: Any, contact: str, name: str) -> None:
    body = {"query": CREATE, "variables": {"input": {"id": contact, "name": name}}}
    async with httpx.AsyncClient(headers=served.headers) as client:
        done = await client.post(f"{served.url}/graphql", json=body)
    assert done.json() == {"data": {"createContact": {"errors": []}}}


async def test_the_page_asks_for_the_key_until_it_is_right(serve: Callable[..., Any], console: Console) -> None:
    served, page = serve("--sample"), console.page
    field, alert = page.get_by_label("API key"), page.get_by_role("alert")
    await page.goto(f"{served.url}/graphql")
    await expect(field).to_be_focused()
    await expect(page.get_by_text("It is printed by deskgraph serve.")).to_be_visible()
    await expect(alert).to_be_hidden()
    assert console.posts == []
    assert console.errors == []

    await page.goto(f"{served.url}/graphql#key=not-the-key")
    await expect(alert).to_have_text("The server refused this key.")
    assert await page.evaluate("location.href") == f"{served.url}/graphql"
    assert await console.stored() == {}
    await field.fill("not-this-either")
    async with page.expect_response(f"{served.url}/graphql") as refusing:
        await page.get_by_role("button", name="Open the console").click()
    assert (await refusing.value).status == 401
    await field.fill("kéy")
    await field.press("Enter")
    await expect(alert).to_have_text("The server refused this key.")
    assert await console.stored() == {}
    assert await page.locator(".graphiql-container").count() == 0
    assert console.errors == [REFUSED] * len(console.posts) == [REFUSED, REFUSED]

    await field.fill(f" {served.key} ")
    await field.press("Enter")
    assert await console.subjects() == SUBJECTS
    await expect(page.locator("form")).to_be_hidden()
    assert await console.stored() == {"deskgraph.key": served.key}
    assert console.errors == [REFUSED, REFUSED]


async def test_a_key_that_is_no_longer_accepted_is_asked_for_again(
    serve: Callable[..., Any], console: Console, workspace: str, tmp_path: Path
) -> None:
    served, page = serve(), console.page
    await page.goto(f"{served.url}/graphql#key={served.key}")
    assert await console.answer() == EMPTY
    served.process.terminate()
    assert served.process.wait(30) == 0

    settings = {"DESKGRAPH_API_KEY": "the-key-after", "DESKGRAPH_WORKSPACE": workspace, "DESKGRAPH_DATA": str(tmp_path)}
    with serving_again(served.url, settings):
        await console.write("query Users { users { nodes { name } } }")
        await expect(page.get_by_role("tab")).to_have_text("Users")
        await page.keyboard.press("Control+Enter")
        await expect(page.get_by_role("alert")).to_have_text("The server refused this key.")
        assert await console.stored() == {}
        await page.get_by_label("API key").fill("the-key-after")
        await page.keyboard.press("Enter")
        await expect(page.locator("form")).to_be_hidden()
        await page.get_by_label("Execute query").click()
        await expect(page.locator(".graphiql-response")).to_contain_text('"users"')
        assert await console.answer() == {"data": {"users": {"nodes": []}}, "extensions": {"cost": 50}}
        assert console.errors == [REFUSED]


@contextmanager
def serving_again(url: str, settings: dict[str, str]) -> Iterator[None]:
    """A server with other settings at the address of one that has ended."""
    command = [sys.executable, "-m", "deskgraph", "serve", "--port", str(urlsplit(url).port)]
    with subprocess.Popen(command, env=os.environ | settings, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            assert any(url in line for line in process.stdout)
            yield
        finally:
            process.terminate()


def test_the_vendored_files_are_those_of_the_versions_file() -> None:
    vendor = FOLDER / "vendor"
    lines = [line.split() for line in (vendor / "VERSIONS").read_text().splitlines() if not line.startswith("#")]
    written = {file: digest for _name, _version, _licence, digest, file in lines}
    found = [path for path in vendor.rglob("*") if path.suffix in {".js", ".css", ".map"}]
    assert written == {path.relative_to(vendor).as_posix(): sha256(path.read_bytes()).hexdigest() for path in found}
    assert all((vendor / name / "LICENSE").is_file() for name, *_ in lines)
