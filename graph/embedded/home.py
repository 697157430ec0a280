"""The data folder: Neo4j's own files below it, and the settings, password and argument file that deskgraph writes."""

import hashlib
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deskgraph.graph.embedded.errors import DataFolderUnusable, PasswordLost
from deskgraph.graph.embedded.settings import HASH_ROUNDS, MAIN, OPTIONS, SERVER_LOG, SETTINGS, USER_LOG, USERNAME


@dataclass(frozen=True, slots=True)
class Home:
    """Paths below one data folder."""

    root: Path

    @property
    def conf(self) -> Path:
        """Neo4j's settings, written at each start."""
        return self.root / "conf"

    @property
    def console(self) -> Path:
        """What the server prints, anew at each start."""
        return self.root / "logs" / "console.log"

    @property
    def crash(self) -> Path:
        """Where Java writes what it knows when it crashes."""
        return self.root / "logs" / "crash.log"

    @property
    def password_file(self) -> Path:
        """The password, for its owner alone."""
        return self.root / "password"

    @property
    def used(self) -> bool:
        """Whether a database was made here already."""
        return (self.root / "data" / "databases" / "system").exists()

    def create(self) -> None:
        """Make the folders, for their owner alone. Raises DataFolderUnusable."""
        with usable(self.root):
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            for folder in (self.conf, self.console.parent, self.root / "data" / "dbms"):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_private(self.root / ".writable", "")
            (self.root / ".writable").unlink()

    def password(self) -> str:
        """Read the password, or choose one for a new folder. Raises PasswordLost."""
        if self.password_file.is_file() and (known := self.password_file.read_text(encoding="ascii").strip()):
            return known
        if self.used:
            raise PasswordLost(
                f"{self.password_file} is missing, but {self.root} has a database. Put the file back from a backup, or "
                f'run `python -m deskgraph.graph.embedded password "{self.root}"` to give it a new password.'
            )
        return self.choose_password()

    def choose_password(self) -> str:
        """Write a new password, and what makes Neo4j take it over when it starts for the first time."""
        chosen = secrets.token_urlsafe(24)
        write_private(self.root / "data" / "dbms" / "auth.ini", f"{USERNAME}:{credential(chosen)}:\n")
        write_private(self.password_file, chosen + "\n")
        return chosen

    def configure(self, port: int, *, auth: bool = True) -> None:
        """Write the settings."""
        (self.conf / "user-logs.xml").write_text(USER_LOG, encoding="utf-8")
        (self.conf / "server-logs.xml").write_text(SERVER_LOG, encoding="utf-8")
        settings = SETTINGS.format(port=port, auth=str(auth).lower())
        (self.conf / "neo4j.conf").write_text(settings, encoding="utf-8")

    def arguments(self, jars: Sequence[Path], heap: str, more: Sequence[str] = ()) -> str:
        """Write Java's arguments; return the one naming their file: the class path is too long for a command line."""
        words = [f"-Xmx{heap}", *OPTIONS, *more, f"-XX:ErrorFile={self.crash}"]
        words += ["-classpath", os.pathsep.join(map(str, jars)), MAIN]
        words += [f"--home-dir={self.root}", f"--config-dir={self.conf}", "--console-mode"]
        file = self.conf / "java.args"
        file.write_text("\n".join(map(quoted, words)) + "\n", encoding="utf-8")
        return f"@{file}"


@contextmanager
def usable(root: Path) -> Iterator[None]:
    """Turn what the operating system says about the folder into DataFolderUnusable."""
    try:
        yield
    except OSError as error:
        raise DataFolderUnusable(f"The data folder {root} can't be written: {error}. Choose another.") from error


def quoted(word: str) -> str:
    """One argument as Java's argument files want it."""
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step; nobody else can read it at any moment."""
    draft = path.with_name(path.name + ".draft")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def credential(password: str) -> str:
    """A password as Neo4j's auth.ini holds it: algorithm, salted hash, salt, rounds."""
    salt = secrets.token_bytes(32)
    digest = hashlib.sha256(salt + password.encode()).digest()
    for _ in range(HASH_ROUNDS - 1):
        digest = hashlib.sha256(digest).digest()
    return f"SHA-256,{digest.hex()},{salt.hex()},{HASH_ROUNDS}"
