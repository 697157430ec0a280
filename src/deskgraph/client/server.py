"""Where a desk is served and how to come in."""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version
from urllib.parse import urlsplit

import httpx

from deskgraph.schema.errors import InvalidInputError

PATH = "/graphql"


@dataclass(frozen=True)
class Server:
    """A desk's address and key. Seconds: `timeout` for one answer, `patience` for trying again."""

    url: str
    key: str = field(repr=False)
    timeout: float = 30.0
    patience: float = 60.0
    tls: ssl.SSLContext | None = None

    @property
    def headers(self) -> dict[str, str]:
        """What each request says of itself."""
        return {"Authorization": f"Bearer {self.key}", "User-Agent": self.agent, "Content-Type": "application/json"}

    @property
    def socket_url(self) -> str:
        """The address of its WebSockets."""
        return f"ws{self.url.removeprefix('http')}"

    @cached_property
    def agent(self) -> str:
        """The name under which the client is seen."""
        return f"deskgraph-python/{version('deskgraph')}"

    @cached_property
    def trust(self) -> ssl.SSLContext | None:
        """Whose certificates are trusted, by HTTP and WebSockets alike; None where there is no TLS."""
        return (self.tls or httpx.create_ssl_context()) if self.url.startswith("https:") else None


def locate(url: str | None, key: str | None) -> tuple[str, str]:
    """The address of GraphQL and the key, from the arguments or from DESKGRAPH_URL and DESKGRAPH_KEY."""
    url, key = url or os.environ.get("DESKGRAPH_URL", ""), key or os.environ.get("DESKGRAPH_KEY", "")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidInputError(f"url must be such as http://127.0.0.1:8000, not {url!r}.", field="url")
    if not key.isascii() or not key.isprintable() or not key.strip():
        raise InvalidInputError("key must be the desk's API key; DESKGRAPH_KEY will do.", field="key")
    path = parts.path.rstrip("/").removesuffix(PATH)
    return f"{parts.scheme}://{parts.netloc}{path}{PATH}", key.strip()
