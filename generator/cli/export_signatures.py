"""`runbooks export-signatures`: the signatures for a log system."""

from __future__ import annotations

import re
from pathlib import Path

import click

from generator.cli.files import write_whole
from generator.cli.messages import echo, say
from generator.cli.opening import load_base, say_unreadable
from generator.cli.options import output_option, root_option, schema_option
from generator.log_systems import (
    FORMATS,
    NEARBY,
    WITHOUT,
    SignatureExportOptions,
    portable_signatures,
)
from generator.log_systems.clickhouse import RESERVED
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


_TABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?\Z")
_COLUMN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def _table(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:  # noqa: ARG001
    if value is not None and not _TABLE.match(value):
        raise click.BadParameter(f"{value!r} is not the name of a table, such as logs or shop.logs")
    return value


def _condition(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:  # noqa: ARG001
    if value is not None and not (value.strip() and value.isprintable() and ";" not in value):
        raise click.BadParameter(f"{value!r} is not a condition, such as time > now() - 3600")
    return value


def _columns(context: click.Context, parameter: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:  # noqa: ARG001  # fmt: skip
    for number, name in enumerate(value):
        if not _COLUMN.match(name):
            raise click.BadParameter(f"{name!r} is not the name of a column, such as time")
        if name in RESERVED or name in value[:number]:
            raise click.BadParameter(f"the result has another column {name!r} already")
    return value


@click.command("export-signatures")
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    required=True,
    help="json for programs; the others for log systems of these names.",
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
    help="clickhouse, opensearch, vector: the column or field that contains the log line.",
)
@click.option(
    "--table",
    callback=_table,
    default=DEFAULTS.table,
    show_default=True,
    metavar="NAME",
    help="clickhouse: the table of logs.",
)
@click.option(
    "--target",
    callback=_table,
    metavar="NAME",
    help="clickhouse: write a materialized view that fills this table. Without it: a query.",
)
@click.option(
    "--where",
    callback=_condition,
    metavar="SQL",
    help="clickhouse: which rows to search. Default: all.",
)
@click.option(
    "--copy",
    "copied",
    callback=_columns,
    multiple=True,
    metavar="NAME",
    help="clickhouse: another column of the table to copy to the result, such as time. Repeatable.",
)
@schema_option("the format json", lambda: SCHEMA)
@root_option
def export_signatures_command(form: str, output: Path | None, site_url: str | None, selector: str, field: str, table: str, target: str | None, where: str | None, copied: tuple[str, ...], root: Path) -> None:  # fmt: skip
    """Write the signatures of all incidents for a log system.

    The guide "Log systems" says for each format where to install it and what it cannot express. A
    signature that it cannot express is left out and named on standard error. Withdrawn incidents
    are left out, and so are drafts if the site leaves them out.

    \b
    Examples:
      runbooks export-signatures --format json | jq -r '.signatures[].regex'
      runbooks export-signatures --format loki --selector '{app="shop"}' -o rules.yaml
      runbooks export-signatures --format vector -o signatures.vrl
      runbooks export-signatures --format syslog-ng -o signatures.xml && pdbtool test signatures.xml
      runbooks export-signatures --format clickhouse --where 'time > now() - 3600' --copy time |
        clickhouse-client
      runbooks export-signatures --format clickhouse --table logs --copy time --target known_errors |
        clickhouse-client
    """
    base = load_base(root)
    options = SignatureExportOptions(
        site_url or base.settings.site_url, selector, field, table, target, where, copied
    )
    signatures, refused = portable_signatures(
        base.shown, options, nearby=form in NEARBY, without=form in WITHOUT
    )
    export = FORMATS[form](signatures, options)
    for name, why in (*refused, *export.left_out):
        say(f"left out: {name}: {why}")
    say_unreadable(base, "left out")
    if output:
        write_whole(output, export.text)
    else:
        echo(export.text, nl=False)
