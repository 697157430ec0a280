"""Fixed Cypher, one statement a file; what is put together from declarations is made in `deskgraph.graph.writing`."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def statement(name: str) -> str:
    """The text of `NAME.cypher` in this folder."""
    return (files(__name__) / f"{name}.cypher").read_text()
