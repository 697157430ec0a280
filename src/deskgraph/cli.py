"""The command line: `deskgraph serve`, `deskgraph mcp`, `deskgraph schema`."""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from deskgraph.logs import configure
from deskgraph.schema.errors import DeskError

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

    """
    from deskgraph.config import Settings
    from deskgraph.server import serve as run

    given: dict[str, Any] = {"host": host, "port": port, "data": data, "hooks": hooks, "sample": sample}
    run(Settings(**{name: value for name, value in given.items() if value is not None}))


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
    from deskgraph.config import Settings
    from deskgraph.mcp.stdio import serve_stdio

    given: dict[str, Any] = {"data": data, "hooks": hooks, "sample": sample}
    serve_stdio(Settings(**{name: value for name, value in given.items() if value is not None}), url)


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
