"""`GET /metrics`: what Prometheus reads.

With several workers their counts are added up, whichever of them answers. How far the log and its consumers are is
asked of the database then and there; while it is away, only that it is.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response

from deskgraph.answers import refused_response
from deskgraph.asked import RefusedError
from deskgraph.endpoint import Endpoint
from deskgraph.graph.standing import Standing, standing
from deskgraph.schema.errors import ForbiddenError
from deskgraph.schema.roles import ADMINS, NOBODY

SECONDS = 2.0
# The names of consumers are their owners' words: of many, those that are furthest behind.
MOST = 100


def metrics(endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    """The answer to a scrape. It wants an administrator's key, unless the metrics are public."""

    async def answer(request: Request) -> Response:
        if not endpoint.serving.public_metrics:
            try:
                await admitted(endpoint, request)
            except RefusedError as refused:
                return refused_response(refused)
        told = generate_latest(counted()) + generate_latest(Told(await families(endpoint)))
        return Response(told, media_type=CONTENT_TYPE_LATEST)

    return answer


async def admitted(endpoint: Endpoint, request: Request) -> None:
    """Refuse whoever has no administrator's key to the workspace that the server was started with."""
    login = await endpoint.authenticator.admit(request)
    home = login.desk is endpoint.authenticator.home
    try:
        login.caller.must_be(ADMINS if home else NOBODY, "see metrics")
    except ForbiddenError as error:
        raise RefusedError(403, error) from error


def counted() -> Collector:
    """What this process has counted, or all workers have."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


@dataclass(frozen=True, slots=True)
class Told(Collector):
    """Metrics as they were just asked for."""

    metrics: list[Metric] = field(default_factory=list)

    def collect(self) -> Iterable[Metric]:
        """They."""
        return self.metrics


async def families(endpoint: Endpoint) -> list[Metric]:
    """What the database says, if it says something in time."""
    desk = endpoint.authenticator.home
    up = GaugeMetricFamily("deskgraph_database_up", "Whether the database answers.")
    try:
        found = await asyncio.wait_for(desk.read(lambda tx: standing(tx, MOST)), SECONDS)
    except Exception:  # whatever it is, that it does not answer is what is to be told
        up.add_metric([], 0)
        return [up]
    up.add_metric([], 1)
    return [up, *_standing(found)]


def _standing(found: Standing) -> Iterable[Metric]:
    yield GaugeMetricFamily("deskgraph_log_position", "The log's last position.", found.position)
    yield GaugeMetricFamily("deskgraph_log_pending", "Events that wait for their position.", found.pending)
    told: dict[str, Any] = {"lag": "Positions until it is done with the log.", "parked": "Events that it has parked."}
    for name, what in told.items():
        family = GaugeMetricFamily(f"deskgraph_consumer_{name}", what, labels=["consumer", "kind"])
        for one in found.consumers:
            family.add_metric([one["name"], one["kind"]], one[name])
        yield family
