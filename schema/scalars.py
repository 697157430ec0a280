"""Scalars beyond GraphQL's own, and enums whose members carry their description."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum
from typing import Any, NewType, Self

import orjson
import strawberry
from graphql import GraphQLError
from strawberry.scalars import JSON

Long = NewType("Long", int)
DateTime = NewType("DateTime", datetime)

MAX_LONG = 2**63 - 1


def parse_long(value: object) -> int:
    """A whole number of 64 bits."""
    if isinstance(value, int) and not isinstance(value, bool) and -MAX_LONG - 1 <= value <= MAX_LONG:
        return value
    raise ValueError(f"Long is a whole number of 64 bits, not {value!r}.")


def parse_datetime(value: object) -> datetime:
    """A moment in ISO 8601; without an offset it is in UTC."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        if isinstance(moment, datetime):
            moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)  # in UTC it may lie before the first year
    except (ValueError, OverflowError):
        moment = None
    if not isinstance(moment, datetime):
        raise ValueError(f"DateTime is ISO 8601, such as 2026-11-01T09:30:00Z, not {value!r}.")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def now() -> datetime:
    """The present moment in UTC, in milliseconds, as the graph keeps them."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def format_datetime(value: datetime | str) -> str:
    """ISO 8601 as the database writes it, `2026-11-24T10:30:00.52Z`. What it has formatted passes through."""
    if isinstance(value, str):
        return value
    text = value.isoformat().replace("+00:00", "Z")
    return re.sub(r"(\.\d*?)0+(?=\D)", r"\1", text)


def to_json(value: Any) -> bytes:
    """JSON whose moments are written as everywhere."""
    return orjson.dumps(value, format_datetime, orjson.OPT_PASSTHROUGH_DATETIME)


def _told(parse: Callable[[object], Any]) -> Callable[[object], Any]:
    """The parser with its ValueError told to the client: it is the client's mistake."""

    def told(value: object) -> Any:
        try:
            return parse(value)
        except ValueError as error:
            raise GraphQLError(str(error)) from error

    return told


SCALARS: dict[object, Any] = {
    Long: strawberry.scalar(
        name="Long",
        description="A whole number of 64 bits, a JSON number.",
        serialize=int,
        parse_value=_told(parse_long),
    ),
    DateTime: strawberry.scalar(
        name="DateTime",
        description="A moment in ISO 8601, such as 2026-11-01T09:30:00Z; without an offset it is in UTC.",
        serialize=format_datetime,
        parse_value=_told(parse_datetime),
    ),
    JSON: strawberry.scalar(
        name="JSON", description="Any JSON value.", serialize=lambda value: value, parse_value=lambda value: value
    ),
}


class Words(str, Enum):  # noqa: UP042 - a StrEnum's member takes no second value
    """An enum of UPPER_CASE words, each declared with its description: `OPEN = "OPEN", "Somebody should act."`"""

    doc: str

    def __new__(cls, value: str, doc: str) -> Self:
        """Keep the description beside the word."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.doc = doc
        return member

    def __str__(self) -> str:
        return str(self.value)
