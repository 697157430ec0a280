"""A bounded memory: what was used last is kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Recent(Generic[T]):
    """The values that were used last, by their keys."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Any, T] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Any, make: Callable[[], T]) -> T:
        """The value under a key; one that is not there is made."""
        if key not in self._kept:
            return self.keep(key, make())
        self._kept.move_to_end(key)
        return self._kept[key]

    def find(self, key: Any) -> T | None:
        """The value under a key, if it is kept."""
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def keep(self, key: Any, value: T) -> T:
        """Keep a value under a key; the one that was not used for longest may make room for it."""
        self._kept[key] = value
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return value
