"""Filling a verb with what follows it: which item is what it is done to, which an input, which a description."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from deskgraph.schema.english import lexicon
from deskgraph.schema.english.fitting import (
    ABOUT,
    edges_by,
    looks,
    must_have_all,
    prefix_of_edge,
    refers,
    said_of,
    swallowed,
)
from deskgraph.schema.english.groups import is_text, main_text, marks_of, names_of, title_of
from deskgraph.schema.english.nodes import Adjective, Item, Null, Refused, Text, Value, Word
from deskgraph.schema.english.plan import RANGED, Condition, Option, Ref, joined
from deskgraph.schema.english.values import Unfit, convert, fits, noun
from deskgraph.schema.english.vocabulary import WHICH
from deskgraph.schema.fields import Choice, Texts
from deskgraph.schema.fields import Ref as RefInput
from deskgraph.schema.verb import Verb

ITSELF = "*"
ABOUT_SUBJECT = (":", "of", "on", "for", "in", "to", "at", "with")
NO_DESCRIPTION = ("to", "into", "onto", "as")
TOPICS = ("about", "regarding", "concerning")
UNFINISHED = ("of", "to", "that", "the", "a", "an", "with", "because", "as")
SETTING = ("to", "as", "into", ":", "=", "onto", "with", "by")


@dataclass(frozen=True)
class Filling:
    """A verb with what was filled in so far.

    `target` is what a description behind it describes: ITSELF, what it is done to, or the name of an input. `pending`
    is a field that was named and still wants its value. `open` is a word that still wants something behind it.
    `by_name`: inputs count only where their field is named, for it is another verb that was said. `conditions` were
    said before what they describe. `guessed`: somebody's name stands behind "for", where a company's might.
    """

    verb: type[Verb]
    subject: tuple[Ref, ...] = ()
    given: dict[str, Any] = field(default_factory=dict)
    settled: frozenset[str] = frozenset()
    target: str = ""
    pending: str = ""
    open: Item | None = None
    by_name: bool = False
    conditions: tuple[Condition, ...] = ()
    guessed: bool = False

    def take(self, item: Item) -> list[Filling]:
        """The ways to go on with an item; Refused if there is none."""
        if item.kind == "fill":
            return [self]
        if item.kind == "noise":
            return [replace(self, open=item)]
        if self.open and item.kind in ("thing", "where", "bare") and not self._looks_right(item):
            raise self.unexpected(self.open)
        made = replace(self, open=None)
        ways: list[Filling] = getattr(made, f"_{item.kind}")(item)
        if not ways:
            raise self.unexpected(item)
        return ways

    def _looks_right(self, item: Item) -> bool:
        """Whether an item is a value of what is created whatever stands before it: an address, a quoted text."""
        if not self.verb.creates or item.kind != "thing":
            return False
        ref = item.values[0]
        listed = self._lists(ref) and self.open is not None and self.open.mark == ","
        return listed or ref.kind in ("email", "quoted") or any(looks(one, ref) for one in self.verb.inputs.values())

    def _lists(self, ref: Ref) -> bool:
        """Whether a name is one more thing of somebody new: "contact Jane Doe, jane@acme.com, Acme"."""
        return ref.kind == "name" and "name" in self.settled and ref.text[:1].isupper()

    def unexpected(self, item: Item) -> Refused:
        """That an item has no place with this verb."""
        return Refused(f"UNEXPECTED:{self.verb.key()}", item.first, item.behind, verb=self.verb, weight=1)

    # What stands alone

    def _thing(self, item: Item) -> list[Filling]:
        if self.verb.creates:
            return [] if self.pending else self._titled(item)
        refs: tuple[Ref, ...] = item.values
        prefix = self.verb.noun.prefix
        if not self.subject and all(fits(ref, prefix) for ref in refs):
            return [replace(self, subject=refs, target=ITSELF)]
        if len(refs) > 1 or item.mark or self.verb.partial or self.by_name:
            return []
        ways = [way for name in self._refs_of() for way in self._try(name, refs[0])]
        main = main_text(self.verb)
        if not ways and refs[0].kind == "quoted" and main and main not in self.settled and not self._names(main):
            ways = self._try(main, refs[0])
        return ways or self._swapped(refs[0])

    def _names(self, main: str) -> bool:
        """Whether a quoted text behind what is done to is rather what that is called: "disable the webhook 'x'"."""
        described = bool(self.subject) and self.subject[-1].kind == "select"
        return described and not self.verb.needs(self.verb.inputs[main])

    def _swapped(self, ref: Ref) -> list[Filling]:
        """The quoted text came first: "resolve 'restarted it' #3"."""
        main = main_text(self.verb)
        quoted = len(self.subject) == 1 and self.subject[0].kind == "quoted" and not self.subject[0].noun
        if quoted and main and main not in self.settled and fits(ref, self.verb.noun.prefix) and not self.verb.partial:
            return replace(self, subject=(ref,), target=ITSELF)._try(main, self.subject[0])
        return []

    def _titled(self, item: Item) -> list[Filling]:
        """Alone behind a creating verb stand the title, the main text, an address, or somebody who is certain."""
        [ref, *more] = item.values
        if more:
            return []
        names = (
            [title_of(self.verb.noun), main_text(self.verb)]
            if ref.kind in ("quoted", "name") and ref.noun in ("", self.verb.noun.prefix)
            else []
        )
        names = [name for name in names if name and (ref.kind == "quoted" or name == "name" or name == "subject")]
        if ref.kind == "email":
            names = ["email"]
        names = [name for name, one in self.verb.inputs.items() if looks(one, ref)] or names
        for name in names:
            if name in self.verb.inputs and name not in self.settled:
                plain = ref.kind == "name" and not ref.conditions
                text: Value = Text(ref.text, ref.first, ref.behind) if plain else ref
                return [*self._try(name, text), *(self._whose(ref) if plain and name != "name" else [])]
        if self._lists(ref) or ref.kind in ("id", "number", "bare number", "email") or ref.noun:
            return [way for name in self._refs_of() for way in self._try(name, ref)][:1]
        return []

    def _whose(self, ref: Ref) -> list[Filling]:
        """A bare name behind what has no name itself is whose it is, if a text follows: "new ticket dana 'x'"."""
        first = next((name for name, one in self.verb.inputs.items() if isinstance(one, RefInput)), "")
        return self._try(first, ref)

    def _refs_of(self) -> list[str]:
        """The inputs for references that are still free."""
        inputs = self.verb.inputs.items()
        return [name for name, one in inputs if isinstance(one, RefInput) and name not in self.settled]

    def _bare(self, item: Item) -> list[Filling]:
        main = main_text(self.verb)
        ready = self.verb.creates or (self.subject and self.subject[-1].kind != "select")  # that is described further
        return self._try(main, item.values[0]) if ready and main and main not in self.settled else []

    def _chosen(self, item: Item) -> list[Filling]:
        [value] = item.values
        if self.pending:
            return self._set_pending(value)
        if isinstance(value, Null):
            return []
        return self._choices(value)

    def _choices(self, value: Value) -> list[Filling]:
        """A choice's word for whichever input has it."""
        free = [name for name in self.verb.inputs if name not in self.settled]
        names = [name for name in free if isinstance(value, Word) and value.of(name)]
        return [way for name in names for way in self._try(name, value)]

    def _where(self, item: Item) -> list[Filling]:
        ref = self._described()
        if ref is None or not (ref.kind == "select" or (ref.kind in ("id", "number") and item.mark == "from")):
            return []
        prefix = ref.noun or self.verb.noun.prefix
        conditions = [one.of(prefix) if isinstance(one, Adjective) else one for one in item.values]
        if any(condition is None for condition in conditions):
            return []
        return [self._describe(*joined([condition for condition in conditions if condition]))]

    # What has a name

    def _field(self, item: Item) -> list[Filling]:
        name = self._named_input(item.name)
        if self.pending or not name or name in self.settled:
            return []
        return [replace(self, pending=name)]

    def _named(self, item: Item) -> list[Filling]:
        name = self._named_input(item.name)
        if name and name not in self.settled and len(item.values) == 1:
            return self._try(name, item.values[0], strict=True)
        return self._condition_of(item.name, item.values[0]) if len(item.values) == 1 else self._listed(item)

    def _named_input(self, name: str) -> str:
        """The input that is meant by a name: its own, or another one of its names."""
        if name in self.verb.inputs:
            return name
        if name == "status" and "status" in self.verb.noun.fields and self.verb.partial:
            return name  # a state that only other verbs set: Command.items remembers it for them
        spoken = name.replace("_", " ")
        return next((own for own, declared in self.verb.inputs.items() if spoken in names_of(declared)), "")

    def _condition_of(self, name: str, said: Value) -> list[Filling]:
        """A named value as a description: "all tickets with status open"."""
        ref = self._described()
        declared = noun(ref.noun).fields.get(name) if ref is not None and ref.kind == "select" else None
        titled = ref is not None and ref.kind == "select" and name == title_of(noun(ref.noun))
        if titled and isinstance(said, Ref) and said.kind == "quoted":
            return [self._describe(Condition(name, part=said.text))]
        if not isinstance(declared, Choice):
            return []
        word = said.of(name) if isinstance(said, Word) else said.text.upper() if isinstance(said, Ref) else ""
        return [self._describe(Condition(name, (word,)))] if word and word in declared.words.__members__ else []

    # What has a mark before it

    def _listed(self, item: Item) -> list[Filling]:
        """Several words or quoted texts, where an input takes a list of texts."""
        names = (
            [item.name] if item.name else [name for name in self.verb.inputs if item.mark in marks_of(self.verb, name)]
        )
        lists = [name for name in names if isinstance(self.verb.inputs.get(name), Texts)]
        if not lists or any(not isinstance(one, Ref) or one.kind not in ("name", "quoted") for one in item.values):
            return []
        return self._try(lists[0], Text(",".join(one.text for one in item.values), item.first, item.behind))

    def _marked(self, item: Item) -> list[Filling]:
        if self.pending and item.mark in SETTING and len(item.values) == 1:
            return self._set_pending(item.values[0])
        [value, *more] = item.values
        if isinstance(value, Text):
            return self._marked_text(item.mark, value)
        if isinstance(value, Word):
            return self._marked_word(item, value)
        ref = self._described() if item.mark == "of" and self.verb.creates and not more else None
        if ref and ref.kind == "select" and (described := self._further(item.mark, item.values)):
            return described  # "the ticket of Ann" is hers, whatever else may be hers too
        if not more:
            ways = self._marked_input(item.mark, value)
            if ways:
                topic = item.mark in TOPICS and value.kind == "quoted"
                return [*ways, *(self._further(item.mark, item.values) if topic else [])]
        described = self._further(item.mark, item.values) if not more else self._listed(item)
        if described or self.verb.creates:
            return described
        if self.subject or not all(fits(ref, self.verb.noun.prefix) for ref in item.values):
            return []
        usual = item.mark in (*ABOUT_SUBJECT, *(("from", "about") if self.verb.partial else ()))
        return [replace(self, subject=item.values, target=ITSELF)] if usual else []

    def _topic(self, item: Item) -> list[Filling]:
        return [] if self.verb.creates else self._further(item.mark, item.values)

    def _marked_text(self, mark: str, text: Text) -> list[Filling]:
        free = [name for name in self.verb.inputs if name not in self.settled and is_text(self.verb.inputs[name])]
        names = [name for name in free if mark in marks_of(self.verb, name)]
        spoken = text.text.lower()
        shared = any(mark in marks_of(self.verb, one) for one in self._refs_of())
        named = shared and not text.quoted and (text.text[:1].isupper() or refers(text.text))
        lasting = mark == "for" and (spoken.split()[-1],) in lexicon.listed("schedules")
        something = (
            spoken not in UNFINISHED
            and not (named or lasting)
            and (text.quoted or text.text.count("(") <= text.text.count(")"))
            and not spoken.startswith("the same")
            and spoken not in said_of(self.verb.noun.prefix)
        )
        return self._try(names[0], text) if names and something else []

    def _marked_word(self, item: Item, word: Word) -> list[Filling]:
        if item.mark == "from" and self.verb.partial:
            fields = [name for name, value in word.values if name in self.verb.noun.fields]
            conditions = [Condition(name, (str(word.of(name)),)) for name in fields]
            if self.subject and conditions:
                return [self._describe(*conditions)]
            return [replace(self, conditions=(*self.conditions, *conditions))] if conditions else []
        names = [name for name in self.verb.inputs if word.of(name) and name not in self.settled]
        fitting = [name for name in names if self.verb.partial or item.mark in (*marks_of(self.verb, name), "to", "as")]
        return [way for name in fitting for way in self._try(name, word)]

    def _marked_input(self, mark: str, ref: Ref) -> list[Filling]:
        """The inputs that the mark introduces and that the reference may be."""
        if self.by_name:
            return []
        names = [name for name in self.verb.inputs if name not in self.settled and mark in marks_of(self.verb, name)]
        if mark in TOPICS and ref.kind == "quoted" and not ref.noun:  # what it is about is said, not who
            names = [name for name in names if is_text(self.verb.inputs[name])] or names
        refs = [way for name in names if isinstance(self.verb.inputs[name], RefInput) for way in self._try(name, ref)]
        if refs:
            return [*refs, *self._for_somebody(mark, ref)]
        return [
            way for name in names for way in self._try(name, ref) if not isinstance(self.verb.inputs[name], RefInput)
        ][:1]

    def _for_somebody(self, mark: str, ref: Ref) -> list[Filling]:
        """Whom a new contact is for, who is the contact: "a contact for Jane Doe at Acme"."""
        named = mark == "for" and self.verb.creates and ref.kind == "name" and " " in ref.text and not ref.noun
        return [replace(way, guessed=True) for way in self._try("name", ref)] if named else []

    # Descriptions

    def _described(self) -> Ref | None:
        """What a description behind it describes."""
        if self.target == ITSELF:
            return self.subject[-1]
        found = self.given.get(self.target)
        return found if isinstance(found, Ref) else None

    def _describe(self, *conditions: Condition) -> Filling:
        ref = self._described()
        assert ref is not None
        if self.target == ITSELF:
            return replace(self, subject=(*self.subject[:-1], ref.where(*conditions)))
        return replace(self, given={**self.given, self.target: ref.where(*conditions)})

    def _further(self, mark: str, values: tuple[Ref, ...]) -> list[Filling]:
        """What a mark and a reference say of the thing before them: "of Acme", "assigned to Sam"."""
        ref, [value] = self._described(), values
        told = mark in ("of", "from") or mark.startswith(WHICH)
        certain = ref is not None and ref.kind in ("id", "number", "bare number") and told
        if ref is None or not (ref.kind in ("select", "name") or certain) or mark in NO_DESCRIPTION:
            return []
        if ref.kind == "name" and self.verb.deletes and mark == "from":
            return []  # "remove Ann from Acme" hardly means that Ann is to be deleted
        prefixes = [ref.noun] if ref.noun else self._target_nouns()
        edges = [
            one
            for prefix in prefixes
            for one in edges_by(prefix, mark.removeprefix(WHICH))
            if fits(value, prefix_of_edge(one))
        ]
        if not edges:
            about = ref.kind == "select" and mark in ABOUT and value.kind == "quoted"
            return [self._describe(Condition(title_of(noun(ref.noun)) or "", part=value.text))] if about else []
        names = {one.name for one in edges}
        return [self._describe(Condition(names.pop() if len(names) == 1 else "", ref=value))]

    def _target_nouns(self) -> list[str]:
        if self.target == ITSELF:
            return [self.verb.noun.prefix]
        declared = self.verb.inputs[self.target]
        return [declared.prefix] if isinstance(declared, RefInput) else []

    # Values

    def _set_pending(self, value: Value) -> list[Filling]:
        return replace(self, pending="")._try(self.pending, value, strict=True)

    def _try(self, name: str, value: Value, *, strict: bool = False) -> list[Filling]:
        """With the value as that input, if it can be. `strict`: the sentence names the input, so say why not."""
        if name in self.settled or name not in self.verb.inputs:
            return []
        declared = self.verb.inputs[name]
        if isinstance(value, Ref) and value.kind == "anyone":
            if declared.unnamed is None:
                return []
            given = {**self.given, **declared.unnamed}
            return [replace(self, given=given, settled=self.settled | {name, *declared.unnamed}, target="")]
        if isinstance(value, Ref) and name == "name" and "email" in self.verb.inputs:
            addresses = [one.values[0] for one in value.conditions if one.field == "email"]
            if addresses and self.verb.creates:  # "Jane Doe (jane@acme.com)"
                given = {**self.given, "name": value.text, "email": addresses[0]}
                return [replace(self, given=given, settled=self.settled | {"name", "email"}, target="")]
        if self.verb.creates and isinstance(value, Text) and not value.quoted:
            self._must_not_swallow(value)
        try:
            converted = convert(self.verb, name, value)
        except Unfit:
            return []
        except Refused:
            if strict or (isinstance(value, Ref) and value.kind == "quoted"):
                raise
            return []
        given = {**self.given, name: converted}
        return [replace(self, given=given, settled=self.settled | {name}, target=name)]

    def _must_not_swallow(self, text: Text) -> None:
        """Refused, if a text without quotes goes on with what may be another input of the verb."""
        if place := swallowed(self.verb, text):
            raise Refused("SWALLOWED", *place, verb=self.verb, weight=2)

    def finished(self, first: int, behind: int) -> Option:
        """The option that was filled; Refused if something is missing."""
        if self.open:
            raise self.unexpected(self.open)
        if self.pending:
            raise Refused(f"NO_VALUE:{self.pending}", first, behind, verb=self.verb, weight=1)
        if (self.verb.partial or self.by_name) and not self.given:
            raise Refused("NOTHING_TO_CHANGE", first, behind, verb=self.verb, weight=1)
        subject = self.subject
        if subject and subject[0].count == RANGED and not self.given and self._refs_of():
            raise Refused(f"UNEXPECTED:{self.verb.key()}", subject[0].first, subject[0].behind, verb=self.verb)
        if any(ref.text == "everything" and not ref.conditions for ref in subject):
            raise Refused("EVERYTHING", subject[0].first, subject[0].behind, verb=self.verb, weight=2)
        if subject and self.conditions:
            subject = (*subject[:-1], subject[-1].where(*self.conditions))
        if not subject and not self.verb.creates:
            subject = (Ref("pronoun", "implied", first=first, behind=behind),)
        option = Option(self.verb, subject, self.given)
        must_have_all(option, {} if self.guessed and len(self.given) < 2 else self.given, first, behind)
        return option
