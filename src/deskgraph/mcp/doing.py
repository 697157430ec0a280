"""The tool that changes something: `do`, an English sentence.

A sentence that the grammar has no reading for may be put into its words by the client's own model, where the client
offers sampling. What the model says is a sentence like any other: understood by the same grammar, checked and done as
the rest.
"""

from __future__ import annotations

from typing import Annotated, Any

from mcp.server.mcpserver.resolve import Resolve, Sample
from mcp.types import CallToolResult, CreateMessageResult, SamplingMessage, TextContent, ToolAnnotations
from mcp.types.version import HANDSHAKE_PROTOCOL_VERSIONS
from pydantic import Field

from deskgraph.mcp.serving import Asked, session_of
from deskgraph.mcp.tools import DeskTool, Schema, answer, make_tool, refusal
from deskgraph.schema.english.complaints import REFUSALS, SEARCH
from deskgraph.schema.english.examples import explain
from deskgraph.schema.errors import DeskError
from deskgraph.schema.verb import spoken

NOT_UNDERSTOOD = "NOT_UNDERSTOOD"
NOTHING = "NONE"
MAX_TOKENS = 1000
WRITES = ToolAnnotations(read_only_hint=False, destructive_hint=True, idempotent_hint=False, open_world_hint=False)
SENTENCE = (
    'An English sentence that says what to do, with ids, numbers or names: "Assign ticket_rV7yKdPm to Sam, then '
    "resolve it with 'Portal access restored'\". Put texts in quotes."
)
PROMPT = """\
A help desk takes commands in English, but only in certain forms. Put the command below into them.
Answer with nothing but the command. Keep every id, name and quoted text as it is, and add nothing. Answer {nothing}
if it asks for something that the forms can't say, or asks not to do something, or only if or when something is so.

The command: {text}
Why it was not understood: {reason}

The forms, joined by `, then`:
{forms}"""
STEP: Schema = {"type": "object", "additionalProperties": True}
OUTPUT: Schema = {
    "plan": {"type": "array", "items": STEP, "description": "The steps as they were understood."},
    "steps": {"type": "array", "items": STEP, "description": "What was done, with ids and events; empty in a dry run."},
    "dryRun": {"type": "boolean", "description": "Whether nothing was done because it was a dry run."},
    "replayed": {"type": "boolean", "description": "Whether it had been done before, with the same idempotencyKey."},
    "translated": {
        "type": "object",
        "description": "There if the sentence was not understood and your model put it into other words: `from`, `to`.",
    },
}


async def translate(context: Asked, input: str) -> Sample | None:  # noqa: A002 - the argument's name
    """Ask the client's model for other words, if it has one, where these can't be understood."""
    if not _samples(context):
        return None
    try:
        await _do(session_of(context), input, dry_run=True)
    except DeskError as error:
        if error.code == NOT_UNDERSTOOD and error.message not in _refusals():
            return _question(input, error)
    return None


async def do(
    context: Asked,
    input: Annotated[str, Field(description=SENTENCE)],  # noqa: A002
    translation: Annotated[CreateMessageResult | None, Resolve(translate)],
    dryRun: Annotated[bool, Field(description="Only say what would be done.")] = False,  # noqa: N803
    idempotencyKey: Annotated[  # noqa: N803
        str, Field(description="Your key for this very sentence: sent again, it is not done again.")
    ] = "",
) -> CallToolResult:
    """What was done, or would be."""
    said = _said(translation)
    translated = {"translated": {"from": input, "to": said}} if said else {}
    try:
        result = await _do(
            session_of(context),
            said or input,
            dry_run=dryRun,
            idempotency_key=idempotencyKey or None,
            positions=not dryRun,
        )
    except DeskError as error:
        return refusal(error, **translated)
    told = {"plan": result["plan"], "steps": result["steps"], "dryRun": dryRun, "replayed": result["replayed"]}
    return answer({**told, **translated})


def do_tool() -> DeskTool:
    """`do`."""
    return make_tool(
        do,
        title="Do something",
        description=(
            f"Change something by an English sentence: {', '.join(sorted({verb.name for verb in spoken().values()}))}. "
            "Several steps in one sentence are done in one transaction, all or none. Errors name the words at fault "
            "and what they might mean; then nothing was done. Try `dryRun` where it may be read otherwise."
        ),
        annotations=WRITES,
        output=OUTPUT,
    )


async def _do(session: Any, text: str, **options: Any) -> dict[str, Any]:
    """Do a sentence; its result as JSON can say it."""
    result: dict[str, Any] = (await session.do(text, **options)).as_dict()
    return result


def _samples(context: Asked) -> bool:
    """Whether the client offers its model, and can be asked: an older one can't be, by HTTP."""
    capabilities = context.client_capabilities
    reachable = context.session.can_send_request or context.protocol_version not in HANDSHAKE_PROTOCOL_VERSIONS
    return reachable and capabilities is not None and capabilities.sampling is not None


def _question(text: str, error: DeskError) -> Sample:
    """What the model is asked: the sentence, what is wrong with it, and what is understood."""
    examples = explain()
    forms = "\n".join(form for several in examples.values() for form in several)
    prompt = PROMPT.format(nothing=NOTHING, text=text, reason=error.message, forms=forms)
    message = SamplingMessage(role="user", content=TextContent(type="text", text=prompt))
    return Sample([message], max_tokens=MAX_TOKENS, temperature=0)


def _said(translation: CreateMessageResult | None) -> str | None:
    """The model's sentence; none if it had none."""
    content = translation.content if translation else None
    said = content.text.strip() if isinstance(content, TextContent) else ""
    return said if said and said != NOTHING else None


def _refusals() -> set[str]:
    """What is said of sentences that must not be done in any words: those with a `not`, an `if`, a `tomorrow`."""
    return {SEARCH, *REFUSALS.values()}
