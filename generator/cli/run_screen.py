"""What `runbooks run` and `runbooks checklist run` show: each check, its command, its output, its result."""

from __future__ import annotations

import contextlib
import sys
import textwrap
from collections.abc import Sequence

from rich.console import Console
from rich.status import Status

from generator.checklists.commands import CommandValue
from generator.checklists.items import ChosenCheck, Stage
from generator.checklists.record import CheckRecord, Verdict, why_here
from generator.checklists.record_markdown import VERDICTS
from generator.checklists.running import PreparedCheck
from generator.checklists.wording import PHASE_TITLES, waiver
from generator.cli.messages import print_parts
from generator.commands.expectations import in_words
from generator.commands.masking import Masker, visible
from generator.model import Phase, Poll, Risk, seconds
from generator.text.soft_breaks import without_soft_breaks
from generator.text.urls import incident_address, on_site

_WIDEST = 100
_LABEL = 11  # columns of the labels before a check's parts
_LINES = 40  # lines of an output that are shown immediately
_LONGEST = 4 * 1024  # bytes of a line
_LAST_LINES = 20  # lines of the end of a longer one
_LAST = 4 * 1024  # bytes of it
_MINUTE = 60.0

_STYLES = {
    Verdict.PASSED: "green",
    Verdict.FAILED: "bold red",
    Verdict.NOT_DONE: "yellow",
    Verdict.SKIPPED: "yellow",
    Verdict.WAIVED: "yellow",
    Verdict.INTERRUPTED: "bold red",
}


class Screen:
    """Shows a run, on a terminal or in a pipeline's log."""

    def __init__(self, total: int, site_url: str | None) -> None:
        self._console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
        self._width = min(self._console.width, _WIDEST) if self._console.is_terminal else _WIDEST
        self._total = total
        self._site_url = site_url
        self._status: Status | None = None
        self._output: _Output | None = None
        self._limit = 0.0
        self._masker = Masker({})
        self._poll: Poll | None = None
        self._doing = ""
        self._not_yet: tuple[str, float] = "", 0.0  # what was said last, and when

    def say(self, text: str = "", style: str = "") -> None:
        """Print lines unchanged."""
        print_parts(self._console, (text, style))

    def prose(self, label: str, text: str, style: str = "") -> None:
        """Print a text after a label, with its lines aligned."""
        indent = " " * (_LABEL + 2)
        lines = [
            part
            for line in without_soft_breaks(visible(text)) or [""]
            for part in textwrap.wrap(
                line,
                self._width - len(indent),
                subsequent_indent="  " if line.startswith("- ") else "",
                break_long_words=False,
                break_on_hyphens=False,
            )
            or [""]
        ]
        for number, line in enumerate(lines):
            start = f"  {label:{_LABEL - 1}} " if not number else indent
            print_parts(self._console, (start, "dim"), (line, style or "not dim"))

    def phase(self, phase: Phase | Stage) -> None:
        """Show that a phase or a stage begins."""
        self.say()
        self.say(PHASE_TITLES[phase].upper(), "bold")

    def check(self, number: int, item: ChosenCheck) -> None:
        """Show a check and its reasons."""
        level = "" if item.step else f"· {item.level.value} "
        head = f"── {number + 1} of {self._total} · {item.phase.value} {level}"
        self.say()
        self.say(head + "─" * max(self._width - len(head), 2), "cyan")
        for line in textwrap.wrap(visible(item.check), self._width, break_on_hyphens=False):
            self.say(line, "bold")
        self.say(item.id, "dim")
        for why in () if item.step else why_here(item):
            self.prose("Why", why)
        if item.waiver:
            self.prose("Waived by", waiver(item))
        if item.needs:
            self.prose("Needs", "; ".join(item.needs))
        expected = "; ".join(in_words(item.expect, item.poll))
        if expected:
            self.prose("Expect", expected)

    def command(self, prepared: PreparedCheck) -> None:
        """Show a check's command with its values, exactly as it runs."""
        item = prepared.item
        self._values(prepared.used, prepared.masker)
        if not item.run:
            return
        self.prose("Runs", f"{_risk(item.risk)}; timeout {_seconds(prepared.timeout)}")
        self.code(item.run)

    def rest(self, item: ChosenCheck) -> None:
        """Show what else a step says, in a walk that runs nothing."""
        if item.if_not:
            self.prose("If not", item.if_not)
        if item.approval:
            self.prose("Approval", "a second person has to agree")
        self.rollback(item)

    def _values(self, used: tuple[CommandValue, ...], masker: Masker) -> None:
        for number, one in enumerate(used):
            label = "" if number else "Values"
            shown = masker.values[one.name].replace("\n", "\\n")
            value = f"{one.name}={shown}"
            print_parts(
                self._console,
                (f"  {label:{_LABEL}}", "dim"),
                (value, "not dim"),
                (f"  ({one.source})", "dim"),
            )

    def code(self, command: str) -> None:
        """Show a command, ready to copy."""
        for line in visible(command).splitlines():
            self.say(f"    {line}", "bold")

    def begins(self, prepared: PreparedCheck) -> None:
        """Prepare for a command's output."""
        self._limit = prepared.timeout
        self._poll = prepared.item.poll
        self._doing = "running"
        self._not_yet = "", 0.0
        self._masker = prepared.masker
        self._open_output()

    def _open_output(self) -> None:
        self._output = _Output(self._console, self._masker)
        if self._console.is_terminal:
            self._status = self._console.status("running ...", spinner="line")
            self._status.start()

    def prints(self, chunk: bytes) -> None:
        """Show what a command prints."""
        if self._output:
            self._output.take(chunk)

    def waits(self, spent: float) -> None:
        """Show how long a command has run."""
        if self._status:
            limit = _seconds(self._limit)
            self._status.update(f"{self._doing}, {spent:.0f} s of at most {limit}")

    def tries_again(self, wrong: Sequence[str], spent: float) -> None:
        """Show that a result is not as expected yet: when that changes, and once a minute."""
        if self._poll:
            self._doing, self._limit = "not as expected yet", seconds(self._poll.within)
        said, when = self._not_yet
        why = self._masker(visible("; ".join(wrong)))
        if why == said and spent - when < _MINUTE:
            return
        self._not_yet = why, spent
        self._close_output()
        self.say(f"  not yet, after {spent:.0f} s: {why}", "yellow")
        self._open_output()

    def finish_output(self) -> None:
        """Show the rest of the output of a command that has ended."""
        if self._status:
            _drop_typed_ahead()
        self._close_output()

    def _close_output(self) -> None:
        if self._status:
            self._status.stop()
            self._status = None
        if self._output:
            self._output.end()
            self._output = None

    def verdict(self, check: CheckRecord) -> None:
        """Show the result of a check."""
        self.finish_output()
        spent = f" in {check.seconds:.1f} s" if check.seconds is not None else ""
        spent += f", {check.tries} tries" if check.tries > 1 else ""
        why = check.reason or "; ".join(check.wrong)
        word = VERDICTS[check.verdict]
        style = _STYLES.get(check.verdict, "")
        for number, line in enumerate(
            textwrap.wrap(f"{word}{spent}{f': {why}' if why else ''}", self._width - 4)
        ):
            self.say(f"  {'→ ' if not number else '  '}{line}", style)

    def ended(self, item: ChosenCheck, check: CheckRecord) -> None:
        """Show the result of a check in the summary; if it failed, also its incident's runbook."""
        why = check.reason or "; ".join(check.wrong)
        where = item.name if item.step else f"{item.id} ({item.level.value})"
        self.prose(
            VERDICTS[check.verdict].lower(),
            f"{where}: {why}" if why else where,
            _STYLES.get(check.verdict, "") if check.holds_up else "",
        )
        if check.verdict is Verdict.INTERRUPTED:
            self.rollback(item)
        if check.verdict is Verdict.FAILED and item.blocking and not item.step:
            for reason in item.reasons:
                if reason.incident:
                    address = incident_address(reason.incident)
                    page = f"{on_site(self._site_url, address)}\n" if self._site_url else ""
                    self.prose("Runbook", f"{page}runbooks show {reason.incident}")

    def rollback(self, item: ChosenCheck) -> None:
        """Show how to undo a check."""
        if item.rollback:
            self.prose("Rollback", item.rollback.do)
            if item.rollback.run:
                self.code(item.rollback.run)


