"""graphql-codegen: types of the whole schema and of a program's documents, and TypeScript's opinion of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.clients.conftest import ran

PROJECT = "codegen"


async def generated(project: Path) -> None:
    await ran(project, "node", "node_modules/.bin/graphql-codegen", "--config", "codegen.json")


async def checked(project: Path) -> None:
    await ran(project, "node", "node_modules/.bin/tsc", "--strict", "--noEmit", "--project", ".")


async def test_what_is_generated_is_typed_strictly(project: Path) -> None:
    """The program's own mistakes, which it marks, are found: a mark without one is an error, too."""
    await generated(project)
    await checked(project)
    source = project / "desk.ts"
    source.write_text(source.read_text().replace("status: { in:", "status: { within:"))
    with pytest.raises(AssertionError, match="'within' does not exist in type 'TicketStatusFilter'"):
        await checked(project)


async def test_documents_that_do_not_fit_the_schema_are_refused(project: Path) -> None:
    source = project / "desk.ts"
    source.write_text(source.read_text().replace("totalCount", "nonsense"))
    with pytest.raises(AssertionError, match='Cannot query field "nonsense" on type "TicketConnection"'):
        await generated(project)
