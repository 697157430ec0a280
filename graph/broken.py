"""How a database says that it has given itself up."""

from neo4j.exceptions import Neo4jError

# The store could not be written, as on a full disk; from then on every transaction is refused until Neo4j is restarted.
BROKEN = "Neo.DatabaseError.Transaction."


def is_broken(error: BaseException) -> bool:
    """Whether the database has given itself up."""
    return isinstance(error, Neo4jError) and (error.code or "").startswith(BROKEN)
