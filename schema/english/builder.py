"""What each rule of the grammar makes of its parts: references, items, and at last the steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from lark import Token, Transformer

from deskgraph.schema.english.groups import Group
from deskgraph.schema.english.meaning import Command, Compound, Interpreter, Subject
from deskgraph.schema.english.nodes import Adjective, Edge, Filled, Item, Null, Refused, Text, Things, Word
from deskgraph.schema.english.plan import Condition, Ref, Step, joined
from deskgraph.schema.english.tokens import Sentence
from deskgraph.schema.english.values import fits
from deskgraph.schema.english.values import noun as prefixed
from deskgraph.schema.english.vocabulary import Vocabulary
from deskgraph.schema.noun import noun_of

Parts = list[Any]
MOST_LISTED = 100
EVERYTHING = "everything"


class Builder(Transformer[Token, Any]):
    """The callbacks of the grammar. `sentence` is the one that is read at present."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__()
        self.sentence = Sentence("", ())
        self.vocabulary = vocabulary
        self.groups: dict[str, Group] = {group.key.lower(): group for group in vocabulary.groups}
        self.by_name: dict[str, Group] = {group.name: group for group in vocabulary.groups if not group.noun}
        self.interpreter = Interpreter(list(self.groups.values()))

    def __getattr__(self, name: str) -> Callable[[Parts], Any]:
        """The callbacks of generated rules: `act_resolve`, `make_create_ticket`, `idiom_3`."""
        kind, _, key = name.partition("_")
        if kind in ("act", "make", "done", "state") and key in self.__dict__.get("groups", ()):
            return lambda parts: getattr(self, f"_{kind}")(self.groups[key], parts)
        if name.startswith(("be_", "field_be_")):
            return lambda parts: self._be(name.startswith("field"), self.groups[name.rpartition("be_")[2]], parts)
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
        return tuple(parts[0])

    def more(self, parts: Parts) -> tuple[Step, ...]:
        self._question(parts[0], parts[1].value)
        steps = [self.interpreter.again(parts[0][-1], step) if step.items else step for step in parts[2]]
        return (*parts[0], *steps)

    def _question(self, steps: tuple[Step, ...], edge: Edge) -> None:
        """A question mark behind something that was not asked for politely makes it a question."""
        if edge.meaning == "?" and not any(step.asked for step in steps):
            mark = next(at for at in range(edge.first, edge.behind) if self.sentence.tokens[at].word == "?")
            raise Refused("QUESTION", mark, mark + 1, weight=3)

    def plain(self, parts: Parts) -> list[Step]:
        return list(parts[0])

    def led(self, parts: Parts) -> list[Step]:
        asked = any(edge.meaning == "ask" for edge in parts[0])
        return [replace(step, asked=step.asked or asked) for step in parts[1]]

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
        return [replace(self.interpreter.about(refs, step), asked=step.asked or asked) for step in parts[-1]]

    def leads(self, parts: Parts) -> list[Edge]:
        return [*(parts[0] if len(parts) > 1 else []), parts[-1].value]

    def gap(self, parts: Parts) -> list[Step]:
        refs, items = parts
        return [self.interpreter.gap(refs, items, *span(parts))]

    def gap_tail(self, parts: Parts) -> list[Step]:
        items = (*(parts[1] if len(parts) > 2 else ()), *parts[-1])
        return [self.interpreter.gap(parts[0], items, *span(parts))]

    # References

    def ref(self, parts: Parts) -> Ref:
        return parts[0]  # type: ignore[no-any-return]

    def refs(self, parts: Parts) -> tuple[Ref, ...]:
        return (parts[0],)

    def refs_more(self, parts: Parts) -> tuple[Ref, ...]:
        if len(parts[0]) >= MOST_LISTED:
            raise Refused("TOO_MANY", *span(parts), weight=3)
        return (*parts[0], parts[2])

    def np(self, parts: Parts) -> Things:
        return Things(parts[0], (), *span(parts))

    def np_mod(self, parts: Parts) -> Things:
        return Things(parts[0].refs, (*parts[0].mods, parts[1]), *span(parts))

    def nhead(self, parts: Parts) -> Edge:
        return parts[-1].value  # type: ignore[no-any-return]

    def name(self, parts: Parts) -> Text:
        return self._text(parts)

    cname = name
    run = name
    brun = name
    crun = name

    def _text(self, parts: Parts) -> Text:
        first, behind = span(parts)
        start, end = self.sentence.place(first, behind)
        return Text(self.sentence.text[start:end], first, behind)

    def known(self, parts: Parts) -> Ref:
        return self._single("id", parts)

    def numbered(self, parts: Parts) -> Ref:
        return self._single("number", parts)

    def bare_number(self, parts: Parts) -> Ref:
        return self._single("bare number", parts)

    def mailed(self, parts: Parts) -> Ref:
        return self._single("email", parts)

    def quoted(self, parts: Parts) -> Ref:
        return self._single("quoted", parts)

    def _single(self, kind: str, parts: Parts) -> Ref:
        """A reference by one token, perhaps with its noun before or behind it."""
        edges = [part.value if isinstance(part, Token) else part for part in parts]
        noun = next((edge.meaning for edge in edges if edge.terminal in ("N", "NN", "NP")), "")
        text = next(edge.meaning for edge in edges if edge.terminal in ("ID", "HASH", "NUM", "EMAIL", "QUOTED"))
        return Ref(kind, text, noun, first=span(parts)[0], behind=span(parts)[1])

    def named(self, parts: Parts) -> Ref:
        name = next(part for part in parts if isinstance(part, Text))
        noun = next((part.value.meaning for part in parts if isinstance(part, Token) and part.type in ("NN", "NP")), "")
        first, behind = span(parts)
        return Ref("name", name.text.lstrip("@"), noun, first=first, behind=behind)

    def named_at(self, parts: Parts) -> Ref:
        """ "Acme contact Ann": a name with a noun, and whose it is before both."""
        owner, token, name = parts
        where = Ref("name", owner.text, first=owner.first, behind=owner.behind)
        return Ref("name", name.text, token.value.meaning, "one", (Condition("", ref=where),), *span(parts))

    def named_mailed(self, parts: Parts) -> Ref:
        named = self.named(parts)
        return named.where(Condition("email", (parts[-1].value.meaning,)))

    def pronoun(self, parts: Parts) -> Ref:
        return self._edge_ref("pronoun", parts[0])

    def me(self, parts: Parts) -> Ref:
        return self._edge_ref("me", parts[0])

    def everything(self, parts: Parts) -> Ref:
        edge = parts[0].value
        return Ref("select", EVERYTHING, "ticket", "all", first=edge.first, behind=edge.behind)

    def anyone(self, parts: Parts) -> Ref:
        return self._edge_ref("anyone", parts[0])

    def _edge_ref(self, kind: str, token: Token) -> Ref:
        edge: Any = token.value
        return Ref(kind, kind if kind in ("me", "anyone") else str(edge.meaning), first=edge.first, behind=edge.behind)

    def the_one(self, parts: Parts) -> Ref:
        return self._select("one", parts)

    def several(self, parts: Parts) -> Ref:
        return self._select("several", parts)

    owned = the_one
    owned_several = several

    def every(self, parts: Parts) -> Ref:
        return self._select("all", parts)

    def both(self, parts: Parts) -> Ref:
        return self._select("both", parts)

    def extreme(self, parts: Parts) -> Ref:
        count = next(part.value.meaning for part in parts if isinstance(part, Token) and part.type == "SUPER")
        return self._select(count, parts)

    def _select(self, count: str, parts: Parts) -> Ref:
        meaning = next(
            part.value.meaning for part in parts if isinstance(part, Token) and part.type in ("NB", "NBB", "NS", "NSP")
        )
        noun, *kind = meaning.split(":")
        conditions = [Condition(kind[0], (kind[1],))] if kind else []
        for part in parts:
            owner = Ref("name", part.text, first=part.first, behind=part.behind) if isinstance(part, Text) else part
            if isinstance(owner, Ref):
                if not any(fits(owner, noun_of(one.target).prefix) for one in prefixed(noun).ones()):
                    raise Refused(f"NOT_OF:{noun}", owner.first, owner.behind)
                conditions.append(Condition("", ref=owner))
            elif isinstance(part, list):
                conditions += [self._condition(noun, adjective) for adjective in part]
        first, behind = span(parts)
        return Ref("select", "", noun, count, joined(conditions), first, behind)

    def _condition(self, noun: str, adjective: Adjective) -> Condition:
        condition = adjective.of(noun)
        if condition is None:
            raise Refused(f"NOT_OF:{noun}", adjective.first, adjective.behind)
        return condition

    def adjs(self, parts: Parts) -> list[Adjective]:
        edges = [part.value for part in parts if isinstance(part, Token) and part.type.startswith("ADJ")]
        found = [Adjective(edge.meaning, edge.first, edge.behind) for edge in edges]
        return [*(parts[0] if isinstance(parts[0], list) else []), *found]

    def owner(self, parts: Parts) -> Ref:
        return parts[0]  # type: ignore[no-any-return]

    def my(self, parts: Parts) -> Ref:
        return self._edge_ref("me", parts[0])

    def his(self, parts: Parts) -> Ref:
        edge = parts[0].value
        return Ref("pronoun", "person", first=edge.first, behind=edge.behind)

    def owner_noun(self, parts: Parts) -> Ref:
        return self._select("one", parts[:-1])

    # Items

    def items(self, parts: Parts) -> tuple[Item, ...]:
        return tuple(parts[0]) if isinstance(parts[0], tuple) else (parts[0],)

    def items_more(self, parts: Parts) -> tuple[Item, ...]:
        return (*parts[0], *self.items(parts[1:]))

    def thing(self, parts: Parts) -> Item:
        return Item("thing", values=parts[0], first=span(parts)[0], behind=span(parts)[1])

    def marked(self, parts: Parts) -> Item:
        values = parts[1] if isinstance(parts[1], tuple) else (parts[1],)
        return self._item("marked", parts, mark=parts[0].value.meaning, values=values)

    def marked_anyone(self, parts: Parts) -> Item:
        return self._item("marked", parts, mark=parts[0].value.meaning, values=(self._edge_ref("anyone", parts[1]),))

    def marked_choice(self, parts: Parts) -> Item:
        return self._item("marked", parts, mark=parts[0].value.meaning, values=(word(parts[1]),))

    def chosen(self, parts: Parts) -> Item:
        return self._item("chosen", parts, values=(word(parts[0]),))

    def nulled(self, parts: Parts) -> Item:
        return self._item("chosen", parts, values=(Null(*span(parts)),))

    def named_value(self, parts: Parts) -> Item:
        return self._item("named", parts, name=parts[0].value.meaning, values=parts[-1])

    def named_null(self, parts: Parts) -> Item:
        return self._item("named", parts, name=parts[0].value.meaning, values=(Null(*span(parts)),))

    def named_choice(self, parts: Parts) -> Item:
        return self._item("named", parts, name=parts[0].value.meaning, values=(word(parts[-1]),))

    def value_named(self, parts: Parts) -> Item:
        edge = parts[0].value
        text = Text(edge.meaning, edge.first, edge.behind, quoted=True)
        return self._item("named", parts, name=parts[-1].value.meaning, values=(text,))

    def field_only(self, parts: Parts) -> Item:
        return self._item("field", parts, name=parts[0].value.meaning)

    def owner_of_field(self, parts: Parts) -> Item:
        return Item("thing", "of field", values=(parts[0],), first=span(parts)[0], behind=span(parts)[1])

    def his_field(self, parts: Parts) -> Item:
        ref = self._edge_ref("pronoun", parts[0])
        return Item("thing", "of field", values=(ref,), first=ref.first, behind=ref.behind)

    def condition(self, parts: Parts) -> Item:
        return self._item("where", parts, mark=parts[0].value.meaning, values=tuple(self.adjs(parts[1:])))

    def adjective(self, parts: Parts) -> Item:
        return self._item("where", parts, values=tuple(self.adjs(parts)))

    def that_are(self, parts: Parts) -> Item:
        return self._item("where", parts, values=tuple(parts[1]))

    def noise(self, parts: Parts) -> Item:
        return self._item("noise", parts)

    def fill(self, parts: Parts) -> Item:
        return self._item("fill", parts)

    def tail_marked(self, parts: Parts) -> tuple[Item, ...]:
        item = self._item("marked", parts[:2], mark=parts[0].value.meaning, values=(parts[1],))
        return (item, *(parts[2] if len(parts) > 2 else ()))

    def tail_named(self, parts: Parts) -> Any:
        text = next(part for part in parts if isinstance(part, Text))
        item = self._item("named", parts[: parts.index(text) + 1], name=parts[0].value.meaning, values=(text,))
        closers = parts[parts.index(text) + 1 :]
        return (item, *closers[0]) if closers else (item,)

    def tail_bare(self, parts: Parts) -> tuple[Item, ...]:
        return (self._item("bare", parts[:1], values=(parts[0],)), *(parts[1] if len(parts) > 1 else ()))

    def _item(self, kind: str, parts: Parts, **more: Any) -> Item:
        first, behind = span(parts)
        return Item(kind, first=first, behind=behind, **more)

    def text_refs(self, parts: Parts) -> Any:
        return parts[0]

    def text_run(self, parts: Parts) -> Any:
        return parts[0]

    # Commands

    def _act(self, group: Group, parts: Parts) -> Command:
        return self.interpreter.start(group, *span(parts), asked=is_asked(parts))

    def _make(self, group: Group, parts: Parts) -> Command:
        """A creating verb: its head may be described by adjectives, and its kind may give inputs."""
        head = next(part.value for part in parts if isinstance(part, Token) and part.type.startswith(("H_", "VH_")))
        adjectives = [adjective for part in parts if isinstance(part, list) for adjective in part]
        given = {**head.meaning[1], **{"type": text for text in self._kind(parts)}}
        made = self.interpreter.make(group, given, adjectives, *span(parts), asked=is_asked(parts))
        for things in (part for part in parts if isinstance(part, Things)):
            made = made.take(Item("thing", values=things.refs, first=things.first, behind=things.behind))
            for mod in things.mods:
                made = made.take(mod)
        if len(parts) > 3 and isinstance(parts[2], Token) and parts[2].type == "PREP":
            made = made.take(self._item("marked", parts[2:4], mark=parts[2].value.meaning, values=parts[3]))
            quoted = parts[1].value
            return made.take(
                Item("thing", values=(Ref("quoted", quoted.meaning),), first=quoted.first, behind=quoted.behind)
            )
        return made

    def _kind(self, parts: Parts) -> list[str]:
        """What kind is created, where a name or quoted text before the noun says so."""
        if any(isinstance(part, Token) and part.type == "PREP" for part in parts):
            return []
        quoted = [part.value.meaning for part in parts if isinstance(part, Token) and part.type == "QUOTED"]
        return [part.text for part in parts if isinstance(part, Text)] + quoted

    def taken(self, parts: Parts) -> Command:
        """One more item."""
        command: Command = parts[0]
        return command.take(parts[1])

    def subject(self, parts: Parts) -> Subject:
        things = next(part for part in parts if isinstance(part, Things))
        return Subject(things, (), is_asked(parts), *span(parts))

    def subject_all(self, parts: Parts) -> Subject:
        """ "Sam's tickets should all be closed"."""
        things: Things = parts[0]
        refs = tuple(replace(ref, count="all" if ref.count == "several" else ref.count) for ref in things.refs)
        return Subject(replace(things, refs=refs), (), False, *span(parts))

    def further(self, parts: Parts) -> Subject:
        """Another verb in the passive for the same: "should be resolved with 'x' and closed"."""
        command: Command = parts[0]
        if command.things is None:
            raise Refused("NO_VERB", *span(parts))
        return Subject(command.things, command.finish(), command.asked, parts[1].value.first, parts[1].value.behind)

    def _done(self, group: Group, parts: Parts) -> Command:
        return self.interpreter.passive(group, parts[0], *span(parts))

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
        value = word(parts[-1]) if isinstance(parts[-1], Token) else parts[-1]
        values = value if isinstance(value, tuple) else (value,)
        things = next((part for part in parts if isinstance(part, Things | Ref)), None)
        if things is None:
            things = self._edge_ref("pronoun", parts[0])
        if isinstance(things, Ref):
            things = Things((things,), (), things.first, things.behind)
        name = next(
            (part.value.meaning for part in parts if isinstance(part, Token) and part.type in ("FIELDO", "FIELDN")), ""
        )
        kind = "named" if has_field else "chosen"
        item = Item(kind, name=name, values=values, first=values[0].first, behind=values[-1].behind)
        return self._set(group, things, item, parts)

    def clear_field(self, parts: Parts) -> list[Step]:
        """Taking a value away: "clear the description of #3"."""
        things = next((part for part in parts if isinstance(part, Things | Ref)), None) or self._edge_ref(
            "pronoun", parts[1]
        )
        if isinstance(things, Ref):
            things = Things((things,), (), things.first, things.behind)
        name = next(part.value.meaning for part in parts if isinstance(part, Token) and part.type == "FIELDO")
        null = Item("named", name=name, values=(Null(*span(parts)),), first=span(parts)[0], behind=span(parts)[1])
        return self._set(next(group for group in self.groups.values() if group.partial), things, null, parts)

    def add_field(self, parts: Parts) -> list[Step]:
        """Adding a value to something that is there: "add phone 555 to Ann"."""
        place = next(at for at, part in enumerate(parts) if isinstance(part, Token) and part.type == "FIELD")
        things = Things(parts[-1], (), *span(parts[-1:]))
        group = next(group for group in self.groups.values() if group.partial)
        return self._set(group, things, self.named_value(parts[place : place + 2]), parts)

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
        filled = [part for part in parts if not isinstance(part, Token)]
        ways = [
            Filled(meaning.verb, tuple(zip(meaning.slots, filled, strict=True)), meaning.given)
            for meaning in idiom.meanings
        ]
        return self.interpreter.idiom(idiom.group, ways, *span(parts))


def span(parts: Parts) -> tuple[int, int]:
    """The tokens that the parts cover."""
    return _first(parts[0]), _behind(parts[-1])


def _first(part: Any) -> int:
    if isinstance(part, list | tuple):
        return _first(part[0])
    return part.value.first if isinstance(part, Token) else part.first  # type: ignore[no-any-return]


def _behind(part: Any) -> int:
    if isinstance(part, list | tuple):
        return _behind(part[-1])
    return part.value.behind if isinstance(part, Token) else part.behind  # type: ignore[no-any-return]


def word(token: Token) -> Word:
    """The value of a token that is a choice's word; the reader merged what it means for each field."""
    edge: Any = token.value
    return Word((edge.meaning,), edge.first, edge.behind)


def is_asked(parts: Parts) -> bool:
    """Whether one of the parts gives the form of a polite question."""
    return any(isinstance(part, Token) and part.value.meaning == "ask" for part in parts)
