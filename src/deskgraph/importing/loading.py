"""Loading a file: batches one after the other, each row done, passed over or rejected."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import orjson

from deskgraph.importing.items import CALLED, Call, Known, Reader, calls_of, plural_of, reason, resolved
from deskgraph.importing.rows import Read, Row, rows
from deskgraph.schema.errors import AlreadyExistsError, DeskError, InvalidInputError, UnavailableError
from deskgraph.schema.words import capitalized

BATCH = 500
FOUND = 100
Query = Callable[..., Awaitable[dict[str, Any]]]
T = TypeVar("T")
CALLED_SO = """query ($some: [String!]!) {{
  {plural}(filter: {{{by}: {{in: $some}}}}, first: {most}) {{ nodes {{ id {by} }} }}
}}"""
IMPORT = """mutation ($input: {title}Input!) {{
  {name}(input: $input) {{ results {{ errors {{ code message field }} }} }}
}}"""


@dataclass(slots=True)
class Loaded:
    """How many rows were done now, were there already, and were rejected; the last two with their lines in `report`."""

    report: Path
    done: int = 0
    there: int = 0
    rejected: int = 0
    line: int = 0
    _written: bool = field(default=False, repr=False)

    def reject(self, row: Row, why: dict[str, Any]) -> None:
        """Write the row into the report, with its line and the reason."""
        self.rejected += 1
        with self.report.open("ab" if self._written else "wb") as file:
            file.write(orjson.dumps({"line": row.line, **why, "row": row.values}, default=str) + b"\n")
        self._written = True


async def load(query: Query, reader: Reader, path: Path, loaded: Loaded, read: Read) -> None:
    """Load a file's rows by a function that runs GraphQL. Where it fails it can be run again: it goes on from there."""
    loaded.report.unlink(missing_ok=True)
    for some in _parts(rows(path, read), BATCH):
        taken = list(_taken(reader, some, loaded, text=path.suffix.lower() == ".csv"))
        known = await _known(query, calls_of(reader, (item for _, item in taken)))
        ready = list(_resolved(reader, taken, known, loaded))
        if ready:
            await _batch(query, reader, ready, loaded)
        loaded.line = some[-1].line


def _parts(all_: Iterator[T], most: int) -> Iterator[list[T]]:
    while some := list(islice(all_, most)):
        yield some


def _taken(reader: Reader, some: Iterable[Row], loaded: Loaded, *, text: bool) -> Iterator[tuple[Row, dict[str, Any]]]:
    for row in some:
        try:
            if row.fault:
                raise InvalidInputError(row.fault)
            yield row, reader.item(row.values, text=text)
        except DeskError as error:
            loaded.reject(row, reason(error))


def _resolved(
    reader: Reader, taken: list[tuple[Row, dict[str, Any]]], known: Known, loaded: Loaded
) -> Iterator[tuple[Row, dict[str, Any]]]:
    for row, item in taken:
        try:
            yield row, resolved(reader, item, known)
        except DeskError as error:
            loaded.reject(row, reason(error))


async def _known(query: Query, calls: set[Call]) -> Known:
    """Who is called so."""
    known: Known = {}
    for prefix, by in CALLED.items():
        wanted = sorted(value for one, value in calls if one == prefix)
        plural = plural_of(prefix)
        for some in _parts(iter(wanted), FOUND // 2):  # of some there may be several
            answer = await query(CALLED_SO.format(plural=plural, by=by, most=FOUND), some=some)
            for node in answer[plural]["nodes"]:
                known.setdefault((prefix, node[by]), []).append(node["id"])
    return known


async def _batch(query: Query, reader: Reader, ready: list[tuple[Row, dict[str, Any]]], loaded: Loaded) -> None:
    name = reader.verb.batch()
    text = IMPORT.format(name=name, title=capitalized(name))
    answer = (await query(text, input={"items": [item for _, item in ready], "atomic": False}))[name]
    for (row, _), result in zip(ready, answer["results"], strict=True):
        for error in result["errors"]:
            if error["code"] == AlreadyExistsError.code:
                loaded.there += 1
            elif error["code"] == "UNAVAILABLE":
                raise UnavailableError(error["message"])
            else:
                loaded.reject(row, error)
        loaded.done += not result["errors"]
