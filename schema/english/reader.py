"""Reading: all that the words may mean is followed side by side through the grammar, and the cheapest reading wins.

The grammar is deterministic, the words are not. So each place of the sentence holds the parser's states that can be
reached there, a few of the cheapest for each stack of states, and every edge of the lattice leads some of them on.
The work grows with the length of the sentence only: at each place no more than `WIDTH` states go on.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from threading import Lock, Thread
from typing import Any

from lark import Lark, Token
from lark.exceptions import UnexpectedToken
from lark.lexer import Lexer

from deskgraph.schema.english.builder import Builder
from deskgraph.schema.english.grammar import grammar
from deskgraph.schema.english.lattice import Lattice
from deskgraph.schema.english.lookup import Words
from deskgraph.schema.english.nodes import Edge, Refused
from deskgraph.schema.english.plan import Step
from deskgraph.schema.english.tokens import Sentence
from deskgraph.schema.english.vocabulary import build
from deskgraph.schema.verb import VERBS

WIDTH = 48
SAME = 3
END = "$END"
BEHIND_STEPS = ("SEP", "GAP", "END")
MAKING = Lock()


class NoLexer(Lexer):
    """The lattice makes the tokens."""

    __future_interface__ = 2

    def __init__(self, _conf: Any) -> None:
        pass

    def lex(self, _state: Any, _parser: Any) -> Any:
        """Nothing."""
        yield from ()


@dataclass(slots=True)
class Reading:
    """How far one reading has come: the parser's state, the cost of its words so far, and those it took for others.

    `price` is what its steps cost besides.
    """

    cost: float
    state: Any
    fixes: tuple[tuple[int, str], ...] = ()
    price: float = 0.0


@dataclass
class Result:
    """The readings that reach the end, the cheapest first; and what stopped the others."""

    readings: list[tuple[float, tuple[Step, ...], tuple[tuple[int, str], ...]]]
    refusals: list[tuple[int, float, Refused]]
    reached: int
    frontier: list[Reading]
    lattice: Lattice


class Reader:
    """The grammar and vocabulary of the verbs as they are declared."""

    def __init__(self) -> None:
        vocabulary = build()
        self.vocabulary = vocabulary
        self.words = Words(vocabulary)
        self.builder = Builder(vocabulary)
        self.grammar = grammar(vocabulary)
        self.lark = Lark(
            self.grammar, parser="lalr", lexer=NoLexer, strict=True, maybe_placeholders=False, transformer=self.builder
        )

    def read(self, sentence: Sentence) -> Result:
        """Every reading of the sentence that the grammar allows and that makes sense, as far as they are followed."""
        self.builder.sentence = sentence
        lattice = Lattice(sentence, self.words)
        result = Result([], [], 0, [], lattice)
        columns: list[list[Reading]] = [[] for _ in range(lattice.size + 1)]
        columns[0].append(Reading(0.0, self.lark.parse_interactive().parser_state))
        for place in range(lattice.size):
            live = pruned(columns[place], lattice.size)
            columns[place] = []
            if live:
                result.reached, result.frontier = place, live
            for reading in live:
                self._advance(reading, lattice.edges[place], columns, result)
        self._finish(columns[-1], result)
        return result

    def _advance(self, reading: Reading, edges: list[Edge], columns: list[list[Reading]], result: Result) -> None:
        actions = reading.state.parse_conf.states[reading.state.state_stack[-1]]
        for edge in edges:
            if edge.terminal not in actions:
                continue
            state = reading.state.copy(deepcopy_values=False)
            cost = reading.cost + edge.cost
            try:
                state.feed_token(Token(edge.terminal, edge))
            except UnexpectedToken:
                continue
            except Refused as refused:
                at = edge.behind if edge.terminal == "END" else edge.first
                result.refusals.append((at, cost, refused))
                continue
            price = (
                sum(step.price for step in state.value_stack[-2]) if edge.terminal in BEHIND_STEPS else reading.price
            )
            columns[edge.behind].append(Reading(cost, state, (*reading.fixes, *edge.fix), price))

    def _finish(self, column: list[Reading], result: Result) -> None:
        size = result.lattice.size
        live = pruned(column, size)
        if live:
            result.reached, result.frontier = size, live
        for reading in live:
            state = reading.state.copy(deepcopy_values=False)
            try:
                steps = state.feed_token(Token(END, ""), True)
            except UnexpectedToken:
                continue
            except Refused as refused:
                result.refusals.append((size, reading.cost, refused))
                continue
            cost = reading.cost + sum(step.price for step in steps)
            result.readings.append((cost, steps, reading.fixes))
        result.readings.sort(key=lambda reading: reading[0])


def pruned(readings: list[Reading], size: int) -> list[Reading]:
    """The cheapest readings, and of those that are at the same place in the grammar only a few."""
    width = WIDTH if size < 400 else max(4, WIDTH * 400 // size)
    kept: list[Reading] = []
    seen: dict[tuple[Any, ...], int] = {}
    for reading in sorted(readings, key=lambda one: one.cost + one.price):
        stack = tuple(reading.state.state_stack)
        count = seen.get(stack, 0)
        if count < SAME:
            seen[stack] = count + 1
            kept.append(reading)
        if len(kept) == width:
            break
    return kept


@lru_cache(maxsize=4)
def _reader(_verbs: tuple[Any, ...]) -> Reader:
    return Reader()


def reader() -> Reader:
    """The reader of the verbs that are declared now; made once, in about a second, and again when a verb is added."""
    with MAKING:
        return _reader(tuple(VERBS.items()))


def make_ahead() -> None:
    """Make the reader in a thread of its own. Whoever asks for it before it is made waits."""
    Thread(target=reader, name="reader of sentences", daemon=True).start()
