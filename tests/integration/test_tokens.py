"""OpenID Connect with a real issuer over HTTP: whose tokens come in, as whom, and which do not."""

from __future__ import annotations

import asyncio
import base64
import hmac
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from deskgraph.app import create_app
from deskgraph.auth import Authenticator, Keys
from deskgraph.rates import Rates
from deskgraph.resolvers.desk import Desk
from deskgraph.schema.errors import UnauthenticatedError, UnavailableError
from deskgraph.tokens import Issuer
from tests.receivers import listening

AUDIENCE = "deskgraph"


@dataclass
class Provider:
    """An issuer: its address and the keys that it publishes, by id."""

    url: str = ""
    keys: dict[str, rsa.RSAPrivateKey] = field(default_factory=dict)
    asked: int = 0

    def publish(self, kid: str) -> None:
        self.keys = {kid: rsa.generate_private_key(public_exponent=65537, key_size=2048)}

    def token(self, kid: str | None = None, algorithm: str = "RS256", key: Any = None, **claims: Any) -> str:
        """A token as the issuer makes them, but for what is given."""
        kid = kid or next(iter(self.keys))
        usual = {"iss": self.url, "aud": AUDIENCE, "sub": "sam", "exp": time.time() + 60, "deskgraph_role": "AGENT"}
        said = {name: value for name, value in {**usual, **claims}.items() if value is not None}
        signing = None if algorithm == "none" else key or self.keys[kid]
        return jwt.encode(said, signing, algorithm, headers={"kid": kid})

    def discovery(self, _request: Request) -> Response:
        return JSONResponse({"issuer": self.url, "jwks_uri": f"{self.url}/keys"})

    def jwks(self, _request: Request) -> Response:
        self.asked += 1
        keys = [
            {**RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid, "use": "sig", "alg": "RS256"}
            for kid, key in self.keys.items()
        ]
        return JSONResponse({"keys": keys})


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    made = Provider()
    made.publish("first")
    routes = [Route("/.well-known/openid-configuration", made.discovery), Route("/keys", made.jwks)]
    async with listening(Starlette(routes=routes)) as made.url:
        yield made


@pytest.fixture
def issuer(provider: Provider) -> Issuer:
    return Issuer(provider.url, AUDIENCE)


@pytest.fixture
def authenticator(desk: Desk, issuer: Issuer) -> Authenticator:
    return Authenticator(desk, Keys("the-operator-s-key"), issuer)


async def test_a_token_is_a_user_with_a_role(desk: Desk, provider: Provider, authenticator: Authenticator) -> None:
    sam = await desk.User.create(name="Sam", email="sam@desk.example")
    token = provider.token(email="sam@desk.example", email_verified=True)
    login = await authenticator.login(f"Bearer {token}")
    assert (login.caller.actor, login.caller.role, login.desk) == (sam.id, "AGENT", desk)
    ticket = await login.session().Ticket.create(subject="Portal")
    [event] = await desk.Event.find(subject_id=ticket.id)
    assert (event.actor, event.user) == (sam.id, sam.id)
    again = await authenticator.login(f"Bearer {token}")
    assert again is login
    assert provider.asked == 1
    unverified = await authenticator.login(f"Bearer {provider.token(email='sam@desk.example')}")
    assert unverified.caller.actor == "oidc:sam"


async def test_a_token_is_a_contact(desk: Desk, provider: Provider, authenticator: Authenticator) -> None:
    ann = await desk.Contact.create(name="Ann")
    login = await authenticator.login(f"Bearer {provider.token(deskgraph_role='contact', deskgraph_contact=ann.id)}")
    assert (login.caller.actor, login.caller.contact) == (ann.id, ann.id)
    for wrong in (None, "contact_nothere1", "user_nothere1", 7):
        with pytest.raises(UnauthenticatedError):
            await authenticator.login(f"Bearer {provider.token(deskgraph_role='CONTACT', deskgraph_contact=wrong)}")


async def test_a_token_is_for_a_workspace_that_there_is(
    desk: Desk, provider: Provider, authenticator: Authenticator
) -> None:
    made = await desk.Workspace.create(name="Acme")
    login = await authenticator.login(f"Bearer {provider.token(deskgraph_workspace=made.id)}")
    assert login.desk.workspace == made.id
    with pytest.raises(UnauthenticatedError, match="there is no workspace 'workspace_nothere1'"):
        await authenticator.login(f"Bearer {provider.token(deskgraph_workspace='workspace_nothere1')}")
    rows = await desk.database.run("MATCH (n:Workspace {id: 'workspace_nothere1'}) RETURN n.id AS id")
    assert rows == []


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"aud": "another"}, "Audience doesn't match"),
        ({"aud": None}, 'missing the "aud" claim'),
        ({"iss": "https://elsewhere.example"}, "Invalid issuer"),
        ({"exp": 1e9}, "Signature has expired"),
        ({"exp": None}, 'missing the "exp" claim'),
        ({"nbf": 4e9}, "not yet valid"),
        ({"sub": None}, 'missing the "sub" claim'),
        ({"deskgraph_role": None}, "its deskgraph_role must be one of ADMIN"),
        ({"deskgraph_role": "KING"}, "its deskgraph_role must be one of ADMIN"),
    ],
)
async def test_a_token_for_something_else_is_none(
    provider: Provider, authenticator: Authenticator, claims: dict[str, Any], why: str
) -> None:
    with pytest.raises(UnauthenticatedError, match=why):
        await authenticator.login(f"Bearer {provider.token(**claims)}")


