"""The vocabulary in which nouns and verbs are declared: properties, edges and derived fields.

A field knows its name in Python (snake_case), in GraphQL and in the graph (camelCase), how a value is checked, and what
Cypher reads it. Everything else (types, filters, orders, inputs, the SDK) follows from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any, Self

import orjson
from strawberry.scalars import JSON
from strawberry.utils.str_converters import to_camel_case

from deskgraph.schema.errors import InvalidInputError
from deskgraph.schema.ids import check_id
from deskgraph.schema.scalars import MAX_LONG, DateTime, Long, Words, parse_datetime

ARROW = re.compile(r"(?:<-\[:([A-Z_]+)\]-|-\[:([A-Z_]+)\]->)")


camel_case = cache(to_camel_case)


def _either(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|") if part.strip())


class Field:
    """What every field has: a name and a description.

    In sentences it is known by its name and by `aliases`, its value may follow one of `marks`, and where no particular
    one is named ("the least busy") the inputs `unnamed` are given instead. `words_for` has more words for a choice's.
    `implied`: where no reference at all is given, what was mentioned before is meant. `looks`: a pattern by which
    a value is known without a name. `does`: what somebody at the other end of an edge does: "owns", "works on".
    """

    name: str
    aliases: tuple[str, ...] = ()
    marks: str = ""
    words_for: dict[str, str] = {}  # noqa: RUF012 - never changed, only replaced
    unnamed: dict[str, Any] | None = None
    example: str = ""
    implied: bool = False
    looks: str = ""
    does: str = ""

    def __init__(self, doc: str) -> None:
        self.doc = doc

    def __set_name__(self, _owner: type, name: str) -> None:
        self.name = name

    def named(self, name: str) -> Self:
        """The field with a name, where it is no attribute of a class."""
        self.name = name
        return self

    def said(
        self,
        aliases: str = "",
        *,
        marks: str = "",
        words: dict[str, str] | None = None,
        unnamed: dict[str, Any] | None = None,
        example: str = "",
        implied: bool = False,
        looks: str = "",
        does: str = "",
    ) -> Self:
        """The field with what English sentences say of it; `|` separates alternatives (schema/english/lexicon.py)."""
        self.aliases, self.marks = _either(aliases), marks
        self.words_for, self.unnamed, self.example, self.implied = words or {}, unnamed, example, implied
        self.looks, self.does = looks, does
        return self

    def said_as(self, other: Field) -> Self:
        """The field, known in sentences as another one is."""
        self.aliases, self.marks, self.example = other.aliases, other.marks, other.example
        self.implied, self.looks = other.implied, other.looks
        return self

    @property
    def graphql(self) -> str:
        """The field's name in GraphQL, which is also the property's name in the graph."""
        return camel_case(self.name)


class Prop(Field):
    """A property of the node.

    `required`: never null. `writable`: an input of create and update. `sortable`: lists may be ordered by it.
    """

    annotation: Any = str
    comparators = "StringFilter"

    def __init__(
        self,
        doc: str,
        *,
        required: bool = False,
        default: Any = None,
        writable: bool = False,
        sortable: bool = False,
    ) -> None:
        super().__init__(doc)
        self.required = required
        self.default = default
        self.writable = writable
        self.sortable = sortable

    def check(self, value: Any) -> Any:
        """`value` as it is stored; INVALID_INPUT if it can't be."""
        return value

    def store(self, value: Any) -> Any:
        """What the graph holds of a checked value."""
        return value

    def read(self, variable: str) -> str:
        """The Cypher expression whose value goes into a response."""
        return f"{variable}.{self.graphql}"

    def sort(self, variable: str) -> str:
        """The Cypher expression that lists are ordered by."""
        return f"{variable}.{self.graphql}"

    def load(self, value: Any) -> Any:
        """What Python code sees of what `read` gave."""
        return value

    def invalid(self, wanted: str, value: object) -> InvalidInputError:
        """An INVALID_INPUT that names this field."""
        return InvalidInputError(f"{self.graphql} must be {wanted}, not {value!r}.", field=self.graphql)


class Id(Prop):
    """The node's own id."""

    annotation = "ID"
    comparators = "IDFilter"


class Text(Prop):
    """Text of `least` to `most` characters. `kind`: it says of what kind the node is; there are few of them."""

    def __init__(self, doc: str, *, least: int = 1, most: int = 500, kind: bool = False, **options: Any) -> None:
        super().__init__(doc, **options)
        self.least = least
        self.most = most
        self.kind = kind

    def check(self, value: Any) -> str:
        """The text without the blanks around it."""
        if isinstance(value, str) and self.least <= len(value.strip()) <= self.most:
            if not value.isprintable() and any("\ud800" <= letter <= "\udfff" for letter in value):
                raise self.invalid("text without half surrogates, which no encoding has", value)
            return value.strip()
        shown = value if not isinstance(value, str) or len(value) < 80 else f"{value[:40]}… ({len(value)} characters)"
        raise self.invalid(f"text of {self.least} to {self.most:,} characters", shown)


class Texts(Prop):
    """A list of 1 to `length` texts, each of 1 to `most` characters."""

    annotation = "list[str]"
    comparators = "StringListFilter"

    def __init__(self, doc: str, *, length: int = 100, most: int = 500, **options: Any) -> None:
        super().__init__(doc, **options)
        self.length = length
        self.most = most

    def check(self, value: Any) -> list[str]:
        """The texts without the blanks around them."""
        if not isinstance(value, list | tuple) or not 1 <= len(value) <= self.length:
            raise self.invalid(f"a list of 1 to {self.length} texts", value)
        one = Text("", most=self.most).named(self.name)
        return [one.check(text) for text in value]


