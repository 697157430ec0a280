"""A webhook's secrets, in the form of Standard Webhooks, and what is signed with them.

The graph holds them as text: a JSON list, the newest first, each with when it ends (seconds since 1970) or null.
"""

from __future__ import annotations

import base64
import secrets
import time
from datetime import datetime

import orjson
from standardwebhooks import Webhook

PREFIX = "whsec_"
RANDOM_BYTES = 32
# Each signs every request: a header has to hold all their signatures.
MOST = 5


def new_secret() -> str:
    """A new random secret."""
    return PREFIX + base64.b64encode(secrets.token_bytes(RANDOM_BYTES)).decode()


def only(secret: str) -> str:
    """One secret as it is stored."""
    return orjson.dumps([[secret, None]]).decode()


def rotated(stored: str, secret: str, overlap: float) -> str:
    """The stored secrets with a new one in front; the others end after so many seconds, unless they end before."""
    now = time.time()
    end = now + overlap
    old = [[one, end if until is None else min(until, end)] for one, until in orjson.loads(stored)]
    return orjson.dumps([[secret, None], *(entry for entry in old if entry[1] > now)][:MOST]).decode()


def signatures(stored: str, message: str, at: datetime, body: str) -> str:
    """The `webhook-signature` of a request: by each secret that has not ended, the newest first."""
    valid = [one for one, until in orjson.loads(stored) if until is None or until > at.timestamp()]
    return " ".join(Webhook(one).sign(message, at, body) for one in valid)
