"""Idempotency keys: claimed in a verb's transaction, and settled or released with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from deskgraph.graph.database import Transaction
from deskgraph.graph.statements import statement
from deskgraph.resolvers.command import Command
from deskgraph.schema.errors import IdempotencyConflictError


@dataclass(frozen=True, slots=True)
class Earlier:
    """What was done the first time with a key."""

    subject: str
    event: str


Claimed = dict[str, Earlier | IdempotencyConflictError | None]
"""By key: what was done with it before, the error where that was something else, None where this is the first time."""


async def claim_keys(tx: Transaction, commands: Iterable[Command]) -> Claimed:
    """Claim the keys of these commands, in an order of their own: two batches never wait for each other."""
    keyed = sorted((command.idempotency_key, command.fingerprint()) for command in commands if command.idempotency_key)
    claims = [{"key": key, "fingerprint": fingerprint} for key, fingerprint in keyed]
    rows = await tx.run(statement("claim_key"), claims=claims) if claims else []
    return {row["key"]: _claimed(row["same"], row["subject"], row["event"]) for row in rows}


def _claimed(same: bool, subject: str | None, event: str | None) -> Earlier | IdempotencyConflictError | None:
    if not same:
        return IdempotencyConflictError(field="idempotencyKey")
    return Earlier(subject, event) if subject and event else None


async def settle_keys(tx: Transaction, done: Iterable[tuple[str | None, str, str]]) -> None:
    """Keep what keys led to: key, subject and event of each; those without a key are passed over."""
    settled = [{"key": key, "subject": subject, "event": event} for key, subject, event in done if key]
    if settled:
        await tx.run(statement("settle_key"), settled=settled)


async def release_keys(tx: Transaction, keys: Iterable[str | None]) -> None:
    """Give back those that came to nothing: the transaction may be committed all the same."""
    released = [key for key in keys if key]
    if released:
        await tx.run(statement("release_key"), keys=released)
