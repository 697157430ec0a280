"""Quotation marks: what is inside of them is text, whatever it says.

A straight mark opens at the start of a word and closes at the end of one, and an apostrophe is no mark. Where several
marks might close a text, the first one counts that leaves the rest of the sentence with its quotes in order, so
`'the customers' portal is back'` is one text, and `'Ann said 'no' twice'` too. A backslash makes a mark a letter.
"""

from __future__ import annotations

import re

PAIRS = {'"': '"', "'": "'", "`": "`", "“": "”“", "„": "“”", "‘": "’", "‚": "‘’", "«": "»", "‹": "›", "”": "”"}
CLOSED_BY = {mark: [opening for opening, marks in PAIRS.items() if mark in marks] for mark in "".join(PAIRS.values())}
OPENING_PUNCTUATION = "([{<=:,;-—–/"
ESCAPED = re.compile(r"""\\(["'`\\“”‘’])""")


def quoted_parts(text: str) -> dict[int, int]:
    """Where each quoted part starts, and where its closing mark is; -1 where it is never closed."""
    closing = _closings(text)
    parts: dict[int, int] = {}
    place = 0
    while place < len(text):
        if place not in closing:
            place += 1
            continue
        parts[place] = closing[place]
        if closing[place] < 0:
            break
        place = closing[place] + 1
    return parts


def content(quoted: str) -> str:
    """The text between the marks."""
    return ESCAPED.sub(r"\1", quoted[1:-1])


def opens(text: str, place: int) -> bool:
    """Whether a quotation mark there opens a quoted part, if nothing quoted is open yet."""
    before = text[place - 1] if place else " "
    return text[place] in PAIRS and (before.isspace() or before in OPENING_PUNCTUATION or before in PAIRS)


def _closes(text: str, place: int, opening: str) -> bool:
    """Whether the mark there may close a part that `opening` opened."""
    if text[place] not in PAIRS[opening] or text[place - 1 : place] == "\\":
        return False
    after = text[place + 1 : place + 2]
    return not (after.isalnum() or after == "_")


def _closings(text: str) -> dict[int, int]:
    """For each mark that would open a part, where that would be closed: read once, from the end to the start."""
    closing: dict[int, int] = {}
    nearest = dict.fromkeys(PAIRS, -1)
    nearest_fine = dict.fromkeys(PAIRS, -1)
    fine = True  # whether the quotes behind this place are in order, if nothing is open there
    for place in range(len(text) - 1, -1, -1):
        closed = [opening for opening in CLOSED_BY.get(text[place], ()) if _closes(text, place, opening)]
        behind = fine
        if opens(text, place):
            found = nearest_fine[text[place]]
            fine = found >= 0
            closing[place] = found if fine else nearest[text[place]]
        else:
            fine = behind and not _stray(text, place)
        for opening in closed:
            nearest[opening] = place
            nearest_fine[opening] = place if behind else nearest_fine[opening]
    return closing


def _stray(text: str, place: int) -> bool:
    """Whether a mark there, outside of quotes, is none that prose has: no apostrophe, no plural's possessive."""
    letter = text[place]
    if letter in "'’‘":
        before, after = text[max(place - 1, 0) : place], text[place + 1 : place + 3]
        inside = before.isalnum() and after[:1].isalnum()
        possessive = before in ("s", "x", "z") and after[:1].isspace() and after[1:].isalnum()
        return not (inside or possessive)
    return letter in '"“”`«»‹›'
