"""The grammar of sentences, generated from the declarations in Lark's notation.

It is LALR(1) over what words may mean, with a terminal a meaning: `V_RESOLVE` is any word for resolving, `T_RESOLVE`
any word that introduces its text, `H_TICKET` the head of what is created. A word with several meanings has several
terminals, and `reader` follows all of them. What hangs on the verb is generated: its forms, and its `tail`, a text
without quotes, which goes on to the end of the step but for `closers`. The rest is in sentence.lark.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from deskgraph.schema.english.groups import Group, choices, groups, is_text, main_text, marks_of, title_of
from deskgraph.schema.english.idioms import Idiom, literal
from deskgraph.schema.english.statements import claim_rules, said_rules
from deskgraph.schema.english.vocabulary import SHORT, Vocabulary
from deskgraph.schema.fields import Ref

OWNED = ["FIELDO PREPM np", "DET FIELDO PREPM np", "single POSSF FIELDO", "HISF FIELDO"]


@cache
def fixed() -> str:
    """The rules that hang on no declaration."""
    text = (files(__package__) / "sentence.lark").read_text(encoding="utf-8")
    return "\n".join(line for line in text.splitlines() if not line.startswith("//"))


def grammar(vocabulary: Vocabulary) -> str:
    """The text of the grammar; all of its terminals are declared, for tokens are made by `reader`."""
    made = vocabulary.groups
    plain = [group for group in made if not group.noun]
    bodies = [line for group in made for line in _bodies(group)]
    bodies += ["compound -> finished", "compound tail_any -> finished"]
    rules = [fixed(), *(_tail(group) for group in made)]
    rules += [_rule(f"cmd_{group.key.lower()}", _commands(group, vocabulary)) for group in made]
    rules.append(_rule("verb", [f"V_{group.key}" for group in plain]))
    rules.append(_rule("further", [f"cmd_{group.key.lower()} ANDP -> further" for group in plain]))
    rules += [_rule("said", _said(made)), _rule("body", [*bodies, "said -> statement"])]
    text = "\n".join(rules)
    declared = sorted({word for word in text.replace("|", " ").replace(":", " ").split() if word.isupper()})
    return f"%declare {' '.join(declared)}\n{text}\n"


def _rule(name: str, alternatives: list[str]) -> str:
    return f"{name}: " + "\n  | ".join(dict.fromkeys(alternatives))


def _tail(group: Group) -> str:
    """A text without quotes that ends a group's command, and what may yet follow it."""
    key, name = group.key, group.key.lower()
    tails = [f"T_{key} run -> tail_marked"] if has_marks(group) else []
    titled = group.noun and main_text(group.verbs[0]) == title_of(group.noun)
    tails += ["COMMAT crun -> tail_marked"] if tails and not titled else []
    texts = [name for name, several in group.inputs().items() if is_text(several[0]) and name not in SHORT]
    tails += [f"FT_{key} run -> tail_named", f"FT_{key} EQ run -> tail_named"] if texts else []
    tails += ["brun -> tail_bare"] if takes_bare_text(group) else []
    if not tails:
        return ""
    return "\n".join(
        [
            _rule(
                f"tail_{name}", [way for tail in tails for way in (tail, tail.replace(" ->", f" closers_{name} ->"))]
            ),
            _rule(f"closers_{name}", [f"closer_{name} -> items", f"closers_{name} closer_{name} -> items_more"]),
            _rule(f"closer_{name}", _closers(group, texts)),
        ]
    )


def _closers(group: Group, texts: list[str]) -> list[str]:
    """What may follow a text without quotes and yet be no part of it: politeness, and values that can't be mistaken."""
    key = group.key
    found = ["FILLP -> fill"]
    if texts:
        found += [
            "NOISE -> noise",
            *(["DESCRIBING -> noise"] if group.noun else []),
            f"FT_{key} run -> tail_named",
            f"FT_{key} EQ run -> tail_named",
        ]
    others = [one for several in group.inputs().values() for one in several if not is_text(one)]
    if group.noun or group.partial:
        values = ["refs", *(["CHOICE"] if any(choices(one) for one in others) else [])]
        ways = [(f"FC_{key} {middle}{value}", value) for value in values for middle in ("", "EQ ")]
        found += [f"{way} -> {'named_value' if value == 'refs' else 'named_choice'}" for way, value in ways]
    if any(choices(one) for one in others) and not group.partial:
        found += ["CHOICEC -> chosen", "PREPV CHOICE -> marked_choice", "PREP CHOICEN -> marked_choice"]
    if group.noun and any(isinstance(one, Ref) for one in others):
        found += ["PREPC cref -> marked", "PREPC ANYONE -> marked_anyone"]
    return found


