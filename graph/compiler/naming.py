"""Functions that name the values of a node, made as Python code: they run for every node of every answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from deskgraph.graph.compiler.scope import Holes

Shape = Callable[[Any], Any]


def naming(keys: Sequence[str], needed: Sequence[int], shapes: Sequence[Shape | None], holes: Holes) -> Shape:
    """A function from a list of values to a dict under these keys, each finished by its shape, if it has one.

    Where a `needed` value is missing it marks the holes. None stays None.
    """
    finishing = tuple(at for at, shape in enumerate(shapes) if shape)
    made: Shape = _maker(tuple(keys), tuple(needed), finishing)(holes, *[shape for shape in shapes if shape])
    return made


@lru_cache(2000)
def _maker(keys: tuple[str, ...], needed: tuple[int, ...], finishing: tuple[int, ...]) -> Callable[..., Shape]:
    """What makes such a function, given the holes and the shapes; all that is text in its code is written by repr."""
    values = [f"shape{at}(value{at})" if at in finishing else f"value{at}" for at in range(len(keys))]
    entries = ", ".join(f"{key!r}: {value}" for key, value in zip(keys, values, strict=True))
    missing = " or ".join(f"value{at} is None" for at in needed) or "False"
    code = f"""
def maker({", ".join(["holes", *(f"shape{at}" for at in finishing)])}):
    def shape(row):
        if row is None:
            return None
        ({"".join(f"value{at}, " for at in range(len(keys)))}) = row
        if {missing}:
            holes.found = True
        return {{{entries}}}
    return shape
"""
    namespace: dict[str, Any] = {}
    exec(code, namespace)  # noqa: S102 - of names that are valid in GraphQL, and numbers
    maker: Callable[..., Shape] = namespace["maker"]
    return maker
