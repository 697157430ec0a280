"""From a command's words to what it means: every verb that may be meant is filled with the items that follow it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from deskgraph.schema.english.filling import ITSELF, Filling
from deskgraph.schema.english.groups import Group, set_by_verbs, title_of
from deskgraph.schema.english.items import is_aside, is_value, is_words, says_value
from deskgraph.schema.english.nodes import POLITE, Adjective, Filled, Item, Refused, Text, Things
from deskgraph.schema.english.plan import Option, Ref, Step
from deskgraph.schema.english.statements import says_how, tells_how
from deskgraph.schema.english.values import fits
from deskgraph.schema.fields import Ref as RefInput
from deskgraph.schema.verb import VERBS, Verb

MOST_ITEMS = 100
MOST_NOISE = 4
THINGS = ("it", "them", "implied")
CERTAIN = ("id", "number", "bare number", "pronoun")


@dataclass(frozen=True)
class Subject:
    """What a command in the passive is about, and the steps that were said of it before."""

    things: Things
    before: tuple[Step, ...]
    asked: bool
    first: int
    behind: int
    terse: bool = False


@dataclass(frozen=True)
class Command:
    """A command as far as it was read: the ways to fill the verbs that it may mean.

    `things` is what it is about in the passive, `before` what was said of that before, `asides` what is said besides
    that only updating takes. `runs_on`: it ends with a text without quotes, which goes on without a mark.
    """

    group: Group
    ways: tuple[Filling, ...]
    first: int
    behind: int
    asked: bool = False
    items: tuple[Item, ...] = ()
    things: Things | None = None
    before: tuple[Step, ...] = ()
    asides: tuple[Item, ...] = ()
    terse: bool = False
    headed: bool = False
    mood: str = ""
    runs_on: bool = False

    def take(self, item: Item) -> Command:
        """With one more item; Refused if that fits none of the ways."""
        if not tells_how(item, surely=self.mood != "stated"):
            raise Refused("NO_VERB", item.first, item.behind)
        if self.runs_on and item.kind != "named" and item.first == self.behind and item.mark != POLITE:
            raise Refused("", item.first, item.behind)
        ways, refused = walk(self.ways, item)
        if not ways and is_aside(item) and any(self._takes_aside(way, item) for way in self.ways):
            ways = [replace(way, open=None) for way in self.ways]
            return replace(self, ways=tuple(ways), asides=(*self.asides, item), behind=max(self.behind, item.behind))
        noisy = len(self.items) >= MOST_NOISE and all(one.kind == "noise" for one in (*self.items[-MOST_NOISE:], item))
        if not ways or noisy or len(self.items) >= MOST_ITEMS:
            raise refused or Refused("", item.first, item.behind)
        behind = self.behind if item.kind == "fill" else item.behind
        return replace(self, ways=tuple(ways), items=(*self.items, item), behind=max(self.behind, behind))

    def finish(self) -> tuple[Step, ...]:
        """The steps; Refused if something is missing, unless that is a text which may stand before the command."""
        lacks: Refused | None = None
        try:
            options = finished(self.ways, self.first, self.behind)
        except Refused as error:
            if error.option is None:
                raise
            options, lacks = (error.option,), error
        if self.mood == "stated" and not all(says_how(option) for option in options):
            raise Refused("NO_VERB", self.first, self.behind)
        headed = "" if not self.headed else "alone" if self._introduced() else "and"
        step = Step(options, self.first, self.behind, asked=self.asked, lacks=lacks, terse=self.terse, headed=headed)
        step = replace(step, mood=self.mood or ("wished" if self.things and not self.terse else ""))
        return (*self.before, step, *([self._aside(options)] if self.asides else []))

    def _introduced(self) -> bool:
        """Whether it is said for whom, and then, introduced or in quotes, what: "for Jane: the printer is broken"."""
        said = [item for item in self.items if item.kind not in ("noise", "fill")]
        texts = [item for item in said if item.kind in ("marked", "thing") and is_words(item.values[0])]
        return bool(texts) and said[0].kind == "marked" and not is_words(said[0].values[0])

    def _takes_aside(self, way: Filling, item: Item) -> bool:
        """Whether the item sets a field of what the verb is done to, though it is no input of the verb."""
        started = way.given or item.kind != "chosen"
        ready = started and not (way.pending or way.by_name or self.asides)
        return bool(ready) and any(walk([Filling(verb, way.subject)], item)[0] for verb in updating(way.verb))

    def _aside(self, options: tuple[Option, ...]) -> Step:
        """The step of what was said besides: "with high priority"."""
        first, behind = self.asides[0].first, self.asides[-1].behind
        if any(ref.kind not in CERTAIN for option in options for ref in option.subject):
            raise Refused(f"UNEXPECTED:{options[0].verb.key()}", first, behind, verb=options[0].verb, weight=1)
        several = any(len(option.subject) > 1 or option.subject[0].many for option in options)
        implied = any(option.implied for option in options)
        pronoun = Ref("pronoun", "implied" if implied else "them" if several else "it", first=first, behind=behind)
        ways: Sequence[Filling] = [Filling(verb, (pronoun,)) for option in options for verb in updating(option.verb)]
        for item in self.asides:
            ways, _ = walk(ways, item)
        return Step(finished(ways, first, behind), first, behind)


@dataclass(frozen=True)
class Compound:
    """Several verbs for one thing; what only some of them take goes to the last of those."""

    commands: tuple[Command, ...]

    @property
    def first(self) -> int:
        """Where it starts."""
        return self.commands[0].first

    @property
    def behind(self) -> int:
        """Where it ends."""
        return max(command.behind for command in self.commands)

    def take(self, item: Item) -> Compound:
        """With one more item."""
        taken: dict[int, Command] = {}
        for place, command in enumerate(self.commands):
            try:
                taken[place] = command.take(item)
            except Refused as error:
                refused = error
        if not taken:
            raise refused
        if is_value(item) or (len(taken) < len(self.commands) and item.kind != "thing"):
            taken = {max(taken): taken[max(taken)]}
        elif len(taken) < len(self.commands):
            raise refused
        return Compound(tuple(taken.get(place, command) for place, command in enumerate(self.commands)))

    def finish(self) -> tuple[Step, ...]:
        """The steps of all verbs."""
        return tuple(step for command in self.commands for step in command.finish())


class Interpreter:
    """Begins commands. Refused is raised for a reading that makes no sense."""

    def __init__(self, groups: list[Group]) -> None:
        self._ways = {group.key: _ways(group) for group in groups}

    def start(self, group: Group, first: int, behind: int, *, asked: bool) -> Command:
        """A command that begins with a verb."""
        return Command(group, self._ways[group.key], first, behind, asked)

    def make(
        self,
        group: Group,
        given: dict[str, Any],
        adjectives: Sequence[Adjective],
        first: int,
        behind: int,
        *,
        asked: bool,
    ) -> Command:
        """A creating verb, whose noun may give inputs and be described by more."""
        [verb] = group.verbs
        given = dict(given)
        for adjective in adjectives:
            field, values = adjective.meaning.get(verb.noun.prefix, ("", ()))
            if field not in verb.inputs or len(values) != 1 or field in given:
                raise Refused(f"NOT_OF:{verb.noun.prefix}", adjective.first, adjective.behind, verb=verb)
            given[field] = values[0]
        return Command(group, (Filling(verb, given=given, settled=frozenset(given)),), first, behind, asked)

    def passive(self, group: Group, subject: Subject, first: int, behind: int) -> Command:
        """A command that begins with what it is about."""
        command = self.start(group, subject.first if not subject.before else first, behind, asked=subject.asked)
        things = subject.things
        command = command.take(Item("thing", values=things.refs, first=things.first, behind=things.behind))
        for mod in things.mods:
            command = command.take(mod)
        return replace(command, things=things, before=subject.before, behind=behind, terse=subject.terse)

    def state(self, group: Group, setting: Command, first: int, behind: int) -> Command:
        """Marking something as what a verb makes of it: "mark #3 as resolved: cable replaced"."""
        command = self.start(group, first, behind, asked=setting.asked)
        for item in setting.items:
            if (item.kind == "field" and item.name == "status") or item.kind == "noise":
                continue
            if item.kind not in ("thing", "where", "marked", "fill"):
                raise Refused(f"UNEXPECTED:{group.verbs[0].key()}", item.first, item.behind, verb=group.verbs[0])
            command = command.take(item)
        return replace(command, behind=behind)

    def caused(self, cause: Item, steps: Sequence[Step]) -> list[Step]:
        """The steps with the reason that stands before them; the last that takes it gets it, and all that lack one."""
        made = [_caused(cause, step) for step in steps]
        wanting = [place for place, step in enumerate(steps) if step.lacks and made[place]]
        wanting = wanting or [place for place, step in enumerate(made) if step][-1:]
        if not wanting:
            raise Refused("", cause.first, cause.behind, weight=2)
        return [made[place] if place in wanting else step for place, step in enumerate(steps)]  # type: ignore[misc]

    def explained(self, why: Item, step: Step) -> Step:
        """The step with the reason that it lacks, if that is what it lacks."""
        return (_caused(why, step) or step) if step.lacks else step

    def valued(self, value: Item, step: Step) -> Step:
        """A creating step with the value that stands before it."""
        made = [option for option in step.options if option.verb.creates]
        starts = [Filling(one.verb, given=one.given, settled=frozenset(one.given)) for one in made]
        options = tuple(Option(way.verb, (), way.given) for way in walk(starts, value)[0])
        if not options or len(made) < len(step.options):
            raise Refused("NO_VERB", value.first, value.behind)
        return replace(step, options=options, first=value.first, fronted=True)

    def about(self, refs: tuple[Ref, ...], step: Step) -> Step:
        """The step with what stands before it in its place: as what it is done to, or as what is created is about."""
        options = [one for option in step.options for one in self._about(refs, option)]
        if not options:
            raise Refused("", refs[0].first, refs[-1].behind)
        return replace(step, options=tuple(options), first=min(step.first, refs[0].first))

    def _about(self, refs: tuple[Ref, ...], option: Option) -> list[Option]:
        verb = option.verb
        if option.subject and all(ref.kind == "pronoun" and ref.text in THINGS for ref in option.subject):
            return [replace(option, subject=refs)] if all(fits(ref, verb.noun.prefix) for ref in refs) else []
        if not verb.creates or len(refs) > 1 or any(isinstance(value, Ref) for value in option.given.values()):
            return []
        if says_value(verb, refs[0].text):
            return []
        names = [name for name, one in verb.inputs.items() if isinstance(one, RefInput) and fits(refs[0], one.prefix)]
        return [replace(option, given={**option.given, name: refs[0]}) for name in names]

    def gap(self, refs: tuple[Ref, ...], items: Sequence[Item], first: int, behind: int) -> Step:
        """A step without a verb; `again` makes it one."""
        if any(ref.kind == "pronoun" for ref in refs):
            raise Refused("NO_VERB", first, behind)
        thing = Item("thing", values=refs, first=refs[0].first, behind=refs[-1].behind)
        return Step((), first, behind, items=(thing, *items))

    def again(self, before: Step, gap: Step) -> Step:
        """A step without a verb does what the step before it did; if it only says to what, then just so."""
        if all(item.kind == "fill" for item in gap.items[1:]):
            refs: tuple[Ref, ...] = gap.items[0].values
            return replace(gap, options=_same(before, refs) or _refuse(gap), items=())
        ways: Sequence[Filling] = [
            Filling(verb) for verb in {option.verb: 0 for option in before.options if not option.verb.creates}
        ]
        for item in gap.items:
            ways, refused = walk(ways, item)
            if not ways:
                raise refused or Refused("NO_VERB", gap.first, gap.behind)
        options = finished(ways, gap.first, gap.behind)
        if any(option.implied for option in options):
            raise Refused("NO_VERB", gap.first, gap.behind)
        return replace(gap, options=options, items=())

    def idiom(self, group: Group, ways: Sequence[Filled], first: int, behind: int) -> Command:
        """A phrase whose slots are filled."""
        starts: list[Filling] = []
        refused: Refused | None = None
        for way in ways:
            try:
                starts.append(self._start(way, first))
            except Refused as error:
                refused = error
        if not starts:
            assert refused
            raise refused
        return Command(group, tuple(starts), first, behind)

    def _start(self, way: Filled, first: int) -> Filling:
        """The verb with the idiom's slots in their places."""
        filling = Filling(way.verb)
        for name, value in sorted(way.slots, key=lambda slot: slot[0] != "id"):
            item = slot_item(way.verb, name, value)
            for one in [item, *(value.mods if isinstance(value, Things) else ())]:
                [filling, *_] = filling.take(one)
            if not (filling.subject if name == "id" else filling.settled):
                raise filling.unexpected(item)
        for name, given in way.given.items():
            meant = Ref("me", "me", first=first, behind=first + 1) if given == "me" else given
            filling = replace(filling, given={**filling.given, name: meant}, settled=filling.settled | {name})
        return replace(filling, target=ITSELF if filling.subject else "")


