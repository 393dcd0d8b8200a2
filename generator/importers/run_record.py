"""Makes a draft of the record of a run: what was done becomes the timeline, the steps the runbook."""

from __future__ import annotations

from collections.abc import Container, Iterator
from datetime import datetime
from typing import Any

from generator.checklists.items import Stage
from generator.checklists.record import (
    Attempt,
    CheckRecord,
    NotARecord,
    RunOutcome,
    RunRecord,
    Verdict,
    read_record,
)
from generator.checklists.runbook import steps_of
from generator.commands.exports import mentions
from generator.importers.beside import place_of
from generator.importers.decoding import Refused, digest_of
from generator.importers.making import Imported
from generator.importers.writing import draft_text
from generator.knowledge.drafting import MADE_BY_IMPORT, id_from
from generator.knowledge.source import SourceError, parse_yaml
from generator.knowledge.validation import validate
from generator.limits import YAML_BYTES
from generator.model import Incident, Moment, Status, Step

FORM = "record of a run"
_LONGEST = 200
_TRIED = (Verdict.PASSED, Verdict.FAILED, Verdict.INTERRUPTED)
_KEPT = (
    "do",
    "run",
    "expect",
    "if_not",
    "risk",
    "poll",
    "approval",
    "rollback",
    "needs",
    "timeout",
)
_HIDDEN = "..."


def parse_record(raw: bytes) -> RunRecord:
    """Return the record in a file.

    Raises:
        Refused: it is not a record, or nothing was run.
    """
    try:
        record = read_record(raw.decode("utf-8"))
    except (NotARecord, UnicodeDecodeError) as error:
        hint = "give the record that `runbooks run` has written, or a chat export of Slack"
        raise Refused(f"not the record of a run: {error}", hint) from None
    if not any(attempt.when for _, attempt in _attempts(record)):
        raise Refused("nothing was done in this run", "there is nothing to make a draft of")
    return record


def import_record(
    name: str, raw: bytes, runbook: Incident | None, known: Container[str] = ()
) -> Imported:
    """Make a draft of the record of a run.

    Args:
        name: the file's name.
        raw: its content.
        runbook: the incident whose runbook was run; None if it cannot be read.
        known: the ids of all incidents.

    Raises:
        Refused: it is not a record, nothing was run, or the draft would be too large.
    """
    record = parse_record(raw)
    day = record.sessions[0].begun.date().isoformat()
    title = f"{_line(record.about)} ({day})"
    timeline = list(_events(record))
    data: dict[str, Any] = {"title": title, "status": Status.DRAFT.value}
    if runbook and runbook.components:
        data["components"] = list(runbook.components)
    related = _related(record, known)
    if related:
        data["related"] = related
    steps = _steps(record, runbook)
    data |= {name: steps[name] for name in ("diagnosis", "mitigation", "fix", "verification") if steps[name]}  # fmt: skip
    if parameters := _parameters(record, runbook, steps):
        data["parameters"] = parameters
    data["timeline"] = timeline
    data["sources"] = [
        {"id": "run", "title": f"Record of the run: {_line(name)}", "kind": "log", "location": place_of(name), "date": day, "versions": [digest_of(raw)]}
    ]  # fmt: skip
    text = draft_text(data, _comments(record, timeline))
    if len(text.encode()) > YAML_BYTES:
        raise Refused(f"its draft would be larger than {YAML_BYTES.shown}", "shorten the record")
    try:
        incident, problems = validate(parse_yaml(name, text.encode()), Incident)
    except SourceError as error:
        raise Refused(f"its draft cannot be read: {error.diagnostics[0].message}", "report this") from None  # fmt: skip
    if incident is None:
        raise Refused(f"its draft cannot be read: {problems[0].message}", "report this")
    placed = {key: len(str(value).split()) for key, value in data.items()}
    wanted = id_from(f"{record.incident or 'deploy'} {day}") or "run"
    remarks = (f"{len(timeline)} events; {'see `related`' if related else 'no related incident'}.",)
    return Imported(wanted, title, FORM, text, incident, placed, (), remarks)


def _comments(record: RunRecord, timeline: list[dict[str, Any]]) -> list[str]:
    of = f"the runbook {record.incident}" if record.incident else "a checklist"
    return [
        f"{MADE_BY_IMPORT} from the record of a run of {of}: {len(timeline)} events.",
        "Next steps:",
        "- write severity, symptom and root_cause",
        "- in the timeline, mark the events started, detected, mitigated and resolved",
        "- remove the steps that did not help, and what is only in the runbook that was run",
        *(
            [f"- if it has the same cause, write `recurrence_of: {record.incident}`"]
            if record.incident
            else []
        ),
    ]


def _related(record: RunRecord, known: Container[str]) -> list[str]:
    """Return the incident whose runbook was run, or those whose checks failed."""
    failed = [c.id.partition("/")[0] for c in record.checks if c.verdict is Verdict.FAILED]
    names = [record.incident] if record.incident else failed
    return [name for name in dict.fromkeys(names) if name in known]


