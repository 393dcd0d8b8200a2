"""`runbooks show ID`: one runbook in the terminal."""

from __future__ import annotations

import difflib
from pathlib import Path

import click

from generator.cli.common import EXIT_FINDINGS, load_base, root_option, say, today
from generator.knowledge import KnowledgeBase
from generator.reports import FORMATS
from generator.rules import RULES
from generator.terminal import runbook_text


@click.command("show")
@click.argument("incident_id", metavar="ID")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "yaml"]),
    default="text",
    help="text: the card for the terminal; markdown: the page; yaml: the file as it is.",
)
@root_option
@click.pass_context
def show_command(context: click.Context, incident_id: str, form: str, root: Path) -> None:
    """Show one incident's runbook.

    ID is the name of a folder under incidents/, or an unmistakable beginning of it.

    \b
    Examples:
      runbooks show postgresql-concurrent-create-table
      runbooks show postgresql --format markdown | less
    """
    base = load_base(root)
    entry = base.by_id[_resolve(base, incident_id)]
    if entry.incident is None:
        say(FORMATS["text"](entry.diagnostics, RULES))
        context.exit(EXIT_FINDINGS)
    if form == "yaml" and entry.source:
        click.echo(entry.source.text, nl=False)
    elif form == "markdown":
        from generator.site import Pages, environment

        page = Pages(base, environment(root), today()).incident(entry)
        click.echo(page.markdown, nl=False)
    else:
        click.echo(runbook_text(entry.id, entry.incident), nl=False)


def _resolve(base: KnowledgeBase, wanted: str) -> str:
    """Return the id that is meant: exact, an alias, or the only one that begins so."""
    if wanted in base.by_id:
        return wanted
    aliases = [i for i, incident in base.incidents.items() if wanted in incident.aliases]
    begins = [i for i in base.by_id if i.startswith(wanted)]
    found = aliases or begins
    if len(found) == 1:
        return found[0]
    if found:
        raise click.UsageError(f"{wanted!r} is the beginning of several: {', '.join(found)}")
    near = difflib.get_close_matches(wanted, list(base.by_id), 3, 0.5)
    hint = (
        f"did you mean {' or '.join(near)}?"
        if near
        else "`runbooks lint` lists nothing amiss; the ids are the folders under incidents/"
    )
    raise click.UsageError(f"no incident has the id {wanted!r}; {hint}")
