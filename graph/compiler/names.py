"""The one place where names go into Cypher text. Values never do: they are parameters."""

from __future__ import annotations

import re

NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]*")


def quote(name: str) -> str:
    """A response key as a Cypher identifier; what GraphQL would not allow as a name is refused."""
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no GraphQL name")
    return f"`{name}`"
