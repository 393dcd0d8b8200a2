"""What the templates print: an incident's parts, turned into Markdown piece by piece."""

from __future__ import annotations

import difflib
import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, timedelta

from generator.commands.expectations import described, stands_below
from generator.knowledge.records import Run, Standing
from generator.model import (
    INTERVALS,
    Action,
    Change,
    Check,
    Event,
    Expect,
    Incident,
    Proof,
    RuledOut,
    Signature,
    Statement,
    Step,
)
from generator.site.evidence import Support, evidence_badge, proof_badge, risk_badge
from generator.text.durations import spell_duration
from generator.text.markdown import Markdown, attribute, code, fence, inline, marked, prose

_INDENT = "    "  # what Markdown asks of blocks inside a numbered list

_LEAD = 220  # the most characters of a symptom in a list


@dataclass(frozen=True, slots=True)
class StepView:
    """A step or a check, ready to print inside a numbered list."""

    anchor: str
    do: Markdown
    details: Markdown
    badges: Markdown
    needs: Markdown
    command: Markdown
    expected: Markdown
    if_not: Markdown
    rollback: Markdown
    rollback_command: Markdown


def step_views(steps: Iterable[Step], section: str, support: Support) -> list[StepView]:
    """Return the views of a section's steps.

    Args:
        steps: the steps, in order.
        section: the beginning of their anchors, such as `fix`.
        support: the page's sources and proofs.
    """
    return [
        _action_view(step, step.do, f"{section}-{n}", support, if_not=step.if_not or "")
        for n, step in enumerate(steps, 1)
    ]


def check_view(check: Check, support: Support) -> StepView:
    """Return the view of one check of a deploy."""
    return _action_view(check, check.check, f"check-{check.id}", support, if_not="")


def _action_view(action: Action, text: str, anchor: str, support: Support, if_not: str) -> StepView:
    first, _, rest = text.strip().partition("\n\n")
    rollback = action.rollback
    return StepView(
        anchor=anchor,
        do=inline(first),
        details=prose(rest, _INDENT),
        badges=_joined(risk_badge(action.risk), evidence_badge(action, support)),
        needs=Markdown(", ".join(inline(need) for need in action.needs)),
        command=_command(action.run),
        expected=expectation(action.expect, action.timeout),
        if_not=_labelled("If not", "kb-if-not", if_not),
        rollback=_labelled("Rollback", "kb-rollback", rollback.do if rollback else ""),
        rollback_command=_command(rollback.run) if rollback else Markdown(),
    )


def _joined(*badges: Markdown) -> Markdown:
    return Markdown(" ".join(badge for badge in badges if badge))


def _command(run: str | None) -> Markdown:
    if not run:
        return Markdown()
    return marked("kb-command", fence(run, "bash", _INDENT), run, _INDENT)


def _labelled(label: str, style: str, text: str) -> Markdown:
    """Return prose behind a label; the label stands alone where the prose begins with a list."""
    if not text:
        return Markdown()
    body = prose(text, _INDENT)
    first, _, rest = ("", "", _INDENT + body) if body.startswith("- ") else body.partition("\n\n")
    head = f"**{label}:** {first}".rstrip() + f"\n{_INDENT}{{ .{style} }}"
    return Markdown(f"{head}\n\n{rest}" if rest else head)


def expectation(expect: Expect, timeout: str | None = None) -> Markdown:
    """Return what a step is expected to show, as one line followed by longer texts as blocks."""
    parts: list[str] = []
    blocks: list[str] = []
    for words, text in described(expect):
        if not words:
            parts.append(inline(text or ""))
        elif text is None:
            parts.append(words)
        elif stands_below(text):
            parts.append(f"{words} what stands below")
            block = fence(text.strip("\n"), "text", _INDENT)
            blocks.append(marked("kb-output", block, indent=_INDENT))
        else:
            parts.append(f"{words} {code(text)}")
    if timeout:
        parts.append(f"within {timeout}")
    if not parts:
        return Markdown()
    line = f"**Expect:** {'; '.join(dict.fromkeys(parts))}.\n{_INDENT}{{ .kb-expect }}"
    return Markdown(f"\n\n{_INDENT}".join([line, *blocks]))


@dataclass(frozen=True, slots=True)
class StatementView:
    """A statement with its badge."""

    text: Markdown
    badge: Markdown


def statement_views(statements: Iterable[Statement], support: Support) -> list[StatementView]:
    """Return the views of statements in a list."""
    return [StatementView(inline(s.text), evidence_badge(s, support)) for s in statements]


@dataclass(frozen=True, slots=True)
class RuledOutView:
    """A claim that is false, with why."""

    anchor: str
    claim: Markdown
    why: Markdown
    badge: Markdown


def ruled_out_views(claims: Iterable[RuledOut], support: Support) -> list[RuledOutView]:
    """Return the views of the claims that were ruled out."""
    return [
        RuledOutView(
            f"ruled-out-{n}",
            inline(claim.claim, links=False),
            prose(claim.why, _INDENT),
            evidence_badge(claim, support, "proved false"),
        )
        for n, claim in enumerate(claims, 1)
    ]


@dataclass(frozen=True, slots=True)
class SignatureView:
    """An error as it is seen."""

    note: Markdown
    text: Markdown


