"""Search: nouns by their fields, across edges, and by the words in their texts, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from deskgraph.graph.compiler.cypher import Value, plan, root_list
from deskgraph.graph.compiler.picks import Part, Rows
from deskgraph.graph.compiler.scope import Scope
from deskgraph.graph.compiler.text import text_list
from deskgraph.graph.fulltext import caught_up, searchable, words_of
from deskgraph.resolvers.session import Session
from deskgraph.resolvers.views import Included, included, picks_of, view
from deskgraph.resolvers.where import asked, near, order_entries
from deskgraph.schema.errors import DeskError, InvalidInputError
from deskgraph.schema.noun import NOUNS, Noun
from deskgraph.schema.paging import MAX_PAGE

DEFAULT_LIMIT = 20
SCORE = "$score"
# What the arguments are called here, by what they are called in GraphQL's lists.
NAMES = {"first": "limit", "after": "cursor", "orderBy": "sort"}
Found = dict[str, Any]


async def search(
    session: Session,
    *,
    type: str | None = None,  # noqa: A002 - the argument's name
    query: str | None = None,
    filter: Mapping[str, Any] | None = None,  # noqa: A002
    sort: str | list[Any] | None = None,
    limit: int | None = None,
    cursor: str | None = None,
    include: str | Iterable[str] | None = None,
) -> Found:
    """`{results, total, hasMore, cursor}` of the nouns of a type that match the filter and have all words of the query.

    With a query and no order, what fits best comes first, with its `$score`. Without a type, a query searches all
    nouns that have texts.
    """
    try:
        page = {"first": _limit(limit), "after": cursor or None}
        if type:
            asks = [_Ask(noun_called(type), filter, sort, include)]
        else:
            asks = _everywhere(query, filter=filter, sort=sort, include=include)
        words = words_of(query) if query else []
        return await _search(session, asks, words, page)
    except DeskError as error:
        error.field = NAMES.get(error.field or "", error.field)
        raise


def noun_called(name: object) -> type[Noun]:
    """The noun of that name, in any case, one or many: `Ticket`, `ticket`, `tickets`."""
    wanted = str(name).strip().lower()
    for noun in NOUNS.values():
        if wanted in (noun.__name__.lower(), noun.plural.lower()):
            return noun
    raise InvalidInputError(f"There is no type {name!r}: {near(str(name).title(), list(NOUNS))}.", field="type")


class _Ask:
    """What is asked of one noun."""

    def __init__(self, noun: type[Noun], filter: Any, sort: Any, include: Any) -> None:  # noqa: A002
        self.noun = noun
        self.tree: Included = included(noun, include)
        self.arguments = {"filter": asked(noun, filter or {}), "orderBy": order_entries(noun, sort)}

    def compiled(self, words: list[str], page: dict[str, Any], workspace: str, scope: Scope) -> Value:
        """Its rows, with the place and the score of each."""
        node = Part("node", "node", node=picks_of(self.noun, self.tree))
        edges = Part("edges", "edges", (node, Part("cursor", "cursor"), Part("score", "score")))
        more = Part("info", "pageInfo", (Part("more", "hasNextPage"),))
        rows = Rows(self.noun, {**self.arguments, **page}, (edges, Part("total", "totalCount"), more))
        return text_list(rows, words, workspace, scope) if words else root_list(rows, scope)


def _everywhere(query: str | None, **more: Any) -> list[_Ask]:
    """All nouns that have texts; what depends on the noun's fields can't be asked of all at once."""
    if not query:
        raise InvalidInputError(f"Say what to search: a type ({', '.join(NOUNS)}), or a query, or both.", field="type")
    for name, value in more.items():
        if value:
            raise InvalidInputError(f"{name} needs a type: {', '.join(NOUNS)}.", field="type")
    return [_Ask(noun, None, None, None) for noun in searchable()]


def _limit(value: int | None) -> int:
    if value is None:
        return DEFAULT_LIMIT
    if type(value) is not int or not 1 <= value <= MAX_PAGE:
        raise InvalidInputError(f"limit must be a whole number from 1 to {MAX_PAGE}, not {value!r}.", field="limit")
    return value


async def _search(session: Session, asks: list[_Ask], words: list[str], page: dict[str, Any]) -> Found:
    if words and not all(ask.noun.searched for ask in asks):
        known = ", ".join(noun.__name__ for noun in searchable())
        raise InvalidInputError(f"{asks[0].noun.__name__} has no texts to search; there are {known}.", field="query")
    scope = session.scope()
    if len(asks) > 1:
        asks = [ask for ask in asks if scope.sees(ask.noun)]
    workspace = session.desk.workspace
    values = {ask.noun.__name__: ask.compiled(words, page, workspace, scope) for ask in asks}
    if words:
        await caught_up(session.desk.database)
    answer = await session.read(plan(values, scope))
    rows = [(edge, ask) for ask in asks for edge in answer[ask.noun.__name__]["edges"]]
    if len(asks) > 1:
        rows.sort(key=lambda row: (-row[0]["score"], row[0]["node"]["id"]))
    size = page["first"]
    more = len(rows) > size or any(answer[ask.noun.__name__]["info"]["more"] for ask in asks)
    return {
        "results": [_result(edge, ask) for edge, ask in rows[:size]],
        "total": sum(answer[ask.noun.__name__]["total"] for ask in asks),
        "hasMore": more,
        "cursor": rows[size - 1][0]["cursor"] if more else None,
    }


def _result(edge: dict[str, Any], ask: _Ask) -> dict[str, Any]:
    seen = view(ask.noun, edge["node"], ask.tree)
    return seen if edge["score"] is None else {**seen, SCORE: round(edge["score"], 3)}
