"""Production mode tells nobody what the schema has; with trusted documents only, nothing else is executed."""

from __future__ import annotations

import json
import subprocess
import venv
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from filelock import FileLock
from graphql import get_introspection_query
from websockets.asyncio.client import connect

from deskgraph.documents import load
from deskgraph.schema.errors import DeskError
from tests.acceptance.conftest import PROTOCOL, ROOT, Served, run, serving_in

COUNT = "{ tickets { totalCount } events { totalCount } }"
UNTOUCHED = {"data": {"tickets": {"totalCount": 0}, "events": {"totalCount": 0}}}
CREATE = 'mutation { createTicket(input: {subject: "x"}) { errors { code } } }'
UNFIT = {"message": "The operation does not fit the schema.", "extensions": {"code": "GRAPHQL_VALIDATION_FAILED"}}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving_in(tmp_path_factory.mktemp("plain")) as running:
        yield running


@pytest.fixture(scope="module")
def hidden(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving_in(tmp_path_factory.mktemp("hidden"), DESKGRAPH_PRODUCTION="true") as running:
        yield running


def get(served: Served, parameters: dict[str, str]) -> Any:
    return httpx.get(f"{served.url}/graphql", params=parameters, headers=served.headers).json()


def post(served: Served, body: Any, path: str = "/graphql") -> httpx.Response:
    return httpx.post(f"{served.url}{path}", json=body, headers=served.headers)


@pytest.mark.parametrize(
    "query",
    [
        get_introspection_query(),
        "{ __schema { queryType { name } } }",
        '{ __type(name: "Ticket") { name } }',
        "{ ticketz { totalCount } }",
        "{ tickets { totlCount } }",
        "{ tickets }",
        "{ tickets(filtr: {}) { totalCount } }",
        "{ tickets(filter: {subjekt: {eq: 1}}) { totalCount } }",
        "query ($a: TicketFiltr) { __typename }",
        "{ ... on Tickt { id } }",
        "{ __typename @skp(if: true) }",
    ],
)
@pytest.mark.parametrize("path", ["/graphql", "/graphql/stream"])
def test_production_tells_nothing_of_the_schema(hidden: Served, query: str, path: str) -> None:
    answer = post(hidden, {"query": query}, path).text
    told = (
        answer if path == "/graphql" else next(line[6:] for line in answer.splitlines() if line.startswith("data: {"))
    )
    assert json.loads(told) == {"errors": [UNFIT]}


def test_production_makes_no_suggestions_for_variables(plain: Served, hidden: Served) -> None:
    text = "query ($filter: TicketFilter) { tickets(filter: $filter) { totalCount } }"
    body = {"query": text, "variables": {"filter": {"status": {"eq": "OPN"}}}}
    [told], [untold] = (post(one, body).json()["errors"] for one in (plain, hidden))
    assert "Did you mean the enum value 'OPEN'" in told["message"]
    assert "OPEN" not in untold["message"]


def test_by_default_the_schema_is_told_to_whoever_has_the_key(plain: Served) -> None:
    types = post(plain, {"query": get_introspection_query()}).json()["data"]["__schema"]["types"]
    assert {"Ticket", "TicketFilter"} < {one["name"] for one in types}
    [error] = post(plain, {"query": "{ ticketz { totalCount } }"}).json()["errors"]
    assert "Did you mean 'ticket' or 'tickets'?" in error["message"]


@pytest.fixture(scope="session")
def clairvoyance() -> Path:
    """The program that finds out a schema by guessing, in an environment of its own."""
    wanted, folder = ROOT / "tests" / "clients" / "clairvoyance.txt", ROOT / "build" / "clairvoyance"
    installed = folder / "installed.txt"
    with FileLock(f"{folder}.lock"):
        if not installed.exists() or installed.read_bytes() != wanted.read_bytes():
            venv.create(folder, with_pip=True, clear=True)
            command = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--require-hashes", "-r", wanted]
            subprocess.run(command, check=True)
            installed.write_bytes(wanted.read_bytes())
    return folder / "bin" / "clairvoyance"


def guessed(clairvoyance: Path, served: Served, words: list[str], folder: Path) -> set[str]:
    """The fields of the query type that it finds among words."""
    wordlist, found = folder / "words.txt", folder / "found.json"
    wordlist.write_text("\n".join(words))
    command = [clairvoyance, "-H", f"Authorization: Bearer {served.key}", "-w", wordlist, "-o", found, "-m", "0"]
    subprocess.run([*command, f"{served.url}/graphql"], capture_output=True, timeout=120, cwd=folder)
    if not found.exists():
        return set()
    types = json.loads(found.read_text())["data"]["__schema"]["types"]
    return {one["name"] for of in types if of["name"] == "Query" for one in of["fields"] or ()}


def test_clairvoyance_finds_nothing_in_production(
    plain: Served, hidden: Served, clairvoyance: Path, tmp_path: Path
) -> None:
    """What it can't tell from words that are made up, it has not found. By default it finds what there is.

    It tries every word in every type that it finds, which takes minutes for all words that there are.
    """
    fields = ["contacts", "node", "ticket", "users"]
    made_up = [f"word{at}" for at in range(len(fields))]
    assert set(fields) <= guessed(clairvoyance, plain, fields + made_up, tmp_path)
    (tmp_path / "found.json").unlink()
    found = guessed(clairvoyance, hidden, fields + made_up, tmp_path)
    assert found & set(fields) == set() or found >= set(made_up)


# Trusted documents


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


MANIFESTS: dict[str, Any] = {
    "relay": {digest(COUNT): COUNT},
    "apollo": {
        "format": "apollo-persisted-query-manifest",
        "version": 1,
        "operations": [{"id": digest(COUNT), "name": "Count", "type": "query", "body": COUNT}],
    },
    "ids": {"count": COUNT},
}


@pytest.mark.parametrize("kind", [*MANIFESTS, "folder"])
def test_manifests_of_all_kinds_are_read(kind: str, tmp_path: Path) -> None:
    if kind == "folder":
        (tmp_path / "inner").mkdir()
        (tmp_path / "inner" / "count.graphql").write_text(COUNT)
        (tmp_path / "other.json").write_text(json.dumps({"type": "{ __typename }"}))
        assert len(load(tmp_path)) == 2
    else:
        (tmp_path / "manifest.json").write_text(json.dumps(MANIFESTS[kind]))
        assert len(load(tmp_path / "manifest.json")) == 1


@pytest.mark.parametrize(
    "text", ["", "[]", "7", '{"a": 7}', '{"operations": [{"id": "a"}]}', '{"operations": [7]}', "{}"]
)
def test_what_is_no_manifest_ends_the_program(text: str, tmp_path: Path) -> None:
    file = tmp_path / "manifest.json"
    file.write_text(text)
    with pytest.raises(DeskError):
        load(file)
    if text == "7":
        answer = run("serve", "--port", "0", DESKGRAPH_TRUSTED_DOCUMENTS=str(file), DESKGRAPH_DATA=str(tmp_path))
        assert (answer.returncode, "is no manifest of persisted queries" in answer.stderr) == (1, True)
        assert "Traceback" not in answer.stderr


def persisted(named: str) -> dict[str, Any]:
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": named}}}


@pytest.fixture
def trusting(serve: Callable[..., Served], tmp_path: Path) -> Served:
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps({"count": COUNT}))
    return serve(DESKGRAPH_TRUSTED_DOCUMENTS=str(manifest))


