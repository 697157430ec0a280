"""Where webhooks must not go: the table of addresses, URLs in every spelling, and what a secret signs."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import orjson
import pytest
from standardwebhooks import Webhook

from deskgraph.resolvers.webhooks.addresses import is_public
from deskgraph.resolvers.webhooks.checks import checked_url
from deskgraph.resolvers.webhooks.outbound import _retry_after
from deskgraph.resolvers.webhooks.secrets import MOST, new_secret, only, rotated, signatures
from deskgraph.schema.errors import InvalidInputError

PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "100.63.255.255",
    "100.128.0.1",
    "168.63.129.15",
    "172.15.255.255",
    "172.32.0.1",
    "192.0.1.1",
    "198.17.255.255",
    "223.255.255.255",
    "2606:4700:4700::1111",
    "2a00:1450:4001:82a::200e",
    "2001:200::1",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
]
NOT_PUBLIC = {
    "unspecified": ["0.0.0.0", "0.1.2.3", "::"],
    "loopback": ["127.0.0.1", "127.255.255.254", "::1"],
    "private": ["10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "fc00::1", "fd12:3456::1"],
    "link-local": ["169.254.0.1", "169.254.255.255", "fe80::1", "febf::1"],
    "site-local": ["fec0::1"],
    "carriers": ["100.64.0.1", "100.127.255.255"],
    "metadata": ["169.254.169.254", "100.100.100.200", "192.0.0.192", "168.63.129.16", "fd00:ec2::254"],
    "multicast": ["224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1"],
    "reserved": ["240.0.0.1", "255.255.255.255", "192.0.0.1", "198.18.0.1", "198.19.255.255", "5f00::1", "4000::1"],
    "documentation": ["192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"],
    "mapped": ["::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:0:127.0.0.1"],
    "compatible": ["::127.0.0.1", "::8.8.8.8"],
    "NAT64": ["64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::169.254.169.254", "64:ff9b:1::8.8.8.8"],
    "6to4": ["2002:7f00:1::", "2002:a00:1::1", "2002:c0a8:1::1", "192.88.99.1"],
    "Teredo": ["2001:0:53aa:64c:0:0:80ff:fffe", "2001::1"],
    "discard": ["100::1"],
}


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", [one for addresses in NOT_PUBLIC.values() for one in addresses])
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


REFUSED = {
    "file:///etc/passwd": "must be such as",
    "ftp://example.com/": "must be such as",
    "gopher://example.com/": "must be such as",
    "//example.com/": "must be such as",
    "example.com": "must be such as",
    "https:///events": "must be such as",
    "https://user:pass@example.com/": "user name or password",
    "https://user@example.com/": "user name or password",
    "https://example.com:0/": "port 0",
    "https://example.com:65536/": "port 65536",
    "https://example.com:http/": "url is none",
    "https://exa mple.com/": "must be such as",
    "https://example.com/\x00": "url is none",
    "https://256.256.256.256/": "url is none",
    "http://example.com/": "must begin with https://",
    "https://localhost/": "leads to 127.0.0.1",
    "https://LOCALHOST:8443/": "leads to 127.0.0.1",
    "https://localhost./": "leads to 127.0.0.1",
    "https://api.localhost/": "leads to 127.0.0.1",
    "https://127.0.0.1/": "leads to 127.0.0.1",
    "https://127.1/": "leads to 127.0.0.1",
    "https://2130706433/": "leads to 127.0.0.1",
    "https://0x7f000001/": "leads to 127.0.0.1",
    "https://0177.0.0.1/": "url is none",
    "https://0177.1/": "leads to 127.0.0.1",
    "https://0/": "leads to 0.0.0.0",
    "https://169.254.169.254/latest/meta-data/": "leads to 169.254.169.254",
    "https://10.1.2.3/": "leads to 10.1.2.3",
    "https://[::1]/": "leads to ::1",
    "https://[::ffff:127.0.0.1]/": "leads to ::ffff:127.0.0.1",
    "https://[fe80::1]/": "leads to fe80::1",
    "https://[fe80::1%25lo]/": "must be such as",
    "https://[fd00:ec2::254]/": "leads to fd00:ec2::254",
    "https://[64:ff9b::7f00:1]/": "leads to 64:ff9b::7f00:1",
}


@pytest.mark.parametrize("url", REFUSED, ids=repr)
def test_urls_that_are_refused(url: str) -> None:
    with pytest.raises(InvalidInputError, match=REFUSED[url]) as caught:
        checked_url(url, private=False)
    assert (caught.value.code, caught.value.field) == ("INVALID_INPUT", "url")
    assert "pass" not in caught.value.message.replace("password", "")


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/events?token=1#part",
        "https://example.com:8443/",
        "https://exämple.com/",
        "https://1.1.1.1/",
        "https://[2606:4700:4700::1111]/",
        "https://mylocalhost.example/",
        "https://notlocalhost/",
    ],
)
def test_urls_that_are_not(url: str) -> None:
    assert checked_url(url, private=False) == httpx.URL(url)


@pytest.mark.parametrize("url", ["http://localhost:9/", "http://127.0.0.1/", "http://[::1]/", "https://10.0.0.1/"])
def test_urls_that_a_setting_allows(url: str) -> None:
    assert str(checked_url(url, private=True)) == url


# Secrets


def test_a_secret_is_as_standard_webhooks_wants_it() -> None:
    secrets = {new_secret() for _ in range(100)}
    assert len(secrets) == 100
    for secret in secrets:
        assert secret.startswith("whsec_")
        assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 32


def test_rotation_keeps_the_old_secrets_until_they_end() -> None:
    first, second, third = new_secret(), new_secret(), new_secret()
    stored = rotated(only(first), second, overlap=60)
    at = datetime.now(UTC)
    assert signed_by(stored, at, first, second, third) == [True, True, False]
    assert signed_by(stored, at + timedelta(seconds=70), first, second, third) == [False, True, False]
    stored = rotated(stored, third, overlap=3600)
    assert signed_by(stored, at, first, second, third) == [True, True, True]
    later = at + timedelta(seconds=70)  # a longer overlap does not prolong the first one's end
    assert signed_by(stored, later, first, second, third) == [False, True, True]
    assert signed_by(rotated(stored, first, overlap=0), datetime.now(UTC), second, third) == [False, False]


def test_the_newest_secret_signs_first_and_few_sign_along() -> None:
    secrets, at = [new_secret() for _ in range(MOST + 3)], datetime.now(UTC)
    stored = only(secrets[0])
    for secret in secrets[1:]:
        stored = rotated(stored, secret, overlap=60)
    assert [secret for secret, _ in orjson.loads(stored)] == secrets[: -MOST - 1 : -1]
    signature, *others = signatures(stored, "event_aaaa", at, "{}").split(" ")
    assert signature == Webhook(secrets[-1]).sign("event_aaaa", at, "{}")
    assert len(others) == MOST - 1


def signed_by(stored: str, at: datetime, *secrets: str) -> list[bool]:
    """By which of the secrets a message is signed, as its receiver would check it."""
    found = signatures(stored, "event_aaaa", at, "{}").split(" ")
    return [Webhook(secret).sign("event_aaaa", at, "{}") in found for secret in secrets]


# Retry-After


@pytest.mark.parametrize(
    ("status", "value", "seconds"),
    [
        (429, "7", 7.0),
        (503, "120", 120.0),
        (500, "7", None),
        (200, "7", None),
        (429, "", None),
        (429, "soon", None),
        (429, "-5", None),
        (429, "²", None),
        (429, "9" * 400, float("inf")),
    ],
)
def test_retry_after(status: int, value: str, seconds: float | None) -> None:
    assert _retry_after(httpx.Response(status, headers=[(b"retry-after", value.encode())])) == seconds


def test_retry_after_may_be_a_date() -> None:
    def asked(moment: datetime) -> Any:
        text = moment.strftime("%a, %d %b %Y %H:%M:%S GMT")
        return _retry_after(httpx.Response(503, headers={"retry-after": text}))

    assert asked(datetime.now(UTC) + timedelta(hours=2)) == pytest.approx(7200, abs=60)
    assert asked(datetime(1994, 11, 6, tzinfo=UTC)) < 0
