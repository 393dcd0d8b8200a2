"""`runbooks match`: find the incidents that an error, a trace or a log shows."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from generator.cli.completion import paths
from generator.cli.match_answers import (
    STANDARD_INPUT,
    Findings,
    SearchedFile,
    about,
    card_as_text,
    match_as_json,
    match_as_text,
    steps_as_json,
)
from generator.cli.messages import EXIT_FINDINGS, EXIT_USAGE, echo, echo_json, say
from generator.cli.opening import load_base
from generator.cli.options import format_option, root_option
from generator.signatures.scanner import Scanner
from generator.signatures.streams import NotReadable, decoded_pieces
from generator.text.controls import on_one_line
from generator.text.labels import spell_severity
from generator.triage.alerts import BODY_MAX, alert_names
from generator.triage.catalog import Catalog, catalog
from generator.triage.results import MatchedIncident, matched_incidents

if TYPE_CHECKING:
    from generator.search.ranking import SimilarIncident

VERSION = 1
_STDIN = "-"
_BEGIN = 1 << 20
"""How many bytes are compared to find similar incidents."""


@dataclass
class _Report:
    """What was found in all files.

    Attributes:
        findings: what was found.
        alerts: names of alerts, if the text comes from Alertmanager.
        begin: the first bytes, to find similar incidents.
        notes: what a reader must know about the files.
        unreadable: the files that could not be read, or not to their end.
        was_read: whether there was anything to answer.
    """

    findings: Findings = field(default_factory=Findings)
    alerts: list[str] = field(default_factory=list)
    begin: bytes = b""
    notes: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    was_read: bool = False


@click.command("match")
@click.argument("files", metavar="[FILE...|-]", nargs=-1, shell_complete=paths)
@click.option("--follow", "-f", "following", is_flag=True, help="Keep reading as the log grows, and report each incident when it first appears, and later what is new about it: more values, another signature.")  # fmt: skip
@format_option
@root_option
@click.pass_context
def match_command(context: click.Context, files: tuple[str, ...], following: bool, form: str, root: Path) -> None:  # fmt: skip
    """Find the incidents that an error or a log shows.

    Prints them with what to do first. Reads files, or standard input if there is no FILE or FILE is
    "-": errors, stack traces and logs as plain text or JSON lines, also with gzip or zstd, or the
    body of an Alertmanager webhook, which is also matched by the names of its alerts. The most
    specific match comes first. Captured values become `export NAME='value'` lines to paste before
    the commands; a parameter that is the log (`fill_with: log-file`) becomes FILE.

    Exit codes: 0 an incident matches, 1 no incident matches, 2 wrong usage, or a FILE cannot be
    read to its end (what was read is answered all the same), 3 internal error.

    \b
    Examples:
      runbooks match server.log
      kubectl logs deploy/backend --previous | runbooks match
      runbooks match /var/log/postgresql/*.log* --format json | jq '.matches[].incident'
      runbooks match --follow /var/log/app.log
    """
    if following and len(files) > 1:
        raise click.UsageError("--follow takes one file, or standard input")
    load = cache(lambda: load_base(root))
    known = catalog(root, load)
    if known.skipped:
        say(f"{known.skipped} signatures cannot be used; `runbooks lint` says why")
    if known.bad_settings:
        say("mkdocs.yml has errors: defaults stand in for what cannot be read; see `runbooks lint`")
    if following:
        from generator.cli.match_follow import follow  # rarely needed

        file = files[0] if files else _STDIN
        follow(context, known, _name(file), lambda: _open(file), form)
        return
    report = _Report()
    for file in files or (_STDIN,):
        _scan(known, file, report)
    for note in report.notes:
        say(note)
    if not report.was_read:
        context.exit(EXIT_USAGE)
    incidents = matched_incidents(known.named, report.findings.found)
    alerted = _alerted(known, report, incidents)
    near: tuple[SimilarIncident, ...] = ()
    if not incidents and not alerted:
        from generator.search.kept import kept_engine  # a match does without

        near = kept_engine(root, load).engine.similar(report.begin.decode("utf-8", "replace"))
    if form == "json":
        echo_json(_as_json(known, report, incidents, alerted, near))
    elif incidents or alerted:
        parts = [match_as_text(report.findings, s, known.cards[s.incident]) for s in incidents]
        parts += [
            card_as_text(known.cards[i], {}, [f"alert    {on_one_line(name)}"])
            for i, name in alerted
        ]
        echo("\n\n".join(parts))
    else:
        _say_nothing(near)
    if report.unreadable:
        context.exit(EXIT_USAGE)  # as grep: nobody knows what the rest shows
    context.exit(0 if incidents or alerted else EXIT_FINDINGS)


def _name(file: str) -> str:
    return STANDARD_INPUT if file == _STDIN else file


def _open(file: str) -> BinaryIO:
    if file == _STDIN:
        if sys.stdin.isatty():
            say(
                "Paste the error, then press Ctrl-D on an empty line (on Windows, Ctrl-Z and Enter)."
            )
        return sys.stdin.buffer
    return Path(file).open("rb", buffering=0)


def _scan(known: Catalog, file: str, report: _Report) -> None:
    name = _name(file)
    scanner = Scanner(known.matcher)
    begin: list[bytes] = []

    def note(problem: str) -> None:
        report.notes.append(f"{name} {problem}")
        report.unreadable.append(name)

    try:
        stream = _open(file)
        try:
            for part in decoded_pieces(stream, note):
                if scanner.read <= BODY_MAX:
                    begin.append(part)
                scanner.feed(part)
        finally:
            if file != _STDIN:
                stream.close()
    except NotReadable as error:
        note(f"{error}{_installs(error.extra)}")
    except OSError as error:
        note(f"cannot be read: {error.strerror or error}")
    scanner.finish()  # what was read before an error counts
    report.was_read |= bool(scanner.read) or name not in report.unreadable
    report.findings.add(SearchedFile(name), scanner.found)
    text = b"".join(begin)
    report.begin += text[: _BEGIN - len(report.begin)]
    if len(text) == scanner.read:
        report.alerts += alert_names(text) or []


def _installs(extra: str) -> str:
    if not extra:
        return ""
    from generator.text.extras import install_command  # slow to import, and rarely needed

    return f", or install support for it: {install_command(extra)}"


def _alerted(
    known: Catalog, report: _Report, incidents: list[MatchedIncident]
) -> list[tuple[str, str]]:
    """Return the incidents that only an alert shows, each with the alert's name."""
    seen = {s.incident for s in incidents}
    named: dict[str, str] = {}
    for alert in report.alerts:
        for incident in known.by_alert.get(alert, ()):
            if incident not in seen:
                named.setdefault(incident, alert)
    return list(named.items())


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


def _as_json(known: Catalog, report: _Report, incidents: list[MatchedIncident], alerted: list[tuple[str, str]], near: tuple[SimilarIncident, ...]) -> dict[str, Any]:  # fmt: skip
    matches = [match_as_json(report.findings, s, known.cards[s.incident]) for s in incidents]
    matches += [
        {**about(known.cards[i]), "alert": name, "signature": None, "captures": {}, "count": None, "line": None, "steps": steps_as_json(known.cards[i])}
        for i, name in alerted
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
