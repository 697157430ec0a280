"""A stream of NATS JetStream: reached, made where it is missing, published to. It needs the extra `deskgraph[nats]`."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import quote, urlsplit

import orjson

try:
    from nats.aio.client import Client
    from nats.errors import MaxPayloadError, NoServersError
    from nats.js.api import DiscardPolicy, PubAck, StorageType, StreamConfig
    from nats.js.errors import APIError, NoStreamResponseError, NotFoundError, ServiceUnavailableError
except ImportError as missing:
    raise ImportError("The relay to NATS needs nats-py: pip install deskgraph[nats]") from missing

Acked = asyncio.Future[PubAck]
ANSWER_SECONDS = 10.0
CLOSE_SECONDS = 2.0
DAY = 86_400.0
# JetStream's own codes for "not on this server" and "not for this account"; without a code nobody listened at all.
NO_JETSTREAM = (None, 10076, 10039)
CREDENTIALS_HOLD = ("BEGIN NATS USER JWT", "BEGIN USER NKEY SEED")


class Unreachable(ConnectionError):
    """NATS does not answer, or not now: try again."""


class Refused(ConnectionError):
    """NATS answers, but does not do what the relay needs: somebody has to put it right."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a log is relayed to. `url` may hold several servers of a cluster, with commas between them."""

    url: str
    stream: str = "DESKGRAPH"
    prefix: str = "deskgraph"
    credentials: Path | None = None

    @property
    def servers(self) -> list[str]:
        """The servers' URLs."""
        return self.url.split(",")

    @property
    def address(self) -> str:
        """The servers' hosts and ports: nobody's password."""
        return ",".join(urlsplit(server).netloc.rpartition("@")[2] for server in self.servers)

    def subject(self, workspace: str, type: str) -> str:  # noqa: A002 - the field's own name
        """The subject of a type of events: `deskgraph.default.ticket.resolved`."""
        return ".".join([self.prefix, token(workspace), *map(token, type.split("."))])


def token(text: str) -> str:
    """The text as one token of a subject: what NATS gives a meaning, and what is not ASCII, as in a URL."""
    return quote(text, safe="").replace(".", "%2E")


def covers(pattern: str, subject: str) -> bool:
    """Whether a subject is one of those that a pattern with `*` and `>` stands for."""
    for wanted, found in zip_longest(pattern.split("."), subject.split(".")):
        if found is None or wanted is None:
            return False
        if wanted == ">":
            return True
        if wanted not in ("*", found):
            return False
    return True


