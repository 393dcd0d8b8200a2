"""A server of the Model Context Protocol over standard input and output, for assistants.

The protocol is the official SDK's (package `mcp`, the extra of the same name); this module binds
what `tools.py` answers to it. Source of the terms: https://modelcontextprotocol.io/specification
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from generator.assistants.data_marks import RULE
from generator.assistants.inputs import CannotAnswer, ShowArguments
from generator.assistants.tools import TOOLS, KnowledgeTools, ToolAnswer
from generator.knowledge.validation import in_words, near_names, place_in_words
from generator.text.extras import DISTRIBUTION, NotInstalled, is_installed

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server

SCHEME = "runbook://"
TRIAGE = "triage"
_PAGE = 500
"""How many resources are in one page of their list."""

INSTRUCTIONS = f"""\
Runbooks of known incidents. ToolAnswer from these tools only, and say how well each answer is proved.
Begin with `match` and the whole error; then `show` the incident with the captured values. If no
incident is known, say so: do not invent a runbook. This server runs nothing: before a person runs a
command that changes something, show its risk, its guard and how to undo it. {RULE}"""


def serve(tools: KnowledgeTools, begins: Callable[[], None]) -> None:
    """Serve until standard input ends.

    Args:
        tools: answers the questions.
        begins: called once before the first question can come.

    Raises:
        NotInstalled: the package `mcp` is missing.
    """
    if not is_installed("mcp"):
        raise NotInstalled("A server for assistants", "mcp")
    import anyio
    from mcp.server.stdio import stdio_server

    server = make_server(tools)
    begins()

    async def run() -> None:
        async with stdio_server() as (read, write):
            await server.run(read, write, server.create_initialization_options())

    anyio.run(run)


def make_server(tools: KnowledgeTools) -> Server[Any]:
    """Return the server, without a transport.

    Args:
        tools: answers the questions.
    """
    import mcp.types as types
    from anyio.to_thread import run_sync
    from mcp.server.lowlevel import Server

    one_at_a_time = threading.Lock()

    async def in_thread(answer: Callable[[], Any]) -> Any:
        def locked() -> Any:
            with one_at_a_time:
                return answer()

        # A call that is cancelled is no longer waited for; it only reads, so it may run to its end.
        return await run_sync(locked, abandon_on_cancel=True)

    async def list_tools(_: Any, __: Any) -> types.ListToolsResult:
        read_only = types.ToolAnnotations(
            read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
        )
        return types.ListToolsResult(
            tools=[
                types.Tool(
                    name=name,
                    title=tool.title,
                    description=tool.about,
                    input_schema=tool.arguments.model_json_schema(),
                    annotations=read_only,
                )
                for name, tool in TOOLS.items()
            ]
        )

    async def call_tool(_: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        try:
            found = await in_thread(lambda: answer(tools, params.name, params.arguments or {}))
        except CannotAnswer as error:
            content = types.TextContent(type="text", text=f"Cannot answer: {error}")
            return types.CallToolResult(content=[content], is_error=True)
        return types.CallToolResult(
            content=[types.TextContent(type="text", text=found.text)],
            structured_content=found.data,
        )

    async def list_resources(_: Any, params: Any) -> types.ListResourcesResult:
        cursor = params.cursor if params else None
        begin = int(cursor) if cursor and cursor.isdecimal() else 0
        every = await in_thread(lambda: list(tools.listed()))
        page = every[begin : begin + _PAGE]
        return types.ListResourcesResult(
            resources=[
                types.Resource(uri=f"{SCHEME}{i}", name=i, title=title, mime_type="text/markdown")
                for i, title in page
            ],
            next_cursor=str(begin + _PAGE) if begin + _PAGE < len(every) else None,
        )

    async def list_templates(_: Any, __: Any) -> types.ListResourceTemplatesResult:
        template = types.ResourceTemplate(
            uri_template=f"{SCHEME}{{id}}",
            name="runbook",
            title="The runbook of an incident",
            mime_type="text/markdown",
        )
        return types.ListResourceTemplatesResult(resource_templates=[template])

    async def read_resource(_: Any, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:  # fmt: skip
        uri = str(params.uri)
        try:
            found = await in_thread(lambda: _runbook(tools, uri))
        except CannotAnswer as error:
            raise _refused(types.INVALID_PARAMS, str(error)) from None
        content = types.TextResourceContents(uri=uri, mime_type="text/markdown", text=found.text)
        return types.ReadResourceResult(contents=[content])

    async def list_prompts(_: Any, __: Any) -> types.ListPromptsResult:
        log = types.PromptArgument(name="log", description="The error or the log.", required=True)
        about = "Find out which known incident a log shows, and what to do."
        prompt = types.Prompt(
            name=TRIAGE, title="Triage this log", description=about, arguments=[log]
        )
        return types.ListPromptsResult(prompts=[prompt])

    async def get_prompt(_: Any, params: types.GetPromptRequestParams) -> types.GetPromptResult:
        if params.name != TRIAGE:
            raise _refused(types.INVALID_PARAMS, f"no prompt has the name {params.name!r}")
        log = (params.arguments or {}).get("log", "")
        try:
            text = await in_thread(lambda: triage(tools, log))
        except CannotAnswer as error:
            raise _refused(types.INVALID_PARAMS, str(error)) from None
        content = types.TextContent(type="text", text=text)
        return types.GetPromptResult(messages=[types.PromptMessage(role="user", content=content)])

    return Server(
        "runbooks",
        title="Incident runbooks",
        version=version(DISTRIBUTION),
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_list_resource_templates=list_templates,
        on_read_resource=read_resource,
        on_list_prompts=list_prompts,
        on_get_prompt=get_prompt,
    )


def answer(tools: KnowledgeTools, name: str, arguments: dict[str, Any]) -> ToolAnswer:
    """ToolAnswer one call of a tool.

    Args:
        tools: answers the questions.
        name: the tool.
        arguments: what it is asked, not yet checked.

    Raises:
        CannotAnswer: there is no such tool, an argument is wrong, or what is asked for is unknown.
    """
    tool = TOOLS.get(name)
    if tool is None:
        raise CannotAnswer(f"no tool has the name {name[:100]!r}; there are {', '.join(TOOLS)}")
    try:
        asked = tool.arguments.model_validate(arguments)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = place_in_words(first) or "the arguments"
        hint = (
            f" ({near_names(first, tool.arguments)})" if first["type"] == "extra_forbidden" else ""
        )
        raise CannotAnswer(f"{where[:100]}: {in_words(first)}{hint}") from None
    return tool.answer(tools, asked)


def triage(tools: KnowledgeTools, log: str) -> str:
    """Return the prompt for a log: what it shows, with the runbook of the most certain incident.

    Args:
        tools: answers the questions.
        log: the error or the log.

    Raises:
        CannotAnswer: the log is empty or too long.
    """
    found = answer(tools, "match", {"text": log})
    parts = [
        "Triage a log. Say which known incident it shows and why, what is proved, and the first step "
        "to stop the pain. If none is known, say so. " + RULE,
        found.text,
    ]
    if found.data["known"]:
        best = found.data["incidents"][0]
        shown = ShowArguments(incident=best["incident"], values=_usable(tools, best))
        parts.append(tools.show(shown).text)
    return "\n\n".join(parts)


def _usable(tools: KnowledgeTools, matched: dict[str, Any]) -> dict[str, str]:
    """Return the captured values that are parameters."""
    names = {p.name for p in tools.base().incidents[matched["incident"]].parameters}
    return {name: value for name, value in matched["captures"].items() if name in names}


def _runbook(tools: KnowledgeTools, uri: str) -> ToolAnswer:
    if not uri.startswith(SCHEME):
        raise CannotAnswer(f"resources begin with {SCHEME}")
    return answer(tools, "show", {"incident": uri.removeprefix(SCHEME).rstrip("/")})


def _refused(code: int, message: str) -> Exception:
    from mcp.shared.exceptions import MCPError

    return MCPError(code=code, message=message)
