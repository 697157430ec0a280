"""Mutations: one resolver for all verbs, from the input to the payload."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from graphql import GraphQLResolveInfo

from deskgraph.graph.compiler.picks import TYPENAME
from deskgraph.graph.compiler.selection import Selection
from deskgraph.resolvers.command import Command, Want
from deskgraph.schema.errors import DeskError
from deskgraph.schema.event import Event
from deskgraph.schema.types import UserError
from deskgraph.schema.verb import Verb

Resolver = Callable[..., Awaitable[dict[str, Any]]]


def mutation(verb: type[Verb]) -> Resolver:
    """The resolver of a verb's mutation. What a caller can put right is in the payload's `errors`."""

    async def resolve(selection: Selection, info: GraphQLResolveInfo[Any], input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002 - the argument's name
        wanted, others = _payload(verb, selection, info)
        answers: dict[str, Any] = {"errors": [], TYPENAME: f"{verb.noun.__name__}Payload"}
        try:
            outcome = await info.context.session.desk.perform(info.context.session, command(verb, input), wanted)
        except DeskError as error:
            payload: dict[str, Any] = dict.fromkeys(wanted)
            answers["errors"] = [UserError(code=error.code, message=error.message, field=error.field)]
        else:
            payload = outcome.payload
            answers |= outcome.reveal
        return {**payload, **{key: answers.get(name) for key, name in others.items()}}

    return resolve


def command(verb: type[Verb], given: dict[str, Any]) -> Command:
    """The command of a mutation's input."""
    given = dict(given)
    special = {name: given.pop(name, None) for name in ("id", "expectedVersion", "idempotencyKey")}
    python = {declared.graphql: name for name, declared in verb.inputs.items()}
    return Command(
        verb,
        {python[name]: value for name, value in given.items()},
        special["id"],
        special["expectedVersion"],
        special["idempotencyKey"],
    )


def _payload(
    verb: type[Verb], selection: Selection, info: GraphQLResolveInfo[Any]
) -> tuple[dict[str, Want], dict[str, str]]:
    """What the payload's selection wants, by response key: of noun and event; the names of its other fields."""
    wanted: dict[str, Want] = {}
    others: dict[str, str] = {}
    selected = selection.fields([node.selection_set for node in info.field_nodes], f"{verb.noun.__name__}Payload")
    for key, nodes in selected.items():
        name = nodes[0].name.value
        if name == "event":
            wanted[key] = Want("event", selection.picks(Event, nodes))
        elif name == verb.noun.prefix:
            wanted[key] = Want("subject", selection.picks(verb.noun, nodes))
        else:
            others[key] = name
    return wanted, others
