"""The values of an incident's template: the parts of the page, each a view with named fields."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from generator.knowledge.base import KnowledgeBase
from generator.model import (
    LESSON_TITLES,
    ActionItem,
    AppliesTo,
    Check,
    DependencyPattern,
    Detection,
    Escalation,
    Impact,
    Incident,
    LinePattern,
    Parameter,
    Reference,
    RepositoryPattern,
    UpdateSize,
)
from generator.site.evidence import BadgeLinks, evidence_badge
from generator.site.list_lines import begin, lead, when
from generator.site.markdown_links import group_link, title_link
from generator.site.recurrence_views import ReturnView
from generator.site.review_views import ReviewView, given, notice, review_views
from generator.site.statement_views import (
    ChangeView,
    NoteView,
    RuledOutView,
    SignatureView,
    StatementView,
    change_views,
    note_views,
    ruled_out_views,
    signature_views,
    statement_views,
)
from generator.site.step_views import StepView, check_view, step_views
from generator.site.timeline_views import EventView, StatedView, event_views, phases, stated_views
from generator.text.markdown import (
    LIST_INDENT,
    Markdown,
    after_label,
    attribute,
    code,
    fence,
    html_inline,
    inline,
    prose,
    styled,
)


@dataclass(frozen=True, slots=True)
class HeaderView:
    """The part above the card."""

    severity: Markdown
    status: Markdown
    given: Markdown
    origin: Markdown
    components: list[Markdown]
    notice: Markdown
    lead: Markdown


@dataclass(frozen=True, slots=True)
class ParameterView:
    """A value that the reader fills in."""

    name: str
    description: Markdown
    example: Markdown
    default: Markdown


@dataclass(frozen=True, slots=True)
class RelatedView:
    """An incident worth reading next, and why."""

    link: Markdown
    why: str
    lead: Markdown


@dataclass(frozen=True, slots=True)
class RoleView:
    """A role to escalate to."""

    role: Markdown
    when: Markdown
    contact: Markdown


@dataclass(frozen=True, slots=True)
class CardView:
    """The card, for use at 3 AM: is it this incident, what to do, who to wake."""

    parameters: list[ParameterView]
    signatures: list[SignatureView]
    alerts: list[Markdown]
    diagnosis: list[StepView]
    mitigation: list[StepView]
    fix: list[StepView]
    verification: list[StepView]
    false_positives: list[StatementView]
    related: list[RelatedView]
    escalation: list[RoleView]


@dataclass(frozen=True, slots=True)
class ImpactView:
    """Who and what was affected."""

    text: Markdown
    users: Markdown
    data: Markdown
    badge: Markdown


@dataclass(frozen=True, slots=True)
class DetectionView:
    """How it was detected."""

    text: Markdown
    by: str
    badge: Markdown


@dataclass(frozen=True, slots=True)
class StoryView:
    """What happened, and why; before it, what the settings say about each of its tags."""

    tags: list[Markdown]
    summary: Markdown
    symptom: Markdown
    symptom_badge: Markdown
    impact: ImpactView | None
    detection: DetectionView | None
    cause: Markdown
    cause_badge: Markdown
    trigger: Markdown
    factors: list[StatementView]


@dataclass(frozen=True, slots=True)
class TimelineView:
    """The events of the timeline, and the durations that sources report."""

    phases: Markdown
    events: list[EventView]
    stated: list[StatedView]


@dataclass(frozen=True, slots=True)
class DeployCheckView:
    """A deploy check that exists because of this incident."""

    phase: str
    level: str
    step: StepView
    applies: Markdown


@dataclass(frozen=True, slots=True)
class ActionItemView:
    """An action item in its incident's list."""

    text: Markdown
    priority: str
    state: str
    owner: Markdown
    due: str
    overdue: bool
    ticket: Markdown
    badge: Markdown


@dataclass(frozen=True, slots=True)
class SourceView:
    """Where statements come from."""

    id: str
    title: Markdown
    kind: str
    date: str
    versions: Markdown
    location: Markdown
    says: Markdown


@dataclass(frozen=True, slots=True)
class ToolView:
    """A file in the incident's folder for its commands."""

    name: Markdown
    link: str


@dataclass(frozen=True, slots=True)
class AboutView:
    """Facts about the page itself."""

    id: str
    aliases: list[Markdown]
    when: str
    tags: list[Markdown]
    files: list[str]
    edit: Markdown
    origin: Markdown
    changed: str


@dataclass(frozen=True, slots=True)
class IncidentView:
    """The page of an incident, from top to bottom."""

    header: HeaderView
    card: CardView
    story: StoryView
    ruled_out: list[RuledOutView]
    timeline: TimelineView
    changes: list[ChangeView]
    checks: list[DeployCheckView]
    chain: Sequence[ReturnView]
    actions: list[ActionItemView]
    lessons: list[tuple[str, list[StatementView]]]
    notes: list[NoteView]
    proved: bool
    tools: list[ToolView]
    sources: list[SourceView]
    reviews: list[ReviewView]
    about: AboutView


