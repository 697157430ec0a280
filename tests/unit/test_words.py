"""Names that follow from others: hooks, events, ids."""

from __future__ import annotations

import pytest

from deskgraph.resolvers import verbs
from deskgraph.schema.errors import InvalidInputError
from deskgraph.schema.ids import check_id, new_id
from deskgraph.schema.verb import VERBS
from deskgraph.schema.words import participle, past

__all__ = ["verbs"]


@pytest.mark.parametrize(
    ("verb", "before", "after"),
    [
        ("create", "creating", "created"),
        ("assign", "assigning", "assigned"),
        ("escalate", "escalating", "escalated"),
        ("reopen", "reopening", "reopened"),
        ("stop", "stopping", "stopped"),
        ("reply", "replying", "replied"),
        ("delay", "delaying", "delayed"),
        ("fix", "fixing", "fixed"),
        ("agree", "agreeing", "agreed"),
    ],
)
def test_regular_verbs(verb: str, before: str, after: str) -> None:
    assert (participle(verb), past(verb)) == (before, after)


def test_the_desk_s_own_verbs() -> None:
    forms = {verb.name: (verb.participle, verb.past) for verb in VERBS.values()}
    assert forms == {
        "create": ("creating", "created"),
        "update": ("updating", "updated"),
        "delete": ("deleting", "deleted"),
        "assign": ("assigning", "assigned"),
        "escalate": ("escalating", "escalated"),
        "resolve": ("resolving", "resolved"),
        "hold": ("holding", "held"),
        "import": ("importing", "imported"),
        "reopen": ("reopening", "reopened"),
        "close": ("closing", "closed"),
        "disable": ("disabling", "disabled"),
        "enable": ("enabling", "enabled"),
        "recover": ("recovering", "recovered"),
        "resend": ("resending", "resent"),
        "revoke": ("revoking", "revoked"),
        "rotate": ("rotating", "rotated"),
    }


def test_new_ids_are_well_formed_and_differ() -> None:
    ids = {new_id("ticket") for _ in range(1000)}
    assert len(ids) == 1000
    assert {check_id(one, "ticket", "id") for one in ids} == ids


@pytest.mark.parametrize("good", ["ticket_rV7yKdPm", "ticket_1234", f"ticket_{'a' * 64}"])
def test_ids_of_one_s_own(good: str) -> None:
    assert check_id(good, "ticket", "id") == good


@pytest.mark.parametrize(
    "bad", ["", "ticket", "ticket_", "ticket_abc", f"ticket_{'a' * 65}", "contact_rV7yKdPm", "ticket_a b c d", 7, None]
)
def test_ids_that_are_none(bad: object) -> None:
    with pytest.raises(InvalidInputError) as caught:
        check_id(bad, "ticket", "id")
    assert (caught.value.code, caught.value.field) == ("INVALID_INPUT", "id")
