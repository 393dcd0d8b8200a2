"""Runbooks of alerts: Meaning, Impact, Diagnosis, Mitigation. The title is the alert's name."""

from __future__ import annotations

import re

from generator.importers.base import WriteUpFormat
from generator.importers.document import ParsedWriteUp
from generator.importers.draft import Draft
from generator.importers.headings import Topic, phrase

_ALERT = re.compile(r"[A-Za-z][a-z0-9]*(?:[A-Z]+[a-z0-9]*)+\Z|[A-Z][a-z]{3,}\Z")


def _fits(document: ParsedWriteUp) -> bool:
    """Whether it says what the alert means, or its only top heading is the name of an alert."""
    headings = {phrase(heading) for heading in document.headings}
    if "meaning" in headings and headings & {"impact", "diagnosis", "mitigation"}:
        return True
    name = _alert(document)
    return name is not None and not headings & {"timeline", "root cause", "action items"}


def _alert(document: ParsedWriteUp) -> str | None:
    """Return the alert that the write-up is about: its highest heading, if that is a name."""
    top = [section.heading for section in document.sections if section.level == 1]
    if len(top) == 1 and _ALERT.match(top[0]) and (len(re.findall("[A-Z]", top[0])) > 1 or document.front):  # fmt: skip
        return top[0]
    return None


def _finish(draft: Draft, document: ParsedWriteUp) -> None:
    """Add the alert to the symptom."""
    if name := _alert(document):
        draft.in_symptom("alerts", name, name)


FORMAT = WriteUpFormat(
    about="a runbook of an alert (Meaning, Impact, Diagnosis, Mitigation)",
    fits=_fits,
    headings={"meaning": Topic.SYMPTOM, "runbook": Topic.DIAGNOSIS},
    finish=_finish,
)
