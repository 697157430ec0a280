"""createWorkspace."""

from __future__ import annotations

from typing import Any

from deskgraph.graph.compiler.cypher import Value, plan
from deskgraph.graph.compiler.scope import Scope
from deskgraph.graph.writing import Deed, write
from deskgraph.resolvers.records import Draft
from deskgraph.resolvers.verbs.create import Create
from deskgraph.resolvers.verbs.create_api_key import CreateApiKey
from deskgraph.schema.fields import Revealed
from deskgraph.schema.ids import new_id
from deskgraph.schema.roles import Role
from deskgraph.schema.verb import Change
from deskgraph.schema.workspace import Workspace


class CreateWorkspace(Create):
    """Creates a workspace, empty but for a key with the role ADMIN. The answer has the key's text, this once."""

    noun = Workspace
    batched = False
    spoken = False

    secret = Revealed("The text of its first key, `dg_...`, an ADMIN's: only the answer that made it has it.")

    @classmethod
    async def decide(cls, draft: Draft, _desk: Any) -> Change:
        """The workspace, whose node also counts the positions of its log; the key is written in `finish`."""
        change = cls.change(draft.given)
        change.hidden = {"position": 0}
        return change

    @classmethod
    async def finish(cls, subject: str, change: Change, desk: Any) -> None:
        """Its first key, with the first event of its log."""
        made = CreateApiKey.made(CreateApiKey.check({"name": "The first key", "role": Role.ADMIN}))
        deed = Deed(CreateApiKey, new_id("event"), new_id("apikey"), 1, made, desk.actor)
        await write(desk.tx.within(subject), deed, plan({"written": Value("true")}, Scope()))
        change.reveal = made.reveal