def signature_views(signatures: Iterable[Signature]) -> list[SignatureView]:
    """Return the errors to compare with: a real one where there is one, else the template."""
    return [
        SignatureView(
            inline(s.note) if s.note else Markdown(),
            marked(
                "kb-sample",
                fence((s.matches[0] if s.matches else s.text or s.regex or "").strip("\n")),
            ),
        )
        for s in signatures
    ]


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A change to a file, as a diff."""

    title: Markdown
    badge: Markdown
    description: Markdown
    code: Markdown


def change_views(changes: Iterable[Change], support: Support) -> list[ChangeView]:
    """Return the views of the changes, each as a diff of before and after."""
    return [
        ChangeView(
            title=code(f"{change.file}:{change.line}" if change.line else change.file),
            badge=evidence_badge(change, support),
            description=prose(change.description) if change.description else Markdown(),
            code=_diff(change),
        )
        for change in changes
    ]


def _diff(change: Change) -> Markdown:
    if change.before is None and change.after is None:
        return Markdown()
    if change.before is None or change.after is None:
        sign = "+" if change.before is None else "-"
        text = change.after if change.before is None else change.before
        lines = [f"{sign}{line}" for line in (text or "").splitlines()]
    else:
        both = difflib.unified_diff(
            change.before.splitlines(), change.after.splitlines(), lineterm="", n=1000
        )
        lines = list(both)[3:]  # less the names and the one hunk's head
    return fence("\n".join(lines), "diff")


_LANGUAGES = {
    ".cjs": "js",
    ".js": "js",
    ".json": "json",
    ".mjs": "js",
    ".py": "python",
    ".sh": "bash",
    ".sql": "sql",
    ".yaml": "yaml",
    ".yml": "yaml",
}


@dataclass(frozen=True, slots=True)
class ProofView:
    """A proof: what it shows, how it went, its programs and what it printed."""

    id: str
    shows: str
    description: Markdown
    outcome: Markdown
    needs: Markdown
    command: Markdown
    files: list[tuple[Markdown, Markdown]]
    output: Markdown


def proof_view(
    proof: Proof, standing: Standing, run: Run | None, files: Mapping[str, str]
) -> ProofView:
    """Return the view of a proof.

    Args:
        proof: the proof.
        standing: what its record is worth.
        run: its record, if there is one.
        files: its own files with their content, by their path from the proof's folder.
    """
    badge = proof_badge("", standing, run)
    style = "kb-proved" if badge.holds else "kb-unproved"
    word = "proved" if badge.holds else "not proved"
    return ProofView(
        proof.id,
        proof.shows.value.replace("-", " "),
        prose(proof.description),
        Markdown(f"*{word} {inline(badge.facts)}*{{ .kb-evidence .{style} }}"),
        inline(", ".join(proof.needs)),
        marked("kb-command", fence(proof.run, "bash"), proof.run),
        [
            (
                code(name),
                fence(text.rstrip("\n"), _LANGUAGES.get(posixpath.splitext(name)[1], "text")),
            )
            for name, text in files.items()
        ],
        marked("kb-output", fence(run.output)) if run and run.output else Markdown(),
    )


@dataclass(frozen=True, slots=True)
class EventView:
    """One event of the timeline."""

    time: str
    marks: str
    what: Markdown
    badge: Markdown


def event_views(events: Iterable[Event], support: Support) -> list[EventView]:
    """Return the views of the timeline, times in UTC."""
    return [
        EventView(
            f"{event.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC".replace(":00 UTC", " UTC"),
            event.marks.value if event.marks else "",
            inline(event.what),
            evidence_badge(event, support),
        )
        for event in sorted(events, key=lambda event: event.at)
    ]


def phases(incident: Incident) -> Markdown:
    """Return the drawn timeline: how long until detected, mitigated, resolved.

    Returns:
        One HTML element whose label says the same in words; empty where the timeline does not
        say when it began and one of the others.
    """
    known = [
        (short, long, spent)
        for short, long, moment in INTERVALS
        if (spent := incident.time_to(moment)) is not None
    ]
    if not known:
        return Markdown()
    label = ", ".join(f"{long}: {spell_duration(spent)}" for _, long, spent in known)
    spans = []
    passed = timedelta()
    for short, long, spent in sorted(known, key=lambda interval: interval[2]):
        share = max((spent - passed).total_seconds(), 0)
        spans.append(
            f'<span class="kb-phase kb-{short.lower()}" style="flex-grow:{share:.0f}">'
            f'<abbr title="{long}">{short}</abbr> {spell_duration(spent)}</span>'
        )
        passed = spent
    return Markdown(
        f'<div class="kb-phases" role="img" aria-label="{attribute(label)}">{"".join(spans)}</div>'
    )


@dataclass(frozen=True, slots=True)
class Line:
    """An incident in a list."""

    title: Markdown
    link: str
    severity: str
    status: str
    components: tuple[str, ...]
    when: str
    lead: Markdown


def begin(incident: Incident) -> str:
    """Return the paragraph that tells what is seen; in a draft without it, that of the summary."""
    text = incident.symptom.description
    if incident.summary and "symptom" in incident.unwritten:
        text = incident.summary
    return text.split("\n\n")[0]


def lead(incident: Incident) -> Markdown:
    """Return what is seen, in as many whole sentences as fit a list."""
    text = " ".join(begin(incident).split())
    if len(text) > _LEAD:
        whole = text[:_LEAD].rpartition(". ")[0]
        text = f"{whole}." if whole else text[:_LEAD].rpartition(" ")[0].rstrip(",;:.") + " …"
    return inline(text)


def when(incident: Incident) -> str:
    """Say when it happened, or when it was documented; empty where neither is known."""
    day: date | None = incident.occurred
    if day:
        return f"{day:%Y-%m-%d}"
    return f"documented {incident.documented:%Y-%m-%d}" if incident.documented else ""
