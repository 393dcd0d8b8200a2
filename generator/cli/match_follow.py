"""`runbooks match --follow`: reports incidents as a log grows."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import click

from generator.cli.match_answers import (
    STANDARD_INPUT,
    Findings,
    SearchedFile,
    choices,
    match_as_json,
    match_as_text,
    reasons,
)
from generator.cli.messages import EXIT_FINDINGS, echo, echo_json, say, styled
from generator.commands.exports import exports
from generator.signatures.follow import NEW_FILE, follow_file, follow_pipe, often_idle
from generator.signatures.scanner import Scanner
from generator.signatures.source import described
from generator.text.controls import on_one_line
from generator.triage.catalog import Catalog
from generator.triage.results import MatchedIncident, matched_incidents


def follow(
    context: click.Context, known: Catalog, name: str, opened: Callable[[], BinaryIO], form: str
) -> None:
    """Report each incident when it first appears, and later what is new about it.

    Args:
        context: ended with the exit code.
        known: the signatures.
        name: the file, or `STANDARD_INPUT`.
        opened: opens it, if it is not a file that can be replaced.
        form: `text` or `json`.
    """
    teller = _Teller(known, form)
    read = _Read(known, name)
    try:
        for part in often_idle(_parts(name, opened, lambda note: say(read.noted(note)))):
            if part is None:
                read.scanner.flush()
                teller.tell(read)
            elif part == NEW_FILE:
                read.next_file()
            else:
                read.scanner.feed(part)
        read.scanner.finish()
        teller.tell(read)
    except KeyboardInterrupt:
        say("")
    except OSError as error:
        raise click.UsageError(f"{name} cannot be read: {error.strerror or error}") from None
    context.exit(0 if teller.told else EXIT_FINDINGS)


def _parts(
    name: str, opened: Callable[[], BinaryIO], note: Callable[[str], None]
) -> Iterator[bytes | None]:
    if name == STANDARD_INPUT or Path(name).is_fifo():
        return follow_pipe(opened())
    return follow_file(Path(name), note)


class _Read:
    """What was read so far: a file, and the files that stood at its path before."""

    def __init__(self, known: Catalog, name: str) -> None:
        self._known = known
        self._source = SearchedFile(name)
        self._earlier = Findings()
        self.scanner = Scanner(known.matcher)

    def noted(self, note: str) -> str:
        return f"{self._source.name} {note}"

    def next_file(self) -> None:
        """End a file; the lines of the next one count from 1."""
        self.scanner.finish()
        self._earlier.add(self._source, self.scanner.found)
        self._source = self._source._replace(number=self._source.number + 1)
        self.scanner = Scanner(self._known.matcher)

    def findings(self) -> Findings:
        """Return what was found in all of them."""
        findings = deepcopy(self._earlier)
        findings.add(self._source, self.scanner.found)
        return findings


@dataclass
class _Told:
    """What was said about an incident.

    Attributes:
        counts: how often each signature was seen, by its index.
        values: the values of each parameter.
        used: the values that were set.
    """

    counts: dict[int, int] = field(default_factory=dict)
    values: dict[str, list[str]] = field(default_factory=dict)
    used: dict[str, str] = field(default_factory=dict)


class _Teller:
    """Prints what was not said before."""

    def __init__(self, known: Catalog, form: str) -> None:
        self._known = known
        self._form = form
        self.told: dict[str, _Told] = {}

    def tell(self, read: _Read) -> None:
        findings = read.findings()
        for incident in matched_incidents(self._known.named, findings.found):
            before = self.told.get(incident.incident, _Told())
            now = _Told(
                {named.index: found.count for named, found in incident.signatures},
                {**{n: [value] for n, value in incident.captures.items()}, **incident.values},
                incident.captures,
            )
            if now != before:
                self.told[incident.incident] = now
                self._tell(findings, incident, before, now)
        sys.stdout.flush()

    def _tell(
        self, findings: Findings, incident: MatchedIncident, before: _Told, now: _Told
    ) -> None:
        card = self._known.cards[incident.incident]
        fresh = [pair for pair in incident.signatures if pair[0].index not in before.counts]
        values = {
            name: new
            for name, known in now.values.items()
            if (new := [value for value in known if value not in before.values.get(name, ())])
        }
        if self._form == "json":
            signatures = [described(card.signatures[named.index]) for named, _ in fresh]
            line = match_as_json(findings, incident, card)
            echo_json({**line, "new": {"signatures": signatures, "values": values}}, indent=None)
        elif not before.counts:
            echo(match_as_text(findings, incident, card) + "\n")
        else:
            lines = reasons(findings, fresh, card)
            lines += choices({n: known for n, known in incident.values.items() if n in values})
            set_now = {n: v for n, v in now.used.items() if before.used.get(n) != v}
            lines += map(on_one_line, exports(set_now))
            head = styled(incident.incident, bold=True)
            again = _again(findings, incident, before)
            echo("\n    ".join([f"{head}  {again}", *lines]))


def _again(findings: Findings, incident: MatchedIncident, before: _Told) -> str:
    """Return how often an incident was seen, and where last; or only that more is known."""
    for named, found in incident.signatures:
        if 0 < before.counts.get(named.index, 0) < found.count:
            where = f"line {found.last_line:,}{findings.sources_of(found)[1].label}"
            return on_one_line(f"{found.count:,} times, last on {where}: {found.last_text}")
    return "more is known:"
