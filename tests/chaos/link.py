"""A TCP proxy in front of Neo4j whose connections can be cut, delayed and stalled.

It keeps its port while what is behind it moves to another one, as a restarted Neo4j does.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal, Self

# Bolt's COMMIT: a chunk of two bytes (a structure without fields, its signature), and the end of the message.
COMMIT = b"\x00\x02\xb0\x12\x00\x00"
Way = Literal["up", "down"]


@dataclass
class Fuse:
    """Cuts the connection in which it blows, once: when `passes` more bytes have gone `way` (up is to the database).

    With `since`, it counts from where these bytes begin on their way up, in the connection that sends them first.
    """

    way: Way
    passes: int
    since: bytes = b""


@dataclass(eq=False)
class Wire:
    """One connection through the link."""

    near: asyncio.StreamWriter
    far: asyncio.StreamWriter
    armed: set[int] = field(default_factory=set)

    def cut(self) -> None:
        """Both ends see a connection that broke: what was on its way is lost."""
        self.near.transport.abort()
        self.far.transport.abort()


class Link:
    """Listens on a port of its own and passes bytes on to `target`, a host and port; none: nobody is there."""

    def __init__(self, target: tuple[str, int] | None = None, *, seed: int | None = None) -> None:
        self.target = target
        self.port = 0
        self.delay = 0.0
        self.fuse: Fuse | None = None
        self.wires: set[Wire] = set()
        self.passed: Counter[Way] = Counter()
        self.blown = 0
        self.refused = 0
        self._random = random.Random(seed)
        self._flows = asyncio.Event()
        self._flows.set()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server
        self._server.close()
        self.heal()
        self.cut()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def uri(self) -> str:
        return f"bolt://127.0.0.1:{self.port}"

    @property
    def stalled(self) -> bool:
        return not self._flows.is_set()

    def cut(self) -> int:
        """Break every connection; how many there were."""
        wires = list(self.wires)
        for wire in wires:
            wire.cut()
        return len(wires)

    def stall(self) -> None:
        """From now on nothing passes, and nobody is told: new connections are taken and not answered either."""
        self._flows.clear()

    def heal(self) -> None:
        """No faults from now on; what was held back passes."""
        self._flows.set()
        self.delay, self.fuse = 0.0, None

    def _accept(self, reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._connect(reader, near), name=f"link {self.port}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _connect(self, reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        try:
            await self._flows.wait()
            if self.target is None:
                self.refused += 1
            else:
                back, far = await asyncio.open_connection(*self.target)
                await self._carry(Wire(near, far), reader, back)
        except OSError:
            pass  # nobody listens there now
        finally:
            near.transport.abort()

    async def _carry(self, wire: Wire, reader: asyncio.StreamReader, back: asyncio.StreamReader) -> None:
        """Pass bytes on both ways until either end closes, or the wire is cut."""
        self.wires.add(wire)
        ways = [
            asyncio.create_task(self._pump(wire, reader, wire.far, "up")),
            asyncio.create_task(self._pump(wire, back, wire.near, "down")),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.wires.discard(wire)
            wire.cut()
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _pump(self, wire: Wire, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: Way) -> None:
        with contextlib.suppress(OSError):
            data = b"at first"
            while data:
                data = await reader.read(65536)
                if self.delay:
                    await asyncio.sleep(self._random.uniform(0, self.delay))
                await self._flows.wait()  # the end of a connection isn't seen through a stalled link either
                data, blown = self._burn(wire, data, way)
                self.passed[way] += len(data)
                writer.write(data)
                await writer.drain()
                if blown:
                    return

    def _burn(self, wire: Wire, data: bytes, way: Way) -> tuple[bytes, bool]:
        """What of the data may pass the fuse, and whether it blew."""
        fuse = self.fuse
        if fuse is None:
            return data, False
        begin = 0
        if fuse.since and id(fuse) not in wire.armed:
            begin = data.find(fuse.since) if way == "up" else -1
            if begin < 0:
                return data, False
            wire.armed.add(id(fuse))
        if fuse.way != way:
            return data, False
        if len(data) - begin <= fuse.passes:
            fuse.passes -= len(data) - begin
            return data, False
        self.fuse = None
        self.blown += 1
        return data[: begin + fuse.passes], True
