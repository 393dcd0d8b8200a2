"""`runbooks show ID`: show one runbook in the terminal."""

from __future__ import annotations

from pathlib import Path

import click

from generator.cli.completion import incident_ids
from generator.cli.messages import EXIT_FINDINGS, echo, say
from generator.cli.opening import load_base, resolve_id, today
from generator.cli.options import root_option


@click.command("show")
@click.argument("incident_id", metavar="ID", shell_complete=incident_ids)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "yaml"]),
    default="text",
    help="text: the card for the terminal; markdown: the page; yaml: the unchanged file, with those beside it.",
)
@root_option
@click.pass_context
def show_command(context: click.Context, incident_id: str, form: str, root: Path) -> None:
    """Show one incident's runbook.

    ID is the name of a folder under incidents/, or an unambiguous prefix of it.

    \b
    Examples:
      runbooks show postgresql-concurrent-create-table
      runbooks show postgresql --format markdown | less
    """
    base = load_base(root)
    entry = base.by_id[resolve_id(base, incident_id)]
    if entry.incident is None:
        from generator.rules import RULES
        from generator.rules.reports import FORMATS

        say(FORMATS["text"](entry.diagnostics, RULES))
        context.exit(EXIT_FINDINGS)
    if form == "yaml" and entry.source:
        echo(entry.source.whole, nl=False)
    elif form == "markdown":
        from generator.site import Pages, environment

        page = Pages(base, environment(root), today()).incident(entry)
        echo(page.markdown, nl=False)
    else:
        from generator.cli.terminal import runbook_text

        echo(runbook_text(entry.id, entry.incident), nl=False)
