"""Runs a checklist: runs each check, and compares the result with what is expected.

A `Desk` decides and shows: a person at a terminal, or a pipeline. This module prints nothing, and
runs only commands that the desk has shown and agreed to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto
from itertools import groupby
from typing import Protocol

from generator.checklists.commands import Commands, Ran, Used, judged
from generator.checklists.items import Item, Value
from generator.checklists.record import (
    Attempt,
    CheckRecord,
    Outcome,
    RolledBack,
    RunRecord,
    Verdict,
    to_second,
)
from generator.commands.expectations import compares
from generator.commands.masking import Masker, kept, visible
from generator.model import Phase, Rollback


class Answer(Enum):
    """The decision of a desk about a check."""

    RUN = auto()
    HOLDS = auto()
    HOLDS_NOT = auto()
    SKIP = auto()
    NOT_DONE = auto()
    QUIT = auto()


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision with its reason: why a check is skipped, or what a person saw."""

    answer: Answer
    why: str = ""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A check that is about to run.

    Attributes:
        item: the check.
        used: the values of its command.
        missing: the required values that are missing.
        masker: masks the secrets in the values.
        timeout: the timeout of its command in seconds.
    """

    item: Item
    used: tuple[Used, ...]
    missing: tuple[Value, ...]
    masker: Masker
    timeout: float


class Desk(Protocol):
    """Makes the decisions, and shows the progress."""

    def opens(self, phase: Phase, later: bool) -> bool:
        """Called when a phase begins; `later`: after another phase. Returns whether to continue."""

    def passed_before(self, number: int, check: CheckRecord) -> None:
        """Called for a check that passed in the run that this one resumes; it does not run again."""

    def shows(self, number: int, item: Item) -> None:
        """Called with the next check."""

    def value(self, item: Item, value: Value, suggested: str) -> str:
        """Asks for a value; returns an empty text if nobody knows it."""

    def decides(self, prepared: Prepared) -> Decision:
        """Asks what to do with a check; must show its command before it answers to run it."""

    def begins(self, prepared: Prepared) -> None:
        """Called when the command begins."""

    def prints(self, chunk: bytes) -> None:
        """Called with the output of the command as it arrives."""

    def waits(self, spent: float) -> None:
        """Called several times a second with the seconds that the command has run."""

    def looks(self, prepared: Prepared) -> Decision:
        """Asks whether the output is as expected, if the expectation is only described in words."""

    def ends(self, number: int, check: CheckRecord) -> None:
        """Called with the result of a check."""

    def undoes(self, prepared: Prepared) -> bool | None:
        """Shows the rollback of a check that failed; returns whether to run its command.

        None if nobody can be asked.
        """

    def undone(self, rolled_back: RolledBack) -> None:
        """Called with the result of a rollback."""


class _Stop(Exception):
    """The run ends here."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome


def walk(
    record: RunRecord,
    items: Sequence[Item],
    commands: Commands,
    desk: Desk,
    save: Callable[[RunRecord], None],
    now: Callable[[], datetime],
) -> RunRecord:
    """Run the checks of a checklist, in order, until a blocking check fails.

    Args:
        record: the record of the run, new or resumed; a check that passed does not run again.
        items: the checks of the record, in the same order.
        commands: runs commands.
        desk: makes the decisions, and shows the progress.
        save: saves the record; called after each change.
        now: the clock.

    Returns:
        The record of the run, already saved.
    """
    made = _Walk(record, items, commands, desk, save, now)
    try:
        made.all()
        held_up = any(check.holds_up for check in made.record.checks)
        outcome = Outcome.FAILED if held_up else Outcome.PASSED
    except _Stop as stop:
        outcome = stop.outcome
    except KeyboardInterrupt:
        made.interrupted()
        outcome = Outcome.INTERRUPTED
    made.keep(made.record.ended(outcome, now()))
    return made.record


