"""What somebody wants done, and what it led to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, Literal, TypeGuard

import orjson

from deskgraph.graph.compiler.cypher import Plan, Response, Value, picked, plan
from deskgraph.graph.compiler.picks import Pick, record_picks
from deskgraph.graph.compiler.scope import Scope
from deskgraph.schema.errors import BatchRefusedError, DeskError
from deskgraph.schema.event import Event
from deskgraph.schema.noun import Noun, noun_of
from deskgraph.schema.roles import Role
from deskgraph.schema.verb import Verb

RECORD = "record"
WRITTEN = "written"


@dataclass(frozen=True, slots=True)
class Want:
    """What a caller wants to read of a verb's `subject` or `event`, in the verb's own transaction."""

    of: Literal["subject", "event"]
    picks: tuple[Pick, ...]

    def picks_field(self, name: str) -> bool:
        """Whether the field of that name is among what is wanted."""
        return any(pick.field is not None and pick.field.name == name for pick in self.picks)


class Wanted(dict[str, Want]):
    """All that is wanted of a verb of one noun, by its key, by somebody of that role."""

    def __init__(self, noun: type[Noun], wants: dict[str, Want], role: Role | None = None) -> None:
        super().__init__(wants)
        self.noun = noun
        self.role = role

    @cached_property
    def plan(self) -> Plan:
        """How it is read with the write, of the noun `n` and its `event`; one value at least, so that there is a row.

        Verbs of which the same is wanted, by this object, may be written together. FORBIDDEN where the role sees none.
        """
        scope = Scope(self.role)
        nodes: dict[str, tuple[type[Noun], str]] = {"event": (Event, "event"), "subject": (self.noun, "n")}
        for want in self.values():
            scope.seen(*nodes[want.of])
        values = {key: picked(*nodes[want.of], want.picks, scope) for key, want in self.items()}
        return plan(values or {WRITTEN: Value("true")}, scope)


def record_wanted(noun: type[Noun], role: Role | None = None) -> Wanted:
    """The noun as a record holds it, under `RECORD`."""
    return _record_wanted(noun.__name__, role)


@cache
def _record_wanted(name: str, role: Role | None) -> Wanted:
    noun = noun_of(name)
    return Wanted(noun, {RECORD: Want("subject", record_picks(noun))}, role)


@dataclass(frozen=True, slots=True)
class Command:
    """A verb that somebody wants done. `given` has the inputs in Python's names."""

    verb: type[Verb]
    given: dict[str, Any]
    subject: str | None = None
    expected_version: int | None = None
    idempotency_key: str | None = None

    def fingerprint(self) -> str:
        """What tells this command from another one under the same idempotency key."""
        parts = [self.verb.mutation(), self.subject, self.expected_version, self.given]
        return hashlib.sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS, default=str)).hexdigest()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command led to. `payload` has what was wanted, by its key; `replayed`: by an earlier one with its key.

    `reveal` has what the answer has this once, by its name.
    """

    subject: str
    event: str
    payload: Response = field(default_factory=Response)
    replayed: bool = False
    reveal: dict[str, str] = field(default_factory=dict, repr=False)


Answer = Outcome | DeskError


def is_at_fault(answer: Answer) -> TypeGuard[DeskError]:
    """Whether it was refused for a reason of its own, and not because another one of its batch was."""
    return isinstance(answer, DeskError) and not isinstance(answer, BatchRefusedError)
