"""Apollo Client: variables, its normalised cache, relayStylePagination, the graphql-ws link, error codes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.acceptance.clients.conftest import told
from tests.acceptance.conftest import Served

SUBJECTS = [f"Ticket {number}" for number in range(1, 6)]


async def test_apollo_client(serve: Callable[..., Served], clients: Path) -> None:
    served = serve()
    assert await told(clients, "apollo.mjs", served.url, served.key) == {
        "created": [[{"__typename": "Ticket", "subject": subject, "status": "OPEN"}, []] for subject in SUBJECTS],
        "queried": ["OPEN"],
        "cached": ["RESOLVED"],
        "watched": [["OPEN", "RESOLVED"]],
        "names": [5],
        "named": ["Ticket 1"],
        "refused": [["INVALID_TRANSITION"]],
        "pages": [[SUBJECTS[:2], SUBJECTS[:4], SUBJECTS]],
        "input": [["INVALID_INPUT"]],
        "validation": [["GRAPHQL_VALIDATION_FAILED"]],
        "key": [[401, "UNAUTHENTICATED"]],
        "events": [[*([at, "ticket.created"] for at in range(1, 6)), [6, "ticket.resolved"]]],
        "cursor": [["INVALID_CURSOR"]],
    }
