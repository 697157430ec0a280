"""A webhook's receiver as a program of its own: checks the signature, notes the event, answers 204."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import uvicorn
from standardwebhooks import Webhook, WebhookVerificationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.chaos.notes import note


def secret() -> str:
    """What the requests are signed with: made when this program runs already."""
    return Path(os.environ["CHAOS_SECRET"]).read_text()


async def receive(request: Request) -> Response:
    """Note an event whose signature is right; what isn't signed is noted as an event that never was."""
    name = request.headers["webhook-id"]
    try:
        event = Webhook(secret()).verify(await request.body(), dict(request.headers))["data"]
    except WebhookVerificationError as error:
        note("CHAOS_RECEIVED", f"0 unsigned:{name} {type(error).__name__} 1")
        return Response(status_code=401)
    note("CHAOS_RECEIVED", f"{event['position']} {name} {event['subjectId']} 1")
    return Response(status_code=204)


def main() -> None:
    """Listen on the port that is given."""
    routes = [
        Route("/events", receive, methods=["POST"]),
        Route("/health/ready", lambda _request: Response()),
    ]
    uvicorn.run(Starlette(routes=routes), port=int(sys.argv[1]), log_level="warning")


if __name__ == "__main__":
    main()
