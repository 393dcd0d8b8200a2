"""Runs a checklist or a runbook: makes each check or step, and judges what came of it.

Who decides and who is told is a `RunDecider`: a person at a terminal, or a pipeline. Nothing is
printed here, and no command runs that the decider has not shown and agreed to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto
from typing import Protocol

from generator.checklists.commands import CommandResult, CommandRunner, CommandValue
from generator.checklists.earlier_values import values_before
from generator.checklists.items import ChosenCheck, ParameterValue, Stage
from generator.checklists.polling import TriesFollower, run_tries
from generator.checklists.record import (
    Attempt,
    CheckRecord,
    RolledBack,
    RunOutcome,
    RunRecord,
    Verdict,
    to_second,
)
from generator.checklists.turns import place, suggested
from generator.commands.expectations import compares
from generator.commands.masking import Masker, kept, visible
from generator.model import Phase, Rollback


class Answer(Enum):
    """What a decider decides about a check."""

    RUN = auto()
    HOLDS = auto()
    HOLDS_NOT = auto()
    SKIP = auto()
    NOT_DONE = auto()
    GO = auto()
    QUIT = auto()


@dataclass(frozen=True, slots=True)
class Decision:
    """What a decider decides, and why: the reason of a skip, what a person saw, or where to go.

    Attributes:
        answer: the decision.
        why: the reason.
        approved_by: the role of the second person who agreed, where one has to.
    """

    answer: Answer
    why: str = ""
    approved_by: str = ""


@dataclass(frozen=True, slots=True)
class PreparedCheck:
    """A check that is about to run.

    Attributes:
        item: the check.
        used: the values of its command.
        missing: the required values that are missing.
        masker: masks the secrets in the values.
        timeout: the timeout of its command in seconds.
    """

    item: ChosenCheck
    used: tuple[CommandValue, ...]
    missing: tuple[ParameterValue, ...]
    masker: Masker
    timeout: float


class RunDecider(TriesFollower, Protocol):
    """Makes the decisions, and shows the progress."""

    def opens(self, phase: Phase | Stage, later: bool) -> Answer:
        """Called when a phase or stage begins; `later`: after another one.

        Returns RUN, QUIT, or SKIP to go on after it.
        """

    def settled_before(self, number: int, check: CheckRecord) -> None:
        """Called for a check that passed or was skipped in the run that this one resumes."""

    def shows(self, number: int, item: ChosenCheck) -> None:
        """Called with the next check."""

    def value(self, item: ChosenCheck, value: ParameterValue, suggested: str) -> str:
        """Asks for a value; returns an empty text if nobody knows it."""

    def decides(self, prepared: PreparedCheck) -> Decision:
        """Asks what to do with a check; must show its command before it answers to run it."""

    def begins(self, prepared: PreparedCheck) -> None:
        """Called when the command begins."""

    def looks(self, prepared: PreparedCheck) -> Decision:
        """Asks whether the output is as expected, if the expectation is only described in words."""

    def ends(self, number: int, check: CheckRecord) -> None:
        """Called with the result of a check."""

    def turns(self, item: ChosenCheck, to: str) -> str:
        """Asks where a runbook goes on after a step whose result is not as expected.

        Args:
            item: the step.
            to: the step that its `if_not` names; empty if it names none.

        Returns:
            The name of a step or a stage; `next`; or an empty text to stop.
        """

    def undoes(self, prepared: PreparedCheck) -> bool | None:
        """Shows the rollback of a check that failed; returns whether to run its command.

        None if nobody can be asked.
        """

    def undone(self, rolled_back: RolledBack) -> None:
        """Called with the result of a rollback."""


class _Stop(Exception):
    """The run ends here."""

    def __init__(self, outcome: RunOutcome) -> None:
        self.outcome = outcome


def run_checks(
    record: RunRecord,
    items: Sequence[ChosenCheck],
    commands: CommandRunner,
    decider: RunDecider,
    save: Callable[[RunRecord], None],
    now: Callable[[], datetime],
    *,
    keep_going: bool = False,
) -> RunRecord:
    """Run the checks of a checklist, in order, until a blocking check fails.

    A runbook does not end at a step that fails: it goes on where its decider says.

    Args:
        record: the record of the run, new or resumed; a check that is settled does not run again.
        items: the checks of the record, in the same order.
        commands: runs commands.
        decider: who decides, and who is told.
        save: keeps the record; called whenever something has changed.
        now: the clock.
        keep_going: whether to go on after a blocking check that failed.

    Returns:
        The record of the run, already saved.
    """
    made = _ChecklistRun(record, items, commands, decider, save, now, keep_going)
    try:
        made.all()
        outcome = RunOutcome.FAILED if made.record.held_up else RunOutcome.PASSED
    except _Stop as stop:
        outcome = stop.outcome
    except KeyboardInterrupt:
        made.interrupted()
        outcome = RunOutcome.INTERRUPTED
    made.keep(made.record.ended(outcome, now()))
    return made.record


class _ChecklistRun:
    """One run of a checklist. `record` is always what has been saved."""

    def __init__(
        self,
        record: RunRecord,
        items: Sequence[ChosenCheck],
        commands: CommandRunner,
        decider: RunDecider,
        save: Callable[[RunRecord], None],
        now: Callable[[], datetime],
        keep_going: bool,
    ) -> None:
        self.record = record
        self._items = items
        self._commands = commands
        self._decider = decider
        self._save = save
        self._now = now
        self._keep_going = keep_going
        self._operator = record.sessions[-1].operator
        self._typed: dict[tuple[str, str], str] = {}
        self._before = values_before(record)
        self._settled = {number for number, check in enumerate(record.checks) if check.settled}

    def keep(self, record: RunRecord) -> None:
        """Save the record."""
        self._save(record)
        self.record = record

    def all(self) -> None:
        """Run every check that has not passed yet; a runbook begins at the step where it stands."""
        number = next((n for n, item in enumerate(self._items) if item.id == self.record.at), 0)
        phase: Phase | Stage | None = None
        later = False
        while number < len(self._items):
            item = self._items[number]
            if item.phase is not phase:
                phase, end = item.phase, self._end_of_phase(number)
                if not self._settled.issuperset(range(number, end)):
                    answer = self._decider.opens(phase, later)
                    if answer is Answer.QUIT:
                        raise _Stop(RunOutcome.STOPPED)
                    later = True
                    if answer is Answer.SKIP:
                        number = end
                        continue
            if number in self._settled:
                self._decider.settled_before(number, self.record.checks[number])
                number += 1
                continue
            to = self._one(number, item)
            if to is None:
                number += 1
                continue
            # Whoever goes back does these steps again, and whoever chose a place need not confirm it.
            self._settled.difference_update(range(to, len(self._items)))
            number, phase, later = to, None, False

    def _end_of_phase(self, number: int) -> int:
        while number + 1 < len(self._items) and (
            self._items[number + 1].phase is self._items[number].phase
        ):
            number += 1
        return number + 1

    def interrupted(self) -> None:
        """Record that the current check was interrupted."""
        for number, check in enumerate(self.record.checks):
            if check.verdict is Verdict.RUNNING:
                self._reach(number, replace_in(check, verdict=Verdict.INTERRUPTED))

    def _one(self, number: int, item: ChosenCheck) -> int | None:
        """Perform a check; return the number of the check to go on with, None for the next."""
        if item.step:
            self.keep(self.record.standing_at(number))
        self._decider.shows(number, item)
        if item.waived:
            self._waive(number, item)
            return None
        prepared = self._prepared(item)
        decision = self._decider.decides(prepared)
        approved_by = prepared.masker(visible(decision.approved_by))
        if item.approval and decision.answer is Answer.RUN and not approved_by:
            decision = Decision(Answer.NOT_DONE, "nobody else has agreed to it")
        began = Attempt(
            values=prepared.masker.values,
            when=to_second(self._now()),
            operator=self._operator,
            approved_by=approved_by,
        )
        why = prepared.masker(visible(decision.why))
        match decision.answer:
            case Answer.QUIT:
                raise _Stop(RunOutcome.STOPPED)
            case Answer.GO:
                return place(self._items, decision.why)
            case Answer.SKIP:
                attempt = replace_in(began, verdict=Verdict.SKIPPED, reason=why)
            case Answer.NOT_DONE:
                attempt = replace_in(began, verdict=Verdict.NOT_DONE, reason=why)
            case Answer.HOLDS | Answer.HOLDS_NOT:
                attempt = replace_in(began, **_seen(decision.answer, why))
            case Answer.RUN:
                # Saved before it begins: after a crash, the record says that it was started.
                self._reach(number, replace_in(began, verdict=Verdict.RUNNING))
                attempt = self._ran(number, prepared, began)
        self._reach(number, _after_waiver(item, attempt))
        check = self.record.checks[number]
        self._decider.ends(number, check)
        if check.verdict in (Verdict.FAILED, Verdict.INTERRUPTED):
            return self._after_failure(number, prepared)
        return None

    def _waive(self, number: int, item: ChosenCheck) -> None:
        """Record that a check need not hold; it does not run."""
        assert item.waiver is not None
        attempt = Attempt(
            verdict=Verdict.WAIVED,
            reason=visible(item.waiver.reason),
            waived_by=visible(item.waiver.who),
            waived_until=item.waiver.until,
            when=to_second(self._now()),
            operator=self._operator,
        )
        self._reach(number, attempt)
        self._decider.ends(number, self.record.checks[number])

    def _prepared(self, item: ChosenCheck) -> PreparedCheck:
        used, missing = self._commands.values(item, self._typed, self._before)
        for value in missing:
            # The same name may mean something else in another incident: suggest the value, do not use it.
            known = [typed for (_, name), typed in self._typed.items() if name == value.name]
            answer = self._decider.value(item, value, known[-1] if known else "")
            if answer:
                self._typed[item.id.partition("/")[0], value.name] = answer
        used, missing = self._commands.values(item, self._typed, self._before)
        masker = Masker({one.name: one.value for one in used})
        return PreparedCheck(item, used, missing, masker, self._commands.timeout(item))

    def _ran(self, number: int, prepared: PreparedCheck, began: Attempt) -> Attempt:
        """Run a check's command, and compare the result with what is expected."""
        item = prepared.item
        self._decider.begins(prepared)
        values = {one.name: one.value for one in prepared.used}
        tried = run_tries(self._commands, item, values, prepared.timeout, self._decider)
        wrong = tried.wrong
        attempt = replace_in(began, **_facts(tried.ran, prepared.masker), tries=tried.tries)
        if tried.ran.interrupted:
            return replace_in(attempt, verdict=Verdict.INTERRUPTED)
        seen = item.step and item.expect.shows  # whoever walks a runbook looks at what it shows
        if not wrong and (seen or not compares(item.expect)):
            self._reach(number, replace_in(attempt, verdict=Verdict.RUNNING))
            decision = self._decider.looks(prepared)
            if decision.answer is Answer.QUIT:
                self._reach(number, replace_in(attempt, verdict=Verdict.INTERRUPTED))
                raise _Stop(RunOutcome.STOPPED)
            return replace_in(
                attempt, **_seen(decision.answer, prepared.masker(visible(decision.why)))
            )
        verdict = Verdict.FAILED if wrong else Verdict.PASSED
        shown = tuple(prepared.masker(visible(text)) for text in wrong)
        return replace_in(attempt, verdict=verdict, wrong=shown)

    def _after_failure(self, number: int, prepared: PreparedCheck) -> int | None:
        """Stop at a blocking check, after its rollback was offered; in a runbook, ask where to go on."""
        check, item = self.record.checks[number], prepared.item
        if check.verdict is Verdict.INTERRUPTED:
            raise _Stop(RunOutcome.INTERRUPTED)
        if not item.blocking and not item.step:
            return None
        if item.rollback:
            rolled_back = self._rolled_back(prepared, item.rollback)
            self._reach(number, replace_in(check, rollback=rolled_back))
            self._decider.undone(rolled_back)
            if rolled_back.outcome == "interrupted":
                raise _Stop(RunOutcome.INTERRUPTED)
        if item.step:
            return self._turned(number, item)
        if self._keep_going:
            return None
        raise _Stop(RunOutcome.FAILED)

    def _turned(self, number: int, item: ChosenCheck) -> int | None:
        to = suggested(self._items, number)
        answer = self._decider.turns(item, self._items[to].name if to is not None else "")
        if not answer:
            raise _Stop(RunOutcome.FAILED)
        return place(self._items, answer)

    def _rolled_back(self, prepared: PreparedCheck, rollback: Rollback) -> RolledBack:
        """Offer the rollback of a check that failed, and run its command if that is wanted."""
        shown = RolledBack(do=rollback.do, run=(rollback.run or "").rstrip("\n"))
        wanted = self._decider.undoes(prepared)
        if not shown.run or wanted is None:
            return shown
        if not wanted:
            return shown.model_copy(update={"outcome": "declined"})
        values = {one.name: one.value for one in prepared.used}
        incident = prepared.item.id.partition("/")[0]
        for name in self._commands.unknown(shown.run, values):
            answer = self._typed.get((incident, name)) or self._decider.value(
                prepared.item, ParameterValue(name, "a value of the rollback"), ""
            )
            if not answer:
                return shown.model_copy(update={"outcome": "declined", "wrong": (f"needs {name}",)})
            values[name] = self._typed[incident, name] = answer
        masker = Masker(values)
        self._decider.begins(replace(prepared, masker=masker))
        ran = self._commands.run(
            shown.run,
            values,
            prepared.timeout,
            self._decider.prints,
            self._decider.waits,
            strict=True,
        )
        wrong = () if ran.exit == 0 else (ran.stopped or f"exit code {ran.exit}",)
        outcome = "interrupted" if ran.interrupted else "failed" if wrong else "passed"
        facts = _facts(ran, masker)
        return shown.model_copy(update={**facts, "outcome": outcome, "wrong": wrong})

    def _reach(self, number: int, attempt: Attempt) -> None:
        check = self.record.checks[number].reached(attempt)
        self.keep(self.record.with_check(number, check))


