"""The GraphQL types that follow from the declarations: objects, connections, filters, orders, inputs and payloads."""

from __future__ import annotations

from typing import Any

import strawberry
from graphql import GraphQLField
from strawberry.annotation import StrawberryAnnotation
from strawberry.scalars import JSON
from strawberry.tools import create_type
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from deskgraph.schema.comparators import COMPARATORS, LISTS, MEANING, SAME
from deskgraph.schema.fields import Choice, Derived, Edge, Field, Many, One, Prop
from deskgraph.schema.noun import NOUNS, Entity, Noun
from deskgraph.schema.paging import DEFAULT_PAGE, MAX_PAGE
from deskgraph.schema.scalars import DateTime, Long, Words
from deskgraph.schema.verb import Verb, verbs_of
from deskgraph.schema.words import capitalized

# Annotations are written as text and looked up here when the schema is built, so that types may refer to each other.
TYPES: dict[str, Any] = {"ID": strawberry.ID, "Long": Long, "DateTime": DateTime, "JSON": JSON}


def annotation(of: Any) -> StrawberryAnnotation:
    """A type, or its name in `TYPES`, as Strawberry wants it."""
    return StrawberryAnnotation(of, namespace=TYPES)


def field(
    name: str, of: Any, doc: str, arguments: dict[str, tuple[str, str]] | None = None, **more: Any
) -> StrawberryField:
    """A field of an object or input type; `arguments` maps a name to type and description."""
    made: StrawberryField = strawberry.field(name=name, description=doc, **more)
    made.python_name = f"{name}_"  # not `in` or `not`: those are Python's
    made.type_annotation = annotation(of)
    made.arguments = [
        StrawberryArgument(key, key, annotation(kind), description=text, default=strawberry.UNSET)
        for key, (kind, text) in (arguments or {}).items()
    ]
    return made


def define(name: str, doc: str, fields: list[StrawberryField], *, is_input: bool = False) -> Any:
    """Make a type and remember it by its name."""
    annotations = {field.python_name: field.type_annotation for field in fields}
    made: Any = create_type(name, fields, is_input=is_input, description=doc)
    for field in made.__strawberry_definition__.fields:
        # create_type looks at once for types that are made later, and keeps that it did not find them.
        field.type_annotation = annotations[field.python_name]
    TYPES[name] = made
    return made


def fields_of(declared: type) -> list[StrawberryField]:
    """The fields of a class that Strawberry resolves itself, to be put into another type."""
    fields: list[StrawberryField] = list(declared.__strawberry_definition__.fields)  # type: ignore[attr-defined]
    return fields


def is_resolved(made: GraphQLField) -> bool:
    """Whether a field has a resolver of its own; the value of any other is there already, under its response key."""
    declared = made.extensions.get("strawberry-definition")
    return isinstance(declared, StrawberryField) and declared.base_resolver is not None


def optional_input(name: str, of: str, doc: str) -> StrawberryField:
    """A field of an input type that need not be given."""
    return field(name, f"{of} | None", doc, default=strawberry.UNSET)


@strawberry.interface(name="Node", description="Anything with an id.")
class Node:
    """The interface of all nouns."""

    id: strawberry.ID = strawberry.field(description="Unique within the workspace, such as `ticket_rV7yKdPm`.")


@strawberry.type(description="Where a page of a connection lies.")
class PageInfo:
    """Relay's PageInfo."""

    has_next_page: bool = strawberry.field(description="Whether more follow the page.")
    has_previous_page: bool = strawberry.field(description="Whether more precede the page.")
    start_cursor: str | None = strawberry.field(description="The cursor of the page's first row.")
    end_cursor: str | None = strawberry.field(description="The cursor of the page's last row; give it as `after`.")


@strawberry.type(description="Why a verb did nothing.")
class UserError:
    """An error of a mutation."""

    code: str = strawberry.field(description="A stable code, such as INVALID_TRANSITION; docs/errors.md lists them.")
    message: str = strawberry.field(description="What is wrong and what to do, for people.")
    field: str | None = strawberry.field(description="The input field at fault, if it is one.")


class SortDirection(Words):
    """Which end of an order comes first."""

    ASC = "ASC", "The least, the earliest first."
    DESC = "DESC", "The greatest, the latest first."


