"""`do` on the real database: sentences done, all of their steps or none."""

from __future__ import annotations

from deskgraph.resolvers.desk import Desk


async def test_the_sentence_of_the_specification(desk: Desk) -> None:
    await desk.User.create(id="user_bQ4xNmWj", name="Sam", status="online")
    await desk.Ticket.create(id="ticket_rV7yKdPm", subject="Cannot access billing portal")
    result = await desk.do(
        "Assign ticket_rV7yKdPm to user_bQ4xNmWj, then resolve it with 'Portal access restored after billing sync'",
        positions=True,
    )
    print(result.as_dict())
    ticket = await desk.Ticket.get("ticket_rV7yKdPm")
    assert ticket
    assert (ticket.status, ticket.agent, ticket.resolution) == (
        "RESOLVED",
        "user_bQ4xNmWj",
        "Portal access restored after billing sync",
    )
