"""Settings: from arguments, DESKGRAPH_* and NEO4J_* environment variables, or their defaults."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from platformdirs import user_data_path
from pydantic import AliasChoices, Field, FilePath, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from deskgraph.schema.errors import DeskError

KEY_FILE = "api-key"
Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]


def neo4j(name: str) -> AliasChoices:
    """A setting that is read from NEO4J_NAME."""
    return AliasChoices(f"neo4j_{name}", f"NEO4J_{name.upper()}")


class Settings(BaseSettings):
    """Everything that can be set. An argument of the command line is stronger than the environment."""

    model_config = SettingsConfigDict(env_prefix="DESKGRAPH_", extra="forbid", populate_by_name=True)

    host: str = Field("127.0.0.1", description="The address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="The port to listen on; 0 takes a free one.")
    data: Path = Field(
        default_factory=lambda: user_data_path("deskgraph"), description="The data folder: the database and the key."
    )
    api_key: str | None = Field(None, min_length=8, description="The admin key; generated on the first run by default.")
    rate_limit: str = Field("6000/minute", description="The most operations by one API key in a time; empty is any.")
    oidc_issuer: str | None = Field(
        None, pattern=r"^https?://\S+$", description="The OpenID Connect issuer whose tokens are taken as keys."
    )
    oidc_audience: str | None = Field(None, min_length=1, description="Whom its tokens must be made for.")
    oidc_algorithms: Annotated[list[Algorithm], NoDecode] = Field(["RS256"], description="How they may be signed.")
    oidc_jwks_url: str | None = Field(None, description="Where its keys are, if its discovery document does not say.")
    oidc_workspace_claim: str = Field("deskgraph_workspace", description="The claim that names the workspace.")
    oidc_role_claim: str = Field("deskgraph_role", description="The claim that names the role.")
    oidc_user_claim: str = Field("email", description="The claim with the user's id or e-mail address.")
    oidc_contact_claim: str = Field("deskgraph_contact", description="The claim with the id of a CONTACT.")
    workspace: str = Field("default", min_length=1, max_length=100, description="The workspace that is served.")
    hooks: Annotated[list[str], NoDecode] = Field([], description="Modules with hooks.")
    sample: bool = Field(False, description="Load a small sample desk into an empty workspace.")
    retention_days: float | None = Field(
        None, gt=0, le=100_000, description="Trim the event log to so many days; by default it is kept for ever."
    )
    webhook_private_targets: bool = Field(
        False, description="Let webhooks go to private, loopback and link-local addresses too, and by plain http."
    )
    workers: int = Field(1, ge=1, description="Processes that serve side by side.")
    heartbeat_seconds: float = Field(15, gt=0, description="How often an idle stream of server-sent events shows life.")
    slow_subscriber_seconds: float = Field(30, gt=0, description="How long a subscriber may take for a message.")
    query_seconds: float = Field(60, gt=0, description="How long the database may take for a transaction.")
    request_seconds: float = Field(30, gt=0, description="How long a request may take to arrive.")
    production: bool = Field(False, description="Tell nobody what the schema has: no introspection, no suggestions.")
    trusted_documents: Path | None = Field(None, description="A manifest or a folder: only its documents are taken.")
    allowed_origins: Annotated[list[str], NoDecode] = Field([], description="Origins whose pages may use the desk.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="From where on things are logged; debug has a line for each request."
    )
    public_metrics: bool = Field(False, description="Tell the metrics to whoever asks, without a key.")
    report_cost: bool = Field(True, description="Say in extensions.cost what an operation costs.")

    max_depth: int = Field(20, ge=1, description="The most fields within each other.")
    max_aliases: int = Field(50, ge=0, description="The most aliases of an operation.")
    max_root_fields: int = Field(50, ge=1, description="The most fields at the top of an operation.")
    max_directives: int = Field(100, ge=0, description="The most directives of an operation.")
    max_fields: int = Field(5000, ge=1, description="The most fields of an operation.")
    max_cost: int = Field(150_000, ge=1, description="The most nodes that an answer may hold.")
    max_tokens: int = Field(10_000, ge=1, description="The most words and signs of an operation.")
    max_query_length: int = Field(100_000, ge=1, description="The most characters of an operation.")
    max_value_depth: int = Field(40, ge=1, description="The most objects and lists within each other in a value.")
    max_body_bytes: int = Field(10 * 2**20, ge=1, description="The largest body of a request.")
    max_variables_bytes: int = Field(5 * 2**20, ge=1, description="The largest variables of an operation.")
    max_message_bytes: int = Field(2**20, ge=1, description="The largest message on a WebSocket.")
    max_socket_operations: int = Field(100, ge=1, description="The most operations at once on a WebSocket.")
    max_connections: int = Field(5000, ge=1, description="The most connections of a process.")

    heap: str = Field("512m", description="Java's largest heap for the database that comes with deskgraph.")
    start_cache: bool = Field(True, description="Make Java's start-up cache in the background, once on a machine.")
    maven_repository: str | None = Field(None, description="A mirror of the Maven repository that Neo4j comes from.")

    neo4j_uri: str | None = Field(
        None,
        validation_alias=neo4j("uri"),
        pattern=r"^$|^(bolt|neo4j)(\+s|\+ssc)?://",
        description="A server of your own: bolt:// or neo4j://, with +s or +ssc for TLS.",
    )
    neo4j_username: str = Field("neo4j", validation_alias=neo4j("username"))
    neo4j_password: str = Field("", validation_alias=neo4j("password"))
    neo4j_database: str | None = Field(None, validation_alias=neo4j("database"))

    nats_url: str | None = Field(
        None,
        pattern=r"^$|^(nats|tls)://[^,\s]+(,(nats|tls)://[^,\s]+)*$",
        description="NATS servers that the log is relayed to, nats:// or tls://, with commas between them.",
    )
    nats_stream: str = Field("DESKGRAPH", pattern=r"^[A-Za-z0-9_-]+$", description="The JetStream stream.")
    nats_subject_prefix: str = Field(
        "deskgraph", pattern=r"^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$", description="What subjects begin with."
    )
    nats_credentials: FilePath | None = Field(None, description="A NATS credentials file (.creds).")
    nats_start: Literal["beginning", "now"] = Field(
        "beginning", description="Where in the log a relay starts that never ran before."
    )

    @field_validator("rate_limit")
    @classmethod
    def _check_rates(cls, value: str) -> str:
        """A rate that is none is told at once."""
        from limits import parse_many  # it is only needed by what serves, which makes it anyway

        if value:
            parse_many(value)
        return value

    @model_validator(mode="after")
    def _check_issuer(self) -> Self:
        """Tokens that were made for somebody else are no keys here."""
        if self.oidc_issuer and not self.oidc_audience:
            raise ValueError("DESKGRAPH_OIDC_ISSUER needs DESKGRAPH_OIDC_AUDIENCE")
        return self

    @field_validator("hooks", "allowed_origins", "oidc_algorithms", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """The variable holds names with commas between them."""
        return [name.strip() for name in value.split(",") if name.strip()] if isinstance(value, str) else value

    @field_validator("nats_url")
    @classmethod
    def _check_ports(cls, value: str | None) -> str | None:
        """A port that is none is told at once, not by the first attempt to connect."""
        for server in (value or "").split(","):
            _ = urlsplit(server).port
        return value

    def key(self) -> str:
        """The admin key: the one that was set, or the one kept in the data folder, made on the first run."""
        return self.api_key or kept_key(self.data / KEY_FILE)

    def known_key(self) -> str:
        """The admin key of a desk that is served elsewhere: the one that was set or is kept; none is made."""
        path = self.data / KEY_FILE
        if not self.api_key and not path.exists():
            raise DeskError(f"Set DESKGRAPH_API_KEY to the key of the desk: {path} is not there.")
        return self.key()


def kept_key(path: Path) -> str:
    """The key in a file that only its owner can read; made if there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        key = f"dg_{secrets.token_urlsafe(24)}"
        file.write(f"{key}\n")
    return key
