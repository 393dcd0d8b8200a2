"""Reads the files that `runbooks match` searches, and finds what they show."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from generator.cli.match_answers import STANDARD_INPUT, Findings, SearchedFile
from generator.cli.messages import say
from generator.signatures.scanner import Scanner
from generator.signatures.streams import NotReadable, decoded_pieces
from generator.triage.alerts import BODY_MAX, alert_names
from generator.triage.catalog import Catalog
from generator.triage.results import SIMILAR_BYTES

STDIN = "-"


@dataclass
class SearchedFiles:
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


def name_of(file: str) -> str:
    """Return how a file is named in answers."""
    return STANDARD_INPUT if file == STDIN else file


def opened(file: str) -> BinaryIO:
    """Open a file or standard input; on a terminal, say how to end it."""
    if file == STDIN:
        if sys.stdin.isatty():
            say(
                "Paste the error, then press Ctrl-D on an empty line (on Windows, Ctrl-Z and Enter)."
            )
        return sys.stdin.buffer
    return Path(file).open("rb", buffering=0)


def scan(known: Catalog, file: str, report: SearchedFiles) -> None:
    """Search one file, and add what it shows to a report.

    Args:
        known: the signatures.
        file: its path, or `STDIN`.
        report: what was found until now.
    """
    name = name_of(file)
    scanner = Scanner(known.matcher)
    begin: list[bytes] = []

    def note(problem: str) -> None:
        report.notes.append(f"{name} {problem}")
        report.unreadable.append(name)

    try:
        stream = opened(file)
        try:
            for part in decoded_pieces(stream, note):
                if scanner.read <= BODY_MAX:
                    begin.append(part)
                scanner.feed(part)
        finally:
            if file != STDIN:
                stream.close()
    except NotReadable as error:
        note(f"{error}{_installs(error.extra)}")
    except OSError as error:
        note(f"cannot be read: {error.strerror or error}")
    scanner.finish()  # what was read before an error counts
    report.was_read |= bool(scanner.read) or name not in report.unreadable
    report.findings.add(SearchedFile(name), scanner.found)
    text = b"".join(begin)
    report.begin += text[: SIMILAR_BYTES - len(report.begin)]
    if len(text) == scanner.read:
        report.alerts += alert_names(text) or []


def _installs(extra: str) -> str:
    if not extra:
        return ""
    from generator.text.extras import install_command  # slow to import, and rarely needed

    return f", or install support for it: {install_command(extra)}"