async def test_only_trusted_documents_are_executed(trusting: Served) -> None:
    known = [
        {"query": COUNT},
        persisted(digest(COUNT)),
        {"documentId": "count"},
        {"documentId": f"sha256:{digest(COUNT)}"},
    ]
    unknown = {"PERSISTED_QUERY_REQUIRED": {"query": CREATE}, "PERSISTED_QUERY_NOT_FOUND": persisted(digest(CREATE))}
    for body in known:
        assert post(trusting, body).json() == UNTOUCHED
        assert f"data: {json.dumps(UNTOUCHED, separators=(',', ':'))}" in post(trusting, body, "/graphql/stream").text
    for code, body in unknown.items():
        assert [error["extensions"] for error in post(trusting, body).json()["errors"]] == [{"code": code}]
        assert code in post(trusting, body, "/graphql/stream").text
    given = {"extensions": json.dumps(persisted(digest(COUNT))["extensions"])}
    assert get(trusting, given) == UNTOUCHED
    async with connect(trusting.socket, subprotocols=[PROTOCOL], additional_headers=trusting.headers) as client:
        await client.send('{"type": "connection_init"}')
        assert json.loads(await client.recv()) == {"type": "connection_ack"}
        for body in known:
            await client.send(json.dumps({"type": "subscribe", "id": "1", "payload": body}))
            assert json.loads(await client.recv()) == {"type": "next", "id": "1", "payload": UNTOUCHED}
            assert json.loads(await client.recv()) == {"type": "complete", "id": "1"}
        for code, body in unknown.items():
            await client.send(json.dumps({"type": "subscribe", "id": "1", "payload": body}))
            said = json.loads(await client.recv())
            assert [error["extensions"] for error in said["payload"]] == [{"code": code}]
    assert post(trusting, known[0]).json() == UNTOUCHED


def test_a_hash_that_is_unknown_has_its_client_send_the_text(plain: Served) -> None:
    """As Apollo's clients do that send hashes by themselves; the text is then executed, and not kept."""
    refused = post(plain, persisted(digest(COUNT))).json()
    assert [error["extensions"] for error in refused["errors"]] == [{"code": "PERSISTED_QUERY_NOT_FOUND"}]
    assert post(plain, {"query": COUNT, **persisted(digest(COUNT))}).json() == UNTOUCHED
