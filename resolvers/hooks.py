"""Hooks: plain callables before a verb, inside its transaction, and after it, from the event log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, overload

from deskgraph.schema.verb import Verb

Hook = TypeVar("Hook", bound=Callable[..., Any])
MAX_IN_FLIGHT = 8


@dataclass(frozen=True, slots=True)
class AfterHook:
    """A durable after-hook: the log remembers under `name` how far it has come."""

    name: str
    event: str
    run: Callable[..., Any]
    max_in_flight: int = MAX_IN_FLIGHT


class Hooks:
    """The hooks of one desk, or of all desks that are not given their own."""

    def __init__(self) -> None:
        self._before: dict[type[Verb], list[Callable[..., Any]]] = defaultdict(list)
        self._after: dict[str, AfterHook] = {}

    def before(self, verb: type[Verb]) -> list[Callable[..., Any]]:
        """The before-hooks of a verb, in the order in which they were registered."""
        return list(self._before.get(verb, ()))

    def after(self) -> dict[str, AfterHook]:
        """The after-hooks by name."""
        return dict(self._after)

    def add_before(self, verb: type[Verb], hook: Callable[..., Any]) -> None:
        """Have `hook` run before the verb."""
        self._before[verb].append(hook)

    def remove_before(self, verb: type[Verb], hook: Callable[..., Any]) -> None:
        """Undo `add_before`; ValueError if it was not registered."""
        self._before[verb].remove(hook)

    def add_after(
        self, event: str, hook: Callable[..., Any], name: str | None, max_in_flight: int = MAX_IN_FLIGHT
    ) -> None:
        """Have `hook` run after each event of that type. The name must stay the same over restarts.

        `max_in_flight`: for how many events at once, those of one subject always one after the other.
        """
        name = name or f"{event}:{hook.__module__}.{hook.__qualname__}"
        if name in self._after:
            raise ValueError(f"There is an after-hook {name} already: give this one another name=...")
        self._after[name] = AfterHook(name, event, hook, max_in_flight)

    def remove_after(self, event: str, hook: Callable[..., Any]) -> None:
        """Undo `add_after`; ValueError if it was not registered."""
        for name, after in self._after.items():
            if after.event == event and after.run is hook:
                del self._after[name]
                return
        raise ValueError(f"{hook!r} is not registered after {event}")


class HookPoint:
    """Where hooks attach: `Ticket.creating`, `Ticket.resolved`. A decorator, or a function to call with the hook.

    A name for an after-hook is given as `@Ticket.resolved(name="survey")`; `Ticket.resolved.remove(hook)` undoes it.
    `max_in_flight=1` makes an after-hook do one event after the other.
    """

    def __init__(self, hooks: Hooks, verb: type[Verb], *, after: bool) -> None:
        self._hooks = hooks
        self._verb = verb
        self._after = after

    @overload
    def __call__(self, hook: Hook) -> Hook: ...
    @overload
    def __call__(self, *, name: str | None = None, max_in_flight: int = MAX_IN_FLIGHT) -> Callable[[Hook], Hook]: ...

    def __call__(self, hook: Any = None, *, name: str | None = None, max_in_flight: int = MAX_IN_FLIGHT) -> Any:
        """Register the hook and give it back."""
        if hook is None:
            return lambda named: self._register(named, name, max_in_flight)
        return self._register(hook, name, max_in_flight)

    def remove(self, hook: Callable[..., Any]) -> None:
        """Undo a registration."""
        if self._after:
            self._hooks.remove_after(self._verb.event(), hook)
        else:
            self._hooks.remove_before(self._verb, hook)

    def _register(self, hook: Hook, name: str | None, max_in_flight: int) -> Hook:
        if self._after:
            self._hooks.add_after(self._verb.event(), hook, name, max_in_flight)
        else:
            self._hooks.add_before(self._verb, hook)
        return hook


DEFAULT_HOOKS = Hooks()
