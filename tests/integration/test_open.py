"""The desk in one's own process: `deskgraph.open` and the module's own words."""

from __future__ import annotations

from typing import Any

import pytest

import deskgraph
from deskgraph import Contact, Organization, Ticket
from deskgraph.resolvers.desk import Desk


async def test_the_words_need_an_open_desk() -> None:
    with pytest.raises(deskgraph.DeskError, match="No desk is open here"):
        await Ticket.create(subject="x")


async def test_the_words_mean_the_desk_that_is_open(workspace: str) -> None:
    async with deskgraph.open(workspace=workspace) as desk:
        assert isinstance(desk, Desk)
        organization = await Organization.create(name="Acme")
        contact = await Contact.create(name="Ann", organization=organization)
        ticket = await Ticket.create(subject="Printer on fire", priority="High", contact=contact, channel="email")
        assert await Ticket.get(ticket.id) == ticket
        assert await Ticket.find(priority="high", contact=contact) == [ticket]
        assert (await desk.Ticket.find(organization=organization)) == [ticket]
    with pytest.raises(deskgraph.DeskError, match="No desk is open here"):
        await Ticket.get(ticket.id)


async def test_hooks_on_the_module_s_words_and_their_removal(workspace: str) -> None:
    async def shout(ticket: Any, _ctx: Any) -> None:
        ticket.subject = ticket.subject.upper()

    assert Ticket.creating(shout) is shout
    try:
        async with deskgraph.open(workspace=workspace):
            assert (await Ticket.create(subject="quiet")).subject == "QUIET"
            Ticket.creating.remove(shout)
            assert (await Ticket.create(subject="quiet")).subject == "quiet"
    finally:
        with pytest.raises(ValueError, match="not in list"):
            Ticket.creating.remove(shout)


async def test_words_that_do_not_exist_are_told() -> None:
    with pytest.raises(AttributeError, match="Ticket has no word 'explode'"):
        Ticket.explode  # noqa: B018
    with pytest.raises(AttributeError, match="module 'deskgraph' has no attribute 'Invoice'"):
        deskgraph.Invoice  # noqa: B018
