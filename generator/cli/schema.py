"""`runbooks schema`: print the JSON Schemas of what authors write."""

from __future__ import annotations

from pathlib import Path

import click

from generator.cli.files import write_whole
from generator.cli.messages import echo, say
from generator.cli.options import output_option
from generator.knowledge.schema import SCHEMAS, schema_text


@click.command("schema")
@click.option(
    "--of",
    type=click.Choice(list(SCHEMAS)),
    default="incident",
    show_default=True,
    help="incident: incident.yaml; checks: incidents/checks.yaml, the standing checks; waivers: "
    "incidents/waivers.yaml; proofs and sources: proofs.yaml and sources.yaml beside incident.yaml.",
)
@output_option
def schema_command(of: str, output: Path | None) -> None:
    """Print the JSON Schema of what authors write.

    The schema (draft 2020-12) is that of an incident, of the standing checks, of the waivers, or of
    a file that stands beside an incident. Editors that read the comment
    `# yaml-language-server: $schema=...` complete and check the fields while you type.
    Write the schema to the file that the comments of your incidents name:

    \b
    Examples:
      runbooks schema -o incidents/incident.schema.json
      runbooks schema --of checks -o incidents/checks.schema.json
      runbooks schema --of proofs -o incidents/proofs.schema.json
    """
    if output is None:
        echo(schema_text(of), nl=False)
        return
    write_whole(output, schema_text(of))
    say(f"wrote {output}")
