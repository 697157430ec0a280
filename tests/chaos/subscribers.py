"""Clients that follow the log over a WebSocket and, when it breaks, go on at another server from where they were."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

PROTOCOL = Subprotocol("graphql-transport-ws")
QUERY = """subscription ($after: Long, $types: [String!]) {
  events(after: $after, types: $types) { id position type subjectId subjectVersion }
}"""


class Refused(Exception):
    """The server answered with errors."""


@dataclass
class Subscriber:
    """Follows the log from its beginning. With `forgetful` it resumes without its position: a fault to be planted."""

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
                async for event in self._listen(self.urls[at % len(self.urls)]):
                    self.seen.append(event)
                    self.position = event["position"]
                self.troubles["complete"] += 1
            except Refused as error:
                self.troubles["refused"] += 1
                if '"UNAVAILABLE"' not in str(error):
                    self.refused.append(f"{self.name} after {self.position}: {error}")
            except (WebSocketException, OSError, TimeoutError, json.JSONDecodeError) as error:
                self.troubles[type(error).__name__] += 1
            at += 1
            await asyncio.sleep(pause.uniform(0.02, 0.3))

    async def _listen(self, url: str) -> AsyncIterator[dict[str, Any]]:
        after = None if self.forgetful and self.connections else self.position
        address = f"{url.replace('http', 'ws', 1)}/graphql"
        async with connect(address, subprotocols=[PROTOCOL], open_timeout=10, ping_timeout=20) as socket:
            init = {"type": "connection_init", "payload": {"authorization": f"Bearer {self.key}"}}
            await socket.send(json.dumps(init))
            async with asyncio.timeout(10):
                assert json.loads(await socket.recv())["type"] == "connection_ack"
            payload = {"query": QUERY, "variables": {"after": after, "types": self.types}}
            await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
            self.connections += 1
            async for text in socket:
                message = json.loads(text)
                if message["type"] == "next" and message["payload"].get("data"):
                    yield message["payload"]["data"]["events"]
                elif message["type"] in ("next", "error"):
                    raise Refused(json.dumps(message["payload"]))
                elif message["type"] == "complete":
                    return
