"""The vocabulary of a set of declarations: every word and phrase that means something, with all that it may mean."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from deskgraph.schema.english import lexicon
from deskgraph.schema.english.adjectives import adjectives_of
from deskgraph.schema.english.groups import (
    Group,
    bases,
    choices,
    extremes,
    gerunds,
    groups,
    is_text,
    main_text,
    marks_of,
    named_nouns,
    names_of,
    noun_words,
    pasts,
    plural_of,
    set_by_verbs,
)
from deskgraph.schema.english.idioms import Idiom, idioms_of, literal
from deskgraph.schema.english.statements import reportable
from deskgraph.schema.fields import Field, Ref
from deskgraph.schema.noun import Entity
from deskgraph.schema.verb import Verb, spoken_of

SHORT = {"name", "email", "phone", "domain", "type", "url"}
OWNERS = ("of", "from", "for", "at", "by", "in", "on", "to")
CLOSING = ("for", "from")
NARROW = ("of", "from", "for", "at", "by", "on")
WHICH = "which "
RESERVED = {
    "negations": "negation",
    "exceptions": "exception",
    "conditions": "condition",
    "schedules": "schedule",
    "alternatives": "alternative",
}


Phrase = lexicon.Phrase


@dataclass(frozen=True, slots=True)
class Sense:
    """One thing that a phrase may mean: the grammar's terminal, what it stands for, and what choosing it costs."""

    terminal: str
    meaning: Any = None
    cost: float = 0.0


@dataclass
class Vocabulary:
    """Phrases by their first word, longest first; `words` is every word that occurs in one."""

    groups: list[Group]
    idioms: list[Idiom]
    phrases: dict[str, dict[Phrase, list[Sense]]] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)
    commands: set[Phrase] = field(default_factory=set)
    reserved: dict[Phrase, str] = field(default_factory=dict)

    def add(self, phrase: str | Phrase, sense: Sense) -> None:
        """One more meaning of a phrase."""
        words = lexicon.spelled(phrase) if isinstance(phrase, str) else phrase
        senses = self.phrases.setdefault(words[0], {}).setdefault(words, [])
        known = [one for one in senses if (one.terminal, one.meaning) == (sense.terminal, sense.meaning)]
        if not known:
            senses.append(sense)
        elif sense.cost < known[0].cost:
            senses[senses.index(known[0])] = sense
        self.words.update(word for word in words if word.isalpha())

    def add_all(self, phrases: Iterable[str | Phrase], terminal: str, meaning: Any = None, cost: float = 0.0) -> None:
        """The same meaning for several phrases."""
        for phrase in phrases:
            self.add(phrase, Sense(terminal, meaning, cost))


def build() -> Vocabulary:
    """The vocabulary of all verbs and nouns as they are declared now."""
    made = groups()
    vocabulary = Vocabulary(made, idioms_of(made))
    _functions(vocabulary)
    for group in made:
        _verbs(vocabulary, group)
        _inputs(vocabulary, group)
    for idiom in vocabulary.idioms:
        for part in idiom.literals():
            vocabulary.add_all(lexicon.phrases(part), literal(part), part)
    for noun in spoken_of():
        _noun(vocabulary, noun)
    _adjectives(vocabulary)
    _edges(vocabulary)
    _commands(vocabulary)
    return vocabulary