class Stream:
    """One connection to a stream. It does not come back when it breaks: what is in doubt is published by the next one.

    A client that reconnects by itself sends what it had buffered, after the loss of what was under way: out of order.
    """

    def __init__(self, target: Target, workspace: str) -> None:
        self.target = target
        self.workspace = workspace
        self._client = Client()
        self._jetstream = self._client.jetstream(timeout=ANSWER_SECONDS)
        self._fault: Exception | None = None
        self._broken = asyncio.Event()

    async def open(self) -> None:
        """Connect, and make the stream if it is missing. Raises Unreachable or Refused."""
        try:
            check_credentials(self.target.credentials)
            await self._connect()
            await self._prepare()
        except (ImportError, Refused):
            raise
        except Exception as error:
            raise self.explained(error) from error

    async def _connect(self) -> None:
        await self._client.connect(
            self.target.servers,
            name=f"deskgraph relay of {self.workspace}",
            allow_reconnect=False,
            max_reconnect_attempts=1,
            reconnect_time_wait=0,
            connect_timeout=5,
            ping_interval=5,
            error_cb=self._note,
            closed_cb=self._close,
            user_credentials=self.target.credentials,
        )

    async def _prepare(self) -> None:
        """Leave a stream as it is that is there already, if it takes what is to be published."""
        try:
            found = await self._jetstream.stream_info(self.target.stream)
        except NotFoundError:
            found = await self._jetstream.add_stream(fresh(self.target))
        subjects = found.config.subjects or []
        if not any(covers(subject, self.target.subject(self.workspace, "noun.verbed")) for subject in subjects):
            raise Refused(
                f"The stream {self.target.stream} takes {', '.join(subjects) or 'no subjects'}, not "
                f"{self.target.prefix}.{token(self.workspace)}.>: add that to it, or choose another stream."
            )

    async def publish(self, event: dict[str, Any]) -> Acked:
        """Send an event; the future acknowledgement. Events are stored in the order in which they are sent."""
        body = orjson.dumps(event)
        headers = {
            "Nats-Msg-Id": event["id"],
            "Deskgraph-Position": str(event["position"]),
            "Deskgraph-Type": event["type"],
        }
        subject = self.target.subject(self.workspace, event["type"])
        try:
            acked = await self._jetstream.publish_async(subject, body, stream=self.target.stream, headers=headers)
        except MaxPayloadError as error:
            most = f"{len(body):,} bytes, and NATS takes {self._client.max_payload:,}"
            raise Refused(f"The event {event['id']} has {most}: raise its max_payload.") from error
        except Exception as error:
            raise self.explained(error) from error
        acked.add_done_callback(_look)
        # nats-py swallows a cancellation that comes while it flushes.
        if (task := asyncio.current_task()) and task.cancelling():
            raise asyncio.CancelledError
        return acked

    async def acknowledged(self, acked: Acked) -> None:
        """Wait until JetStream has stored what was published."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):  # before Python 3.12, wait_for may swallow a cancellation
                await acked
        except Exception as error:
            raise self.explained(error) from error

    async def broken(self) -> NoReturn:
        """Wait for the connection to break, and raise why."""
        await self._broken.wait()
        raise self.explained(self._client.last_error or self._fault or ConnectionError("the connection was closed"))

    async def close(self) -> None:
        """Give the connection back, whatever state it is in."""
        with contextlib.suppress(Exception):
            await asyncio.wait_for(self._client.close(), CLOSE_SECONDS)

    async def _note(self, error: Exception) -> None:
        self._fault = error
        if self._client.is_connected:
            self._broken.set()

    async def _close(self) -> None:
        self._broken.set()

    def explained(self, error: Exception) -> ConnectionError:
        """What went wrong, in words for people. What NATS said before says more than that it did not answer after."""
        error = self._fault if self._fault and isinstance(error, TimeoutError | NoServersError) else error
        where = f"NATS at {self.target.address}"
        told = str(error).removeprefix("nats: ")
        if "authorization" in told.lower() or "authentication" in told.lower():
            return Refused(f"{where} refuses the user and password, the token or the credentials file: {told}.")
        if "permissions violation" in told.lower():
            return Refused(f"{where} does not allow it: {told}.")
        if isinstance(error, NoStreamResponseError):
            return Refused(f"{where} has no stream that takes {self.target.prefix}.{token(self.workspace)}.> now.")
        if isinstance(error, ServiceUnavailableError) and error.err_code in NO_JETSTREAM:
            return Refused(f"{where} has no JetStream: start it with -js, or allow it to the account.")
        if isinstance(error, APIError):
            kind = Unreachable if isinstance(error, ServiceUnavailableError) else Refused
            return kind(f"{where} refuses for the stream {self.target.stream}: {error.description}.")
        return Unreachable(f"{where} does not answer: {told or 'not in time'}.")


@contextlib.asynccontextmanager
async def connected(target: Target, workspace: str) -> AsyncIterator[Stream]:
    """The stream while it is needed."""
    stream = Stream(target, workspace)
    try:
        await stream.open()
        yield stream
    finally:
        await stream.close()


def fresh(target: Target) -> StreamConfig:
    """A stream as it is made where there is none."""
    return StreamConfig(
        name=target.stream,
        description="The event logs of deskgraph",
        subjects=[f"{target.prefix}.>"],
        storage=StorageType.FILE,
        discard=DiscardPolicy.OLD,
        max_age=30 * DAY,
        duplicate_window=600.0,
    )


def check_credentials(path: Path | None) -> None:
    """Refused for a file that is no credentials file: nats-py would look for its end for ever."""
    if path:
        text = path.read_text(errors="replace")
        if any(part not in text for part in CREDENTIALS_HOLD):
            raise Refused(f"{path} is no credentials file: it needs a user's JWT and its seed, as `nsc` writes them.")


def _look(acked: Acked) -> None:
    """Nobody waits any more for what is under way when a connection breaks: asyncio need not say so."""
    if not acked.cancelled():
        acked.exception()
