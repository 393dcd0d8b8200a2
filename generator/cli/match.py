"""`runbooks match`: find the incidents that an error, a trace or a log shows."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.cli.completion import paths
from generator.cli.match_answers import (
    about,
    card_as_text,
    match_as_json,
    match_as_text,
    steps_as_json,
)
from generator.cli.match_reading import STDIN, SearchedFiles, name_of, opened, scan
from generator.cli.messages import EXIT_FINDINGS, EXIT_USAGE, echo, echo_json, say
from generator.cli.opening import load_base, say_missing_sources
from generator.cli.options import format_option, root_option
from generator.text.controls import on_one_line
from generator.text.labels import spell_severity
from generator.triage.catalog import Catalog, catalog, lists_of
from generator.triage.results import MatchedIncident, matched_incidents

if TYPE_CHECKING:
    from generator.search.ranking import SimilarIncident

VERSION = 1


@click.command("match")
@click.argument("files", metavar="[FILE...|-]", nargs=-1, shell_complete=paths)
@click.option("--follow", "-f", "following", is_flag=True, help="Keep reading as the log grows, and report each incident when it first appears, and later what is new about it: more values, another signature.")  # fmt: skip
@click.option("--coverage", "texts", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="FOLDER", help="Say which incident each error text of a folder shows, one text a file, with totals. Texts in a subfolder should show the incident whose ID is its name, or with the name none, no incident.")  # fmt: skip
@format_option
@root_option
@click.pass_context
def match_command(context: click.Context, files: tuple[str, ...], following: bool, texts: Path | None, form: str, root: Path) -> None:  # fmt: skip
    """Find the incidents that an error or a log shows.

    Prints them with what to do first. Reads files, or standard input if there is no FILE or FILE is
    "-": errors, stack traces and logs as plain text or JSON lines, also with gzip or zstd, or the
    body of an Alertmanager webhook, which is also matched by the names of its alerts. The most
    specific match comes first. Captured values become `export NAME='value'` lines to paste before
    the commands; a parameter that is the log (`fill_with: log-file`) becomes FILE.

    Exit codes: 0 an incident matches, 1 no incident matches, 2 wrong usage, or a FILE cannot be
    read to its end (what was read is answered all the same), 3 internal error. With --coverage,
    1 is for a text that shows no incident, or another than it should.

    \b
    Examples:
      runbooks match server.log
      kubectl logs deploy/backend --previous | runbooks match
      runbooks match /var/log/postgresql/*.log* --format json | jq '.matches[].incident'
      runbooks match --follow /var/log/app.log
      runbooks match --coverage collected-errors
    """
    if texts is not None and (files or following):
        raise click.UsageError("--coverage takes a folder, and neither FILE nor --follow")
    if following and len(files) > 1:
        raise click.UsageError("--follow takes one file, or standard input")
    load = cache(lambda: load_base(root, tells=False))
    say_missing_sources(root)
    lists = lists_of(root)
    known = catalog(root, load, lists)
    if known.skipped:
        say(f"{known.skipped} signatures cannot be used; `runbooks lint` says why")
    if known.bad_settings:
        say("mkdocs.yml has errors: defaults stand in for what cannot be read; see `runbooks lint`")
    if following:
        from generator.cli.match_follow import follow  # rarely needed

        file = files[0] if files else STDIN
        follow(context, known, name_of(file), lambda: opened(file), form)
        return
    if texts is not None:
        from generator.cli.match_coverage import coverage  # rarely needed

        coverage(context, known, texts, form)
        return
    report = SearchedFiles()
    for file in files or (STDIN,):
        scan(known, file, report)
    for note in report.notes:
        say(note)
    if not report.was_read:
        context.exit(EXIT_USAGE)
    incidents = matched_incidents(known.named, report.findings.found)
    only_alerted = known.alerted(report.alerts, (one.incident for one in incidents))
    near: tuple[SimilarIncident, ...] = ()
    if not incidents and not only_alerted:
        from generator.search.kept import kept_engine  # a match does without

        near = kept_engine(root, load, lists).engine.similar(
            report.begin.decode("utf-8", "replace")
        )
    if form == "json":
        echo_json(_as_json(known, report, incidents, only_alerted, near))
    elif incidents or only_alerted:
        parts = [match_as_text(report.findings, s, known.cards[s.incident]) for s in incidents]
        parts += [
            card_as_text(known.cards[i], {}, [f"alert    {on_one_line(name)}"])
            for i, name in only_alerted.items()
        ]
        echo("\n\n".join(parts))
    else:
        _say_nothing(near)
    if report.unreadable:
        context.exit(EXIT_USAGE)  # as grep: nobody knows what the rest shows
    context.exit(0 if incidents or only_alerted else EXIT_FINDINGS)


def _say_nothing(near: tuple[SimilarIncident, ...]) -> None:
    say("No incident matches.")
    if not near:
        return
    lines = ["", "Not a match, but similar:"]
    for one in near:
        page = one.page
        lines.append(
            f"    {page.incident}  {spell_severity(page.severity)}  {on_one_line(page.title)}"
        )
        lines.append(f"        has in common: {', '.join(map(on_one_line, one.shared))}")
    echo("\n".join(lines))


def _as_json(known: Catalog, report: SearchedFiles, incidents: list[MatchedIncident], alerted: Mapping[str, str], near: tuple[SimilarIncident, ...]) -> dict[str, Any]:  # fmt: skip
    matches = [match_as_json(report.findings, s, known.cards[s.incident]) for s in incidents]
    matches += [
        {**about(known.cards[i]), "alert": name, "signature": None, "captures": {}, "count": None, "line": None, "steps": steps_as_json(known.cards[i])}
        for i, name in alerted.items()
    ]  # fmt: skip
    return {
        "version": VERSION,
        "matches": matches,
        "similar": [
            {
                **about(known.cards[one.page.incident]),
                "score": round(one.score, 2),
                "words": one.shared,
            }
            for one in near
        ],
        "notes": report.notes,
        "unreadable": report.unreadable,
    }
