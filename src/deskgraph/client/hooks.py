"""After-hooks of a remote program: functions that run for each event, each as a durable consumer of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, overload

from deskgraph.client.declared import Record, Verb

C = TypeVar("C")
R = TypeVar("R", bound=Record)
T = TypeVar("T")


@dataclass(frozen=True)
class AfterHook:
    """A durable after-hook: the server remembers under `name` how far it has come.

    It runs after `verb`. `max_in_flight`: for how many events at once. `start`, `ack_timeout` and `attempts` are those
    of its consumer. `given` is the function that was registered, `run` what calls it.
    """

    name: str
    verb: Verb[Any]
    given: Callable[..., Any]
    run: Callable[..., Any]
    max_in_flight: int = 8
    start: str | int = "now"
    ack_timeout: float = 30.0
    attempts: int = 5


class Hooks:
    """The after-hooks of a program, by name."""

    def __init__(self) -> None:
        self._hooks: dict[str, AfterHook] = {}

    def all(self) -> list[AfterHook]:
        """All of them."""
        return list(self._hooks.values())

    def add(self, hook: AfterHook) -> None:
        """Register one; its name must be new."""
        if hook.name in self._hooks:
            raise ValueError(f"There is an after-hook {hook.name} already: give this one another name=...")
        self._hooks[hook.name] = hook

    def remove(self, verb: Verb[Any], given: Callable[..., Any]) -> None:
        """Undo a registration; ValueError if there is none."""
        for name, hook in self._hooks.items():
            if hook.verb is verb and hook.given is given:
                del self._hooks[name]
                return
        raise ValueError(f"{given!r} is not registered after {verb.event}")


class HookPoint(Generic[R, C]):
    """Where after-hooks attach: `@desk.Ticket.resolved(name="survey")`. They run while the desk is `listening()`.

    A hook is given the noun as it is now and a context; see docs/client.md for what else may be said of it.
    """

    def __init__(
        self,
        hooks: Hooks,
        verb: Verb[R],
        run: Callable[[Callable[[R, C], Any]], Callable[..., Any]] = lambda hook: hook,
    ) -> None:
        """`run` makes what is called of what is registered."""
        self._hooks = hooks
        self._verb = verb
        self._run = run

    @overload
    def __call__(self, hook: Callable[[R, C], T], /) -> Callable[[R, C], T]: ...
    @overload
    def __call__(
        self,
        /,
        *,
        name: str | None = None,
        max_in_flight: int = 8,
        start: str | int = "now",
        ack_timeout: float = 30.0,
        attempts: int = 5,
    ) -> Callable[[Callable[[R, C], T]], Callable[[R, C], T]]: ...

    def __call__(self, hook: Any = None, /, *, name: str | None = None, **settings: Any) -> Any:
        """Register the hook and give it back."""
        if hook is None:
            return lambda named: self._add(named, name, settings)
        return self._add(hook, name, settings)

    def remove(self, hook: Callable[[R, C], Any]) -> None:
        """Undo a registration."""
        self._hooks.remove(self._verb, hook)

    def _add(self, hook: Callable[[R, C], T], name: str | None, settings: dict[str, Any]) -> Callable[[R, C], T]:
        name = name or f"{self._verb.event}:{hook.__module__}.{hook.__qualname__}"
        self._hooks.add(AfterHook(name, self._verb, hook, self._run(hook), **settings))
        return hook
