"""Verbs that can be done many times by one call: `await desk.Ticket.create.many([...])`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

from deskgraph.client.background import Background
from deskgraph.client.declared import Record, Verb
from deskgraph.client.errors import error_of, raise_first
from deskgraph.client.words import Speaker
from deskgraph.schema.errors import BatchRefusedError, DeskError, InvalidInputError

R = TypeVar("R", bound=Record)
W = TypeVar("W")


class BatchedWord(Generic[R]):
    """A verb of a noun, done once or many times."""

    def __init__(self, speaker: Speaker, verb: Verb[R]) -> None:
        self._speaker = speaker
        self._verb = verb

    async def _one(self, given: Mapping[str, object]) -> R:
        return await self._speaker.do(self._verb, given)

    async def _many(self, items: Sequence[Mapping[str, object]], *, atomic: bool) -> list[R | DeskError]:
        """The nouns in their order, errors among them. Atomic, the first error is raised instead."""
        inputs = [self._input(item) for item in items]
        wrong = [one for one in inputs if isinstance(one, DeskError)]
        if wrong and atomic:
            raise wrong[0]
        sound = [one for one in inputs if not isinstance(one, DeskError)]
        done = iter(await self._sent(sound, atomic=atomic) if sound or not wrong else [])
        return [one if isinstance(one, DeskError) else next(done) for one in inputs]

    def _input(self, given: Mapping[str, object]) -> dict[str, Any] | DeskError:
        try:
            return self._speaker.input(self._verb, given)
        except InvalidInputError as error:
            return error

    async def _sent(self, items: list[dict[str, Any]], *, atomic: bool) -> list[R | DeskError]:
        """What became of each item; sent again, it is done once, for each has its key."""
        given = {"input": {"items": items, "atomic": atomic}}
        answers = await self._speaker.calls.call(self._verb.batch_text, given, self._read)
        refused = [one for one in answers if isinstance(one, DeskError) and not isinstance(one, BatchRefusedError)]
        if atomic and refused:
            raise refused[0]
        return answers

    def _read(self, data: dict[str, Any]) -> list[R | DeskError]:
        payload = data["done"]
        if not payload["results"]:
            raise_first(payload["errors"])
        return [self._answer(one) for one in payload["results"]]

    def _answer(self, payload: dict[str, Any]) -> R | DeskError:
        for error in payload["errors"]:
            return error_of(error["code"], error["message"], error["field"])
        return self._verb.noun.read(payload["noun"])


class SyncBatchedWord(Generic[W]):
    """The same without await."""

    def __init__(self, word: W, background: Background) -> None:
        self._word = word
        self._background = background
