"""The counts of a run, as a small table."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

from tests.chaos.checks import SURVEY
from tests.chaos.evidence import Evidence, Receipt


@dataclass
class Run:
    """What happened in a run beside its evidence."""

    seed: int
    seconds: float = 0.0
    kills: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    troubles: Counter[str] = field(default_factory=Counter)
    connections: dict[str, int] = field(default_factory=dict)


def table(run: Run, evidence: Evidence, found: dict[str, list[str]]) -> str:
    """A line for each thing that was counted."""
    rows = _rows(run, evidence, found) | {
        "contradictions": _sum(Counter({name: len(said) for name, said in found.items()}))
    }
    width = max(map(len, rows))
    return "\n".join(f"{name:{width}}  {text}" for name, text in rows.items())


def _rows(run: Run, evidence: Evidence, found: dict[str, list[str]]) -> dict[str, str]:
    deeds = evidence.deeds
    done = [deed for deed in deeds if deed.acknowledged]
    types = Counter(event["type"] for event in evidence.events)
    made = [json.loads(event["data"]).get("type") for event in evidence.events if event["type"] == "activity.created"]
    surveys = made.count(SURVEY)
    subjects = len({event["subject"] for event in evidence.events})
    refused = Counter(deed.code for deed in deeds if deed.code)
    keys = {row["key"]: row["event"] for row in evidence.keys}
    late = sum(1 for deed in deeds if deed.code and keys.get(deed.key))
    return {
        "seed, minutes": f"{run.seed}, {run.seconds / 60:.1f}",
        "kills": _sum(run.kills),
        "faults of links": _sum(run.faults),
        "verbs acknowledged": f"{len(done)}, sent {sum(deed.attempts for deed in done)} times",
        "verbs refused": f"{_sum(refused)}; of these done by an earlier sending that came late: {late}",
        "broken answers": _sum(run.troubles),
        "longest pause": f"{_pause([deed.ended for deed in done]):.1f} s without a verb acknowledged",
        "events": f"{len(evidence.events)}{'' if 'contiguous' in found else f', positions 1 to {evidence.position}'}",
        "subjects": f"{subjects}{'' if 'versions' in found else ', each with its versions in order'}",
        "subscribers": ", ".join(
            f"{seen.name} {len(seen.events)} events over {run.connections.get(seen.name, 1)} connections"
            for seen in evidence.seen
        ),
        "surveys": f"{surveys} of {types['ticket.resolved']} resolutions; the hook ran {len(evidence.runs)} times",
        **{one.name: _again(one.receipts) for one in evidence.received},
        "left over": f"{len(evidence.deliveries)} deliveries open, {len(evidence.parked)} events parked",
    }


def _again(receipts: list[Receipt]) -> str:
    events = len({receipt.event for receipt in receipts})
    return f"{events} events, and {len(receipts) - events} times one of them again"


def _sum(counts: Counter[str]) -> str:
    parts = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
    return f"{sum(counts.values())}" + (f" ({parts})" if parts else "")


def _pause(times: list[float]) -> float:
    """The longest time between two of them."""
    return max((after - before for before, after in pairwise(sorted(times))), default=0.0)
