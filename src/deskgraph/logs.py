"""Logs: structured, on standard error, for people on a terminal and as JSON elsewhere."""

from __future__ import annotations

import logging
import sys

import structlog


def configure_by_default() -> None:
    """Set up logging unless the program that uses deskgraph has done so: nothing of ours goes to standard output."""
    if not structlog.is_configured():
        configure()


def configure(level: str = "info") -> None:
    """Set up logging for a process of our own, from that level on. Libraries are heard from WARNING on.

    Tracebacks show no local variables: those may hold keys and secrets.
    """
    renderer: list[structlog.typing.Processor] = (
        [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
        if sys.stderr.isatty()
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    common: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,  # the request's id, and what else is bound
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*common, *renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.getLogger("neo4j").setLevel(logging.ERROR)  # its warnings are raised as errors too, or retried
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*common, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
