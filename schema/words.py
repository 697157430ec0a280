"""English verb forms, for the names of hooks and events, and for sentences."""

from __future__ import annotations

VOWELS = "aeiou"
IRREGULAR = {
    "bring": "brought",
    "build": "built",
    "catch": "caught",
    "do": "done",
    "freeze": "frozen",
    "give": "given",
    "hold": "held",
    "let": "let",
    "make": "made",
    "put": "put",
    "resend": "resent",
    "reset": "reset",
    "send": "sent",
    "set": "set",
    "shut": "shut",
    "take": "taken",
    "write": "written",
    "get": "got",
    "leave": "left",
    "undo": "undone",
    "unfreeze": "unfrozen",
    "unhold": "unheld",
}
DOUBLING = {"allot", "commit", "refer", "reset", "submit", "transfer"}  # of several syllables, the last one stressed


def forms(phrase: str) -> tuple[str, str]:
    """The participle and the past of a verb and what belongs to it: hand over -> handing over, handed over."""
    verb, blank, rest = phrase.partition(" ")
    return f"{participle(verb)}{blank}{rest}", f"{IRREGULAR.get(verb) or past(verb)}{blank}{rest}"


def capitalized(name: str) -> str:
    """A name with a capital in front, as types have it: createTicket -> CreateTicket."""
    return f"{name[0].upper()}{name[1:]}"


def participle(verb: str) -> str:
    """The form that names a before-hook: create -> creating, stop -> stopping."""
    return _stem(verb) + "ing"


def past(verb: str) -> str:
    """The form of a regular verb that names events and after-hooks: assign -> assigned, reply -> replied."""
    if verb.endswith("y") and verb[-2] not in VOWELS:
        return verb[:-1] + "ied"
    return f"{verb}d" if verb.endswith("e") else f"{_stem(verb)}ed"


def _stem(verb: str) -> str:
    if verb.endswith("e") and not verb.endswith("ee"):
        return verb[:-1]
    return verb + verb[-1] if _doubles(verb) else verb


def _doubles(verb: str) -> bool:
    """Whether a short verb's last consonant doubles: ban, stop; not open, assign, hold."""
    if verb in DOUBLING:
        return True
    one_vowel = sum(letter in VOWELS for letter in verb) == 1
    return len(verb) >= 3 and one_vowel and verb[-2] in VOWELS and verb[-1] not in VOWELS + "wxy"
