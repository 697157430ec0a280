"""References, as the grammar's rules make them of words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lark import Token

from deskgraph.schema.english.nodes import Adjective, Edge, Refused, Text, Things
from deskgraph.schema.english.parts import Parts, span
from deskgraph.schema.english.plan import RANGED, Condition, Ref, joined
from deskgraph.schema.english.tokens import Sentence
from deskgraph.schema.english.values import fits
from deskgraph.schema.english.values import noun as prefixed
from deskgraph.schema.noun import noun_of

MOST_LISTED = 100
EVERYTHING = "everything"
DASHES = " -–—"


class Naming:
    """The callbacks of rules for references. `sentence` is the one that is read at present."""

    sentence: Sentence

    def ref(self, parts: Parts) -> Ref:
        return parts[0]  # type: ignore[no-any-return]

    def refs(self, parts: Parts) -> tuple[Ref, ...]:
        return parts[0] if isinstance(parts[0], tuple) else (parts[0],)

    def refs_more(self, parts: Parts) -> tuple[Ref, ...]:
        refs = (*parts[0], *self.refs(parts[2:]))
        if len(refs) > MOST_LISTED:
            raise Refused("TOO_MANY", *span(parts), weight=3)
        return refs

    def range(self, parts: Parts) -> tuple[Ref, ...]:
        """All from one number to another one: "#1 to #5", "tickets 1 through 5"."""
        ends = (parts[-3], parts[-1])
        if any(ref.kind not in ("number", "bare number") for ref in ends):
            raise Refused("", *span(parts))
        head = parts[0].meaning if isinstance(parts[0], Edge) else ends[0].noun
        return self._range(ends[0].text, ends[1].text, head, parts)

    def both_of(self, parts: Parts) -> tuple[Ref, ...]:
        """Two, each by itself: "both #1 and #2"."""
        return (parts[1], parts[3])

    def range_word(self, parts: Parts) -> tuple[Ref, ...]:
        """The same in one word: "tickets 1-5"."""
        start, end = parts[-1].value.meaning
        return self._range(start, end, parts[0].meaning if isinstance(parts[0], Edge) else "", parts)

    def listed(self, parts: Parts) -> tuple[Ref, ...]:
        """Numbers with nothing between them: "#3 #4", "tickets 501 502 503"."""
        noun = parts[0].meaning if isinstance(parts[0], Edge) else ""
        one = Ref("number", "", noun, RANGED, first=span(parts)[0], behind=span(parts)[1])
        return tuple(replace(one, text=number) for number in parts[-1].value.meaning)

    def _range(self, start: str, end: str, noun: str, parts: Parts) -> tuple[Ref, ...]:
        first, last = int(start[:15]), int(end[:15])
        if last <= first:
            raise Refused("", *span(parts))
        if last - first >= MOST_LISTED:
            raise Refused("TOO_MANY", *span(parts), weight=3)
        one = Ref("number", "", noun, RANGED, first=span(parts)[0], behind=span(parts)[1])
        return tuple(replace(one, text=str(number)) for number in range(first, last + 1))

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
        text = self.sentence.text[start : end + 1]
        closed = text.endswith(")") and text.count("(") == text.count(")")
        return Text(text if closed else self.sentence.text[start:end].rstrip(DASHES), first, behind)

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
        """A name with a noun, and whose it is before both: "Acme contact Ann"."""
        owner, token, name = parts
        where = Ref("name", owner.text, first=owner.first, behind=owner.behind)
        return Ref("name", name.text, token.value.meaning, "one", (Condition("", ref=where),), *span(parts))

    def named_in(self, parts: Parts) -> Ref:
        """A name, and whose it is behind it: "Ann Archer (Acme)", at the end of a text "Ann Archer of Acme"."""
        where = Ref("name", parts[2].text, first=parts[2].first, behind=parts[2].behind)
        return Ref("name", parts[0].text, "", "one", (Condition("", ref=where),), *span(parts))

    def named_mailed(self, parts: Parts) -> Ref:
        named = self.named(parts)
        return named.where(Condition("email", (parts[-1].value.meaning,)))

    def pronoun(self, parts: Parts) -> Ref:
        ref = self._edge_ref("pronoun", parts[0])
        return replace(ref, text="them", count="both") if ref.text == "both" else ref

    def me(self, parts: Parts) -> Ref:
        return self._edge_ref("me", parts[0])

    def everything(self, parts: Parts) -> Ref:
        edge = parts[0].value
        return Ref("select", EVERYTHING, "ticket", "all", first=edge.first, behind=edge.behind)

    def anyone(self, parts: Parts) -> Ref:
        return self._edge_ref("anyone", parts[0])

    def _edge_ref(self, kind: str, token: Token) -> Ref:
        edge: Any = token.value
        kind = "me" if edge.meaning == "me" else kind
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
        return self._edge_ref("pronoun", parts[0])

    def owner_noun(self, parts: Parts) -> Ref:
        return self._select("one", parts[:-1])
