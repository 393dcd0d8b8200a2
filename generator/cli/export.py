"""`runbooks export ID`: a post-mortem as a document, or the action items for other programs."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from generator.cli.completion import incident_ids
from generator.cli.files import write_whole
from generator.cli.messages import EXIT_FINDINGS, echo_bytes, say, stop
from generator.cli.opening import load_base, resolve_id, say_unreadable, today
from generator.cli.options import root_option
from generator.knowledge.base import KnowledgeBase
from generator.knowledge.diagnostics import Diagnostic, Severity
from generator.model import Status
from generator.postmortems import FORMATS, ExportedFile, ExportRequest
from generator.text.labels import plural

_DEFAULT = "markdown"
_NAMED = 10  # how many of what is left out are named; the rest are counted
_SEVERAL = " and ".join(name for name, form in FORMATS.items() if form.several)
_FROM_ENDING = {ending: name for name, form in FORMATS.items() for ending in form.endings}


@click.command("export")
@click.argument("ids", metavar="[ID...]", nargs=-1, shell_complete=incident_ids)
@click.option(
    "--all", "everything", is_flag=True, help="csv, ics: export all except withdrawn incidents."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    help="The document: markdown, html, docx. The action items: csv, ics. Default: by the extension of FILE, else markdown.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    metavar="FILE",
    help="Write to FILE instead of standard output; an existing file is overwritten.",
)
@click.option("--site-url", metavar="URL", help="URL of the site. Default: site_url in mkdocs.yml.")
@root_option
def export_command(ids: tuple[str, ...], everything: bool, form: str | None, output: Path | None, site_url: str | None, root: Path) -> None:  # fmt: skip
    """Export a post-mortem or action items.

    Writes a post-mortem as a document, or action items for a spreadsheet or a calendar.

    ID is the name of a folder under incidents/, or an unambiguous prefix of it. A document is about
    one incident; csv and ics take several. The guide "Post-mortems" describes each format.

    \b
    Examples:
      runbooks export postgresql-concurrent-create-table | less
      runbooks export postgresql-concurrent-create-table -o post-mortem.docx
      runbooks export --all --format ics -o action-items.ics
    """
    name = form or _format_of(output)
    if output == Path("-"):
        output = None
    chosen = FORMATS[name]
    if not chosen.several and (everything or len(ids) > 1):
        raise click.UsageError(f"{name} takes one incident at a time; {_SEVERAL} take several")
    if everything and ids:
        raise click.UsageError("name incidents or use --all, not both")
    if not everything and not ids:
        raise click.UsageError(
            "no incident is named; add its ID" + (", or --all" if chosen.several else "")
        )
    if not chosen.text and output is None and sys.stdout.isatty():
        raise click.UsageError(
            f"a terminal cannot show {name}; name a file: -o {ids[0]}{chosen.endings[0]}"
        )
    base = load_base(root)
    wanted = _all(base) if everything else _named(base, ids)
    export = chosen.export(ExportRequest(base, wanted, today(), site_url or base.settings.site_url))
    _say_left_out(export)
    if output:
        write_whole(output, export.content)
    else:
        echo_bytes(export.content)


def _format_of(output: Path | None) -> str:
    """Return the format for the extension of a file."""
    ending = output.suffix.lower() if output else ""
    if ending and ending not in _FROM_ENDING:
        raise click.UsageError(f"no format has the extension {ending}; add --format")
    return _FROM_ENDING.get(ending, _DEFAULT)


def _say_left_out(export: ExportedFile) -> None:
    if names := export.left_out:
        say(f"left out: {plural(len(names), 'action item')} {export.why}: {_some(names)}")


def _all(base: KnowledgeBase) -> tuple[str, ...]:
    """Return all incidents that can be exported; say which cannot."""
    say_unreadable(base, "left out")
    wanted = tuple(
        i for i, incident in base.incidents.items() if incident.status is not Status.WITHDRAWN
    )
    wrong = _wrong(base, wanted)
    if wrong:
        say(f"left out: {plural(len(wrong), 'incident')} with errors: {_some(tuple(wrong))}; run runbooks lint")  # fmt: skip
    return tuple(i for i in wanted if i not in wrong)


def _named(base: KnowledgeBase, ids: tuple[str, ...]) -> tuple[str, ...]:
    """Return the named incidents, each once; exit if one cannot be read or has errors."""
    from generator.rules import RULES
    from generator.rules.reports import FORMATS as REPORTS

    wanted = tuple(dict.fromkeys(resolve_id(base, i) for i in ids))
    broken = {i: base.by_id[i].diagnostics for i in wanted if base.by_id[i].incident is None}
    wrong = broken or _wrong(base, wanted)
    if wrong:
        for diagnostics in wrong.values():
            say(REPORTS["text"](diagnostics, RULES))
        why = "cannot be read" if broken else "has errors" if len(wrong) == 1 else "have errors"
        stop(
            f"{', '.join(wrong)} {why}, so nothing was exported; "
            f"fix what `runbooks lint {' '.join(wrong)}` reports",
            EXIT_FINDINGS,
        )
    return wanted


def _wrong(base: KnowledgeBase, ids: tuple[str, ...]) -> Mapping[str, Sequence[Diagnostic]]:
    """Return the incidents in whose files `runbooks lint` finds errors, with these errors."""
    from generator.rules import RULES, lint

    wrong: dict[str, list[Diagnostic]] = {}
    for found in lint(base, RULES, ids) if ids else ():
        if found.severity is Severity.ERROR:
            wrong.setdefault(found.file.split("/")[1], []).append(found)
    return wrong


def _some(names: tuple[str, ...]) -> str:
    """Return names as text: the first ones, and the number of the others."""
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"
