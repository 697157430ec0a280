"""What is promised, as pure functions: each takes the evidence of a run and says what contradicts its promise."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from itertools import pairwise
from typing import Any

from tests.chaos.evidence import Evidence, Receipt, Seen

Check = Callable[[Evidence], Iterator[str]]
SURVEY = "satisfaction_survey"
# The status that a ticket has after an event; it keeps its status after the others.
STATUS = {
    "ticket.created": "OPEN",
    "ticket.escalated": "ESCALATED",
    "ticket.held": "PENDING",
    "ticket.reopened": "OPEN",
    "ticket.resolved": "RESOLVED",
    "ticket.closed": "CLOSED",
}


def acknowledged(evidence: Evidence) -> Iterator[str]:
    """Every verb that a client was told is done has its event, just as it was told."""
    events = {event["id"]: event for event in evidence.events}
    keys = {row["key"]: row["event"] for row in evidence.keys}
    for deed in evidence.deeds:
        if deed.event is None:
            continue
        event = events.get(deed.event)
        if event is None:
            yield f"{deed.verb} {deed.key} was acknowledged, but there is no event {deed.event}"
            continue
        if (event["type"], event["subject"], event["version"]) != (deed.type, deed.subject, deed.version):
            yield f"{deed.verb} {deed.key} was told {deed.type} {deed.subject} {deed.version}, but the log has {event}"
        if deed.position is not None and event["position"] != deed.position:
            yield f"{deed.verb} {deed.key} was told position {deed.position}, but it is {event['position']}"
        if keys.get(deed.key) != deed.event:
            yield f"the key {deed.key} names {keys.get(deed.key)}, but its client was told {deed.event}"


def refused(evidence: Evidence) -> Iterator[str]:
    """A verb that was refused when it was first sent has no event."""
    keys = {row["key"]: row["event"] for row in evidence.keys}
    for deed in evidence.deeds:
        if deed.code is not None and deed.attempts == 1 and keys.get(deed.key):
            yield f"{deed.verb} {deed.key} was refused with {deed.code}, but has the event {keys[deed.key]}"


def once(evidence: Evidence) -> Iterator[str]:
    """No verb was done twice: one event for a client's mark, one key for a client's event."""
    marks = Counter(mark for event in evidence.events for mark in _marks(event))
    yield from (f"{mark} was done {count} times" for mark, count in marks.items() if count > 1)
    named = Counter(row["event"] for row in evidence.keys)
    yield from (f"{event} is the event of {count} keys" for event, count in named.items() if event and count > 1)
    for event in evidence.events:
        if event["actor"].startswith("key:") and not named[event["id"]]:
            yield f"{event['type']} {event['id']} at {event['position']} was done without a key, or twice with one"


def _marks(event: dict[str, Any]) -> list[str]:
    """The client's mark in an event's data, which is a text in one of its fields."""
    data = json.loads(event["data"])
    values = [*data.values(), *data.get("changes", {}).values()]
    return [value for value in values if isinstance(value, str) and value.startswith("chaos-")]


def contiguous(evidence: Evidence) -> Iterator[str]:
    """Every event has one position, and the positions are 1, 2, 3, ... up to the workspace's count."""
    for event in evidence.events:
        if event["position"] is None or event["pending"]:
            yield f"{event['type']} {event['id']} waits for a position"
    places = Counter(event["position"] for event in evidence.events if event["position"] is not None)
    yield from (f"{count} events have position {place}" for place, count in places.items() if count > 1)
    wanted = set(range(1, evidence.position + 1))
    yield from (f"no event has position {place}" for place in sorted(wanted - set(places)))
    yield from (f"position {place} is beyond the count" for place in sorted(set(places) - wanted))


def versions(evidence: Evidence) -> Iterator[str]:
    """The versions of each subject are 1, 2, 3, ... in the order of the positions, and its node has the last one."""
    found: dict[str, list[int]] = defaultdict(list)
    for event in _placed(evidence):
        found[event["subject"]].append(event["version"])
    for subject, numbers in found.items():
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"{subject} has the versions {numbers}"
    for node in evidence.nodes:
        if node["version"] != len(found.get(node["id"], ())):
            yield f"{node['id']} has version {node['version']}, but {len(found.get(node['id'], ()))} events"
    for subject in found.keys() - {node["id"] for node in evidence.nodes}:
        yield f"{subject} has events, but is not there"


