"""Answers over HTTP: in the media type that the client accepts, with the status that belongs to it."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.responses import Response
from strawberry.types import ExecutionResult

from deskgraph.asked import JSON, RefusedError
from deskgraph.graph.telemetry import observed
from deskgraph.schema.errors import BadRequestError, DeskError, RateLimitedError, UnavailableError

GRAPHQL_JSON = "application/graphql-response+json"
# The media types that a range of an Accept header takes; of several the first.
RANGES = {JSON: JSON, GRAPHQL_JSON: GRAPHQL_JSON, "application/*": JSON, "*/*": JSON}
RETRY_AFTER = {"Retry-After": "1"}


def accepted(accept: str) -> str:
    """The media type to answer in, the client's favourite; refused with 406 if it takes none of GraphQL's."""
    if not accept.strip():
        return JSON
    weights: dict[str, float] = {}
    for part in accept.split(","):
        range_, *parameters = (one.strip().lower() for one in part.split(";"))
        if range_ in RANGES:
            weights.setdefault(RANGES[range_], _weight(parameters))
    best = max(weights, key=lambda media_type: weights[media_type], default=JSON)
    if not weights.get(best):
        raise RefusedError(406, BadRequestError(f"Accept {JSON} or {GRAPHQL_JSON}; streams are at /graphql/stream."))
    return best


def _weight(parameters: list[str]) -> float:
    try:
        return next((float(one[2:]) for one in parameters if one.startswith("q=")), 1.0)
    except ValueError:
        return 0.0


def error_response(
    status: int,
    code: str,
    message: str,
    headers: dict[str, str] | None = None,
    media_type: str = JSON,
) -> Response:
    """An error as GraphQL clients read it."""
    observed().note(code)
    body = {"errors": [{"message": message, "extensions": {"code": code}}]}
    return Response(orjson.dumps(body), status, headers, media_type)


def refusal(error: DeskError) -> RefusedError:
    """How a request is refused whose sender may not come in, or not now."""
    if isinstance(error, RateLimitedError):
        return RefusedError(429, error, {"Retry-After": str(error.seconds)})
    if isinstance(error, UnavailableError):
        return RefusedError(503, error, RETRY_AFTER)
    return RefusedError(401, error, {"WWW-Authenticate": "Bearer"})


def refused_response(refused: RefusedError) -> Response:
    """The answer to a request that was refused."""
    return error_response(refused.status, refused.error.code, str(refused), refused.headers)


def result_body(result: ExecutionResult) -> dict[str, Any]:
    """A result as it is sent. Where errors that belong to no field kept it from being executed, there is no data."""
    errors = result.errors or []
    failed = result.data is None and bool(errors) and not any(error.path for error in errors)
    body: dict[str, Any] = {} if failed else {"data": result.data}
    if errors:
        observed().note((errors[0].extensions or {}).get("code", DeskError.code))
        body["errors"] = [error.formatted for error in errors]
    return body | ({"extensions": result.extensions} if result.extensions else {})


def result_response(body: dict[str, Any], media_type: str) -> Response:
    """The answer with an operation's result."""
    codes = set() if "data" in body else {error["extensions"]["code"] for error in body["errors"]}
    if UnavailableError.code in codes:
        return Response(orjson.dumps(body), 503, RETRY_AFTER, media_type)
    status = 500 if DeskError.code in codes else 400
    return Response(orjson.dumps(body), status if codes and media_type == GRAPHQL_JSON else 200, None, media_type)
