"""`runbooks import --review`: asks in the terminal to which field each undecided passage belongs."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import click

from generator.cli.files import write_whole
from generator.cli.messages import echo, say, styled
from generator.cli.run_prompts import typed
from generator.importers.deciding import CHOICES, CannotMove, Passage, moved, passages
from generator.importers.headings import Topic
from generator.importers.places import Places
from generator.knowledge.loader import Entry, incident_file, load_entry
from generator.knowledge.source import Source
from generator.text.labels import plural

_FEWEST_LINES = 4
_COLUMN = 26
_PROMPT = "Field, [k]eep (Enter), [s]plit, [d]rop, [u]ndo, [q]uit"
_WORDS = {"": "k", **{name[0]: name[0] for name in ("keep", "split", "drop", "undo", "quit")}}
_WORDS |= {name: name[0] for name in ("keep", "split", "drop", "undo", "quit")}


def need_terminal() -> None:
    """Make sure that there is somebody to ask.

    Raises:
        click.UsageError: standard input or output is not a terminal.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise click.UsageError("--review asks in a terminal, and this is none; without it, the undecided passages stay in the draft's notes")  # fmt: skip


class ImportReview:
    """Goes through the notes of drafts. Each decision is written at once, so that none is lost.

    Attributes:
        decided: how many passages it has moved or dropped.
        ended: whether the person wants no more questions.
    """

    def __init__(self, root: Path) -> None:
        """Begin.

        Args:
            root: the knowledge base.
        """
        self._root = root
        self.decided = 0
        self.ended = False

    def draft(self, incident: str, name: str, places: Places | None) -> None:
        """Ask about each passage in the notes of a draft.

        Args:
            incident: its id.
            name: the name of the write-up.
            places: where its passages stand; None if it cannot be read.
        """
        one = _DraftReview(self._root / incident_file(incident), name, places)
        try:
            self.ended = not one.ask_all(lambda: load_entry(self._root, incident))
        except (EOFError, KeyboardInterrupt):
            echo()
            self.ended = True
        self.decided += one.decided
        found = load_entry(self._root, incident).incident
        left = len(found.notes) if found else 0
        done = f"{one.decided} decided, {plural(left, 'note')} left"
        say(f"{incident_file(incident)}: {done if left or one.decided else 'nothing to decide'}")


class _DraftReview:
    """Goes through the notes of one draft."""

    def __init__(self, path: Path, name: str, places: Places | None) -> None:
        self._path, self._name, self._places = path, name, places
        self._split: set[str] = set()
        self._kept: set[tuple[str, str]] = set()
        self._before: list[tuple[str, str]] = []  # the texts before and after each decision
        self.decided = 0

    def ask_all(self, load: Callable[[], Entry]) -> bool:
        """Ask until each passage is decided or kept.

        Args:
            load: reads the draft.

        Returns:
            Whether all were asked about; False if the person wants to stop.
        """
        shown = None
        while True:
            entry = load()
            if entry.incident is None or entry.source is None:
                say(f"{entry.file}: cannot be read; run runbooks lint")
                return True
            there = passages(entry.incident, self._split)
            to_ask = [p for p in there if (p.heading, p.text) not in self._kept]
            if not to_ask:
                return True
            if shown != (shown := to_ask[0]):
                self._show(entry.incident.title, shown, len(to_ask))
            answer = self._answer(shown)
            if answer == "q":
                return False
            if answer == "k":
                self._kept.add((shown.heading, shown.text))
            elif answer == "s":
                self._split.add(shown.heading)
            elif answer == "u":
                self._undo(entry.source.text)
                shown = None
            elif (now := load().source) is None or now.text != entry.source.text:
                say("  The file was changed in the meantime; it is read again.")
                shown = None
            else:
                self._move(entry.source, shown, answer if isinstance(answer, Topic) else None)

    def _move(self, source: Source, passage: Passage, topic: Topic | None) -> None:
        try:
            after = moved(source, passage, topic)
        except CannotMove as error:
            say(f"  Not moved: {error}.")
            return
        self._write(source.text, after.text)
        done = f"Moved to {topic.value}" if topic else "Removed from the notes"
        rest = "; what does not fit there is still in the notes" if after.left else ""
        say(f"  {done}{rest}.")

    def _write(self, before: str, after: str) -> None:
        write_whole(self._path, after)
        self._before.append((before, after))
        self.decided += 1

    def _undo(self, now: str) -> None:
        """Take the last decision back, or the last passage that was kept."""
        if not self._before:
            self._kept.clear()
            say("  No decision to undo; every passage that was kept comes again.")
        elif self._before[-1][1] != now:
            say("  The file was changed in the meantime; nothing was undone.")
        else:
            write_whole(self._path, self._before.pop()[0])
            self.decided -= 1
            say("  Undone.")

    def _show(self, title: str, passage: Passage, number: int) -> None:
        echo()
        echo(f"{styled(title, bold=True)}: {number} to decide")
        echo(f"{styled(passage.heading or 'Without a heading', bold=True)}{self._where(passage)}")
        echo()
        size = shutil.get_terminal_size()
        columns = max(1, (size.columns - 2) // _COLUMN)
        rows = -(-len(CHOICES) // columns)
        text = passage.text.split("\n")
        # All of it fits on one screen, with its heading.
        room = max(_FEWEST_LINES, size.lines - rows - 7)
        for line in text[:room]:
            echo(f"    {line}")
        if len(text) > room:
            echo(f"    ... and {plural(len(text) - room, 'line')} more")
        echo()
        cells = [f"{n:>2} {topic.value}" for n, topic in enumerate(CHOICES, 1)]
        for row in range(rows):
            echo(f"  {''.join(f'{cell:{_COLUMN}}' for cell in cells[row::rows])}".rstrip())

    def _where(self, passage: Passage) -> str:
        """Return where a passage stands in the write-up; empty if that is not known."""
        ends = [self._places.lines_of(passage.parts[n]) for n in (0, -1)] if self._places else []
        lines = sorted({line for place in ends if place for line in place})
        if not lines:
            return ""
        one = lines[0] == lines[-1]
        return f", {f'line {lines[0]}' if one else f'lines {lines[0]}-{lines[-1]}'} of {self._name}"

    def _answer(self, passage: Passage) -> Topic | str:
        """Ask until the answer is a field or one of the letters."""
        while True:
            said = typed(f"{_PROMPT}: ").strip().lower().replace(" ", "_")
            if said in _WORDS:
                letter = _WORDS[said]
                if letter != "s" or (len(passage.parts) > 1 and passage.heading not in self._split):
                    return letter
                say("  It has only one part.")
                continue
            if said.isdecimal() and 1 <= int(said[:4]) <= len(CHOICES):
                return CHOICES[int(said) - 1]
            named = [topic for topic in CHOICES if topic.value == said] or [
                topic for topic in CHOICES if topic.value.startswith(said)
            ]
            if len(named) == 1:
                return named[0]
            which = ", ".join(topic.value for topic in named)
            say(f"  {said!r} can be {which}." if named else f"  No field is named {said!r}.")
