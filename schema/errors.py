"""Every error that a caller may meet, by its stable code. A test compares docs/errors.md with this list."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that ambiguous or misspelled words might mean; `id` where it is something there is."""

    text: str
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """The words of a sentence that an error is about, by their place in the text, and what would do instead.

    `step` is the number of the step that they belong to, from 1, where steps could be told.
    """

    position: int = 0
    length: int = 0
    words: str = ""
    step: int | None = None
    candidates: tuple[Candidate, ...] = ()
    example: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """What JSON can say."""
        return asdict(self) | {"candidates": [asdict(candidate) for candidate in self.candidates]}


class DeskError(Exception):
    """Something went wrong inside deskgraph."""

    code = "INTERNAL"

    def __init__(self, message: str | None = None, *, field: str | None = None, problem: Problem | None = None) -> None:
        """`message` says what to do, by default the class's docstring; `field` is the input at fault, as in GraphQL.

        `problem` has the words at fault, where it was a sentence that was to be done.
        """
        super().__init__(message or type(self).__doc__)
        self.field = field
        self.problem = problem

    @property
    def message(self) -> str:
        """What went wrong and what to do about it."""
        return str(self)


class InvalidInputError(DeskError):
    """A value is missing, of the wrong form or out of its range."""

    code = "INVALID_INPUT"


class InvalidCursorError(DeskError):
    """The cursor is not one that this list or log gave: start again without it."""

    code = "INVALID_CURSOR"


class CursorExpiredError(DeskError):
    """What followed this position was trimmed from the log: go on after a later one."""

    code = "CURSOR_EXPIRED"

    def __init__(self, message: str | None = None, *, field: str | None = None, after: int = 0) -> None:
        """`after` is the first position that can be resumed from."""
        super().__init__(message, field=field)
        self.after = after


class NotFoundError(DeskError):
    """There is nothing with this id in the workspace."""

    code = "NOT_FOUND"


class RateLimitedError(DeskError):
    """Too many operations by this key: wait."""

    code = "RATE_LIMITED"

    def __init__(self, message: str | None = None, *, field: str | None = None, seconds: int = 1) -> None:
        """`seconds`: after how many it is worth trying again."""
        super().__init__(message or f"Too many operations by this key: try again in {seconds} s.", field=field)
        self.seconds = seconds


class ForbiddenError(DeskError):
    """The key's role does not allow this."""

    code = "FORBIDDEN"


class AlreadyExistsError(DeskError):
    """The id is taken: choose another one, or leave it out."""

    code = "ALREADY_EXISTS"


class NotUnderstoodError(DeskError):
    """The sentence is not one that `do` understands."""

    code = "NOT_UNDERSTOOD"


class AmbiguousError(DeskError):
    """The sentence may mean several things: say which."""

    code = "AMBIGUOUS"


class BatchRefusedError(DeskError):
    """Nothing of the batch was done, because another item of it was refused."""

    code = "BATCH_REFUSED"


class InvalidTransitionError(DeskError):
    """The verb is not allowed from the state the noun is in."""

    code = "INVALID_TRANSITION"


class VersionConflictError(DeskError):
    """Somebody else changed it first: read it again, then decide."""

    code = "VERSION_CONFLICT"


class HookRejectedError(DeskError):
    """A before-hook vetoed the verb; its own words are the message."""

    code = "HOOK_REJECTED"


class IdempotencyConflictError(DeskError):
    """The idempotency key was used for another verb or another input: use a new key."""

    code = "IDEMPOTENCY_CONFLICT"


class NoAgentAvailableError(DeskError):
    """No support user is online with capacity left: name an agent, or try again later."""

    code = "NO_AGENT_AVAILABLE"


class UnauthenticatedError(DeskError):
    """The API key is missing or wrong: send `Authorization: Bearer KEY`."""

    code = "UNAUTHENTICATED"


class UnavailableError(DeskError):
    """The database does not answer: try again; an idempotency key makes that safe."""

    code = "UNAVAILABLE"


class TookTooLongError(UnavailableError):
    """The transaction took longer than one may, and was rolled back: try again, with less to do at once."""


class CausalChainError(DeskError):
    """An event is more than 16 steps away from the first cause: hooks seem to call each other in a circle."""

    code = "CAUSAL_CHAIN_TOO_LONG"


class DeliveryExpiredError(DeskError):
    """The delivery is no longer yours: its time ran out, or it was settled before. Whoever has it now settles it."""

    code = "DELIVERY_EXPIRED"


class QueryTooLongError(DeskError):
    """The operation's text is too long."""

    code = "QUERY_TOO_LONG"


class TooManyTokensError(DeskError):
    """The operation's text has too many words and signs."""

    code = "TOO_MANY_TOKENS"


class QueryTooDeepError(DeskError):
    """The operation's fields are nested too deeply."""

    code = "QUERY_TOO_DEEP"


class ValuesTooDeepError(DeskError):
    """Values are nested too deeply."""

    code = "VALUES_TOO_DEEP"


class TooManyRootFieldsError(DeskError):
    """The operation has too many fields at its top."""

    code = "TOO_MANY_ROOT_FIELDS"


class TooManyAliasesError(DeskError):
    """The operation has too many aliases, each counted as often as its fragment is spread."""

    code = "TOO_MANY_ALIASES"


class TooManyDirectivesError(DeskError):
    """The operation has too many directives, each counted as often as its fragment is spread."""

    code = "TOO_MANY_DIRECTIVES"


class TooManyFieldsError(DeskError):
    """The operation has too many fields, each counted as often as its fragment is spread."""

    code = "TOO_MANY_FIELDS"


class QueryTooCostlyError(DeskError):
    """The answer may hold too many nodes: ask for shorter pages (`first`), or for less at once."""

    code = "QUERY_TOO_COSTLY"


class FilterTooComplexError(DeskError):
    """The operation's filters have too many conditions: at most 500 in all, of which 20 may cross an edge."""

    code = "FILTER_TOO_COMPLEX"


class VariablesTooLargeError(DeskError):
    """The variables are too large."""

    code = "VARIABLES_TOO_LARGE"


class BodyTooLargeError(DeskError):
    """The request's body is too large."""

    code = "BODY_TOO_LARGE"


class RequestTimeoutError(DeskError):
    """The request did not arrive in time."""

    code = "REQUEST_TIMEOUT"


class TooManyOperationsError(DeskError):
    """The connection has too many operations at once: wait until one is complete."""

    code = "TOO_MANY_OPERATIONS"


class TooManyConnectionsError(DeskError):
    """The server has all the connections that it may have: try again later."""

    code = "TOO_MANY_CONNECTIONS"


class PersistedQueryNotFoundError(DeskError):
    """There is no trusted document of this hash or id."""

    code = "PERSISTED_QUERY_NOT_FOUND"


class PersistedQueryRequiredError(DeskError):
    """Only trusted documents are taken here: send the hash or id of one, not a text of your own."""

    code = "PERSISTED_QUERY_REQUIRED"


class BadRequestError(DeskError):
    """It is no GraphQL request."""

    code = "BAD_REQUEST"


def all_errors() -> list[type[DeskError]]:
    """The base class, then every error class, in the order of their declaration."""
    return [DeskError, *DeskError.__subclasses__()]
