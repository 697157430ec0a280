"""assign."""

from __future__ import annotations

from typing import Any, ClassVar

from deskgraph.resolvers.assignment import least_busy
from deskgraph.resolvers.records import Draft
from deskgraph.schema.errors import NoAgentAvailableError
from deskgraph.schema.fields import Ref
from deskgraph.schema.ticket import Ticket, TicketStatus
from deskgraph.schema.verb import Change, Verb


class Assign(Verb):
    """Assigns a ticket to a user: the one named, or else the least busy online support user with capacity left."""

    noun = Ticket
    name = "assign"
    says = (
        "reassign|give|hand|hand over|hand off|pass|pass on|pass along|transfer|route|delegate|allocate|dispatch|forward|send|direct|designate"
        "|auto assign|turn over|redirect|move|move over|shift|entrust|allot|distribute|give out"
    )
    idioms: ClassVar[dict[str, dict[str, Any]]] = {
        "(let|have|get|ask|tell) {agent} (to)? (handle|take|do|own|take over|take care of|deal with|look after|look at|look into|work on|see to|pick up|attend to|be in charge of|be responsible for|see about) {id}": {},
        "{agent} (should|must|shall|will|can|is to|has to|needs to|may|ought to) (now|please)? (handle|take|do|own|take over|take care of|deal with|look after|look at|look into|work on|see to|pick up|get|have|attend to|be assigned|be given|receive|be assigned to) {id}": {},
        "(put|set) {agent} (on|onto|on to|in charge of) {id}": {},
        "(make|name|appoint) {agent} (responsible for|the owner of|the assignee of|the agent of|the agent for|the agent on|in charge of|assignee of|owner of|agent of|agent on|agent for) {id}": {},
        "{id} (should go to|goes to|must go to|should be going to|belongs to|should belong to|is for|shall go to|can go to|needs to go to|has to go to|should be with|ought to go to|should be handled by|should be taken by|is to be handled by|must be handled by|should be worked on by|should be taken over by|should be taken care of by|will be handled by|needs to be handled by|->|=>|→) {agent}": {},
        "(take|i will take|i'll take|i take|grab|claim|pick up|take over|take on|i'm taking|i'll handle|i will handle|i'll do|i'll take over|i want to take|let me take|let me handle|i'll work on|i got|i've got|i will work on|i'll pick up) {id}": {"agent": "me"},
    }
    from_ = (TicketStatus.OPEN, TicketStatus.PENDING, TicketStatus.ESCALATED, TicketStatus.RESOLVED)

    agent = Ref("The user to assign it to; the least busy one by default.", "user").said(
        "assignee|owner|handler",
        marks="to|over to|on to|onto|along to|off to|back to|towards|for|over into the hands of|into the hands of|as|directly to|straight to|from now on to|with",
        unnamed={},
    )

    @classmethod
    async def decide(cls, draft: Draft, desk: Any) -> Change:
        """The agent; NO_AGENT_AVAILABLE where none is named and none is there."""
        agent = draft.given["agent"] or await least_busy(desk.tx, draft.id)
        if agent is None:
            raise NoAgentAvailableError(field="agent")
        return cls.change({"agent": agent})
