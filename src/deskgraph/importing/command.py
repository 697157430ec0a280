"""`deskgraph import`: load a file into the desk, opened here or served elsewhere, and say what became of it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_exponential_jitter

from deskgraph.bootstrap import opened
from deskgraph.client import connect
from deskgraph.config import Settings
from deskgraph.graph.embedded.progress import show
from deskgraph.importing.items import Reader, verb_for
from deskgraph.importing.loading import Loaded, Query, load
from deskgraph.resolvers.api import Context, schema
from deskgraph.resolvers.desk import Desk
from deskgraph.schema.errors import DeskError, UnavailableError
from deskgraph.schema.verb import VERBS

PATIENCE = 60.0
BRIEFLY = 3.0


def run(settings: Settings, path: Path, noun: str | None, url: str | None, *, skip_unknown: bool) -> None:
    """Load a file and print what became of its rows. Exit code 1 if some were rejected, or it could not be finished."""
    reader = Reader(verb_for(noun or path.name.partition(".")[0], VERBS.values()), skip_unknown=skip_unknown)
    loaded = Loaded(path.with_name(f"{path.name}.rejected.ndjson"))
    try:
        asyncio.run(_load(settings, reader, path, loaded, url, path.stat().st_size))
    except (DeskError, OSError) as error:
        rest = f" Lines up to {loaded.line} are done: run it again for the rest." if loaded.line else ""
        sys.exit(f"deskgraph: {error}{rest}")
    print(told(loaded, reader.verb.noun.plural))
    sys.exit(1 if loaded.rejected else 0)


async def _load(settings: Settings, reader: Reader, path: Path, loaded: Loaded, url: str | None, size: int) -> None:
    opened = _served(settings, url) if url else _opened(settings)
    async with opened as query:
        with show(path.name, size) as read:
            await load(_patient(query), reader, path, loaded, read)


@asynccontextmanager
async def _served(settings: Settings, url: str) -> AsyncIterator[Query]:
    async with connect(url, settings.known_key(), patience=BRIEFLY) as desk:
        await desk.query("{ __typename }")  # whoever mistyped the address need not wait
        yield desk.query


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Query]:
    async with opened(settings) as desk:
        yield _asking(desk)


def _asking(desk: Desk) -> Query:
    async def query(text: str, **variables: Any) -> dict[str, Any]:
        result: Any = await schema().execute(text, variables, Context(desk.session))
        if result.errors:
            raise result.errors[0].original_error or result.errors[0]
        data: dict[str, Any] = result.data
        return data

    return query


def _patient(query: Query) -> Query:
    """The same, tried again while the database or the server is away: nothing is imported twice."""
    return retry(
        retry=retry_if_exception_type(UnavailableError),
        stop=stop_after_delay(PATIENCE),
        wait=wait_exponential_jitter(0.5, max=5),
        reraise=True,
    )(query)


def told(loaded: Loaded, plural: str) -> str:
    """What became of the rows, for people."""
    text = f"Imported {loaded.done:,} {plural}."
    if loaded.there:
        text += f" {loaded.there:,} were there already."
    if loaded.rejected:
        text += f"\nRejected {loaded.rejected:,} rows: {loaded.report} says why, with their lines."
    return text
