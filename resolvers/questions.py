"""What a before-hook elsewhere is asked about a verb, and what its answer means."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Self

import orjson
from strawberry.utils.str_converters import to_camel_case

from deskgraph.resolvers.records import Draft
from deskgraph.schema.errors import HookRejectedError, InvalidInputError
from deskgraph.schema.scalars import to_json

# Characters of a refusal that are told.
REASON = 1000


class Unusable(Exception):
    """A before-hook was not reached, or its answer is none."""


@dataclass(frozen=True, slots=True)
class Question:
    """A verb as it is about to be done, as JSON in GraphQL's names."""

    body: bytes

    @classmethod
    def about(cls, draft: Draft, actor: str, subject: str | None) -> Self:
        """The question about a draft."""
        verb, current = draft.verb, draft.current
        asked = {
            "verb": verb.key(),
            "id": subject,
            "actor": actor,
            "given": {verb.inputs[name].graphql: value for name, value in draft.given.items()},
            "current": {to_camel_case(name): value for name, value in current.as_dict().items()} if current else None,
        }
        return cls(to_json(asked))

    def id(self, seed: str, hook: str) -> str:
        """What names it: the same when the transaction, or the caller by its idempotency key, asks it again."""
        return f"call_{hashlib.sha256(orjson.dumps([seed, hook]) + self.body).hexdigest()[:32]}"


def verdict(body: bytes) -> dict[str, Any]:
    """The changes that an answer wants. HOOK_REJECTED where it refuses."""
    if not body.strip():
        return {}
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Unusable("its answer is no JSON, or too long") from error
    match said:
        case {"reject": str(reason), **more} if not more:
            raise HookRejectedError(reason[:REASON] or None)
        case {"change": dict(changes), **more} if not more:
            return changes
    if said != {}:
        raise Unusable('its answer is neither {"change": {...}} nor {"reject": "reason"}')
    return {}


def changed(draft: Draft, changes: dict[str, Any]) -> Draft:
    """The draft with changes, in GraphQL's names, if they are such as the verb's caller might have given."""
    verb = draft.verb
    names = {declared.graphql: name for name, declared in verb.inputs.items()}
    for name in changes:
        if name not in names:
            raise Unusable(f"it wants to set {name!r}, and {verb.mutation()} takes {', '.join(names) or 'nothing'}")
    try:
        given = verb.check({**draft.given, **{names[name]: value for name, value in changes.items()}})
    except InvalidInputError as error:
        raise Unusable(f"what it wants to set is none: {error}") from error
    return Draft(verb, given, draft.current)
