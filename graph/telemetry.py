"""What is measured and traced: the metrics of this process, and spans for whoever has set up OpenTelemetry.

Labels have few values, all of them known beforehand: no texts, no ids. Without a tracer provider no span is made.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from time import perf_counter
from typing import Any

from opentelemetry import trace
from opentelemetry.trace import ProxyTracerProvider, SpanKind, Status, StatusCode
from prometheus_client import Counter, Gauge, Histogram

OK, UNKNOWN, SUBSCRIPTION = "OK", "unknown", "subscription"
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

OPERATIONS = Counter("deskgraph_operations", "GraphQL operations that have ended.", ["kind", "code"])
OPERATION_SECONDS = Histogram(
    "deskgraph_operation_seconds", "How long queries and mutations took.", ["kind"], buckets=SECONDS
)
SUBSCRIPTIONS = Gauge("deskgraph_subscriptions", "Subscriptions that are open.", multiprocess_mode="livesum")
DATABASE_SECONDS = Histogram(
    "deskgraph_database_seconds", "How long the database took for a query.", ["access"], buckets=SECONDS
)
READING, WRITING = DATABASE_SECONDS.labels("read"), DATABASE_SECONDS.labels("write")
DELIVERIES = Counter("deskgraph_deliveries", "Deliveries that a worker of this server took on.", ["kind"])
for _kind in ("HOOK", "WEBHOOK"):
    DELIVERIES.labels(_kind)  # told from the start, as 0
FEED_POSITION = Gauge(
    "deskgraph_feed_position", "The log's last position that every process has seen.", multiprocess_mode="livemin"
)

# The child of a metric is looked up once: `labels` takes longer than counting does.
_ended, _seconds = cache(OPERATIONS.labels), cache(OPERATION_SECONDS.labels)
_TRACER = trace.get_tracer("deskgraph")
_NOTHING: AbstractContextManager[None] = nullcontext()


def tracing() -> bool:
    """Whether spans go anywhere."""
    return not isinstance(trace.get_tracer_provider(), ProxyTracerProvider)


def span(name: str, kind: SpanKind = SpanKind.INTERNAL, **attributes: Any) -> AbstractContextManager[trace.Span | None]:
    """A span for as long as the context lasts. A double underscore in an attribute's name stands for a dot."""
    return _span(name, kind, attributes) if tracing() else _NOTHING


@contextmanager
def _span(name: str, kind: SpanKind, attributes: dict[str, Any]) -> Iterator[trace.Span]:
    """Of what went wrong it tells the kind alone: messages may say what somebody wrote."""
    told = {key.replace("__", "."): value for key, value in attributes.items() if value is not None}
    with _TRACER.start_as_current_span(
        name, kind=kind, attributes=told, record_exception=False, set_status_on_exception=False
    ) as made:
        try:
            yield made
        except BaseException as error:
            made.set_status(Status(StatusCode.ERROR))
            made.set_attribute("error.type", getattr(error, "code", None) or type(error).__name__)
            raise


class database_span:  # noqa: N801 - a context, used as a function is
    """Measures a query, whose text holds no values. A class, for each query has one."""

    __slots__ = ("_began", "_metric", "_span")

    def __init__(self, access: str, cypher: str) -> None:
        self._metric = READING if access == "read" else WRITING
        told = {"db__system__name": "neo4j", "db__operation__name": access, "db__query__text": cypher}
        self._span = span(f"neo4j {access}", SpanKind.CLIENT, **told)

    def __enter__(self) -> None:
        self._began = perf_counter()
        self._span.__enter__()

    def __exit__(self, *raised: Any) -> None:
        self._span.__exit__(*raised)
        self._metric.observe(perf_counter() - self._began)


@dataclass(slots=True)
class Observed:
    """What is known of an operation so far: its kind, and its first error's code."""

    kind: str = UNKNOWN
    code: str = ""

    def begin(self, kind: str) -> None:
        """Say what kind it is."""
        if kind != self.kind:
            self.kind = kind
            if kind == SUBSCRIPTION:
                SUBSCRIPTIONS.inc()

    def note(self, code: object) -> None:
        """Say that it has an error; the first one counts."""
        self.code = self.code or str(code)

    def end(self, seconds: float) -> None:
        """Count it, unless it turned out to be no operation at all."""
        if self.kind == SUBSCRIPTION:
            SUBSCRIPTIONS.dec()
        elif self.kind != UNKNOWN:
            _seconds(self.kind).observe(seconds)
        if self.code or self.kind != UNKNOWN:
            _ended(self.kind, self.code or OK).inc()


_OBSERVED: ContextVar[Observed | None] = ContextVar("deskgraph_observed", default=None)


def observed() -> Observed:
    """The operation that is observed here; one that nobody looks at where there is none."""
    return _OBSERVED.get() or Observed()


@contextmanager
def observing() -> Iterator[Observed]:
    """Observe one operation for as long as the context lasts."""
    seen, began = Observed(), perf_counter()
    token = _OBSERVED.set(seen)
    try:
        with span("graphql operation") as made:
            yield seen
            if made:
                made.set_attribute("graphql.operation.type", seen.kind)
                made.set_attribute("deskgraph.code", seen.code or OK)
    finally:
        _OBSERVED.reset(token)
        seen.end(perf_counter() - began)
