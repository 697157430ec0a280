"""What webhooks keep in the graph beside their own fields: secrets, attempts, deliveries that are sent again."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from deskgraph.graph.database import Transaction
from deskgraph.graph.statements import statement
from deskgraph.schema.errors import NotFoundError
from deskgraph.schema.ids import new_id
from deskgraph.schema.webhook_attempt import WebhookAttempt


@dataclass(frozen=True, slots=True)
class Attempt:
    """A request as it is kept: the properties of a `WebhookAttempt`."""

    at: datetime
    number: int
    status: int | None
    ms: int
    error: str | None
    response: str | None


@dataclass(frozen=True, slots=True)
class Health:
    """How a webhook does after an attempt. `since`: when its present failures began; `kept`: its attempts."""

    since: str | None = None
    kept: int = 0
    hopeless: bool = False


async def enabled_webhooks(tx: Transaction) -> dict[str, list[str] | None]:
    """The ids of the webhooks that are enabled, each with the patterns of the types it takes."""
    return {row["id"]: row["types"] for row in await tx.run(statement("enabled_webhooks"))}


async def lock_webhook(tx: Transaction, webhook: str) -> bool:
    """Keep a webhook from being changed or deleted until the commit; whether it is there."""
    return await tx.one(statement("lock_webhook"), webhook=webhook) is not None


async def target_of(tx: Transaction, webhook: str) -> dict[str, Any] | None:
    """A webhook's `url`, its stored `secrets`, and whether it is `enabled`; None if it is gone."""
    return await tx.one(statement("webhook_target"), webhook=webhook)


async def stored_secrets(tx: Transaction, id_: str) -> str:
    """The secrets of a webhook or before-hook that is there."""
    row = await tx.one(statement("stored_secrets"), id=id_)
    assert row
    return str(row["secrets"])


async def record(tx: Transaction, webhook: str, event: str, attempt: Attempt, *, give_up: float, least: int) -> Health:
    """Keep an attempt, unless the webhook is gone. Hopeless: failing for `give_up` seconds, in `least` requests."""
    row = await tx.one(
        statement("record_attempt"),
        webhook=webhook,
        event=event,
        id=new_id(WebhookAttempt.prefix),
        attempt=asdict(attempt),
        failed=attempt.error is not None,
        giveUp=round(give_up * 1000),
        least=least,
    )
    return Health(**row) if row else Health()


async def trim_attempts(tx: Transaction, webhook: str, keep: int) -> None:
    """Forget all but the newest attempts."""
    await tx.run(statement("trim_attempts"), webhook=webhook, keep=keep)


async def resend(tx: Transaction, consumer: str, event: str) -> None:
    """Have an event delivered now. NOT_FOUND if the log has none of that id."""
    if await tx.one(statement("resend_event"), name=consumer, event=event) is None:
        raise NotFoundError(f"There is no event {event}.", field="event")


async def recover(tx: Transaction, consumer: str, since: datetime | None, after: int | None) -> int:
    """Deliver again what failed, of events since then and after that position; how many there are."""
    found = 0
    for name in ("hasten_deliveries", "recover_parked"):
        row = await tx.one(statement(name), name=consumer, since=since, after=after)
        found += row["deliveries"] if row else 0
    return found
