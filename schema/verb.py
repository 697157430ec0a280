"""Verbs: what can be done to nouns.

A verb is declared once, as a class; its mutation, input, payload, hooks, event and SDK method follow from it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from keyword import iskeyword
from typing import Any, ClassVar

from strawberry.utils.str_converters import to_camel_case

from deskgraph.schema.errors import ForbiddenError, InvalidInputError
from deskgraph.schema.fields import Field, Prop, Ref, Revealed
from deskgraph.schema.noun import Entity, entities
from deskgraph.schema.roles import CALLER, Caller, Permit, Role, forbidden
from deskgraph.schema.scalars import Words
from deskgraph.schema.words import capitalized, participle, past

Input = Prop | Ref


@dataclass(slots=True)
class Change:
    """What a verb does to the noun and writes into its event.

    `set`: properties by their GraphQL name. `link`: edges by their field's name, to the target's id or to None.
    `data`: the event's data, to which `$id` is added. `hidden`: properties that no field shows, set as they are.
    `reveal`: what the answer has once, by the name under `reveals`; nothing keeps it.
    """

    set: dict[str, Any] = field(default_factory=dict)
    link: dict[str, str | None] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    hidden: dict[str, Any] = field(default_factory=dict, repr=False)
    reveal: dict[str, str] = field(default_factory=dict, repr=False)


class Verb:
    """A verb of one noun.

    Subclasses declare `noun`, `name`, the states it is allowed `from_`, the state it leads `to`, and its inputs as
    fields (in `inputs`, where a name is one of a verb's own). `partial`: an input that is not given stays as it is,
    instead of becoming its default. `reveals`: what the answer has once. `chooses`: fields of the noun that the verb
    sets by its own choice; its event tells them, too. `batched`: there is a mutation that does it to many at once.
    `doers` are the roles that do it, by default the noun's; others need a permit, among `permits`.

    In sentences the verb is known by its name, by `says`, "solve|fix", by the `states` it leads to, "done", and by
    `idioms`, whole phrases such as "let {agent} (handle|do) {id}", with the inputs that the phrase itself gives; one
    that is not `spoken` is in no sentence.
    """

    noun: ClassVar[type[Entity]]
    name: ClassVar[str]
    past: ClassVar[str]
    participle: ClassVar[str]
    from_: ClassVar[tuple[Words, ...] | None] = None
    to: ClassVar[Words | None] = None
    creates: ClassVar[bool] = False
    deletes: ClassVar[bool] = False
    partial: ClassVar[bool] = False
    chooses: ClassVar[tuple[str, ...]] = ()
    inputs: ClassVar[dict[str, Input]] = {}
    reveals: ClassVar[dict[str, Revealed]] = {}
    batched: ClassVar[bool] = False
    doers: ClassVar[frozenset[Role]]
    permits: ClassVar[dict[Role, Permit]] = {}
    spoken: ClassVar[bool] = True
    says: ClassVar[str] = ""
    states: ClassVar[str] = ""
    idioms: ClassVar[dict[str, dict[str, Any]]] = {}

    def __init_subclass__(cls, **options: Any) -> None:
        """Conjugate, collect the inputs, and remember the verb."""
        super().__init_subclass__(**options)
        if "name" in vars(cls):
            cls.participle = vars(cls).get("participle") or participle(cls.name)
            cls.past = vars(cls).get("past") or past(cls.name)
        if hasattr(cls, "noun") and hasattr(cls, "name"):
            own = _declared(cls)
            given = {name: member for name, member in own.items() if isinstance(member, Prop | Ref)}
            given |= vars(cls).get("inputs", {})
            cls.inputs = {**(cls.noun.inputs() if cls.creates or cls.partial else {}), **given}
            cls.reveals = {name: member for name, member in own.items() if isinstance(member, Revealed)}
            cls.doers = vars(cls).get("doers", cls.noun.doers)
            VERBS[cls.key()] = cls

    @classmethod
    def key(cls) -> str:
        """What it is known by: `ticket.resolve`."""
        return f"{cls.noun.prefix}.{cls.name}"

    @classmethod
    def event(cls) -> str:
        """The type of its event: `ticket.resolved`."""
        return f"{cls.noun.prefix}.{cls.past}"

    @classmethod
    def mutation(cls) -> str:
        """The name of its mutation: `resolveTicket`."""
        return f"{cls.name}{cls.noun.__name__}"

    @classmethod
    def batch(cls) -> str:
        """The name of the mutation that does it many times: `createTickets`."""
        return f"{cls.name}{capitalized(cls.noun.plural)}"

    @classmethod
    def word(cls) -> str:
        """Its name in Python, `resolve`; with an underscore, where Python has other plans for that word."""
        return f"{cls.name}_" if iskeyword(cls.name) else cls.name

    @classmethod
    def numbered(cls) -> bool:
        """Whether it gives out a number for people."""
        return "number" in cls.chooses

    @classmethod
    def looks(cls, _given: dict[str, Any]) -> bool:
        """Whether what it decides with these inputs depends on the graph; most verbs know by the inputs alone."""
        return False

    @classmethod
    def needs(cls, declared: Input) -> bool:
        """Whether the input must be given."""
        return declared.required and declared.default is None and not cls.partial

    @classmethod
    def permitted(cls, given: dict[str, Any], caller: Caller) -> dict[str, Any]:
        """The inputs as the caller may give them; FORBIDDEN if the caller may not do the verb, or not so."""
        if caller.role is None or caller.role in cls.doers:
            return given
        permit = cls.permits.get(caller.role)
        if permit is None:
            raise ForbiddenError(forbidden(caller.role, f"do {cls.mutation()}", cls.doers))
        own = {name: caller.contact if value is CALLER else value for name, value in permit.sets.items()}
        for name, value in given.items():
            if value in (None, own.get(name)) or name in permit.takes or name not in cls.inputs:
                continue
            takes = f"gives {cls.mutation()} only {', '.join(permit.takes) or 'the id'}"
            raise ForbiddenError(f"{caller.role} {takes}, not {name}.", field=cls.inputs[name].graphql)
        return given | own

    @classmethod
    def check(cls, values: dict[str, Any]) -> dict[str, Any]:
        """The inputs as they are stored, defaults filled in; INVALID_INPUT names the first one at fault."""
        for name in values:
            if name not in cls.inputs:
                known = ", ".join(cls.inputs) or "nothing more"
                raise InvalidInputError(f"{cls.mutation()} takes {known}, not {name!r}.", field=name)
        return {name: cls.check_one(name, values.get(name)) for name in cls.inputs if name in values or not cls.partial}

    @classmethod
    def check_one(cls, name: str, value: Any) -> Any:
        """One input as it is stored."""
        declared = cls.inputs[name]
        if value is not None:
            return declared.check(value)
        if declared.required and cls.partial:
            raise InvalidInputError(f"{declared.graphql} can't be taken away, only changed.", field=declared.graphql)
        if cls.needs(declared):
            raise InvalidInputError(
                f"{cls.mutation()} needs {declared.graphql}: {declared.doc}", field=declared.graphql
            )
        return None if cls.partial else declared.default

    @classmethod
    def told(cls) -> dict[str, str]:
        """What its event tells, inputs and choices: the name in the data by the name in Python."""
        inputs = {name: declared.graphql for name, declared in cls.inputs.items()}
        return inputs | {name: to_camel_case(name) for name in cls.chooses}

    @classmethod
    def change(cls, given: dict[str, Any]) -> Change:
        """What inputs and choices say: those that are fields of the noun are set on it; all go into the event's data.

        Of the data, null is left out, unless the verb chose it.
        """
        props = {prop.name: prop.graphql for prop in cls.noun.props()}
        ones = {one.given_as: one.name for one in cls.noun.ones()}
        told = cls.told()
        return Change(
            set={props[name]: value for name, value in given.items() if name in props},
            link={ones[name]: value for name, value in given.items() if name in ones},
            data={told[name]: value for name, value in given.items() if value is not None or name in cls.chooses},
        )

    @classmethod
    def replay(cls, data: dict[str, Any]) -> Change:
        """The change that an event of this verb tells of, from the event's data."""
        return cls.moved(cls.change({name: data.get(graphql) for name, graphql in cls.told().items()}))

    @classmethod
    def moved(cls, change: Change) -> Change:
        """The change with the state that the verb leads to."""
        if cls.to is not None:
            change.set["status"] = str(cls.to)
        return change

    @classmethod
    async def decide(cls, draft: Any, _desk: Any) -> Change:
        """What to change, seen inside the transaction. Verbs that choose something (an agent, say) override this."""
        return cls.change(draft.given)

    @classmethod
    async def finish(cls, _subject: str, _change: Change, _desk: Any) -> None:
        """What else belongs into the transaction, once change and event are written. It must not refuse any more."""

    @classmethod
    def finishes(cls) -> bool:
        """Whether something else belongs into the transaction."""
        return cls.finish.__func__ is not Verb.finish.__func__  # type: ignore[attr-defined]

    @classmethod
    async def committed(cls, _desk: Any) -> None:
        """What this process has to do once it is committed; the others learn of it from the log."""


VERBS: dict[str, type[Verb]] = {}


def _declared(cls: type[Verb]) -> dict[str, Field]:
    """The fields among a class's attributes, its bases' first."""
    members = {name: member for base in reversed(cls.__mro__) for name, member in vars(base).items()}
    return {name: member for name, member in members.items() if isinstance(member, Field)}


def spoken() -> dict[str, type[Verb]]:
    """The verbs that sentences may say."""
    return {key: verb for key, verb in VERBS.items() if verb.spoken}


def spoken_of() -> list[type[Entity]]:
    """The nouns that sentences may speak of: those with such verbs."""
    nouns = {verb.noun for verb in spoken().values()}
    return [noun for noun in entities() if noun in nouns]


def verbs_of(noun: type[Entity]) -> list[type[Verb]]:
    """The verbs of one noun, in the order of their declaration."""
    return [verb for verb in VERBS.values() if verb.noun is noun]
