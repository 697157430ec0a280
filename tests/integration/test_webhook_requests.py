"""Requests of webhooks to real servers: what counts as success, and which connections are not made."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from deskgraph.resolvers.webhooks.outbound import READ, Answer, Outbound
from tests.receivers import Receiver, certificate, raw, receiving

pytestmark = pytest.mark.timeout(120)

Dns = Callable[..., list[str]]
HEAD = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as opened:
        yield opened


@pytest.fixture
async def outbound() -> AsyncIterator[Outbound]:
    """It may go to private addresses, where the servers of these tests are."""
    opened = Outbound(timeout=30, private=True)
    yield opened
    await opened.close()


@pytest.fixture
async def guarded() -> AsyncIterator[Outbound]:
    opened = Outbound(timeout=30, private=False)
    yield opened
    await opened.close()


@pytest.fixture
async def hasty() -> AsyncIterator[Outbound]:
    opened = Outbound(timeout=0.5, private=True)
    yield opened
    await opened.close()


@pytest.fixture
def dns(monkeypatch: pytest.MonkeyPatch) -> Dns:
    """`dns("name", [...], [...])` answers the first question for the name with the first list, and so on.

    What comes back are the names that were asked for.
    """
    answers: dict[str, list[list[str]]] = {}
    asked: list[str] = []
    real = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *rest: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name not in answers or options.get("flags") == socket.AI_NUMERICHOST:
            return real(host, port, *rest, **options)
        asked.append(name)
        found = answers[name].pop(0) if len(answers[name]) > 1 else answers[name][0]
        return [entry for address in found for entry in real(address, port, type=socket.SOCK_STREAM)]

    def answer(name: str, *lists: list[str]) -> list[str]:
        answers[name] = list(lists)
        return asked

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return answer


async def post(outbound: Outbound, url: str) -> Answer:
    return await outbound.post(url, {"webhook-id": "event_aaaa", "user-agent": "deskgraph/test"}, b'{"a": 1}')


def port_of(receiver: Receiver) -> str:
    return receiver.url.rpartition(":")[2]


# Answers


@pytest.mark.parametrize("status", [200, 201, 202, 204, 206, 299])
async def test_success(outbound: Outbound, receiver: Receiver, status: int) -> None:
    receiver.answers = [status]
    answer = await post(outbound, f"{receiver.url}/events?key=1")
    assert (answer.status, answer.error, answer.text) == (status, None, None)
    [received] = receiver.received
    assert (received.path, received.body) == ("/events", b'{"a": 1}')
    assert received.headers == {
        "host": f"127.0.0.1:{port_of(receiver)}",
        "webhook-id": "event_aaaa",
        "user-agent": "deskgraph/test",
        "content-length": "8",
    }


@pytest.mark.parametrize("status", [300, 304, 400, 401, 404, 410, 429, 500, 502, 503, 599])
async def test_failure(outbound: Outbound, receiver: Receiver, status: int) -> None:
    receiver.answers = [status]
    answer = await post(outbound, receiver.url)
    assert (answer.status, answer.error) == (status, f"HTTP {status}")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_a_failure_and_not_followed(outbound: Outbound, receiver: Receiver, status: int) -> None:
    receiver.answers = [lambda _request: RedirectResponse("/elsewhere", status)]
    answer = await post(outbound, receiver.url)
    assert (answer.status, answer.error) == (status, f"HTTP {status}, and redirects are not followed")
    assert [received.path for received in receiver.received] == ["/"]


async def test_no_answer_in_time(hasty: Outbound, receiver: Receiver) -> None:
    async def late(request: Request) -> Response:
        await request.is_disconnected()
        await asyncio.Event().wait()
        raise AssertionError

    receiver.answers = [late]
    answer = await asyncio.wait_for(post(hasty, receiver.url), 30)
    assert (answer.status, answer.error) == (None, "no complete answer within 0.5 s")
    assert answer.ms >= 490


@pytest.mark.parametrize(("start", "status"), [(b"", None), (HEAD + b"Content-Length: 500\r\n\r\n", 200)])
async def test_a_slow_drip_is_no_answer(hasty: Outbound, start: bytes, status: int | None) -> None:
    """Each byte comes soon after the one before: of the head, or of the body."""

    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        for letter in (b"" if start else HEAD) + b"x" * 500:
            writer.write(bytes([letter]))
            await writer.drain()
            await asyncio.sleep(0.05)

    async with raw(drip) as server:
        answer = await post(hasty, f"http://127.0.0.1:{server.port}")
    assert (answer.status, answer.error) == (status, "no complete answer within 0.5 s")


async def test_a_dropped_connection(outbound: Outbound) -> None:
    async def drop(writer: asyncio.StreamWriter) -> None:
        writer.close()

    async def reset(writer: asyncio.StreamWriter) -> None:
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        writer.transport.abort()

    async def in_the_middle(writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"Content-Length: 500\r\n\r\nhalf of it")
        await writer.drain()

    found = []
    for handle in (drop, reset, in_the_middle):
        async with raw(handle) as server:
            answer = await post(outbound, f"http://127.0.0.1:{server.port}")
        found.append((answer.status, (answer.error or "").partition(":")[0]))
    assert found == [(None, "RemoteProtocolError"), (None, "ReadError"), (200, "RemoteProtocolError")]


async def test_nobody_listens(outbound: Outbound) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    answer = await post(outbound, f"http://127.0.0.1:{port}")
    assert (answer.status, answer.error) == (None, "ConnectError: All connection attempts failed")


async def test_no_http(outbound: Outbound) -> None:
    async def greet(writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        await writer.drain()

    async with raw(greet) as server:
        answer = await post(outbound, f"http://127.0.0.1:{server.port}")
    assert answer.status is None
    assert (answer.error or "").startswith("RemoteProtocolError: ")


async def test_what_an_error_quotes_is_short(outbound: Outbound) -> None:
    async def babble(writer: asyncio.StreamWriter) -> None:
        writer.write(b"x" * 50_000 + b"\r\n\r\n")
        await writer.drain()

    async with raw(babble) as server:
        answer = await post(outbound, f"http://127.0.0.1:{server.port}")
    assert (answer.error or "").startswith("RemoteProtocolError: illegal status line")
    assert len(answer.error or "") == 500


async def test_of_a_huge_answer_little_is_read(outbound: Outbound) -> None:
    """The server can't get rid of more than the two ends' buffers hold."""
    sent = asyncio.Queue[int]()
    chunk = b"0123456789abcdef" * 4096

    async def flood(writer: asyncio.StreamWriter) -> None:
        total = 0
        try:
            writer.write(HEAD + b"Content-Length: 1000000000000\r\n\r\n")
            while True:
                writer.write(chunk)
                await writer.drain()
                total += len(chunk)
        finally:
            sent.put_nowait(total)

    async with raw(flood) as server:
        answer = await post(outbound, f"http://127.0.0.1:{server.port}")
        assert await sent.get() < 64 * 1024 * 1024
    assert (answer.status, answer.error) == (200, None)
    assert answer.text == chunk[:1024].decode()
    assert len(chunk) > READ


async def test_an_endless_head_is_no_answer(outbound: Outbound) -> None:
    async def flood(writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD)
        while True:
            writer.write(b"X-More: " + b"x" * 1000 + b"\r\n")
            await writer.drain()

    async with raw(flood) as server:
        answer = await post(outbound, f"http://127.0.0.1:{server.port}")
    assert answer.status is None
    assert (answer.error or "").startswith("RemoteProtocolError: ")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"", None),
        (b"  \n", None),
        (b"thanks\n", "thanks"),
        (b"\xff\xfe\x00", "��\x00"),
        ("ü".encode() * 600, "ü" * 512),
    ],
)
async def test_the_beginning_of_a_body(outbound: Outbound, receiver: Receiver, body: bytes, text: str | None) -> None:
    receiver.answers = [lambda _request: Response(body, 500)]
    assert (await post(outbound, receiver.url)).text == text


async def test_nothing_of_the_environment_and_nothing_of_answers_is_used(
    outbound: Outbound, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No proxy, no .netrc, no cookie."""
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password secret")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    receiver.answers = [lambda _request: Response(headers={"set-cookie": "a=1"})]
    assert [(await post(outbound, receiver.url)).error for _ in range(2)] == [None, None]
    for received in receiver.received:
        assert {"cookie", "authorization", "proxy-connection"} & set(received.headers) == set()


