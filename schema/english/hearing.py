"""What a command means behind what was told before it: whom and what its pronouns mean, and why it is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from deskgraph.schema.english.meaning import CERTAIN
from deskgraph.schema.english.nodes import Refused
from deskgraph.schema.english.plan import Option, Ref, Step
from deskgraph.schema.english.telling import Told

IT = ("it", "implied")


class Hearing:
    """Reads steps in the light of what was told. Refused, where that may have been said for another reason."""

    def __init__(self, told: Sequence[Told]) -> None:
        self.told = told
        self.things = {ref.text: ref for one in reversed(told) for ref in reversed(one.things)}
        people = {ref.text: ref for one in told for ref in one.people}
        first = next(iter(people.values()), None)
        subject = first is not None and first.first == told[0].first
        self.person = first if subject or len(people) == 1 else None
        starts = [ref for one in told for ref in one.things if ref.first - one.first < 3]
        self.thing = starts[0] if starts else next(iter(self.things.values()), None) if len(self.things) == 1 else None

    def steps(self, steps: Sequence[Step]) -> list[Step]:
        """The steps with what their pronouns mean, and with the reason that they lack."""
        heard = [self._heard(steps[0]), *steps[1:]]
        if any(option.verb.creates for option in heard[0].options) or heard[0].mood in ("stated", "elliptic"):
            raise Refused("NO_VERB", self.told[0].first, self.told[-1].behind)
        if self.things and not all(self._is_about(option) for option in heard[0].options):
            raise Refused("NO_VERB", self.told[0].first, self.told[-1].behind)
        return heard

    def _heard(self, step: Step) -> Step:
        return replace(step, options=tuple(self._meant(option) for option in step.options))

    def _meant(self, option: Option) -> Option:
        subject = tuple(self._of(ref, option.verb.noun.prefix) for ref in option.subject)
        if len(self.things) > 1 and [ref.text for ref in subject if ref.kind == "pronoun"] == ["them"]:
            subject = tuple(self._said(subject[0], thing) for thing in self.told[0].things)
        given = {name: self._of(value, "") if isinstance(value, Ref) else value for name, value in option.given.items()}
        return replace(option, subject=subject, given=given)

    def _of(self, ref: Ref, prefix: str) -> Ref:
        """What a reference means: a pronoun may mean the person or the ticket that was told of."""
        conditions = tuple(
            replace(one, ref=self._of(one.ref, "")) if one.ref is not None else one for one in ref.conditions
        )
        ref = replace(ref, conditions=conditions) if conditions else ref
        if ref.kind == "pronoun" and ref.text == "person" and self.person:
            return self._said(ref, self.person)
        the_one = ref.kind == "select" and ref.count == "one" and not ref.conditions and ref.noun == "ticket"
        if self.thing and prefix == "ticket" and (the_one or (ref.kind == "pronoun" and ref.text in IT)):
            return self._said(ref, self.thing)
        return ref

    @staticmethod
    def _said(ref: Ref, meant: Ref) -> Ref:
        return replace(meant, first=ref.first, behind=ref.behind)

    def _is_about(self, option: Option) -> bool:
        """Whether it is done to a ticket that was told of, if any was."""
        return all(ref.kind in CERTAIN and ref.text in self.things for ref in option.subject)
