"""Orders of connections, and cursors: where a row lies in an order (Relay cursor connections, keyset paging)."""

from __future__ import annotations

import base64
import binascii
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from deskgraph.schema.errors import InvalidCursorError, InvalidInputError
from deskgraph.schema.fields import Choice, Integer, Moment, Prop
from deskgraph.schema.noun import Noun
from deskgraph.schema.scalars import parse_datetime

DEFAULT_PAGE = 50
MAX_PAGE = 100


class Score(Prop):
    """How well a row fits a full-text search. It is not stored: the search has it beside the node."""

    def sort(self, variable: str) -> str:
        """The variable that has it."""
        return f"{variable}_score"


@dataclass(frozen=True, slots=True)
class Order:
    """One column of an order."""

    prop: Prop
    descending: bool = False

    @property
    def sign(self) -> str:
        """How a cursor names the column: `-createdAt` is descending."""
        return f"-{self.prop.graphql}" if self.descending else self.prop.graphql


# What fits a search best comes first.
BY_SCORE = (Order(Score("How well it fits.").named("score"), descending=True), Order(Noun.id))


def parse_order(noun: type[Noun], text: str) -> Order:
    """The order of `-created_at` (descending) or `created_at`, in Python's or GraphQL's spelling."""
    name = text.removeprefix("-")
    for prop in noun.props():
        if prop.sortable and name in (prop.name, prop.graphql):
            return Order(prop, text.startswith("-"))
    names = ", ".join(prop.name for prop in noun.props() if prop.sortable)
    raise InvalidInputError(f"{noun.__name__} can't be ordered by {name!r}; it can by {names}.", field="orderBy")


def full_order(noun: type[Noun], orders: Sequence[Order], default: str = "") -> tuple[Order, ...]:
    """`orders`, or else the default, made total by the id. A column that comes again changes nothing."""
    first = {order.prop.name: order for order in reversed(orders)}
    chosen = tuple(first[name] for name in dict.fromkeys(order.prop.name for order in orders))
    chosen = chosen or (parse_order(noun, default or noun.order),)
    names = {order.prop.name for order in chosen}
    unique = names & {"id", "position"}
    return chosen if unique else (*chosen, Order(noun.props()[0], chosen[-1].descending))


def encode_cursor(orders: Sequence[Order], values: Sequence[Any]) -> str:
    """An opaque cursor: the order's columns and the row's values in them."""
    text = orjson.dumps([[order.sign for order in orders], list(values)])
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def decode_cursor(orders: Sequence[Order], cursor: str) -> list[Any]:
    """The values in a cursor; INVALID_CURSOR where it isn't one, or is one of another order."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        signs, values = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, TypeError, binascii.Error) as error:
        raise InvalidCursorError(field="after") from error
    if signs != [order.sign for order in orders]:
        raise InvalidCursorError("The cursor is of a list in another order: start again without it.", field="after")
    if not isinstance(values, list) or len(values) != len(orders) or not all(map(_fits, orders, values)):
        raise InvalidCursorError(field="after")
    return values


def _fits(order: Order, value: object) -> bool:
    """Whether the value is of the column's kind: somebody may have made the cursor up."""
    if isinstance(order.prop, Moment):
        with contextlib.suppress(ValueError):
            return isinstance(value, str) and bool(parse_datetime(value))
        return False
    if isinstance(order.prop, Score):
        return type(value) is float
    wanted = int if isinstance(order.prop, Integer) or (isinstance(order.prop, Choice) and order.prop.ranked) else str
    return type(value) is wanted