def by_hand(token: str, key: bytes) -> str:
    """The token, signed with a key that PyJWT would not take for a secret."""
    signed = token.rpartition(".")[0]
    signature = base64.urlsafe_b64encode(hmac.digest(signed.encode(), key, "sha256")).rstrip(b"=")
    return f"{signed}.{signature.decode()}"


async def test_a_token_that_is_not_the_issuer_s_is_none(provider: Provider, authenticator: Authenticator) -> None:
    """Signed by another key, not signed, or by the public key as if that was a secret."""
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = provider.keys["first"].public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    good = provider.token()
    for wrong in (
        provider.token(key=other),
        provider.token(algorithm="none"),
        by_hand(provider.token(algorithm="HS256", key="x" * 32), public),
        provider.token(algorithm="RS512"),
        f"{good[:-8]}AAAAAAAA",
        "a.b.c",
        "..",
    ):
        with pytest.raises(UnauthenticatedError):
            await authenticator.login(f"Bearer {wrong}")
    assert (await authenticator.login(f"Bearer {good}")).caller.actor == "oidc:sam"


async def test_keys_are_rotated(desk: Desk, provider: Provider, issuer: Issuer) -> None:
    """A token that names a key which is not known yet has the issuer asked again; others don't, nor too often."""
    authenticator = Authenticator(desk, Keys("the-operator-s-key"), issuer)
    await authenticator.login(f"Bearer {provider.token()}")
    issuer._keys.cooldown_duration = 0.5
    old = provider.token(jti="old")
    provider.publish("second")
    await asyncio.sleep(0.6)  # as long as the issuer is left alone
    assert (await authenticator.login(f"Bearer {provider.token()}")).caller.actor == "oidc:sam"
    assert provider.asked == 2
    for number in range(5):
        with pytest.raises(UnauthenticatedError):
            await authenticator.login(f"Bearer {provider.token(kid='second', jti=str(number))[:-8]}AAAAAAAA")
    with pytest.raises(UnauthenticatedError):
        await authenticator.login(f"Bearer {old}")
    assert provider.asked == 2


async def test_an_issuer_that_is_away_keeps_nobody_out_for_good(desk: Desk, provider: Provider, issuer: Issuer) -> None:
    away = Authenticator(desk, Keys("the-operator-s-key"), replace(issuer, jwks_url="http://127.0.0.1:9/keys"))
    with pytest.raises(UnavailableError, match="The issuer of the token can't be asked"):
        await away.login(f"Bearer {provider.token()}")
    app = create_app(desk, Keys("the-operator-s-key"), issuer=replace(issuer, jwks_url="http://127.0.0.1:9/keys"))
    headers = {"Authorization": f"Bearer {provider.token()}"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk", headers=headers) as client:
        answer = await client.post("/graphql", json={"query": "{ __typename }"})
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (503, "UNAVAILABLE")
    assert answer.headers["retry-after"] == "1"


async def test_a_login_ends_with_its_token(provider: Provider, authenticator: Authenticator) -> None:
    ends = time.time() - 9  # the clocks may be off by ten seconds
    authorization = f"Bearer {provider.token(exp=ends)}"
    login = await authenticator.login(authorization)
    async with asyncio.timeout(20):
        await authenticator.expired(login, authorization)
    assert time.time() > ends + 9


async def test_rates_are_counted_by_key(desk: Desk) -> None:
    """One too many waits; another key, and the operator, do not."""
    app = create_app(desk, Keys("the-operator-s-key"), rates=Rates("3/hour"))
    one, two = [(await desk.ApiKey.create(name=name, role="AGENT")).secret for name in ("one", "two")]

    async def ask(key: str, path: str = "/graphql") -> httpx.Response:
        transport = httpx.ASGITransport(app)
        headers = {"Authorization": f"Bearer {key}"}
        async with httpx.AsyncClient(transport=transport, base_url="http://desk", headers=headers) as client:
            return await client.post(path, json={"query": "{ __typename }"})

    assert [(await ask(one)).status_code for _ in range(4)] == [200, 200, 200, 429]
    for path in ("/graphql", "/graphql/stream", "/mcp"):
        refused = await ask(one, path)
        assert refused.status_code == 429
        assert 0 < int(refused.headers["retry-after"]) <= 3600
        assert "RATE_LIMITED" in refused.text
    assert (await ask(two)).status_code == 200
    assert [(await ask("the-operator-s-key")).status_code for _ in range(5)] == [200] * 5
