"""References of a sentence looked up: by id, number, address or name, what was mentioned before, a description."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any

from deskgraph.resolvers.records import Record
from deskgraph.resolvers.session import NounWords, Session
from deskgraph.schema.english.ages import moment
from deskgraph.schema.english.groups import title_of
from deskgraph.schema.english.plan import Condition, Ref
from deskgraph.schema.english.tokens import tokens_of
from deskgraph.schema.english.values import fits, noun
from deskgraph.schema.errors import AmbiguousError, Candidate, InvalidInputError, NotFoundError, Problem
from deskgraph.schema.fields import One
from deskgraph.schema.ids import check_id, prefix_of
from deskgraph.schema.noun import noun_of
from deskgraph.schema.scalars import MAX_LONG
from deskgraph.schema.verb import spoken_of

MOST_AT_ONCE = 100
SHOWN = 5
PEOPLE = ("contact", "user")
COMPARED = {"<": "lt", ">": "gt", ">=": "gte"}


@dataclass(frozen=True, slots=True)
class Found:
    """Something that a reference means. Its id is None where an earlier step of a dry run would create it."""

    prefix: str
    id: str | None
    title: str = ""
    email: str | None = None

    @classmethod
    def of(cls, prefix: str, record: Record) -> Found:
        """The record as something found."""
        return cls(
            prefix,
            record.id,
            title(record, prefix),
            getattr(record, "email", None) if "email" in noun(prefix).fields else None,
        )


@dataclass
class Mentions:
    """What the steps so far were done to, and what else they spoke of, the latest last."""

    subjects: list[list[Found]] = field(default_factory=list)
    others: list[list[Found]] = field(default_factory=list)

    def last(self, prefixes: Iterable[str], *, person: bool) -> list[Found]:
        """What a pronoun means: of what things were done to the last that fits, or else of the rest."""
        wanted = set(prefixes) & set(PEOPLE) if person else set(prefixes)
        for found in [*reversed(self.subjects), *reversed(self.others)]:
            if found and found[0].prefix in wanted:
                return found
        return []

    def several(self, prefixes: Iterable[str]) -> list[Found]:
        """What "them" means: the last that fits, but if each step was done to one of its kind, all of those."""
        last = self.last(prefixes, person=False)
        kind = [found for found in self.subjects if found and last and found[0].prefix == last[0].prefix]
        if len(last) != 1 or any(len(found) > 1 for found in kind):
            return last
        return list({one.id or one.title: one for [one] in kind}.values()) or last

    def created(self, prefix: str, name: str) -> list[Found]:
        """What an earlier step of a dry run would create under that name or address."""
        planned = [one for found in self.subjects for one in found if one.id is None and one.prefix == prefix]
        return [one for one in planned if fold(name) in (fold(one.title), fold(one.email or ""))]


def title(record: Record, prefix: str) -> str:
    """What people call it."""
    name = title_of(noun(prefix))
    shown = str(getattr(record, name)) if name else str(getattr(record, "type", record.id))
    return f"#{record.number} {shown}" if "number" in noun(prefix).fields else shown


def fold(text: str) -> str:
    """The text as names are compared: without case, accents and doubled blanks."""
    plain = unicodedata.normalize("NFKD", " ".join(text.split())).casefold()
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


class Finder:
    """Looks references up in a session, inside its transaction if it has one."""

    def __init__(self, session: Session, mentions: Mentions) -> None:
        self.session = session
        self.mentions = mentions

    def words(self, prefix: str) -> NounWords:
        """The session's words for the noun of a prefix."""
        words: NounWords = getattr(self.session, noun(prefix).__name__)
        return words

    async def one(self, ref: Ref, prefixes: Sequence[str]) -> Found:
        """The one that is meant, of one of the nouns."""
        found = await self.all(ref, prefixes)
        if len(found) > 1:
            raise ambiguous(ref, found)
        self.mentions.others.append(found)
        return found[0]

    async def all(self, ref: Ref, prefixes: Sequence[str]) -> list[Found]:
        """All that are meant; NOT_FOUND if there is none, AMBIGUOUS if the words do not say which."""
        fitting = [prefix for prefix in prefixes if fits(unquoted(ref), prefix)]
        if ref.kind == "pronoun":
            person = ref.text == "person"
            them = ref.text == "them"
            found = self.mentions.several(fitting) if them else self.mentions.last(fitting, person=person)
            return found or self._none(ref, prefixes)
        if ref.kind == "me":
            return await self._me(ref)
        if ref.kind == "select":
            return await self._selected(ref)
        found = [one for prefix in fitting for one in await self._named(ref, prefix)]
        if not found:
            return await self._missed(ref, prefixes)
        if len(found) > 1:
            raise ambiguous(ref, found)
        return found

    def _none(self, ref: Ref, prefixes: Sequence[str]) -> list[Found]:
        raise NotFoundError(
            f"Nothing was mentioned that this could mean: {called(prefixes)} is wanted.", problem=at(ref)
        )

    async def _me(self, ref: Ref) -> list[Found]:
        actor = self.session.actor
        record = await self.words("user").get(actor) if prefix_of(actor) == "user" else None
        if record is None:
            raise NotFoundError(f"{actor} acts here, who is no user: say who is meant.", problem=at(ref))
        return [Found.of("user", record)]

    # By id, number, address, name

    async def _named(self, ref: Ref, prefix: str) -> list[Found]:
        """Those of one noun that the reference names; more than one if the name does not tell them apart."""
        words, ref = self.words(prefix), unquoted(ref)
        if ref.kind == "id":
            records = await words.find(id=self._id(ref, prefix))
        elif ref.kind in ("number", "bare number"):
            number = int(ref.text[:20])
            records = await words.find(number=number) if number <= MAX_LONG else []
        elif ref.kind == "email":
            found = await words.find(filter={"email": {"matches": ref.text}}, limit=MOST_AT_ONCE)
            records = [one for one in found if fold(one.email) == fold(ref.text)]
        else:
            records = await self._by_title(ref, prefix)
        planned = self.mentions.created(prefix, ref.text)
        return planned or [Found.of(prefix, one) for one in records if await self._meets(one, ref, prefix)]

    def _id(self, ref: Ref, prefix: str) -> str:
        start, _, rest = ref.text.partition("_")
        try:
            return check_id(f"{start.lower()}_{rest}", prefix, "id")
        except InvalidInputError as error:
            error.problem = at(ref)
            raise

    async def _by_title(self, ref: Ref, prefix: str) -> list[Record]:
        """By name: the whole of it, or else words of it, or else their beginnings."""
        name = title_of(noun(prefix))
        assert name
        longest = max(ref.text.split(), key=len, default="")
        records = await self.words(prefix).find(filter={name: {"matches": longest}}, limit=200)
        if prefix == "organization" and "." in ref.text:
            records += await self.words(prefix).find(filter={"domain": {"matches": ref.text}}, limit=MOST_AT_ONCE)
        ranks = [(rank(ref.text, str(getattr(one, name)), getattr(one, "domain", None)), one) for one in records]
        best = min((place for place, _ in ranks), default=NO_MATCH)
        return [] if best == NO_MATCH else [one for place, one in ranks if place == best]

    async def _meets(self, record: Record, ref: Ref, prefix: str) -> bool:
        """Whether the record has what the sentence says of it besides: the address, where somebody works, the state."""
        for condition in ref.conditions:
            if condition.ref is not None:
                edges = self._edges(prefix, condition)
                ends = [await self._end(edge, condition.ref) for edge in edges]
                if not any(
                    end and getattr(record, edge.given_as) == end.id for edge, end in zip(edges, ends, strict=True)
                ):
                    return False
            elif str(getattr(record, condition.field)).casefold() not in {
                value.casefold() for value in condition.values
            }:
                return False
        return True

    async def _missed(self, ref: Ref, prefixes: Sequence[str]) -> list[Found]:
        """NOT_FOUND, with what is called nearly so."""
        if ref.kind not in ("name", "quoted"):
            shown = f"#{ref.text}" if "number" in ref.kind else ref.text
            raise NotFoundError(f"There is no {called(prefixes)} {shown}.", problem=at(ref))
        near = [one for prefix in prefixes if fits(ref, prefix) for one in await self._near(ref.text, prefix)]
        other = [
            one
            for entity in spoken_of()
            if entity.prefix not in prefixes and title_of(entity) == "name"
            for one in await self._named(Ref("name", ref.text), entity.prefix)
        ]
        message = f"There is no {called(prefixes)} called {ref.text!r}."
        if ref.conditions:
            message = f"There is no {called(prefixes)} called {ref.text!r} of which that is so."
        elif other:
            message += f" {other[0].title} is of another kind: {article(other[0].prefix)}."
        raise NotFoundError(message, problem=at(ref, near[:SHOWN]))

    async def _near(self, text: str, prefix: str) -> list[Found]:
        records = [Found.of(prefix, one) for one in await self.words(prefix).find(limit=500)]
        names = {fold(word): one for one in records for word in (*one.title.split(), one.title)}
        return list(dict.fromkeys(names[near] for near in get_close_matches(fold(text), list(names), SHOWN, 0.7)))

    # By description

    async def _selected(self, ref: Ref) -> list[Found]:
        words, wanted = self.words(ref.noun), {"and": [await self._filter(ref.noun, one) for one in ref.conditions]}
        if ref.count in ("newest", "oldest"):
            order = "-created_at" if ref.count == "newest" else "created_at"
            records = await words.find(filter=wanted, order_by=order, limit=1)
        else:
            records = await words.find(filter=wanted, order_by="created_at", limit=MOST_AT_ONCE + 1)
        found = [Found.of(ref.noun, record) for record in records]
        self._counted(ref, found)
        return found

    def _counted(self, ref: Ref, found: list[Found]) -> None:
        """The errors of a description that fits nothing, or more than it says."""
        plural = noun(ref.noun).plural
        if not found:
            raise NotFoundError(f"There are no such {plural}.", problem=at(ref))
        if ref.count == "all" and len(found) > MOST_AT_ONCE:
            raise InvalidInputError(
                f"That is more than {MOST_AT_ONCE} {plural}, which is the most for one step: narrow it down.",
                problem=at(ref),
            )
        if ref.count == "both" and len(found) != 2:
            raise AmbiguousError(f"There are {several(found)} such {plural}, not two.", problem=at(ref, found))
        if ref.count in ("one", "several") and len(found) > 1:
            message = f'There are {several(found)} such {plural}: say which one, or "all" to mean every one of them.'
            raise AmbiguousError(message, problem=at(ref, found))

    async def _filter(self, prefix: str, condition: Condition) -> dict[str, Any]:
        """A condition in the words of the filters."""
        fields = noun(prefix).fields
        if condition.part:
            return {fields[condition.field].graphql: {"matches": condition.part}}
        if condition.relation:
            compared = COMPARED[condition.relation]
            return {fields[condition.field].graphql: {compared: moment(condition.values[0])}}
        if condition.ref is None:
            name = fields[condition.field].graphql
            return {name: {"in": list(condition.values)} if condition.values else None}
        ends = {}
        for edge in self._edges(prefix, condition):
            if end := await self._end(edge, condition.ref):
                ends[edge] = end
        if not ends:
            await self._missed(condition.ref, [noun_of(edge.target).prefix for edge in self._edges(prefix, condition)])
        if len(ends) > 1:
            raise ambiguous(condition.ref, list(ends.values()))
        [(edge, end)] = ends.items()
        self.mentions.others.append([end])
        return {edge.graphql: {"id": {"eq": end.id or ""}}}

    def _edges(self, prefix: str, condition: Condition) -> list[One]:
        """The edges that a condition may be about."""
        ones = noun(prefix).ones()
        named = [one for one in ones if one.name == condition.field] if condition.field else ones
        return [one for one in named if condition.ref and fits(condition.ref, noun_of(one.target).prefix)]

    async def _end(self, edge: One, ref: Ref) -> Found | None:
        """What the reference means at the other end of an edge; None if it means nothing there."""
        try:
            found = await self.all(ref, [noun_of(edge.target).prefix])
        except NotFoundError:
            return None
        if len(found) > 1:
            raise ambiguous(ref, found)
        return found[0]


