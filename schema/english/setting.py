"""What the grammar's rules make of setting fields: "it should be urgent", "#3: priority high", "Sam is offline now"."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lark import Token

from deskgraph.schema.english.following import Following
from deskgraph.schema.english.groups import Group
from deskgraph.schema.english.meaning import CERTAIN, Interpreter, Subject
from deskgraph.schema.english.nodes import Edge, Item, Null, Refused, Things
from deskgraph.schema.english.parts import Parts, is_asked, span, word
from deskgraph.schema.english.plan import Ref, Step
from deskgraph.schema.english.sequences import follows, terse, whole
from deskgraph.schema.english.values import fits
from deskgraph.schema.english.vocabulary import SHORT

MAYBE = {"may", "could", "might"}


class Setting(Following):
    """The callbacks of rules for setting fields. `partial` is the group that does."""

    interpreter: Interpreter
    partial: Group

    def _be(self, has_field: bool, group: Group, parts: Parts) -> list[Step]:
        """The passive of setting a field: "it should be urgent", "the priority of it should be high"."""
        if any(part.type == "HAVING" and MAYBE & self._said(part) for part in parts if isinstance(part, Token)):
            raise Refused("NO_VERB", *span(parts))
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

    def _says(self, has_field: bool, group: Group, parts: Parts) -> list[Step]:
        """That something is so, which is to be so: "Sam is offline now", "the contact of #3 is Ann"."""
        return self._stated(self._be(has_field, group, parts), parts)

    def says_what(self, parts: Parts) -> list[Step]:
        """The same of somebody: "Ann is the new requester of #3"."""
        return self._stated(self.be_what(parts), parts)

    def statement(self, parts: Parts) -> list[Step]:
        steps: list[Step] = parts[0]
        return steps

    def said_then(self, parts: Parts) -> list[Step]:
        """A statement, and what follows from it: "#3 is urgent: assign it to Sam"."""
        if not follows(parts[0], parts[2][0]):
            raise Refused("NO_VERB", *span(parts[1:2]))
        return whole([*parts[0], *parts[2]])

    def stated_of(self, parts: Parts) -> list[Step]:
        """A value and what it is for: "high priority for #5"."""
        if parts[-2].value.meaning not in ("for", "on", "to"):
            raise Refused("NO_VERB", *span(parts))
        return self.stated([parts[-1], parts[0]])

    def _stated(self, steps: list[Step], parts: Parts) -> list[Step]:
        """The steps as statements, which need somebody or something certain: "it is urgent" describes."""
        if any(ref.kind == "pronoun" or ref.many for step in steps for one in step.options for ref in one.subject):
            raise Refused("NO_VERB", *span(parts))
        return [replace(step, mood="stated") for step in steps]

    def _just(self, group: Group, parts: Parts) -> list[Step]:
        """A field and its value, of what was spoken of: "#3: priority = high"."""
        name = next(part.value.meaning for part in parts if part.type == "FIELDO")
        value = self._item("named", parts, name=name, values=self._values(parts[-1]))
        return terse(self.interpreter.start(group, *span(parts), asked=False).take(value).finish())

    def just_of(self, parts: Parts) -> list[Step]:
        """A field, its value, and what it is for: "the priority should be high for #5"."""
        field = next(part.value for part in parts if part.type == "FIELDO")
        if parts[-2].value.meaning not in ("for", "on", "of"):
            raise Refused("NO_VERB", *span(parts))
        value = self._item("named", parts, name=field.meaning, values=self._values(parts[-3]))
        return self._set(self.partial, Things(parts[-1], (), *span(parts[-1:])), value, parts)

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

    def stated_politely(self, parts: Parts) -> list[Step]:
        return self.stated(parts[:-1])

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
        subject = Subject(things, (), is_asked(parts), *span(parts))
        return list(self.interpreter.passive(group, subject, *span(parts)).take(item).finish())

    def _said(self, token: Token) -> set[str]:
        """The words of a token."""
        return self._words_of(token.value)

    def _words_of(self, edge: Edge) -> set[str]:
        return {one.word for one in self.sentence.tokens[edge.first : edge.behind]}
