"""How webhooks are sent."""

from __future__ import annotations

from dataclasses import dataclass

MINUTE, HOUR, DAY = 60.0, 3600.0, 24 * 3600.0


@dataclass(frozen=True, slots=True)
class WebhookOptions:
    """How webhooks are sent; all times are in seconds.

    `schedule`: the pause before each try; after the last one the event is parked. `jitter`: how much of a pause is left
    to chance, to either side. `timeout`: for the complete answer. `give_up`: after how long without a success a
    webhook is disabled. `in_flight`: how many requests of one webhook run at once. `kept`: how many attempts of one are
    remembered. `takeover`: until another process sends again what a killed one had begun.
    """

    schedule: tuple[float, ...] = (0, 5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR)
    jitter: float = 0.1
    timeout: float = 15.0
    give_up: float = 5 * DAY
    in_flight: int = 8
    kept: int = 1000
    takeover: float = 10.0
    private_targets: bool = False
