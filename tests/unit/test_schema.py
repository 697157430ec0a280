"""The schema: the committed SDL is the one the declarations give, and everything in it is described."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInterfaceType, GraphQLNamedType, GraphQLObjectType

from deskgraph.resolvers.api import schema
from deskgraph.schema.noun import entities
from deskgraph.schema.verb import VERBS, verbs_of

TYPES = [type_ for name, type_ in schema()._schema.type_map.items() if not name.startswith("__")]


def test_the_committed_schema_is_current() -> None:
    committed = Path(__file__).parents[2] / "schema" / "schema.graphql"
    assert committed.read_text() == f"{schema().as_str()}\n", "run `make schema`"


@pytest.mark.parametrize("type_", TYPES, ids=lambda type_: type_.name)
def test_everything_is_described(type_: GraphQLNamedType) -> None:
    bare = [] if type_.description else [type_.name]
    if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
        for name, field in type_.fields.items():
            bare += [] if field.description else [name]
            bare += [f"{name}.{argument}" for argument, given in field.args.items() if not given.description]
    if isinstance(type_, GraphQLInputObjectType):
        bare += [name for name, given in type_.fields.items() if not given.description]
    if isinstance(type_, GraphQLEnumType):
        bare += [name for name, value in type_.values.items() if not value.description]
    assert bare == []


def test_every_noun_has_its_verbs() -> None:
    found = {noun.__name__: sorted(verb.name for verb in verbs_of(noun)) for noun in entities()}
    usual = ["create", "delete", "update"]
    loaded = ["create", "delete", "import", "update"]
    assert found == {
        "Ticket": sorted([*loaded, "assign", "close", "escalate", "hold", "reopen", "resolve"]),
        "Contact": loaded,
        "Organization": loaded,
        "User": loaded,
        "Activity": loaded,
        "Webhook": sorted([*usual, "disable", "enable", "recover", "resend", "rotate"]),
        "BeforeHook": sorted([*usual, "rotate"]),
        "ApiKey": ["create", "revoke"],
        "Workspace": ["create"],
    }


OF_THE_LOG = {"createConsumer", "deleteConsumer", "ack", "nack", "extend", "replayParked", "dropParked", "trimEvents"}


def test_every_verb_has_its_mutation() -> None:
    mutation = schema()._schema.mutation_type
    assert mutation
    batches = {verb.batch() for verb in VERBS.values() if verb.batched}
    assert len(batches) == 10
    assert sorted(mutation.fields) == sorted(
        {verb.mutation() for verb in VERBS.values()} | batches | {*OF_THE_LOG, "do"}
    )
