"""Queries made by chance from the schema: every field, argument, kind of fragment and directive, and mistakes too."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
    is_required_input_field,
)

DEPTH = 4
CHANCES = {"after": 0.1, "before": 0.1, "orderBy": 0.2, "last": 0.2}


class Word(str):
    """A value of an enum."""

    __slots__ = ()


@dataclass
class Pool:
    """Values that mean something in the workspace that is asked."""

    ids: list[str]
    texts: list[str]
    cursors: list[str]
    moments: list[str]


@dataclass
class Asked:
    """One operation as it is sent."""

    text: str = ""
    variables: dict[str, Any] = field(default_factory=dict)


class Operations:
    """Makes operations, each different, from the same random numbers."""

    def __init__(self, schema: GraphQLSchema, pool: Pool, seed: int) -> None:
        self.schema = schema
        self.pool = pool
        self.random = Random(seed)
        self.asked = Asked()
        self.declared: list[str] = []
        self.fragments: list[str] = []
        self.count = 0

    def mutation(self, names: Sequence[str]) -> Asked:
        """The next operation, one of these mutations."""
        self.asked, self.declared, self.fragments, self.count = Asked(), [], [], 0
        assert self.schema.mutation_type
        root = self._field(self.schema.mutation_type, self.random.choice(names), DEPTH - 2)
        given = f"({', '.join(self.declared)})" if self.declared else ""
        self.asked.text = "\n".join([f"mutation{given} {{ {root} }}", *self.fragments])
        return self.asked

    def next(self) -> Asked:
        """The next operation."""
        self.asked, self.declared, self.fragments, self.count = Asked(), [], [], 0
        assert self.schema.query_type
        roots = " ".join(self._root() for _ in range(self.random.choice([1, 1, 1, 2, 3])))
        name = self.random.choice(["", " Q", " Tickets"])
        given = f"({', '.join(self.declared)})" if self.declared else ""
        head = f"query{name or ''}{given} " if given or name or self._maybe(0.3) else ""
        self.asked.text = "\n".join([f"{head}{{ {roots} }}", *self.fragments])
        return self.asked

    def _root(self) -> str:
        assert self.schema.query_type
        if self._maybe(0.05):
            return self.random.choice(["__typename", "kind: __typename", "__schema { queryType { name } }"])
        names = [name for name in self.schema.query_type.fields if name not in ("consumer", "consumers", "position")]
        return self._field(self.schema.query_type, self.random.choice(names), 0)

    def _field(self, parent: Any, name: str, depth: int) -> str:
        declared = parent.fields[name]
        arguments = self._arguments(declared)
        alias = f"a{self._number()}: " if arguments or self._maybe(0.15) else ""
        inner = get_named_type(declared.type)
        body = "" if is_leaf_type(inner) else f" {self._selection(inner, depth + 1)}"
        return f"{alias}{name}{arguments}{self._directive()}{body}"

    def _selection(self, of: Any, depth: int) -> str:
        """A selection set of an object or interface type."""
        parts = [self._part(of, depth) for _ in range(self.random.choice([1, 2, 2, 3, 4]))]
        return f"{{ {' '.join(parts)} }}"

    def _part(self, of: Any, depth: int) -> str:
        if self._maybe(0.08):
            return self.random.choice(["__typename", "type: __typename"])
        if isinstance(of, GraphQLInterfaceType):
            kinds = [kind for kind in self.schema.get_possible_types(of) if isinstance(kind, GraphQLObjectType)]
            kind = self.random.choice(kinds)
            return f"... on {kind.name} {self._selection(kind, depth)}" if self._maybe(0.8) else "id"
        if self._maybe(0.08):
            on = self.random.choice([f" on {of.name}", "", " on Node" if "id" in of.fields else ""])
            body = "{ id }" if on == " on Node" else self._selection(of, depth)
            return f"...{on}{self._directive()} {body}"
        if self._maybe(0.06):
            name = f"F{self._number()}"
            self.fragments.append(f"fragment {name} on {of.name} {self._selection(of, depth)}")
            return f"...{name}{self._directive()}"
        return self._field(of, self._name(of, depth), depth)

    def _name(self, of: GraphQLObjectType, depth: int) -> str:
        leaves = [name for name, declared in of.fields.items() if is_leaf_type(get_named_type(declared.type))]
        nested = [name for name in of.fields if name not in leaves]
        if leaves and (depth >= DEPTH or not nested or self._maybe(0.6)):
            return self.random.choice(leaves)
        return self.random.choice(nested)

    def _directive(self) -> str:
        if not self._maybe(0.08):
            return ""
        word, value = self.random.choice(["include", "skip"]), self._maybe(0.5)
        return f" @{word}(if: {self._variable('Boolean!', value) if self._maybe(0.6) else str(value).lower()})"

    def _arguments(self, declared: GraphQLField) -> str:
        given: list[str] = []
        for name, argument in declared.args.items():
            if name == "last" and any(one.startswith("first") for one in given) and self._maybe(0.95):
                continue
            if is_required_argument(argument) or self._maybe(CHANCES.get(name, 0.4)):
                given.append(f"{name}: {self._literal(argument.type, name, 0)}")
        return f"({', '.join(given)})" if given else ""

    def _literal(self, of: Any, name: str, depth: int) -> str:
        """A value as GraphQL spells it, or a variable that has it, anywhere in it."""
        if self._maybe(0.35 if depth == 0 else 0.25):
            return self._variable(str(of), self._value(of, name, depth))
        value = self._value(of, name, depth, literal=True)
        return value if isinstance(value, str) else _spelled(value)

    def _value(self, of: Any, name: str, depth: int, *, literal: bool = False) -> Any:
        if is_non_null_type(of):
            of = of.of_type
        elif self._maybe(0.01):
            return "null" if literal else None
        if is_list_type(of):
            count = self.random.choice([0, 1, 1, 2])
            if literal:
                return f"[{', '.join(self._literal(of.of_type, name, depth + 1) for _ in range(count))}]"
            return [self._value(of.of_type, name, depth + 1) for _ in range(count)]
        if isinstance(of, GraphQLInputObjectType):
            names = self._entries(of, depth)
            if literal:
                entries = [f"{one}: {self._literal(of.fields[one].type, one, depth + 1)}" for one in names]
                return f"{{{', '.join(entries)}}}"
            return {one: self._value(of.fields[one].type, one, depth + 1) for one in names}
        value = self._leaf(of, name)
        return _spelled(value) if literal else value

    def _entries(self, of: GraphQLInputObjectType, depth: int) -> list[str]:
        if required := [name for name, one in of.fields.items() if is_required_input_field(one)]:
            return [name for name in of.fields if self._maybe(0.98 if name in required else 0.3)]
        names = list(of.fields)
        if depth > DEPTH:
            names = [name for name in names if name not in ("and", "or", "not")] or names
        many = [1, 1, 1, 1, 2] if of.name.endswith("Order") else [1, 1, 2]
        return self.random.sample(names, min(len(names), self.random.choice(many)))

    def _leaf(self, of: Any, name: str) -> Any:
        if isinstance(of, GraphQLEnumType):
            return Word(self.random.choice(list(of.values)))
        if name in ("after", "before"):
            return self.random.choice(self.pool.cursors)
        if name in ("first", "last"):
            return self.random.choice([1, 2, 3, 5, 100, 0 if self._maybe(0.2) else 4])
        return {
            "ID": lambda: self.random.choice(self.pool.ids),
            "String": lambda: self.random.choice(self.pool.texts),
            "Int": lambda: self.random.choice([0, 1, 2, 3, 40]),
            "Long": lambda: self.random.choice([0, 1, 7, 2**40]),
            "JSON": lambda: self.random.choice([[1, None], "text", 0.5, False]),
            "Boolean": lambda: self._maybe(0.5),
            "DateTime": lambda: self.random.choice(self.pool.moments),
        }[of.name]()

    def _variable(self, of: str, value: Any) -> str:
        name = f"v{self._number()}"
        self.declared.append(f"${name}: {of}")
        self.asked.variables[name] = value
        return f"${name}"

    def _maybe(self, chance: float) -> bool:
        return self.random.random() < chance

    def _number(self) -> int:
        self.count += 1
        return self.count


def _spelled(value: Any) -> str:
    return str(value) if isinstance(value, Word) else json.dumps(value)
