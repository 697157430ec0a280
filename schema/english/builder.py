"""What each rule of the grammar makes of its parts; at last the steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from lark import Token, Transformer

from deskgraph.schema.english.groups import Group, title_of
from deskgraph.schema.english.hearing import Hearing
from deskgraph.schema.english.lexicon import listed
from deskgraph.schema.english.meaning import CERTAIN, Command, Compound, Interpreter, Subject
from deskgraph.schema.english.nodes import Edge, Filled, Item, Refused, Text, Things
from deskgraph.schema.english.parts import Parts, is_asked, span
from deskgraph.schema.english.plan import Option, Ref, Step
from deskgraph.schema.english.sequences import follows, handed_on, stands_alone, whole
from deskgraph.schema.english.setting import Setting
from deskgraph.schema.english.tokens import Sentence
from deskgraph.schema.english.vocabulary import Vocabulary

GIVEN = "given that"
MODALS = {"can", "could", "would", "will", "may"}
ANYBODY = {"someone", "somebody", "anyone", "anybody", "one", "any", "sb"}
HEADS = ("H_", "VH_", "HH_", "AMONG_")
COMMANDS = ("act", "make", "head", "many", "done", "status", "state", "being", "just", "claim", "short", "last")


class Builder(Setting, Transformer[Token, Any]):
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
        if kind in COMMANDS and key in self.__dict__.get("groups", ()):
            return lambda parts: getattr(self, f"_{kind}")(self.groups[key], parts)
        if name.startswith(("be_", "field_be_")):
            return lambda parts: self._be(name.startswith("field"), self.groups[name.rpartition("be_")[2]], parts)
        if name.startswith(("says_", "field_says_")):
            return lambda parts: self._says(name.startswith("field"), self.groups[name.rpartition("says_")[2]], parts)
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
        if parts[0][0].headed == "and" or (parts[0][0].mood == "elliptic" and not stands_alone(parts[0][0])):
            raise Refused("NO_VERB", parts[0][0].first, parts[0][0].behind)
        return tuple(parts[0])

    def more(self, parts: Parts) -> tuple[Step, ...]:
        self._question(parts[0], parts[1].value)
        wished = parts[0][-1].mood in ("wished", "elliptic")
        if parts[2][0].terse and parts[1].value.meaning == "," and not wished:
            raise Refused("NO_VERB", parts[2][0].first, parts[2][0].behind)
        if parts[2][0].headed == "and" and not any(option.verb.creates for option in parts[0][-1].options):
            raise Refused("NO_VERB", parts[2][0].first, parts[2][0].behind)
        if not follows(parts[0], parts[2][0]):
            raise Refused("NO_VERB", parts[2][0].first, parts[2][0].behind)
        if any(step.fronted for step in parts[0]) and any(o.verb.creates for step in parts[2] for o in step.options):
            raise Refused("NO_VERB", parts[2][0].first, parts[2][0].behind)
        steps = [self.interpreter.again(parts[0][-1], step) if step.items else step for step in parts[2]]
        taken = self.sentence.tokens[parts[0][-1].first].word in ("take", "grab")
        moved = handed_on(parts[0][-1], steps[0]) if taken else None
        return (*parts[0][:-1], moved, *steps[1:]) if moved else (*parts[0], *steps)

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
        others = any(ANYBODY & self._words_of(edge) for edge in parts[0])  # "could someone take #5" is not "I take #5"
        if others and any(takes(option) for step in parts[1] for option in step.options):
            raise Refused("", *span(parts))
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

    def tolds(self, parts: Parts) -> list[Edge]:
        return [*(parts[0] if isinstance(parts[0], list) else []), parts[-1].value]

    def told(self, parts: Parts) -> list[Step]:
        """Behind what is told, of which "it" and "her" may speak: "#5 is back, reopen it"."""
        told = [edge.meaning for edge in parts[0] if edge.terminal == "TOLD"]
        asked = any(edge.meaning == "ask" for part in parts[:-1] for edge in part)
        steps = Hearing(told).steps(parts[-1])
        first, behind = told[0].first, told[-1].behind
        start, end = self.sentence.place(first, behind)
        why = Item("marked", GIVEN, "", (Text(self.sentence.text[start:end], first, behind),), first, behind)
        steps = [self.interpreter.explained(why, step) for step in steps]
        return whole([replace(one, asked=one.asked or asked) for one in steps])

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
        head = next(part.value for part in parts if isinstance(part, Token) and part.type.startswith(HEADS))
        adjectives = [adjective for part in parts if isinstance(part, list) for adjective in part]
        kind = self._kind(parts)
        given = {**head.meaning[1], **({"type": kind} if kind else {})}
        made = self.interpreter.make(group, given, adjectives, *span(parts), asked=is_asked(parts))
        if isinstance(parts[1] if len(parts) > 1 else None, Token) and parts[1].type == "LACKS":
            return self._made_for(made, parts)
        subjects = (part.things if isinstance(part, Subject) else part for part in parts)
        for things in (part for part in subjects if isinstance(part, Things)):
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

    def _made_for(self, made: Command, parts: Parts) -> Command:
        """What somebody or something needs: "Ann needs a ticket", "#3 needs a note"."""
        things: Things = parts[0]
        if things.mods:
            raise Refused("", *span(parts))
        return made.take(self._item("marked", parts[:1], mark=parts[1].value.meaning, values=things.refs))

    def created(self, parts: Parts) -> Command:
        """Creating in the passive: "a ticket for Ann should be created"."""
        command: Command = parts[0]
        if not command.headed:
            raise Refused("NO_VERB", *span(parts))
        return replace(command, headed=False, behind=span(parts)[1])

    def _last(self, group: Group, parts: Parts) -> Command:
        """The verb behind what it is done to: "ticket 33 reopen please"."""
        things = Things(parts[0], (), *span(parts[:1]))
        if any(ref.kind not in CERTAIN or ref.kind == "pronoun" for ref in things.refs):
            raise Refused("NO_VERB", *span(parts))
        return self.interpreter.passive(group, Subject(things, (), False, *span(parts)), *span(parts))

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

    def _being(self, group: Group, parts: Parts) -> Command:
        """The same of what was spoken of: "#3: status closed"."""
        if parts[0].value.meaning != "status":
            raise Refused("", *span(parts))
        return replace(self._act(group, parts), terse=True)

    def _state(self, group: Group, parts: Parts) -> Command:
        """Marking something as what a verb makes of it."""
        return self.interpreter.state(group, parts[0], *span(parts))

    def finished(self, parts: Parts) -> list[Step]:
        command = parts[0]
        for item in parts[1] if len(parts) > 1 else ():
            command = command.take(item)
        return list(command.finish())

    def _claim(self, group: Group, parts: Parts) -> Command:
        """That something was done, which is to be recorded: "#3 is solved: new cable", "solved #3 with 'x'"."""
        things = parts[0]
        if isinstance(things, Token):
            return replace(self._act(group, parts), mood="stated")
        if isinstance(things, tuple):
            things = Things(things, (), *span(parts[:1]))
        if any(ref.kind not in CERTAIN or ref.kind == "pronoun" for ref in things.refs):
            raise Refused("NO_VERB", *span(parts))
        subject = Subject(things, (), False, *span(parts))
        return replace(self.interpreter.passive(group, subject, *span(parts)), mood="stated")

    def _short(self, group: Group, parts: Parts) -> Command:
        """The same without a verb that says when: "#3 solved: new cable", and behind a wish "and #4 reopened"."""
        return replace(self._claim(group, parts), mood="elliptic")

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
        asked = isinstance(parts[0], Token) and bool(MODALS & self._said(parts[0]))
        runs_on = idiom.parts[-1] == "{text}" and self.sentence.tokens[span(parts)[1] - 1].kind != "quoted"
        return replace(self.interpreter.idiom(idiom.group, ways, *span(parts)), asked=asked, runs_on=runs_on)


def takes(option: Option) -> bool:
    """Whether who acts is to have what it is done to."""
    return any(isinstance(value, Ref) and value.kind == "me" for value in option.given.values())


def counted(part: Any, said: set[str]) -> Any:
    """References of which the words around them say that all are meant, or both: "they should all go to Sam"."""
    count = next((count for count in ("all", "both") if count in said), "")
    if not count or not isinstance(part, Things):
        return part
    refs = tuple(replace(ref, count=count if ref.count == "several" else ref.count) for ref in part.refs)
    return replace(part, refs=refs)
