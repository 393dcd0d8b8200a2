"""Decides what a post-mortem says, and in which order.

The order is the one that reviewers know: what happened and who was affected, when, why, how it was
detected and resolved, lessons, and action items. What only the person on call needs (diagnosis, false
positives, escalation) is only in the runbook.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

from generator.knowledge.base import KnowledgeBase
from generator.model import INTERVALS, NOT_WRITTEN, Incident, Moment, SeverityLevel, Status
from generator.model.walk import commands
from generator.postmortems import parts
from generator.postmortems.consequences import action_items, deploy_checks, lessons, notes, sources
from generator.postmortems.document import (
    Heading,
    MissingPart,
    PostMortem,
    PostMortemSection,
    PrintedBlock,
    PrintedList,
    PrintedParagraph,
    PrintedTable,
    Style,
    StyledText,
    code,
    lines,
    plain,
    prose,
)
from generator.postmortems.support import SupportNotes
from generator.text.durations import spell_duration
from generator.text.urls import incident_address, on_site


def post_mortem(base: KnowledgeBase, incident_id: str, site: str | None, today: date) -> PostMortem:
    """Return the post-mortem of an incident.

    Args:
        base: the knowledge base.
        incident_id: a readable incident of it.
        site: the URL of the site; None leaves out the URL of the runbook.
        today: the date of the document, against which due dates are checked.
    """
    incident = base.incidents[incident_id]
    support = SupportNotes(base, incident_id, incident)
    final = incident.status in (Status.PUBLISHED, Status.WITHDRAWN)
    missing = MissingPart("Nothing is recorded." if final else NOT_WRITTEN)
    sections = (
        ("summary", "Summary", _summary(support, missing)),
        ("impact", "Impact", _impact(support)),
        ("timeline", "Timeline", _timeline(support, missing)),
        ("root-cause", "Root cause", _cause(support, missing)),
        ("ruled-out", "What it was not", _ruled_out(support)),
        ("detection", "Detection", _detection(support, missing)),
        ("resolution", "Resolution", _resolution(support, missing)),
        ("lessons", "Lessons learned", lessons(support)),
        ("action-items", "Action items", action_items(support, today)),
        ("deploy-checks", "Deploy checks", deploy_checks(support)),
        ("sources", "Sources", sources(support)),
        ("notes", "Notes", notes(support)),
    )
    optional = ("ruled-out", "deploy-checks", "sources", "notes")
    written = (
        (key, title, (*blocks, *parts.labelled(key, incident))) for key, title, blocks in sections
    )
    return PostMortem(
        id=incident_id,
        title=parts.words_of(incident.title),
        facts=tuple(_facts(support, site)),
        notice=_notice(incident),
        sections=tuple(
            PostMortemSection(key, title, blocks or (missing,))
            for key, title, blocks in written
            if blocks or key not in optional
        ),
        colophon=plain(f"Made from incidents/{incident_id}/incident.yaml on {today:%Y-%m-%d}."),
        publisher=parts.words_of(base.settings.site_name),
        components=incident.components,
        made=today,
    )


def _notice(incident: Incident) -> StyledText:
    if incident.status is Status.WITHDRAWN:
        return plain("This post-mortem is withdrawn.")
    if incident.superseded_by:
        return plain(f"This post-mortem is replaced by {incident.superseded_by}.")
    if incident.status is Status.DRAFT:
        return plain("This is a draft. Nobody has reviewed it yet.")
    return ()


def _facts(support: SupportNotes, site: str | None) -> Iterator[tuple[str, StyledText]]:
    """Yield the title block, label by label."""
    incident, base = support.incident, support.base
    known = incident.severity is not SeverityLevel.UNKNOWN
    yield "Id", plain(support.id, Style.CODE)
    if incident.aliases:
        yield "Also known as", plain(", ".join(incident.aliases))
    yield "Severity", plain(incident.severity.value if known else "Not rated yet.")
    yield "Status", plain(incident.status.value)
    yield "Components", plain(", ".join(incident.components) or "none named")
    began, ended = incident.moment(Moment.STARTED), incident.moment(Moment.RESOLVED)
    if began:
        yield "Began", plain(f"{_time(began)} UTC")
    elif incident.occurred:
        yield "First event", plain(f"{incident.occurred:%Y-%m-%d}")
    if ended:
        yield "Resolved", plain(f"{_time(ended)} UTC")
    if incident.documented:
        yield "Documented", plain(f"{incident.documented:%Y-%m-%d}")
    for name, ids in (
        ("Recurrence of", (incident.recurrence_of,)),
        ("Replaced by", (incident.superseded_by,)),
        ("Related", incident.related),
    ):
        others = [
            plain(f"{i}: {base.incidents[i].title}" if i in base.incidents else i) for i in ids if i
        ]
        if others:
            yield name, lines(*others)
    reviews = [
        parts.beside(
            plain(f"{review.date:%Y-%m-%d} {review.status.value} by {review.by}"),
            plain(f"({review.note})") if review.note else (),
        )
        for review in incident.reviews
    ]
    yield "Reviews", lines(*reviews) if reviews else plain("none yet")
    if site:
        yield "Runbook", plain(on_site(site, incident_address(support.id)), Style.ADDRESS)


def _summary(support: SupportNotes, missing: MissingPart) -> Iterator[PrintedBlock]:
    incident = support.incident
    yield from parts.paragraphs(incident.summary) if incident.summary else (missing,)
    yield Heading(plain("What was seen"))
    if incident.symptom.description == NOT_WRITTEN:
        yield missing
    else:
        yield from parts.supported(incident.symptom.description, incident.symptom, support)


def _impact(support: SupportNotes) -> Iterator[PrintedBlock]:
    impact = support.incident.impact
    if impact is not None:
        yield from parts.supported(impact.description, impact, support)


def _timeline(support: SupportNotes, missing: MissingPart) -> Iterator[PrintedBlock]:
    incident = support.incident
    if incident.timeline:
        yield PrintedTable(
            ("Time (UTC)", "Event", "Milestone"),
            tuple(
                (
                    plain(_time(event.at)),
                    parts.cell(event.what, support.short_note(event)),
                    plain(event.marks.value if event.marks else ""),
                )
                for event in sorted(incident.timeline, key=lambda event: event.at)
            ),
            (24, 60, 16),
        )
    else:
        yield missing
    rows = (*_derived(incident), *_stated(support))
    if rows:
        yield Heading(plain("How long it took"))
        yield PrintedTable(("What", "How long", "Basis"), rows, (34, 26, 40))


def _derived(incident: Incident) -> Iterator[tuple[StyledText, ...]]:
    """Yield the times to detect, mitigate and resolve, from the timeline."""
    if not incident.timeline:
        return
    start = incident.moment(Moment.STARTED)
    for short, long, moment in INTERVALS:
        name = f"{long.capitalize()} ({short})"
        spent = incident.time_to(moment)
        if spent is not None:
            basis = f"computed from the timeline: started to {moment.value}"
            yield plain(name), plain(spell_duration(spent)), plain(basis)
            continue
        lacking = [
            word
            for word, at in (("started", start), (moment.value, incident.moment(moment)))
            if at is None
        ]
        if lacking:
            why = f"no event of the timeline is marked as {' or '.join(lacking)}"
        else:
            why = f"in the timeline, it was {moment.value} before it started"
        yield plain(name), plain("unknown"), plain(why)


def _stated(support: SupportNotes) -> Iterator[tuple[StyledText, ...]]:
    for stated in support.incident.stated_durations:
        until = f", up to {stated.until.value}" if stated.until else ""
        yield (
            plain(stated.of),
            plain(stated.says),
            parts.beside(plain(f"reported, not computed{until}"), support.short_note(stated)),
        )


def _cause(support: SupportNotes, missing: MissingPart) -> Iterator[PrintedBlock]:
    cause = support.incident.root_cause
    if cause.statement == NOT_WRITTEN:
        yield missing
    else:
        yield from parts.paragraphs(cause.statement, after=support.note(cause))
    if cause.trigger:
        yield from parts.paragraphs(cause.trigger, parts.label("Trigger"))
    if cause.contributing_factors:
        yield Heading(plain("Contributing factors"))
        yield parts.statements(cause.contributing_factors, support)


def _ruled_out(support: SupportNotes) -> Iterator[PrintedBlock]:
    claims = support.incident.root_cause.ruled_out
    if claims:
        yield PrintedParagraph(plain("These claims were believed, but are false."))
        yield PrintedList(
            tuple(
                (
                    *parts.paragraphs(claim.claim, parts.label("Not true")),
                    *parts.paragraphs(
                        claim.why,
                        parts.label("Why"),
                        support.note(claim, proved="proved false"),
                    ),
                )
                for claim in claims
            )
        )


def _detection(support: SupportNotes, missing: MissingPart) -> Iterator[PrintedBlock]:
    incident = support.incident
    detection, symptom = incident.detection, incident.symptom
    if detection:
        yield from parts.supported(detection.description, detection, support)
        if detection.by:
            yield from parts.paragraphs(detection.by.value, parts.label("Detected by"))
    else:
        yield missing
    if symptom.alerts:
        yield PrintedParagraph(
            parts.beside(parts.label("Alerts"), plain(", ".join(symptom.alerts)))
        )
    if symptom.signatures:
        yield Heading(plain("Error text"))
    for signature in symptom.signatures:
        if signature.note:
            yield PrintedParagraph(prose(signature.note))
        yield code(signature.example)


def _resolution(support: SupportNotes, missing: MissingPart) -> Iterator[PrintedBlock]:
    incident = support.incident
    for title, steps in (
        ("Mitigation", incident.mitigation),
        ("Fix", incident.fix.steps),
        ("Verification", incident.verification),
    ):
        blocks = tuple(parts.steps(steps, support))
        changed = title == "Fix" and incident.fix.changes
        if blocks or not changed:
            yield Heading(plain(title))
            yield from blocks or (missing,)
        if changed:
            yield Heading(plain("Changes"))
            for change in incident.fix.changes:
                yield from parts.change(change, support)
    yield from _values(incident)


def _values(incident: Incident) -> Iterator[PrintedBlock]:
    """Yield the parameters of the commands."""
    shown = "\n".join(
        command
        for route, command in commands(incident)
        if route[0] in ("mitigation", "fix", "verification")
    )
    used = [p for p in incident.parameters if re.search(rf"\b{p.name}\b", shown)]
    if used:
        yield Heading(plain("Values in the commands"))
        rows = tuple((plain(p.name, Style.CODE), parts.cell(p.description)) for p in used)
        yield PrintedTable(("Name", "What it is"), rows, (30, 70))


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}".removesuffix(":00")
