"""Values that are not known while a query is compiled: it is compiled once and run with any values of its variables.

A slot stands for one. What would be done with the value (checked, decoded) is noted down and done for each request.
Where the query itself depends on the value (how many rows, which noun an id is of), compiling stops with `Needed`, and
is done anew with what was needed known: the plan is then one for that value, or for what was seen of it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

Path = tuple[str | int, ...]
View = Callable[[Any], Any]


def whole(value: Any) -> Any:
    """The view of a value that is all of it."""
    return value


class Needed(Exception):
    """What must be seen of the value at a path before the query can be compiled."""

    def __init__(self, path: Path, view: View) -> None:
        super().__init__(path)
        self.path = path
        self.view = view


class Slot:
    """The value at a path of the variables, after some steps. `seen` is what is known of it, by view.

    Those after a step are added to `made`: the step may find the value wrong, whether the query has use for it or not.
    """

    __slots__ = ("_made", "_path", "_seen", "_steps")

    def __init__(self, path: Path, seen: dict[View, Any], made: list[Slot], steps: tuple[View, ...] = ()) -> None:
        self._path = path
        self._seen = seen
        self._made = made
        self._steps = steps

    def then(self, step: View) -> Slot:
        """The value after one more step."""
        slot = Slot(self._path, self._seen, self._made, (*self._steps, step))
        self._made.append(slot)
        return slot

    def view(self, view: View) -> Any:
        """What is seen of the value; Needed if that is not known yet."""
        if view not in self._seen:
            raise Needed(self._path, view)
        return self._seen[view]

    def value(self, variables: dict[str, Any]) -> Any:
        """The value, for these variables; whatever a step raises."""
        found: Any = variables
        for name in self._path:
            found = found[name]
        return reduce(lambda known, step: step(known), self._steps, found)

    def _unknown(self, *_arguments: Any) -> Any:
        raise Needed(self._path, whole)

    # Nobody may take a slot for the value by mistake.
    __bool__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __hash__ = _unknown
    __len__ = __iter__ = __getitem__ = __contains__ = __str__ = __format__ = __int__ = __index__ = _unknown


def later(value: Any, step: View) -> Any:
    """A step done with a value now, or, if it is not known yet, for each request."""
    return value.then(step) if isinstance(value, Slot) else step(value)


def known(value: Any, view: View = whole) -> Any:
    """What is seen of a value, on which the query depends."""
    return value.view(view) if isinstance(value, Slot) else view(value)
