"""The record of a run: what was checked, by whom, and the results."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from generator.checklists import wording
from generator.checklists.items import Checklist, ChosenCheck, Stage
from generator.commands.masking import Masker, visible
from generator.knowledge.validation import in_words, place_in_words
from generator.model import Level, Phase, Risk


class Verdict(StrEnum):
    """The result of a check."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    WAIVED = "waived"
    NOT_DONE = "not-done"
    INTERRUPTED = "interrupted"
    RUNNING = "running"
    NOT_REACHED = "not-reached"


class RunOutcome(StrEnum):
    """The result of a run."""

    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"


class _Part(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
        json_schema_serialization_defaults_required=True,
    )


class RolledBack(_Part):
    """The rollback of a check that failed."""

    do: str
    """What to do, in words."""
    run: str = ""
    """The command; empty if there is none."""
    outcome: Literal["shown", "declined", "passed", "failed", "interrupted"] = "shown"
    """`shown`: it was shown and not run; otherwise the result of the command."""
    exit: int | None = None
    """The command's exit code."""
    output: str = ""
    """The output; cut, secrets masked."""
    seconds: float | None = None
    """How long it took."""
    wrong: tuple[str, ...] = ()
    """What went wrong, in words."""


class Attempt(_Part):
    """One attempt of a check."""

    verdict: Verdict = Verdict.NOT_REACHED
    """The result. `running` is in the record of a run that was killed."""
    reason: str = ""
    """Why it was skipped, waived, or not done."""
    wrong: tuple[str, ...] = ()
    """What was not as expected, in words."""
    values: dict[str, str] = {}
    """The values of the command's parameters; secrets masked."""
    exit: int | None = None
    """The command's exit code; null if it did not end itself."""
    output: str = ""
    """The output; cut to its beginning and end, secrets masked."""
    seconds: float | None = None
    """How long the command took, with all its tries."""
    tries: int = 0
    """How often it ran: several times if the result may take a while to become as expected."""
    when: AwareDatetime | None = None
    """When it was reached, UTC."""
    operator: str = ""
    """Who ran it."""
    approved_by: str = ""
    """Who else agreed to it: the role that was typed; empty if nobody had to."""
    waived_by: str = ""
    """The role that decided that it need not hold; empty if nobody did."""
    waived_until: str = ""
    """The last day of that decision; empty if it is for this run only."""
    rollback: RolledBack | None = None
    """Its rollback, after it failed."""


class _Listed(_Part):
    """A check as on the checklist, or a step as in the runbook."""

    id: str
    """`<incident>/<check>`, for a step `<incident>/<stage>-<number>`; stable."""
    phase: Phase | Stage
    """The phase of the deploy in which it runs, or the stage of the runbook."""
    level: Level
    """Whether the deploy stops if it fails."""
    check: str
    """What must hold."""
    run: str = ""
    """The command; empty if a person does the check."""
    expect: dict[str, Any] = {}
    """How to tell that it passed."""
    poll: dict[str, str] | None = None
    """How often (`every`) and how long (`for`) it is tried until it is as expected; null: once."""
    risk: Risk | None = None
    """The risk of the command; null if it is not declared."""
    why: tuple[str, ...] = ()
    """Why it is on the list, a line for each incident."""


class CheckRecord(Attempt, _Listed):
    """A check, its last attempt, and earlier attempts."""

    earlier: tuple[Attempt, ...] = ()
    """Earlier attempts, in runs that were resumed or went back to it, oldest first."""

    @property
    def holds_up(self) -> bool:
        """Whether it stops the deploy: it is blocking, and neither passed, nor skipped, nor waived."""
        good = self.settled or self.verdict is Verdict.WAIVED
        return self.level is Level.BLOCKING and not good

    @property
    def settled(self) -> bool:
        """Whether it passed, or a person skipped it: it does not run again."""
        return self.verdict in (Verdict.PASSED, Verdict.SKIPPED)

    def again(self, listed: _Listed | None = None) -> CheckRecord:
        """Return the record before another attempt; the last one becomes an earlier one.

        Args:
            listed: the check as it is now; None if it has not changed.
        """
        attempt = Attempt(**{name: getattr(self, name) for name in Attempt.model_fields})
        earlier = self.earlier if self.verdict is Verdict.NOT_REACHED else (*self.earlier, attempt)
        now = {n: getattr(listed or self, n) for n in _Listed.model_fields}
        return CheckRecord(**now, earlier=earlier)

    def reached(self, attempt: Attempt) -> CheckRecord:
        """Return the record with a new attempt."""
        return self.model_copy(update={n: getattr(attempt, n) for n in Attempt.model_fields})


