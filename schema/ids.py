"""Ids: a noun's prefix, an underscore and random base62 characters, such as `ticket_rV7yKdPm`."""

from __future__ import annotations

import re
import secrets
import string

from deskgraph.schema.errors import InvalidInputError

BASE62 = string.ascii_letters + string.digits
RANDOM_CHARACTERS = 16
WELL_FORMED = re.compile(r"[a-z]+_[A-Za-z0-9]{4,64}")


def new_id(prefix: str) -> str:
    """A new random id of about 95 bits."""
    number, characters = secrets.randbelow(62**RANDOM_CHARACTERS), ""
    for _ in range(RANDOM_CHARACTERS):
        number, digit = divmod(number, 62)
        characters += BASE62[digit]
    return f"{prefix}_{characters}"


def check_id(value: object, prefix: str, field: str) -> str:
    """`value`, if it is an id of that prefix with 4 to 64 base62 characters; otherwise INVALID_INPUT."""
    if isinstance(value, str) and value.startswith(f"{prefix}_") and WELL_FORMED.fullmatch(value):
        return value
    raise InvalidInputError(
        f"{field} must be an id such as {prefix}_rV7yKdPm (4 to 64 letters and digits), not {value!r}.", field=field
    )


def prefix_of(value: str) -> str:
    """The noun's prefix of an id: `ticket` of `ticket_rV7yKdPm`."""
    return value.partition("_")[0]
