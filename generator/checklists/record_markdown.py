"""The record of a run as Markdown, for people; the JSON has the same content."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

from generator.checklists.items import Stage
from generator.checklists.record import (
    Attempt,
    CheckRecord,
    RolledBack,
    RunOutcome,
    RunRecord,
    Verdict,
)
from generator.checklists.wording import PHASE_TITLES
from generator.commands.expectations import in_words
from generator.model import Expect, Phase, Poll
from generator.text.markdown import code, fence, inline, plain

VERDICTS = {
    Verdict.PASSED: "passed",
    Verdict.FAILED: "FAILED",
    Verdict.SKIPPED: "skipped",
    Verdict.WAIVED: "waived",
    Verdict.NOT_DONE: "NOT DONE",
    Verdict.INTERRUPTED: "INTERRUPTED",
    Verdict.RUNNING: "RUNNING",
    Verdict.NOT_REACHED: "not reached",
}

OUTCOMES = {
    RunOutcome.RUNNING: "Not finished: it is still running, or it was killed.",
    RunOutcome.PASSED: "Passed.",
    RunOutcome.FAILED: "Failed: the deploy must not go on.",
    RunOutcome.STOPPED: "Stopped by the operator.",
    RunOutcome.INTERRUPTED: "Interrupted.",
}

RUNBOOK_OUTCOMES = OUTCOMES | {
    RunOutcome.PASSED: "Done: every step of the verification holds.",
    RunOutcome.FAILED: "Not resolved.",
}

_ROLLBACKS = {
    "shown": "shown, not run",
    "declined": "not run",
    "passed": "run, passed",
    "failed": "run, FAILED",
    "interrupted": "run, interrupted",
}


def outcome_of(record: RunRecord) -> str:
    """Return the result of a run as a sentence."""
    return (RUNBOOK_OUTCOMES if record.incident else OUTCOMES)[record.outcome]


def counts(checks: Iterable[CheckRecord]) -> str:
    """Return the number of checks for each result, in one line: `3 passed, 1 failed`."""
    found = Counter(check.verdict for check in checks)
    return ", ".join(f"{found[v]} {word.lower()}" for v, word in VERDICTS.items() if found[v])


def as_markdown(record: RunRecord) -> str:
    """Return a record as Markdown."""
    return "\n".join(_lines(record)) + "\n"


def _lines(record: RunRecord) -> Iterator[str]:
    yield "# Runbook run" if record.incident else "# Checklist run"
    yield ""
    yield f"**{outcome_of(record)}** {counts(record.checks)}."
    yield ""
    if record.incident:
        yield f"- Runbook: {plain(record.about)} ({code(record.incident)})"
    else:
        yield f"- Release: {plain(record.about)}"
    if record.revision:
        dirty = ", with uncommitted changes" if record.changes else ""
        yield f"- Revision: {code(record.revision)}{dirty}"
    for number, session in enumerate(record.sessions):
        verb = "Resumed" if number else "Run"
        ended = f" to {_time(session.ended)}" if session.ended else ", not finished"
        who = plain(session.operator)
        yield f"- {verb} by {who}: {_time(session.begun)}{ended}, {session.outcome.value}"
    yield f"- Made with: {plain(record.tool)}"
    if record.unreadable:
        names = ", ".join(code(name) for name in record.unreadable)
        yield f"- **Not all checks are known:** these incidents have errors: {names}"
    phase: Phase | Stage | None = None
    for check in record.checks:
        if check.phase is not phase:
            phase = check.phase
            yield ""
            yield f"## {PHASE_TITLES[phase]}"
        yield ""
        yield from _check(check)


def _check(check: CheckRecord) -> Iterator[str]:
    yield f"### {VERDICTS[check.verdict]}: {inline(check.check, links=False)}"
    yield ""
    risk = f", {check.risk.value}" if check.risk else ""
    level = "step" if isinstance(check.phase, Stage) else check.level.value
    yield f"{code(check.id)} ({level}{risk if check.run else ', by hand'})"
    for reason in check.why:
        yield ""
        yield f"Why: {inline(reason)}."
    if check.run:
        yield ""
        yield fence(check.run, "sh")
    poll = Poll.model_validate(check.poll) if check.poll else None
    expected = "; ".join(in_words(Expect.model_validate(check.expect), poll))
    if expected:
        yield ""
        yield f"Expected: {plain(expected)}."
    yield from _attempt(check)
    for attempt in check.earlier:
        yield ""
        yield f"Earlier attempt: {VERDICTS[attempt.verdict]}"
        yield from _attempt(attempt)


def _attempt(attempt: Attempt) -> Iterator[str]:
    facts = []
    if attempt.when:
        facts.append(f"{_time(attempt.when)} by {plain(attempt.operator)}")
    if attempt.approved_by:
        facts.append(f"agreed to by {plain(attempt.approved_by)}")
    if attempt.waived_by:
        until = f" until {plain(attempt.waived_until)}" if attempt.waived_until else ""
        facts.append(f"waived by {plain(attempt.waived_by)}{until}")
    if attempt.exit is not None:
        facts.append(f"exit code {attempt.exit}")
    if attempt.seconds is not None:
        tries = f", {attempt.tries} tries" if attempt.tries > 1 else ""
        facts.append(f"{attempt.seconds:.1f} s{tries}")
    if facts:
        yield ""
        yield f"{'; '.join(facts)}."
    if attempt.reason:
        yield ""
        yield f"**Reason:** {plain(attempt.reason)}"
    if attempt.wrong:
        yield ""
        yield f"**Wrong:** {plain('; '.join(attempt.wrong))}"
    if attempt.values:
        yield ""
        yield "Values:"
        yield ""
        yield from (f"- {name}: {code(value)}" for name, value in attempt.values.items())
    if attempt.output:
        yield ""
        yield fence(attempt.output)
    if attempt.rollback:
        yield from _rollback(attempt.rollback)


def _rollback(rollback: RolledBack) -> Iterator[str]:
    yield ""
    wrong = f" ({plain('; '.join(rollback.wrong))})" if rollback.wrong else ""
    yield f"**Rollback**, {_ROLLBACKS[rollback.outcome]}{wrong}: {inline(rollback.do)}"
    if rollback.run:
        yield ""
        yield fence(rollback.run, "sh")
    if rollback.output:
        yield ""
        yield fence(rollback.output)


def _time(when: datetime | None) -> str:
    return f"{when:%Y-%m-%d %H:%M:%S} UTC" if when else "?"
