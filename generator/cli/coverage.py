"""`runbooks coverage RULES.yaml`: which alerts have a runbook, and which do not."""

from __future__ import annotations

import difflib
import json
from pathlib import Path
from urllib.parse import urlsplit

import click

from generator.cli.files import write_whole
from generator.cli.messages import EXIT_FINDINGS, say, stop
from generator.cli.opening import load_base, say_unreadable
from generator.cli.options import format_option, root_option
from generator.coverage.edits import EditedRuleFile, set_urls
from generator.coverage.gaps import KINDS, NO_URL, Coverage, compare, wanted_url
from generator.coverage.rulefiles import RuleFile, read_rules
from generator.knowledge.base import KnowledgeBase
from generator.knowledge.diagnostics import Diagnostic
from generator.knowledge.settings import CONFIG_FILE
from generator.rules.reports import text as as_text

VERSION = 1


def _site_url(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:  # noqa: ARG001
    if value is None:
        return None
    try:
        parts = urlsplit(value)
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is not a URL: {error}") from None
    if parts.scheme not in ("http", "https") or not parts.netloc or not value.isprintable():
        raise click.BadParameter(f"{value!r} is not a URL that begins with https:// or http://")
    return value


@click.command("coverage")
@click.argument(
    "files",
    metavar="RULES.yaml...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option(
    "--site-url",
    callback=_site_url,
    metavar="URL",
    help=f"URL of the site. Default: site_url in {CONFIG_FILE}.",
)
@click.option(
    "--write",
    is_flag=True,
    help="Add the missing runbook_urls of alerts that have a page, and show the changes.",
)
@click.option("--dry-run", is_flag=True, help="Show what --write would change, and change nothing.")
@format_option
@root_option
@click.pass_context
def coverage_command(context: click.Context, files: tuple[Path, ...], site_url: str | None, write: bool, dry_run: bool, form: str, root: Path) -> None:  # fmt: skip
    """Find alerts without a runbook.

    Compares Prometheus rule files with the alerts that incidents name. Lists alerts that no
    incident names, runbook_urls that link to no page of the site, alerts whose page no runbook_url
    links to, and alerts of incidents that no rule defines. Pass all rule files at once; they can
    also be PrometheusRule objects. --write adds annotations and changes no other character of a
    file.

    Exit codes: 0 no gaps, 1 gaps or unreadable files, 2 wrong usage, 3 internal error.

    \b
    Examples:
      runbooks coverage /etc/prometheus/rules/*.yml
      runbooks coverage alerts.yaml --site-url https://runbooks.example.com/ --dry-run
      runbooks coverage alerts.yaml --write
    """
    base = load_base(root)
    site = site_url or base.settings.site_url
    if (write or dry_run) and not site:
        raise click.UsageError(
            f"the URL of the site is not set; use --site-url, or set site_url in {CONFIG_FILE}"
        )
    raws = {path: _read(path) for path in dict.fromkeys(files)}
    rules = {path: read_rules(str(path), raw) for path, raw in raws.items()}
    refused: list[Diagnostic] = []
    if site and (write or dry_run):
        for path, file in rules.items():
            edited = _edited(base, file, site)
            refused += edited.problems
            if not edited.changed:
                continue
            click.echo(_diff(file, edited), nl=False, err=form == "json")
            if write and not dry_run:
                _replace(path, raws[path], edited.text)
                rules[path] = read_rules(str(path), edited.text.encode())
                say(f"{path}: {len(edited.changed)} runbook_urls set")
    coverage = compare(base, list(rules.values()), site)
    _report(coverage, refused, form, site)
    say_unreadable(base, "their alerts are not counted")
    if coverage.gaps or coverage.problems:
        context.exit(EXIT_FINDINGS)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        stop(f"cannot read {path}: {error.strerror}")


def _edited(base: KnowledgeBase, file: RuleFile, site: str) -> EditedRuleFile:
    missing = {
        gap.diagnostic.position for gap in compare(base, [file], site).gaps
        if gap.diagnostic.code == NO_URL
    }  # fmt: skip
    rules = [rule for rule in file.alerts if rule.name_at in missing]
    return set_urls(file, rules, lambda rule: wanted_url(rule, site))


def _replace(path: Path, before: bytes, text: str) -> None:
    """Write the new text, unless the file was changed after it was read."""
    target = path.resolve()
    if _read(target) != before:
        stop(f"{path} was changed after it was read, and is not overwritten; run the command again")
    write_whole(target, text, target.stat().st_mode & 0o7777)


def _diff(file: RuleFile, edited: EditedRuleFile) -> str:
    before = (("\ufeff" if file.has_mark else "") + file.text).splitlines()
    lines = difflib.unified_diff(
        before, edited.text.splitlines(), file.file, f"{file.file} (with runbook_url)", lineterm=""
    )
    return "".join(_plain(line) + "\n" for line in lines)


def _plain(line: str) -> str:
    return "".join(
        c if c.isprintable() or c == "\t" else c.encode("unicode_escape").decode() for c in line
    )


def _report(coverage: Coverage, refused: list[Diagnostic], form: str, site: str | None) -> None:
    problems = [*coverage.problems, *refused]
    if form == "json":
        click.echo(_as_json(coverage, problems, site))
        return
    found = as_text([*problems, *(gap.diagnostic for gap in coverage.gaps)], ())
    if found:
        click.echo(found)
    say(f"{coverage.alerts} alerting rules, {coverage.covered} with a page")
    if coverage.unchecked and site:
        say(f"{coverage.unchecked} runbook_urls are templates and were not checked")
    elif coverage.unchecked:
        say(
            f"{coverage.unchecked} runbook_urls were not checked; use --site-url, or set site_url in "
            f"{CONFIG_FILE}"
        )
    if coverage.problems:
        say("A rule file could not be read, so no alert of an incident is reported as unused.")


def _as_json(coverage: Coverage, problems: list[Diagnostic], site: str | None) -> str:
    report = {
        "version": VERSION,
        "site_url": site,
        "alerts": coverage.alerts,
        "covered": coverage.covered,
        "unchecked": coverage.unchecked,
        **{
            name: [
                {"alert": gap.alert, "address": gap.address or None, **_placed(gap.diagnostic)}
                for gap in coverage.gaps
                if gap.diagnostic.code == code
            ]
            for code, name in KINDS.items()
        },
        "problems": [_placed(d) for d in problems],
    }
    return json.dumps(report, indent=2)


def _placed(d: Diagnostic) -> dict[str, object]:
    return {
        "file": d.file,
        "line": d.position.line,
        "column": d.position.column,
        "code": d.code,
        "message": d.message,
        "hint": d.hint,
    }
