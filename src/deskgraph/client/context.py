"""What an after-hook of a remote program is given beside the noun."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any

import orjson

from deskgraph.client.calls import Calls
from deskgraph.client.generated import Event, Nouns
from deskgraph.client.hooks import Hooks
from deskgraph.client.words import Speaker


class Context(Nouns):
    """The same words as the desk's, inside an after-hook.

    `event` is the event that it runs for, `attempt` says which try this is, from 1. `key` names this run and stays the
    same when it is repeated. So do the idempotency keys of the verbs that the hook does with these words: as long as
    they say the same, they are done once, however often the hook runs.
    """

    def __init__(self, calls: Calls, hooks: Hooks, event: Event, key: str, attempt: int) -> None:
        super().__init__(Speaker(calls, hooks, self._key))
        self.event = event
        self.key = key
        self.attempt = attempt
        self._said: Counter[bytes] = Counter()

    def _key(self, mutation: str, values: dict[str, Any]) -> str:
        """The key of a verb with this input in this run: of equal ones, the first, the second, ..."""
        given = {name: value for name, value in values.items() if name != "idempotencyKey"}
        try:
            said = orjson.dumps([mutation, given], option=orjson.OPT_SORT_KEYS)
        except TypeError:
            said = mutation.encode()  # it can't be sent, which will be told when it is
        self._said[said] += 1
        return hashlib.sha256(orjson.dumps([self.key, said.decode(), self._said[said]])).hexdigest()