def _caused(cause: Item, step: Step) -> Step | None:
    """The step with a reason; None if none of its verbs takes one, or has one already."""
    starts = [Filling(one.verb, one.subject, one.given, frozenset(one.given)) for one in step.options]
    options = tuple(Option(way.verb, way.subject, way.given) for way in walk(starts, cause)[0])
    return replace(step, options=options, first=min(step.first, cause.first), lacks=None) if options else None


def _ways(group: Group) -> tuple[Filling, ...]:
    """The verbs that a group's word may mean: setting what another verb sets is that verb."""
    setting = {verb: 0 for one in group.verbs if group.partial for verb in set_by_verbs(one.noun).values()}
    return tuple(Filling(verb, by_name=verb in setting) for verb in [*group.verbs, *setting])


def _same(before: Step, refs: tuple[Ref, ...]) -> tuple[Option, ...]:
    """What the step before did, done to others, perhaps of another noun."""
    made = [option for option in before.options if not option.verb.creates]
    same = [replace(option, subject=refs) for option in made if _all_fit(refs, option.verb)]
    verbs = [verb for verb in VERBS.values() if any(option.verb.name == verb.name for option in made)]
    others = [Option(verb, refs, {}) for verb in verbs if _all_fit(refs, verb) and not verb.inputs]
    return tuple(same or others)