def states(evidence: Evidence) -> Iterator[str]:
    """The status of each ticket is the one that its events lead to."""
    led: dict[str, str] = {}
    for event in _placed(evidence):
        if event["type"] in STATUS:
            led[event["subject"]] = STATUS[event["type"]]
    for node in evidence.nodes:
        if node["id"].startswith("ticket_") and node["status"] != led.get(node["id"]):
            yield f"{node['id']} is {node['status']}, but its events lead to {led.get(node['id'])}"


def subscriptions(evidence: Evidence) -> Iterator[str]:
    """Each subscriber saw each event of its types once, in order."""
    for seen in evidence.seen:
        wanted = [(event["position"], event["id"]) for event in _placed(evidence) if _matches(seen, event)]
        found = [(event["position"], event["id"]) for event in seen.events]
        if found == wanted:
            continue
        counts = Counter(found)
        twice = sorted(one for one, count in counts.items() if count > 1)
        disordered = [after for before, after in pairwise(found) if after < before]
        yield (
            f"{seen.name} saw {len(found)} of {len(wanted)} events: missed {sorted(set(wanted) - set(found))[:5]}, "
            f"twice {twice[:5]}, out of order {disordered[:5]}, not in the log {sorted(set(found) - set(wanted))[:5]}"
        )


def _matches(seen: Seen, event: dict[str, Any]) -> bool:
    return seen.types is None or any(fnmatchcase(event["type"], pattern) for pattern in seen.types)


def surveys(evidence: Evidence) -> Iterator[str]:
    """Each resolution of a ticket led to one survey, and no survey came from nowhere."""
    resolved = {event["id"] for event in evidence.events if event["type"] == "ticket.resolved"}
    causes: Counter[str] = Counter()
    made = set()
    for event in evidence.events:
        if event["type"] == "activity.created" and json.loads(event["data"]).get("type") == SURVEY:
            made.add(event["subject"])
            causes.update(event["causes"])
            if len(event["causes"]) != 1 or event["causes"][0] not in resolved:
                yield f"the survey {event['subject']} was caused by {event['causes']}"
    yield from (f"{cause} has {causes[cause]} surveys" for cause in sorted(resolved) if causes[cause] != 1)
    there = {survey["id"] for survey in evidence.surveys}
    yield from (f"the survey {one} has no event, or is not there" for one in sorted(made ^ there))


def deliveries(evidence: Evidence) -> Iterator[str]:
    """Each durable consumer and webhook got every ticket event at least once."""
    wanted = {event["id"]: event for event in _placed(evidence) if event["type"].startswith("ticket.")}
    for one in evidence.received:
        got = {receipt.event for receipt in one.receipts}
        yield from (f"{one.name} never got {wanted[event]['position']}" for event in wanted if event not in got)
        yield from (f"{one.name} got {event}, which is not in the log" for event in sorted(got - set(wanted)))
        if one.ordered:
            yield from (f"{one.name} {fault}" for fault in _disordered(one.receipts))


def _disordered(receipts: list[Receipt]) -> Iterator[str]:
    """Where a ticket's event came for the first time after a later one of the same ticket."""
    last: dict[str, int] = defaultdict(int)
    known: set[str] = set()
    for receipt in receipts:
        if receipt.event in known:
            continue
        known.add(receipt.event)
        if receipt.position < last[receipt.subject]:
            yield f"got {receipt.position} of {receipt.subject} after {last[receipt.subject]}"
        last[receipt.subject] = receipt.position


def nothing_left(evidence: Evidence) -> Iterator[str]:
    """No delivery is open and nothing is parked once all is quiet."""
    yield from (f"{one['consumer']} has not done {one['position']}: {one['error']}" for one in evidence.deliveries)
    yield from (f"{one['consumer']} has parked {one['position']}: {one['error']}" for one in evidence.parked)


def no_surprises(evidence: Evidence) -> Iterator[str]:
    """No client got an answer that is not documented for such a moment."""
    yield from evidence.strange


def _placed(evidence: Evidence) -> list[dict[str, Any]]:
    """The events in the order of the log."""
    return sorted((one for one in evidence.events if one["position"] is not None), key=lambda one: one["position"])


CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (
        acknowledged,
        refused,
        once,
        contiguous,
        versions,
        states,
        subscriptions,
        surveys,
        deliveries,
        nothing_left,
        no_surprises,
    )
}


def faults(evidence: Evidence) -> dict[str, list[str]]:
    """What contradicts which promise; nothing if all are kept."""
    found = {name: list(check(evidence)) for name, check in CHECKS.items()}
    return {name: said for name, said in found.items() if said}
