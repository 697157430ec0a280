"""What makes a function a tool here: strict arguments, structured answers, errors with their codes."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

import orjson
import structlog
from mcp.server.mcpserver.context import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools import Tool
from mcp.types import CallToolResult, TextContent, ToolAnnotations
from pydantic import ConfigDict, ValidationError

from deskgraph.schema.errors import DeskError, InvalidInputError

Schema = dict[str, Any]
log = structlog.get_logger(__name__)

NO_TEXT: list[Schema] = [{"type": "string"}, {"type": "null"}]  # client libraries want one type a branch
ERROR: Schema = {
    "type": "object",
    "description": "Why nothing was done; there only when the tool refuses.",
    "properties": {
        "code": {"type": "string", "description": "A stable code, such as INVALID_INPUT or NOT_FOUND."},
        "message": {"type": "string", "description": "What is wrong and what to do about it."},
        "field": {"anyOf": NO_TEXT, "description": "The argument or field at fault, if it is one."},
        "problem": {"type": "object", "description": "The words of a sentence at fault, and what they might mean."},
    },
    "required": ["code", "message"],
}


class DeskTool(Tool):
    """A tool whose refusals have a code and a message, as everywhere in deskgraph."""

    async def run(self, arguments: dict[str, Any], context: Context[Any, Any], convert_result: bool = False) -> Any:
        """Run the tool. What the caller can put right is an error result; the rest is logged, and told without it."""
        try:
            return await super().run(arguments, context, convert_result)
        except ToolError as error:
            return refusal(self._told(error.__cause__ or error))

    def _told(self, error: BaseException) -> DeskError:
        if isinstance(error, DeskError):
            return error
        if isinstance(error, ValidationError):
            return self._misuse(error)
        reference = uuid.uuid4().hex
        log.error("tool.failed", tool=self.name, reference=reference, exc_info=error)
        return DeskError(f"Something went wrong inside deskgraph; its log knows more under {reference}.")

    def _misuse(self, error: ValidationError) -> InvalidInputError:
        """What is wrong with the arguments; the first fault is enough to go on with."""
        fault = error.errors()[0]
        name = str(fault["loc"][0]) if fault["loc"] else ""
        if fault["type"] != "extra_forbidden":
            return InvalidInputError(f"{name}: {fault['msg']}.", field=name)
        known = list(self.parameters["properties"])
        meant = get_close_matches(name, known, 1)
        hint = f" Did you mean {meant[0]}?" if meant else ""
        return InvalidInputError(f"{self.name} takes {', '.join(known)}, not {name!r}.{hint}", field=name)


def make_tool(
    function: Callable[..., Any], *, title: str, description: str, output: Schema, annotations: ToolAnnotations
) -> DeskTool:
    """The tool of a function. `output` has the properties of its structured answer."""
    tool = DeskTool.from_function(
        function, title=title, description=description, annotations=annotations, structured_output=False
    )
    assert isinstance(tool, DeskTool)
    metadata = tool.fn_metadata
    # An argument that is unknown is a mistake, not something to be silent about.
    metadata.arg_model = type("Arguments", (metadata.arg_model,), {"model_config": ConfigDict(extra="forbid")})
    metadata.output_schema = {"type": "object", "properties": {**output, "error": ERROR}}
    tool.parameters = _plain(metadata.arg_model.model_json_schema(by_alias=True))
    return tool


def _plain(schema: Schema) -> Schema:
    """The schema of arguments without what says nothing: titles made of names, and defaults that mean `not given`."""
    properties = {
        name: {key: value for key, value in told.items() if key not in ("title", "default")}
        for name, told in schema["properties"].items()
    }
    return {key: value for key, value in {**schema, "properties": properties}.items() if key != "title"}


def answer(content: dict[str, Any]) -> CallToolResult:
    """A structured answer; the same as text, for clients and models that read that."""
    return CallToolResult(content=[TextContent(type="text", text=text_of(content))], structured_content=content)


def refusal(error: DeskError, **more: Any) -> CallToolResult:
    """An error as a tool's answer, with what else there is to say."""
    told: dict[str, Any] = {"code": error.code, "message": error.message, "field": error.field}
    if problem := getattr(error, "problem", None):
        told["problem"] = problem.as_dict()
    content = {"error": told, **more}
    text = TextContent(type="text", text=text_of(content))
    return CallToolResult(content=[text], structured_content=content, is_error=True)


def text_of(content: object) -> str:
    """JSON."""
    return orjson.dumps(content).decode()