def _all_fit(refs: tuple[Ref, ...], verb: type[Verb]) -> bool:
    """Whether all of them are certain to be of the verb's noun."""
    certain = all(ref.noun or ref.kind in ("id", "number", "bare number", "email", "pronoun") for ref in refs)
    return certain and all(fits(ref, verb.noun.prefix) for ref in refs)


def _refuse(step: Step) -> tuple[Option, ...]:
    raise Refused("NO_VERB", step.first, step.behind)


def slot_item(verb: type[Verb], name: str, value: Any) -> Item:
    """A slot's value as an item."""
    refs = value.refs if isinstance(value, Things) else value
    values = refs if isinstance(refs, tuple) else (refs,)
    first, behind = values[0].first, values[-1].behind
    if name == "id":
        return Item("thing", values=values, first=first, behind=behind)
    named = (title_of(verb.noun) or name) if name == "title" else name
    if name == "title" and isinstance(values[0], Ref) and values[0].kind == "name":
        values = (Text(values[0].text, first, behind),)
    return Item("named", name=named, values=values, first=first, behind=behind)


def updating(verb: type[Verb]) -> list[type[Verb]]:
    """The verb that sets fields of the same noun, if there is one and it is another one."""
    return [
        one for one in VERBS.values() if one.partial and one.noun is verb.noun and not verb.creates and one is not verb
    ]


def walk(ways: Sequence[Filling], item: Item) -> tuple[list[Filling], Refused | None]:
    """The ways with one more item, and why one of them does not take it."""
    further: list[Filling] = []
    refused: Refused | None = None
    for way in ways:
        try:
            further += way.take(item)
        except Refused as error:
            refused = max([error, *([refused] if refused else [])], key=lambda one: one.weight)
    return further, refused


def finished(ways: Sequence[Filling], first: int, behind: int) -> tuple[Option, ...]:
    """The options that the ways lead to; if there is none, what is missing."""
    options: dict[str, Option] = {}
    refusals: list[Refused] = []
    for way in ways:
        try:
            option = way.finished(first, behind)
            options[str(option)] = option
        except Refused as error:
            refusals.append(error)
    if not options:
        raise max(refusals, key=lambda error: error.weight)
    said = tuple(option for option in options.values() if not option.implied)
    return said or tuple(options.values())
