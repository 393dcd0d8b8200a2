"""`runbooks export-signatures`: the signatures for a log system."""

from __future__ import annotations

import re
from pathlib import Path

import click

from generator.cli.files import write_whole
from generator.cli.messages import say
from generator.cli.opening import load_base, say_unreadable
from generator.cli.options import output_option, root_option, schema_option
from generator.log_systems import FORMATS, SignatureExportOptions, portable_signatures
from generator.log_systems.json_format import SCHEMA

DEFAULTS = SignatureExportOptions()

_FIELD = re.compile(r"[A-Za-z_@][A-Za-z0-9_@]*(?:\.[A-Za-z_@][A-Za-z0-9_@]*)*\Z")


def _field(context: click.Context, parameter: click.Parameter, value: str) -> str:  # noqa: ARG001
    if not _FIELD.match(value):
        raise click.BadParameter(f"{value!r} is not a field name, such as message or log.text")
    return value


def _selector(context: click.Context, parameter: click.Parameter, value: str) -> str:  # noqa: ARG001
    if not (value.startswith("{") and value.endswith("}") and value.isprintable()):
        raise click.BadParameter(f'{value!r} is not a LogQL selector, such as {{app="shop"}}')
    return value


@click.command("export-signatures")
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    required=True,
    help="json for programs; loki, opensearch and vector for these log systems.",
)
@output_option
@click.option("--site-url", metavar="URL", help="URL of the site. Default: site_url in mkdocs.yml.")
@click.option(
    "--selector",
    callback=_selector,
    default=DEFAULTS.selector,
    show_default=True,
    metavar="LOGQL",
    help="loki: which streams to search.",
)
@click.option(
    "--field",
    callback=_field,
    default=DEFAULTS.field,
    show_default=True,
    metavar="NAME",
    help="opensearch, vector: the field that contains the log line.",
)
@schema_option("the format json", lambda: SCHEMA)
@root_option
def export_signatures_command(form: str, output: Path | None, site_url: str | None, selector: str, field: str, root: Path) -> None:  # fmt: skip
    """Write the signatures of all incidents for a log system.

    The guide "Log systems" says for each format where to install it and what it cannot express. A
    signature that it cannot express is left out and named on standard error. Withdrawn incidents
    are left out, and so are drafts if the site leaves them out.

    \b
    Examples:
      runbooks export-signatures --format json | jq -r '.signatures[].regex'
      runbooks export-signatures --format loki --selector '{app="shop"}' -o rules.yaml
      runbooks export-signatures --format vector -o signatures.vrl
    """
    base = load_base(root)
    options = SignatureExportOptions(site_url or base.settings.site_url, selector, field)
    signatures, refused = portable_signatures(base.shown, options)
    export = FORMATS[form](signatures, options)
    for name, why in (*refused, *export.left_out):
        say(f"left out: {name}: {why}")
    say_unreadable(base, "left out")
    if output:
        write_whole(output, export.text)
    else:
        click.echo(export.text, nl=False)
