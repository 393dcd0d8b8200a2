"""The incident: one `incident.yaml`."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import ConfigDict, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from generator.model.base import SHORT_FORM, Date, Line, Model, OneOrMany, Slug, Text, or_nothing
from generator.model.roles import Role, Weight
from generator.model.sections import (
    ActionItem,
    Detection,
    Escalation,
    Event,
    Fix,
    Impact,
    Lessons,
    Moment,
    Note,
    Proof,
    Reference,
    RootCause,
    StatedDuration,
    Symptom,
)
from generator.model.steps import Check, Parameter, Step


class Status(StrEnum):
    """The status of an incident's text."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class SeverityLevel(StrEnum):
    """The severity of an incident; SEV1 is the worst."""

    SEV1 = "SEV1"
    SEV2 = "SEV2"
    SEV3 = "SEV3"
    SEV4 = "SEV4"
    UNKNOWN = "unknown"
    """Not rated yet; allowed only in a draft."""


class Review(Model):
    """A change of the incident's status: who made it, and when."""

    status: Status
    """The new status."""
    by: Annotated[Line, Role(who=True)]
    """The role or team that set it; never a person's name."""
    date: Date
    """The day of the change."""
    note: Annotated[Text | None, Role(personal=True)] = None
    """What was checked, or why the incident was withdrawn."""


NOT_WRITTEN = "Not written yet."
"""The value of a required field that is missing in a draft."""

_UNWRITTEN = {
    "severity": SeverityLevel.UNKNOWN,
    "symptom": NOT_WRITTEN,
    "root_cause": NOT_WRITTEN,
    "fix": NOT_WRITTEN,
    "verification": NOT_WRITTEN,
}


