"""Mutations: one resolver for all verbs, from the input to the payload."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from graphql import FieldNode, GraphQLResolveInfo

from deskgraph.graph.compiler.picks import TYPENAME
from deskgraph.graph.compiler.selection import Selection
from deskgraph.resolvers.command import Answer, Command, Outcome, Want, is_at_fault
from deskgraph.schema.errors import DeskError
from deskgraph.schema.event import Event
from deskgraph.schema.types import UserError
from deskgraph.schema.verb import Verb

Resolver = Callable[..., Awaitable[dict[str, Any]]]


def mutation(verb: type[Verb]) -> Resolver:
    """The resolver of a verb's mutation. What a caller can put right is in the payload's `errors`."""

    async def resolve(selection: Selection, info: GraphQLResolveInfo[Any], input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002 - the argument's name
        wanted, others = _payload(verb, selection, info.field_nodes)
        answer: Answer
        try:
            answer = await info.context.session.desk.perform(info.context.session, command(verb, input), wanted)
        except DeskError as error:
            answer = error
        return _told(verb, answer, {key: key for key in wanted}, others)

    return resolve


def batch_mutation(verb: type[Verb]) -> Resolver:
    """The resolver of the mutation that does a verb many times."""
    name = f"{verb.noun.__name__}BatchPayload"

    async def resolve(selection: Selection, info: GraphQLResolveInfo[Any], input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002 - the argument's name
        fields = selection.fields([node.selection_set for node in info.field_nodes], name)
        lists = {key: nodes for key, nodes in fields.items() if nodes[0].name.value == "results"}
        payloads = {key: _payload(verb, selection, nodes) for key, nodes in lists.items()}
        # The same field may be asked for under several names, each time with other selections.
        keys = {key: {one: f"r{at}_{one}" for one in payloads[key][0]} for at, key in enumerate(payloads)}
        wanted = {keys[key][one]: want for key, (wants, _) in payloads.items() for one, want in wants.items()}
        commands = [command(verb, item) for item in input["items"]]
        session, atomic = info.context.session, input.get("atomic") is not False
        try:
            answers = await session.desk.perform_batch(session, verb, commands, wanted, atomic=atomic)
            errors = [_error(one, f"items.{at}") for at, one in enumerate(answers) if is_at_fault(one)]
        except DeskError as error:
            answers, errors = [], [_error(error)]
        values = {"done": sum(isinstance(one, Outcome) for one in answers), "errors": errors, TYPENAME: name}
        results = {key: [_told(verb, one, keys[key], payloads[key][1]) for one in answers] for key in lists}
        return {key: results[key] if key in lists else values[nodes[0].name.value] for key, nodes in fields.items()}

    return resolve


def _told(verb: type[Verb], answer: Answer, keys: dict[str, str], others: dict[str, str]) -> dict[str, Any]:
    """The payload of one answer. `keys`: what was wanted by response key; `others`: its other fields' names."""
    values: dict[str, Any] = {"errors": [], TYPENAME: f"{verb.noun.__name__}Payload"}
    if isinstance(answer, DeskError):
        payload: dict[str, Any] = dict.fromkeys(keys)
        values["errors"] = [_error(answer)]
    else:
        payload = {key: answer.payload[wanted] for key, wanted in keys.items()}
        values |= answer.reveal
    return {**payload, **{key: values.get(name) for key, name in others.items()}}


def _error(error: DeskError, item: str = "") -> UserError:
    path = ".".join(part for part in (item, error.field or "") if part)
    return UserError(code=error.code, message=error.message, field=path or None)


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
    verb: type[Verb], selection: Selection, nodes: Iterable[FieldNode]
) -> tuple[dict[str, Want], dict[str, str]]:
    """What the payload's selection wants, by response key: of noun and event; the names of its other fields."""
    wanted: dict[str, Want] = {}
    others: dict[str, str] = {}
    selected = selection.fields([node.selection_set for node in nodes], f"{verb.noun.__name__}Payload")
    for key, found in selected.items():
        name = found[0].name.value
        if name == "event":
            wanted[key] = Want("event", selection.picks(Event, found))
        elif name == verb.noun.prefix:
            wanted[key] = Want("subject", selection.picks(verb.noun, found))
        else:
            others[key] = name
    return wanted, others
