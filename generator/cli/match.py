"""`runbooks match`: find the incidents that an error, a trace or a log shows."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from generator.cli.completion import paths
from generator.cli.messages import EXIT_FINDINGS, echo, echo_json, say, styled
from generator.cli.opening import load_base
from generator.cli.options import format_option, root_option
from generator.commands.exports import exports
from generator.signatures.follow import follow_file, follow_pipe
from generator.signatures.scanner import FoundSignature, Scanner
from generator.signatures.source import described
from generator.signatures.streams import NotReadable, decoded_pieces
from generator.text.controls import on_one_line
from generator.text.labels import spell_severity
from generator.triage.alerts import BODY_MAX, alert_names
from generator.triage.cards import IncidentCard
from generator.triage.catalog import Catalog, catalog
from generator.triage.results import MatchedIncident, matched_incidents
from generator.triage.times import time_in

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
        found: what was found, by the number of its signature.
        files: the first file in which it was found, by the same number.
        alerts: names of alerts, if the text comes from Alertmanager.
        begin: the first bytes, to find similar incidents.
        notes: what a reader must know about the files.
    """

    found: dict[int, FoundSignature] = field(default_factory=dict)
    files: dict[int, str] = field(default_factory=dict)
    alerts: list[str] = field(default_factory=list)
    begin: bytes = b""
    notes: list[str] = field(default_factory=list)

    def add(self, file: str, found: dict[int, FoundSignature]) -> None:
        """Add what was found in one file."""
        for number, what in found.items():
            known = self.found.setdefault(number, what)
            self.files.setdefault(number, file)
            if known is not what:
                known.merge(what)


