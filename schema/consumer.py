"""Consumers of the event log, as GraphQL shows them, and what can be done with their deliveries."""

from __future__ import annotations

from deskgraph.schema.scalars import Words


class FailureAction(Words):
    """What becomes of a delivery that could not be handled."""

    RETRY = "RETRY", "Try it again after a pause; after the last attempt it is parked."
    PARK = "PARK", "Set it aside, with the error, until somebody replays or drops it."
    SKIP = "SKIP", "Be done with it."
    RELEASE = "RELEASE", "Give it back untried: it is due at once, and this was no attempt."


class ConsumerStart(Words):
    """Where a new consumer begins."""

    BEGINNING = "BEGINNING", "With the first event that the log holds."
    NOW = "NOW", "With what comes from now on."


class ConsumerKind(Words):
    """What a consumer is."""

    HOOK = "HOOK", "An after-hook, which runs inside deskgraph."
    REMOTE = "REMOTE", "A program that takes deliveries and acknowledges them."
    WEBHOOK = "WEBHOOK", "A webhook's deliveries."
    CURSOR = "CURSOR", "A reader that keeps its position here, such as a relay."