def has_marks(group: Group) -> bool:
    """Whether a text of the group may be introduced without its name."""
    return group.partial or any(marks_of(verb, main) for verb in group.verbs if (main := main_text(verb)))


def takes_bare_text(group: Group) -> bool:
    """Whether the group needs a text so much that one may follow with no introduction at all."""
    mains = [(verb, main_text(verb)) for verb in group.verbs if not verb.partial]
    return any(main and main not in SHORT and (verb.needs(verb.inputs[main]) or verb.creates) for verb, main in mains)


def _bodies(group: Group) -> list[str]:
    """A group's command as a step, with a text or without."""
    name = group.key.lower()
    ends = [f"cmd_{name} -> finished", *([f"cmd_{name} tail_{name} -> finished"] if _tail(group) else [])]
    return [*ends, *(_sets(group) if group.partial else []), *(_many(group) if group.noun else [])]


def _many(group: Group) -> list[str]:
    """Creating several at once: "create contacts Ann Archer and Ben Okoro at Acme"."""
    start = f"V_{group.name.upper()} HS_{group.noun.prefix.upper() if group.noun else ''}"
    ways = [f"{start} {middle}refs{end}" for middle in ("", "COLON ") for end in ("", " PREP refs")]
    return [f"{way} -> many_{group.key.lower()}" for way in ways]


def _commands(group: Group, vocabulary: Vocabulary) -> list[str]:
    """How a group's command begins, and that each item goes on with it, so that what does not fit ends a reading."""
    name = group.key.lower()
    starts = _acts(group)
    if group.noun:
        headed = [
            f"{before}HH_{group.noun.prefix.upper()} -> head_{name}" for before in ("", "DETI ", "adjs ", "DETI adjs ")
        ]
        made = [f"cmd_{name} BE P_{group.key} -> created", f"cmd_{name} BB P_{group.key} -> created"]
        starts = [*(f"{start} -> make_{name}" for start in _makes(group)), *headed, *made]
    idioms = [
        line for number, idiom in enumerate(vocabulary.idioms) for line in _idiom(number, idiom) if idiom.group == group
    ]
    described = [f"cmd_{name} DESCRIBING -> described"] if group.noun else []
    return [*starts, *idioms, *described, f"cmd_{name} item -> taken"]


def _makes(group: Group) -> list[str]:
    """Creating: the verb and the head of what is created; or somebody "as a contact"."""
    name, head = group.name.upper(), f"H_{group.noun.prefix.upper() if group.noun else ''}"
    heads = [head, f"adjs {head}", *(f"{det} {way}{head}" for det in ("DET", "DETI") for way in ("", "adjs "))]
    starts = [f"{verb} {way}" for verb in (f"V_{name}", f"GLEAD G_{name}") for way in heads]
    if group.noun and group.noun.kinds:
        starts += [f"V_{name} PREP refs {det} {head}" for det in ("DET", "DETI")]
        starts += [f"V_{name} {way} {head}" for way in ("name", "DETI name", "QUOTED", "DETI QUOTED")]
    starts += (
        [f"V_{name} QUOTED PREP refs ASF {way}{head}" for way in ("", "DETI ")]
        if group.noun and group.noun.kinds
        else []
    )
    prefix = group.noun.prefix.upper() if group.noun else ""
    as_one = [f"ASF {head}", f"ASF DETI {head}", f"AMONG_{prefix}"]
    starts += [f"{way} {what}" for way in (f"V_{name} np", f"subject P_{group.key}") for what in as_one]
    starts += [f"np NEWF {head}", f"np LACKS {head}", f"np LACKS adjs {head}"]
    starts += [f"WANT {det}HH_{prefix} {be}P_{group.key}" for det in ("", "DETI ") for be in ("", "TOBE ")]
    return [*starts, f"VH_{group.key}", *(f"CAN {det}HH_{prefix} BB P_{group.key}" for det in ("", "DETI "))]


def _acts(group: Group) -> list[str]:
    """Resolve; would you mind resolving; it should be resolved; mark it as resolved."""
    name, key = group.name.upper(), group.key.lower()
    starts = [f"V_{name} -> act_{key}", f"GLEAD G_{name} -> act_{key}"]
    starts += [f"subject P_{group.key} -> done_{key}", f"further P_{group.key} -> done_{key}"]
    starts += [] if group.partial or group.noun else [*(f"refs {way}V_{name} -> last_{key}" for way in ("", "leads "))]
    starts += [] if group.partial or group.noun else [f"needing G_{name} -> done_{key}"]
    if not group.partial:
        starts += [f"{det}FIELDO PREPM np BE P_{group.key} -> status_{key}" for det in ("", "DET ")]
        starts += [f"FIELDO {eq}P_{group.key} -> being_{key}" for eq in ("", "EQ ")]
    return [
        *starts,
        *claim_rules(group),
        *(
            f"cmd_{other.key.lower()} P_{group.key} -> state_{key}"
            for other in partial_groups()
            if other.key != group.key
        ),
    ]


