"""The words of a noun, the part of them that is the same for all: doing verbs, finding, attaching after-hooks."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from deskgraph.client.asking import orders, where
from deskgraph.client.calls import Calls
from deskgraph.client.declared import Noun, Record, Verb
from deskgraph.client.hooks import HookPoint, Hooks

if TYPE_CHECKING:
    from deskgraph.client.context import Context

R = TypeVar("R", bound=Record)
PAGE = 100


@dataclass(frozen=True)
class Speaker:
    """Who says the words. `new_key` makes the idempotency key of a mutation with its input."""

    calls: Calls
    hooks: Hooks
    new_key: Callable[[str, dict[str, Any]], str]

    async def do(self, verb: Verb[R], given: Mapping[str, object]) -> R:
        """Do a verb; it is done once, however often it has to be sent."""
        return await self.calls.call(verb.text, {"input": self.input(verb, given)}, verb.read)

    def input(self, verb: Verb[R], given: Mapping[str, object]) -> dict[str, Any]:
        """A mutation's input, with a key; INVALID_INPUT where it can't be one."""
        values = verb.input(given)
        if values.get("idempotencyKey") is None:
            values["idempotencyKey"] = self.new_key(verb.mutation, values)
        return values


class NounWords(Generic[R]):
    """The words of one noun."""

    def __init__(self, speaker: Speaker, noun: Noun[R]) -> None:
        self._speaker = speaker
        self._noun = noun

    def __repr__(self) -> str:
        return f"<the words of {self._noun.name}>"

    @property
    def hooks(self) -> Hooks:
        """The after-hooks of whoever says the words."""
        return self._speaker.hooks

    async def _do(self, verb: Verb[R], given: Mapping[str, object]) -> R:
        return await self._speaker.do(verb, given)

    def _find(
        self,
        wanted: Mapping[str, Any] | None,
        order_by: str,
        limit: int | None,
        id: object,  # noqa: A002 - the field's own name
        fields: Mapping[str, object],
    ) -> Found[R]:
        asked = fields if id is None else {**fields, "id": id}
        return Found(self._speaker.calls, self._noun, wanted, asked, order_by, limit)

    async def _get(self, id: object, fields: Mapping[str, object]) -> R | None:  # noqa: A002
        asked = {**fields, "id": id} if id is not None or not fields else fields
        found = await Found(self._speaker.calls, self._noun, None, asked, limit=1)
        return found[0] if found else None

    def _after(self, verb: Verb[R]) -> HookPoint[R, Context]:
        return HookPoint(self._speaker.hooks, verb)


class Found(Generic[R]):
    """What `find` finds: `await` gives all in a list, `async for` one after the other, page by page."""

    def __init__(
        self,
        calls: Calls,
        noun: Noun[R],
        wanted: Mapping[str, Any] | None,
        fields: Mapping[str, object],
        order_by: str = "",
        limit: int | None = None,
    ) -> None:
        self._calls = calls
        self._noun = noun
        self._wanted = wanted
        self._fields = fields
        self._order_by = order_by
        self._limit = limit

    def __await__(self) -> Generator[Any, None, list[R]]:
        return self._all().__await__()

    def __aiter__(self) -> AsyncIterator[R]:
        return self.each()

    async def _all(self) -> list[R]:
        async with aclosing(self.each()) as records:
            return [record async for record in records]

    async def each(self) -> AsyncGenerator[R]:
        """One after the other, page by page."""
        asked = {"filter": where(self._noun, self._wanted, self._fields), "orderBy": orders(self._noun, self._order_by)}
        left, after = self._limit, None
        while left is None or left > 0:
            size = PAGE if left is None else min(PAGE, left)
            page = await self._calls.call(self._text, {**asked, "first": size, "after": after}, _page)
            for node in page["nodes"]:
                yield self._noun.read(node)
            if not page["info"]["hasNextPage"]:
                return
            after, left = page["info"]["endCursor"], None if left is None else left - size

    @property
    def _text(self) -> str:
        name = self._noun.name
        return (
            f"query ($filter: {name}Filter, $orderBy: [{name}Order!], $first: Int, $after: String) {{"
            f" page: {self._noun.plural}(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {{"
            f" nodes {{ {self._noun.selection} }} info: pageInfo {{ hasNextPage endCursor }} }} }}"
        )


def _page(data: dict[str, Any]) -> dict[str, Any]:
    page: dict[str, Any] = data["page"]
    return page