def _functions(vocabulary: Vocabulary) -> None:
    """The words that the lexicon lists."""
    add = vocabulary.add_all
    listed = lexicon.listed
    add(listed("leads"), "LEAD", "lead")
    add(listed("told"), "LEAD", "lead")
    add(listed("asks"), "LEAD", "ask")
    add(listed("gerund_leads"), "GLEAD", "ask")
    add(listed("wants"), "WANT", "want", 0.2)
    add(listed("passives"), "BE")
    add(listed("passives of all"), "BEALL")
    add(["needs", "need", "requires", "require"], "NEEDING")
    add(listed("having"), "HAVING")
    add(listed("states"), "STATES", None, 1.0)
    add(listed("i have"), "HAVE")
    add(listed("has been"), "HASBEEN", None, 0.5)
    add(listed("newcomers"), "NEWF")
    add(listed("has new"), "HASNEW")
    add(listed("lacks"), "LACKS", "for")
    add(["that", "which", "who", "whom"], "THATF")
    add(["has", "have", "got"], "RELV", "of")
    add(listed("indefinite"), "DETI")
    add(listed("wished"), "TOBE")
    add(listed("modals"), "CAN", "ask")
    add(listed("bare_be"), "BB")
    add(listed("fillers"), "FILL", "fill", 0.1)
    add(listed("polite_ends"), "FILLP", "fill")
    add(listed("noise"), "NOISE", "noise", 0.1)
    add(listed("describing"), "DESCRIBING", "noise", 0.1)
    add([",", "(", "-", "–", "—", ";"], "NOISE", "noise", 0.15)
    add([":"], "NOISE", "noise", 0.6)
    add(["=", "->", "=>"], "NOISE", "noise", 0.3)
    add(["("], "LPAR", None, 0.1)
    add([")"], "RPAR")
    add([")", "]", ">"], "FILL", "fill")
    add([")", "]"], "FILLP", "fill")
    add(["[", "<"], "NOISE", "noise", 0.1)
    add(listed("equals"), "EQ")
    add(["of", "is", "are", "was", "were"], "EQ", None, 0.4)
    add(["to", ":", "=", "->", "→", *listed("to read")], "EQT")
    add(["is", "is now"], "IS")
    add(listed("is now"), "ISNOW")
    add(["about", "regarding", "titled", "called", "named"], "PREPQ", "about")
    add(listed("determiners"), "DET")
    add(listed("these"), "DETC", "")
    add(listed("all"), "ALL")
    add(listed("all_of_one"), "ALLOF")
    add(listed("everything"), "EVERYTHING")
    add(listed("both"), "BOTH")
    add(listed("newest"), "SUPER", "newest")
    add(listed("oldest"), "SUPER", "oldest")
    add(listed("nulls"), "NULL")
    add(listed("it"), "PRON", "it")
    add(listed("them"), "PRON", "them")
    add(["both"], "PRON", "both", 0.5)
    add(listed("there"), "THERE", "it")
    add(listed("person"), "PRON", "person")
    add(listed("his"), "HIS", "person")
    add(["its"], "HIS", "it")
    add(listed("me"), "ME")
    add(listed("my"), "MY")
    add(listed("numbered"), "NUMW")
    add([":"], "COLON", None, 0.3)
    add(["=", "->", "=>"], "PREP", "=", 0.2)
    add(["to say", "to read"], "PREP", "to")
    add(listed("through"), "RANGE", None, 0.1)
    add(["from", "between"], "RANGEFROM")
    for word in OWNERS:
        vocabulary.add(word, Sense("PREP", word))
    for word in NARROW:
        vocabulary.add(word, Sense("PREPM", word))
    add(listed("clearing"), "CLEAR")
    add(["set", "make", "name", "put", "add", "appoint"], "VSET")
    for phrase in listed("why first"):
        add([phrase], "WHY", " ".join(phrase), 0.5)
    add([",", ":", "-", "–", "—", "so", ", so", "therefore"], "WHYSEP", None, 0.2)
    add(listed("topics"), "TOPIC")
    add([":", ",", "-", "–", "—", "->", "=>", "→"], "TOPSEP", None, 0.2)
    for phrase in listed("having it"):
        add([phrase], "WITHA", " ".join(phrase))
    add(["as", "as the", "as a", "as an"], "ASF")
    add(["'s"], "POSS", "'s")
    add(["'s"], "POSSF", "'s")
    add(["its"], "HISF", "it")
    add(["my"], "HISF", "me")
    add(["his", "her", "their"], "HISF", "person")
    add(["their"], "HISF", "them")
    add(listed("that are"), "THATARE")
    for name, kind in RESERVED.items():
        vocabulary.reserved |= dict.fromkeys(listed(name), kind)


def _verbs(vocabulary: Vocabulary, group: Group) -> None:
    """A group's verb in its three forms, and as programs write it: resolveTicket, ticket.resolve."""
    name = group.name.upper()
    own = [group.name, *({verb.past for verb in group.verbs})]
    for phrase in bases(group):
        dear = 0.08 if group.noun else 0.05  # "make user Ivo an admin" is no creating
        vocabulary.add(phrase, Sense(f"V_{name}", group.name, 0.0 if phrase in own else dear))
    vocabulary.add_all(pasts(group), f"P_{group.key}", group.name)
    vocabulary.add_all(pasts(group) if reportable(group) else [], f"DID_{group.key}", group.name, 0.5)
    vocabulary.add_all(gerunds(group), f"G_{name}", group.name)
    for verb in group.verbs:
        if not verb.creates:
            vocabulary.add_all([verb.mutation().lower(), verb.key()], f"V_{name}", group.name)
        else:
            vocabulary.add_all([verb.mutation().lower(), verb.key()], f"VH_{group.key}", (verb.noun.prefix, {}))


