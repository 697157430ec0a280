"""The parts of a rule, as the grammar's callbacks get them: tokens, and what other callbacks made."""

from __future__ import annotations

from typing import Any

from lark import Token

from deskgraph.schema.english.nodes import Word

Parts = list[Any]


def span(parts: Parts) -> tuple[int, int]:
    """The tokens that the parts cover."""
    return _first(parts[0]), _behind(parts[-1])


def _first(part: Any) -> int:
    if isinstance(part, list | tuple):
        return _first(part[0])
    return part.value.first if isinstance(part, Token) else part.first  # type: ignore[no-any-return]


def _behind(part: Any) -> int:
    if isinstance(part, list | tuple):
        return _behind(part[-1])
    return part.value.behind if isinstance(part, Token) else part.behind  # type: ignore[no-any-return]


def word(token: Token) -> Word:
    """The value of a token that is a choice's word; the reader merged what it means for each field."""
    edge: Any = token.value
    return Word((edge.meaning,), edge.first, edge.behind)


def is_asked(parts: Parts) -> bool:
    """Whether one of the parts gives the form of a polite question."""
    return any(isinstance(part, Token) and part.value.meaning == "ask" for part in parts)
