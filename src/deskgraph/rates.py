"""How many operations the holder of a key may ask for in a time, counted in each process by a sliding window."""

from __future__ import annotations

import time

from limits import parse_many
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from deskgraph.schema.errors import RateLimitedError


class Rates:
    """Counts what each asks; `text` says how much that may be, such as `100/second;3000/minute`. Empty: any number."""

    def __init__(self, text: str = "") -> None:
        self._limits = parse_many(text) if text else []
        self._counter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def count(self, who: str) -> None:
        """Count one operation. RATE_LIMITED, with the seconds to wait, if that is too many."""
        for limit in self._limits:
            if not self._counter.hit(limit, who):
                resets = self._counter.get_window_stats(limit, who).reset_time
                raise RateLimitedError(seconds=max(1, round(resets - time.time())))
