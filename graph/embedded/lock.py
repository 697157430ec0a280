"""The pinned list of jars that make up the embedded Neo4j: `neo4j.lock`, written by tools/lock_neo4j.py."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Jar:
    """One jar: its Maven coordinates, its sha256 in hexadecimal and its size in bytes."""

    group: str
    artifact: str
    version: str
    classifier: str
    sha256: str
    size: int

    @property
    def filename(self) -> str:
        """The name in the repository and in the cache, such as `neo4j-2026.09.0.jar`."""
        return "-".join(filter(None, (self.artifact, self.version, self.classifier))) + ".jar"


def parse(line: str) -> Jar:
    """Read one line: `group:artifact:version[:classifier] sha256 size`."""
    coordinates, sha256, size = line.split()
    group, artifact, version, classifier = (*coordinates.split(":"), "")[:4]
    return Jar(group, artifact, version, classifier, sha256, int(size))


@cache
def pinned() -> tuple[Jar, ...]:
    """Every jar of the pinned server, sorted as the lock is: the class path keeps this order."""
    text = files(__package__).joinpath("neo4j.lock").read_text(encoding="utf-8")
    return tuple(parse(line) for line in text.splitlines() if line)


def version() -> str:
    """The pinned version of Neo4j, such as `2026.09.0`."""
    return next(jar.version for jar in pinned() if (jar.group, jar.artifact) == ("org.neo4j", "neo4j"))
