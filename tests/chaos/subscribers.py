"""Clients that follow the log and, whenever the stream breaks, go on at another server from where they were."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

PROTOCOL = Subprotocol("graphql-transport-ws")
QUERY = """subscription ($after: Long, $types: [String!]) {
  events(after: $after, types: $types) { id position type subjectId subjectVersion }
}"""
# Seconds to connect, and after which a server that sends nothing, not even a sign of life, is left.
PATIENCE, SILENCE = 10.0, 40.0
Messages = AsyncGenerator[dict[str, Any]]


class Refused(Exception):
    """The server answered with errors."""


@dataclass
class Subscriber:
    """Follows the log from its beginning, over a WebSocket. `forgetful`, it resumes without its position: a fault."""

    name: str
    urls: Sequence[str]
    key: str
    types: list[str] | None = None
    seed: int = 0
    forgetful: bool = False
    seen: list[dict[str, Any]] = field(default_factory=list)
    position: int = 0
    connections: int = 0
    troubles: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)

    async def follow(self) -> None:
        """Follow until cancelled."""
        pause = random.Random(self.seed)
        at = self.seed
        while True:
            try:
                await self._take(self.urls[at % len(self.urls)])
                self.troubles["complete"] += 1
            except Refused as error:
                self.troubles["refused"] += 1
                if '"UNAVAILABLE"' not in str(error):
                    self.refused.append(f"{self.name} after {self.position}: {error}")
            except (WebSocketException, httpx.HTTPError, OSError, TimeoutError) as error:
                self.troubles[type(error).__name__] += 1
            at += 1
            await asyncio.sleep(pause.uniform(0.02, 0.3))

    async def _take(self, url: str) -> None:
        """Note each event until the stream ends."""
        async with aclosing(self.listen(url)) as messages:
            async for message in messages:
                if not message.get("data"):
                    raise Refused(json.dumps(message))
                self.seen.append(message["data"]["events"])
                self.position = self.seen[-1]["position"]

    @property
    def after(self) -> int | None:
        """Where to go on."""
        return None if self.forgetful and self.connections else self.position

    @property
    def authorization(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.key}"}

    async def listen(self, url: str) -> Messages:
        """The results of one subscription."""
        address = f"{url.replace('http', 'ws', 1)}/graphql"
        async with connect(address, subprotocols=[PROTOCOL], open_timeout=PATIENCE, ping_timeout=SILENCE) as socket:
            await socket.send(json.dumps({"type": "connection_init", "payload": self.authorization}))
            async with asyncio.timeout(PATIENCE):
                assert json.loads(await socket.recv())["type"] == "connection_ack"
            payload = {"query": QUERY, "variables": {"after": self.after, "types": self.types}}
            await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
            self.connections += 1
            async for text in socket:
                message = json.loads(text)
                if message["type"] == "complete":
                    return
                if message["type"] == "error":
                    raise Refused(json.dumps(message["payload"]))
                if message["type"] == "next":
                    yield message["payload"]


@dataclass
class Listener(Subscriber):
    """The same over server-sent events, resumed as browsers do: by the id of the last event."""

    async def listen(self, url: str) -> Messages:
        """The results of one stream."""
        headers = {**self.authorization, "accept": "text/event-stream"}
        if self.position:
            headers["last-event-id"] = str(self.position)
        body = {"query": QUERY, "variables": {"after": 0, "types": self.types}}
        timeout = httpx.Timeout(PATIENCE, read=SILENCE)
        async with (
            httpx.AsyncClient(headers=headers, timeout=timeout) as http,
            http.stream("POST", f"{url}/graphql/stream", json=body) as response,
        ):
            response.raise_for_status()
            self.connections += 1
            lines: dict[str, str] = {}
            async for line in response.aiter_lines():
                name, _, value = line.partition(":")
                if line:
                    lines[name] = value.strip()
                    continue
                if lines.get("event") == "complete":
                    return
                if lines.get("event") == "next":
                    yield json.loads(lines["data"])
                lines = {}
