"""Example sentences, made from the declarations: for each verb forms that `do` understands."""

from __future__ import annotations

from deskgraph.schema.english.groups import is_text, main_text, marks_of, names_of, title_of
from deskgraph.schema.fields import Choice, Field, Integer, Json
from deskgraph.schema.fields import Ref as RefInput
from deskgraph.schema.noun import Noun, by_prefix
from deskgraph.schema.verb import Verb, spoken


def examples(verb: type[Verb]) -> list[str]:
    """Sentences that do the verb: with what it needs, and with more of what it takes."""
    if verb.creates:
        return _creating(verb)
    subject = reference(verb.noun)
    if verb.partial:
        return [f"Set the {called(name, one)} of {subject} to {value(one)}" for name, one in verb.inputs.items()]
    start = f"{verb.name.capitalize()} {subject}"
    return list(
        dict.fromkeys([f"{start}{_needed(verb)}", f"{start}{''.join(_said(verb, name) for name in verb.inputs)}"])
    )


def example(verb: type[Verb]) -> str:
    """The example that says the most in one sentence."""
    made = examples(verb)
    return made[0] if verb.partial or verb.creates else made[-1]


def explain() -> dict[str, list[str]]:
    """The examples of every verb, by its key: `ticket.assign`."""
    return {key: examples(verb) for key, verb in spoken().items()}


def reference(noun: type[Noun]) -> str:
    """How one of the noun is called in examples."""
    title = title_of(noun)
    if "number" in noun.fields:
        return "#1042"
    if title:
        return noun.fields[title].example or f"the {noun.__name__.lower()} 'Name'"
    return f"{noun.prefix}_rV7yKdPm"


def called(name: str, declared: Field) -> str:
    """What a field is called in examples."""
    return names_of(declared)[0] if declared.name else name


def value(declared: Field) -> str:
    """A value of the field's kind."""
    if isinstance(declared, Choice):
        return list(declared.words.__members__)[-1].lower().replace("_", " ")
    if isinstance(declared, Integer):
        return str(max(declared.least, 2))
    if isinstance(declared, RefInput):
        noun = by_prefix(declared.prefix)
        assert noun is not None
        return reference(noun)
    text = declared.example or f"the {declared.name.replace('_', ' ')}"
    return f"'{text}'" if not isinstance(declared, Json) else f"'{declared.example or '{}'}'"


def _creating(verb: type[Verb]) -> list[str]:
    noun = verb.noun.__name__.lower()
    article = "an" if noun[0] in "aeio" else "a"
    start = f"Create {article} {noun}"
    title = title_of(verb.noun)
    titled = f" {value(verb.inputs[title])}" if title else ""
    others = [name for name in verb.inputs if name != title]
    needed = [name for name in others if verb.needs(verb.inputs[name])]
    more = {name: f" with {called(name, verb.inputs[name])} {value(verb.inputs[name])}" for name in others}
    shortest = f"{start}{titled}{' and'.join(more[name] for name in needed)}"
    return list(dict.fromkeys([shortest, f"{start}{titled}{' and'.join(more.values())}"]))


def _needed(verb: type[Verb]) -> str:
    return "".join(_said(verb, name) for name, declared in verb.inputs.items() if verb.needs(declared))


def _said(verb: type[Verb], name: str) -> str:
    """An input as it follows the verb: behind what introduces it, or with its name."""
    declared = verb.inputs[name]
    marks = marks_of(verb, name)
    if marks and (not is_text(declared) or name == main_text(verb)):
        return f" {marks[0]} {value(declared)}"
    return f" with {called(name, declared)} {value(declared)}"
