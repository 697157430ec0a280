"""Each check finds the fault that it is there for: evidence of a sound run, with one fault planted at a time."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.chaos.checks import CHECKS, faults
from tests.chaos.evidence import Evidence, Receipt, Received, Seen
from tests.chaos.writers import Deed

LOG = [
    ("contact.created", "contact_1", 1),
    ("ticket.created", "ticket_1", 1),
    ("ticket.held", "ticket_1", 2),
    ("ticket.created", "ticket_2", 1),
    ("ticket.resolved", "ticket_1", 3),
    ("activity.created", "activity_1", 1),
    ("ticket.resolved", "ticket_2", 2),
    ("activity.created", "activity_2", 1),
]


def happened(position: int, type_: str, subject: str, version: int) -> dict[str, Any]:
    """An event as the database holds it: a client's, or a survey that the event before caused."""
    caused = type_ == "activity.created"
    return {
        "id": f"event_{position}",
        "type": type_,
        "subject": subject,
        "version": version,
        "position": position,
        "pending": False,
        "actor": "hook:survey" if caused else "key:admin",
        "data": json.dumps({"type": "satisfaction_survey"} if caused else {"reason": f"chaos-{position}"}),
        "causes": [f"event_{position - 1}"] if caused else [],
    }


@pytest.fixture
def sound() -> Evidence:
    """Two tickets that were resolved, everything as promised."""
    evidence = Evidence(0, [], [], [], [], [], [])
    evidence.seen = [Seen("all", None, []), Seen("tickets", ["ticket.*"], [])]
    evidence.received = [Received("audit", True), Received("webhook", False)]
    for entry in LOG:
        append(evidence, *entry)
    evidence.deeds.append(Deed("chaos-refused", "hold", attempts=1, code="INVALID_TRANSITION"))
    return evidence


def append(evidence: Evidence, type_: str, subject: str, version: int) -> dict[str, Any]:
    """One more event, known to everybody who has to know."""
    evidence.position += 1
    event = happened(evidence.position, type_, subject, version)
    evidence.events.append(event)
    told(evidence, event)
    evidence.nodes = [node for node in evidence.nodes if node["id"] != subject]
    status = {"ticket.created": "OPEN", "ticket.held": "PENDING", "ticket.resolved": "RESOLVED"}.get(type_)
    evidence.nodes.append({"id": subject, "version": version, "status": status})
    return event


def told(evidence: Evidence, event: dict[str, Any]) -> None:
    """Tell the event's client, the subscribers and the consumer."""
    ticket, position = event["subject"].startswith("ticket_"), event["position"]
    if event["actor"] == "key:admin":
        known = {name: event[name] for name in ("type", "subject", "version", "position")}
        evidence.deeds.append(Deed(f"chaos-{position}", "verb", attempts=1, event=event["id"], **known))
        evidence.keys.append({"key": f"chaos-{position}", "event": event["id"]})
    else:
        evidence.surveys.append({"id": event["subject"]})
    for seen in evidence.seen[: 2 if ticket else 1]:
        seen.events.append({"position": position, "id": event["id"]})
    if ticket:
        for one in evidence.received:
            one.receipts.append(Receipt(position, event["id"], event["subject"]))


def lose_an_event(evidence: Evidence) -> None:
    del evidence.events[2]


def lose_an_event_without_a_trace(evidence: Evidence) -> None:
    """What a rolled-back commit would look like that was acknowledged all the same."""
    append(evidence, "ticket.created", "ticket_3", 1)
    evidence.position -= 1
    for rows in (evidence.events, evidence.nodes, evidence.keys):
        rows.pop()
    forget_the_last(evidence)


def forget_the_last(evidence: Evidence) -> None:
    """Nobody who follows the log has seen the last event."""
    for seen in evidence.seen:
        seen.events.pop()
    for one in evidence.received:
        one.receipts.pop()


def tell_another_version(evidence: Evidence) -> None:
    evidence.deeds[1].version = 7


def tell_another_position(evidence: Evidence) -> None:
    evidence.deeds[1].position = 7


def lose_a_key(evidence: Evidence) -> None:
    del evidence.keys[1]


def give_a_key_another_event(evidence: Evidence) -> None:
    evidence.keys[1]["event"] = evidence.keys[2]["event"]


def do_what_was_refused(evidence: Evidence) -> None:
    append(evidence, "ticket.created", "ticket_3", 1)
    evidence.deeds.pop()
    evidence.deeds[-1].key = "chaos-9"


def do_it_twice(evidence: Evidence) -> None:
    event = append(evidence, "ticket.held", "ticket_2", 3)
    event["data"] = evidence.events[2]["data"]


def do_it_twice_with_one_key(evidence: Evidence) -> None:
    append(evidence, "ticket.held", "ticket_2", 3)
    evidence.keys.pop()
    evidence.deeds.pop()


def give_a_position_twice(evidence: Evidence) -> None:
    evidence.events[0]["position"] = evidence.deeds[0].position = 2


def give_no_position(evidence: Evidence) -> None:
    event = append(evidence, "ticket.created", "ticket_3", 1)
    event["position"], event["pending"] = None, True
    evidence.position -= 1
    evidence.deeds[-1].position = None
    forget_the_last(evidence)


def leave_a_gap(evidence: Evidence) -> None:
    evidence.position += 1
    append(evidence, "ticket.created", "ticket_3", 1)


