"""What a caller whose role sees only some nodes may name in a verb: what it does not see is not there for it."""

from __future__ import annotations

from functools import cache

from deskgraph.graph.compiler.cypher import by_id, plan
from deskgraph.graph.compiler.picks import Pick
from deskgraph.resolvers.command import Command
from deskgraph.resolvers.session import Session
from deskgraph.schema.errors import NotFoundError
from deskgraph.schema.fields import Ref
from deskgraph.schema.noun import Noun, by_prefix, entities
from deskgraph.schema.roles import Role


@cache
def is_scoped(role: Role | None) -> bool:
    """Whether a role sees only some of the nouns that verbs change."""
    return any(role in noun.scopes for noun in entities())


async def sees(session: Session, noun: type[Noun], subject: str) -> bool:
    """Whether the caller sees that node."""
    if session.caller.role not in noun.scopes:
        return True
    scope = session.scope()
    found = by_id(noun, subject, (Pick("id", noun.fields["id"]),), scope)
    return (await session.read(plan({"found": found}, scope)))["found"] is not None


async def check_references(session: Session, command: Command) -> None:
    """NOT_FOUND if an input names something that the caller does not see."""
    for name, declared in command.verb.inputs.items():
        subject = command.given.get(name)
        noun = by_prefix(declared.prefix) if isinstance(declared, Ref) else None
        if noun and subject and not await sees(session, noun, subject):
            raise NotFoundError(f"There is no {noun.__name__.lower()} {subject}.", field=declared.graphql)