def _attempts(record: RunRecord) -> Iterator[tuple[CheckRecord, Attempt]]:
    for check in record.checks:
        for attempt in (*check.earlier, check):
            yield check, attempt


def _events(record: RunRecord) -> Iterator[dict[str, Any]]:
    """Yield the events of the timeline, the earliest first."""
    what = f"The runbook {record.incident}" if record.incident else "The checklist"
    found: list[tuple[datetime, dict[str, Any], CheckRecord | None, Attempt | None]] = []
    for number, session in enumerate(record.sessions):
        text = f"{what} is {'resumed' if number else 'begun'}."
        found.append((session.begun, {"what": text}, None, None))
    for check, attempt in _attempts(record):
        if attempt.when and (said := _said(check, attempt)):
            found.append((attempt.when, {"what": said}, check, attempt))
    found.sort(key=lambda each: each[0])
    if record.incident and record.outcome is RunOutcome.PASSED:
        for stage, moment in (
            (Stage.MITIGATION, Moment.MITIGATED),
            (Stage.VERIFICATION, Moment.RESOLVED),
        ):
            held = [event for _, event, check, attempt in found if check and attempt and check.phase is stage and attempt.verdict is Verdict.PASSED]  # fmt: skip
            if held:
                held[-1]["marks"] = moment.value
    for when, event, _, _ in found:
        yield {"at": when.isoformat(timespec="seconds").replace("+00:00", "Z"), **event}


def _said(check: CheckRecord, attempt: Attempt) -> str:
    """Return what an attempt says in the timeline; empty if nothing was done."""
    done = _line(check.check).rstrip(".")
    wrong = _line("; ".join(attempt.wrong)).rstrip(".")
    result = {
        Verdict.PASSED: "As expected." if check.run else "Done.",
        Verdict.FAILED: f"Not as expected: {wrong}.",
        Verdict.INTERRUPTED: "It was interrupted.",
        Verdict.RUNNING: "It was begun.",
        Verdict.NOT_DONE: "It was run." if attempt.exit is not None else "",
        Verdict.SKIPPED: f"Skipped: {_line(attempt.reason).rstrip('.')}.",
    }.get(attempt.verdict, "")
    if not result:
        return ""
    parts = [f"{done}.", result]
    if attempt.approved_by:
        parts.append(f"Agreed to by {_line(attempt.approved_by)}.")
    first = next((line.strip() for line in attempt.output.splitlines() if line.strip()), "")
    if first:
        parts.append(f"Output: {_line(first)}")
    if attempt.rollback and attempt.rollback.outcome in ("passed", "failed", "interrupted"):
        parts.append(f"Rollback {attempt.rollback.outcome}: {_line(attempt.rollback.do)}")
    return " ".join(parts)


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."


def _steps(record: RunRecord, runbook: Incident | None) -> dict[str, list[dict[str, Any]]]:
    """Return the steps that were run, by stage: as in the runbook if they are there."""
    now = {name: step for name, _, step in steps_of(runbook)} if runbook else {}
    found: dict[str, list[dict[str, Any]]] = {stage.value: [] for stage in Stage}
    for check in record.checks:
        tried = any(
            attempt.verdict in _TRIED or attempt.exit is not None
            for attempt in (*check.earlier, check)
        )
        if not isinstance(check.phase, Stage) or not tried:
            continue
        step = now.get(check.id.rpartition("/")[2])
        same = step is not None and (step.run or "").rstrip("\n") == check.run
        found[check.phase.value].append(_as_now(step) if step and same else _as_then(check))
    return found


def _as_now(step: Step) -> dict[str, Any]:
    written = step.model_dump(mode="json", exclude_defaults=True, by_alias=True)
    return {name: written[name] for name in _KEPT if name in written}


def _as_then(check: CheckRecord) -> dict[str, Any]:
    step: dict[str, Any] = {"do": check.check}
    if check.run:
        step["run"] = check.run
    if check.expect:
        step["expect"] = check.expect
    if check.risk:
        step["risk"] = check.risk.value
    return step


def _parameters(record: RunRecord, runbook: Incident | None, steps: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:  # fmt: skip
    """Return the parameters of the steps, with the values of the run as examples, but no secrets."""
    values: dict[str, str] = {}
    for check, attempt in _attempts(record):
        if isinstance(check.phase, Stage):
            values |= attempt.values
    commands = [text for part in steps.values() for step in part for text in (step.get("run"), (step.get("rollback") or {}).get("run")) if text]  # fmt: skip
    read = {name for command in commands for name in mentions(command)}
    declared = {p.name: p for p in runbook.parameters} if runbook else {}
    found = []
    for name in (*declared, *(name for name in values if name not in declared)):
        if name not in read:
            continue
        known = declared.get(name)
        parameter = {
            "name": name,
            "description": known.description if known else f"As in the runbook {record.incident}.",
        }
        value = values.get(name, "")
        example = known.example if known and (not value or _HIDDEN in value) else _line(value)
        if example and _HIDDEN not in example:
            parameter["example"] = example
        if known and known.default is not None:
            parameter["default"] = known.default
        if known and known.fill_with:
            parameter["fill_with"] = known.fill_with.value
        found.append(parameter)
    return found
