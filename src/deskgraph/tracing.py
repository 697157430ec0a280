"""OpenTelemetry: spans to a collector, if the standard OTEL_* variables name one. It takes `deskgraph[otel]`."""

from __future__ import annotations

import os
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING

from deskgraph.schema.errors import DeskError

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
HTTP = "http/protobuf"
# Seconds that the last spans have to be sent when the server stops.
GOODBYE = 2.0


def wanted() -> bool:
    """Whether spans are to be exported, and nobody else does so already."""
    exporter = os.environ.get("OTEL_TRACES_EXPORTER", "")
    named = exporter == "otlp" or (not exporter and any(os.environ.get(name) for name in ENDPOINTS))
    if not named or os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return False
    from deskgraph.graph.telemetry import tracing  # only now: Java is to start before much is loaded

    return not tracing()


def check_tracing() -> None:
    """DeskError if spans are wanted and can't be exported."""
    if wanted():
        _provider().shutdown()


def _provider() -> TracerProvider:
    """What exports spans as the OTEL_* variables say. It starts a thread."""
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import OTELResourceDetector, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise DeskError("Traces take an extra: pip install 'deskgraph[otel]'.") from error
    protocol = next((os.environ[name] for name in PROTOCOLS if os.environ.get(name)), HTTP)
    if protocol != HTTP:
        raise DeskError(f"Traces are exported by {HTTP}, not {protocol}: look at OTEL_EXPORTER_OTLP_PROTOCOL.")
    own = Resource.create({"service.name": "deskgraph", "service.version": version("deskgraph")})
    made = TracerProvider(resource=own.merge(OTELResourceDetector().detect()), shutdown_on_exit=False)
    made.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return made


@asynccontextmanager
async def exporting_spans() -> AsyncIterator[None]:
    """Export spans while this is open, if that is wanted. A collector that is away keeps nothing waiting."""
    if not wanted():
        yield
        return
    from opentelemetry import trace

    made = _provider()
    trace.set_tracer_provider(made)
    try:
        yield
    finally:
        ending = threading.Thread(target=made.shutdown, daemon=True, name="deskgraph-spans")
        ending.start()
        ending.join(GOODBYE)