# TLS


async def greet(writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"Content-Length: 2\r\n\r\nhi")
    await writer.drain()


async def test_the_certificate_is_the_name_s(
    outbound: Outbound, dns: Dns, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection goes to an address; name and certificate are those of the URL's host all the same."""
    authority, host, key = certificate(tmp_path, "hooks.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    dns("hooks.example", ["127.0.0.1"])
    dns("other.example", ["127.0.0.1"])
    names: list[str | None] = []
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(host, key)
    context.sni_callback = lambda _socket, name, _context: names.append(name)  # type: ignore[assignment]
    async with raw(greet, context) as server:
        answer = await post(outbound, f"https://hooks.example:{server.port}/a?b=c")
        assert (answer.status, answer.error, answer.text) == (200, None, "hi")
        assert server.heads[0].splitlines()[:2] == ["POST /a?b=c HTTP/1.1", f"host: hooks.example:{server.port}"]
        other = await post(outbound, f"https://other.example:{server.port}")
        assert other.status is None
        assert "certificate is not valid for 'other.example'" in (other.error or "")
        assert len(server.heads) == 1
    assert names == ["hooks.example", "other.example"]


async def test_a_certificate_that_nobody_vouches_for(outbound: Outbound, tmp_path: Path, dns: Dns) -> None:
    _, host, key = certificate(tmp_path, "hooks.example")
    dns("hooks.example", ["127.0.0.1"])
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(host, key)
    async with raw(greet, context) as server:
        answer = await post(outbound, f"https://hooks.example:{server.port}")
        assert answer.status is None
        assert "CERTIFICATE_VERIFY_FAILED" in (answer.error or "")
        assert server.heads == []


# Addresses


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["8.8.8.8", "127.0.0.1"],
        ["127.0.0.1", "8.8.8.8"],
        ["8.8.8.8", "2606:4700:4700::1111", "10.0.0.1"],
        ["169.254.169.254"],
    ],
    ids=lambda addresses: ", ".join(addresses),
)
async def test_a_name_that_leads_to_a_private_address(guarded: Outbound, dns: Dns, addresses: list[str]) -> None:
    """All its addresses must be public: which one is taken is not left to the name."""
    asked = dns("hooks.example", addresses)
    async with raw(greet) as server:
        answer = await post(guarded, f"https://hooks.example:{server.port}")
        assert server.heads == []
    bad = next(address for address in addresses if address not in ("8.8.8.8", "2606:4700:4700::1111"))
    assert answer.status is None
    assert (answer.error or "").startswith(f"hooks.example leads to {bad}, which is no public address")
    assert asked == ["hooks.example"]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "localhost"])