def _inputs(vocabulary: Vocabulary, group: Group) -> None:
    """The names of a group's inputs, what introduces them, and the words for the values of its choices."""
    for name, several in group.inputs().items():
        for declared in several:
            _field(vocabulary, group, name, declared)
            _choices(vocabulary, name, declared, [verb.noun.__name__.lower() for verb in group.verbs if group.partial])
            if declared.unnamed is not None:
                vocabulary.add_all(lexicon.listed("anyone"), "ANYONE", "anyone")
    if group.partial:
        for noun in {verb.noun for verb in group.verbs}:
            for name in [*set_by_verbs(noun), *(["status"] if "status" in noun.fields else [])]:
                fields = noun.fields.values()
                known = next(one for one in fields if name in (one.name, getattr(one, "given_as", "")))
                _field(vocabulary, group, name, known)
        vocabulary.add_all(["to", "as", "into", ":", "=", "to say", "to read"], f"T_{group.key}", "to")
    for verb in group.verbs:
        for name in verb.inputs:
            _marks(vocabulary, group, verb, name)


def _field(vocabulary: Vocabulary, group: Group, name: str, declared: Field) -> None:
    """What a field is called: before its value, by itself, and before a text without quotes."""
    for rank, phrase in enumerate([name.replace("_", " "), *names_of(declared)]):
        cost = 0.03 * min(rank, 1)
        vocabulary.add_all([f"new {phrase}"], "FIELDO", name, cost + 0.05)
        vocabulary.add_all([f"new {phrase}"], "FIELDN", name, cost)
        vocabulary.add(phrase, Sense("FIELD", name, cost))
        vocabulary.add(phrase, Sense("FIELDO", name, cost + 0.05))
        vocabulary.add(phrase, Sense(f"FC_{group.key}", name, cost))
        if is_text(declared) and name not in SHORT:
            vocabulary.add(phrase, Sense(f"FT_{group.key}", name, cost))


def _choices(vocabulary: Vocabulary, name: str, declared: Field, named: list[str]) -> None:
    """The words for a choice's values, alone, with the field's name or the noun's: "high", "high priority ticket"."""
    for phrase, word in {**choices(declared), **extremes(declared)}.items():
        if "," not in word:
            both = [way for called in names_of(declared) for way in (f"{phrase} {called}", f"{called} {phrase}")]
            nouns = [f"{way} {noun}" for way in (phrase, *both) for noun in (*named, "one")]
            vocabulary.add_all([phrase, *both, *nouns], "CHOICE", (name, word))
            for terminal in ("CHOICEC", "CHOICEN"):  # with its name it ends a text without quotes
                vocabulary.add_all(both, terminal, (name, word))


def _marks(vocabulary: Vocabulary, group: Group, verb: type[Verb], name: str) -> None:
    """What introduces an input's value without its name."""
    main = name == main_text(verb)
    for text in marks_of(verb, name):
        phrase = tuple(text.split(" "))
        vocabulary.add(phrase, Sense("PREP", text))
        if choices(verb.inputs[name]) and (text.startswith("via") or len(phrase) > 2):
            vocabulary.add(phrase, Sense("PREPV", text))
        if is_text(verb.inputs[name]) and name not in SHORT:
            further = [phrase, *([(*phrase, "that")] if phrase[-1].endswith("ing") else [])]
            shared = any(text in marks_of(verb, other) for other in verb.inputs if isinstance(verb.inputs[other], Ref))
            for terminal in (f"T_{group.key}", "T_ANY"):
                vocabulary.add_all(further, terminal, text, 0.6 if shared else 0.0)
        elif group.noun and isinstance(verb.inputs[name], Ref) and (len(phrase) > 1 or text in CLOSING):
            vocabulary.add(phrase, Sense("PREPC", text, 0.05))
    if main and ":" in marks_of(verb, name):
        for terminal in (f"T_{group.key}", "T_ANY", "PREP"):
            vocabulary.add_all(["-", "–", "—", "--", "(", "["], terminal, ":", 0.3)
        vocabulary.add(",", Sense("COMMAT", ":", 1.5))


