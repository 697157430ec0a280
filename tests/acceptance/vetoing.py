"""A before-hook for `deskgraph serve --hooks tests.acceptance.vetoing`."""

from typing import Any

from deskgraph import Ticket


@Ticket.creating
def veto(ticket: Any, _ctx: Any) -> None:
    """Refuse one subject."""
    if ticket.subject == "forbidden":
        raise ValueError("Not before the audit is over.")
