"""Shared queries: those that come while the database is busy with others of their kind are sent as one.

What they share is the round trip, and the commit if they write; each has its own answer, and one that can't be answered
hinders no other. Those that wait with the very same question have one answer: when something happens, all that watch
ask for the same list. Whoever comes alone is sent at once, and nobody joins a query that has begun: an answer holds all
that was committed before it was asked for.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from contextvars import Context
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from neo4j.exceptions import Neo4jError

Q = TypeVar("Q")
A = TypeVar("A")
# So many queries of a kind are under way at once before others wait to share one.
FLIGHTS = 2


@dataclass(eq=False, slots=True)
class Waiting(Generic[Q, A]):
    """A question that waits, the key of those that are the same, if it has one, and the answers to come."""

    asked: Q
    key: str | None
    answers: list[asyncio.Future[A]] = field(default_factory=list)

    @property
    def awaited(self) -> list[asyncio.Future[A]]:
        """The answers that somebody still waits for."""
        return [answer for answer in self.answers if not answer.done()]


class Shared(ABC, Generic[Q, A]):
    """Queries of one kind. `lanes` of them are under way at once, and each is for `most` questions at the most.

    `faults` are the errors that one question causes, and that leave nothing done for the others.
    """

    faults: tuple[type[Exception], ...] = (Neo4jError,)

    def __init__(self, lanes: int, most: int) -> None:
        self.lanes = lanes
        self.most = most
        self.flights = 0
        self.waiting: deque[Waiting[Q, A]] = deque()
        self._keyed: dict[str | None, Waiting[Q, A]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @abstractmethod
    async def send(self, asked: list[Q]) -> list[A]:
        """The answers to questions, in their order, by one query."""

    async def ask(self, asked: Q) -> A:
        """The answer to a question, perhaps sent together with others."""
        if self.flights >= self.lanes:
            return await self._wait(asked)
        self.flights += 1
        try:
            return (await self.send([asked]))[0]
        finally:
            self._land()

    def subject(self, asked: Q) -> str | None:  # noqa: ARG002 - for those that have one
        """What no two questions of one query may be about, if there is such a thing."""
        return None

    def key(self, asked: Q) -> str | None:  # noqa: ARG002 - for those that have one
        """What is equal for questions that have the same answer; None where no other one has it."""
        return None

    def _wait(self, asked: Q) -> asyncio.Future[A]:
        """The answer to come. A question that is waiting already is not asked twice."""
        answer: asyncio.Future[A] = asyncio.get_running_loop().create_future()
        key = self.key(asked)
        waiting = self._keyed.get(key)
        if not waiting:
            waiting = Waiting(asked, key)
            self.waiting.append(waiting)
            if key is not None:
                self._keyed[key] = waiting
        waiting.answers.append(answer)
        return answer

    def _next(self) -> list[Waiting[Q, A]]:
        """Those that go next; others keep their turn. For some nobody waits any more."""
        taken: list[Waiting[Q, A]] = []
        left: list[Waiting[Q, A]] = []
        subjects: set[str] = set()
        while self.waiting and len(taken) < self.most:
            one = self.waiting.popleft()
            subject = self.subject(one.asked)
            if subject in subjects:
                left.append(one)
                continue
            self._keyed.pop(one.key, None)
            if not one.awaited:
                continue
            taken.append(one)
            if subject is not None:
                subjects.add(subject)
        self.waiting.extendleft(reversed(left))
        return taken

    def _land(self) -> None:
        """A query has ended: those who wait are next."""
        self.flights -= 1
        while self.waiting and self.flights < self.lanes:
            self.flights += 1
            task = asyncio.create_task(self._fly(self._next()), context=Context())  # nobody's own
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _fly(self, group: list[Waiting[Q, A]]) -> None:
        try:
            if group:
                await self._answer(group)
        finally:
            self._land()

    async def _answer(self, group: list[Waiting[Q, A]]) -> None:
        try:
            answers = await self.send([one.asked for one in group])
        except Exception as error:
            if isinstance(error, self.faults) and len(group) > 1:
                for one in group:
                    await self._answer([one])
                return
            for one in group:
                for awaited in one.awaited:
                    awaited.set_exception(error)
        else:
            for one, answer in zip(group, answers, strict=True):
                for awaited in one.awaited:
                    awaited.set_result(answer)
