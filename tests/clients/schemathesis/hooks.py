"""What schemathesis looks at in every answer, and how it makes what it can't know: the schema's scalars, and pages."""

from __future__ import annotations

import json
from datetime import UTC
from typing import Any

import schemathesis
from graphql import REMOVE, ArgumentNode, DocumentNode, Visitor, print_ast, visit
from hypothesis import strategies as st
from schemathesis import Case, CheckContext, HookContext, Response
from schemathesis.graphql import nodes


@schemathesis.check
def is_served(_context: CheckContext, response: Response, _case: Case) -> None:
    """No status of the server's own fault, always JSON, and no error that nobody foresaw."""
    assert response.status_code < 500, f"status {response.status_code}"
    try:
        errors = json.loads(response.content).get("errors", [])
    except ValueError as error:
        raise AssertionError(f"no JSON: {error}") from error
    assert "INTERNAL" not in [error["extensions"]["code"] for error in errors], response.text


class Pages(Visitor):
    """Leaves `first` alone: a page has one size, and a cursor of its own order, which chance hardly ever gives."""

    def enter_argument(self, node: ArgumentNode, *_: Any) -> Any:
        return REMOVE if node.name.value in ("after", "before", "last") else None


@schemathesis.hook
def map_body(_context: HookContext, body: DocumentNode) -> DocumentNode:
    """Three of four operations without what makes a page impossible."""
    asked: DocumentNode = visit(body, Pages()) if len(print_ast(body)) % 4 else body
    return asked


moments = st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.isoformat())
schemathesis.graphql.scalar("DateTime", (moments | st.text()).map(nodes.String))
schemathesis.graphql.scalar("Long", st.integers(-(2**63), 2**63 - 1).map(nodes.Int))
schemathesis.graphql.scalar(
    "JSON", st.text().map(nodes.String) | st.integers().map(nodes.Int) | st.booleans().map(nodes.Boolean)
)