async def test_a_private_address_itself(guarded: Outbound, host: str) -> None:
    async with raw(greet) as server:
        answer = await post(guarded, f"https://{host}:{server.port}")
        assert server.heads == []
    assert answer.status is None
    assert "which is no public address" in (answer.error or "")


async def test_plain_http_is_not_sent(guarded: Outbound, dns: Dns) -> None:
    asked = dns("hooks.example", ["8.8.8.8"])
    answer = await post(guarded, "http://hooks.example")
    assert answer.error == "url must begin with https:// for what is sent is not public."
    assert asked == []


async def test_a_name_that_changes_its_mind(dns: Dns, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: public when it is checked, private when it is asked again. It is not asked again.

    Whoever asks twice, as a client of httpx does after a check of one's own, ends at the private server.
    """
    authority, host, key = certificate(tmp_path, "hooks.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(host, key)
    guarded = Outbound(timeout=2, private=False)
    async with raw(greet, context) as server:
        asked = dns("hooks.example", ["8.8.8.8"], ["127.0.0.1"])
        answer = await post(guarded, f"https://hooks.example:{server.port}")
        assert answer.status is None
        assert answer.error
        assert asked == ["hooks.example"]
        assert server.heads == []

        dns("hooks.example", ["8.8.8.8"], ["127.0.0.1"])
        assert socket.getaddrinfo("hooks.example", 443)[0][4][0] == "8.8.8.8"
        async with httpx.AsyncClient() as client:
            await client.post(f"https://hooks.example:{server.port}", content=b"fooled")
        assert len(server.heads) == 1
    await guarded.close()


async def test_the_connection_goes_to_the_address_that_was_checked(outbound: Outbound, dns: Dns) -> None:
    """Where a name has several addresses, to the first that can be connected to."""
    asked = dns("hooks.example", ["127.0.0.2", "127.0.0.3", "127.0.0.1"], ["127.0.0.9"])
    async with raw(greet) as server:
        answer = await post(outbound, f"http://hooks.example:{server.port}")
        assert (answer.status, answer.error) == (200, None)
        assert len(server.heads) == 1
    assert asked == ["hooks.example"]


async def test_a_name_that_leads_nowhere(outbound: Outbound) -> None:
    answer = await post(outbound, "https://nowhere.invalid/")
    assert answer.status is None
    assert (answer.error or "").startswith("gaierror: ")


async def test_a_slow_name_holds_up_nobody_else(
    outbound: Outbound, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fifty requests to a name whose servers don't answer: it is asked for once, and others get through."""
    answered = threading.Event()
    asked: list[str] = []
    real = socket.getaddrinfo

    def getaddrinfo(host: Any, *rest: Any, **options: Any) -> Any:
        if host == "slow.example":
            asked.append(host)
            answered.wait()
            raise socket.gaierror(-3, "Temporary failure in name resolution")
        return real(host, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    try:
        slow = [asyncio.create_task(post(outbound, "https://slow.example/")) for _ in range(50)]
        assert (await post(outbound, receiver.url)).status == 204
        assert not any(task.done() for task in slow)
    finally:
        answered.set()
    for answer in await asyncio.gather(*slow):
        assert answer.error == "gaierror: [Errno -3] Temporary failure in name resolution"
    assert asked == ["slow.example"]
