"""GraphQL over HTTP: one call, sent again while that is safe and may help."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import Any, TypeVar

import httpx
import orjson
from tenacity import AsyncRetrying, retry_if_exception, stop_after_delay, wait_random_exponential

from deskgraph.client.errors import NeverArrivedError, raise_first
from deskgraph.client.server import Server
from deskgraph.schema.errors import DeskError, InvalidInputError, UnavailableError

T = TypeVar("T")
BUSY = {502, 503, 504}
CONNECT_SECONDS = 5.0
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout)
# Seconds between two tries: somewhere below a bound that doubles.
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0


class Calls:
    """Sends operations to a server. A failure that may pass is tried again until the server's patience is over."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._client = httpx.AsyncClient(
            headers=server.headers,
            verify=server.trust or True,
            timeout=httpx.Timeout(server.timeout, connect=min(CONNECT_SECONDS, server.timeout), pool=None),
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def call(
        self, text: str, variables: dict[str, Any], read: Callable[[dict[str, Any]], T], *, again: bool = True
    ) -> T:
        """What `read` makes of the operation's data. Not `again`: where it might be done twice, it is sent once."""
        return await self._retrying(again=again)(self._once, _encoded(text, variables), read)

    async def settle(
        self, text: str, variables: dict[str, Any], read: Callable[[dict[str, Any]], object], done: type[DeskError]
    ) -> None:
        """Do what can be done once only: sent again, the error `done` means that an earlier try had done it."""
        retrying = self._retrying(again=True)
        try:
            await retrying(self._once, _encoded(text, variables), read)
        except done:
            if retrying.statistics["attempt_number"] == 1:
                raise

    def _retrying(self, *, again: bool) -> AsyncRetrying:
        def may_help(error: BaseException) -> bool:
            return isinstance(error, UnavailableError if again else NeverArrivedError)

        return AsyncRetrying(
            retry=retry_if_exception(may_help),
            wait=wait_random_exponential(FIRST_PAUSE, LONGEST_PAUSE),
            stop=stop_after_delay(self._server.patience),
            reraise=True,
        )

    async def _once(self, body: bytes, read: Callable[[dict[str, Any]], T]) -> T:
        try:
            response = await self._client.post(self._server.url, content=body)
        except httpx.TransportError as error:
            raise self._unreached(error) from error
        return read(self._data(response))

    def _data(self, response: httpx.Response) -> dict[str, Any]:
        try:
            answer = orjson.loads(response.content)
        except orjson.JSONDecodeError:
            answer = None
        is_told = isinstance(answer, dict) and bool(answer.keys() & {"data", "errors"})
        if response.status_code in BUSY:
            told = answer["errors"][0]["message"] if is_told else f"It answers HTTP {response.status_code}."
            raise UnavailableError(f"{self._server.url}: {told}")
        if not is_told:
            raise DeskError(
                f"{self._server.url} answers HTTP {response.status_code} and no GraphQL: is that the desk's address?"
            )
        raise_first(answer.get("errors") or [])
        data: dict[str, Any] = answer["data"]
        return data

    def _unreached(self, error: httpx.TransportError) -> DeskError:
        if untrusted(error):
            return DeskError(f"The certificate of {self._server.url} is not trusted: {error}")
        kind = NeverArrivedError if isinstance(error, NOT_SENT) else UnavailableError
        return kind(f"{self._server.url} does not answer: {error or type(error).__name__}")


def untrusted(error: BaseException | None) -> bool:
    """Whether a certificate is to blame; trying again does not help then."""
    while error and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error is not None


def _encoded(text: str, variables: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps({"query": text, "variables": variables})
    except TypeError as error:
        raise InvalidInputError(f"What is sent must be JSON: {error}.") from error
