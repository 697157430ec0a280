"""Looking names up without one slow name holding up the others."""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor

THREADS = 32


class Names:
    """Asks the system's resolver, in threads of its own; who asks for the same name at the same time asks once."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="names")
        self._asked: dict[tuple[str, int], asyncio.Future[list[str]]] = {}

    async def addresses(self, host: str, port: int) -> list[str]:
        """The addresses of a host, in the system's order of preference; OSError where it has none."""
        asked = self._asked.get((host, port))
        if asked is None:
            asked = asyncio.get_running_loop().run_in_executor(self._threads, _look_up, host, port)
            self._asked[host, port] = asked
            asked.add_done_callback(lambda _: self._answered(host, port))
        return await asyncio.shield(asked)

    def _answered(self, host: str, port: int) -> None:
        asked = self._asked.pop((host, port))
        if not asked.cancelled():
            asked.exception()  # seen, even if nobody waits any more

    def close(self) -> None:
        """Wait for nobody."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _look_up(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))
