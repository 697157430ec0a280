"""The variables and parameters of one query while it is compiled."""

from __future__ import annotations

from typing import Any


class Holes:
    """Whether a value was missing that GraphQL promises to be there, in the row that was shaped last."""

    found = False

    def mark(self) -> None:
        """One was missing."""
        self.found = True


class Scope:
    """Hands out fresh variable names and takes values as parameters. `reads_log`: the query lists events."""

    def __init__(self) -> None:
        self.parameters: dict[str, Any] = {}
        self.holes = Holes()
        self.reads_log = False
        self._variables = 0

    def variable(self) -> str:
        """A new variable: n0, n1, ..."""
        self._variables += 1
        return f"n{self._variables - 1}"

    def parameter(self, value: Any) -> str:
        """The reference to a new parameter that holds the value: $p0, $p1, ..."""
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f"${name}"
