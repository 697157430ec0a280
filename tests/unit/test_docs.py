"""The pages stay true: what the declarations say is on them, and what they list exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from graphql import parse, validate

from deskgraph.config import Settings
from deskgraph.graph.setup import UNIQUE
from deskgraph.resolvers.api import schema
from deskgraph.schema.comparators import COMPARATORS
from deskgraph.schema.english.examples import explain
from deskgraph.schema.english.understanding import understand
from deskgraph.schema.errors import NotUnderstoodError, all_errors
from deskgraph.schema.fields import ARROW, Choice, Derived, Edge
from deskgraph.schema.groups import counts_of, groups_of
from deskgraph.schema.noun import NOUNS
from deskgraph.schema.scalars import SCALARS
from deskgraph.schema.ticket import Ticket, TicketStatus
from deskgraph.schema.verb import VERBS, Verb, verbs_of
from tests.clients.versions import versions

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", *DOCS.glob("*.md")])
IN_CODE = re.compile(r"`([^`]+)`")

# Events' data that a verb adds to its input and its choices.
CHOSEN = {"webhook.recovered": {"deliveries"}}
PARKED = ("Consumer", "PARKED", "Event")


def section(page: str, heading: str) -> str:
    """The text under a heading, up to the next one of its rank or a higher one."""
    text = (DOCS / page).read_text()
    rank = len(heading.split()[0])
    found = re.search(rf"^{re.escape(heading)}\n(.*?)(?=^#{{1,{rank}}} |\Z)", text, re.M | re.S)
    assert found, f"docs/{page} has no {heading!r}"
    return found[1]


def table(page: str, heading: str, number: int = 0) -> list[list[str]]:
    """The rows of a table under a heading, without its head."""
    blocks = re.findall(r"(?:^\|.*\n)+", section(page, heading), re.M)
    rows = [[cell.strip() for cell in line.strip().strip("|").split(" |")] for line in blocks[number].splitlines()]
    return rows[2:]


def code(cell: str) -> list[str]:
    """What a cell sets as code."""
    return IN_CODE.findall(cell)


def first(rows: list[list[str]]) -> list[str]:
    """The code of each row's first cell, sorted: a row that is there twice shows."""
    return sorted(name for row in rows for name in code(row[0]))


def blocks(page: Path, language: str) -> list[str]:
    """A page's code blocks in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(), re.M | re.S)


def every(language: str) -> list[Any]:
    """All pages' code blocks in a language, as a test's parameters."""
    return [
        pytest.param(text, id=f"{page.stem}-{number}")
        for page in PAGES
        for number, text in enumerate(blocks(page, language), 1)
    ]


# Errors


def wire_codes() -> set[str]:
    """The codes of errors that have no class: literals in the two modules that answer requests."""
    texts = [(ROOT / name).read_text() for name in ("resolvers/api.py", "src/deskgraph/endpoint.py")]
    words = {node.value for text in texts for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)}
    return {word for word in words if isinstance(word, str) and re.fullmatch(r"[A-Z]+(_[A-Z]+)+", word)}


def test_the_errors_page_has_every_code_and_only_those() -> None:
    assert first(table("errors.md", "## Codes")) == sorted({error.code for error in all_errors()} | wire_codes())


def test_the_codes_that_have_no_class_are_found() -> None:
    assert wire_codes() == {"GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "BAD_REQUEST"}


def test_every_error_has_its_own_row_that_says_what_to_do() -> None:
    rows = table("errors.md", "## Codes")
    assert [row[0] for row in rows if len(row) != 3 or not all(row)] == []
    assert len(rows) == len(first(rows))


# Verbs


def test_the_hooks_page_has_the_names_of_every_verb() -> None:
    wanted = [
        [
            verb.mutation(),
            *(f"{verb.noun.__name__}.{form}" for form in (verb.word(), verb.participle, verb.past)),
            event,
        ]
        for event, verb in ((verb.event(), verb) for verb in VERBS.values())
    ]
    found = [[name for cell in row for name in code(cell)] for row in table("hooks.md", "## Names")]
    assert sorted(found) == sorted(wanted)


def told(verb: type[Verb]) -> set[str]:
    """The data beside `$id` that the verb's event has when all its inputs are given."""
    return set(verb.change(dict.fromkeys(verb.told(), "given")).data) | CHOSEN.get(verb.event(), set())


