"""Requests to addresses that somebody else chose.

A host's name is looked up once, every address it has is checked, and the connection goes to one that was checked: a
name that leads elsewhere the next time it is asked (DNS rebinding) gains nothing. No redirect is followed, no proxy
used, no cookie kept, and little of an answer is read.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cached_property

import httpx

from deskgraph.resolvers.webhooks.addresses import is_public
from deskgraph.resolvers.webhooks.checks import PRIVATE, checked_url
from deskgraph.resolvers.webhooks.names import Names
from deskgraph.schema.errors import DeskError

READ = 16 * 1024
SHOWN = 1024
LONGEST_ERROR = 500
PORTS = {"http": 80, "https": 443}


class Refused(Exception):
    """The connection was not made."""


@dataclass
class Answer:
    """What became of a request. `error`: why it failed; `retry_after`: the seconds that the answer asks for.

    `body` is what was read of the answer's body, `text` how it begins.
    """

    status: int | None = None
    ms: int = 0
    error: str | None = None
    text: str | None = None
    body: bytes = b""
    retry_after: float | None = None


class Outbound:
    """Sends requests. `timeout`: seconds for the complete answer; `private`: whether private addresses are allowed."""

    def __init__(self, *, timeout: float, private: bool) -> None:
        self._timeout = timeout
        self._private = private
        self._names = Names()

    @cached_property
    def _transport(self) -> httpx.AsyncHTTPTransport:
        # A connection belongs to an address, not to a name: it must not serve another name's request.
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
        return httpx.AsyncHTTPTransport(limits=limits)

    async def close(self) -> None:
        """Give what is open back."""
        if "_transport" in vars(self):  # most desks send nothing
            await self._transport.aclose()
        self._names.close()

    async def post(
        self, url: str, headers: dict[str, str], body: bytes, *, seconds: float | None = None, read: int = READ
    ) -> Answer:
        """Post; whatever goes wrong is the answer's `error`. Of its body about `read` bytes are read."""
        answer = Answer()
        seconds = seconds or self._timeout
        start = time.monotonic()
        try:
            async with asyncio.timeout(seconds):
                await self._exchange(answer, url, headers, body, seconds, read)
        except TimeoutError:
            answer.error = f"no complete answer within {seconds:g} s"
        except (DeskError, Refused) as error:
            answer.error = str(error)
        except Exception as error:  # it may quote what the receiver sent, of any length
            answer.error = f"{type(error).__name__}: {error}"[:LONGEST_ERROR].encode(errors="replace").decode()
        answer.ms = round((time.monotonic() - start) * 1000)
        return answer

    async def _exchange(
        self, answer: Answer, text: str, headers: dict[str, str], body: bytes, seconds: float, read: int
    ) -> None:
        url = checked_url(text, private=self._private)
        addresses = await self._addresses(url)
        response = await self._send([_request(address, url, headers, body, seconds) for address in addresses])
        try:
            answer.status = response.status_code
            answer.error = _fault(response)
            answer.retry_after = _retry_after(response)
            answer.body = await _beginning(response, read)
            answer.text = answer.body[:SHOWN].decode(errors="replace").strip() or None
        finally:
            await response.aclose()

    async def _addresses(self, url: httpx.URL) -> list[str]:
        """The addresses of the host. Refused if a single one is not public."""
        host = url.raw_host.decode("ascii")
        found = await self._names.addresses(host, url.port or PORTS[url.scheme])
        for address in found:
            if not self._private and not is_public(address):
                raise Refused(f"{host} leads to {address}, {PRIVATE}")
        return found

    async def _send(self, requests: list[httpx.Request]) -> httpx.Response:
        """The answer to the first request whose address can be connected to."""
        for request in requests[:-1]:
            try:
                return await self._transport.handle_async_request(request)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return await self._transport.handle_async_request(requests[-1])


def _request(address: str, url: httpx.URL, headers: dict[str, str], body: bytes, seconds: float) -> httpx.Request:
    return httpx.Request(
        "POST",
        url.copy_with(host=address),
        headers={"host": url.netloc.decode("ascii"), **headers},
        content=body,
        # The certificate must be the name's. One address that does not answer leaves time for another.
        extensions={"sni_hostname": url.raw_host.decode("ascii"), "timeout": {"connect": seconds / 3}},
    )


def _fault(response: httpx.Response) -> str | None:
    if response.is_success:
        return None
    return f"HTTP {response.status_code}{', and redirects are not followed' if response.has_redirect_location else ''}"


async def _beginning(response: httpx.Response, most: int) -> bytes:
    """The beginning of the body; of what is longer than that, the rest is left unread."""
    read = b""
    async for chunk in response.aiter_raw():
        read += chunk
        if len(read) >= most:
            break
    return read


def _retry_after(response: httpx.Response) -> float | None:
    """The seconds of a Retry-After, which may also be a date."""
    value = response.headers.get("retry-after", "")
    if response.status_code not in (429, 503) or not value:
        return None
    try:
        return float(value) if value.isdigit() else parsedate_to_datetime(value).timestamp() - time.time()
    except (ValueError, OverflowError):
        return None