@dataclass(frozen=True)
class IncidentViews:
    """Makes the views of one incident's page.

    Attributes:
        base: the knowledge base.
        id: the incident.
        path: path of its page.
        support: the targets of the badges on the page.
        today: the date against which due dates are checked.
    """

    base: KnowledgeBase
    id: str
    path: str
    support: BadgeLinks
    today: date

    @property
    def incident(self) -> Incident:
        """The incident."""
        return self.base.incidents[self.id]

    def page(self, chain: Sequence[ReturnView]) -> IncidentView:
        """Return the view of the page.

        Args:
            chain: the recurrences that include the incident.
        """
        incident, support = self.incident, self.support
        return IncidentView(
            header=self._header(),
            card=self._card(),
            story=self._story(),
            ruled_out=ruled_out_views(incident.root_cause.ruled_out, support),
            timeline=TimelineView(
                phases(incident),
                event_views(incident.timeline, support),
                stated_views(incident.stated_durations, support),
            ),
            changes=change_views(incident.fix.changes, support),
            checks=[_check(check, support) for check in incident.checks],
            chain=chain,
            actions=[self._action(item) for item in incident.action_items],
            lessons=_lessons(incident, support),
            notes=note_views(incident, support),
            proved=bool(incident.proofs),
            tools=[ToolView(code(path), path) for path in self.base.tools(self.id)],
            sources=[_source(source) for source in incident.sources],
            reviews=review_views(incident),
            about=self._about(),
        )

    def _groups(self, kind: str, names: Sequence[str]) -> list[Markdown]:
        return [group_link(self.path, kind, name) for name in names]

    def _header(self) -> HeaderView:
        incident = self.incident
        other = incident.superseded_by
        shown = other is not None and other in self.base.incidents
        successor = title_link(self.base, self.path, str(other)) if shown else Markdown()
        return HeaderView(
            severity=group_link(self.path, "severity", incident.severity.value),
            status=group_link(self.path, "status", incident.status.value),
            given=given(incident),
            origin=self._origin_badge(),
            components=self._groups("components", incident.components),
            notice=notice(incident, successor),
            lead=inline(begin(incident)),
        )

    def _card(self) -> CardView:
        incident, support = self.incident, self.support
        symptom, unwritten = incident.symptom, incident.unwritten
        fix = () if "fix" in unwritten else incident.fix.steps
        verification = () if "verification" in unwritten else incident.verification
        return CardView(
            parameters=[_parameter(parameter) for parameter in incident.parameters],
            signatures=signature_views(symptom.signatures),
            alerts=self._groups("alerts", symptom.alerts),
            diagnosis=step_views(incident.diagnosis, "diagnosis", support),
            mitigation=step_views(incident.mitigation, "mitigation", support),
            fix=step_views(fix, "fix", support),
            verification=step_views(verification, "verification", support),
            false_positives=statement_views(symptom.false_positives, support),
            related=self._related(),
            escalation=[_role(role) for role in incident.escalation],
        )

    def _related(self) -> list[RelatedView]:
        """Return the incidents worth reading next, each with the reason."""
        incident, incidents = self.incident, self.base.incidents
        reasons: dict[str, str] = {}
        for other, reason in (
            *((i, "related") for i in incident.related),
            *((i, "refers to this incident") for i in self.base.referrers.get(self.id, ())),
            (incident.recurrence_of, "this incident is a recurrence of it"),
        ):
            if other in incidents and other != self.id:
                reasons[str(other)] = reason
        return [
            RelatedView(title_link(self.base, self.path, other), why, lead(incidents[other]))
            for other, why in reasons.items()
        ]

    def _story(self) -> StoryView:
        incident, support = self.incident, self.support
        symptom, cause, unwritten = incident.symptom, incident.root_cause, incident.unwritten
        seen, known = "symptom" not in unwritten, "root_cause" not in unwritten
        about = self.base.settings.tags
        return StoryView(
            tags=[
                inline(about[tag].about)
                for tag in incident.tags
                if tag in about and about[tag].about
            ],
            summary=prose(incident.summary or ""),
            symptom=prose(symptom.description if seen or not incident.summary else ""),
            symptom_badge=evidence_badge(symptom, support) if seen else Markdown(),
            impact=_impact(incident.impact, support) if incident.impact else None,
            detection=_detection(incident.detection, support) if incident.detection else None,
            cause=prose(cause.statement),
            cause_badge=evidence_badge(cause, support) if known else Markdown(),
            trigger=after_label(prose(cause.trigger or "")),
            factors=statement_views(cause.contributing_factors, support),
        )

    def _action(self, item: ActionItem) -> ActionItemView:
        return ActionItemView(
            text=inline(item.do),
            priority=item.priority.value if item.priority else "",
            state=item.state.value,
            owner=inline(item.owner or ""),
            due=f"{item.due:%Y-%m-%d}" if item.due else "",
            overdue=item.days_over(self.today) > 0,
            ticket=inline(item.ticket or ""),
            badge=evidence_badge(item, self.support),
        )

    def _about(self) -> AboutView:
        incident, change = self.incident, self.base.changes.get(self.id)
        entry = self.base.by_id[self.id]
        return AboutView(
            id=self.id,
            aliases=[code(alias) for alias in incident.aliases],
            when=when(incident),
            tags=self._groups("tags", incident.tags),
            files=[posixpath.basename(file) for file in entry.files],
            edit=self._edit_link(entry.file),
            origin=self._origin_link(),
            changed=f"{change.last:%Y-%m-%d}" if change else "",
        )

    def _origin_badge(self) -> Markdown:
        """Return the badge that says from which source the incident is; nothing of ours."""
        source = self.base.source_of(self.id)
        if not source:
            return Markdown()
        page = self.base.address_there(self.id)
        what = inline(f"from {source}", links=False)
        return (
            styled("a", "kb-badge kb-origin", what, link=page)
            if page
            else styled("em", "kb-badge kb-origin", what)
        )

    def _origin_link(self) -> Markdown:
        """Return where the incident is kept, if that is not here."""
        source, page = self.base.source_of(self.id), self.base.address_there(self.id)
        if not source:
            return Markdown()
        there = f'<a href="{attribute(page)}">{code(source)}</a>' if page else code(source)
        return Markdown(there)

    def _edit_link(self, file: str) -> Markdown:
        template = self.base.settings.edit_url
        if not template:
            return code(file)
        return Markdown(f'<a href="{attribute(template.replace("{path}", file))}">{code(file)}</a>')


