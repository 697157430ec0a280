"""What a row means: the input of an importing verb, with ids in place of e-mail addresses and domains."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from typing import Any

import orjson

from deskgraph.schema.errors import AmbiguousError, DeskError, InvalidInputError, NotFoundError
from deskgraph.schema.fields import Integer, Json, Ref
from deskgraph.schema.ids import BASE62, WELL_FORMED, check_id
from deskgraph.schema.noun import by_prefix
from deskgraph.schema.scalars import to_json
from deskgraph.schema.verb import Input, Verb

# What others may be called by, beside their ids.
CALLED = {"contact": "email", "user": "email", "organization": "domain"}
ID_LENGTH = 22
Call = tuple[str, str]
Known = dict[Call, list[str]]


class Reader:
    """Makes inputs of rows. The same file gives the same ids again, so that what is there already is found."""

    def __init__(self, verb: type[Verb], *, skip_unknown: bool = False) -> None:
        self.verb = verb
        self.skip_unknown = skip_unknown
        self._names = {spelled: name for name, one in verb.inputs.items() for spelled in (name, one.graphql)}
        self._seen: Counter[int] = Counter()

    def item(self, values: dict[str, Any], *, text: bool) -> dict[str, Any]:
        """The checked input by GraphQL's names, references as they are written. `text`: the values are CSV's.

        A DeskError says what is wrong with the row.
        """
        id_ = values.get("id")
        given = {self._names.get(name, name): value for name, value in values.items() if name != "id"}
        if self.skip_unknown:
            given = {name: value for name, value in given.items() if name in self.verb.inputs}
        if text:
            given = {name: self._parsed(name, value) for name, value in given.items()}
        called = {name: value for name, value in given.items() if self.calls(name, value)}
        checked = self.verb.check({**given, **dict.fromkeys(called, None)}) | called
        item = {self.verb.inputs[name].graphql: value for name, value in checked.items() if value is not None}
        made: dict[str, Any] = orjson.loads(to_json(item))  # moments as JSON has them
        prefix = self.verb.noun.prefix
        return {"id": self._made_id(values) if id_ is None else check_id(id_, prefix, "id"), **made}

    def calls(self, name: str, value: Any) -> Call | None:
        """The prefix and the word, where the value is no id but what another one may be called by."""
        declared = self.verb.inputs.get(name)
        if not isinstance(declared, Ref) or declared.prefix not in CALLED or not isinstance(value, str):
            return None
        return None if WELL_FORMED.fullmatch(value) or not value.strip() else (declared.prefix, value.strip())

    def _parsed(self, name: str, value: str) -> Any:
        declared: Input | None = self.verb.inputs.get(name)
        try:
            if isinstance(declared, Integer):
                return int(value)
            return orjson.loads(value) if isinstance(declared, Json) else value
        except ValueError:
            return value  # and its check says what it should be

    def _made_id(self, values: dict[str, Any]) -> str:
        """An id that follows from the row; of rows that are the same, from how many were before it."""
        row = orjson.dumps(values, option=orjson.OPT_SORT_KEYS)
        brief = int.from_bytes(hashlib.sha256(row).digest()[:8])
        self._seen[brief] += 1
        prefix = self.verb.noun.prefix
        number = int.from_bytes(hashlib.sha256(b"%d %s %s" % (self._seen[brief], prefix.encode(), row)).digest())
        letters = []
        for _ in range(ID_LENGTH):
            number, digit = divmod(number, len(BASE62))
            letters.append(BASE62[digit])
        return f"{prefix}_{''.join(letters)}"


def calls_of(reader: Reader, items: Iterable[dict[str, Any]]) -> set[Call]:
    """What the items call others by."""
    found = (reader.calls(name, item.get(one.graphql)) for item in items for name, one in reader.verb.inputs.items())
    return {call for call in found if call}


def resolved(reader: Reader, item: dict[str, Any], known: Known) -> dict[str, Any]:
    """The item with ids; NOT_FOUND where nobody is called so, AMBIGUOUS where several are."""
    made = dict(item)
    for name, one in reader.verb.inputs.items():
        if call := reader.calls(name, item.get(one.graphql)):
            made[one.graphql] = _only(call, known.get(call, []), one.graphql)
    return made


def _only(call: Call, ids: list[str], field: str) -> str:
    prefix, value = call
    what = f"{prefix} whose {CALLED[prefix]} is {value!r}"
    if not ids:
        raise NotFoundError(f"There is no {what}.", field=field)
    if len(ids) > 1:
        raise AmbiguousError(f"There are several of a {what}: {', '.join(ids)}. Give the id.", field=field)
    return ids[0]


def verb_for(name: str, verbs: Iterable[type[Verb]]) -> type[Verb]:
    """The importing verb of `tickets`, say; INVALID_INPUT names those there are."""
    importing = {verb.noun.plural: verb for verb in verbs if verb.name == "import"}
    if name not in importing:
        raise InvalidInputError(f"{', '.join(importing)} can be imported, not {name!r}: name it with --noun.")
    return importing[name]


def plural_of(prefix: str) -> str:
    """`contacts` of `contact`."""
    noun = by_prefix(prefix)
    assert noun
    return noun.plural


def reason(error: DeskError) -> dict[str, Any]:
    """What the report says of an error."""
    return {"code": error.code, "field": error.field, "message": error.message}