@click.command("match")
@click.argument("files", metavar="[FILE...|-]", nargs=-1, shell_complete=paths)
@click.option("--follow", "-f", "following", is_flag=True, help="Keep reading as the log grows, and report each incident when it first appears.")  # fmt: skip
@format_option
@root_option
@click.pass_context
def match_command(context: click.Context, files: tuple[str, ...], following: bool, form: str, root: Path) -> None:  # fmt: skip
    """Find the incidents that an error or a log shows.

    Prints them with what to do first. Reads files, or standard input if there is no FILE or FILE is
    "-": errors, stack traces and logs as plain text or JSON lines, also with gzip or zstd, or the
    body of an Alertmanager webhook, which is also matched by the names of its alerts. The most
    specific match comes first. Captured values become `export NAME='value'` lines to paste before
    the commands.

    Exit codes: 0 an incident matches, 1 no incident matches, 2 wrong usage, 3 internal error.

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
        _follow(context, known, files[0] if files else _STDIN, form)
        return
    report = _Report()
    readable = [_scan(known, file, report) for file in files or (_STDIN,)]
    for note in report.notes:
        say(note)
    if not any(readable):
        context.exit(2)
    incidents = matched_incidents(known.named, report.found)
    alerted = _alerted(known, report, incidents)
    near: tuple[SimilarIncident, ...] = ()
    if not incidents and not alerted:
        from generator.search.kept import kept_engine  # a match does without

        near = kept_engine(root, load).similar(report.begin.decode("utf-8", "replace"))
    if form == "json":
        echo_json(_as_json(known, report, incidents, alerted, near))
    elif incidents or alerted:
        parts = [_as_text(report, s, known.cards[s.incident]) for s in incidents]
        parts += [_card(known.cards[i], {}, [f"alert    {name}"]) for i, name in alerted]
        echo("\n\n".join(parts))
    else:
        _say_nothing(near)
    context.exit(0 if incidents or alerted else EXIT_FINDINGS)


def _open(file: str) -> BinaryIO:
    if file == _STDIN:
        if sys.stdin.isatty():
            say(
                "Paste the error, then press Ctrl-D on an empty line (on Windows, Ctrl-Z and Enter)."
            )
        return sys.stdin.buffer
    return Path(file).open("rb", buffering=0)


def _scan(known: Catalog, file: str, report: _Report) -> bool:
    name = "standard input" if file == _STDIN else file
    scanner = Scanner(known.matcher)
    begin: list[bytes] = []
    try:
        stream = _open(file)
        try:
            for part in decoded_pieces(stream, lambda note: report.notes.append(f"{name} {note}")):
                if scanner.read <= BODY_MAX:
                    begin.append(part)
                scanner.feed(part)
        finally:
            if file != _STDIN:
                stream.close()
    except NotReadable as error:
        report.notes.append(f"{name} {error}{_installs(error.extra)}")
        return False
    except OSError as error:
        report.notes.append(f"{name} cannot be read: {error.strerror or error}")
        return False
    scanner.finish()
    report.add(name, scanner.found)
    text = b"".join(begin)
    report.begin += text[: _BEGIN - len(report.begin)]
    if len(text) == scanner.read:
        report.alerts += alert_names(text) or []
    return True


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


# -- text --------------------------------------------------------------------------------------


def _as_text(report: _Report, incident: MatchedIncident, card: IncidentCard) -> str:
    lines = []
    for named, found in incident.signatures:
        file = next(report.files[n] for n, what in report.found.items() if what is found)
        where = f"line {found.line:,}" + ("" if file == "standard input" else f" of {file}")
        times = f"{found.count:,} times, last on line {found.last_line:,}"
        lines.append(f"matched  {where}" + (f"; {times}" if found.count > 1 else ""))
        lines.append(f"         {on_one_line(found.text)}")
        lines.append(f"because  {on_one_line(described(card.signatures[named.index]))}")
        first, last = time_in(found.text), time_in(found.last_text)
        if first:
            lines.append(f"seen     {first}" + (f" to {last}" if last and last != first else ""))
    for name, values in incident.values.items():
        lines.append(f"note     {name} has several values: {', '.join(map(on_one_line, values))}")
    return _card(card, incident.captures, lines)


def _card(card: IncidentCard, captures: dict[str, str], why: list[str]) -> str:
    head = f"{card.id}  {spell_severity(card.severity)}" + (
        "" if card.status == "published" else f" · {card.status}"
    )
    lines = [_bold(head), f"    {on_one_line(card.title)}", *(f"    {line}" for line in why)]
    lines.append(f"    page     {card.address}")
    values = {**{k: v for k, v in card.defaults.items() if k not in captures}, **captures}
    used = {name: values[name] for name in card.parameters if name in values}
    used.update({name: value for name, value in captures.items() if name not in used})
    lines.append("")
    if used:
        lines += [f"      {on_one_line(line)}" for line in exports(used)]
    missing = [name for name in card.parameters if name not in used]
    if missing:
        lines.append(f"      # not set yet: {', '.join(missing)}")
    for number, step in enumerate(card.steps, 1):
        risk = f" [{step.risk}]" if step.risk else ""
        lines.append(f"    {number}. {on_one_line(' '.join(step.do.split()))}{risk}")
        lines += [f"         {on_one_line(line)}" for line in step.run.rstrip().splitlines()]
    rest = f" ({card.more_steps} more steps)" if card.more_steps else ""
    lines.append(f"    Full runbook: runbooks show {card.id}{rest}")
    return "\n".join(lines)


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


def _bold(text: str) -> str:
    return styled(text, bold=True)


# -- JSON --------------------------------------------------------------------------------------


def _as_json(known: Catalog, report: _Report, incidents: list[MatchedIncident], alerted: list[tuple[str, str]], near: tuple[SimilarIncident, ...]) -> dict[str, Any]:  # fmt: skip
    matches = [_match_as_json(known, report, s) for s in incidents]
    matches += [
        {**_about(known.cards[i]), "alert": name, "signature": None, "captures": {}, "count": None, "line": None}
        for i, name in alerted
    ]  # fmt: skip
    return {
        "version": VERSION,
        "matches": matches,
        "similar": [
            {
                **_about(known.cards[one.page.incident]),
                "score": round(one.score, 2),
                "words": one.shared,
            }
            for one in near
        ],
        "notes": report.notes,
    }


def _about(card: IncidentCard) -> dict[str, Any]:
    return {"incident": card.id, "title": card.title, "severity": card.severity, "status": card.status, "address": card.address}  # fmt: skip


def _match_as_json(known: Catalog, report: _Report, incident: MatchedIncident) -> dict[str, Any]:
    card = known.cards[incident.incident]
    signatures = [
        {
            "signature": described(card.signatures[named.index]),
            "captures": found.captures,
            "count": found.count,
            "file": next(report.files[n] for n, f in report.found.items() if f is found),
            "line": found.line,
            "text": found.text,
            "last_line": found.last_line,
            "first_seen": time_in(found.text),
            "last_seen": time_in(found.last_text),
        }
        for named, found in incident.signatures
    ]
    return {
        **_about(card),
        **signatures[0],
        "captures": incident.captures,
        "values": incident.values,
        "exports": exports(incident.captures),
        "signatures": signatures,
    }


# -- follow ------------------------------------------------------------------------------------


def _follow(context: click.Context, known: Catalog, file: str, form: str) -> None:
    counts: dict[str, int] = {}
    scanner = Scanner(known.matcher)
    name = "standard input" if file == _STDIN else file

    def tell() -> None:
        report = _Report()
        report.add(name, scanner.found)
        for incident in matched_incidents(known.named, scanner.found):
            count = incident.best[1].count
            before = counts.get(incident.incident)
            if before == count:
                continue
            counts[incident.incident] = count
            if form == "json":
                echo_json(_match_as_json(known, report, incident), indent=None)
            elif before is None:
                echo(_as_text(report, incident, known.cards[incident.incident]) + "\n")
            else:
                found = incident.best[1]
                echo(f"{incident.incident}  {count:,} times, last on line {found.last_line:,}: {on_one_line(found.last_text)}")  # fmt: skip
        sys.stdout.flush()

    try:
        for part in _parts(file, lambda note: say(f"{name} {note}")):
            if part is None:
                scanner.flush()
                tell()
            else:
                scanner.feed(part)
        scanner.finish()
        tell()
    except KeyboardInterrupt:
        say("")
    except OSError as error:
        raise click.UsageError(f"{name} cannot be read: {error.strerror or error}") from None
    context.exit(0 if counts else EXIT_FINDINGS)


def _parts(file: str, note: Any) -> Iterator[bytes | None]:
    if file == _STDIN:
        return follow_pipe(_open(file))
    path = Path(file)
    if path.is_fifo():
        return follow_pipe(path.open("rb", buffering=0))
    return follow_file(path, note)