class RunSession(_Part):
    """One call of the command: the first, or one that resumed the run."""

    operator: str
    """Who ran it."""
    begun: AwareDatetime
    """When, UTC."""
    ended: AwareDatetime | None = None
    """When it ended, UTC; null while it runs, and if it was killed."""
    outcome: RunOutcome = RunOutcome.RUNNING
    """The result."""


class RunRecord(_Part):
    """A run of a checklist or of a runbook."""

    version: Literal[1] = 1
    """The version of this format; it changes if a field changes its meaning."""
    tool: str
    """The program and its version."""
    about: str
    """The description of the release, or the title of the runbook."""
    incident: str = ""
    """The id of the incident whose runbook was run; empty for a checklist."""
    at: str = ""
    """The id of the step at which the run of a runbook stands; empty for a checklist."""
    revision: str = ""
    """The git revision of the release; empty if it is not known."""
    changes: str = ""
    """A digest of the uncommitted changes; empty if there are none."""
    unreadable: tuple[str, ...] = ()
    """Incidents with errors, whose checks are missing."""
    outcome: RunOutcome = RunOutcome.RUNNING
    """`passed`: the deploy may go on, or all is well; `failed`: not so; `stopped`: by the operator."""
    sessions: tuple[RunSession, ...]
    """The calls of the command, oldest first."""
    checks: tuple[CheckRecord, ...]
    """The checks, in the order in which they run."""

    def text(self) -> str:
        """Return the record as JSON."""
        return json.dumps(self.model_dump(mode="json"), indent=2, ensure_ascii=False) + "\n"

    def with_check(self, number: int, check: CheckRecord) -> RunRecord:
        """Return the record with a check replaced."""
        checks = (*self.checks[:number], check, *self.checks[number + 1 :])
        return self.model_copy(update={"checks": checks})

    @property
    def held_up(self) -> bool:
        """Whether a check stops the deploy; for a runbook, also whether a step was left undone."""
        undone = any(check.verdict is Verdict.NOT_DONE for check in self.checks)
        return any(check.holds_up for check in self.checks) or bool(self.incident and undone)

    def standing_at(self, number: int) -> RunRecord:
        """Return the record of a runbook that has come to a step, perhaps again."""
        check = self.checks[number]
        return self.with_check(number, check.again()).model_copy(update={"at": check.id})

    def ended(self, outcome: RunOutcome, when: datetime) -> RunRecord:
        """Return the record of a session that has ended."""
        last = self.sessions[-1].model_copy(update={"ended": to_second(when), "outcome": outcome})
        return self.model_copy(update={"outcome": outcome, "sessions": (*self.sessions[:-1], last)})