def _noun(vocabulary: Vocabulary, noun: type[Entity]) -> None:
    """What a noun is called, alone and before an id, a number or a name."""
    for rank, (one, several) in enumerate(noun_words(noun)):
        cost = 0.02 * min(rank, 2)
        for terminal in ("N", "NB", "NP"):
            vocabulary.add(one, Sense(terminal, noun.prefix, cost))
        vocabulary.add(one, Sense("NBB", noun.prefix, cost + 1.0))
        if noun in named_nouns():
            vocabulary.add(one, Sense("NN", noun.prefix, cost))
            vocabulary.add(several, Sense("NN", noun.prefix, cost + 0.1))
            vocabulary.add(one, Sense("NNP", noun.prefix, cost + 0.1))
        vocabulary.add(one, Sense(f"H_{noun.prefix.upper()}", (noun.prefix, {}), cost))
        vocabulary.add(one, Sense(f"HH_{noun.prefix.upper()}", (noun.prefix, {}), cost + 1.5))
        vocabulary.add(several, Sense("NS", noun.prefix, cost))
        among = lexicon.phrases(f"(to|into|in|among) (the|our|my|) (list of|) {several}")
        vocabulary.add_all(among, f"AMONG_{noun.prefix.upper()}", (noun.prefix, {}), 0.1)
        vocabulary.add(several, Sense(f"HS_{noun.prefix.upper()}", (noun.prefix, {}), cost))
        vocabulary.add(several, Sense("NSP", noun.prefix, cost + 0.1))
        vocabulary.add(several, Sense("N", noun.prefix, cost + 0.1))
    roles = {name: choices(one) for name, one in noun.fields.items() if "as" in lexicon.marks(one.marks)}
    for name, words in roles.items():
        for phrase, word in words.items():
            vocabulary.add(phrase, Sense(f"H_{noun.prefix.upper()}", (noun.prefix, {name: word}), 0.1))
    for phrase, given in noun.kinds.items():
        vocabulary.add(phrase, Sense(f"H_{noun.prefix.upper()}", (noun.prefix, given), 0.05))
        meaning = ":".join([noun.prefix, *(part for pair in given.items() for part in pair)])
        vocabulary.add(phrase, Sense("NB", meaning, 0.1))
        vocabulary.add(phrase, Sense("N", noun.prefix, 0.1))
        vocabulary.add(plural_of(phrase)[1], Sense("NS", meaning, 0.1))
        if " " in phrase:
            vocabulary.add(f"{phrase} {noun.prefix}", Sense(f"H_{noun.prefix.upper()}", (noun.prefix, given), 0.05))


def _adjectives(vocabulary: Vocabulary) -> None:
    """What one of a noun may be: its choices' words, the states that verbs lead to, and having nothing of an edge."""
    for noun in spoken_of():
        for phrase, condition in adjectives_of(noun, vocabulary.groups):
            for words in lexicon.phrases(phrase):
                vocabulary.add(words, Sense("ADJ", None))
                _merge(vocabulary, words, noun, condition)


def _merge(vocabulary: Vocabulary, words: Phrase, noun: type[Entity], condition: tuple[str, tuple[str, ...]]) -> None:
    """One adjective may fit several nouns: its meaning says which condition it is for which."""
    senses = vocabulary.phrases[words[0]][words]
    known = next((sense for sense in senses if sense.terminal == "ADJ" and sense.meaning), None)
    meaning = {**(known.meaning if known else {})}
    meaning.setdefault(noun.prefix, condition)
    rest = [sense for sense in senses if sense.terminal not in ("ADJ", "ADJQ")]
    vocabulary.phrases[words[0]][words] = [*rest, Sense("ADJ", meaning), Sense("ADJQ", meaning, 0.2)]


def _edges(vocabulary: Vocabulary) -> None:
    """What leads from a noun to another one: "assigned to", "raised by"."""
    for noun in spoken_of():
        for one in noun.ones():
            marks = lexicon.marks(one.marks)
            does = [text.removesuffix(" by") for text in marks if text.endswith(" by")]
            did = [way for text in does for way in (text, f"has {text}", f"have {text}")]
            vocabulary.add_all([*did, *lexicon.phrases(one.does)] if one.does else [], "RELV", marks[-1])
            for text in marks:
                vocabulary.add(text, Sense("PREP", text))
                if " " in text:
                    vocabulary.add(text, Sense("PREPM", text))
                    ways = lexicon.phrases(f"((which|that) (is|are|was|were) (currently|)|currently) {text}")
                    vocabulary.add_all(ways, "PREPW", f"{WHICH}{text}")


def _commands(vocabulary: Vocabulary) -> None:
    """What the first words of a command may be: behind "then" they end a text."""
    for phrases in vocabulary.phrases.values():
        for phrase, senses in phrases.items():
            if any(sense.terminal.startswith(("V_", "VH_")) for sense in senses):
                vocabulary.commands.add(phrase)
    for idiom in vocabulary.idioms:
        if idiom.starts:
            vocabulary.commands |= set(lexicon.phrases(idiom.starts))
