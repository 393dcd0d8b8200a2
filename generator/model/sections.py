"""The narrative parts of an incident: symptom, cause, fix, and the post-mortem."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from itertools import combinations
from typing import Annotated, Any, NamedTuple, Self

from pydantic import (
    Field,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from generator.model.base import (
    SHORT_FORM,
    Command,
    Date,
    Duration,
    Line,
    Model,
    OneOrMany,
    ParameterName,
    Slug,
    Statement,
    Supported,
    Text,
    Time,
    Value,
    given,
)
from generator.model.roles import SHOWN, Role, Weight
from generator.model.steps import Expect, Step
from generator.signatures.source import MOST_LINES, SOURCE_KEYS, Source, first_text


class Sample(Model):
    """A real text of an error. The short form is `text`."""

    short_form = "text"

    text: Annotated[Text, Role(Weight.ERROR)]
    """The text, as it was printed."""
    captures: Annotated[dict[ParameterName, Value], SHOWN] = Field(default_factory=dict)
    """What the placeholders must capture from it, by name."""

    @model_serializer(mode="wrap")
    def _short(self, handler: SerializerFunctionWrapHandler) -> object:
        """Write a text alone in its short form."""
        return handler(self) if self.captures else self.text

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        # What is written has the schema of what is read.
        plain: Any = {k: v for k, v in core_schema.items() if k != "serialization"}
        return super().__get_pydantic_json_schema__(plain, handler)


class Signature(Model):
    """What an error looks like. The short form is `text`.

    `{NAME}` in a text captures a value for the parameter of that name, `{_}` matches without
    capturing, any white space matches any other, and everything else is literal. At least one of
    `text`, `any`, `regex`, `all` and `fields` is given, and only one of the first three.
    """

    short_form = "text"

    text: Annotated[Text | None, Role(Weight.ERROR, template=True)] = None
    """The error as a template."""
    any: Annotated[tuple[Text, ...], *OneOrMany, Role(Weight.ERROR, template=True)] = ()
    """Several templates, such as of versions or languages; one of them is enough."""
    regex: Annotated[Text | None, SHOWN] = None
    """A regular expression, in the dialect that RE2, Python and JavaScript share."""
    all: Annotated[tuple[Text, ...], *OneOrMany, Role(Weight.ERROR, template=True)] = ()
    """Templates that must all match, in any order, at most `within` lines apart."""
    fields: Annotated[dict[Line, Text], Role(Weight.ERROR, template=True)] = Field(
        default_factory=dict
    )
    """Keys with their values, as JSON, YAML, logfmt or `Key:   value` have them."""
    without: Annotated[tuple[Text, ...], *OneOrMany, SHOWN] = ()
    """Templates that must not match at most `within` lines apart: they show a different error."""
    within: Annotated[int, Field(ge=1, le=MOST_LINES)] | None = None
    """In how many lines `all`, `fields` and `without` are looked for. Default: the same line for one
    text, field or expression; else 10."""
    ignore_case: bool = False
    """Whether the letters A to Z match in upper and lower case."""
    matches: Annotated[tuple[Sample, ...], *OneOrMany] = ()
    """Real error texts that this signature matches."""
    rejects: Annotated[tuple[Text, ...], *OneOrMany, SHOWN] = ()
    """Similar texts that it must not match."""
    note: Annotated[Text | None, SHOWN] = None
    """When this form of the error appears, such as the versions that print it."""

    @property
    def samples(self) -> tuple[str, ...]:
        """The texts that it matches."""
        return tuple(sample.text for sample in self.matches)

    @property
    def example(self) -> str:
        """A text to show for it: its first sample, else what it searches for."""
        return self.samples[0] if self.matches else first_text(self.source)

    @property
    def source(self) -> Source:
        """What it searches for, as `generator.signatures.language` compiles it."""
        given = {name: getattr(self, name) for name in SOURCE_KEYS}
        given = {name: value for name, value in given.items() if value}
        if given.keys() == {"text"}:
            return self.text or ""
        return {n: list(v) if isinstance(v, tuple) else v for n, v in given.items()}

    @classmethod
    def _narrow(cls, long_form: JsonSchemaValue) -> None:
        first = [given(name, [*SHORT_FORM, "boolean", "array"]) for name in _FIRST]
        others = [given(name, ["array", "object", *SHORT_FORM]) for name in ("all", "fields")]
        long_form["anyOf"] = [*first, *others]
        long_form["not"] = {"anyOf": [{"allOf": list(pair)} for pair in combinations(first, 2)]}

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        first = [name for name in _FIRST if getattr(self, name)]
        if len(first) > 1 or not (first or self.all or self.fields):
            raise PydanticCustomError(
                "signature_form",
                "a signature must have one of `text`, `any` and `regex`, or `all` or `fields`, and not several of the first three",
            )
        return self


_FIRST = ("text", "any", "regex")


class Symptom(Supported):
    """What is seen. The short form is `description`."""

    short_form = "description"

    description: Annotated[Text, Role(Weight.PROSE, passage=True)]
    """What is visible to somebody who does not know the cause yet."""
    signatures: Annotated[tuple[Signature, ...], *OneOrMany] = ()
    """What the error looks like in logs and on screens."""
    alerts: Annotated[tuple[Line, ...], *OneOrMany, Role(Weight.ERROR)] = ()
    """Names of the alerts that fire."""
    false_positives: Annotated[tuple[Statement, ...], *OneOrMany, Role(passage=True)] = ()
    """What looks the same but is a different problem."""


class RuledOut(Supported):
    """A claim that was believed and is false."""

    claim: Annotated[Text, Role(Weight.PROSE)]
    """What was believed."""
    why: Annotated[Text, SHOWN]
    """Why it is false."""


class RootCause(Supported):
    """Why it happened. The short form is `statement`."""

    short_form = "statement"

    statement: Annotated[Text, Role(Weight.PROSE, story=True, passage=True)]
    """The cause, and why it led to the symptom."""
    trigger: Annotated[
        Text | None,
        Role(Weight.PROSE, story=True, passage=True),
    ] = None
    """What triggered it this time."""
    contributing_factors: Annotated[
        tuple[Statement, ...], *OneOrMany, Role(Weight.BODY, story=True, passage=True)
    ] = ()
    """What made it possible, more likely, or worse."""
    ruled_out: tuple[RuledOut, ...] = ()
    """Claims about cause or fix that were believed and are false."""


class Change(Supported):
    """One change to a file that is part of the fix."""

    file: Annotated[Line, Role(Weight.BODY)]
    """Path of the file in its repository."""
    line: Annotated[int, Field(ge=1)] | None = None
    """Number of the first line that changed, from 1."""
    language: Annotated[Line | None, SHOWN] = None
    """Language of the code, for syntax highlighting: js, python, sql."""
    before: Annotated[Text | None, SHOWN] = None
    """The code as it was."""
    after: Annotated[Text | None, SHOWN] = None
    """The code as it is now."""
    description: Annotated[Text | None, SHOWN] = None
    """What the change does, if the code does not show it."""


class Fix(Model):
    """What prevents it from happening again. The short form is one step, or a list of steps."""

    short_form = "steps"

    steps: Annotated[tuple[Step, ...], *OneOrMany] = ()
    """What to do, in order."""
    changes: tuple[Change, ...] = ()
    """What was changed, with the code before and after."""

    @model_validator(mode="before")
    @classmethod
    def _steps_alone(cls, value: object) -> object:
        return {"steps": value} if isinstance(value, list | tuple) else value

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        schema = super().__get_pydantic_json_schema__(core_schema, handler)
        forms = handler.resolve_ref_schema(schema)["anyOf"]
        long_form = forms[-1]
        long_form["anyOf"] = [given("steps", [*SHORT_FORM, "array"]), given("changes", ["array"])]
        listed = next(
            form
            for form in long_form["properties"]["steps"]["anyOf"]
            if form.get("type") == "array"
        )
        forms.append({**listed, "minItems": 1, "description": "Short form: only `steps`."})
        return schema

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if not self.steps and not self.changes:
            raise PydanticCustomError("empty_fix", "the fix has neither steps nor changes")
        return self


class Impact(Supported):
    """Who was affected, and how. The short form is `description`."""

    short_form = "description"

    description: Annotated[Text, Role(personal=True, passage=True)]
    """What did not work, for whom."""
    users: Annotated[Line | None, Role(passage=True, section="impact")] = None
    """How many were affected, or which."""
    data: Annotated[Text | None, Role(passage=True, section="impact")] = None
    """What was lost or damaged."""


class Detector(StrEnum):
    """Who or what noticed the incident."""

    ALERT = "alert"
    MONITORING = "monitoring"
    DEPLOY = "deploy"
    EMPLOYEE = "employee"
    CUSTOMER = "customer"
    OTHER = "other"


class Detection(Supported):
    """How it was noticed. The short form is `description`."""

    short_form = "description"

    description: Annotated[Text, Role(story=True, passage=True)]
    """How it was noticed."""
    by: Detector | None = None
    """Who or what noticed: alert, monitoring, deploy, employee, customer or other."""


class Moment(StrEnum):
    """A milestone. The times to detect, mitigate and resolve are calculated from these."""

    STARTED = "started"
    DETECTED = "detected"
    ACKNOWLEDGED = "acknowledged"
    ESCALATED = "escalated"
    MITIGATED = "mitigated"
    RESOLVED = "resolved"


class Interval(NamedTuple):
    """A time from the start of an incident to a milestone; always calculated, never entered."""

    short: str
    long: str
    until: Moment


INTERVALS = (
    Interval("TTD", "time to detect", Moment.DETECTED),
    Interval("TTM", "time to mitigate", Moment.MITIGATED),
    Interval("TTR", "time to resolve", Moment.RESOLVED),
)


class Event(Supported):
    """One event of the timeline."""

    at: Time
    """When, as RFC 3339 with a zone: 2026-11-20T03:12:00Z."""
    what: Annotated[Text, Role(story=True)]
    """What happened, or what was done."""
    marks: Moment | None = None
    """The milestone that this event marks, if any."""


class StatedDuration(Supported):
    """A duration that a source reports, such as a time to recovery. It is excluded from the statistics."""

    of: Annotated[Line, Role(Weight.BODY)]
    """What took that long, in the words of the source: Time to recovery."""
    says: Annotated[Line, Role(Weight.BODY)]
    """The duration, word for word: about 20 minutes."""
    until: Moment | None = None
    """The milestone that ends it, if it begins at the start and the source makes that clear."""


class ItemState(StrEnum):
    """The state of an action item."""

    OPEN = "open"
    IN_PROGRESS = "in-progress"
    DONE = "done"
    DROPPED = "dropped"
    PROPOSED = "proposed"
    """A recommendation that is not accepted yet; needs neither owner nor due date."""
    UNKNOWN = "unknown"
    """The source does not say; needs neither owner nor due date."""

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do it."""
        return self in (ItemState.OPEN, ItemState.IN_PROGRESS)


