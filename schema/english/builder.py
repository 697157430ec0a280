"""What each rule of the grammar makes of its parts; at last the steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from lark import Token, Transformer

from deskgraph.schema.english.following import Following
from deskgraph.schema.english.groups import Group, title_of
from deskgraph.schema.english.lexicon import listed
from deskgraph.schema.english.meaning import CERTAIN, Command, Compound, Interpreter, Subject
from deskgraph.schema.english.nodes import Edge, Filled, Item, Null, Refused, Text, Things
from deskgraph.schema.english.parts import Parts, is_asked, span, word
from deskgraph.schema.english.plan import Ref, Step
from deskgraph.schema.english.tokens import Sentence
from deskgraph.schema.english.values import fits
from deskgraph.schema.english.vocabulary import SHORT, Vocabulary


class Builder(Following, Transformer[Token, Any]):
    """The callbacks of the grammar. `sentence` is the one that is read at present."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__()
        self.sentence = Sentence("", ())
        self.vocabulary = vocabulary
        self.groups: dict[str, Group] = {group.key.lower(): group for group in vocabulary.groups}
        self.by_name: dict[str, Group] = {group.name: group for group in vocabulary.groups if not group.noun}
        self.partial = next(group for group in vocabulary.groups if group.partial)
        self.interpreter = Interpreter(list(self.groups.values()))

    def __getattr__(self, name: str) -> Callable[[Parts], Any]:
        """The callbacks of generated rules: `act_resolve`, `make_create_ticket`, `idiom_3`."""
        kind, _, key = name.partition("_")
        if kind in ("act", "make", "head", "many", "done", "status", "state", "just") and key in self.__dict__.get(
            "groups", ()
        ):
            return lambda parts: getattr(self, f"_{kind}")(self.groups[key], parts)
        if name.startswith(("be_", "field_be_")):
            return lambda parts: self._be(name.startswith("field"), self.groups[name.rpartition("be_")[2]], parts)
        if kind == "needs":
            return lambda parts: self._needs(self.groups[key], parts)
        if kind == "idiom" and key.isdigit():
            return lambda parts: self._idiom(int(key), parts)
        raise AttributeError(name)

    def __default__(self, data: Any, children: Parts, meta: Any) -> Any:
        raise AssertionError(f"no callback for {data}: {children}")

    # Sentences

    def start(self, parts: Parts) -> tuple[Step, ...]:
        steps: tuple[Step, ...] = parts[0]
        if len(parts) > 1:
            self._question(steps, parts[1].value)
        return steps

    def first(self, parts: Parts) -> tuple[Step, ...]:
        if parts[0][0].headed == "and":
            raise Refused("NO_VERB", parts[0][0].first, parts[0][0].behind)
        return tuple(parts[0])

    def more(self, parts: Parts) -> tuple[Step, ...]:
        self._question(parts[0], parts[1].value)
        if parts[2][0].terse and parts[1].value.meaning == ",":
            raise Refused("NO_VERB", parts[2][0].first, parts[2][0].behind)
        if parts[2][0].headed == "and" and not any(option.verb.creates for option in parts[0][-1].options):
            raise Refused("NO_VERB", parts[2][0].first, parts[2][0].behind)
        if any(step.fronted for step in parts[0]) and any(o.verb.creates for step in parts[2] for o in step.options):
            raise Refused("NO_VERB", parts[2][0].first, parts[2][0].behind)
        steps = [self.interpreter.again(parts[0][-1], step) if step.items else step for step in parts[2]]
        return (*parts[0], *steps)

    def _question(self, steps: tuple[Step, ...], edge: Edge) -> None:
        """A question mark behind something that was not asked for politely makes it a question."""
        if edge.meaning == "?" and not any(step.asked for step in steps):
            mark = next(at for at in range(edge.first, edge.behind) if self.sentence.tokens[at].word == "?")
            said = tuple(token.word for token in self.sentence.tokens[:mark])
            if not any(said[-length:] in listed("tags") for length in (1, 2)):  # "close #3, will you?"
                raise Refused("QUESTION", mark, mark + 1, weight=3)

    def plain(self, parts: Parts) -> list[Step]:
        return whole(parts[0])

    def led(self, parts: Parts) -> list[Step]:
        asked = any(edge.meaning == "ask" for edge in parts[0])
        return whole([replace(step, asked=step.asked or asked) for step in parts[1]])

    def cause(self, parts: Parts) -> Item:
        """Why, before the command that it is for."""
        text = parts[-2]
        if isinstance(text, Token):
            text = Text(text.value.meaning, text.value.first, text.value.behind, quoted=True)
        return self._item("marked", parts, mark=parts[-3].value.meaning, values=(text,))

    def caused(self, parts: Parts) -> list[Step]:
        asked = any(edge.meaning == "ask" for part in parts[1:-1] for edge in part)
        steps = self.interpreter.caused(parts[0], parts[-1])
        return whole([replace(step, asked=step.asked or asked) for step in steps])

    def topic(self, parts: Parts) -> tuple[Ref, ...]:
        return next(part for part in parts if isinstance(part, tuple))

    def topical(self, parts: Parts) -> list[Step]:
        """What a step is about stands before it: "Ticket 3: resolve with 'x'", "on #3 add a note"."""
        refs = next(part for part in parts if isinstance(part, tuple))
        asked = any(
            edge.meaning == "ask"
            for part in parts
            if isinstance(part, list) and part and isinstance(part[0], Edge)
            for edge in part
        )
        return whole([replace(self.interpreter.about(refs, step), asked=step.asked or asked) for step in parts[-1]])

    def fronted(self, parts: Parts) -> list[Step]:
        """A value of what is created stands before it: "urgent: create a ticket 'Login'"."""
        asked = is_asked(parts) or any(edge.meaning == "ask" for part in parts[:-3] for edge in part)
        steps = [self.interpreter.valued(self.chosen(parts[-3:-2]), step) for step in parts[-1]]
        return whole([replace(step, asked=step.asked or asked) for step in steps])

    def leads(self, parts: Parts) -> list[Edge]:
        return [*(parts[0] if len(parts) > 1 else []), parts[-1].value]

    def gap(self, parts: Parts) -> list[Step]:
        *_, refs, items = parts
        return [self.interpreter.gap(refs, items, *span(parts))]

    def gap_only(self, parts: Parts) -> list[Step]:
        return [self.interpreter.gap(parts[0], (), *span(parts))]

    def gap_tail(self, parts: Parts) -> list[Step]:
        items = (*(parts[1] if len(parts) > 2 else ()), *parts[-1])
        return [self.interpreter.gap(parts[0], items, *span(parts))]

    # Commands

    def _act(self, group: Group, parts: Parts) -> Command:
        return self.interpreter.start(group, *span(parts), asked=is_asked(parts))

    def _make(self, group: Group, parts: Parts) -> Command:
        """A creating verb: its head may be described by adjectives, and its kind may give inputs."""
        head = next(
            part.value for part in parts if isinstance(part, Token) and part.type.startswith(("H_", "VH_", "HH_"))
        )
        adjectives = [adjective for part in parts if isinstance(part, list) for adjective in part]
        kind = self._kind(parts)
        given = {**head.meaning[1], **({"type": kind} if kind else {})}
        made = self.interpreter.make(group, given, adjectives, *span(parts), asked=is_asked(parts))
        for things in (part for part in parts if isinstance(part, Things)):
            made = made.take(Item("thing", values=things.refs, first=things.first, behind=things.behind))
            for mod in things.mods:
                made = made.take(mod)
        if len(parts) == 5 and isinstance(parts[1], Token) and parts[1].type == "PREP":
            return made.take(self._item("marked", parts[1:3], mark=parts[1].value.meaning, values=parts[2]))
        if len(parts) > 3 and isinstance(parts[2], Token) and parts[2].type == "PREP":
            made = made.take(self._item("marked", parts[2:4], mark=parts[2].value.meaning, values=parts[3]))
            quoted = parts[1].value
            return made.take(
                Item("thing", values=(Ref("quoted", quoted.meaning),), first=quoted.first, behind=quoted.behind)
            )
        return made

    def _head(self, group: Group, parts: Parts) -> Command:
        """Creating without a verb: "Ticket for Jane: ...", and behind another creating "and a contact Jane"."""
        return replace(self._make(group, parts), headed=True)

    def _many(self, group: Group, parts: Parts) -> list[Step]:
        """Several of a kind, each by its title: a step for each."""
        first, behind = span(parts)
        lists = [part for part in parts if isinstance(part, tuple)]
        titled = all(ref.kind == "quoted" or title_of(group.verbs[0].noun) == "name" for ref in lists[0])
        if len(lists[0]) == 1 or not titled:
            raise Refused("", first, behind)
        steps: list[Step] = []
        for ref in lists[0]:
            made = self.interpreter.make(group, {}, [], ref.first, ref.behind, asked=is_asked(parts))
            made = made.take(Item("thing", values=(ref,), first=ref.first, behind=ref.behind))
            if len(lists) > 1:
                made = made.take(self._item("marked", parts[-2:], mark=parts[-2].value.meaning, values=lists[1]))
            steps += made.finish()
        return steps

    def _kind(self, parts: Parts) -> str:
        """What kind is created, where a name or quoted text before the noun says so."""
        if any(isinstance(part, Token) and part.type == "PREP" for part in parts):
            return ""
        quoted = (str(part.value.meaning) for part in parts if isinstance(part, Token) and part.type == "QUOTED")
        return next((part.text for part in parts if isinstance(part, Text)), next(quoted, ""))

    def taken(self, parts: Parts) -> Command:
        """One more item."""
        command: Command = parts[0]
        return command.take(parts[1])

    def described(self, parts: Parts) -> Command:
        """What comes is said of what is created: "it is urgent"."""
        command: Command = parts[0]
        return command.take(self.noise(parts[1:]))

    def subject(self, parts: Parts) -> Subject:
        things = next(part for part in parts if isinstance(part, Things))
        return Subject(things, (), is_asked(parts), *span(parts))

    def subject_topic(self, parts: Parts) -> Subject:
        """Without a verb: "ticket 3: on hold"."""
        return Subject(Things(parts[0], (), *span(parts[:1])), (), False, *span(parts), terse=True)

    def subject_all(self, parts: Parts) -> Subject:
        """All of several are meant: "Sam's tickets should all be closed"."""
        things: Things = parts[0]
        return Subject(counted(things, self._said(parts[1])), (), False, *span(parts))

    def _said(self, token: Token) -> set[str]:
        """The words of a token."""
        return {one.word for one in self.sentence.tokens[token.value.first : token.value.behind]}

    def further(self, parts: Parts) -> Subject:
        """Another verb in the passive for the same: "should be resolved with 'x' and closed"."""
        command: Command = parts[0]
        if command.things is None:
            raise Refused("NO_VERB", *span(parts))
        return Subject(command.things, command.finish(), command.asked, parts[1].value.first, parts[1].value.behind)

    def _done(self, group: Group, parts: Parts) -> Command:
        if parts[0].terse and parts[1].value.fix:
            raise Refused("NO_VERB", *span(parts))
        return self.interpreter.passive(group, parts[0], *span(parts))

    def _status(self, group: Group, parts: Parts) -> Command:
        """By the state that it leads to: "the status of #3 should be resolved"."""
        if next(part.value.meaning for part in parts if part.type == "FIELDO") != "status":
            raise Refused("", *span(parts))
        return self.interpreter.passive(group, self.subject(parts), *span(parts))

    def _state(self, group: Group, parts: Parts) -> Command:
        """Marking something as what a verb makes of it."""
        return self.interpreter.state(group, parts[0], *span(parts))

    def finished(self, parts: Parts) -> list[Step]:
        command = parts[0]
        for item in parts[1] if len(parts) > 1 else ():
            command = command.take(item)
        return list(command.finish())

    def _be(self, has_field: bool, group: Group, parts: Parts) -> list[Step]:
        """The passive of setting a field: "it should be urgent", "the priority of it should be high"."""
        values = self._values(parts[-1])
        things = next((part for part in parts if isinstance(part, Things | Ref)), None)
        if things is None:
            owner = next(part for part in parts if isinstance(part, Token) and part.type == "HISF")
            things = self._edge_ref("pronoun", owner)
        if isinstance(things, Ref):
            things = Things((things,), (), things.first, things.behind)
        name = next(
            (part.value.meaning for part in parts if isinstance(part, Token) and part.type in ("FIELDO", "FIELDN")), ""
        )
        kind = "named" if has_field else "chosen"
        item = Item(kind, name=name, values=values, first=values[0].first, behind=values[-1].behind)
        return self._set(group, things, item, parts)

    def _needs(self, group: Group, parts: Parts) -> list[Step]:
        """The field of something, by its own word: "#3 needs its priority raised to high"."""
        steps = self._be(True, group, parts)
        owner = Ref("pronoun", parts[2].value.meaning)
        if owner.text == "me" or not all(fits(owner, one.verb.noun.prefix) for one in steps[0].options):
            raise Refused("", *span(parts[2:3]))
        return steps

    def _just(self, group: Group, parts: Parts) -> list[Step]:
        """A field and its value, of what was spoken of: "#3: priority = high"."""
        name = next(part.value.meaning for part in parts if part.type == "FIELDO")
        value = self._item("named", parts, name=name, values=self._values(parts[-1]))
        return terse(self.interpreter.start(group, *span(parts), asked=False).take(value).finish())

    def stated(self, parts: Parts) -> list[Step]:
        """What something is to be, without a verb: "#3 urgent", "#3: urgent", "#3 priority: high"."""
        things = parts[0] if isinstance(parts[0], Things) else Things(parts[0], (), *span(parts[:1]))
        if any(ref.kind not in CERTAIN for ref in things.refs):
            raise Refused("NO_VERB", *span(parts))
        name = parts[1].value.meaning if parts[1].type == "FIELDO" else ""
        values = self._values(parts[-1])
        value = Item(
            "named" if name else "chosen", name=name, values=values, first=values[0].first, behind=span(parts)[1]
        )
        return terse(self._set(self.partial, things, value, parts))

    @staticmethod
    def _values(part: Any) -> tuple[Any, ...]:
        """The value or values that a part is."""
        value = word(part) if isinstance(part, Token) else part
        return value if isinstance(value, tuple) else (value,)

    def clear_field(self, parts: Parts) -> list[Step]:
        """Taking a value away: "clear the description of #3"."""
        things = next((part for part in parts if isinstance(part, Things | Ref)), None) or self._edge_ref(
            "pronoun", parts[1]
        )
        if isinstance(things, Ref):
            things = Things((things,), (), things.first, things.behind)
        name = next(part.value.meaning for part in parts if isinstance(part, Token) and part.type == "FIELDO")
        null = Item("named", name=name, values=(Null(*span(parts)),), first=span(parts)[0], behind=span(parts)[1])
        return self._set(self.partial, things, null, parts)

    def set_as(self, parts: Parts) -> list[Step]:
        """Making somebody something: "set Ann as the requester of #3"."""
        field = next(part.value for part in parts if isinstance(part, Token) and part.type == "FIELDO")
        item = Item("named", name=field.meaning, values=parts[1], first=parts[1][0].first, behind=field.behind)
        return self._set(self.partial, parts[-1], item, parts)

    def be_what(self, parts: Parts) -> list[Step]:
        """The same of somebody: "Ann should be the requester of #3"."""
        things: Things = parts[0]
        if things.mods:
            raise Refused("", *span(parts))
        return self.set_as([parts[1], things.refs, *parts[2:]])

    def add_text(self, parts: Parts) -> list[Step]:
        """Adding a text: "add a description to #3: it began on Monday"."""
        at = next(place for place, part in enumerate(parts) if isinstance(part, Token) and part.type == "FIELDO")
        if parts[at].value.meaning in SHORT:
            raise Refused("", *span(parts))
        values = parts[-1] if isinstance(parts[-1], tuple) else (parts[-1],)
        item = Item("named", name=parts[at].value.meaning, values=values, first=span(parts)[0], behind=span(parts)[1])
        things = Things(parts[at + 2], (), *span(parts[at + 2 : at + 3]))
        return self._set(self.partial, things, item, parts)

    def add_field(self, parts: Parts) -> list[Step]:
        """Adding a value to something that is there: "add phone 555 to Ann"."""
        place = next(at for at, part in enumerate(parts) if isinstance(part, Token) and part.type == "FIELD")
        owner = next(part for part in parts if isinstance(part, tuple) and part is not parts[place + 1])
        things = Things(owner, (), *span([owner]))
        return self._set(self.partial, things, self.named_value(parts[place : place + 2]), parts)

    def _set(self, group: Group, things: Things, item: Item, parts: Parts) -> list[Step]:
        subject = Subject(things, (), False, *span(parts))
        return list(self.interpreter.passive(group, subject, *span(parts)).take(item).finish())

    def verb(self, parts: Parts) -> Edge:
        return parts[0].value  # type: ignore[no-any-return]

    def verbs(self, parts: Parts) -> list[Edge]:
        return [parts[0], parts[2]]

    def verbs_more(self, parts: Parts) -> list[Edge]:
        return [*parts[0], parts[2]]

    def compound(self, parts: Parts) -> Compound:
        commands = [self.interpreter.start(self.by_name[edge.meaning], *span(parts), asked=False) for edge in parts[0]]
        return Compound(tuple(commands))

    def _idiom(self, number: int, parts: Parts) -> Command:
        idiom = self.vocabulary.idioms[number]
        said = {word for part in parts if isinstance(part, Token) for word in self._said(part)}
        filled = [counted(part, said) for part in parts if not isinstance(part, Token)]
        ways = [
            Filled(meaning.verb, tuple(zip(meaning.slots, filled, strict=True)), meaning.given)
            for meaning in idiom.meanings
        ]
        return self.interpreter.idiom(idiom.group, ways, *span(parts))


def whole(steps: Sequence[Step]) -> list[Step]:
    """The steps; Refused if one of them lacks what its verb needs."""
    for step in steps:
        if step.lacks:
            raise step.lacks
    return list(steps)


def counted(part: Any, said: set[str]) -> Any:
    """References of which the words around them say that all are meant, or both: "they should all go to Sam"."""
    count = next((count for count in ("all", "both") if count in said), "")
    if not count or not isinstance(part, Things):
        return part
    refs = tuple(replace(ref, count=count if ref.count == "several" else ref.count) for ref in part.refs)
    return replace(part, refs=refs)


def terse(steps: Sequence[Step]) -> list[Step]:
    """The steps, marked as mere statements."""
    return [replace(step, terse=True) for step in steps]
