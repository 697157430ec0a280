"""The order of the log, as the sequencer decides it."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from deskgraph.graph.log import Entry, contiguous, in_order


def order(events: list[dict[str, Any]]) -> list[str]:
    return [event["id"] for event in in_order(events)]


def pending(subject: str, version: int, *, follows: bool = False) -> dict[str, Any]:
    return {"id": f"{subject}{version}", "subject": subject, "version": version, "follows": follows or version == 1}


def test_the_order_of_time_is_kept() -> None:
    assert order([pending("a", 1), pending("b", 1), pending("a", 2)]) == ["a1", "b1", "a2"]


def test_versions_come_one_after_the_other_whatever_the_clocks_say() -> None:
    assert order([pending("a", 3), pending("a", 2), pending("b", 1), pending("a", 1)]) == ["b1", "a1", "a2", "a3"]


def test_an_event_waits_for_its_predecessor() -> None:
    assert order([pending("a", 3), pending("b", 1), pending("a", 5, follows=True)]) == ["b1", "a5"]


def test_an_event_whose_predecessor_is_placed_goes_on() -> None:
    assert order([pending("a", 7, follows=True), pending("a", 8)]) == ["a7", "a8"]


@given(st.permutations([(subject, version) for subject in "abc" for version in range(1, 6)]))
def test_every_order_of_arrival_gives_each_subject_s_versions_in_order(arrived: list[tuple[str, int]]) -> None:
    placed = order([pending(subject, version) for subject, version in arrived])
    assert sorted(placed) == sorted(f"{subject}{version}" for subject, version in arrived)
    for subject in "abc":
        assert [one for one in placed if one[0] == subject] == [f"{subject}{version}" for version in range(1, 6)]


def test_reading_stops_at_a_gap() -> None:
    entries = [Entry(position, f"event_{position}", "ticket.created", "ticket_aaaa", 0) for position in (4, 5, 7)]
    assert [entry.position for entry in contiguous(3, entries)] == [4, 5]
    assert contiguous(2, entries) == []