class Priority(StrEnum):
    """How urgent an action item is; P0 is the most urgent."""

    P0 = "P0"
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"


class ActionItem(Supported):
    """Something that must be done because of the incident."""

    do: Annotated[Text, Role(story=True)]
    """What to do."""
    owner: Annotated[Line | None, Role(who=True)] = None
    """The role or team that does it; never a person's name."""
    due: Date | None = None
    """The day by which it must be done."""
    priority: Priority | None = None
    """P0 (now) to P4."""
    state: ItemState = ItemState.OPEN
    """open, in-progress, done, dropped; proposed if it is not accepted yet; unknown if the source does not say."""
    ticket: Annotated[Line | None, SHOWN] = None
    """The ticket's name or URL."""

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do it."""
        return self.state.is_open

    def days_over(self, today: date) -> int:
        """Return the number of days that it is overdue; 0 if it is not."""
        return days_over(self.state, self.due, today)


def days_over(state: ItemState, due: date | None, today: date) -> int:
    """Return the number of days by which an action item is overdue; 0 if it is not."""
    return max((today - due).days, 0) if state.is_open and due else 0


class Lessons(Model):
    """What was learned."""

    went_well: Annotated[tuple[Statement, ...], *OneOrMany, Role(story=True, passage=True)] = ()
    """What helped."""
    went_wrong: Annotated[tuple[Statement, ...], *OneOrMany, Role(story=True, passage=True)] = ()
    """What made it worse or longer."""
    got_lucky: Annotated[tuple[Statement, ...], *OneOrMany, Role(story=True, passage=True)] = ()
    """What went well only by luck."""
    learned: Annotated[tuple[Statement, ...], *OneOrMany, Role(story=True, passage=True)] = ()
    """What was learned, without saying whether it went well or wrong."""


LESSON_TITLES = {
    "went_well": "What went well",
    "went_wrong": "What went wrong",
    "got_lucky": "Where we got lucky",
    "learned": "What we learned",
}
"""The parts of `Lessons`, by field, in the order of pages and post-mortems, with their headings."""


class Escalation(Model):
    """Who to wake, by role. The short form is `role`."""

    short_form = "role"

    role: Annotated[Line, Role(who=True)]
    """The role or team; never a person's name."""
    when: Annotated[Text | None, SHOWN] = None
    """When to call them."""
    contact: Annotated[Line | None, Role(who=True)] = None
    """How to reach the role: a channel, a paging schedule."""