def count_too_few(evidence: Evidence) -> None:
    evidence.position -= 1


def swap_versions(evidence: Evidence) -> None:
    one, other = evidence.events[1], evidence.events[2]
    one["version"], other["version"] = other["version"], one["version"]
    evidence.deeds[1].version, evidence.deeds[2].version = 2, 1


def lose_an_update(evidence: Evidence) -> None:
    evidence.nodes[-1]["version"] = 9


def lose_a_node(evidence: Evidence) -> None:
    evidence.nodes = [node for node in evidence.nodes if node["id"] != "contact_1"]


def leave_another_status(evidence: Evidence) -> None:
    next(node for node in evidence.nodes if node["id"] == "ticket_1")["status"] = "OPEN"


def miss_one(evidence: Evidence) -> None:
    del evidence.seen[0].events[3]


def miss_the_last(evidence: Evidence) -> None:
    evidence.seen[1].events.pop()


def see_one_twice(evidence: Evidence) -> None:
    evidence.seen[0].events.insert(4, evidence.seen[0].events[3])


def see_them_out_of_order(evidence: Evidence) -> None:
    evidence.seen[0].events[3:5] = reversed(evidence.seen[0].events[3:5])


def see_another_event_in_its_place(evidence: Evidence) -> None:
    evidence.seen[1].events[0] = {"position": 2, "id": "event_of_a_rolled_back_transaction"}


def survey_twice(evidence: Evidence) -> None:
    append(evidence, "activity.created", "activity_3", 1)["causes"] = ["event_7"]


def survey_never(evidence: Evidence) -> None:
    append(evidence, "ticket.resolved", "ticket_2", 3)


def survey_for_nothing(evidence: Evidence) -> None:
    append(evidence, "activity.created", "activity_3", 1)["causes"] = []


def survey_in_the_log_only(evidence: Evidence) -> None:
    evidence.surveys.pop()


def deliver_one_not(evidence: Evidence) -> None:
    del evidence.received[1].receipts[2]


def deliver_out_of_order(evidence: Evidence) -> None:
    evidence.received[0].receipts[:2] = reversed(evidence.received[0].receipts[:2])


def deliver_what_never_happened(evidence: Evidence) -> None:
    evidence.received[0].receipts.append(Receipt(9, "event_9", "ticket_3"))


def leave_a_delivery(evidence: Evidence) -> None:
    evidence.deliveries.append({"consumer": "survey", "position": 7, "error": None})


def park(evidence: Evidence) -> None:
    evidence.parked.append({"consumer": "survey", "position": 7, "error": "ValueError: no"})


def answer_strangely(evidence: Evidence) -> None:
    evidence.strange.append("500 Internal Server Error")


@pytest.mark.parametrize(
    ("plant", "found"),
    [
        (lose_an_event, {"acknowledged", "contiguous", "versions", "subscriptions", "deliveries"}),
        (lose_an_event_without_a_trace, {"acknowledged"}),
        (tell_another_version, {"acknowledged"}),
        (tell_another_position, {"acknowledged"}),
        (lose_a_key, {"acknowledged", "once"}),
        (give_a_key_another_event, {"acknowledged", "once"}),
        (do_what_was_refused, {"refused"}),
        (do_it_twice, {"once"}),
        (do_it_twice_with_one_key, {"once"}),
        (give_a_position_twice, {"contiguous", "subscriptions"}),
        (give_no_position, {"contiguous", "versions", "states"}),
        (leave_a_gap, {"contiguous"}),
        (count_too_few, {"contiguous"}),
        (swap_versions, {"versions"}),
        (lose_an_update, {"versions"}),
        (lose_a_node, {"versions"}),
        (leave_another_status, {"states"}),
        (miss_one, {"subscriptions"}),
        (miss_the_last, {"subscriptions"}),
        (see_one_twice, {"subscriptions"}),
        (see_them_out_of_order, {"subscriptions"}),
        (see_another_event_in_its_place, {"subscriptions"}),
        (survey_twice, {"surveys"}),
        (survey_never, {"surveys"}),
        (survey_for_nothing, {"surveys"}),
        (survey_in_the_log_only, {"surveys"}),
        (deliver_one_not, {"deliveries"}),
        (deliver_out_of_order, {"deliveries"}),
        (deliver_what_never_happened, {"deliveries"}),
        (leave_a_delivery, {"nothing_left"}),
        (park, {"nothing_left"}),
        (answer_strangely, {"no_surprises"}),
    ],
)
def test_a_planted_fault_is_found(sound: Evidence, plant: Callable[[Evidence], None], found: set[str]) -> None:
    plant(sound)
    assert set(faults(sound)) == found


def test_what_is_sound_has_no_fault(sound: Evidence) -> None:
    assert faults(sound) == {}


def test_what_is_delivered_again_is_no_fault(sound: Evidence) -> None:
    for one in sound.received:
        one.receipts += one.receipts[:3]
    assert faults(sound) == {}


def test_the_order_of_a_webhook_is_not_promised(sound: Evidence) -> None:
    sound.received[1].receipts.reverse()
    assert faults(sound) == {}


def test_every_check_can_fail(request: pytest.FixtureRequest) -> None:
    [marks] = [mark for mark in test_a_planted_fault_is_found.pytestmark if mark.name == "parametrize"]  # type: ignore[attr-defined]
    assert set().union(*(found for _, found in marks.args[1])) == set(CHECKS)
