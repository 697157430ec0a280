"""What the plain form of the client rests on: the asynchronous one, on an event loop in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import AbstractAsyncContextManager, contextmanager, suppress
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from deskgraph.client.declared import Record, Verb
from deskgraph.client.hooks import HookPoint
from deskgraph.client.words import Found, NounWords

if TYPE_CHECKING:
    from deskgraph.client.context import Context
    from deskgraph.client.sync import SyncContext

R = TypeVar("R", bound=Record)
T = TypeVar("T")


class Background:
    """An event loop in a thread of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="deskgraph client", daemon=True)
        self._thread.start()

    @property
    def closed(self) -> bool:
        """Whether the loop has ended."""
        return self._loop.is_closed()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Have the loop do it, and wait; who is interrupted meanwhile cancels it."""
        if self.closed:
            work.close()
            raise RuntimeError("This desk is closed.")
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def iterate(self, source: AsyncGenerator[T]) -> Iterator[T]:
        """The values of an asynchronous generator."""
        try:
            while some := self.run(_next(source)):
                yield from some
        finally:
            with suppress(RuntimeError):
                self.run(source.aclose())

    @contextmanager
    def inside(self, context: AbstractAsyncContextManager[None]) -> Iterator[None]:
        """Have the loop be inside an asynchronous context while the block runs."""
        entered: Future[None] = Future()
        leave = asyncio.Event()

        async def stay() -> None:
            async with context:
                entered.set_result(None)
                await leave.wait()

        staying = asyncio.run_coroutine_threadsafe(stay(), self._loop)
        wait([staying, entered], return_when=FIRST_COMPLETED)
        try:
            if entered.done():
                yield
        finally:
            self._loop.call_soon_threadsafe(leave.set)
            staying.result()

    def close(self) -> None:
        """End the loop, what still runs in it, and its thread."""
        if not self.closed:
            self.run(self._finish())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    async def _finish(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._loop.shutdown_asyncgens()


async def _next(source: AsyncGenerator[T]) -> list[T]:
    """The next value, if there is one."""
    async for value in source:
        return [value]
    return []


class Rows(Sequence[R]):
    """What `find` finds, like a list; read page by page, as far as it is needed."""

    def __init__(self, background: Background, found: Found[R]) -> None:
        self._rest = background.iterate(found.each())
        self._read: list[R] = []

    def __iter__(self) -> Iterator[R]:
        at = 0
        while self._has(at):
            yield self._read[at]
            at += 1

    def __len__(self) -> int:
        self._read.extend(self._rest)
        return len(self._read)

    @overload
    def __getitem__(self, at: int) -> R: ...
    @overload
    def __getitem__(self, at: slice) -> list[R]: ...
    def __getitem__(self, at: int | slice) -> R | list[R]:
        """One, or a list of several."""
        if isinstance(at, slice) or at < 0 or not self._has(at):
            self._read.extend(self._rest)
        return self._read[at]

    def __eq__(self, other: object) -> bool:
        return list(self) == (list(other) if isinstance(other, Rows) else other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(list(self))

    def _has(self, at: int) -> bool:
        while len(self._read) <= at:
            try:
                self._read.append(next(self._rest))
            except StopIteration:
                return False
        return True


class SyncNounWords(Generic[R]):
    """The words of one noun, without await."""

    def __init__(self, words: NounWords[R], background: Background) -> None:
        self._plain = words
        self._background = background

    def __repr__(self) -> str:
        return repr(self._plain)

    def _after(self, verb: Verb[R]) -> HookPoint[R, SyncContext]:
        return HookPoint(self._plain.hooks, verb, self._in_thread)

    def _in_thread(self, hook: Callable[[R, SyncContext], Any]) -> Callable[[R, Context], Any]:
        """A plain hook may wait for whatever it likes: it runs in a thread."""
        from deskgraph.client.sync import SyncContext

        async def run(subject: R, context: Context) -> None:
            await asyncio.to_thread(hook, subject, SyncContext(context, self._background))

        return run
