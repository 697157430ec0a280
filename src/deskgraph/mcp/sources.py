"""Resources, nouns that a client may put into a conversation, and prompts about them."""

from __future__ import annotations

from typing import Annotated, Any

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError
from mcp.server.mcpserver.prompts.base import UserMessage
from mcp.shared.exceptions import MCPError
from mcp.types import INVALID_PARAMS, EmbeddedResource, TextResourceContents
from pydantic import Field

from deskgraph.mcp.serving import Asked, session_of
from deskgraph.mcp.tools import text_of
from deskgraph.resolvers.fetching import fetch
from deskgraph.resolvers.session import Session
from deskgraph.schema.errors import DeskError, NotFoundError
from deskgraph.schema.explaining import SCHEMA, explain
from deskgraph.schema.fields import Edge
from deskgraph.schema.noun import NOUNS, Noun, targets
from deskgraph.schema.ticket import Ticket

JSON = "application/json"
SUMMARIZE = (
    "Summarize this support ticket for a colleague who takes it over: who asks for what, what was done so far and by "
    "whom, where it stands, and what should be done next. Say so where something is not known."
)


def add_resources(server: MCPServer[Any]) -> None:
    """Each noun by its id, with its neighbours; and what nouns and verbs there are."""

    @server.resource(
        "deskgraph://schema",
        name="schema",
        title=SCHEMA,
        description="Nouns, fields, states and verbs.",
        mime_type=JSON,
    )
    def schema() -> str:
        return text_of(explain())

    for noun in NOUNS.values():
        _add_template(server, noun)


def _add_template(server: MCPServer[Any], noun: type[Noun]) -> None:
    name = noun.__name__

    @server.resource(
        uri_of(noun, "{id}"),
        name=name.lower(),
        title=name,
        description=f"A {name.lower()} with its neighbours, by its id.",
        mime_type=JSON,
    )
    async def read(id: str, context: Asked) -> str:  # noqa: A002 - the template's name
        try:
            return text_of(await whole(session_of(context), noun, id))
        except NotFoundError as error:
            raise ResourceNotFoundError(error.message) from error
        except DeskError as error:
            raise ResourceError(f"{error.code}: {error.message}") from error


def add_prompts(server: MCPServer[Any]) -> None:
    """What people ask for again and again."""

    @server.prompt(
        name="summarize_ticket", title="Summarize a ticket", description="What a ticket is about and where it stands."
    )
    async def summarize_ticket(
        id: Annotated[str, Field(description="The ticket, such as ticket_rV7yKdPm.")],  # noqa: A002
        context: Asked,
    ) -> list[UserMessage]:
        try:
            ticket = await whole(session_of(context), Ticket, id)
        except DeskError as error:
            raise MCPError(INVALID_PARAMS, error.message, {"code": error.code, "field": error.field}) from error
        resource = TextResourceContents(uri=uri_of(Ticket, id), mime_type=JSON, text=text_of(ticket))
        return [UserMessage(SUMMARIZE), UserMessage(EmbeddedResource(type="resource", resource=resource))]


def uri_of(noun: type[Noun], subject: str) -> str:
    """The URI of a noun as a resource."""
    return f"deskgraph://{noun.plural}/{subject}"


async def whole(session: Session, noun: type[Noun], subject: str) -> dict[str, Any]:
    """A noun with all its neighbours, of those that the caller sees."""
    scope = session.scope()
    edges = [
        declared.graphql
        for declared in noun.fields.values()
        if isinstance(declared, Edge) and any(map(scope.sees, targets(declared)))
    ]
    return await fetch(session, type=noun.__name__, id=subject, include=edges)