TYPES |= {"Node": Node, "PageInfo": PageInfo, "UserError": UserError}


def define_enum(words: type[Words]) -> None:
    """An enum with the description of each word."""
    if words.__name__ in TYPES:
        return
    TYPES[words.__name__] = strawberry.enum(words, description=doc_of(words))
    for value in words.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = words[value.name].doc


def define_comparators(name: str, of: str, operators: tuple[str, ...]) -> None:
    """The filter of one kind of field, such as `StringFilter`."""
    if name in TYPES:
        return
    fields = [optional_input(op, f"list[{of}]" if op in LISTS else of, MEANING[op]) for op in operators]
    define(name, f"What may be asked of a field of type {of}.", fields, is_input=True)


def type_name(prop: Prop | Derived) -> str:
    """The name of a property's GraphQL type in `TYPES`, or a builtin."""
    of = prop.annotation
    return of if isinstance(of, str) else getattr(of, "__name__", str(of))


def type_of_field(declared: Field) -> StrawberryField:
    """The output field of one declaration."""
    if isinstance(declared, Many):
        return field(declared.graphql, f"{declared.target}Connection", declared.doc, page_arguments(declared.target))
    if isinstance(declared, Edge):
        return field(declared.graphql, f"{declared.target} | None", declared.doc)
    assert isinstance(declared, Prop | Derived)
    needed = isinstance(declared, Derived) or declared.required
    return field(declared.graphql, type_name(declared) if needed else f"{type_name(declared)} | None", declared.doc)


def page_arguments(target: str) -> dict[str, tuple[str, str]]:
    """The arguments of every connection."""
    return {
        "filter": (f"{target}Filter | None", "Only those that match."),
        "orderBy": (f"list[{target}Order] | None", "Which come first; ties are broken by the id."),
        "first": (
            "int | None",
            f"How many from the start or after a cursor, 1 to {MAX_PAGE}, by default {DEFAULT_PAGE}.",
        ),
        "after": ("str | None", "Only those after this cursor."),
        "last": ("int | None", f"How many from the end or before a cursor, 1 to {MAX_PAGE}."),
        "before": ("str | None", "Only those before this cursor."),
    }


def define_noun(noun: type[Noun]) -> None:
    """All read types of one noun."""
    name = noun.__name__
    made = define(name, doc_of(noun), [type_of_field(declared) for declared in noun.fields.values()])
    made.__strawberry_definition__.interfaces.append(Node.__strawberry_definition__)  # type: ignore[attr-defined]
    define(
        f"{name}Edge",
        f"A row of a list of {noun.plural}.",
        [field("cursor", "str", "Where the row lies in this order."), field("node", name, "The row itself.")],
    )
    define(
        f"{name}Connection",
        f"A page of {noun.plural}.",
        [
            field("nodes", f"list[{name}]", "The rows."),
            field("edges", f"list[{name}Edge]", "The rows with their cursors."),
            field("pageInfo", "PageInfo", "Where the page lies."),
            field("totalCount", "int", "How many match on all pages; counted only if asked for."),
        ],
    )
    define_filter(noun)
    orders = [optional_input(prop.graphql, "SortDirection", prop.doc) for prop in noun.props() if prop.sortable]
    define(f"{name}Order", f"Which {noun.plural} come first; name one field.", orders, is_input=True)


def define_filter(noun: type[Noun]) -> None:
    """What may be asked of a noun, across its edges too."""
    name = noun.__name__
    own = f"{name}Filter"
    fields = [
        optional_input("and", f"list[{own}]", "All of these match."),
        optional_input("or", f"list[{own}]", "At least one of these matches."),
        optional_input("not", own, "This does not match."),
    ]
    kinds = [(declared, filter_type(declared)) for declared in noun.fields.values()]
    fields += [optional_input(declared.graphql, kind, _asked(declared)) for declared, kind in kinds if kind]
    define(own, f"Which {noun.plural} are wanted; all that is given must match.", fields, is_input=True)
    quantifiers = {"some": "At least one matches.", "none": "None matches."}
    define(
        f"{name}ListFilter",
        f"What may be asked of an edge to many {noun.plural}.",
        [optional_input(quantifier, own, text) for quantifier, text in quantifiers.items()],
        is_input=True,
    )


