"""The mutation `do`: its types, and the function behind it."""

from __future__ import annotations

from typing import Any

from graphql import FieldNode, GraphQLObjectType, GraphQLResolveInfo, GraphQLSchema
from strawberry.types.field import StrawberryField

from deskgraph.resolvers.do import Result
from deskgraph.schema import types
from deskgraph.schema.errors import DeskError
from deskgraph.schema.types import UserError, field

NOTHING: dict[str, Any] = {"plan": [], "steps": [], "errors": [], "problem": None}

OBJECTS: dict[str, tuple[str, list[tuple[str, str, str]]]] = {
    "DoCorrection": (
        "A misspelled word of a sentence.",
        [
            ("written", "str", "The word as it was written."),
            ("read", "str", "What it was taken for."),
            ("position", "int", "Where it is in the text, from 0."),
        ],
    ),
    "DoPlan": (
        "A step of a sentence as it was understood.",
        [
            ("verb", "str", "The verb, such as `ticket.assign`."),
            ("mutation", "str", "The mutation that does the same, such as `assignTicket`."),
            ("subjects", "list[ID]", "What it is done to. Empty for what an earlier step of a dry run would create."),
            ("input", "JSON", "The input as that mutation takes it, without the id."),
            ("reading", "str", "The step in short, with its references as the sentence has them."),
            ("text", "str", "The words that say it."),
            ("position", "int", "Where they are in the text, from 0."),
            ("length", "int", "How many characters they are."),
            ("corrections", "list[DoCorrection]", "Words of it that were misspelled."),
        ],
    ),
    "DoEvent": (
        "The event that a step wrote.",
        [
            ("id", "ID", "Its id."),
            ("type", "str", "What happened: `ticket.assigned`."),
            ("position", "Long | None", "Its place in the log; null only in the repetition of a sentence by its key."),
        ],
    ),
    "DoStep": (
        "What a verb did to one noun.",
        [
            ("step", "int", "The number of its step in the plan, from 1."),
            ("verb", "str", "The verb, such as `ticket.assign`."),
            ("id", "ID", "What it was done to, or what it created."),
            ("version", "Long", "The noun's version after it."),
            ("status", "str | None", "The noun's status after it, if it has one."),
            ("event", "DoEvent", "The event that it wrote."),
        ],
    ),
    "DoCandidate": (
        "Something that words of a sentence might mean.",
        [("text", "str", "What it is called."), ("id", "ID | None", "Its id, where it is something there is.")],
    ),
    "DoProblem": (
        "The words of a sentence because of which nothing was done.",
        [
            ("position", "int", "Where they are in the text, from 0."),
            ("length", "int", "How many characters they are."),
            ("words", "str", "The words."),
            ("step", "int | None", "The number of their step, from 1, where steps could be told."),
            ("candidates", "list[DoCandidate]", "What they might mean."),
            ("example", "str | None", "A sentence that is understood."),
        ],
    ),
    "DoPayload": (
        "What a sentence led to.",
        [
            ("plan", "list[DoPlan]", "The steps as they were understood; empty when nothing was done."),
            ("steps", "list[DoStep]", "What was done, in order; empty in a dry run."),
            ("errors", "list[UserError]", "Why nothing was done; empty when it was."),
            ("problem", "DoProblem | None", "The words at fault, when nothing was done because of words."),
        ],
    ),
}


def mutation() -> StrawberryField:
    """The field `do`; its types are defined with it."""
    for name, (doc, fields) in OBJECTS.items():
        types.define(name, doc, [field(*declared) for declared in fields])
    given = [
        field("text", "str", "An English sentence: \"Assign #1042 to Sam, then resolve it with 'Cable replaced'\"."),
        types.optional_input("dryRun", "bool", "Only say what would be done."),
        types.optional_input("idempotencyKey", "str", "Your key for this very sentence, as for a verb."),
    ]
    types.define("DoInput", "What do takes.", given, is_input=True)
    doc = "Does what an English sentence says, all of its steps or nothing. docs/do.md says what it understands."
    return field("do", "DoPayload", doc, {"input": ("DoInput", "What do takes.")})


def bind(graphql: GraphQLSchema) -> None:
    """Put the functions behind the fields."""
    for name in OBJECTS:
        found = graphql.get_type(name)
        assert isinstance(found, GraphQLObjectType)
        for declared in found.fields.values():
            declared.resolve = _by_name
    assert graphql.mutation_type
    graphql.mutation_type.fields["do"].resolve = resolve


def _by_name(source: dict[str, Any], info: GraphQLResolveInfo[Any]) -> Any:
    return source[info.field_name]


async def resolve(_selection: Any, info: GraphQLResolveInfo[Any], input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002 - the argument's name
    """Do the sentence. What a caller can put right is in the payload's `errors`, its words in `problem`."""
    try:
        result = await info.context.session.do(
            input["text"],
            dry_run=bool(input.get("dryRun")),
            idempotency_key=input.get("idempotencyKey"),
            positions=_wants_positions(info),
        )
    except DeskError as error:
        problem = error.problem.as_dict() if error.problem else None
        mistake = UserError(code=error.code, message=error.message, field=error.field)
        return {**NOTHING, "errors": [mistake], "problem": problem}
    return {**NOTHING, **told(result)}


def told(result: Result) -> dict[str, Any]:
    """The payload of a result."""
    plan = [{**step, "subjects": [one for one in step["subjects"] if one]} for step in result.as_dict()["plan"]]
    return {"plan": plan, "steps": result.as_dict()["steps"]}


def _wants_positions(info: GraphQLResolveInfo[Any]) -> bool:
    """Whether the operation may ask for an event's position, which it gets after the commit."""
    nodes: list[Any] = [*info.field_nodes, *info.fragments.values()]
    while nodes:
        node = nodes.pop()
        if isinstance(node, FieldNode) and node.name.value == "position":
            return True
        nodes += node.selection_set.selections if getattr(node, "selection_set", None) else ()
    return False
