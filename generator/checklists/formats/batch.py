"""A checklist as a batch file for the Windows command prompt.

The commands of checks are for a POSIX shell. If bash is installed, the batch file runs the script of
the format `sh` in it; if not, it asks a person about every check. The command prompt never parses the
text of an incident: it is data after the last line of the program.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from generator.checklists import wording
from generator.checklists.formats import plain_words
from generator.checklists.formats.plain_words import printable
from generator.checklists.formats.shell import as_sh
from generator.checklists.items import Checklist, ChosenCheck
from generator.model import Phase
from generator.text.prose import one_line
from generator.text.templating import new_environment, packaged_templates

if TYPE_CHECKING:
    from jinja2 import Environment

LONGEST = 1000
"""Most characters in a shown line; the command prompt cannot read lines of more than 8,191."""

_GOES_ON = " [continued on the next line]"
_LAST_LINE = "rem -- the end of the program"


class Batch(str):
    """Text that is safe in a batch file: a constant, or a line of data."""

    __slots__ = ()


def as_bat(checklist: Checklist) -> str:
    """Return a checklist as a batch file, with Windows line ends."""
    template = _environment().get_template("checklists/checklist.bat.j2")
    values = {"steps": list(_steps(checklist)), "data": list(_data(checklist))}
    # `skip` in the program is its number of lines; the number itself does not change that.
    draft = template.render(program=0, **values).splitlines()
    program = next(n for n, line in enumerate(draft, 1) if line.startswith(_LAST_LINE))
    text = template.render(program=program, **values)
    return text.replace("\n", "\r\n")


def _environment() -> Environment:
    """Return the templates of batch files, which only print numbers and checked text."""
    return new_environment([packaged_templates()], _checked)


def _checked(value: Any) -> str:
    if not isinstance(value, Batch | int):
        raise TypeError(f"{value!r} must not be printed into a batch file")
    return str(value)


def _steps(checklist: Checklist) -> Iterator[dict[str, Any]]:
    before = None
    for number, item in enumerate(checklist.items, 1):
        new = item.phase is not before
        yield {
            "number": number,
            "level": Batch(item.level.value),
            "phase": Batch(item.phase.value) if new else "",
            "ask": new and item.phase is Phase.ROLLBACK and before is not None,
        }
        before = item.phase


def _data(checklist: Checklist) -> Iterator[Batch]:
    about = [one_line(checklist.about), wording.summary(checklist)]
    if checklist.revision:
        about.append(f"Revision {checklist.revision}.")
    yield from _lines("about", "\n".join([*about, plain_words.unreadable(checklist)]))
    for phase in checklist.by_phase:
        yield from _lines(phase.value, f"== {wording.PHASE_TITLES[phase]} ==")
    for number, item in enumerate(checklist.items, 1):
        yield from _lines(str(number), _shown(number, len(checklist.items), item))
        yield from _lines(f"undo{number}", _undo(item, checklist.site_url))
    for line in as_sh(checklist).split("\n"):
        yield Batch(f"sh| {line}")


def _shown(number: int, total: int, item: ChosenCheck) -> str:
    missing = "\n".join(f"{v.name}: {one_line(v.description)}" for v in item.asked)
    parts = (
        ("check", f"{item.id}, {item.level.value}"),
        ("why", plain_words.because(item)),
        ("waived by", one_line(wording.waiver(item))),
        ("approval", "a second person has to agree" if item.approval else ""),
        ("needs", plain_words.needs(item)),
        ("set first", missing),
        ("command", item.command),
        ("risk", "" if item.manual else item.risk.value if item.risk else "risk not declared"),
        ("expect", plain_words.expected(item)),
    )
    return "\n".join([f"[{number} of {total}] {one_line(item.check)}", *_parts(parts)])


def _undo(item: ChosenCheck, site_url: str | None) -> str:
    rollback = item.rollback
    parts = (
        ("to undo", one_line(rollback.do) if rollback else ""),
        ("with", item.undo),
        ("runbook", plain_words.runbooks(item, site_url)),
    )
    return "\n".join(_parts(parts))


def _parts(parts: tuple[tuple[str, str], ...]) -> Iterator[str]:
    for name, text in parts:
        if "\n" in text:
            yield f"  {name}:"
            yield from (f"      {line}" for line in text.split("\n"))
        elif text:
            yield f"  {name}: {text}"


def _lines(name: str, text: str) -> Iterator[Batch]:
    """Yield a text as lines of data, shown under a name; `text` must not contain control characters."""
    for line in printable(text).strip("\n").split("\n"):
        rest = line
        while len(rest) > LONGEST:
            yield Batch(f"{name}| {rest[:LONGEST]}{_GOES_ON}")
            rest = rest[LONGEST:]
        yield Batch(f"{name}| {rest}")