def test_the_events_page_has_the_data_of_every_event() -> None:
    rows = table("events.md", "## The types")
    found = {code(row[0])[0]: set(code(row[1])) - {"null"} if len(row) > 1 else set() for row in rows}
    assert found == {verb.event(): told(verb) for verb in VERBS.values()}
    assert len(rows) == len(VERBS)


def test_the_events_page_has_every_field_of_an_event() -> None:
    assert first(table("events.md", "## An event")) == sorted(field.graphql for field in NOUNS["Event"].fields.values())


def test_the_graphql_page_has_the_states_of_every_verb_of_a_ticket() -> None:
    found = {code(row[0])[0]: [code(cell) for cell in row[1:]] for row in table("graphql.md", "## Mutations")}
    states = {verb.mutation(): states_of(verb) for verb in verbs_of(Ticket)}
    assert found == states
    assert {status for before, after in states.values() for status in before + after} == {str(s) for s in TicketStatus}


def states_of(verb: type[Verb]) -> list[list[str]]:
    return [[str(state) for state in verb.from_ or ()], [str(verb.to)] if verb.to else []]


# The graph


@pytest.mark.parametrize("name", NOUNS)
def test_the_graph_page_has_every_property(name: str) -> None:
    rows = table("graph-model.md", f"### {name}")
    assert first(rows) == sorted(prop.graphql for prop in NOUNS[name].props())


@pytest.mark.parametrize("name", NOUNS)
def test_the_graph_page_has_every_word_of_an_enum(name: str) -> None:
    rows = {code(row[0])[0]: code(row[2]) for row in table("graph-model.md", f"### {name}")}
    choices = [prop for prop in NOUNS[name].props() if isinstance(prop, Choice)]
    assert {prop.graphql: rows[prop.graphql] for prop in choices} == {
        prop.graphql: list(prop.words.__members__) for prop in choices
    }


def test_the_graph_page_has_a_heading_for_every_noun() -> None:
    headings = re.findall(r"^### (\w+)$", section("graph-model.md", "## Nodes"), re.M)
    assert headings == list(NOUNS)


def test_the_graph_page_tells_what_is_not_stored() -> None:
    derived = [declared.graphql for noun in NOUNS.values() for declared in noun.fields.values() if is_derived(declared)]
    assert re.findall(r"`(\w+)` is not stored", section("graph-model.md", "## Nodes")) == derived


def is_derived(declared: Any) -> bool:
    return isinstance(declared, Derived)


def drawn(noun: str, edge: Edge) -> tuple[str, str, str]:
    """An edge from its source to its target, whichever side declares it; `Node` is any noun."""
    match = ARROW.fullmatch(edge.arrow)
    assert match
    return (edge.target, match[1], noun) if match[1] else (noun, match[2], edge.target)


def relationships() -> set[tuple[str, str, str]]:
    edges = {drawn(name, field) for name, noun in NOUNS.items() for field in noun.fields.values() if is_edge(field)}
    to_any = {kind for _, kind, end in edges if end == "Node"}
    return {edge for edge in edges if edge[1] not in to_any or edge[2] == "Node"}


def is_edge(declared: Any) -> bool:
    return isinstance(declared, Edge)


def test_the_graph_page_has_every_relationship() -> None:
    pattern = re.compile(r"\(:(\w+)\)-\[:(\w+)\]->\((?::(\w+))?\)")
    found = [pattern.fullmatch(name) for name in first(table("graph-model.md", "## Relationships"))]
    assert None not in found
    drawn_there = [(match[1], match[2], match[3] or "Node") for match in found if match]
    assert sorted(drawn_there) == sorted({*relationships(), PARKED})


def test_the_graph_page_has_every_label_that_deskgraph_keeps_for_itself() -> None:
    kept = section("graph-model.md", "### What deskgraph keeps for itself")
    assert {word for word in code(kept) if word[0].isupper()} == {*UNIQUE, "Pending"}


@pytest.mark.parametrize("text", every("cypher"))
def test_cypher_asks_for_what_there_is(text: str) -> None:
    labels = set(re.findall(r"\(\w*:(\w+)", text))
    types = set(re.findall(r"\[\w*:(\w+)", text))
    assert labels
    assert labels <= {*NOUNS, *UNIQUE, "Pending"}
    assert types <= {kind for _, kind, _ in (*relationships(), PARKED)}
    assert text.count("$workspace") >= 1


# Settings


def variable(name: str) -> str:
    """The environment variable of a setting."""
    alias: Any = Settings.model_fields[name].validation_alias
    return str(alias.choices[-1]) if alias else f"DESKGRAPH_{name.upper()}"


