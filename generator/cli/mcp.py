"""`runbooks mcp`: answer assistants from the runbooks, over the Model Context Protocol."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click

from generator.cli.messages import say, stop
from generator.cli.options import root_option


@click.command("mcp")
@root_option
def mcp_command(root: Path) -> None:
    """Answer assistants from the runbooks, over the Model Context Protocol.

    A program that speaks the protocol starts this command, and talks to it over standard input and
    output. It can ask which incident an error shows (match), search, show a runbook with values
    filled in, ask for the evidence, and choose deploy checks. Nothing is run, written or sent.

    Needs the package of the extra `mcp`.

    \b
    Examples:
      runbooks mcp --root ops-runbooks
      claude mcp add runbooks -- runbooks mcp --root ~/ops-runbooks
    """
    from generator.assistants.server import serve
    from generator.assistants.tools import KnowledgeTools
    from generator.knowledge.roots import NotAKnowledgeBase

    tools = KnowledgeTools(root, partial(datetime.now, UTC))
    try:
        tools.base()
    except NotAKnowledgeBase as error:
        stop(str(error))
    said = f"Serving {root} to an assistant over standard input and output; Ctrl-C ends it"
    serve(tools, partial(say, said))
