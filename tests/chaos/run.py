"""A chaos run from beginning to end: load, kills and faults, quiet, evidence."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.cluster import KEY, WORKSPACE, Cluster
from tests.chaos.evidence import Evidence, Received, gather, lines, quiet, receipts
from tests.chaos.killer import Killer, Saboteur, Say
from tests.chaos.processes import until
from tests.chaos.report import Run
from tests.chaos.subscribers import Listener, Subscriber
from tests.chaos.writers import Client, Ledger, settle_in

# Seconds for everything to be done with once the faults have ended.
QUIET = 240.0


@dataclass(frozen=True)
class Plan:
    """How hard a run is: at least so many kills and minutes.

    `between`: how many verbs are done between one kill and the next. `stall`: the longest stall of a link, in seconds.
    """

    kills: int = 35
    minutes: float = 0.0
    seed: int = 1
    clients: int = 6
    between: int = 40
    stall: float = 45.0


async def run(plan: Plan, folder: Path, say: Say) -> tuple[Run, Evidence]:
    """Run it all; what happened and the evidence."""
    began = time.monotonic()
    async with Cluster(folder) as cluster:
        say(f"all is up after {time.monotonic() - began:.0f} s; logs are in {folder}")
        ledger = Ledger(cluster.urls, KEY, plan.seed)
        await settle_in(ledger)
        await cluster.send_webhook()
        subscribers = _subscribers(cluster, plan.seed)
        following = [asyncio.create_task(one.follow(), name=one.name) for one in subscribers]
        try:
            done = await _disturb(plan, cluster, ledger, say)
            say("no more faults: waiting for quiet")
            evidence = await _settle(cluster, ledger, subscribers)
        finally:
            for task in following:
                task.cancel()
            await asyncio.gather(*following, return_exceptions=True)
    done.seconds = time.monotonic() - began
    done.connections = {one.name: one.connections for one in subscribers}
    return done, evidence


def _subscribers(cluster: Cluster, seed: int) -> list[Subscriber]:
    outcomes = ["ticket.resolved", "activity.created"]
    return [
        Subscriber("all", cluster.urls, KEY, seed=seed),
        Subscriber("outcomes", cluster.urls, KEY, outcomes, seed=seed + 1),
        Listener("tickets by SSE", cluster.urls, KEY, ["ticket.*"], seed=seed),
    ]


async def _disturb(plan: Plan, cluster: Cluster, ledger: Ledger, say: Say) -> Run:
    """Load, kills and faults of the links, until all kills are done; then each client ends what it has begun."""
    clients = [Client(ledger, number) for number in range(plan.clients)]
    working = [asyncio.create_task(client.work(), name=f"client {number}") for number, client in enumerate(clients)]
    killer = Killer(cluster.victims, ledger.progressed, plan.seed, say)
    saboteur = Saboteur(cluster.links, plan.seed, say, plan.stall)
    disturbing = asyncio.create_task(saboteur.work(), name="saboteur")
    try:
        await killer.work(plan.kills, plan.between, plan.minutes)
        if disturbing.done():
            disturbing.result()  # it never ends by itself: say why it did
    finally:
        disturbing.cancel()
        await asyncio.gather(disturbing, return_exceptions=True)
        cluster.heal()
        for client in clients:
            client.stop()
    async with asyncio.timeout(QUIET):
        await asyncio.gather(*working)
    return Run(plan.seed, kills=killer.kills, faults=saboteur.faults, troubles=ledger.troubles)


async def _settle(cluster: Cluster, ledger: Ledger, subscribers: list[Subscriber]) -> Evidence:
    """Wait until all is quiet, then gather. What does not become quiet is left for the checks to find."""
    late: list[str] = []
    await cluster.up()
    async with cluster.database() as database:
        try:
            await quiet(database, WORKSPACE, QUIET)
            last = (await gather(database, WORKSPACE)).events[-1]["position"]
            await until(lambda: subscribers[0].position >= last, QUIET, "a subscriber has seen everything")
            await until(lambda: _seen(subscribers), 10, "the others have, too")
        except TimeoutError as error:
            late.append(str(error))
        evidence = await gather(database, WORKSPACE, ledger.deeds, subscribers)
    evidence.received = [
        Received("audit", ordered=True, receipts=receipts(cluster.audited)),
        Received("webhook", ordered=False, receipts=receipts(cluster.received)),
    ]
    evidence.runs = lines(cluster.runs)
    evidence.strange += [*ledger.strange, *late]
    return evidence


def _seen(subscribers: list[Subscriber]) -> bool:
    """Whether those that want some of the events have seen what the one that wants all has."""
    everything = subscribers[0].seen
    counts: Counter[str] = Counter(event["type"] for event in everything)
    tickets = sum(count for kind, count in counts.items() if kind.startswith("ticket."))
    outcomes = counts["ticket.resolved"] + counts["activity.created"]
    return len(subscribers[1].seen) >= outcomes and len(subscribers[2].seen) >= tickets
