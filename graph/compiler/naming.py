"""Shapes of nodes and connections made as Python code: they run for every node of every answer.

The shapes inside a shape are written into its code, so that an answer's whole tree is made by few functions.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from deskgraph.graph.compiler.scope import Holes

Shape = Callable[[Any], Any]
DEEPEST = 8  # shapes within each other in one expression: Python can't parse any depth


class Code:
    """The code of one shape: what it needs besides its value, and the functions that it is made of."""

    def __init__(self) -> None:
        self.constants: list[Any] = []
        self.functions: list[str] = []
        self.depth = 0
        self._variables = 0

    def constant(self, value: Any) -> str:
        """The name of a value."""
        self.constants.append(value)
        return f"constant{len(self.constants) - 1}"

    def variable(self) -> str:
        """A new variable."""
        self._variables += 1
        return f"value{self._variables}"

    def function(self, *lines: str) -> str:
        """The name of a new function of `value` with these lines."""
        name = f"function{len(self.functions)}"
        body = "".join(f"\n        {line}" for line in lines)
        self.functions.append(f"    def {name}(value):{body}\n")
        return name

    def shaped(self, shape: Shape | None, value: str) -> str:
        """The expression of a value in its shape."""
        if shape is None:
            return value
        if not isinstance(shape, Written) or self.depth == DEEPEST:
            return f"{self.constant(shape)}({value})"
        self.depth += 1
        try:
            return shape.written(self, value)
        finally:
            self.depth -= 1


class Written(ABC):
    """A shape that is code. Alone it is made into a function when it is first called."""

    _function: Shape | None = None

    def __call__(self, value: Any) -> Any:
        """The value in this shape."""
        if self._function is None:
            code = Code()
            code.function(f"return {self.written(code, 'value')}")
            self._function = _maker("".join(code.functions), len(code.constants))(*code.constants)
        return self._function(value)

    @abstractmethod
    def written(self, code: Code, value: str) -> str:
        """The expression of a value in this shape."""


class NodeShape(Written):
    """Values under their keys, each in its shape, if it has one; None stays None.

    Where a `needed` value is missing the holes are marked.
    """

    def __init__(
        self, keys: Sequence[str], needed: Sequence[bool], shapes: Sequence[Shape | None], holes: Holes
    ) -> None:
        self._fields = list(zip(keys, needed, shapes, strict=True))
        self._holes = holes

    def written(self, code: Code, value: str) -> str:
        """A dict, but of None."""
        node, mark = code.variable(), code.constant(self._holes.mark)
        entries = []
        for at, (key, needed, shape) in enumerate(self._fields):
            one = f"{node}[{at}]"
            shaped = code.shaped(shape, one)
            entries.append(f"{key!r}: {f'({shaped} if {one} is not None else {mark}())' if needed else shaped}")
        return f"(None if ({node} := {value}) is None else {{{', '.join(entries)}}})"


@lru_cache(2000)
def _maker(functions: str, constants: int) -> Callable[..., Shape]:
    """What makes the last of these functions, given the constants; the same code is read once.

    All in it that is not fixed are numbers, and names that GraphQL allows, written by repr.
    """
    namespace: dict[str, Any] = {}
    names = ", ".join(f"constant{at}" for at in range(constants))
    last = functions.count("    def function") - 1
    exec(f"def maker({names}):\n{functions}    return function{last}\n", namespace)  # noqa: S102 - see above
    maker: Callable[..., Shape] = namespace["maker"]
    return maker