class NotARecord(Exception):
    """A file is not a record that can be resumed; the message says why."""


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a record."""
    made = RunRecord.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def to_second(when: datetime) -> datetime:
    """Return a time in UTC, without fractions of a second."""
    return when.astimezone(UTC).replace(microsecond=0)


def new_record(
    checklist: Checklist, items: Iterable[ChosenCheck], tool: str, changes: str, session: RunSession
) -> RunRecord:
    """Return the record of a run that begins.

    Args:
        checklist: the checklist.
        items: the checks of this run.
        tool: the program and its version.
        changes: the digest of the uncommitted changes.
        session: this call.
    """
    return RunRecord(
        tool=tool,
        about=visible(checklist.about),
        incident=checklist.incident,
        at=checklist.incident and checklist.items[0].id,
        revision=checklist.revision,
        changes=changes,
        unreadable=checklist.unreadable,
        sessions=(session,),
        checks=tuple(map(_listed, items)),
    )


def _listed(item: ChosenCheck) -> CheckRecord:
    return CheckRecord(
        id=item.id,
        phase=item.phase,
        level=item.level,
        check=item.check,
        run=item.run,
        expect=item.expect.model_dump(mode="json", exclude_defaults=True),
        poll=item.poll.model_dump(mode="json", by_alias=True) if item.poll else None,
        risk=item.risk,
        why=() if item.step else tuple(why_here(item)),
    )


def why_here(item: ChosenCheck) -> list[str]:
    """Return why a check is on the list: a line for each incident, safe for a terminal."""
    lines = []
    for reason in item.reasons:
        matched = wording.joined(wording.why(reason))
        origin = wording.origin(reason)
        name = f"{reason.incident}{f' ({origin})' if origin else ''}: {reason.title}; "
        lines.append(visible(f"{name if reason.incident else ''}{matched}"))
    return lines


def read_record(text: str) -> RunRecord:
    """Read a record.

    Raises:
        NotARecord: the text is not a record, or damaged.
    """
    try:
        return RunRecord.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = place_in_words(first)
        said = f"{place}: {in_words(first)}" if place else in_words(first)
        raise NotARecord(f"it is another file, or damaged ({said})") from None


def resumed(record: RunRecord, checklist: Checklist, items: Sequence[ChosenCheck], changes: str, session: RunSession) -> RunRecord:  # fmt: skip
    """Return a record to resume: what passed, or was skipped by a person, stays; the rest runs again.

    Args:
        record: the record of the run that ended early.
        checklist: the checklist as it is now.
        items: the checks of this run.
        changes: the digest of the uncommitted changes now.
        session: this call.

    Raises:
        NotARecord: the record belongs to another checklist, or to another revision.
    """
    if record.incident != checklist.incident:
        of = f"the runbook {record.incident}" if record.incident else "a checklist"
        raise NotARecord(f"it is the record of {of}")
    if record.revision != checklist.revision:
        raise NotARecord(
            f"it belongs to revision {record.revision[:12] or 'none'}, but the current revision is "
            f"{checklist.revision[:12] or 'none'}: what passed there says nothing about this one; "
            "start a new run, without --resume"
        )
    if record.changes != changes:
        raise NotARecord(
            "files have changed since, without a commit: what passed then says nothing about them; "
            "start a new run, without --resume"
        )
    found = differences(record, items)
    if found:
        raise NotARecord(
            f"it belongs to another {'runbook' if record.incident else 'checklist'}: {'; '.join(found[:5])}"
            f"{f'; and {len(found) - 5} more' if len(found) > 5 else ''}. "
            "Use the same options as then, or start a new run, without --resume"
        )
    by_id = {check.id: check for check in record.checks}
    checks = []
    behind = bool(record.at)  # steps before the one at which a runbook stands were decided upon
    for item in items:
        old = by_id[item.id]
        behind = behind and item.id != record.at
        decided = behind and old.verdict not in (Verdict.RUNNING, Verdict.INTERRUPTED)
        checks.append(old if old.settled or decided else old.again(_listed(item)))
    return record.model_copy(
        update={
            "outcome": RunOutcome.RUNNING,
            "unreadable": checklist.unreadable,
            "sessions": (*record.sessions, session),
            "checks": tuple(checks),
        }
    )


def differences(record: RunRecord, items: Iterable[ChosenCheck]) -> list[str]:
    """Return how the checks of a record differ from the checks of a checklist."""
    items = tuple(items)
    now = {item.id: _listed(item) for item in items}
    then = {check.id: check for check in record.checks}
    found = [f"{name} is not in the record" for name in now if name not in then]
    found += [f"{name} is not on the checklist" for name in then if name not in now]
    for name in now:
        if name in then and now[name].run != then[name].run:
            found.append(f"{name} runs another command")
        elif name in then and now[name].phase is not then[name].phase:
            found.append(f"{name} runs in another phase")
        elif name in then and now[name].expect != then[name].expect:
            found.append(f"{name} expects something else")
    for item in items:
        if item.id in then and then[item.id].verdict is Verdict.PASSED:
            found += _other_values(item, then[item.id].values)
    return found


def _other_values(item: ChosenCheck, before: Mapping[str, str]) -> Iterator[str]:
    """Yield the given values that differ from the values with which a check passed.

    The record does not contain secrets; a secret counts as equal.
    """
    for value in item.values:
        shown = Masker({value.name: value.value or ""}).values[value.name]
        if value.given and before.get(value.name) != shown:
            yield f"{item.id} passed with another {value.name}"