def settings_rows() -> list[list[str]]:
    """The rows of both tables of settings, with the columns of the first: the limits have no options."""
    limits = [[row[0], "", *row[1:3]] for row in table("configuration.md", "### Limits")]
    return table("configuration.md", "# Configuration") + limits


def test_the_configuration_page_has_every_setting() -> None:
    rows = settings_rows()
    assert first(rows) == sorted(variable(name) for name in Settings.model_fields)


def test_the_configuration_page_has_the_defaults() -> None:
    rows = {code(row[0])[0]: code(row[2]) for row in settings_rows()}
    fields = {variable(name): field.default for name, field in Settings.model_fields.items()}
    plain = {
        name: default for name, default in fields.items() if isinstance(default, bool | int | str) and default != ""
    }
    assert {name: rows[name] for name in plain} == {
        name: [str(default).lower() if isinstance(default, bool) else str(default)] for name, default in plain.items()
    }
    assert [name for name, shown in rows.items() if shown and name not in plain] == []


def test_the_configuration_page_has_the_options_of_serve() -> None:
    from deskgraph.cli import serve

    rows = settings_rows()
    options = {code(row[0])[0]: code(row[1]) for row in rows}
    given = serve.__kwdefaults__ or {}
    assert options == {variable(name): [f"--{name}"] if name in given else [] for name in Settings.model_fields}


# GraphQL


def test_the_graphql_page_has_every_comparator() -> None:
    rows = table("graphql.md", "## Filters")
    found = {kind: code(row[1]) for row in rows for kind in code(row[0])}
    assert found == {kind: list(operators) for kind, operators in COMPARATORS.items()}


def test_the_graphql_page_has_the_counts_of_every_noun_and_the_groups_of_tickets() -> None:
    [names] = [text for text in code(section("graphql.md", "## Counts")) if text.startswith("ticketCounts ")]
    assert sorted(names.split()) == sorted(map(counts_of, NOUNS.values()))
    words = {word for row in table("graphql.md", "## Counts") for word in code(row[1])}
    assert words == {group.name.upper() for group in groups_of(Ticket).values()}


def test_the_graphql_page_has_every_scalar() -> None:
    names = {definition.name if hasattr(definition, "name") else "" for definition in SCALARS.values()}
    assert first(table("graphql.md", "## Scalars")) == sorted({*names, "ID"})


@pytest.mark.parametrize("text", every("graphql"))
def test_graphql_fits_the_schema(text: str) -> None:
    assert validate(schema()._schema, parse(text)) == []


# Sentences


def test_the_page_of_do_has_the_examples_of_every_verb() -> None:
    rows = table("do.md", "## Verbs")
    assert {code(row[0])[0]: code(row[1]) for row in rows} == explain()


def sentences(language: str) -> list[str]:
    return [line for text in blocks(DOCS / "do.md", language) for line in text.splitlines()]


@pytest.mark.parametrize("text", sentences("sentences"))
def test_sentences_are_understood(text: str) -> None:
    assert understand(text).steps


@pytest.mark.parametrize("text", sentences("refused"))
def test_sentences_that_are_refused(text: str) -> None:
    with pytest.raises(NotUnderstoodError):
        understand(text)


def test_the_sentences_are_found() -> None:
    assert min(len(sentences(language)) for language in ("sentences", "refused")) >= 6


# The clients of others


def test_the_conformance_page_has_every_client_with_its_version() -> None:
    assert {code(row[0])[0]: row[1] for row in table("conformance.md", "# Conformance")} == versions()


# Everything


@pytest.mark.parametrize("text", every("python"))
def test_python_compiles(text: str) -> None:
    compile(text, "page", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.M | re.S)
    titles = re.findall(r"^#+ (.+)$", text, re.M)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_relative_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.M | re.S)
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if not re.match(r"https?://", link)]
    assert [link for link in links if not leads(page, link)] == []


def leads(page: Path, link: str) -> bool:
    name, _, anchor = link.partition("#")
    target = (page.parent / name).resolve() if name else page
    return target.exists() and (not anchor or anchor in anchors(target))


def test_the_pages_are_found() -> None:
    """What the parametrized tests rest on: none of them passes because it found nothing."""
    named = {page.name for page in PAGES}
    wanted = ("quickstart", "hooks", "events", "errors", "graph-model", "graphql", "configuration")
    assert {f"{name}.md" for name in wanted} <= named
    assert min(len(every(language)) for language in ("python", "graphql", "cypher")) >= 4
