"""Subjects and addresses of the relay, which need no server."""

from __future__ import annotations

from pathlib import Path

import pytest

from deskgraph.jetstream import Refused, Target, check_credentials, covers, token


@pytest.mark.parametrize(
    ("text", "as_token"),
    [
        ("default", "default"),
        ("ticket", "ticket"),
        ("acme.com", "acme%2Ecom"),
        ("acme%2Ecom", "acme%252Ecom"),
        ("*", "%2A"),
        (">", "%3E"),
        ("$JS", "%24JS"),
        ("a b\tc\r\nd", "a%20b%09c%0D%0Ad"),
        ("Zoë/1", "Zo%C3%AB%2F1"),
        ("a-b_c~d", "a-b_c~d"),
    ],
)
def test_a_workspace_is_one_token(text: str, as_token: str) -> None:
    assert token(text) == as_token


def test_a_subject_has_the_workspace_and_the_type() -> None:
    target = Target("nats://127.0.0.1:4222", prefix="desk.eu")
    assert target.subject("acme.com", "ticket.resolved") == "desk.eu.acme%2Ecom.ticket.resolved"


@pytest.mark.parametrize(
    ("pattern", "subject", "whether"),
    [
        ("deskgraph.>", "deskgraph.default.ticket.created", True),
        ("deskgraph.default.>", "deskgraph.default.ticket.created", True),
        ("deskgraph.*.*.*", "deskgraph.default.ticket.created", True),
        (">", "deskgraph.default.ticket.created", True),
        ("deskgraph.default.ticket.created", "deskgraph.default.ticket.created", True),
        ("deskgraph.*", "deskgraph.default.ticket.created", False),
        ("deskgraph.other.>", "deskgraph.default.ticket.created", False),
        ("deskgraph.default.ticket.created.>", "deskgraph.default.ticket.created", False),
        ("deskgraph.default.ticket.created.*", "deskgraph.default.ticket.created", False),
        ("desk.>", "deskgraph.default.ticket.created", False),
    ],
)
def test_what_a_stream_s_subject_covers(pattern: str, subject: str, whether: bool) -> None:
    assert covers(pattern, subject) is whether


def test_an_address_has_nobody_s_password() -> None:
    target = Target("nats://ann:s3cret@one:4222,tls://t0ken@two")
    assert target.address == "one:4222,two"
    assert target.servers == ["nats://ann:s3cret@one:4222", "tls://t0ken@two"]


@pytest.mark.parametrize("text", ["", "no credentials", "-----BEGIN NATS USER JWT-----\neyJ0\n"])
def test_a_file_that_holds_no_credentials_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "user.creds"
    file.write_text(text)
    with pytest.raises(Refused, match=r"user\.creds is no credentials file"):
        check_credentials(file)
