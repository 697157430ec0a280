"""Group commit: verbs of one kind, each with its own event and its own answer, are written by one query."""

from __future__ import annotations

from functools import lru_cache, partial

from neo4j.exceptions import Neo4jError

from deskgraph.graph.compiler.cypher import Plan, Response
from deskgraph.graph.database import Database
from deskgraph.graph.sharing import FLIGHTS, Shared
from deskgraph.graph.writing import Deed, Signature, signature, write_alone, write_group
from deskgraph.schema.errors import AlreadyExistsError

MOST = 64  # verbs in one query
MAX_KINDS = 1000


class Kind(Shared[Deed, Response | None]):
    """Verbs that one query can write, each of another subject: of one signature, with one plan for what is read."""

    faults = (AlreadyExistsError, Neo4jError)

    def __init__(self, database: Database, workspace: str, _signature: Signature, answer: Plan) -> None:
        super().__init__(FLIGHTS, MOST)
        self._database = database
        self._workspace = workspace
        self._plan = answer

    def subject(self, asked: Deed) -> str:
        """What the verb changes."""
        return asked.subject

    async def send(self, asked: list[Deed]) -> list[Response | None]:
        """What is read after each, or None where nothing was written."""
        if len(asked) == 1:
            return [await write_alone(self._database, self._workspace, asked[0], self._plan)]
        found = await write_group(self._database, self._workspace, asked, self._plan)
        return [found.get(deed.subject) for deed in asked]


class Groups:
    """Writes deeds that are transactions of their own, in one workspace."""

    def __init__(self, database: Database, workspace: str) -> None:
        self._kind = lru_cache(MAX_KINDS)(partial(Kind, database, workspace))

    async def write(self, deed: Deed, answer: Plan) -> Response | None:
        """As `write_alone` does, perhaps together with others whose answer is read by this very plan."""
        return await self._kind(signature(deed), answer).ask(deed)
