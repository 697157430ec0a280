"""What a webhook may be given: a URL that requests may go to, types that there are."""

from __future__ import annotations

import socket
from typing import Any

import httpx

from deskgraph.resolvers.claims import concrete
from deskgraph.resolvers.webhooks.addresses import is_public
from deskgraph.resolvers.webhooks.options import WebhookOptions
from deskgraph.schema.errors import InvalidInputError

PRIVATE = "which is no public address; DESKGRAPH_WEBHOOK_PRIVATE_TARGETS=true allows such"


def check(given: dict[str, Any], options: WebhookOptions) -> None:
    """INVALID_INPUT where the url or the types that were given are wrong."""
    if given.get("url") is not None:
        checked_url(given["url"], private=options.private_targets)
    concrete(given.get("types"))


def checked_url(text: str, *, private: bool) -> httpx.URL:
    """The URL, if requests may go there, as far as that can be told without looking its name up.

    The message does not repeat the URL, which may hold a password.
    """
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as error:
        raise InvalidInputError(f"url is none: {error}.", field="url") from error
    named = bool(url.host) and "%" not in url.host  # blanks and the zones of link-local addresses are escaped
    for wrong, message in (
        (url.scheme not in ("http", "https") or not named, "url must be such as https://example.com/events."),
        (bool(url.userinfo), "url must not hold a user name or password: requests are signed instead."),
        (url.port is not None and not 0 < url.port < 65536, f"url has the port {url.port}, which is none."),
        (url.scheme != "https" and not private, "url must begin with https:// for what is sent is not public."),
    ):
        if wrong:
            raise InvalidInputError(message, field="url")
    if not private and (address := _literal(url.raw_host.decode("ascii"))) and not is_public(address):
        raise InvalidInputError(f"url leads to {address}, {PRIVATE}.", field="url")
    return url


def _literal(host: str) -> str | None:
    """The address that a host is without asking DNS, in whatever spelling: 127.1, 0x7f000001, ::1, localhost."""
    if host.rstrip(".").rpartition(".")[2] == "localhost":
        return "127.0.0.1"
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return None
    return str(found[0][4][0])