class _Output:
    """Shows an output line by line with masked secrets: the beginning, and the end of a long one."""

    def __init__(self, console: Console, masker: Masker) -> None:
        self._console = console
        self._masker = masker
        self._line = b""
        self._lines = 0
        self._left_out = 0
        self._last = b""

    def take(self, chunk: bytes) -> None:
        """Show the lines that are complete now."""
        if self._left_out:
            self._leave_out(chunk)
            return
        self._line += chunk
        while self._lines < _LINES and (end := self._line.find(b"\n")) >= 0:
            self._show(self._line[: min(end, _LONGEST)])
            self._line = self._line[end + 1 :]
            self._lines += 1
        if self._line and (self._lines == _LINES or len(self._line) > _LONGEST):
            more = "  │ [... more; the last lines follow when the command ends ...]"
            print_parts(self._console, (more, "dim"))
            self._leave_out(self._line)
            self._line = b""

    def end(self) -> None:
        """Show what is left."""
        if self._line:
            self._show(self._line)
        lines = self._last.split(b"\n")
        if self._left_out > len(self._last) or len(lines) > _LAST_LINES:
            lines = (lines[1:] or lines)[-_LAST_LINES:]
            left_out = self._left_out - len(b"\n".join(lines))
            left = f"  │ [... {left_out:,} bytes left out ...]"
            print_parts(self._console, (left, "dim"))
        for number, line in enumerate(lines):
            if line or number < len(lines) - 1:
                self._show(line)

    def _leave_out(self, chunk: bytes) -> None:
        self._left_out += len(chunk)
        self._last = (self._last + chunk)[-_LAST:]

    def _show(self, line: bytes) -> None:
        # Of a line that overwrites itself, such as a progress bar, only the last state is shown.
        last = line.decode("utf-8", "replace").rstrip("\r").rpartition("\r")[2]
        output = self._masker(visible(last))
        print_parts(self._console, ("  │ ", "dim"), (output, "not dim"))


def _risk(risk: Risk | None) -> str:
    if risk is None:
        return "risk not declared"
    return risk.label.upper() if risk is Risk.DESTRUCTIVE else risk.label


def _seconds(spent: float) -> str:
    return f"{spent / 60:g} min" if spent >= 120 and spent % 60 == 0 else f"{spent:g} s"


def _drop_typed_ahead() -> None:
    """Discard what was typed while a command ran: it is not an answer to the next question."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import termios

        termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)
