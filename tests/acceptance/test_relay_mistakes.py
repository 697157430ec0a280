"""What people get wrong with the relay is told in one line."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import nats
import pytest

from deskgraph.resolvers.desk import Desk
from tests.acceptance.conftest import ROOT
from tests.acceptance.jetstream import STREAM, all_stored, ids, log_ids, reached, relaying, running, until


def run_relay(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "deskgraph", "relay", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60
    )


def told(answer: subprocess.CompletedProcess[str]) -> str:
    """The one line that a command which failed ends with."""
    assert (answer.returncode, answer.stdout, "Traceback" in answer.stderr) == (1, "", False)
    return answer.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize(
    ("arguments", "environment", "says"),
    [
        ([], {}, "Say where NATS is: --nats nats://127.0.0.1:4222, or DESKGRAPH_NATS_URL."),
        (["--nats", "http://127.0.0.1:4222"], {}, "nats_url: String should match pattern"),
        (["--nats", "nats://127.0.0.1:99999"], {}, "nats_url: Value error, Port out of range 0-65535"),
        ([], {"DESKGRAPH_NATS_URL": "127.0.0.1"}, "nats_url: String should match pattern"),
        (["--nats", "nats://127.0.0.1", "--stream", "a.b"], {}, "nats_stream: String should match pattern"),
        (["--nats", "nats://127.0.0.1", "--subject-prefix", "a.>"], {}, "nats_subject_prefix: String should match"),
        (
            ["--nats", "nats://127.0.0.1", "--credentials", "no/such"],
            {},
            "nats_credentials: Path does not point to a file",
        ),
        (["--nats", "nats://127.0.0.1", "--credentials", "README.md"], {}, "README.md is no credentials file"),
    ],
)
def test_wrong_settings_are_told_in_one_line(arguments: list[str], environment: dict[str, str], says: str) -> None:
    line = told(run_relay(*arguments, **environment))
    assert line.startswith("deskgraph: ")
    assert says in line


@pytest.mark.parametrize("login", ["", "ann:wrong@", "t0ken@"])
async def test_wrong_credentials_are_told(tmp_path: Path, workspace: str, desk: Desk, login: str) -> None:
    config = "authorization { user: ann, password: s3cret }"
    async with running(tmp_path, config=config, login="ann:s3cret@") as server:
        address = f"127.0.0.1:{server.port}"
        answer = await asyncio.to_thread(
            run_relay, "--nats", f"nats://{login}{address}", DESKGRAPH_WORKSPACE=desk.workspace
        )
        assert told(answer) == (
            f"deskgraph: NATS at {address} refuses the user and password, the token or the credentials file: "
            "'Authorization Violation'."
        )
        await desk.Contact.create(name="Ann")
        with relaying(workspace, server.url, tmp_path / "relay.log") as right:
            await all_stored(server, desk)
        assert ids(await server.stored()) == await log_ids(desk)
        assert "s3cret" not in right.file.read_text()


ALLOWED = ["deskgraph.>", "$JS.API.STREAM.INFO.DESKGRAPH", "$JS.API.STREAM.CREATE.DESKGRAPH"]


def allowing(publish: list[str]) -> str:
    """The settings of a NATS that lets its user publish to these subjects."""
    permissions = f'permissions: {{publish: {json.dumps(publish)}, subscribe: "_INBOX.>"}}'
    return f"authorization {{ users: [{{user: ann, password: s3cret, {permissions}}}] }}"


async def test_the_permissions_that_the_page_names_are_enough(tmp_path: Path, workspace: str, desk: Desk) -> None:
    async with running(tmp_path, config=allowing(ALLOWED), login="ann:s3cret@") as server:
        await desk.Contact.create(name="Ann")
        with relaying(workspace, server.url, tmp_path / "relay.log"):
            await until(lambda: reached(desk, 1))
    assert all(f"`{subject}`" in (ROOT / "docs" / "relay.md").read_text() for subject in [*ALLOWED, "_INBOX.>"])


async def test_what_a_user_may_not_do_is_told(tmp_path: Path) -> None:
    async with running(tmp_path, config=allowing(ALLOWED[:1]), login="ann:s3cret@") as server:
        answer = await asyncio.to_thread(run_relay, "--nats", server.url)
    assert told(answer) == (
        f"deskgraph: NATS at 127.0.0.1:{server.port} does not allow it: "
        'permissions violation for publish to "$js.api.stream.info.deskgraph".'
    )


async def test_a_nats_without_jetstream_is_told(tmp_path: Path) -> None:
    async with running(tmp_path, jetstream=False) as server:
        answer = await asyncio.to_thread(run_relay, "--nats", server.url)
    assert told(answer) == (
        f"deskgraph: NATS at 127.0.0.1:{server.port} has no JetStream: start it with -js, or allow it to the account."
    )


async def test_a_stream_that_does_not_take_the_events_is_told(tmp_path: Path) -> None:
    async with running(tmp_path) as server, server.client() as client:
        await client.jetstream().add_stream(name="TAKEN", subjects=["deskgraph.other.>"])
        settings = {"DESKGRAPH_NATS_URL": server.url, "DESKGRAPH_WORKSPACE": "a.b"}
        answer = await asyncio.to_thread(run_relay, "--stream", "TAKEN", **settings)
        assert told(answer) == (
            "deskgraph: The stream TAKEN takes deskgraph.other.>, not deskgraph.a%2Eb.>: "
            "add that to it, or choose another stream."
        )
        answer = await asyncio.to_thread(run_relay, **settings)
        assert told(answer).endswith("refuses for the stream DESKGRAPH: subjects overlap with an existing stream.")
        with pytest.raises(nats.js.errors.NotFoundError):
            await client.jetstream().stream_info(STREAM)


WITHOUT = """
import sys
sys.modules["nats"] = None
sys.argv = ["deskgraph", *sys.argv[1:]]
from deskgraph.cli import main
main()
"""


@pytest.mark.parametrize("arguments", [["relay", "--nats", "nats://127.0.0.1:4222"], ["serve", "--port", "0"]])
def test_without_nats_py_it_is_told_what_to_install(arguments: list[str], tmp_path: Path) -> None:
    settings = {"DESKGRAPH_NATS_URL": "nats://127.0.0.1:4222", "DESKGRAPH_DATA": str(tmp_path)}
    answer = subprocess.run(
        [sys.executable, "-c", WITHOUT, *arguments],
        cwd=ROOT,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert told(answer) == "deskgraph: The relay to NATS needs nats-py: pip install deskgraph[nats]"
