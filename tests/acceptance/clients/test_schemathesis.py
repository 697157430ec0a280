"""schemathesis: operations made by chance from the schema, right ones and wrong ones, and no server error.

CASES says how many at the least; `make conformance` asks for 5,000.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from math import ceil
from pathlib import Path

import httpx
import pytest
from graphql import build_schema
from starlette.responses import Response

from tests.acceptance.clients.conftest import SDL, SOURCE, ran
from tests.acceptance.conftest import KEY, Served, serving_in
from tests.receivers import listening

CASES = int(os.environ.get("CASES", "100"))
FUZZING = SOURCE / "schemathesis"


def examples() -> int:
    """How many cases each of the schema's operations gets."""
    schema = build_schema(SDL.read_text())
    assert schema.query_type
    assert schema.mutation_type
    return ceil(CASES / (len(schema.query_type.fields) + len(schema.mutation_type.fields)))


async def fuzz(url: str, folder: Path, *options: str) -> str:
    """What schemathesis prints; it must have found nothing."""
    program = str(Path(sys.executable).with_name("schemathesis"))
    settings = ["--config-file", str(FUZZING / "schemathesis.toml")]
    environment = ["env", f"SCHEMATHESIS_HOOKS={FUZZING / 'hooks.py'}"]
    asked = ["run", str(SDL), "--url", f"{url}/graphql", "--header", f"Authorization: Bearer {KEY}", "--no-color"]
    limits = ["--checks", "is_served", "--phases", "fuzzing", "--warnings", "off", "--generation-database", "none"]
    return await ran(folder, *environment, program, *settings, *asked, *limits, *options)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving_in(tmp_path_factory.mktemp("schemathesis"), "--sample") as running:
        yield running


@pytest.mark.timeout(120 + CASES)
async def test_no_operation_made_by_chance_is_a_server_error(served: Served, tmp_path: Path) -> None:
    said = await fuzz(served.url, tmp_path, "--max-examples", str(examples()), "--seed", "1")
    found = re.search(r"(\d+) generated, (\d+) passed", said)
    assert found
    assert int(found[1]) == int(found[2]) >= CASES
    assert "request.failed" not in served.log.read_text()
    async with httpx.AsyncClient(headers=served.headers) as client:
        answer = await client.post(
            f"{served.url}/graphql", json={"query": "{ events(first: 1) { nodes { position } } }"}
        )
    assert answer.json() == {"data": {"events": {"nodes": [{"position": 1}]}}}


PLANTED = {
    "status 503": (503, b'{"data": null}'),
    "INTERNAL": (200, b'{"data": null, "errors": [{"message": "x", "extensions": {"code": "INTERNAL"}}]}'),
    "no JSON": (200, b'{"data": '),
}


@pytest.mark.parametrize("found", PLANTED)
async def test_a_planted_server_error_is_found(tmp_path: Path, found: str) -> None:
    """A server that answers so to every operation; schemathesis names the one that shows it."""
    status, content = PLANTED[found]
    async with listening(Response(content, status, media_type="application/json")) as url:
        with pytest.raises(AssertionError, match=f"(?s)Query.organization.*{found}"):
            await fuzz(url, tmp_path, "--include-name", "Query.organization", "--max-examples", "1")


async def test_errors_with_a_code_are_no_server_errors(tmp_path: Path) -> None:
    content = b'{"data": null, "errors": [{"message": "x", "extensions": {"code": "INVALID_INPUT"}}]}'
    async with listening(Response(content, media_type="application/json")) as url:
        said = await fuzz(url, tmp_path, "--include-name", "Query.organization", "--max-examples", "1")
    assert "1 generated, 1 passed" in said