class Choice(Prop):
    """One word of an enum."""

    def __init__(self, doc: str, words: type[Words], *, ranked: bool = False, **options: Any) -> None:
        """`ranked`: lists are ordered by the words' order of declaration, not by the alphabet."""
        super().__init__(doc, **options)
        self.words = words
        self.ranked = ranked
        self.annotation = words
        self.comparators = f"{words.__name__}Filter"

    def check(self, value: Any) -> str:
        """The word in upper case: `High`, `high` and `HIGH` are the same."""
        word = str(value).upper().replace("-", "_").replace(" ", "_")
        if word in self.words.__members__:
            return word
        raise self.invalid(f"one of {', '.join(self.words.__members__)}", value)

    def sort(self, variable: str) -> str:
        """The word itself, or its rank."""
        return self.rank(super().sort(variable))

    def rank(self, word: str) -> str:
        """The Cypher expression that a word is ordered by: itself, or its rank."""
        if not self.ranked:
            return word
        whens = " ".join(f"WHEN '{one}' THEN {rank}" for rank, one in enumerate(self.words.__members__))
        return f"CASE {word} {whens} END"

    def load(self, value: Any) -> Any:
        """The member of the enum."""
        return None if value is None else self.words[value]


class Integer(Prop):
    """A whole number, by default of 32 bits as GraphQL's Int."""

    annotation: Any = int
    comparators = "IntFilter"

    def __init__(self, doc: str, *, least: int = 0, most: int = 2**31 - 1, **options: Any) -> None:
        super().__init__(doc, **options)
        self.least = least
        self.most = most

    def check(self, value: Any) -> int:
        """The number, if it is in its range."""
        if isinstance(value, int) and not isinstance(value, bool) and self.least <= value <= self.most:
            return value
        raise self.invalid(f"a whole number from {self.least} to {self.most}", value)


class LongInteger(Integer):
    """A whole number of 64 bits."""

    annotation = Long
    comparators = "LongFilter"

    def __init__(self, doc: str, **options: Any) -> None:
        super().__init__(doc, most=MAX_LONG, **options)


class Moment(Prop):
    """A moment, stored as the database's own zoned datetime, in UTC, with milliseconds."""

    annotation = DateTime
    comparators = "DateTimeFilter"

    def check(self, value: Any) -> datetime:
        """The moment in UTC; ISO 8601 text will do."""
        try:
            return parse_datetime(value).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise self.invalid("a moment in ISO 8601", value) from error

    def read(self, variable: str) -> str:
        """ISO 8601 text."""
        return f"toString({variable}.{self.graphql})"

    def load(self, value: Any) -> datetime | None:
        """A datetime in UTC."""
        return None if value is None else parse_datetime(value)


class Json(Prop):
    """Any JSON value. The graph holds it as text, for a node can't hold maps."""

    annotation = JSON

    def check(self, value: Any) -> Any:
        """The value, if JSON can say it."""
        try:
            orjson.dumps(value)
        except TypeError as error:
            raise InvalidInputError(f"{self.graphql} must be JSON: {error}.", field=self.graphql) from error
        return value

    def store(self, value: Any) -> Any:
        """The value as text."""
        return orjson.dumps(value).decode()


class Edge(Field):
    """A relationship to other nodes, drawn as in Cypher from the noun that declares it: `<-[:RAISED]-`."""

    def __init__(self, doc: str, arrow: str, target: str) -> None:
        super().__init__(doc)
        if not ARROW.fullmatch(arrow):
            raise ValueError(f"{arrow!r} is no arrow such as -[:ASSIGNED_TO]->")
        self.arrow = arrow
        self.target = target

    def pattern(self, source: str, target: str) -> str:
        """The Cypher pattern from variable to variable (or to `variable:Label`)."""
        return f"({source}){self.arrow}({target})"


class One(Edge):
    """An edge to at most one node.

    `writable` makes it an input, by the name `given_as`; `follows` derives it along two other edges; `stamps` is a
    property of the target that holds when the last such edge was made.
    """

    def __init__(
        self,
        doc: str,
        arrow: str,
        target: str,
        *,
        writable: bool = False,
        required: bool = False,
        given_as: str = "",
        follows: tuple[str, str] | None = None,
        stamps: str = "",
    ) -> None:
        super().__init__(doc, arrow, target)
        self.writable = writable
        self.required = required
        self.follows = follows
        self.stamps = stamps
        self._given_as = given_as

    @property
    def given_as(self) -> str:
        """The name under which inputs, events and the SDK hold the target's id."""
        return self._given_as or self.name


class Many(Edge):
    """An edge to any number of nodes, read as a connection.

    `order` names its default order, with `-` in front for descending.
    """

    def __init__(self, doc: str, arrow: str, target: str, *, order: str = "") -> None:
        super().__init__(doc, arrow, target)
        self.order = order


class Derived(Field):
    """A value that Cypher computes when it is asked for; nothing is stored."""

    def __init__(self, doc: str, annotation: Any, expression: Callable[[str], str]) -> None:
        super().__init__(doc)
        self.annotation = annotation
        self.expression = expression

    def read(self, variable: str) -> str:
        """The Cypher expression for the node in `variable`."""
        return self.expression(variable)


class Revealed(Field):
    """Text that a verb's answer has once and nothing shows again, such as a new secret."""


class Ref(Field):
    """The id of another noun, as a verb's input."""

    def __init__(self, doc: str, prefix: str, *, required: bool = False) -> None:
        super().__init__(doc)
        self.prefix = prefix
        self.required = required
        self.default = None

    def check(self, value: Any) -> str:
        """The id, if it is well-formed; whether it exists shows in the transaction. A record will do for its id."""
        return check_id(getattr(value, "id", value), self.prefix, self.graphql)
