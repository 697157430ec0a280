"""Download progress on stderr: a bar on a terminal, a short line now and then everywhere else."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TextIO

from tqdm import tqdm

SECONDS_BETWEEN_LINES = 10.0


Progress = Callable[[int], None]
"""Takes the bytes that arrived; negative when a failed attempt's bytes are taken back. Any thread may call it."""


def show(title: str, total: int, stream: TextIO | None = None) -> AbstractContextManager[Progress]:
    """Show `total` bytes arriving under `title`, for as long as the context lasts."""
    stream = stream or sys.stderr
    if stream is None:  # pythonw has none
        return nullcontext(lambda _count: None)
    return _bar(title, total, stream) if stream.isatty() else _lines(title, total, stream)


@contextmanager
def _bar(title: str, total: int, stream: TextIO) -> Iterator[Progress]:
    guard = threading.Lock()
    with tqdm(desc=title, total=total, unit="B", unit_scale=True, file=stream, leave=False) as bar:

        def update(count: int) -> None:
            with guard:
                bar.update(count)

        yield update


@contextmanager
def _lines(title: str, total: int, stream: TextIO) -> Iterator[Progress]:
    guard, began = threading.Lock(), time.monotonic()
    done, said = 0, began

    def say(text: str) -> None:
        stream.write(f"{title}: {text}\n")
        stream.flush()

    def update(count: int) -> None:
        nonlocal done, said
        with guard:
            done += count
            if time.monotonic() - said >= SECONDS_BETWEEN_LINES:
                said = time.monotonic()
                say(f"{done / 1e6:.1f} of {total / 1e6:.1f} MB")

    say(f"{total / 1e6:.1f} MB")
    yield update
    say(f"done in {time.monotonic() - began:.1f} s")
