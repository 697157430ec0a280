"""Reads that several readers share."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable
from typing import Any


class SharedReads:
    """Lets whoever asks the same within a moment have one answer."""

    MOMENT = 0.5
    MOST = 64

    def __init__(self) -> None:
        self._reads: OrderedDict[Hashable, tuple[float, asyncio.Task[Any]]] = OrderedDict()

    async def get(self, key: Hashable, read: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        """The answer to `key`: the one that is under way or was given a moment ago, or else that of `read`."""
        now = asyncio.get_running_loop().time()
        began, task = self._reads.get(key, (0.0, None))
        if task is None or task.cancelled() or now - began > self.MOMENT or (task.done() and task.exception()):
            task = asyncio.create_task(read())
            self._reads[key] = now, task
            self._reads.move_to_end(key)
            while len(self._reads) > self.MOST:
                self._reads.popitem(last=False)
        return await asyncio.shield(task)
