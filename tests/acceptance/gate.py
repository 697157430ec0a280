"""A way to a server on which connections can be cut, as they are on real networks."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

RESET = struct.pack("ii", 1, 0)  # to linger for no time


class Gate:
    """Passes bytes between clients and a server. `url` is where it stands for the server.

    `lose` is how many answers are still to be lost: the server has done what was asked, the client is cut off. A gate
    that is `shut` lets nobody in.
    """

    def __init__(self, url: str) -> None:
        self.shut = False
        self.lose = 0
        self.lost = 0
        self._target = urlsplit(url)
        self._writers: set[asyncio.StreamWriter] = set()
        self.url = ""

    def lead(self, url: str) -> None:
        """Stand for another server from now on."""
        self._target = urlsplit(url)

    def cut(self, *, reset: bool = False) -> int:
        """Cut all connections; how many there were. A `reset` is not told until they are used."""
        open_ = [writer for writer in self._writers if not writer.is_closing()]
        for writer in open_:
            if reset:
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            writer.transport.abort()
        return len(open_) // 2

    async def connected(self, client: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        """Pass bytes both ways until one side ends."""
        if self.shut:
            back.transport.abort()
            return
        try:
            server, there = await asyncio.open_connection(self._target.hostname, self._target.port)
        except OSError:
            back.transport.abort()
            return
        self._writers |= {back, there}
        await asyncio.gather(self._pass(client, there), self._pass(server, back, answers=True))

    async def _pass(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, answers: bool = False) -> None:
        with suppress(OSError):
            while data := await source.read(65536):
                if answers and self.lose:
                    self.lose -= 1
                    self.lost += 1
                    break
                target.write(data)
                await target.drain()
        target.close()


@asynccontextmanager
async def gate_to(url: str, tls: ssl.SSLContext | None = None) -> AsyncIterator[Gate]:
    """A gate in front of a server, perhaps one that speaks TLS."""
    gate = Gate(url)
    listening = await asyncio.start_server(gate.connected, "127.0.0.1", 0, ssl=tls)
    port = listening.sockets[0].getsockname()[1]
    gate.url = f"https://localhost:{port}" if tls else f"http://127.0.0.1:{port}"
    try:
        yield gate
    finally:
        gate.cut()
        listening.close()
