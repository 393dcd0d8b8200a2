"""`runbooks match --coverage`: which of many error texts are known, and which are not."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from generator.cli.match_reading import SearchedFiles, scan
from generator.cli.messages import EXIT_FINDINGS, EXIT_USAGE, echo, echo_json, say
from generator.knowledge.files import walk
from generator.text.controls import on_one_line
from generator.text.labels import plural
from generator.triage.catalog import Catalog
from generator.triage.results import matched_incidents

VERSION = 1
_NONE = "none"
"""The name of a folder of texts that show no incident."""


@dataclass(frozen=True)
class CoveredText:
    """What one text shows.

    Attributes:
        file: its path from the folder.
        incidents: the incidents that it shows, the most specific match first.
        expected: the incident that it should show, or `none`; None if its folder does not say.
        notes: why it could not be read, or not to its end.
    """

    file: str
    incidents: tuple[str, ...]
    expected: str | None
    notes: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        """`unreadable`, `wrong`, `known`, `unknown`, or `none` for a text that shows none and should not."""
        if self.notes:
            return "unreadable"
        if not self.incidents:
            return _NONE if self.expected == _NONE else "unknown"
        return "known" if self.expected in (None, self.incidents[0]) else "wrong"


def coverage(context: click.Context, known: Catalog, folder: Path, form: str) -> None:
    """Say which incident each text of a folder shows, or none, with totals.

    Args:
        context: ended with the exit code.
        known: the signatures.
        folder: a file for each text; in a folder with the ID of an incident are texts that should
            show it, and in one named `none` texts that should show none.
        form: `text` or `json`.
    """
    texts = [_text(known, folder, name, why) for name, why in _files(folder)]
    if not texts:
        raise click.UsageError(f"{on_one_line(str(folder))} has no files")
    if form == "json":
        echo_json(_as_json(texts))
    else:
        for text in texts:
            for note in text.notes:
                say(note)
        echo(_as_text(texts))
    states = {text.state for text in texts}
    if "unreadable" in states:
        context.exit(EXIT_USAGE)
    context.exit(EXIT_FINDINGS if states & {"unknown", "wrong"} else 0)


def _files(folder: Path) -> list[tuple[str, str]]:
    """Return all files of a folder, each with why it is not read; hidden ones are nobody's texts."""
    found = []
    for file in walk(folder, ""):
        why = "" if file.why is None else file.why.strerror or str(file.why)
        found.append((file.name.lstrip("/"), why.replace("the knowledge base", "the folder")))
    return sorted(pair for pair in found if not any(p.startswith(".") for p in pair[0].split("/")))


def _text(known: Catalog, folder: Path, name: str, why: str) -> CoveredText:
    above = [part for part in name.split("/")[:-1] if part == _NONE or part in known.cards]
    expected = above[-1] if above else None
    if why:
        return CoveredText(name, (), expected, (f"{name}: {why}",))
    report = SearchedFiles()
    scan(known, str(folder / name), report)
    matched = matched_incidents(known.named, report.findings.found)
    shown = [one.incident for one in matched]
    shown += known.alerted(report.alerts, shown)
    return CoveredText(name, tuple(shown), expected, tuple(report.notes))


def _as_text(texts: list[CoveredText]) -> str:
    names = [on_one_line(text.file) for text in texts]
    width = max(map(len, names))
    lines = [f"{name:<{width}}  {_shown(text)}" for name, text in zip(names, texts, strict=True)]
    counts = Counter(text.state for text in texts)
    of = len(texts)
    parts = [
        f"{counts[state]} {state} ({counts[state] / of:.0%})"
        for state in ("known", "unknown", "wrong")
        if counts[state] or state != "wrong"
    ]
    if counts[_NONE]:
        parts.append(f"{counts[_NONE]} of no incident, rightly")
    if counts["unreadable"]:
        parts.append(f"{counts['unreadable']} unreadable")
    lines += ["", f"{plural(of, 'text')}: {', '.join(parts)}"]
    return "\n".join(lines + [f"{n:>6}  {incident}" for incident, n in _by_incident(texts)])


def _shown(text: CoveredText) -> str:
    if text.state == "unreadable":
        return "unreadable"
    first, *others = text.incidents or (_NONE,)
    also = f" (also {', '.join(others)})" if others else ""
    return f"{first}{also}" + (
        f"  WRONG: expected {text.expected}" if text.state == "wrong" else ""
    )


def _by_incident(texts: list[CoveredText]) -> list[tuple[str, int]]:
    """Return the incidents that texts show first, the most frequent first."""
    counts = Counter(text.incidents[0] for text in texts if text.incidents)
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _as_json(texts: list[CoveredText]) -> dict[str, Any]:
    counts = Counter(text.state for text in texts)
    return {
        "version": VERSION,
        "texts": [
            {
                "file": text.file,
                "state": text.state,
                "incidents": text.incidents,
                "expected": text.expected,
                "notes": text.notes,
            }
            for text in texts
        ],
        "totals": {
            "texts": len(texts),
            **{s: counts[s] for s in ("known", "unknown", "wrong", "none", "unreadable")},
        },
        "incidents": dict(_by_incident(texts)),
    }
