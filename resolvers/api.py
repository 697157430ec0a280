"""The GraphQL schema: roots put together from the declarations, and the functions behind them."""

from __future__ import annotations

import re
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import strawberry
import structlog
from graphql import (
    GraphQLError,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSyntaxError,
    get_operation_ast,
    get_variable_values,
)
from strawberry.exceptions import MissingQueryError
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionContext
from strawberry.types.field import StrawberryField

from deskgraph.graph.compiler.selection import Selection, fragments_of
from deskgraph.graph.telemetry import observed
from deskgraph.resolvers import consumer_fields, doing, streaming, verbs
from deskgraph.resolvers.costs import check_cost
from deskgraph.resolvers.documents import Document, mistakes
from deskgraph.resolvers.limits import Limits, syntax_refusal
from deskgraph.resolvers.mutating import Done
from deskgraph.resolvers.passing import MAX_OPERATIONS, MAX_TEXT
from deskgraph.resolvers.reading import read_operation
from deskgraph.resolvers.recent import Recent
from deskgraph.resolvers.resuming import Place, resumable
from deskgraph.resolvers.session import Session
from deskgraph.resolvers.writing import batch_mutation, mutation
from deskgraph.schema import types
from deskgraph.schema.consumers import DELIVERY, define_delivery
from deskgraph.schema.counts import counts_field
from deskgraph.schema.errors import DeskError, QueryTooDeepError
from deskgraph.schema.noun import NOUNS
from deskgraph.schema.scalars import SCALARS
from deskgraph.schema.verb import VERBS, Verb
from deskgraph.schema.words import capitalized

# Documents of texts that were found valid: there is one schema a process, so they stay so.
_VALID: Recent[Document] = Recent(MAX_OPERATIONS)
SUGGESTION = re.compile(r" Did you mean [^?]*\?")
log = structlog.get_logger(__name__)
__all__ = ["Context", "Schema", "schema", "verbs"]


@dataclass
class Context:
    """What an operation brings: whose session it is, where in the log it is.

    A WebSocket has the `header` Authorization and sets `connection_params`; `expired` waits until its key is worth
    nothing any more, `count` counts one more operation by it. `done` has what of a mutation was done already, by its
    key: the payload, or the exception.
    """

    session: Session
    header: str | None = None
    connection_params: dict[str, Any] = field(default_factory=dict)
    expired: Callable[[], Awaitable[None]] | None = None
    count: Callable[[], None] | None = None
    place: Place = field(default_factory=Place)
    done: Done = field(default_factory=dict)


class ReadAhead(SchemaExtension):
    """Resolves the operation's selections before execution; a query's data is read here, in one go."""

    def on_parse(self) -> Iterator[None]:
        """Take the document of a text that was parsed and found valid before."""
        execution = self.execution_context
        self._cost: int | None = None
        self._valid = _VALID.find((execution.query, self._limits))
        execution.parse_options = self._limits.parsing()  # type: ignore[assignment] # it knows of one option only
        execution.graphql_document = self._valid.node if self._valid else None
        yield

    def on_validate(self) -> Iterator[None]:
        """Refuse a document of several operations that does not say which one is meant; keep what is valid."""
        execution = self.execution_context
        document = execution.graphql_document
        assert document
        if execution._provided_operation_name is None and get_operation_ast(document) is None:
            message = "Say in operationName which of the document's operations is meant."
            execution.pre_execution_errors = [GraphQLError(message)]
        elif self._valid:
            execution.pre_execution_errors = []  # it need not be validated
        else:
            execution.pre_execution_errors = mistakes(execution.schema._schema, document, self._limits)
        yield
        if not execution.pre_execution_errors and not self._valid:
            self._valid = Document(document)
            if execution.query and len(execution.query) <= MAX_TEXT:
                _VALID.keep((execution.query, self._limits), self._valid)

    async def on_execute(self) -> AsyncIterator[None]:
        """Put what the resolvers need into the root value."""
        await self._prepare(self.execution_context)
        yield

    def get_results(self) -> dict[str, Any]:
        """What an answer has beside its data; a subscription's events have nothing."""
        shown = self._cost is not None and self._limits.report_cost
        return {"cost": self._cost} if shown else {}

    @property
    def _limits(self) -> Limits:
        limits: Limits = self.execution_context.context.session.desk.limits
        return limits

    async def _prepare(self, execution: ExecutionContext) -> None:
        document = execution.graphql_document
        assert document
        graphql = execution.schema._schema
        operation = get_operation_ast(document, execution.operation_name)
        if operation is None:
            return
        observed().begin(operation.operation.value)
        self._limits.check_values(execution.variables or {})
        variables = get_variable_values(graphql, operation.variable_definitions or (), execution.variables or {})
        if isinstance(variables, list):
            return  # execution will find the same errors and report them
        fragments = fragments_of(document)
        selection = Selection(graphql, operation, fragments, variables)
        execution.root_value = selection
        assert self._valid
        cost = check_cost(self._valid.cost(selection), self._limits.cost)
        if operation.operation.value != "subscription":
            self._cost = cost
        if operation.operation.value == "query":
            assert graphql.query_type
            execution.root_value = await read_operation(execution.context.session, selection, graphql.query_type)


