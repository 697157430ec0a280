"""Mutations: one resolver for all verbs, from the input to the payload."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

from graphql import FieldNode, GraphQLResolveInfo

from deskgraph.graph.compiler.picks import TYPENAME
from deskgraph.graph.compiler.selection import Selection
from deskgraph.graph.telemetry import observed
from deskgraph.resolvers.command import Answer, Command, Outcome, Want, Wanted, is_at_fault
from deskgraph.resolvers.session import Session
from deskgraph.schema.errors import DeskError
from deskgraph.schema.event import Event
from deskgraph.schema.roles import Role
from deskgraph.schema.types import UserError
from deskgraph.schema.verb import Verb

Resolver = Callable[..., Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Payload:
    """What is selected of a verb's payload: `wanted` of noun and event, the names of all its fields by their keys."""

    verb: type[Verb]
    wanted: Wanted
    names: dict[str, str]

    def told(self, answer: Answer, keys: dict[str, str] | None = None) -> dict[str, Any]:
        """The fields of one answer. `keys`: the keys that they were wanted under, if they are others."""
        values: dict[str, Any] = {"errors": [], TYPENAME: f"{self.verb.noun.__name__}Payload"}
        read: dict[str, Any] = {}
        if isinstance(answer, DeskError):
            values["errors"] = [_error(answer)]
        else:
            read, values = answer.payload, values | answer.reveal
        asked = keys or {key: key for key in self.wanted}
        return {
            key: read.get(asked[key]) if key in self.wanted else values.get(name) for key, name in self.names.items()
        }


def mutation(verb: type[Verb]) -> Resolver:
    """The resolver of a verb's mutation. What a caller can put right is in the payload's `errors`."""

    async def resolve(selection: Selection, info: GraphQLResolveInfo[Any], input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002 - the argument's name
        done: dict[str, Any] = info.context.done
        if info.path.key in done:
            return await _done(done[info.path.key])
        session: Session = info.context.session
        payload = payload_of(verb, selection, info.field_nodes, session.caller.role)
        return payload.told(await performed(session, payload, input))

    return resolve


async def performed(session: Session, payload: Payload, given: dict[str, Any]) -> Answer:
    """What became of a mutation with this input."""
    try:
        return await session.desk.perform(session, command(payload.verb, given), payload.wanted)
    except DeskError as error:
        return error


async def _done(done: dict[str, Any] | Exception) -> dict[str, Any]:
    """What was done already, and has only to be told in the way of the executor."""
    if isinstance(done, Exception):
        raise done
    return done


def batch_mutation(verb: type[Verb]) -> Resolver:
    """The resolver of the mutation that does a verb many times."""
    name = f"{verb.noun.__name__}BatchPayload"

    async def resolve(selection: Selection, info: GraphQLResolveInfo[Any], input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002 - the argument's name
        fields = selection.fields([node.selection_set for node in info.field_nodes], name)
        lists = {key: nodes for key, nodes in fields.items() if nodes[0].name.value == "results"}
        payloads = {key: payload_of(verb, selection, nodes) for key, nodes in lists.items()}
        # The same field may be asked for under several names, each time with other selections.
        keys = {key: {one: f"r{at}_{one}" for one in payloads[key].wanted} for at, key in enumerate(payloads)}
        wanted = {keys[key][one]: want for key, payload in payloads.items() for one, want in payload.wanted.items()}
        commands = [command(verb, item) for item in input["items"]]
        session, atomic = info.context.session, input.get("atomic") is not False
        all_wanted = Wanted(verb.noun, wanted, session.caller.role)
        try:
            answers = await session.desk.perform_batch(session, verb, commands, all_wanted, atomic=atomic)
            errors = [_error(one, f"items.{at}") for at, one in enumerate(answers) if is_at_fault(one)]
        except DeskError as error:
            answers, errors = [], [_error(error)]
        values = {"done": sum(isinstance(one, Outcome) for one in answers), "errors": errors, TYPENAME: name}
        results = {key: [payloads[key].told(one, keys[key]) for one in answers] for key in lists}
        return {key: results[key] if key in lists else values[nodes[0].name.value] for key, nodes in fields.items()}

    return resolve


def _error(error: DeskError, item: str = "") -> UserError:
    observed().note(error.code)
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


def payload_of(verb: type[Verb], selection: Selection, nodes: Iterable[FieldNode], role: Role | None = None) -> Payload:
    """What these fields select of the verb's payload, for somebody of that role."""
    wanted: dict[str, Want] = {}
    names: dict[str, str] = {}
    selected = selection.fields([node.selection_set for node in nodes], f"{verb.noun.__name__}Payload")
    for key, found in selected.items():
        names[key] = name = found[0].name.value
        if name == "event":
            wanted[key] = Want("event", selection.picks(Event, found))
        elif name == verb.noun.prefix:
            wanted[key] = Want("subject", selection.picks(verb.noun, found))
    return Payload(verb, Wanted(verb.noun, wanted, role), names)
