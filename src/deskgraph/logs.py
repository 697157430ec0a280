"""Logs: structured, on standard error, for people on a terminal and as JSON elsewhere."""

from __future__ import annotations

import logging
import sys

import structlog


def configure_by_default() -> None:
    """Set up logging unless the program that uses deskgraph has done so: nothing of ours goes to standard output."""
    if not structlog.is_configured():
        configure()


def configure(level: int = logging.INFO) -> None:
    """Set up logging for a process of our own. Libraries are heard from WARNING on.

    Tracebacks show no local variables: those may hold keys and secrets.
    """
    renderer: list[structlog.typing.Processor] = (
        [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
        if sys.stderr.isatty()
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.getLogger("neo4j").setLevel(logging.ERROR)  # its warnings are raised as errors too, or retried
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
