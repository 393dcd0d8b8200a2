"""Who decides in `runbooks run` and `runbooks checklist run`: a person at a terminal, or `--yes`."""

from __future__ import annotations

import contextlib
import getpass
import select
import sys
from collections.abc import Callable, Sequence

from generator.checklists.items import ChosenCheck, ParameterValue, Stage
from generator.checklists.record import CheckRecord, RolledBack, Verdict
from generator.checklists.record_markdown import VERDICTS
from generator.checklists.running import Answer, Decision, PreparedCheck
from generator.checklists.unattended import needed, refusal
from generator.cli.messages import echo
from generator.cli.run_screen import Screen
from generator.commands.expectations import in_words
from generator.commands.masking import is_secret, visible
from generator.model import Phase, Risk

_QUIT = Decision(Answer.QUIT)
_PAUSES = {
    Phase.BEFORE: "",
    Phase.DURING: "Begin the deploy now. Then continue with the checks during it.",
    Phase.AFTER: "Finish the deploy now. Then continue with the checks after it.",
    Phase.ROLLBACK: "The next checks are for a rollback. Continue when the release is rolled back.",
    Stage.DIAGNOSIS: "Back to the diagnosis.",
    Stage.MITIGATION: "Continue if it is this incident: the next steps stop the pain.",
    Stage.FIX: "The next steps fix it for good. If the pain has stopped, they may wait.",
    Stage.VERIFICATION: "The next steps show whether it is resolved.",
}

Approves = Callable[[PreparedCheck], str]
"""Asks for the word of a second person; returns the role, or an empty text."""


class _Goes(Exception):
    """A person has typed the name of a step or a stage of the runbook."""


