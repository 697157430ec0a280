"""What an HTTP request asks for: its body read within limits, its parameters looked at, before anything is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from functools import lru_cache
from typing import Any

import orjson
from starlette.requests import Request

from deskgraph.schema.errors import BadRequestError, BodyTooLargeError, DeskError, VariablesTooLargeError

JSON = "application/json"


class RefusedError(Exception):
    """A request is answered with an HTTP status and an error instead of a result."""

    def __init__(self, status: int, error: DeskError, headers: dict[str, str] | None = None) -> None:
        super().__init__(error.message)
        self.status = status
        self.error = error
        self.headers = headers


@dataclass(frozen=True, slots=True)
class Sizes:
    """The most bytes that a request's body and an operation's variables may have."""

    body: int = 10 * 2**20
    variables: int = 5 * 2**20

    def check_variables(self, variables: dict[str, Any] | None, received: int) -> None:
        """VARIABLES_TOO_LARGE if they are. They are weighed only where all that was `received` is larger."""
        if variables and received > self.variables and _weight(variables) > self.variables:
            raise VariablesTooLargeError(f"{VariablesTooLargeError.__doc__} {self.variables:,} bytes are the most.")


@dataclass(frozen=True, slots=True)
class Asked:
    """An operation as it was sent. `document_id` names a trusted document, by an id or by its hash."""

    query: str | None
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
    extensions: dict[str, Any] | None = None
    document_id: str | None = None

    @classmethod
    def of(cls, given: Any) -> Asked:
        """What an object asks for; BAD_REQUEST unless every parameter is of its kind."""
        if not isinstance(given, dict):
            raise BadRequestError("Send a JSON object with a query.")
        values = [given.get(name) for name in PARAMETERS]
        for value, (name, (kind, told)) in zip(values, PARAMETERS.items(), strict=True):
            if value is not None and not isinstance(value, kind):
                raise BadRequestError(f"{name} must be {told}.", field=name)
        asked = cls(*values)
        if not (asked.query or asked.document_id or asked.hash):
            raise BadRequestError("Send a query.", field="query")
        return asked

    @property
    def hash(self) -> str | None:
        """The hash of a persisted query, as Apollo's clients send it."""
        found = (self.extensions or {}).get("persistedQuery")
        given = found.get("sha256Hash") if isinstance(found, dict) else None
        return given if isinstance(given, str) else None


PARAMETERS: dict[str, tuple[type, str]] = {
    "query": (str, "text"),
    "variables": (dict, "an object"),
    "operationName": (str, "text"),
    "extensions": (dict, "an object"),
    "documentId": (str, "text"),
}


async def asked_of(request: Request, sizes: Sizes) -> Asked:
    """What a request asks for, by GET in its URL or by POST in its body; RefusedError if it is none of GraphQL."""
    try:
        if request.method == "GET":
            return Asked.of(_parameters(request.query_params))
        check_content_type(request)
        body = await body_of(request, sizes.body)
        asked = Asked.of(_decoded(body))
        sizes.check_variables(asked.variables, len(body))
    except BadRequestError as error:
        raise RefusedError(400, error) from error
    except VariablesTooLargeError as error:
        raise RefusedError(413, error) from error
    return asked


def check_content_type(request: Request) -> None:
    """Only JSON in UTF-8 is read: what a page elsewhere can send without asking is of another type."""
    if request.method != "POST":
        raise RefusedError(405, BadRequestError("Send GET or POST."), {"Allow": "GET, POST"})
    if not _is_json(request.headers.get("content-type", "")):
        raise RefusedError(415, BadRequestError(f"Send Content-Type: {JSON}, in UTF-8."))


@lru_cache(100)
def _is_json(content_type: str) -> bool:
    header = Message()
    header["content-type"] = content_type
    charset = header.get_param("charset", "utf-8")
    return header.get_content_type() == JSON and str(charset).lower() in ("utf-8", "utf8")


async def body_of(request: Request, most: int) -> bytes:
    """The request's body, of which no more than that is read."""
    length = request.headers.get("content-length", "0")
    body = bytearray()
    if int(length) <= most:
        async for chunk in request.stream():
            body += chunk
            if len(body) > most:
                break
        else:
            return bytes(body)
    error = BodyTooLargeError(f"{BodyTooLargeError.__doc__} {most:,} bytes are the most.")
    raise RefusedError(413, error, {"Connection": "close"})  # the rest is not read


def _weight(variables: dict[str, Any]) -> int:
    try:
        return len(orjson.dumps(variables))
    except TypeError:  # nested too deeply to be written, which is found before they are used
        return 0


def _parameters(query: Mapping[str, str]) -> dict[str, Any]:
    """A URL's parameters; objects are written as JSON in it."""
    given: dict[str, Any] = {name: query[name] for name in PARAMETERS if name in query}
    for name in ("variables", "extensions"):
        if name in given:
            given[name] = _decoded(given[name]) if given[name] else None
    return given


def _decoded(text: bytes | str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadRequestError(f"It must be JSON: {error}.") from error
