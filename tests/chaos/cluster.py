"""A whole installation in real processes: Neo4j, two servers, a hook worker, a durable consumer, links in between."""

from __future__ import annotations

import sys
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from deskgraph.graph.database import Database
from tests.chaos.link import Link
from tests.chaos.processes import Neo4j, Program, Victim, Worker, fixed_port

KEY = "key-for-chaos-runs"
WORKSPACE = "chaos"
SERVERS = ("server-a", "server-b")
HOOKED = ("server-b", "worker")
SHARED = ("server-b",)
HOOKS = "tests.chaos.hooks"
WEBHOOK = """mutation ($url: String!) {
  createWebhook(input: {url: $url, types: ["ticket.*"], idempotencyKey: "chaos-webhook"}) { secret errors { message } }
}"""


class Cluster:
    """Everything runs, and is started again when it ends, while this is open. Files are kept in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.links = {name: Link() for name in (*SERVERS, "worker", "audit")}
        self.neo4j = Neo4j(folder / "neo4j", list(self.links.values()))
        self.programs: dict[str, Program] = {}
        self.urls: list[str] = []
        self._stack = AsyncExitStack()

    @property
    def victims(self) -> dict[str, Victim]:
        """All that can be killed, by name."""
        workers = [Worker(self.programs[name]) for name in SHARED]
        return {**self.programs, "neo4j": self.neo4j} | {worker.name: worker for worker in workers}

    @property
    def runs(self) -> Path:
        """Where the hook notes that it runs."""
        return self.folder / "runs"

    @property
    def received(self) -> Path:
        """Where the webhook's receiver notes what it gets."""
        return self.folder / "received"

    @property
    def audited(self) -> Path:
        """Where the durable consumer notes what it gets."""
        return self.folder / "audited"

    async def __aenter__(self) -> Self:
        try:
            await self._start()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def _start(self) -> None:
        for link in self.links.values():
            await self._stack.enter_async_context(link)
        self._stack.push_async_callback(self.neo4j.stop)
        await self.neo4j.start()
        self.programs = {name: self._server(name) for name in (*SERVERS, "worker")}
        self.programs["audit"] = self._program("audit", ["-m", "tests.chaos.audit"])
        self.programs["receiver"] = self._receiver()
        self.urls = [self.programs[name].url for name in SERVERS]
        for program in self.programs.values():
            self._stack.push_async_callback(program.stop)
            await program.start()
        await self.up()

    def _receiver(self) -> Program:
        port = str(fixed_port())
        return self._program("receiver", ["-m", "tests.chaos.receiver", port], f"http://127.0.0.1:{port}")

    def _server(self, name: str) -> Program:
        port = str(fixed_port())
        more = [*(["--hooks", HOOKS] if name in HOOKED else []), *(["--workers", "2"] if name in SHARED else [])]
        return self._program(name, ["-m", "deskgraph", "serve", "--port", port, *more], f"http://127.0.0.1:{port}")

    def _program(self, name: str, arguments: list[str], url: str = "") -> Program:
        return Program(name, [sys.executable, *arguments], self._environment(name), self.folder / f"{name}.log", url)

    def _environment(self, name: str) -> dict[str, str]:
        return {
            "NEO4J_URI": self.links[name].uri if name in self.links else "",
            "NEO4J_USERNAME": self.neo4j.server.username,
            "NEO4J_PASSWORD": self.neo4j.server.password,
            "DESKGRAPH_API_KEY": KEY,
            "DESKGRAPH_WORKSPACE": WORKSPACE,
            "CHAOS_RUNS": str(self.runs),
            "CHAOS_AUDIT": str(self.audited),
            "CHAOS_RECEIVED": str(self.received),
            "CHAOS_SECRET": str(self.folder / "secret"),
            "DESKGRAPH_WEBHOOK_PRIVATE_TARGETS": "true",
        }

    async def ask(self, text: str, **variables: Any) -> Any:
        """The data of a GraphQL operation at the first server."""
        async with httpx.AsyncClient(headers={"Authorization": f"Bearer {KEY}"}, timeout=60) as http:
            answer = await http.post(f"{self.urls[0]}/graphql", json={"query": text, "variables": variables})
        return answer.json()["data"]

    async def send_webhook(self) -> None:
        """Have every ticket event sent to the receiver from now on."""
        made = (await self.ask(WEBHOOK, url=f"{self.programs['receiver'].url}/events"))["createWebhook"]
        assert made["errors"] == []
        (self.folder / "secret").write_text(made["secret"])

    def database(self) -> Database:
        """The database without a link in between."""
        server = self.neo4j.server
        return Database(server.uri, server.username, server.password)

    async def up(self) -> None:
        """Wait until all of it works."""
        for victim in self.victims.values():
            await victim.up()

    def heal(self) -> None:
        """No more faults of the links."""
        for link in self.links.values():
            link.heal()
