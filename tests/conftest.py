"""One real Neo4j for the session, a fresh workspace for each test."""

from __future__ import annotations

import asyncio
import inspect
import logging
import os
import sys
import tempfile
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import structlog

from deskgraph.graph.database import Database
from deskgraph.graph.embedded import EmbeddedNeo4j
from deskgraph.resolvers.api import Context, schema
from deskgraph.resolvers.desk import Desk
from deskgraph.resolvers.hooks import Hooks

structlog.configure(
    wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL),
    logger_factory=structlog.PrintLoggerFactory(sys.stderr),
)

SERVER = pytest.StashKey[EmbeddedNeo4j]()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Start Neo4j where the tests are distributed from, so that all of its workers share it."""
    config = session.config
    if hasattr(config, "workerinput") or os.environ.get("NEO4J_URI") or config.option.collectonly:
        return
    server = EmbeddedNeo4j(Path(tempfile.mkdtemp(prefix="deskgraph-test-")), train=False)
    server.start()
    config.stash[SERVER] = server
    os.environ |= {"NEO4J_URI": server.uri, "NEO4J_USERNAME": server.username, "NEO4J_PASSWORD": server.password}


def pytest_sessionfinish(session: pytest.Session) -> None:
    if server := session.config.stash.get(SERVER, None):
        server.stop()


@pytest.fixture(scope="session")
async def database() -> AsyncIterator[Database]:
    async with Database(
        os.environ["NEO4J_URI"], os.environ.get("NEO4J_USERNAME", "neo4j"), os.environ.get("NEO4J_PASSWORD", "")
    ) as opened:
        yield opened


async def until(holds: Callable[[], bool | Awaitable[bool]]) -> None:
    """Wait until a condition holds; the test's time-out ends it."""
    while not (await answer if inspect.isawaitable(answer := holds()) else answer):  # noqa: ASYNC110 - the condition is another process's, or the database's
        await asyncio.sleep(0.02)


async def looked(desk: Desk) -> None:
    """Wait until a desk that seldom looks at the log by itself has looked, and is done with what it found."""
    desk.feed.wake()
    await desk.settle()


@pytest.fixture
def workspace() -> str:
    return f"test-{uuid.uuid4().hex}"


@pytest.fixture
async def desk(database: Database, workspace: str) -> AsyncIterator[Desk]:
    """A desk with no hooks; a failing after-hook is parked at once after two quick attempts."""
    async with Desk(database, workspace, hooks=Hooks(), attempts=2, backoff=0.01) as opened:
        yield opened


Run = Callable[..., Awaitable[dict[str, Any]]]
Codes = Callable[..., Awaitable[list[Any]]]


@pytest.fixture
def run(desk: Desk) -> Run:
    """Execute a GraphQL operation in process; errors fail the test."""

    async def execute(text: str, **variables: Any) -> dict[str, Any]:
        result = await schema().execute(text, variables, context_value=Context(desk.session))
        assert result.errors is None, result.errors
        assert result.data is not None
        return result.data

    return execute


@pytest.fixture
def codes(desk: Desk) -> Codes:
    """Execute a GraphQL operation in process; the codes of its errors."""

    async def execute(text: str, **variables: Any) -> list[Any]:
        result = await schema().execute(text, variables, context_value=Context(desk.session))
        return [(error.extensions or {}).get("code") for error in result.errors or ()]

    return execute
