"""Clients that work on tickets over HTTP and, like real ones, send a verb again until they know what became of it."""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import httpx

# Seconds a client waits for an answer before it asks another server.
PATIENCE = 15.0
# What a client may do next, and how often. Each writes its mark into the field, where it has one.
VERBS: dict[str, tuple[int, str | None]] = {
    "create": (30, "subject"),
    "assign": (12, None),
    "escalate": (10, "reason"),
    "hold": (8, "reason"),
    "reopen": (8, "reason"),
    "update": (8, "description"),
    "resolve": (24, "resolution"),
}
RECENT = 40
ANSWER = """{
  ticket { id version status }
  event { id type subjectId subjectVersion %s }
  errors { code message field }
}"""


@dataclass
class Deed:
    """A verb that a client wanted done, under its key, and what it was told: an event, or why not."""

    key: str
    verb: str
    attempts: int = 0
    began: float = 0.0
    ended: float = 0.0
    event: str | None = None
    type: str | None = None
    subject: str | None = None
    version: int | None = None
    position: int | None = None
    code: str | None = None

    @property
    def acknowledged(self) -> bool:
        return self.event is not None


class Ledger:
    """What the clients share: where the servers are, the people, and the tickets that they know of."""

    def __init__(self, urls: Sequence[str], key: str, seed: int) -> None:
        self.urls = urls
        self.headers = {"Authorization": f"Bearer {key}"}
        self.random = random.Random(seed)
        self.agents: list[str] = []
        self.contacts: list[str] = []
        self.versions: dict[str, int] = {}
        self.deeds: list[Deed] = []
        self.troubles: Counter[str] = Counter()
        self.strange: list[str] = []
        self.acknowledged = 0

    def progressed(self) -> int:
        """How many verbs were acknowledged until now."""
        return self.acknowledged


class Client:
    """One client. With `keyless` it forgets its idempotency keys, which is the fault it is planted for."""

    def __init__(self, ledger: Ledger, number: int, *, keyless: bool = False) -> None:
        self.ledger = ledger
        self.keyless = keyless
        self._random = random.Random(f"{ledger.random.random()}:{number}")
        self._at = number
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Begin nothing more."""
        self._stopping.set()

    async def work(self, pause: float = 0.05) -> None:
        """Do one verb after the other until stopped; what is begun is brought to its end."""
        async with httpx.AsyncClient(timeout=PATIENCE, headers=self.ledger.headers) as http:
            while not self._stopping.is_set():
                await self.do(http, *self._next())
                await asyncio.sleep(self._random.uniform(0, 2 * pause))

    def _next(self) -> tuple[str, dict[str, Any]]:
        """A verb and its input, without its mark and key."""
        known = list(self.ledger.versions)[-RECENT:]
        weights = [weight for weight, _ in VERBS.values()]
        verb = self._random.choices(list(VERBS), weights)[0] if known else "create"
        if verb == "create":
            return verb, {"contact": self._random.choice(self.ledger.contacts), "priority": "HIGH"}
        ticket = self._random.choice(known)
        given: dict[str, Any] = {"id": ticket}
        if verb == "assign":
            given["agent"] = self._random.choice(self.ledger.agents)
        if self._random.random() < 0.2:
            given["expectedVersion"] = self.ledger.versions[ticket]
        return verb, given

    async def do(self, http: httpx.AsyncClient, verb: str, given: dict[str, Any], noun: str = "Ticket") -> Deed:
        """Have a verb done: again and again with one key, until there is an answer."""
        deed = Deed(f"chaos-{uuid.UUID(int=self._random.getrandbits(128)).hex}", verb, began=time.monotonic())
        marked = VERBS[verb][1] if noun == "Ticket" else None
        given = given | ({marked: deed.key} if marked else {})
        given = given if self.keyless else given | {"idempotencyKey": deed.key}
        name = f"{verb}{noun}"
        answer = ANSWER % ("position" if self._random.random() < 0.25 else "")
        answer = answer if noun == "Ticket" else answer.replace("ticket { id version status }", "")
        text = f"mutation ($input: {name[0].upper()}{name[1:]}Input!) {{ done: {name}(input: $input) {answer} }}"
        self.ledger.deeds.append(deed)
        while True:
            deed.attempts += 1
            done = await self._once(http, {"query": text, "variables": {"input": given}})
            if done is not None:
                break
            self._at += 1
            await asyncio.sleep(self._random.uniform(0.05, 0.3))
        self._conclude(deed, done)
        return deed

    async def _once(self, http: httpx.AsyncClient, body: dict[str, Any]) -> dict[str, Any] | None:
        """The payload, or None where nobody knows what became of it."""
        url = self.ledger.urls[self._at % len(self.ledger.urls)]
        try:
            response = await http.post(f"{url}/graphql", json=body)
        except httpx.HTTPError as error:
            self.ledger.troubles[type(error).__name__] += 1
            return None
        answer = response.json() if response.status_code == 200 else {}
        payload: dict[str, Any] | None = (answer.get("data") or {}).get("done")
        if payload is None:
            self.ledger.troubles["strange"] += 1
            self.ledger.strange.append(f"{response.status_code} {response.text[:500]}")
            return None
        if any(error["code"] == "UNAVAILABLE" for error in payload["errors"]):
            self.ledger.troubles["UNAVAILABLE"] += 1
            return None
        return payload

    def _conclude(self, deed: Deed, payload: dict[str, Any]) -> None:
        deed.ended = time.monotonic()
        if payload["errors"]:
            deed.code = payload["errors"][0]["code"]
            return
        event = payload["event"]
        deed.event, deed.type, deed.position = event["id"], event["type"], event.get("position")
        deed.subject, deed.version = event["subjectId"], event["subjectVersion"]
        if ticket := payload.get("ticket"):
            self.ledger.versions[ticket["id"]] = ticket["version"]
        self.ledger.acknowledged += 1


async def settle_in(ledger: Ledger, agents: int = 4, contacts: int = 4) -> None:
    """Make the people, by verbs like any other."""
    client = Client(ledger, 0)
    async with httpx.AsyncClient(timeout=PATIENCE, headers=ledger.headers) as http:
        for number in range(agents):
            given = {
                "name": f"Agent {number}",
                "email": f"agent{number}@example.com",
                "role": "SUPPORT",
                "status": "ONLINE",
                "tier": number + 1,
            }
            ledger.agents.append((await client.do(http, "create", given, "User")).subject or "")
        for number in range(contacts):
            made = await client.do(http, "create", {"name": f"Contact {number}"}, "Contact")
            ledger.contacts.append(made.subject or "")


def as_rows(deeds: Sequence[Deed]) -> list[dict[str, Any]]:
    """The deeds as plain data."""
    return [asdict(deed) for deed in deeds]
