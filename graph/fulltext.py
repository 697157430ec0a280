"""Full-text search: the indexes of the nouns' texts, and people's words as a query of Lucene, which keeps them.

An index is Neo4j's own. It is kept up behind the transactions, each of which would take three times as long otherwise;
whoever searches waits for it first. It holds the workspace too, so that Lucene leaves the texts of others out; whoever
queries it compares the workspace once more, for Lucene compares words, not names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress

from deskgraph.graph.database import Database, Transaction
from deskgraph.schema.errors import InvalidInputError, TookTooLongError
from deskgraph.schema.fields import Text
from deskgraph.schema.noun import NOUNS, Noun

WORKSPACE = "workspace"
KIND = "words"
BEHIND = "OPTIONS {indexConfig: {`fulltext.eventually_consistent`: true}}"
PATIENCE = 2.0
MAX_WORDS = 32
# Lucene takes 1024 clauses at the most, and a fuzzy one may become 50.
FUZZY_CLAUSES = 50
MAX_FUZZY = 800
PREFIX_LETTERS = 3
FUZZY_LETTERS = 5
PLAIN = re.compile(r"\w+")


def searchable() -> list[type[Noun]]:
    """The nouns that have texts to be searched."""
    return [noun for noun in NOUNS.values() if noun.searched]


def columns(noun: type[Noun]) -> list[str]:
    """The properties that are searched."""
    return [noun.fields[name].graphql for name in noun.searched]


def index_name(noun: type[Noun]) -> str:
    """The index of a noun; it says what it covers, so that a declaration that changes makes a new one."""
    return "_".join([noun.plural, KIND, *columns(noun)]).lower()


def outlived(names: Iterable[str]) -> list[str]:
    """Of the names of indexes, those that a noun had when it, or this module, was otherwise."""
    wanted = {index_name(noun) for noun in searchable()}
    kinds = tuple(f"{noun.plural}_{kind}_" for noun in NOUNS.values() for kind in (KIND, "text"))
    return [name for name in names if name.startswith(kinds) and name not in wanted]


async def caught_up(database: Database) -> None:
    """Wait until the indexes have what was committed before, but not for ever: then what is newest is not found yet."""

    async def work(tx: Transaction) -> None:
        await tx.run("CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh()")

    with suppress(TookTooLongError):
        await database.read("", work, limit=PATIENCE)


def index_statement(noun: type[Noun]) -> str:
    """The statement that makes the index."""
    properties = ", ".join(f"n.{column}" for column in [*columns(noun), WORKSPACE])
    return f"FULLTEXT INDEX $name IF NOT EXISTS FOR (n:{noun.__name__}) ON EACH [{properties}] {BEHIND}"


def words_of(text: object) -> list[str]:
    """The words of a search, as they were written. INVALID_INPUT if there are none, or too many to search for."""
    words = [word for word in Text("").named("query").check(text).split() if any(map(str.isalnum, word))]
    if not 1 <= len(words) <= MAX_WORDS:
        raise InvalidInputError(f"query must have 1 to {MAX_WORDS} words, not {len(words)}.", field="query")
    return words


def lucene(noun: type[Noun], words: list[str], workspace: str) -> str:
    """The query that finds what has every one of the words in any of the noun's texts.

    A word counts most as it is; it may also begin a longer one and, in a short query, be one letter off. Words are
    quoted, so whatever is in them is text.
    """
    fuzzy = len(words) * len(noun.searched) * FUZZY_CLAUSES <= MAX_FUZZY
    parts = [f"+({' '.join(_ways(column, word, fuzzy) for column in columns(noun))})" for word in words]
    if any(map(str.isalnum, workspace)):
        parts.append(f"+{WORKSPACE}:{_quoted(workspace)}^0")
    return " ".join(parts)


def _ways(column: str, word: str, fuzzy: bool) -> str:
    """The ways in which a word may be in a text."""
    ways = [f"{column}:{_quoted(word)}^3"]
    plain = word.strip("\"'.,;:!?()[]{}").lower()
    if PLAIN.fullmatch(plain) and len(plain) >= PREFIX_LETTERS:
        ways.append(f"{column}:{plain}*")
        if fuzzy and len(plain) >= FUZZY_LETTERS:
            ways.append(f"{column}:{plain}~1")
    return " ".join(ways)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
