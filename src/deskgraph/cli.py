"""The command line: `deskgraph serve`, `mcp`, `import`, `relay`, `trim`, `backup`, `restore`, `doctor`, `schema`."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, Parameter

from deskgraph.logs import configure
from deskgraph.schema.errors import DeskError

if TYPE_CHECKING:
    from deskgraph.config import Settings

app = App(
    name="deskgraph",
    help="A headless customer-support back end on one Neo4j graph. Options can also be set as DESKGRAPH_* variables.",
    version=version("deskgraph"),
)


@app.command
def serve(
    *,
    host: str | None = None,
    port: int | None = None,
    data: Path | None = None,
    hooks: Annotated[list[str] | None, Parameter(negative="")] = None,
    sample: Annotated[bool | None, Parameter(negative="")] = None,
    workers: int | None = None,
) -> None:
    """Serve the desk until Ctrl-C or SIGTERM, and print its address with its key.

    NEO4J_URI, NEO4J_USERNAME, NEO4J_PASSWORD and NEO4J_DATABASE choose a server of your own; without them the real
    Neo4j that comes with deskgraph is fetched once and started.

    Parameters
    ----------
    host
        The address to listen on, by default 127.0.0.1.
    port
        The port to listen on, by default 8000; 0 takes a free one.
    data
        The data folder: the database and the API key. By default where the system keeps such data.
    hooks
        A module with hooks, such as examples.support_hooks; may be given several times.
    sample
        Load a small sample desk if the workspace is empty.
    workers
        Processes that serve side by side, by default 1.

    """
    from deskgraph.server import serve as run

    run(_settings(host=host, port=port, data=data, hooks=hooks, sample=sample, workers=workers))


@app.command
def relay(
    *,
    nats: str | None = None,
    stream: str | None = None,
    subject_prefix: str | None = None,
    credentials: Path | None = None,
    start: Literal["beginning", "now"] | None = None,
    data: Path | None = None,
) -> None:
    """Relay the log to NATS JetStream until Ctrl-C or SIGTERM: every event at least once, in order.

    It takes the extra `deskgraph[nats]`. `deskgraph serve` relays beside serving if DESKGRAPH_NATS_URL is set.

    Parameters
    ----------
    nats
        The server, such as nats://user:password@127.0.0.1:4222; several of a cluster with commas between them.
    stream
        The stream, by default DESKGRAPH; made if it is missing, left as it is if it is there.
    subject_prefix
        What subjects begin with, by default deskgraph, as in deskgraph.default.ticket.resolved.
    credentials
        A NATS credentials file (.creds).
    start
        Where in the log to start if it was never relayed before: at the beginning, which is the default, or now.
    data
        The data folder, if the database is the one that comes with deskgraph.

    """
    from deskgraph.relay import run

    given = {"url": nats, "stream": stream, "subject_prefix": subject_prefix, "credentials": credentials}
    run(_settings(data=data, nats_start=start, **{f"nats_{name}": value for name, value in given.items()}))


def _settings(**given: Any) -> Settings:
    """The settings, with the options that were given."""
    from deskgraph.config import Settings

    return Settings(**{name: value for name, value in given.items() if value is not None})


@app.command
def trim(*, before: datetime | None = None, older_than: timedelta | None = None, data: Path | None = None) -> None:
    """Remove old events from the log, as far as all consumers have passed them, and print what was removed.

    It works on the database that NEO4J_URI names, or on the one in the data folder while no server runs on it, and in
    the workspace that DESKGRAPH_WORKSPACE names.

    Parameters
    ----------
    before
        Remove events from before this moment, such as 2026-01-01 or 2026-01-01T09:30:00Z, in UTC without an offset.
    older_than
        Remove events older than this, such as 90d, 12h or 1y.
    data
        The data folder, by default where the system keeps such data.

    """
    from deskgraph.trimming import run

    run(_settings(data=data), before, older_than)


@app.command
def backup(file: Path, *, data: Path | None = None) -> None:
    """Write the graph in the data folder to a file, in the format of `neo4j-admin database dump`.

    Stop the desk first. A Neo4j of your own has its own tools for this.

    Parameters
    ----------
    file
        The file, such as desk.dump; one that is there is replaced once the new one is whole.
    data
        The data folder, as for serve.

    """
    from deskgraph.backups import run_backup

    run_backup(_settings(data=data), file)


@app.command
def restore(file: Path, *, force: Annotated[bool, Parameter(negative="")] = False, data: Path | None = None) -> None:
    """Make the graph in the data folder the one that a backup has. Stop the desk first.

    Parameters
    ----------
    file
        The file that `deskgraph backup` or `neo4j-admin database dump` wrote.
    force
        Replace the graph that is there, which is lost.
    data
        The data folder, as for serve; a new one is made.

    """
    from deskgraph.backups import run_restore

    run_restore(_settings(data=data), file, force=force)


@app.command
def doctor(*, data: Path | None = None, json: Annotated[bool, Parameter(negative="")] = False) -> None:
    """Look at everything that a desk needs, and say how it is and what to do; exit code 1 if something fails.

    It changes nothing. The database in the data folder is started meanwhile, unless it is running.

    Parameters
    ----------
    data
        The data folder, as for serve.
    json
        Print it for programs.

    """
    from deskgraph.doctor import run

    sys.exit(run(_settings(data=data), as_json=json))


@app.command(name="import")
def import_(
    file: Path,
    *,
    noun: str | None = None,
    url: str | None = None,
    skip_unknown: Annotated[bool, Parameter(negative="")] = False,
    data: Path | None = None,
) -> None:
    """Load tickets, contacts, organizations, users or activities from a file, and print what became of its rows.

    Rows that are refused are written with their line numbers to FILE.rejected.ndjson; the others are loaded. Run it
    again after a failure or a correction: what is there already is passed over. docs/import.md has the columns.

    Parameters
    ----------
    file
        The file: .ndjson or .jsonl (a JSON object a line), or .csv (with the names in the first row).
    noun
        What the rows are, by default what the file is called: tickets.csv holds tickets.
    url
        The address of a desk that is served, such as http://127.0.0.1:8000; its key is DESKGRAPH_API_KEY or the one in
        the data folder. By default the desk is opened here, which takes a database that no server has open.
    skip_unknown
        Pass over columns that are no fields, instead of rejecting their rows.
    data
        The data folder, as for serve.

    """
    from deskgraph.importing.command import run

    run(_settings(data=data), file, noun, url, skip_unknown=skip_unknown)


@app.command
def mcp(
    *,
    url: str | None = None,
    data: Path | None = None,
    hooks: Annotated[list[str] | None, Parameter(negative="")] = None,
    sample: Annotated[bool | None, Parameter(negative="")] = None,
) -> None:
    """Serve the desk to an MCP client by standard input and output, until the input ends.

    Parameters
    ----------
    url
        The address of a desk that is served, such as http://127.0.0.1:8000; its key is DESKGRAPH_API_KEY or the one in
        the data folder. By default the desk is opened here, as `deskgraph serve` would open it.
    data
        The data folder, as for serve.
    hooks
        A module with hooks, as for serve.
    sample
        Load a small sample desk if the workspace is empty.

    """
    from deskgraph.mcp.stdio import serve_stdio

    serve_stdio(_settings(data=data, hooks=hooks, sample=sample), url)


@app.command
def schema() -> None:
    """Print the GraphQL schema in its definition language."""
    from deskgraph.resolvers.api import schema as made

    print(made().as_str())


def main() -> None:
    """Run the command line; what the user can put right is told in one line, with exit code 1."""
    from pydantic import ValidationError
    from pydantic_settings import SettingsError

    from deskgraph.graph.embedded import EmbeddedError

    configure()
    try:
        app()
    except (DeskError, EmbeddedError, SettingsError, OSError, ImportError) as error:
        sys.exit(f"deskgraph: {error}")
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()]
        sys.exit(f"deskgraph: a setting is wrong: {'; '.join(faults)}")