class _Walk:
    """One run. `record` is always the saved record."""

    def __init__(
        self,
        record: RunRecord,
        items: Sequence[Item],
        commands: Commands,
        desk: Desk,
        save: Callable[[RunRecord], None],
        now: Callable[[], datetime],
    ) -> None:
        self.record = record
        self._items = items
        self._commands = commands
        self._desk = desk
        self._save = save
        self._now = now
        self._operator = record.sessions[-1].operator
        self._typed: dict[tuple[str, str], str] = {}

    def keep(self, record: RunRecord) -> None:
        """Save the record."""
        self._save(record)
        self.record = record

    def all(self) -> None:
        """Run every check that has not passed yet."""
        later = False
        for phase, group in groupby(enumerate(self._items), key=lambda pair: pair[1].phase):
            todo = list(group)
            if all(self.record.checks[number].verdict is Verdict.PASSED for number, _ in todo):
                for number, _ in todo:
                    self._desk.passed_before(number, self.record.checks[number])
                continue
            if not self._desk.opens(phase, later):
                raise _Stop(Outcome.STOPPED)
            later = True
            for number, item in todo:
                if self.record.checks[number].verdict is Verdict.PASSED:
                    self._desk.passed_before(number, self.record.checks[number])
                else:
                    self._one(number, item)

    def interrupted(self) -> None:
        """Record that the current check was interrupted."""
        for number, check in enumerate(self.record.checks):
            if check.verdict is Verdict.RUNNING:
                self._reach(number, replace_in(check, verdict=Verdict.INTERRUPTED))

    def _one(self, number: int, item: Item) -> None:
        self._desk.shows(number, item)
        prepared = self._prepared(item)
        decision = self._desk.decides(prepared)
        began = Attempt(
            values=prepared.masker.values, when=to_second(self._now()), operator=self._operator
        )
        why = prepared.masker(visible(decision.why))
        match decision.answer:
            case Answer.QUIT:
                raise _Stop(Outcome.STOPPED)
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
        self._reach(number, attempt)
        check = self.record.checks[number]
        self._desk.ends(number, check)
        if check.verdict in (Verdict.FAILED, Verdict.INTERRUPTED):
            self._after_failure(number, prepared)

    def _prepared(self, item: Item) -> Prepared:
        used, missing = self._commands.values(item, self._typed)
        for value in missing:
            # The same name may mean something else in another incident: suggest the value, do not use it.
            known = [typed for (_, name), typed in self._typed.items() if name == value.name]
            answer = self._desk.value(item, value, known[-1] if known else "")
            if answer:
                self._typed[item.id.partition("/")[0], value.name] = answer
        used, missing = self._commands.values(item, self._typed)
        masker = Masker({one.name: one.value for one in used})
        return Prepared(item, used, missing, masker, self._commands.timeout(item))

    def _ran(self, number: int, prepared: Prepared, began: Attempt) -> Attempt:
        """Run a check's command, and compare the result with what is expected."""
        item = prepared.item
        self._desk.begins(prepared)
        values = {one.name: one.value for one in prepared.used}
        ran = self._commands.run(
            item.run, values, prepared.timeout, self._desk.prints, self._desk.waits
        )
        attempt = replace_in(began, **_facts(ran, prepared.masker))
        if ran.interrupted:
            return replace_in(attempt, verdict=Verdict.INTERRUPTED)
        wrong = judged(item.expect, ran)
        if not wrong and not compares(item.expect):
            self._reach(number, replace_in(attempt, verdict=Verdict.RUNNING))
            decision = self._desk.looks(prepared)
            if decision.answer is Answer.QUIT:
                self._reach(number, replace_in(attempt, verdict=Verdict.INTERRUPTED))
                raise _Stop(Outcome.STOPPED)
            return replace_in(
                attempt, **_seen(decision.answer, prepared.masker(visible(decision.why)))
            )
        verdict = Verdict.FAILED if wrong else Verdict.PASSED
        shown = tuple(prepared.masker(visible(text)) for text in wrong)
        return replace_in(attempt, verdict=verdict, wrong=shown)

    def _after_failure(self, number: int, prepared: Prepared) -> None:
        """Stop at a blocking check, after its rollback was offered."""
        check, item = self.record.checks[number], prepared.item
        if check.verdict is Verdict.INTERRUPTED:
            raise _Stop(Outcome.INTERRUPTED)
        if not item.blocking:
            return
        if item.rollback:
            rolled_back = self._rolled_back(prepared, item.rollback)
            self._reach(number, replace_in(check, rollback=rolled_back))
            self._desk.undone(rolled_back)
            if rolled_back.outcome == "interrupted":
                raise _Stop(Outcome.INTERRUPTED)
        raise _Stop(Outcome.FAILED)

    def _rolled_back(self, prepared: Prepared, rollback: Rollback) -> RolledBack:
        """Offer the rollback of a check that failed, and run its command if that is wanted."""
        shown = RolledBack(do=rollback.do, run=(rollback.run or "").rstrip("\n"))
        wanted = self._desk.undoes(prepared)
        if not shown.run or wanted is None:
            return shown
        if not wanted:
            return shown.model_copy(update={"outcome": "declined"})
        values = {one.name: one.value for one in prepared.used}
        for name in self._commands.unknown(shown.run, values):
            answer = self._desk.value(prepared.item, Value(name, "a value of the rollback"), "")
            if not answer:
                return shown.model_copy(update={"outcome": "declined", "wrong": (f"needs {name}",)})
            values[name] = answer
        masker = Masker(values)
        self._desk.begins(replace(prepared, masker=masker))
        ran = self._commands.run(
            shown.run, values, prepared.timeout, self._desk.prints, self._desk.waits, strict=True
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


def _seen(answer: Answer, why: str) -> Mapping[str, object]:
    """Return the result of a person's answer."""
    if answer is Answer.HOLDS:
        return {"verdict": Verdict.PASSED}
    if answer is Answer.SKIP:
        return {"verdict": Verdict.SKIPPED, "reason": why}
    return {"verdict": Verdict.FAILED, "wrong": (why or "a person says that it does not hold",)}


def _facts(ran: Ran, masker: Masker) -> dict[str, object]:
    return {
        "exit": None if ran.stopped else ran.exit,
        "output": kept(ran.output, masker),
        "seconds": round(ran.seconds, 2),
    }