class _ScreenDecider:
    """What both have in common: they show everything."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen

    def opens(self, phase: Phase | Stage, later: bool) -> Answer:  # noqa: ARG002 - a person is asked
        """Show that a phase begins."""
        self._screen.phase(phase)
        return Answer.RUN

    def settled_before(self, number: int, check: CheckRecord) -> None:  # noqa: ARG002
        """Show that a check is not performed again, and why."""
        why = f": {visible(check.reason)}" if check.reason else ""
        self._screen.say(f"  {VERDICTS[check.verdict].lower()} before: {check.id}{why}", "dim")

    def shows(self, number: int, item: ChosenCheck) -> None:
        """Show a check."""
        self._screen.check(number, item)

    def begins(self, prepared: PreparedCheck) -> None:
        """Prepare for output."""
        self._screen.begins(prepared)

    def prints(self, chunk: bytes) -> None:
        """Show output."""
        self._screen.prints(chunk)

    def waits(self, spent: float) -> None:
        """Show the time."""
        self._screen.waits(spent)

    def tries_again(self, wrong: Sequence[str], spent: float) -> None:
        """Show why there is another try."""
        self._screen.tries_again(wrong, spent)

    def ends(self, number: int, check: CheckRecord) -> None:  # noqa: ARG002
        """Show the result of a check."""
        self._screen.verdict(check)

    def _failed(self, prepared: PreparedCheck) -> None:
        self._screen.say()
        self._screen.rollback(prepared.item)

    def undone(self, rolled_back: RolledBack) -> None:
        """Show the result of a rollback."""
        self._screen.finish_output()
        why = f": {'; '.join(rolled_back.wrong)}" if rolled_back.wrong else ""
        words = {
            "passed": ("succeeded", "green"),
            "failed": ("FAILED", "bold red"),
            "interrupted": ("was INTERRUPTED", "bold red"),
            "declined": ("was not run", "yellow"),
        }
        if rolled_back.outcome in words:
            text, style = words[rolled_back.outcome]
            self._screen.say(f"  → the rollback {text}{why}", style)


class UnattendedDecider(_ScreenDecider):
    """Decides for a pipeline: what may run unattended runs, everything else is not done."""

    def __init__(
        self, screen: Screen, allowed: Sequence[Risk], by_name: Sequence[str] = ()
    ) -> None:
        super().__init__(screen)
        self._allowed = allowed
        self._by_name = by_name
        self._turned: set[str] = set()

    def value(self, item: ChosenCheck, value: ParameterValue, suggested: str) -> str:  # noqa: ARG002
        """Return no value: there is nobody to ask."""
        return ""

    def decides(self, prepared: PreparedCheck) -> Decision:
        """Run what may run."""
        self._screen.command(prepared)
        why = refusal(prepared.item, self._allowed, prepared.missing, self._by_name)
        return Decision(Answer.NOT_DONE, why) if why else Decision(Answer.RUN)

    def looks(self, prepared: PreparedCheck) -> Decision:
        """Say that nobody has looked, unless the output was compared as well."""
        expect = prepared.item.expect
        if expect.contains or expect.matches or expect.empty is not None:
            return Decision(Answer.HOLDS)
        if prepared.item.step:
            return Decision(Answer.NOT_DONE, "it ran, and a person has to look at its output")
        return Decision(Answer.HOLDS_NOT, "nobody has checked the output")

    def undoes(self, prepared: PreparedCheck) -> bool | None:
        """Show the rollback; it does not run, because there is nobody to agree to it."""
        self._failed(prepared)
        return None

    def turns(self, item: ChosenCheck, to: str) -> str:
        """Go where the step says, but not twice: that would never end."""
        self._screen.rest(item)
        if not to or item.id in self._turned:
            return ""
        self._turned.add(item.id)
        self._screen.say(f"  It goes on with {to}.", "bold")
        return to


class AskingDecider(_ScreenDecider):
    """Asks a person at a terminal."""

    def __init__(
        self, screen: Screen, approves: Approves | None = None, places: Sequence[str] = ()
    ) -> None:
        super().__init__(screen)
        self._approves = approves
        self._places = places
        self._may_go = False

    def opens(self, phase: Phase | Stage, later: bool) -> Answer:
        """Pause between two phases, so that the person can continue the deploy."""
        if later:
            self._screen.say()
            self._screen.say(_PAUSES[phase], "bold")
            stage = isinstance(phase, Stage)
            question = f"[c]ontinue (Enter), {'[s]kip these, ' if stage else ''}[q]uit"
            more = {"s": "s"} if stage else {}
            answer = self._ask(question, {"c": "c", "q": "q", "": "c", **more})
            if answer != "c":
                return Answer.SKIP if answer == "s" else Answer.QUIT
        return super().opens(phase, later)

    def turns(self, item: ChosenCheck, to: str) -> str:
        """Show what it means, and ask where to go on."""
        self._screen.say()
        self._screen.prose("If not", item.if_not or "The runbook does not say.")
        places = {place: place for place in self._places}
        enter = {"": to} if to else {}
        hint = f"{to} (Enter), " if to else ""
        return self._ask(
            f"Go on with: {hint}[n]ext, the name of a step or stage, or [q]uit",
            {"n": "next", "q": "", **places, **enter},
        )

    def value(self, item: ChosenCheck, value: ParameterValue, suggested: str) -> str:  # noqa: ARG002
        """Ask for a value."""
        self._screen.prose("Value", f"{value.name}: {value.description}")
        if value.example:
            self._screen.prose("", f"such as {value.example}", "dim")
        if is_secret(value.name):
            with contextlib.suppress(EOFError):
                return getpass.getpass(f"  {value.name} (not shown; empty: unknown) = ")
            return ""
        hint = f"Enter: {visible(suggested)}" if suggested else "empty: unknown"
        answer = self._line(f"  {value.name} ({hint}) = ")
        return answer if answer.strip() else suggested

    def decides(self, prepared: PreparedCheck) -> Decision:
        """Ask whether to run a check, or whether it holds; a runbook may go on elsewhere."""
        self._may_go = prepared.item.step
        try:
            return self._decides(prepared)
        except _Goes as goes:
            return Decision(Answer.GO, str(goes))
        finally:
            self._may_go = False

    def _decides(self, prepared: PreparedCheck) -> Decision:
        item = prepared.item
        self._screen.command(prepared)
        if item.manual:
            done = "Done, and as expected?" if in_words(item.expect) else "Done?"
            return self._asks_whether_it_holds(done if item.step else "Does it hold?")
        if prepared.missing:
            for value in prepared.missing:
                self._screen.say(f"  It cannot run: {needed(value)}", "yellow")
            answer = self._ask("[s]kip, [q]uit", {"s": "s", "q": "q"})
        elif item.risk is Risk.DESTRUCTIVE:
            name = item.name if item.step else item.id
            self._screen.say(f"  It is destructive. To run it, type {name}", "bold red")
            answer = self._ask(f"{name}, [s]kip, [q]uit", {name: "r", "s": "s", "q": "q"})
        elif item.risk is Risk.READ_ONLY:
            answer = self._ask(
                "[r]un (Enter), [s]kip, [q]uit", {"r": "r", "": "r", "s": "s", "q": "q"}
            )
        else:
            what = "It changes state." if item.risk else "Risk not declared."
            answer = self._ask(f"{what} [r]un, [s]kip, [q]uit", {"r": "r", "s": "s", "q": "q"})
        if answer == "r" and item.approval:
            by = self._approves(prepared) if self._approves else ""
            return Decision(Answer.RUN if by else Answer.NOT_DONE, "nobody else agreed", by)
        if answer == "r":
            return Decision(Answer.RUN)
        return self._skip() if answer == "s" else _QUIT

    def looks(self, prepared: PreparedCheck) -> Decision:
        """Ask whether what was printed is what was expected."""
        self._screen.finish_output()
        self._screen.prose(
            "Expect", "; ".join(in_words(prepared.item.expect)) or prepared.item.check
        )
        return self._asks_whether_it_holds("Does it show that?")

    def undoes(self, prepared: PreparedCheck) -> bool | None:
        """Offer the rollback."""
        self._failed(prepared)
        rollback = prepared.item.rollback
        if rollback is None or not rollback.run:
            return None
        return self._ask("Run this rollback? [y]es, [n]o", {"y": "y", "n": "n", "q": "n"}) == "y"

    def ends(self, number: int, check: CheckRecord) -> None:
        """Show the result of a check, and that the run continues after an advisory one."""
        super().ends(number, check)
        failed = check.verdict is Verdict.FAILED
        if failed and not check.holds_up and not isinstance(check.phase, Stage):
            self._screen.say("  It is advisory: the checklist continues.", "dim")

    def _asks_whether_it_holds(self, question: str) -> Decision:
        answer = self._ask(
            f"{question} [y]es, [n]o, [s]kip, [q]uit", {"y": "y", "n": "n", "s": "s", "q": "q"}
        )
        if answer == "y":
            return Decision(Answer.HOLDS)
        if answer == "n":
            seen = self._line("  What did you see? (Enter: no comment) ")
            return Decision(Answer.HOLDS_NOT, seen.strip())
        return self._skip() if answer == "s" else _QUIT

    def _skip(self) -> Decision:
        while True:
            try:
                why = typed("  Why is it skipped? ").strip()
            except EOFError:
                self._screen.say()
                return _QUIT
            if why:
                return Decision(Answer.SKIP, why)
            self._screen.say("  A skip needs a reason; the record keeps it.", "yellow")

    def _ask(self, question: str, answers: dict[str, str]) -> str:
        """Ask until the answer is one of `answers`; the end of the input counts as `q`."""
        while True:
            try:
                answer = typed(f"  {question}: ").strip()
            except EOFError:
                self._screen.say()
                return "q"
            if answer in answers:
                return answers[answer]
            if self._may_go and answer in self._places:
                raise _Goes(answer)
            # A whole word counts as its letter: `skip` as `s`.
            letter = answer[:1].lower()
            if letter in answers and f"[{letter}]{answer[1:].lower()}" in question:
                return answers[letter]
            if answer.lower() in answers:
                return answers[answer.lower()]

    def line(self, prompt: str) -> str:
        """Ask for a line; an empty text is no answer."""
        return self._line(f"  {prompt}").strip()

    def _line(self, prompt: str) -> str:
        try:
            return typed(prompt)
        except EOFError:
            self._screen.say()
            return ""


def typed(prompt: str) -> str:
    """Return the line that is typed after a prompt.

    Raises:
        EOFError: the input has ended.
    """
    echo(prompt, nl=False)
    # A signal that arrives just before `input` waits would be handled only after the next line.
    while not select.select([sys.stdin], [], [], 0.2)[0]:
        pass
    return input()