class Note(Model):
    """A passage of a write-up that fits no other field. The short form is `text`."""

    short_form = "text"

    heading: Annotated[Line | None, Role(Weight.BODY)] = None
    """The heading above it in the write-up."""
    text: Annotated[Text, Role(Weight.BODY, personal=True)]
    """The passage, word for word."""
    source: Annotated[tuple[Slug, ...], *OneOrMany] = ()
    """Ids of the `sources` that it comes from."""


class Shows(StrEnum):
    """What a proof shows."""

    SYMPTOM = "symptom"
    DIAGNOSIS = "diagnosis"
    ROOT_CAUSE = "root-cause"
    MITIGATION = "mitigation"
    FIX = "fix"
    VERIFICATION = "verification"
    RULED_OUT = "ruled-out"


class Proof(Model):
    """A program in `proofs/<id>/` that shows a statement to be true, or a claim to be false."""

    id: Slug
    """The proof's name and the name of its folder under `proofs/`."""
    shows: Shows
    """What it shows: symptom, diagnosis, root-cause, mitigation, fix, verification or ruled-out."""
    description: Annotated[Text, SHOWN]
    """What it does and how that shows it."""
    run: Annotated[Command, SHOWN]
    """The command that runs it, from the proof's folder."""
    expect: Annotated[Expect, SHOWN] = Expect.model_construct(exit=0)
    """The result with which the proof succeeds."""
    needs: Annotated[tuple[Line, ...], *OneOrMany, SHOWN] = ()
    """Services that it needs: `node`, `postgresql`, or with a version `postgresql:15`. With `postgresql:15,18` it runs once with each."""
    timeout: Duration = "60s"
    """Time after which it is stopped."""


class SourceKind(StrEnum):
    """The kind of a source."""

    WRITE_UP = "write-up"
    MEASUREMENT = "measurement"
    LOG = "log"
    DOCUMENTATION = "documentation"
    CODE = "code"
    TICKET = "ticket"


class Reference(Model):
    """A source: where statements come from."""

    id: Slug
    """The name by which statements refer to it."""
    title: Annotated[Line, SHOWN]
    """Its title."""
    kind: SourceKind
    """write-up, measurement, log, documentation, code or ticket."""
    location: Annotated[Line | None, SHOWN] = None
    """Its URL (https://...), or its path relative to the incident's folder."""
    date: Date | None = None
    """When it was written, measured or read."""
    versions: Annotated[tuple[Line, ...], *OneOrMany, SHOWN] = ()
    """Versions of the measured software, such as "PostgreSQL 15.18"."""
    says: Annotated[Text | None, SHOWN] = None
    """The passage, or the measurement with its numbers, word for word."""
