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
        "reassign|give|give out|hand|hand (over|off)|pass|pass (on|along)|transfer|turn over|move|move over|shift|send"
        "|forward|route|redirect|direct|delegate|entrust|allocate|allot|dispatch|distribute|designate|auto assign"
    )
    idioms: ClassVar[dict[str, dict[str, Any]]] = {
        "(let|have|get|ask|tell|want|(i|we) (want|need|would like)|i'd like) {agent} (to)? (@handle) {id}": {},
        "{agent} (should|must|shall|will|can|is to|has to|needs to|may|ought to) (now|please)? (@handle) {id}": {},
        "{agent} (@handles) {id}": {},
        "(can|could|would|will|may) {agent} (please|kindly)? (@handle) {id}": {},
        "{id} (@goes to|to|over to) {agent}": {},
        "switch {id} (to|over to|across to) {agent}": {},
        "(put|set) {agent} (on|onto|on to|in charge of) {id}": {},
        "(make|name|appoint) {agent} (responsible for|in charge of) {id}": {},
        "(make|name|appoint) {agent} (the|an)? (owner|assignee|agent|handler) (of|for|on) {id}": {},
        "(make|name|appoint) {agent} (the|its|their)? (owner|assignee|handler)": {},
        "(have|get|let) {id} (@handled by) {agent}": {},
        "{id} is (mine|my ticket|my case|for me)": {"agent": "me"},
        "(@i handle) {id}": {"agent": "me"},
        "((i|we) (want|need|would like)|(i'd|we'd) like) {id} (to be (handled|taken|done) by|to go to) {agent}": {},
        "((i|we) (want|need|would like)|(i'd|we'd) like) {id} (@handled by) {agent}": {},
    }
    from_ = (TicketStatus.OPEN, TicketStatus.PENDING, TicketStatus.ESCALATED, TicketStatus.RESOLVED)

    agent = Ref("The user to assign it to; the least busy one by default.", "user").said(
        "assignee|owner|handler",
        marks="@over to|as|with",
        unnamed={},
    )

    @classmethod
    def looks(cls, given: dict[str, Any]) -> bool:
        """Whether an agent is to be chosen."""
        return given["agent"] is None

    @classmethod
    async def decide(cls, draft: Draft, desk: Any) -> Change:
        """The agent; NO_AGENT_AVAILABLE where none is named and none is there."""
        agent = draft.given["agent"] or await least_busy(desk.tx, draft.id)
        if agent is None:
            raise NoAgentAvailableError(field="agent")
        return cls.change({"agent": agent})
