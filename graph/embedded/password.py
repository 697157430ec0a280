"""Give a data folder a new password when its password file is lost."""

from pathlib import Path

import neo4j

from deskgraph.graph.embedded.server import EmbeddedNeo4j
from deskgraph.graph.embedded.settings import USERNAME

CHANGE = "ALTER USER $user SET PASSWORD $password CHANGE NOT REQUIRED"


def reset(data: Path, *, cache: Path | None = None, repository: str | None = None) -> None:
    """Start the folder's Neo4j without asking for a password, for as long as setting a new one takes.

    Whoever can write the folder can read its data anyway; for these seconds every user of this machine can.
    Raises what EmbeddedNeo4j.start raises.
    """
    server = EmbeddedNeo4j(data, cache=cache, repository=repository, train=False)
    server.opens()
    with server, neo4j.GraphDatabase.driver(server.uri, auth=None) as driver:
        driver.execute_query(CHANGE, user=USERNAME, password=server.password, database_="system")