def _asked(declared: Field) -> str:
    return f"{declared.doc} null: there is none." if isinstance(declared, One) else declared.doc


def filter_type(declared: Field) -> str:
    """The input type that filters by a field; none for JSON."""
    if isinstance(declared, Choice):
        define_enum(declared.words)
        define_comparators(declared.comparators, declared.words.__name__, SAME)
        return declared.comparators
    if isinstance(declared, Many):
        return f"{declared.target}ListFilter"
    if isinstance(declared, Edge):
        return f"{declared.target}Filter" if declared.target in NOUNS else ""
    if isinstance(declared, Derived):
        return "IntFilter"
    return declared.comparators if isinstance(declared, Prop) and declared.annotation is not JSON else ""


def define_verb(verb: type[Verb]) -> None:
    """The input of one mutation."""
    name = verb.noun.__name__
    fields = []
    if verb.creates:
        fields.append(optional_input("id", "ID", f"An id of your own, such as {verb.noun.prefix}_rV7yKdPm."))
    else:
        fields.append(field("id", "ID", f"The {name.lower()}."))
        fields.append(optional_input("expectedVersion", "Long", "VERSION_CONFLICT if the version is another."))
    fields += [input_field(declared, needed=verb.needs(declared)) for declared in verb.inputs.values()]
    key = "Your key for this very change: sent again with the same input, it answers with the first result."
    fields.append(optional_input("idempotencyKey", "str", key))
    define(f"{capitalized(verb.mutation())}Input", f"What {verb.mutation()} takes.", fields, is_input=True)


def input_field(declared: Any, *, needed: bool) -> StrawberryField:
    """The input field of a property or reference."""
    if isinstance(declared, Choice):
        define_enum(declared.words)
    of = type_name(declared) if isinstance(declared, Prop) else "ID"
    return field(declared.graphql, of, declared.doc) if needed else optional_input(declared.graphql, of, declared.doc)


def define_payload(noun: type[Entity]) -> None:
    """What every mutation of a noun answers with."""
    name = noun.__name__
    revealed = {declared.graphql: declared.doc for verb in verbs_of(noun) for declared in verb.reveals.values()}
    define(
        f"{name}Payload",
        f"What a verb did to {name.lower()}s.",
        [
            field(noun.prefix, f"{name} | None", "As it is after the verb; null when nothing was done."),
            *(field(key, "str | None", doc) for key, doc in revealed.items()),
            field("event", "Event | None", "The event the verb wrote; null when nothing was done."),
            field("errors", "list[UserError]", "Why nothing was done; empty when it was."),
        ],
    )


def define_batch(verb: type[Verb]) -> None:
    """The input of the mutation that does a verb many times, and what that answers with."""
    name, one = verb.noun.__name__, f"{capitalized(verb.mutation())}Input"
    atomic = "Whether all is done or nothing, which is the default. If false, each item counts for itself."
    given = [field("items", f"list[{one}]", "1 to 1,000 items."), optional_input("atomic", "bool", atomic)]
    define(f"{capitalized(verb.batch())}Input", f"What {verb.batch()} takes.", given, is_input=True)
    if f"{name}BatchPayload" not in TYPES:
        define(
            f"{name}BatchPayload",
            f"What was done to many {verb.noun.plural}.",
            [
                field("results", f"list[{name}Payload]", "What became of each item, in their order."),
                field("done", "int", "How many items were done, now or before with the same keys."),
                field("errors", "list[UserError]", "Why items were not done; the field is such as `items.3.contact`."),
            ],
        )


def doc_of(declared: type) -> str:
    """A class's docstring on one line."""
    return " ".join((declared.__doc__ or "").split())


def define_all(verbs: list[type[Verb]]) -> None:
    """All types of all nouns and verbs. Once a process."""
    if "Ticket" in TYPES:
        return
    define_enum(SortDirection)
    for name, operators in COMPARATORS.items():
        of = name.removesuffix("Filter").removesuffix("List")
        define_comparators(name, of.replace("String", "str").replace("Int", "int"), operators)
    for noun in NOUNS.values():
        define_noun(noun)
    for noun in NOUNS.values():
        if issubclass(noun, Entity):
            define_payload(noun)
    for verb in verbs:
        define_verb(verb)
        if verb.batched:
            define_batch(verb)
