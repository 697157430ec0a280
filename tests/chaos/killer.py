"""What goes wrong, at random but by a seed: kill -9, and links that are cut, delayed and stalled."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping

from tests.chaos.link import Fuse, Link
from tests.chaos.processes import Victim, until

Say = Callable[[str], None]
# Seconds within which the desk must do verbs again after a kill, on a machine that is busy with other things, too.
PATIENCE = 180.0
# Seconds that most stalls last at the most.
SHORT = 5.0


class Killer:
    """Kills victims, each as often as the others, and lets a number of verbs be done between one kill and the next."""

    def __init__(self, victims: Mapping[str, Victim], progress: Callable[[], int], seed: int, say: Say) -> None:
        self._victims = victims
        self._progress = progress
        self._random = random.Random(f"killer {seed}")
        self._say = say
        self._deck: list[str] = []
        self.kills: Counter[str] = Counter()

    async def work(self, kills: int, between: int, minutes: float = 0.0) -> None:
        """Kill so often and for so long; at least `between` verbs are acknowledged before, between and after."""
        end = time.monotonic() + 60 * minutes
        await self._load(between)
        while self.kills.total() < kills or time.monotonic() < end:
            name = await self._next()
            self.kills[name] += 1
            self._say(f"kill {self.kills.total():3} of {kills}: {name} after {self._progress()} verbs")
            await self._load(between)

    async def _next(self) -> str:
        """Kill the next of the deck that runs."""
        if not self._deck:
            self._deck = list(self._victims)
            self._random.shuffle(self._deck)
        name = self._deck.pop()
        await until(self._victims[name].kill, PATIENCE, f"{name} runs")
        return name

    async def _load(self, verbs: int) -> None:
        """Wait until so many more verbs are done, and then for a random part of a second or two."""
        wanted = self._progress() + verbs
        await until(lambda: self._progress() >= wanted, PATIENCE, f"{verbs} more verbs are done")
        await asyncio.sleep(self._random.uniform(0, 1.5))


class Saboteur:
    """Disturbs one link after the other, a few seconds each. `longest`: how many seconds it stalls one at the most."""

    def __init__(self, links: Mapping[str, Link], seed: int, say: Say, longest: float) -> None:
        self._links = links
        self._random = random.Random(f"saboteur {seed}")
        self._say = say
        self._longest = longest
        self.faults: Counter[str] = Counter()

    async def work(self) -> None:
        """Disturb until cancelled."""
        kinds = [self._cut, self._delay, self._stall, self._fuse]
        while True:
            await asyncio.sleep(self._random.uniform(0.5, 3))
            name = self._random.choice(list(self._links))
            kind = self._random.choice(kinds)
            began = time.monotonic()
            await kind(self._links[name])
            what = kind.__name__.strip("_")
            self.faults[what] += 1
            self._say(f"      {what} {name} {time.monotonic() - began:.1f} s")

    async def _cut(self, link: Link) -> None:
        link.cut()

    async def _delay(self, link: Link) -> None:
        """Up to 0.3 s for each piece, in each direction."""
        link.delay = 0.3
        await asyncio.sleep(self._random.uniform(1, 4))
        link.delay = 0.0

    async def _stall(self, link: Link) -> None:
        """Nothing passes; afterwards what was held back does, or the connections turn out to be broken."""
        link.stall()
        longest = self._longest if self._random.random() < 0.1 else min(SHORT, self._longest)
        await asyncio.sleep(self._random.uniform(0.5, longest))
        if self._random.random() < 0.5:
            link.cut()
        link.heal()

    async def _fuse(self, link: Link) -> None:
        """Cut some connection at whatever byte comes after a random number of them."""
        before = link.blown
        link.fuse = Fuse(self._random.choice(("up", "down")), self._random.randrange(20_000))
        with contextlib.suppress(TimeoutError):
            await until(lambda: link.blown > before, 5, "the fuse blows")
        link.fuse = None
