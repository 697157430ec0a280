"""Items, as the grammar's rules make them of the words that follow a verb."""

from __future__ import annotations

from typing import Any

from deskgraph.schema.english import lexicon
from deskgraph.schema.english.fitting import refers
from deskgraph.schema.english.naming import Naming
from deskgraph.schema.english.nodes import POLITE, Item, Null, Refused, Text
from deskgraph.schema.english.parts import Parts, span, word
from deskgraph.schema.english.plan import Ref

COPULAS = ("is ", "are ", "was ", "were ")


class Following(Naming):
    """The callbacks of rules for items."""

    def items(self, parts: Parts) -> tuple[Item, ...]:
        return tuple(parts[0]) if isinstance(parts[0], tuple) else (parts[0],)

    def items_more(self, parts: Parts) -> tuple[Item, ...]:
        return (*parts[0], *self.items(parts[1:]))

    def thing(self, parts: Parts) -> Item:
        return Item("thing", values=parts[0], first=span(parts)[0], behind=span(parts)[1])

    def marked(self, parts: Parts) -> Item:
        values = parts[-1] if isinstance(parts[-1], tuple) else (parts[-1],)
        return self._item("marked", parts, mark=parts[0].value.meaning, values=values)

    def relative(self, parts: Parts) -> Item:
        """What somebody did or does to it: "that Ann raised", "Sam works on"."""
        return self._item("marked", parts, mark=parts[-1].value.meaning, values=(parts[-2],))

    def marked_quoted(self, parts: Parts) -> Item:
        return self._item("marked", parts, mark=parts[0].value.meaning, values=(self.quoted(parts[1:]),))

    def topic_words(self, parts: Parts) -> Item:
        """What a ticket is about, without quotes: "the ticket about the invoice"."""
        first, behind = span(parts)
        topic = Ref("quoted", parts[0].value.meaning, first=first, behind=behind)
        return self._item("topic", parts, mark="about", values=(topic,))

    def marked_anyone(self, parts: Parts) -> Item:
        return self._item("marked", parts, mark=parts[0].value.meaning, values=(self._edge_ref("anyone", parts[1]),))

    def there(self, parts: Parts) -> Item:
        return self._item("marked", parts, mark="at", values=(self._edge_ref("pronoun", parts[0]),))

    def marked_choice(self, parts: Parts) -> Item:
        return self._item("marked", parts, mark=parts[0].value.meaning, values=(word(parts[-1]),))

    def named_as(self, parts: Parts) -> Item:
        return self._item("named", parts, name=parts[-1].value.meaning, values=parts[1])

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
        return self._item("where", parts, mark=parts[0].value.meaning, values=tuple(parts[1]))

    def adjective(self, parts: Parts) -> Item:
        return self._item("where", parts, values=tuple(self.adjs(parts)))

    def that_are(self, parts: Parts) -> Item:
        return self._item("where", parts, values=tuple(parts[1]))

    def aged(self, parts: Parts) -> Item:
        return self._item("where", parts, values=parts[0].value.meaning)

    def noise(self, parts: Parts) -> Item:
        return self._item("noise", parts, mark=self.sentence.tokens[span(parts)[0]].word)

    def fill(self, parts: Parts) -> Item:
        words = tuple(self.sentence.tokens[at].word for at in range(*span(parts)))
        return self._item("fill", parts, mark=POLITE if words in lexicon.listed("polite_ends") else "")

    def tail_marked(self, parts: Parts) -> tuple[Item, ...]:
        closing = parts[2][0] if len(parts) > 2 else None
        said = {self.sentence.tokens[at].word for at in (closing.first - 1, closing.first)} if closing else set()
        if closing and said & {"is", "are"}:  # of what that is said is a part of the text: "#5 is urgent"
            raise Refused("", closing.first, closing.behind)
        item = self._item("marked", parts[:2], mark=parts[0].value.meaning, values=(parts[1],))
        return (item, *(parts[2] if len(parts) > 2 else ()))

    def tail_named(self, parts: Parts) -> Any:
        text = next(part for part in parts if isinstance(part, Text))
        if parts.index(text) == 1 and text.text.lower().startswith(COPULAS):
            raise Refused("", *span(parts))  # there is a reading in which that word is no part of the text
        before = self.sentence.tokens[text.first - 1].word
        if parts.index(text) == 2 and before == "to" and refers(text.text):  # "a note to #3: ..."
            raise Refused("", *span(parts))
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