class Schema(strawberry.Schema):
    """Strawberry's schema with this project's error codes."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Give every error its code; what nobody foresaw is logged under an id and told without details."""
        hidden = execution_context is not None and not execution_context.context.session.desk.limits.introspection
        for error in errors:
            _encode(error)
            observed().note((error.extensions or {})["code"])
            if hidden:
                error.message = SUGGESTION.sub("", error.message)


def _encode(error: GraphQLError) -> None:
    original = error.original_error
    while isinstance(original, GraphQLError) and original.original_error:
        original = original.original_error
    if error.extensions and "code" in error.extensions:
        return
    if isinstance(original, DeskError):
        extensions = {"code": original.code, **({"field": original.field} if original.field else {})}
    elif isinstance(error, GraphQLSyntaxError):
        refusal = syntax_refusal(error)
        extensions = {"code": refusal.code if refusal else "GRAPHQL_PARSE_FAILED"}
    elif isinstance(original, RecursionError):
        extensions = {"code": QueryTooDeepError.code}
        error.message = str(QueryTooDeepError())
    elif isinstance(original, InvalidOperationTypeError | CannotGetOperationTypeError | MissingQueryError):
        extensions = {"code": "BAD_REQUEST"}  # the first one only by GET, which is for reading
    elif original is None or isinstance(original, GraphQLError):
        extensions = {"code": "GRAPHQL_VALIDATION_FAILED" if error.path is None else "INTERNAL"}
    else:
        reference = uuid.uuid4().hex
        log.error("request.failed", reference=reference, path=error.path, exc_info=original)
        error.message = f"Something went wrong inside deskgraph; its log knows more under {reference}."
        extensions = {"code": "INTERNAL", "reference": reference}
    error.extensions = extensions


@cache
def schema() -> Schema:
    """The one schema of this process."""
    types.define_all(list(VERBS.values()))
    made = Schema(
        query=_query(),
        mutation=_mutation(),
        subscription=_subscription(),
        types=[types.TYPES[name] for name in NOUNS],
        extensions=[ReadAhead],
        config=StrawberryConfig(scalar_map=SCALARS),
    )
    _bind(made)
    return made


def _query() -> Any:
    fields = []
    of_id = {"id": ("ID", "Its id.")}
    for name, noun in NOUNS.items():
        what = name.lower()
        fields.append(
            types.field(noun.prefix, f"{name} | None", f"The {what} of that id; null where there is none.", of_id)
        )
        fields.append(
            types.field(noun.plural, f"{name}Connection", f"The workspace's {noun.plural}.", types.page_arguments(name))
        )
        fields.append(counts_field(noun))
    fields.append(types.field("node", "Node | None", "Anything by its id; null where there is nothing.", of_id))
    fields += types.fields_of(consumer_fields.ConsumerQueries)
    return types.define("Query", "What can be read. Each operation is one query of the database.", fields)


