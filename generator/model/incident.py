"""The incident: one `incident.yaml`."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict

from generator.model.base import Line, Model, OneOrMany, Slug, Text
from generator.model.sections import (
    ActionItem,
    Detection,
    Escalation,
    Event,
    Fix,
    Impact,
    Lessons,
    Moment,
    Proof,
    Reference,
    RootCause,
    Symptom,
)
from generator.model.steps import Check, Parameter, Step


class Status(StrEnum):
    """How far an incident's text has come."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class SeverityLevel(StrEnum):
    """How bad an incident was; SEV1 is the worst."""

    SEV1 = "SEV1"
    SEV2 = "SEV2"
    SEV3 = "SEV3"
    SEV4 = "SEV4"


class Incident(Model):
    """An incident and its runbook. The file's folder names it: `incidents/<id>/incident.yaml`."""

    model_config = ConfigDict(title="Incident")

    title: Line
    """What broke, in one line, in words that somebody would search for."""
    status: Status = Status.DRAFT
    """draft, reviewed, published or withdrawn."""
    severity: SeverityLevel
    """SEV1 (the worst) to SEV4."""
    components: Annotated[tuple[Slug, ...], *OneOrMany] = ()
    """What it happened in: services, libraries, infrastructure."""
    tags: Annotated[tuple[Slug, ...], *OneOrMany] = ()
    """Words to find it by that are not components."""
    summary: Text | None = None
    """The whole story in two or three sentences."""
    aliases: Annotated[tuple[Line, ...], *OneOrMany] = ()
    """Other names of this incident: ticket numbers, names in other tools."""
    related: Annotated[tuple[Slug, ...], *OneOrMany] = ()
    """Ids of incidents that are worth reading too."""
    recurrence_of: Slug | None = None
    """Id of the earlier incident that this one repeats."""
    superseded_by: Slug | None = None
    """Id of the incident that replaces this one."""
    symptom: Symptom
    """What is seen."""
    diagnosis: Annotated[tuple[Step, ...], *OneOrMany] = ()
    """Steps that tell this incident from others, in order."""
    root_cause: RootCause
    """Why it happened."""
    mitigation: Annotated[tuple[Step, ...], *OneOrMany] = ()
    """Steps that stop the pain now, in order."""
    fix: Fix
    """What keeps it from happening again."""
    verification: Annotated[tuple[Step, ...], *OneOrMany]
    """Steps that show that it is over, in order."""
    parameters: tuple[Parameter, ...] = ()
    """Values that the commands need from the reader."""
    checks: tuple[Check, ...] = ()
    """What a deploy must check because this happened."""
    impact: Impact | None = None
    """Who was hurt, and how."""
    detection: Detection | None = None
    """How it was noticed."""
    timeline: tuple[Event, ...] = ()
    """What happened when, in order."""
    action_items: tuple[ActionItem, ...] = ()
    """What is to be done because of it."""
    lessons: Lessons | None = None
    """What was learnt."""
    escalation: Annotated[tuple[Escalation, ...], *OneOrMany] = ()
    """Who to wake, by role."""
    proofs: tuple[Proof, ...] = ()
    """Programs that show what is stated here to be true."""
    sources: tuple[Reference, ...] = ()
    """Where the statements come from."""

    def moment(self, moment: Moment) -> datetime | None:
        """Return when a milestone was first reached, or None where the timeline does not say."""
        return min((event.at for event in self.timeline if event.marks is moment), default=None)

    def time_to(self, moment: Moment) -> timedelta | None:
        """Return the time from the start to a milestone: TTD, TTM or TTR.

        Returns:
            None where the timeline lacks either end, or names them in the wrong order.
        """
        start, end = self.moment(Moment.STARTED), self.moment(moment)
        return end - start if start and end and end >= start else None

    @property
    def occurred(self) -> date | None:
        """The day it began, by its timeline; None without one."""
        first = min((event.at for event in self.timeline), default=None)
        return first.date() if first else None

    @property
    def documented(self) -> date | None:
        """The day of its newest source; None where none is dated."""
        return max((source.date for source in self.sources if source.date), default=None)
