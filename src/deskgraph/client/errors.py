"""Errors as they come over the wire, made into the exceptions that the same mistake raises in process."""

from __future__ import annotations

from typing import Any

from deskgraph.schema.errors import DeskError, UnavailableError, all_errors

BY_CODE = {error.code: error for error in all_errors()}


class NeverArrivedError(UnavailableError):
    """The server was not reached: nothing was sent."""


def error_of(code: str, message: str, field: str | None = None) -> DeskError:
    """The exception of a code; of one that this client does not know a DeskError with that code."""
    error = BY_CODE.get(code, DeskError)(message, field=field)
    error.code = code
    return error


def raise_first(errors: list[dict[str, Any]]) -> None:
    """Raise the first of a payload's or of GraphQL's own errors, if there is one."""
    for error in errors:
        known = {**error, **(error.get("extensions") or {})}
        raise error_of(known.get("code", DeskError.code), error["message"], known.get("field"))