def _parameter(parameter: Parameter) -> ParameterView:
    return ParameterView(
        parameter.name,
        html_inline(parameter.description),
        attribute(parameter.example or ""),
        attribute(parameter.default or ""),
    )


def _role(role: Escalation) -> RoleView:
    return RoleView(inline(role.role), inline(role.when or ""), inline(role.contact or ""))


def _impact(impact: Impact, support: BadgeLinks) -> ImpactView:
    return ImpactView(
        prose(impact.description),
        inline(impact.users or ""),
        inline(impact.data or ""),
        evidence_badge(impact, support),
    )


def _detection(detection: Detection, support: BadgeLinks) -> DetectionView:
    return DetectionView(
        prose(detection.description),
        detection.by.value if detection.by else "",
        evidence_badge(detection, support),
    )


def _check(check: Check, support: BadgeLinks) -> DeployCheckView:
    return DeployCheckView(
        check.phase.value,
        check.level.value,
        check_view(check, support),
        _applies(check.applies_to),
    )


def _applies(applies: AppliesTo) -> Markdown:
    """Return what a release must touch for a check to apply."""
    parts = [
        f"{label} {', '.join(code(value) for value in values)}"
        for label, values in (
            ("components", applies.components),
            ("paths", applies.paths),
            ("kinds of change", applies.kinds),
            ("added line with", _patterns(applies.when_added)),
            ("removed line with", _patterns(applies.when_removed)),
            ("changed line with", _patterns(applies.when_changed)),
            ("updated dependency", [_dependency(one) for one in applies.when_updated]),
            ("only in kinds of change", applies.when_kind),
            ("repositories", [_identifies(one) for one in applies.repositories]),
        )
        if values
    ]
    parts += ["new files only"] if applies.when_new else []
    return Markdown("; ".join(parts))


def _patterns(patterns: tuple[LinePattern, ...]) -> list[str]:
    return [one.text or one.regex or "" for one in patterns]


def _dependency(one: DependencyPattern) -> str:
    return one.name if one.update is UpdateSize.ANY else f"{one.name} ({one.update.value})"


def _identifies(one: RepositoryPattern) -> str:
    return one.name or " ".join(filter(None, (one.file, one.contains)))


def _lessons(incident: Incident, support: BadgeLinks) -> list[tuple[str, list[StatementView]]]:
    return [
        (title, statement_views(texts, support))
        for name, title in LESSON_TITLES.items()
        if (texts := getattr(incident.lessons, name, ()))
    ]


def _source(source: Reference) -> SourceView:
    return SourceView(
        id=source.id,
        title=inline(source.title),
        kind=source.kind.value,
        date=f"{source.date:%Y-%m-%d}" if source.date else "",
        versions=inline(", ".join(source.versions)),
        location=_location(source.location or ""),
        says=fence(source.says.strip("\n"), "text", LIST_INDENT) if source.says else Markdown(),
    )


def _location(location: str) -> Markdown:
    """Return where a source is; only http and https become links."""
    if location.startswith(("http://", "https://")):
        return inline(location)
    return code(location) if location else Markdown()
