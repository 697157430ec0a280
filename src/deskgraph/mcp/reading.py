"""The tools that read: `search` and `fetch`. What there is to ask for follows from the declarations."""

from __future__ import annotations

from typing import Annotated, Any

from mcp.types import CallToolResult, ToolAnnotations
from pydantic import Field

from deskgraph.graph.fulltext import searchable
from deskgraph.mcp.serving import Asked, session_of
from deskgraph.mcp.tools import NO_TEXT, DeskTool, Schema, answer, make_tool
from deskgraph.resolvers import fetching, searching
from deskgraph.resolvers.searching import DEFAULT_LIMIT
from deskgraph.schema import nouns
from deskgraph.schema.explaining import SCHEMA
from deskgraph.schema.noun import NOUNS
from deskgraph.schema.paging import MAX_PAGE

__all__ = ["fetch_tool", "nouns", "search_tool"]

READS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
TYPES = ", ".join(NOUNS)
NOUN: Schema = {"type": "object", "description": "`$type`, `id` and the noun's fields.", "additionalProperties": True}

INCLUDE = (
    'Neighbours to show in full, by the names of the edges: ["contact.organization", "activities"]. Without it an '
    "edge to one is only its id, and edges to many are left out; of many, the first ten are shown."
)
FILTER = (
    'What must match, by field: {"priority": "High", "status": ["OPEN", "PENDING"], "createdAt": {"gte": '
    '"2026-11-01"}, "contact": {"organization": {"domain": "acme.com"}}, "assignee": null}. A value means equal '
    "(null: none), a list any of these, an object comparators (eq ne in notIn gt gte lt lte contains startsWith "
    "endsWith) or, at an edge, a filter of the neighbour; `and`, `or` (lists) and `not` combine. Needs a type."
)
SEARCHED = "; ".join(f"{noun.__name__}: {', '.join(noun.searched)}" for noun in searchable())


async def search(
    context: Asked,
    type: Annotated[str, Field(description=f"What to find: {TYPES}.")] = "",  # noqa: A002 - the argument's name
    query: Annotated[str, Field(description=f"Words that must all be in the texts ({SEARCHED}).")] = "",
    filter: Annotated[dict[str, Any] | None, Field(description=FILTER)] = None,  # noqa: A002
    sort: Annotated[
        str | list[str | dict[str, str]] | None,
        Field(description='Which come first: "-priority,createdAt" or [{"priority": "DESC"}]; by default the newest.'),
    ] = None,
    limit: Annotated[int | None, Field(description=f"How many, 1 to {MAX_PAGE}, by default {DEFAULT_LIMIT}.")] = None,
    cursor: Annotated[str, Field(description="The `cursor` of the page before, with the same search.")] = "",
    include: Annotated[list[str] | str | None, Field(description=INCLUDE)] = None,
) -> CallToolResult:
    """A page of what was found."""
    found = await searching.search(
        session_of(context),
        type=type,
        query=query,
        filter=filter,
        sort=sort,
        limit=limit,
        cursor=cursor,
        include=include,
    )
    return answer(found)


def search_tool() -> DeskTool:
    """`search`."""
    return make_tool(
        search,
        title="Search the desk",
        description=(
            f"Find {TYPES} by their fields, across edges, and by words in their texts; a page at a time, with the "
            'total. Open tickets of high priority: {"type": "Ticket", "filter": {"priority": "High", "status": "Open"}}'
            ". With a query, what fits best comes first; without a type, the query searches everything that has texts. "
            'Events tell who did what: {"type": "Event", "filter": {"type": "ticket.resolved"}}. Changes nothing.'
        ),
        annotations=READS,
        output={
            "results": {"type": "array", "items": NOUN, "description": "The nouns found."},
            "total": {"type": "integer", "description": "How many there are on all pages."},
            "hasMore": {"type": "boolean", "description": "Whether there is a next page."},
            "cursor": {"anyOf": NO_TEXT, "description": "Give it as `cursor` for the next page."},
        },
    )


async def fetch(
    context: Asked,
    type: Annotated[str, Field(description=f"{TYPES}; or {SCHEMA}. The id tells it as well.")] = "",  # noqa: A002
    id: Annotated[str, Field(description="Such as ticket_rV7yKdPm; with Schema, a noun's or verb's name.")] = "",  # noqa: A002
    include: Annotated[list[str] | str | None, Field(description=INCLUDE)] = None,
    asOf: Annotated[  # noqa: N803
        int | str | None,
        Field(description="Show it as it was after this position of the event log, or at this moment (ISO 8601)."),
    ] = None,
) -> CallToolResult:
    """The noun, or what there is."""
    return answer(await fetching.fetch(session_of(context), type=type, id=id, include=include, as_of=asOf))


def fetch_tool() -> DeskTool:
    """`fetch`."""
    return make_tool(
        fetch,
        title="Fetch one",
        description=(
            "Show one noun by its id, with the neighbours asked for, as it is now or as it was at a position or moment "
            f'of the event log (`asOf`). {{"type": "{SCHEMA}"}} explains every noun, its fields, edges and states, and '
            f'every verb; {{"type": "{SCHEMA}", "id": "Ticket"}} those of one noun. Changes nothing.'
        ),
        annotations=READS,
        output={
            "$type": {"type": "string", "description": f"{TYPES}, or {SCHEMA}."},
            "id": {"type": "string", "description": "The id."},
            "$asOf": {
                "type": "object",
                "description": "With asOf: the last event before, `position`, `type`, `at` and `actor`.",
            },
            "nouns": {"type": "array", "items": {"type": "object"}, "description": f"Of {SCHEMA}: the nouns."},
            "verbs": {"type": "array", "items": {"type": "object"}, "description": f"Of {SCHEMA}: the verbs."},
        },
    )
