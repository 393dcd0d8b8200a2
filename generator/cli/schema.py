"""`runbooks schema`: the JSON Schema of an incident."""

from __future__ import annotations

from pathlib import Path

import click

from generator.cli.common import say, write_whole
from generator.schema import schema_text


@click.command("schema")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write it to a file instead of standard output.",
)
def schema_command(output: Path | None) -> None:
    """Print the JSON Schema of an incident (draft 2020-12).

    Editors that read the comment `# yaml-language-server: $schema=...` complete and check the
    fields while you type. Write it where the comments of your incidents point:

    \b
    Example:
      runbooks schema -o incidents/incident.schema.json
    """
    if output is None:
        click.echo(schema_text(), nl=False)
        return
    write_whole(output, schema_text())
    say(f"wrote {output}")