def replace_in(attempt: Attempt, **values: object) -> Attempt:
    """Return an attempt with other values."""
    return attempt.model_copy(update=values)


def _after_waiver(item: ChosenCheck, attempt: Attempt) -> Attempt:
    """Return what came of a check; if it does not hold, also that its waiver has ended."""
    if item.waiver is None or attempt.verdict not in (Verdict.FAILED, Verdict.NOT_DONE):
        return attempt
    ended = f"its waiver ended on {item.waiver.until}"
    if attempt.verdict is Verdict.NOT_DONE:
        return replace_in(attempt, reason=f"{attempt.reason}; {ended}")
    return replace_in(attempt, wrong=(*attempt.wrong, ended))


def _seen(answer: Answer, why: str) -> Mapping[str, object]:
    """Return the result of a person's answer."""
    if answer is Answer.HOLDS:
        return {"verdict": Verdict.PASSED}
    if answer in (Answer.SKIP, Answer.NOT_DONE):
        verdict = Verdict.SKIPPED if answer is Answer.SKIP else Verdict.NOT_DONE
        return {"verdict": verdict, "reason": why}
    return {"verdict": Verdict.FAILED, "wrong": (why or "a person says that it does not hold",)}


def _facts(ran: CommandResult, masker: Masker) -> dict[str, object]:
    return {
        "exit": None if ran.stopped else ran.exit,
        "output": kept(ran.output, masker),
        "seconds": round(ran.seconds, 2),
    }