class Incident(Model):
    """An incident and its runbook. The file's folder names it: `incidents/<id>/incident.yaml`."""

    model_config = ConfigDict(title="Incident")

    title: Annotated[Line, Role(Weight.TITLE)]
    """What broke, in one line, in words that somebody would search for."""
    status: Status = Status.DRAFT
    """draft, reviewed, published or withdrawn."""
    reviews: tuple[Review, ...] = ()
    """How it got that status: who reviewed, published or withdrew it, and when, the oldest first."""
    severity: SeverityLevel
    """SEV1 (the worst) to SEV4; unknown in a draft that is not rated yet."""
    components: Annotated[tuple[Slug, ...], *OneOrMany, Role(Weight.ERROR)] = ()
    """Where it happened: services, libraries, infrastructure."""
    tags: Annotated[tuple[Slug, ...], *OneOrMany, Role(Weight.ERROR)] = ()
    """Words to find it by, other than components."""
    summary: Annotated[Text | None, Role(Weight.PROSE, story=True, passage=True)] = None
    """The whole story in two or three sentences."""
    aliases: Annotated[tuple[Line, ...], *OneOrMany, Role(Weight.TITLE)] = ()
    """Other names of this incident: ticket numbers, names in other tools."""
    related: Annotated[tuple[Slug, ...], *OneOrMany] = ()
    """Ids of other incidents to read."""
    recurrence_of: Slug | None = None
    """Id of the earlier incident that this one repeats."""
    superseded_by: Slug | None = None
    """Id of the incident that replaces this one."""
    symptom: Symptom
    """What is seen."""
    diagnosis: Annotated[tuple[Step, ...], *OneOrMany] = ()
    """Steps that distinguish this incident from others, in order."""
    root_cause: RootCause
    """Why it happened."""
    mitigation: Annotated[tuple[Step, ...], *OneOrMany] = ()
    """Steps that stop the pain now, in order."""
    fix: Fix
    """What prevents it from happening again."""
    verification: Annotated[tuple[Step, ...], *OneOrMany]
    """Steps that show that it is resolved, in order."""
    parameters: tuple[Parameter, ...] = ()
    """Values that the commands need from the reader."""
    checks: tuple[Check, ...] = ()
    """What a deploy must check because this happened."""
    impact: Impact | None = None
    """Who was affected, and how."""
    detection: Detection | None = None
    """How it was noticed."""
    timeline: tuple[Event, ...] = ()
    """What happened when, in order."""
    stated_durations: tuple[StatedDuration, ...] = ()
    """Durations that a source reports without their start and end times."""
    action_items: tuple[ActionItem, ...] = ()
    """What must be done because of it."""
    lessons: Lessons | None = None
    """What was learned."""
    escalation: Annotated[tuple[Escalation, ...], *OneOrMany] = ()
    """Who to wake, by role."""
    proofs: tuple[Proof, ...] = ()
    """Programs that show that statements of this incident are true."""
    sources: tuple[Reference, ...] = ()
    """Where the statements come from."""
    notes: Annotated[tuple[Note, ...], *OneOrMany] = ()
    """Passages of a write-up that fit no other field, word for word."""

    @model_validator(mode="before")
    @classmethod
    def _complete_draft(cls, value: Any) -> Any:
        """Let a draft omit required fields: its author is still writing."""
        if isinstance(value, dict) and value.get("status") == Status.DRAFT.value:
            lacking = {k: v for k, v in _UNWRITTEN.items() if value.get(k) is None}
            return {**value, **lacking} if lacking else value
        return value

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        schema = super().__get_pydantic_json_schema__(core_schema, handler)
        whole = handler.resolve_ref_schema(schema)
        whole["required"] = [name for name in whole["required"] if name not in _UNWRITTEN]
        for name in _UNWRITTEN:
            whole["properties"][name] = or_nothing(whole["properties"][name])
        written = {"type": [*SHORT_FORM, "array", "object"]}
        whole["if"] = {
            "properties": {"status": {"const": Status.DRAFT.value}},
            "required": ["status"],
        }
        whole["else"] = {
            "properties": dict.fromkeys(_UNWRITTEN, written),
            "required": list(_UNWRITTEN),
        }
        return schema

    @property
    def unwritten(self) -> tuple[str, ...]:
        """The required fields that this draft lacks, by name."""
        written_values = {
            "severity": self.severity,
            "symptom": self.symptom.description,
            "root_cause": self.root_cause.statement,
            "fix": self.fix.steps[0].do if self.fix.steps else "",
            "verification": self.verification[0].do if self.verification else "",
        }
        return tuple(name for name, value in written_values.items() if value == _UNWRITTEN[name])

    @property
    def first_steps(self) -> tuple[Step, ...]:
        """The steps of a reader, in order: diagnosis, mitigation, fix."""
        steps = (*self.diagnosis, *self.mitigation, *self.fix.steps)
        return tuple(step for step in steps if step.do != NOT_WRITTEN)

    @property
    def urgent_steps(self) -> tuple[tuple[str, Step], ...]:
        """The first step to see whether it is this, and the first to stop the pain, as on the card.

        Each is with the name of its field. If no mitigation is written, the first step of the fix
        is in its place.
        """
        kinds = {"diagnosis": self.diagnosis, "mitigation": self.mitigation, "fix": self.fix.steps}
        first = {
            kind: step
            for kind, steps in kinds.items()
            if (step := next((s for s in steps if s.do != NOT_WRITTEN), None))
        }
        if "mitigation" in first:
            first.pop("fix", None)
        return tuple(first.items())

    def moment(self, moment: Moment) -> datetime | None:
        """Return when a milestone was first reached, or None if the timeline does not say."""
        return min((event.at for event in self.timeline if event.marks is moment), default=None)

    def time_to(self, moment: Moment) -> timedelta | None:
        """Return the time from the start to a milestone: TTD, TTM or TTR.

        Returns:
            None if the timeline lacks either end, or has them in the wrong order.
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
        """The day of its newest source; None if no source has a date."""
        return max((source.date for source in self.sources if source.date), default=None)


class ProofsFile(Model):
    """An incident's proofs in a file of their own: `incidents/<id>/proofs.yaml`."""

    model_config = ConfigDict(title="Proofs of an incident")

    proofs: tuple[Proof, ...]
    """Programs that show that statements of the incident are true."""


class SourcesFile(Model):
    """An incident's sources in a file of their own: `incidents/<id>/sources.yaml`."""

    model_config = ConfigDict(title="Sources of an incident")

    sources: tuple[Reference, ...]
    """Where the statements of the incident come from."""


class StandingChecks(Model):
    """Checks of every deploy that come from no incident: `incidents/checks.yaml`."""

    model_config = ConfigDict(title="Standing checks")

    parameters: tuple[Parameter, ...] = ()
    """Values that their commands need."""
    checks: tuple[Check, ...] = ()
    """The checks. One without `applies_to` is on every checklist."""
