"""KB521: how long a runbook's card is on a phone, estimated from its text.

Measured in Chromium at 390 x 844, where one stage of the card is open at a time:
tests/browser/test_card_length.py compares the estimate with pages. Lengths are pixels of CSS.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import ceil

from generator.commands.expectations import described, stands_below
from generator.commands.exports import mentions
from generator.knowledge.diagnostics import Severity
from generator.model import Incident, Step
from generator.rules.base import Finding, Rule, Subject

SCREEN = 844
"""The height of the screen of a phone."""

MOST_SCREENS = 6
"""How long a card may be."""

_HEAD = 330  # the header of the theme, the badges, the bar, the folded values, spaces
_LINE, _LINE_CHARACTERS = 26, 40  # of prose
_CODE_LINE, _CODE_CHARACTERS = 19.5, 37
_COMMAND, _EXPORT = 72, 24  # the frame and the button of a command; a value
_STEP, _MORE = 40, 50  # what is around a step; the line that unfolds the rest
_STAGES, _SUMMARY, _FOOT = 6, 46, 60
_BADGE = 12  # characters


def card_screens(incident: Incident) -> float:
    """Return how many screens of a phone the card takes with its longest stage open.

    Args:
        incident: the incident.
    """
    names = {parameter.name for parameter in incident.parameters}
    lead = _lines(incident.symptom.description, _LINE_CHARACTERS) * _LINE
    head = _HEAD + lead + _lines(incident.title, 30) * 26
    fix = incident.fix.steps if incident.fix else ()
    stages = (incident.diagnosis, incident.mitigation, fix, incident.verification)
    longest = max(_steps(steps, names) for steps in stages)
    return (head + longest + _STAGES * _SUMMARY + _FOOT) / SCREEN


def _steps(steps: Iterable[Step], names: set[str]) -> float:
    return sum(_step(step, names) for step in steps)


def _step(step: Step, names: set[str]) -> float:
    first = step.do.strip().partition("\n\n")[0]
    size: float = _STEP + _lines(first + " " * _BADGE, _LINE_CHARACTERS - 6) * _LINE
    if step.run:
        exports = len(names & mentions(step.run).keys())
        code = _lines(step.run, _CODE_CHARACTERS) * _CODE_LINE
        size += _COMMAND + code + exports * _EXPORT
    parts = described(step.expect)
    shown = [part for part in parts if not part.words] or parts
    if shown:
        short = [f"{words} {text or ''}" for words, text in shown if not stands_below(text or "")]
        size += _lines("Expect: " + "; ".join(short), _LINE_CHARACTERS - 3) * _LINE + 10
    has_more = (
        step.if_not or step.needs or step.rollback or step.evidence or len(shown) < len(parts)
    )
    return size + (_MORE if has_more else 0)


def _lines(text: str, width: int) -> int:
    """Return on how many lines a text stands that wraps at a width."""
    return sum(max(1, ceil(len(line) / width)) for line in text.strip().splitlines())


def long_card(subject: Subject) -> Iterator[Finding]:
    """The card of the runbook is longer than six screens of a phone, with one stage open.

    Who is woken by an incident reads it on a phone, and scrolls past what does not help. Say each
    thing in one sentence, keep to the two steps after which one knows, move long commands into a
    script below `tools/`, and what explains into `root_cause` or `notes`. The length is an estimate.
    """
    screens = card_screens(subject.incident)
    if screens > MOST_SCREENS:
        yield Finding(
            ("title",),
            f"the card of this runbook is about {screens:.0f} screens of a phone long",
            "shorten its longest stage: fewer steps, shorter commands (a script in tools/)",
        )


CARD = (
    Rule(
        "KB521",
        "long-card",
        Severity.HINT,
        """\
title: The disk of the database host is full
mitigation:
  - do: Remove old archives.
    run: sh tools/remove-old-archives.sh
    risk: destructive
    rollback: Copy them back from the backup.
""",
        f"""\
title: The disk of the database host is full
mitigation:
  - do: Remove old archives.
    run: rm {" ".join(f"/var/lib/archive/{n:04}.gz" for n in range(480))}
    risk: destructive
    rollback: Copy them back from the backup.
""",
        (1, 8),
        long_card,
    ),
)