def partial_groups() -> list[Group]:
    """The groups that set fields one by one."""
    return [group for group in groups() if group.partial]


def _sets(group: Group) -> list[str]:
    """The further forms of setting fields: "it should be urgent", "the priority of it should be high"."""
    key = group.key
    found = [f"np HAVING {way}CHOICE -> be_{key.lower()}" for way in ("", "DET ", "DETI ")]
    found += [
        f"np HAVING {way}FIELDO {value} -> field_be_{key.lower()}"
        for way in ("", "DET ", "DETI ")
        for value in ("refs", "EQ refs", "EQ CHOICE")
    ]
    found += [
        "CHOICE PREP refs -> stated_of",
        "CHOICE FILL PREP refs -> stated_of",
        "np CHOICE -> stated",
        "np CHOICE FILL -> stated_politely",
        "np FIELDO EQ refs -> stated",
        "np FIELDO EQ CHOICE -> stated",
    ]
    found += [
        f"{way} {value} -> just_{key.lower()}"
        for way in ("FIELDO EQ", "FIELDO BE", "DET FIELDO BE")
        for value in ("refs", "CHOICE")
    ]
    found += [f"{det}FIELDO BE CHOICE PREP refs -> just_of" for det in ("", "DET ")]
    found += [f"V_CREATE PREP refs {way}FIELD refs -> add_field" for way in ("", "DET ", "DETI ")]
    found += ["V_CREATE FIELD refs PREP refs -> add_field", "V_CREATE DET FIELD refs PREP refs -> add_field"]
    subjects = OWNED
    found += [
        f"{owner} {middle} {value} -> field_be_{key.lower()}"
        for owner in ("single POSSF", "HISF")
        for middle in ("FIELDN IS", "FIELDO ISNOW")
        for value in ("refs", "CHOICE")
    ]
    found += [f"HISF FIELDO P_{key} EQ {value} -> field_be_{key.lower()}" for value in ("refs", "CHOICE")]
    found += [
        f"np {wants} HISF FIELDO P_{key} EQ {value} -> needs_{key.lower()}"
        for wants in ("BE", "HAVING")
        for value in ("refs", "CHOICE")
    ]
    wanted = ["WANT np", "WANT np TOBE"]
    found += [f"{want} {way}CHOICE -> be_{key.lower()}" for want in wanted for way in ("", "DET ", "DETI ")]
    found += [
        f"WANT {subject} {tobe}P_{key} EQ {value} -> field_be_{key.lower()}"
        for subject in subjects
        for tobe in ("", "TOBE ")
        for value in ("refs", "CHOICE")
    ]
    found += [
        f"WANT {subject} TOBE {value} -> field_be_{key.lower()}"
        for subject in subjects[:3]
        for value in ("refs", "CHOICE")
    ]
    found += [f"V_CREATE {det}FIELDO PREP refs EQT textual -> add_text" for det in ("", "DET ", "DETI ")]
    found += [f"VSET refs {way}FIELDO PREPM np -> set_as" for way in ("ASF ", "DET ", "DETI ")]
    found += [f"np BE {det}FIELDO PREPM np -> be_what" for det in ("", "DET ")]
    found += [f"CLEAR {subject} -> clear_field" for subject in subjects]
    for subject in subjects:
        for verb, text in (("BE", "refs"), ("EQT", "textual"), (f"BE P_{key} EQ", "refs")):
            found += [f"{subject} {verb} {value} -> field_be_{key.lower()}" for value in (text, "CHOICE")]
        asked = [f"CAN {subject} BB P_{key} EQ {value}" for value in ("refs", "CHOICE")]
        found += [f"{way} -> field_be_{key.lower()}" for way in asked]
    return found


def _said(made: list[Group]) -> list[str]:
    """What is said to be so, and politeness behind it."""
    fields = [line for group in made if group.partial for line in said_rules(group.key.lower(), OWNED)]
    return [*fields, "said FILL -> statement"]


def _idiom(number: int, idiom: Idiom) -> list[str]:
    """One idiom; what describes its last slot further is among the items that follow."""
    words = [{"{np}": "np", "{text}": "textual", "{quote}": "quote"}.get(part) or literal(part) for part in idiom.parts]
    words[-1] = "refs" if words[-1] == "np" else words[-1]
    return [f"{' '.join(words)} -> idiom_{number}"]