def _mutation() -> Any:
    fields = []
    for verb in VERBS.values():
        name = verb.mutation()
        given = {"input": (f"{capitalized(name)}Input", f"What {name} takes.")}
        doc = f"{types.doc_of(verb)} Writes the event `{verb.event()}`.{_states(verb)}"
        fields.append(types.field(name, f"{verb.noun.__name__}Payload", doc, given))
        if verb.batched:
            fields.append(_batch(verb))
    fields.append(doing.mutation())
    fields += types.fields_of(consumer_fields.ConsumerMutations)
    doc = "The verbs, each a transaction with one event; sentences that say what to do; and what consumers need."
    return types.define("Mutation", doc, fields)


def _batch(verb: type[Verb]) -> StrawberryField:
    name = verb.batch()
    doc = f"Does {verb.mutation()} many times, in one transaction: all or nothing, or each item for itself."
    given = {"input": (f"{capitalized(name)}Input", f"What {name} takes.")}
    return types.field(name, f"{verb.noun.__name__}BatchPayload", doc, given)


def _states(verb: Any) -> str:
    if verb.from_ is None:
        return ""
    allowed = ", ".join(str(state) for state in verb.from_)
    return f" Allowed from {allowed}{f'; leads to {verb.to}' if verb.to else ''}."


def _subscription() -> Any:
    after = ("Long | None", "Replay what came after this position first; by default only what comes from now on.")
    of = {
        "types": ("list[str] | None", "Only these types: `ticket.resolved`, `ticket.*`, `*.created`."),
        "subject": ("ID | None", "Only what happens to this."),
        "after": after,
    }
    taken = {
        "consumer": ("str", "The consumer's name. It is made if it is new."),
        "types": ("list[str] | None", "For a new one: the types it takes, all by default."),
        "start": ("ConsumerStart | None", "For a new one: where it begins, by default with what comes from now on."),
        "startAfter": ("Long | None", "For a new one: the position that it begins after."),
        "atOnce": ("int | None", "How many this subscriber has unsettled at the most; by default the consumer's."),
    }
    define_delivery()
    fields = [
        types.field("deliveries", DELIVERY, "What a durable consumer is to do, to be acknowledged in time.", taken),
        types.field("events", "Event", "The log's events as they happen, in the order of their positions.", of),
        types.field(
            "ticketEvents", "Event", "What happens to one ticket.", {"id": ("ID", "The ticket."), "after": after}
        ),
    ]
    return types.define("Subscription", "What can be listened to.", fields)


def _bind(made: Schema) -> None:
    """Put the functions behind the fields: everything passes through but mutations and subscriptions."""
    graphql = made._schema
    for name in [*types.TYPES, "Query"]:
        found = graphql.get_type(name)
        if isinstance(found, GraphQLObjectType) and name != "UserError":
            found.is_type_of = None
            for passed in found.fields.values():
                if not types.is_resolved(passed):
                    passed.resolve = _pass_through
    node: Any = graphql.get_type("Node")
    node.resolve_type = lambda value, _info, _type: value.noun
    assert graphql.mutation_type
    assert graphql.subscription_type
    for verb in VERBS.values():
        graphql.mutation_type.fields[verb.mutation()].resolve = mutation(verb)
        if verb.batched:
            graphql.mutation_type.fields[verb.batch()].resolve = batch_mutation(verb)
    doing.bind(graphql)
    streams: dict[str, Callable[..., streaming.Stream]] = {
        "deliveries": consumer_fields.deliveries,
        "events": streaming.events,
        "ticketEvents": streaming.ticket_events,
    }
    for name, stream in streams.items():
        subscription = graphql.subscription_type.fields[name]
        subscription.subscribe = resumable(stream) if "after" in subscription.args else stream
        subscription.resolve = _pass_through


def _pass_through(source: Any, info: GraphQLResolveInfo[Any], **_arguments: Any) -> Any:
    """The value is there already, under the response key. An error in its place is raised by the executor."""
    return source[info.path.key]
