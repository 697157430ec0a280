"""A file's rows, from NDJSON (an object a line) or CSV (RFC 4180, names in the first row), with their line numbers."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from deskgraph.schema.errors import InvalidInputError

BOM = b"\xef\xbb\xbf"
Read = Callable[[int], None]
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """A row and the number of the line that it begins on, from 1; `fault` says why it can't be read."""

    line: int
    values: Values
    fault: str | None = None


def rows(path: Path, read: Read) -> Iterator[Row]:
    """The rows of a file, by its ending. `read` is told of bytes as they are read."""
    ending = path.suffix.lower()
    if ending not in (".csv", ".ndjson", ".jsonl"):
        raise InvalidInputError(f"{path} must end in .ndjson, .jsonl or .csv: that tells what it is.")
    with path.open("rb") as file:
        yield from (_csv if ending == ".csv" else _ndjson)(_lines(file, read))


def _lines(file: BinaryIO, read: Read) -> Iterator[bytes]:
    for number, line in enumerate(file):
        read(len(line))
        yield line.removeprefix(BOM) if number == 0 else line


def _ndjson(lines: Iterator[bytes]) -> Iterator[Row]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            values = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            yield Row(number, {}, f"This line is no JSON: {error}.")
            continue
        yield Row(number, values) if isinstance(values, dict) else Row(number, {}, "This line is no JSON object.")


def _csv(lines: Iterator[bytes]) -> Iterator[Row]:
    csv.field_size_limit(sys.maxsize)
    reader = csv.reader((line.decode("utf-8", "surrogateescape") for line in lines), strict=True)
    names = next(reader, [])
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(line, {}, f"This row is no CSV: {error}.")
            continue
        if len(cells) > len(names):
            yield Row(line, {}, f"This row has {len(cells)} cells; the first row has {len(names)} names.")
        elif any(cells):
            yield Row(line, {name.strip(): cell for name, cell in zip(names, cells, strict=False) if cell.strip()})
