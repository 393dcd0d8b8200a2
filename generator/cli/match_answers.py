"""What `runbooks match` says about the incidents that it found, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from generator.cli.messages import styled
from generator.commands.exports import default_export, exports
from generator.signatures.block import FoundSignature
from generator.signatures.source import described
from generator.signatures.streams import is_compressed
from generator.text.controls import on_one_line
from generator.text.labels import HEADINGS, plural, spell_severity
from generator.triage.cards import IncidentCard
from generator.triage.results import IncidentSignature, MatchedIncident
from generator.triage.times import time_in

STANDARD_INPUT = "standard input"


class SearchedFile(NamedTuple):
    """What was read.

    Attributes:
        name: the file as it was given, or `STANDARD_INPUT`.
        number: the number of the file, if it was followed and then replaced; lines count from 1 in
            each.
    """

    name: str
    number: int = 1

    @property
    def label(self) -> str:
        """How the file is named beside a line number; empty for standard input."""
        if self.name == STANDARD_INPUT:
            return ""
        return f" of {self.name}" + (f" (file {self.number})" if self.number > 1 else "")

    @property
    def log(self) -> str:
        """The absolute path for commands that read the log again; empty if they cannot.

        They cannot read standard input or another pipe, and find nothing in a compressed file. A
        path with characters that a terminal does not show could not be pasted as it is.
        """
        given = Path(self.name)
        path = given.parent.resolve() / given.name
        text = str(path)
        if self.name == STANDARD_INPUT or not path.is_file() or on_one_line(text) != text:
            return ""
        try:
            with path.open("rb") as file:
                return "" if is_compressed(file.read(4)) else text
        except OSError:
            return ""


@dataclass
class Findings:
    """What was found in all files.

    Attributes:
        found: what was found, by the number of its signature.
        first: where it was found first, by the same number.
        last: where it was found last, by the same number.
    """

    found: dict[int, FoundSignature] = field(default_factory=dict)
    first: dict[int, SearchedFile] = field(default_factory=dict)
    last: dict[int, SearchedFile] = field(default_factory=dict)

    def add(self, source: SearchedFile, found: Mapping[int, FoundSignature]) -> None:
        """Add what was found in one file."""
        for number, what in found.items():
            if number in self.found:
                self.found[number].merge(what)
            else:
                self.found[number] = deepcopy(what)
            self.first.setdefault(number, source)
            self.last[number] = source

    def sources_of(self, what: FoundSignature) -> tuple[SearchedFile, SearchedFile]:
        """Return where something was found first, and last."""
        number = next(n for n, known in self.found.items() if known is what)
        return self.first[number], self.last[number]

    def filled(self, incident: MatchedIncident, card: IncidentCard) -> dict[str, str]:
        """Return the parameters that are the file in which the incident was found, with its path."""
        wanted = [name for name in card.log_files if name not in incident.captures]
        path = self.sources_of(incident.best[1])[0].log if wanted else ""
        return dict.fromkeys(wanted, path) if path else {}


# -- text --------------------------------------------------------------------------------------


def match_as_text(findings: Findings, incident: MatchedIncident, card: IncidentCard) -> str:
    """Return an incident with why it matches and what to do first."""
    why = reasons(findings, incident.signatures, card)
    why += choices(incident.values)
    return card_as_text(card, {**incident.captures, **findings.filled(incident, card)}, why)


def reasons(findings: Findings, signatures: Iterable[tuple[IncidentSignature, FoundSignature]], card: IncidentCard) -> list[str]:  # fmt: skip
    """Return lines that say where signatures were found."""
    lines = []
    for named, found in signatures:
        first, last = findings.sources_of(found)
        where = f"line {found.line:,}{first.label}"
        if found.count > 1:
            other = last.label if last != first else ""
            where += f"; {found.count:,} times, last on line {found.last_line:,}{other}"
        lines.append(f"matched  {on_one_line(where)}")
        lines.append(f"         {on_one_line(found.text)}")
        lines.append(f"because  {on_one_line(described(card.signatures[named.index]))}")
        begin, end = time_in(found.text), time_in(found.last_text)
        if begin:
            lines.append(f"seen     {begin}" + (f" to {end}" if end and end != begin else ""))
    return lines


def choices(values: Mapping[str, list[str]]) -> list[str]:
    """Return a line for each parameter with several values: the one that is used comes first."""
    return [
        f"note     {name} has several values: {on_one_line(used)} (used here), "
        + ", ".join(map(on_one_line, others))
        for name, (used, *others) in values.items()
    ]


def card_as_text(card: IncidentCard, values: Mapping[str, str], why: Iterable[str]) -> str:
    """Return the card of an incident: why it is shown, its values, its first steps.

    Args:
        card: the card.
        values: known values by the names of parameters.
        why: lines that say why it is shown.
    """
    head = f"{card.id}  {spell_severity(card.severity)}" + (
        "" if card.status == "published" else f" · {card.status}"
    )
    head += f" · from {card.source}" if card.source else ""
    lines = [styled(head, bold=True), f"    {on_one_line(card.title)}"]
    lines += [f"    {line}" for line in why]
    lines.append(f"    page     {card.address}")
    lines.append("")
    names = dict.fromkeys([*card.parameters, *values])
    for name in names:
        if name in values:
            lines += [f"      {on_one_line(line)}" for line in exports({name: values[name]})]
        elif name in card.defaults:
            # As in `run`: a value of the environment, such as DATABASE_URL, comes before the default.
            lines.append(f"      {on_one_line(default_export(name, card.defaults[name]))}")
    missing = [name for name in names if name not in values and name not in card.defaults]
    if missing:
        lines.append(f"      # not set yet: {', '.join(missing)}")
    for step in card.steps:
        risk = f" [{step.risk}]" if step.risk else ""
        lines.append(f"    {styled(HEADINGS[step.part], bold=True)}")
        lines.append(f"      {on_one_line(' '.join(step.do.split()))}{risk}")
        lines += [f"        {on_one_line(line)}" for line in step.run.rstrip().splitlines()]
        if step.rollback:
            lines.append(f"      Rollback: {on_one_line(' '.join(step.rollback.split()))}")
    rest = f" ({plural(card.more_steps, 'more step')})" if card.more_steps else ""
    lines.append(f"    Full runbook: runbooks show {card.id}{rest}")
    return "\n".join(lines)


# -- JSON --------------------------------------------------------------------------------------


def about(card: IncidentCard) -> dict[str, Any]:
    """Return what identifies an incident."""
    return {"incident": card.id, "title": card.title, "severity": card.severity, "status": card.status, "address": card.address, "source": card.source or None}  # fmt: skip


def steps_as_json(card: IncidentCard) -> list[dict[str, Any]]:
    """Return the first steps of a card."""
    return [
        {"part": s.part, "heading": HEADINGS[s.part], "do": s.do, "run": s.run or None, "risk": s.risk or None, "rollback": s.rollback or None}
        for s in card.steps
    ]  # fmt: skip


def match_as_json(
    findings: Findings, incident: MatchedIncident, card: IncidentCard
) -> dict[str, Any]:
    """Return an incident with its matches."""
    signatures = []
    for named, found in incident.signatures:
        first, last = findings.sources_of(found)
        signatures.append(
            {
                "signature": described(card.signatures[named.index]),
                "captures": found.captures,
                "count": found.count,
                "file": first.name,
                "file_number": first.number,
                "line": found.line,
                "text": found.text,
                "last_file": last.name,
                "last_file_number": last.number,
                "last_line": found.last_line,
                "first_seen": time_in(found.text),
                "last_seen": time_in(found.last_text),
            }
        )
    filled = findings.filled(incident, card)
    known = {**incident.captures, **filled}
    return {
        **about(card),
        **signatures[0],
        "captures": incident.captures,
        "values": incident.values,
        "filled": filled,
        "exports": exports(known),
        "defaults": {
            n: v for n, v in card.defaults.items() if n in card.parameters and n not in known
        },
        "not_set": [n for n in card.parameters if n not in known and n not in card.defaults],
        "steps": steps_as_json(card),
        "signatures": signatures,
    }
