"""Write graph/embedded/neo4j.lock: every jar the embedded Neo4j needs, with its sha256 and size.

    python tools/lock_neo4j.py 2026.09.0

Maven resolves the tree into an empty local repository with strict checksums (a jar that differs from the checksum the
repository publishes stops it), and each jar is compared once more with the published sha1 that Maven keeps beside it.
Only the person who moves the version needs Maven; the product does not.
"""

import argparse
import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

LOCK = Path(__file__).parent.parent / "graph" / "embedded" / "neo4j.lock"
POM = """<project><modelVersion>4.0.0</modelVersion>
<groupId>deskgraph</groupId><artifactId>lock</artifactId><version>1</version><dependencies><dependency>
<groupId>org.neo4j</groupId><artifactId>neo4j</artifactId><version>{version}</version></dependency></dependencies></project>
"""


def main() -> None:
    """Resolve the version given on the command line and replace the lock."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("version", help="a version of org.neo4j:neo4j, such as 2026.09.0")
    parser.add_argument("--output", type=Path, default=LOCK)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = sorted(line(listed) for listed in resolve(Path(folder), arguments.version))
    check(rows)
    arguments.output.write_text("\n".join(rows) + "\n", encoding="utf-8")
    total = sum(int(row.split()[2]) for row in rows)
    sys.stdout.write(f"{arguments.output}: {len(rows)} jars, {total:,} bytes\n")


def resolve(folder: Path, version: str) -> list[str]:
    """Have Maven list the runtime dependencies: `group:artifact:jar[:classifier]:version:scope:path`."""
    (folder / "pom.xml").write_text(POM.format(version=version), encoding="utf-8")
    command = ["mvn", "-q", "-B", "-C", f"-Dmaven.repo.local={folder / 'repository'}", "dependency:list"]
    options = ["-DincludeScope=runtime", "-DoutputAbsoluteArtifactFilename=true", "-DoutputFile=list.txt"]
    subprocess.run([*command, *options], cwd=folder, check=True)
    lines = (folder / "list.txt").read_text(encoding="utf-8").splitlines()
    return [text.strip() for text in lines if ".jar" in text]


def line(listed: str) -> str:
    """One line of the lock for one line of Maven's list."""
    coordinates, path = listed.split(" -- module")[0].rsplit(":", 1)
    group, artifact, packaging, *classifier, version, _scope = coordinates.split(":")
    if packaging != "jar":
        raise SystemExit(f"not a jar: {listed}")
    jar = Path(path)
    verify(jar)
    name = ":".join([group, artifact, version, *classifier])
    return f"{name} {hashlib.sha256(jar.read_bytes()).hexdigest()} {jar.stat().st_size}"


def verify(jar: Path) -> None:
    """Compare the jar with the sha1 that its repository publishes."""
    published = jar.with_name(jar.name + ".sha1").read_text(encoding="ascii").split()[0]
    if hashlib.sha1(jar.read_bytes(), usedforsecurity=False).hexdigest() != published:
        raise SystemExit(f"{jar.name} differs from its published checksum")


def check(rows: list[str]) -> None:
    """Jars share one folder in the cache, so their file names must differ."""
    names = ["-".join(row.split()[0].split(":")[1:]) for row in rows]
    if not rows or len(set(names)) != len(names):
        raise SystemExit("no jars, or two with the same file name")


if __name__ == "__main__":
    main()
