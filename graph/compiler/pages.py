"""The page of a connection that its arguments ask for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from deskgraph.graph.compiler.slots import Slot, known
from deskgraph.schema.errors import InvalidInputError
from deskgraph.schema.noun import Noun
from deskgraph.schema.paging import DEFAULT_PAGE, MAX_PAGE, Order, decode_cursor, full_order, parse_order


@dataclass(frozen=True, slots=True)
class Page:
    """Which rows of a connection are wanted: `size` rows on one side of the cursor, seen in `orders`."""

    size: int
    orders: tuple[Order, ...]
    backward: bool = False
    after: list[Any] | None = None
    before: list[Any] | None = None


def page_of(noun: type[Noun], arguments: dict[str, Any], default_order: str = "") -> Page:
    """The page that a connection's arguments ask for; INVALID_INPUT where they contradict each other or the limits."""
    orders = full_order(noun, [_order(noun, entry) for entry in arguments.get("orderBy") or ()], default_order)
    first, last = arguments.get("first"), arguments.get("last")
    if first is not None and last is not None:
        raise InvalidInputError("Give first or last, not both.", field="first")
    after, before = arguments.get("after"), arguments.get("before")
    return Page(
        size=_size("last" if last is not None else "first", known(last if last is not None else first)),
        orders=orders,
        backward=last is not None,
        after=place(orders, after),
        before=place(orders, before),
    )


def place(orders: tuple[Order, ...], cursor: Any) -> list[Any] | None:
    """The values in a cursor, if there is one. INVALID_CURSOR where it isn't one of this order."""
    if isinstance(cursor, Slot):
        return [cursor.then(partial(_column, orders, at)) for at in range(len(orders))]
    return None if cursor is None else decode_cursor(orders, cursor)


def _column(orders: tuple[Order, ...], at: int, cursor: str) -> Any:
    return decode_cursor(orders, cursor)[at]


def _size(name: str, value: int | None) -> int:
    if value is None:
        return DEFAULT_PAGE
    if not 1 <= value <= MAX_PAGE:
        raise InvalidInputError(f"{name} must be from 1 to {MAX_PAGE}, not {value}.", field=name)
    return value


def _order(noun: type[Noun], entry: dict[str, Any]) -> Order:
    """The order of one entry such as `{createdAt: DESC}`."""
    if len(entry) != 1:
        raise InvalidInputError(
            "Each entry of orderBy names one field: [{priority: DESC}, {createdAt: ASC}].", field="orderBy"
        )
    [(name, direction)] = entry.items()
    if direction is None:
        raise InvalidInputError(f"orderBy.{name} must be ASC or DESC.", field="orderBy")
    return parse_order(noun, f"-{name}" if str(direction) == "DESC" else name)