NO_MATCH = 9


def rank(wanted: str, name: str, domain: str | None = None) -> int:
    """How well a name is what was said: 0 the whole, 1 whole words of it, 2 beginnings of its words, 3 a part."""
    said, known = fold(wanted), fold(name)
    if said in (known, fold(domain or "")):
        return 0
    words, parts = known.split(), said.split()
    if all(part in words for part in parts):
        return 1
    if len(said) >= 3 and all(any(word.startswith(part) for word in words) for part in parts):
        return 2
    return 3 if len(said) >= 4 and said in known else NO_MATCH


def ambiguous(ref: Ref, found: list[Found]) -> AmbiguousError:
    """That a name or description fits several."""
    found = sorted(found, key=lambda one: (one.title, one.id or ""))
    names = ", ".join(f"{one.title} ({one.id})" for one in found[:SHOWN])
    more = " and more" if len(found) > SHOWN else ""
    return AmbiguousError(f"This may be {names}{more}: say which, by the whole name or the id.", problem=at(ref, found))


def unquoted(ref: Ref) -> Ref:
    """A reference whose quoted text is an id, a number or an address, as that."""
    if ref.kind != "quoted":
        return ref
    tokens = tokens_of(ref.text).tokens
    kinds = {"id": "id", "hash": "number", "number": "bare number", "email": "email"}
    if len(tokens) == 1 and tokens[0].kind in kinds:
        return replace(ref, kind=kinds[tokens[0].kind], text=tokens[0].text)
    return ref


def at(ref: Ref, found: Sequence[Found] = ()) -> Problem:
    """The reference's words as tokens, to be placed in the text by whoever knows it."""
    candidates = tuple(Candidate(one.title, one.id) for one in found[:SHOWN])
    return Problem(ref.first, ref.behind - ref.first, candidates=candidates)


def several(found: list[Found]) -> str:
    """How many, as far as they were counted."""
    return f"more than {MOST_AT_ONCE}" if len(found) > MOST_AT_ONCE else str(len(found))


def called(prefixes: Sequence[str]) -> str:
    """The nouns' names: "contact or user"."""
    return " or ".join(dict.fromkeys(noun(prefix).__name__.lower() for prefix in prefixes))


def article(prefix: str) -> str:
    """The noun with its article."""
    name = noun(prefix).__name__.lower()
    return f"{'an' if name[0] in 'aeio' else 'a'} {name}"
