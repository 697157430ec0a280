"""Files of sentences with what is expected of them, and how they are read.

`> sentence` (with `\n` for a new line), then a line for each step of its plan, or `! CODE 'words'` with the code and
the words that the error points at. `~ written: read` is a corrected word, `? a, b` are an error's candidates.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent


@dataclass
class Phrase:
    """A sentence of a corpus, with the lines that are expected of it."""

    text: str
    file: str
    line: int
    expected: list[str] = field(default_factory=list)


def phrases(name: str) -> list[Phrase]:
    """The sentences of a file."""
    found: list[Phrase] = []
    for number, line in enumerate((HERE / name).read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("> "):
            found.append(Phrase(line[2:].replace("\\n", "\n"), name, number))
        elif line.strip() and not line.startswith(("#", "==")):
            found[-1].expected.append(line.strip())
    return found
