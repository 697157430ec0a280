"""Trusted documents: the operations of one's own programs, known before they are sent, by their hash or id.

A manifest is a file as the clients' tools write them: an object from hashes or ids to texts (Relay's
`persisted_queries.json`, graphql-codegen's), or Apollo's with a list of `operations`, each with `id` and `body`. A
folder is taken for all `.json` manifests and `.graphql` documents in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from deskgraph.asked import Asked
from deskgraph.schema.errors import DeskError, PersistedQueryNotFoundError, PersistedQueryRequiredError

PREFIX = "sha256:"


class Documents:
    """The trusted documents by their ids and hashes. Where `only`, nothing else is taken."""

    def __init__(self, texts: dict[str, str] | None = None, *, only: bool = False) -> None:
        self._texts = {**(texts or {}), **{hash_of(text): text for text in (texts or {}).values()}}
        self._only = only

    def __len__(self) -> int:
        return len(set(self._texts.values()))

    def resolve(self, asked: Asked) -> Asked:
        """What is asked, with its text; an error where there is none, or where only trusted documents are taken."""
        if asked.query:
            if self._only and hash_of(asked.query) not in self._texts:
                raise PersistedQueryRequiredError
            return asked
        named = (asked.document_id or asked.hash or "").removeprefix(PREFIX)
        if named not in self._texts:
            raise PersistedQueryNotFoundError
        return replace(asked, query=self._texts[named])


def hash_of(text: str) -> str:
    """The hash of a document's text, as its clients make it."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def load(path: Path) -> Documents:
    """The documents of a manifest, or of a folder: only those are taken. DeskError where something is no manifest."""
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    texts = dict(found for file in files if file.suffix in (".json", ".graphql") for found in _read(file))
    if not texts:
        raise DeskError(f"{path} has no trusted documents: no .json manifest and no .graphql file.")
    return Documents(texts, only=True)


def _read(file: Path) -> Iterator[tuple[str, str]]:
    if file.suffix == ".graphql":
        text = file.read_text()
        yield hash_of(text), text
        return
    try:
        entries = list(_entries(orjson.loads(file.read_bytes())))
    except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError) as error:
        raise DeskError(f"{file} is no manifest of persisted queries: {error!r}.") from error
    if wrong := [entry for entry in entries if not all(isinstance(part, str) for part in entry)]:
        raise DeskError(f"{file} is no manifest of persisted queries: {wrong[0][0]!r} has no text.")
    yield from entries


def _entries(manifest: Any) -> Iterator[tuple[str, str]]:
    if "operations" in manifest and isinstance(manifest["operations"], list):
        for operation in manifest["operations"]:
            yield operation["id"], operation["body"]
    else:
        yield from manifest.items()
