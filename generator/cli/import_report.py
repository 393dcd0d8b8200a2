"""What `runbooks import` says about each file: where its words went, and what is undecided."""

from __future__ import annotations

import shlex
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from generator.cli.messages import echo, say
from generator.importers import Imported
from generator.importers.places import PlacedPassage
from generator.importers.words import words
from generator.knowledge.loader import incident_file
from generator.text.labels import plural
from generator.text.secrets import mask

_MOST_SHOWN = 6
_MOST_PASSAGES = 30
_HEADING, _BEGINNING = 28, 60
"""How many characters of a passage's heading and text are shown, at most."""
_WIDTH = 100


@dataclass
class Outcome:
    """The result for one file.

    Attributes:
        file: its path, as given.
        outcome: imported, known (imported before), would-import (a dry run) or failed.
        incident: the id of its incident, if there is one.
        imported: the draft.
        copied: what lies beside the draft, as paths from its folder.
        remarks: what somebody should know about these copies, in sentences.
        why: why it failed, and what to do about it.
    """

    file: str
    outcome: str
    incident: str = ""
    imported: Imported | None = None
    copied: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    why: tuple[str, str] = ("", "")

    @property
    def notes(self) -> dict[str, int]:
        """The number of words in each note, by its heading."""
        counted: Counter[str] = Counter()
        for note in self.imported.incident.notes if self.imported else ():
            counted[note.heading or ""] += len(words(note.text))
        return dict(counted)

    @property
    def fields(self) -> dict[str, int]:
        """The number of words in each field, the largest first."""
        placed = self.imported.placed if self.imported else {}
        found = {name: number for name, number in placed.items() if name != "notes"}
        return dict(sorted(found.items(), key=lambda item: -item[1]))

    @property
    def replaced(self) -> int:
        """The number of words in headings, labels and columns that the name of a field replaces."""
        said = self.imported.said_by_field_names if self.imported else ()
        return sum(len(words(text)) for text in said)

    @property
    def all_remarks(self) -> tuple[str, ...]:
        """What somebody should know about the draft and the copies."""
        return (*(self.imported.remarks if self.imported else ()), *self.remarks)


def tell(outcome: Outcome, *, alone: bool) -> None:
    """Print the result for a file.

    Args:
        outcome: the result.
        alone: whether it is the only file, so that each undecided passage is listed.
    """
    if outcome.outcome == "failed":
        why, hint = outcome.why
        say(f"{outcome.file}: not imported: {why}; {hint}")
        return
    if outcome.outcome == "known":
        echo(f"{outcome.file}: already imported as {outcome.incident}; not changed. To import it again, remove its folder; to decide about its notes, add --review.")  # fmt: skip
        return
    imported = outcome.imported
    assert imported is not None
    where = incident_file(outcome.incident)
    out = say if outcome.outcome == "would-import" else echo
    if outcome.outcome == "would-import":
        echo(imported.text, nl=False)
        out(f"{outcome.file}: would be written to {where} ({imported.form})")
    else:
        out(f"{outcome.file}: {where} ({imported.form})")
    for line in (*_words(outcome, imported), *_copies(outcome), *_undecided(outcome, imported, alone=alone)):  # fmt: skip
        out(f"  {line}")


def _words(outcome: Outcome, imported: Imported) -> Iterator[str]:
    counts = [
        (sum(outcome.fields.values()), f"into fields{_listed(outcome.fields)}"),
        (imported.placed.get("notes", 0), f"into notes{_listed(outcome.notes)}"),
    ]
    if outcome.replaced:
        counts.append((outcome.replaced, "replaced by the names of fields: headings, labels"))
    dropped: Counter[str] = Counter()
    for part in imported.dropped:
        dropped[part.heading] += len(words(part.text))
    if dropped:
        counts.append((sum(dropped.values()), f"dropped{_listed(dropped)}; {_lines(imported.dropped)}"))  # fmt: skip
    width = max(len(f"{number:,}") for number, _ in counts)
    for number, what in counts:
        yield f"{number:{width},} {'word ' if number == 1 else 'words'} {what}"


def _copies(outcome: Outcome) -> Iterator[str]:
    first, images = outcome.copied[:1], len(outcome.copied) - 1
    if first:
        verb = "would be beside" if outcome.outcome == "would-import" else "beside"
        yield f"{verb} it: {first[0]}" + (f" and {plural(images, 'image')}" if images else "")
    yield from outcome.all_remarks


def _undecided(outcome: Outcome, imported: Imported, *, alone: bool) -> Iterator[str]:
    passages = imported.undecided
    if not passages:
        return
    if not alone:
        yield f"undecided: {plural(len(passages), 'passage')}, {_lines(passages)}"
        return
    yield f"undecided: {plural(len(passages), 'passage')}, in `notes`"
    shown = passages[:_MOST_PASSAGES]
    rows = [(_range(p), _cut(p.heading or "-", _HEADING), p.text) for p in shown]
    lines, headings = (max(len(row[n]) for row in rows) for n in (0, 1))
    width = min(shutil.get_terminal_size((_WIDTH, 24)).columns, _WIDTH)
    room = max(_BEGINNING // 2, min(width - lines - headings - 8, _BEGINNING))
    for line, heading, text in rows:
        yield f"  {line:>{lines}}  {heading:{headings}}  {_cut(text, room)}"
    if len(passages) > len(shown):
        yield f"  and {len(passages) - len(shown):,} more"
    if outcome.outcome == "imported":
        yield f"To choose a field for each: runbooks import --review {shlex.quote(outcome.file)}"


def _lines(passages: Iterable[PlacedPassage]) -> str:
    """Return where passages stand: `lines 3, 8-12 and 4 more`."""
    found = list(dict.fromkeys(_range(p) for p in passages if p.lines))
    more = f" and {len(found) - _MOST_SHOWN:,} more" if len(found) > _MOST_SHOWN else ""
    noun = "line" if len(found) == 1 and "-" not in found[0] else "lines"
    return f"{noun} {', '.join(found[:_MOST_SHOWN])}{more}" if found else "in no line of its own"


def _range(passage: PlacedPassage) -> str:
    if not passage.lines:
        return "-"
    first, last = passage.lines
    return str(first) if first == last else f"{first}-{last}"


def _cut(text: str, longest: int) -> str:
    line = " ".join(mask(text).split())
    return line if len(line) <= longest else f"{line[: longest - 3].rstrip()}..."


def _listed(counts: dict[str, int]) -> str:
    """Return counts as text: the largest, and the number of the others."""
    largest = sorted(counts.items(), key=lambda item: -item[1])
    shown = [f"{name or 'without a heading'} {number:,}" for name, number in largest[:_MOST_SHOWN]]
    if len(largest) > _MOST_SHOWN:
        shown.append(f"{len(largest) - _MOST_SHOWN} more")
    return f": {', '.join(shown)}" if shown else ""


def _totals(outcomes: Sequence[Outcome]) -> dict[str, int]:
    count = Counter(outcome.outcome for outcome in outcomes)
    return {
        "imported": count["imported"] + count["would-import"],
        "known": count["known"],
        "failed": count["failed"],
        "words_into_fields": sum(sum(o.fields.values()) for o in outcomes),
        "words_into_notes": sum(o.imported.placed.get("notes", 0) for o in outcomes if o.imported),
    }


def summary(outcomes: Sequence[Outcome]) -> str:
    """Return the result for all files, in one line."""
    totals = _totals(outcomes)
    dry = any(outcome.outcome == "would-import" for outcome in outcomes)
    parts = [f"{totals['imported']:,} {'would be imported' if dry else 'imported'}"]
    parts += [f"{totals['known']:,} already imported"] if totals["known"] else []
    parts += [f"{totals['failed']:,} not imported"] if totals["failed"] else []
    return f"{', '.join(parts)}: {totals['words_into_fields']:,} words into fields, {totals['words_into_notes']:,} into notes"  # fmt: skip


def report(outcomes: Sequence[Outcome], *, dry_run: bool) -> dict[str, Any]:
    """Return the result for all files as data for JSON.

    Args:
        outcomes: the results.
        dry_run: whether nothing was written, so that the drafts themselves are part of it.
    """
    return {"version": 1, "files": [_file_report(o, dry_run=dry_run) for o in outcomes], "totals": _totals(outcomes)}  # fmt: skip


def _file_report(outcome: Outcome, *, dry_run: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"file": outcome.file, "outcome": outcome.outcome}
    if outcome.incident:
        found |= {"id": outcome.incident, "path": incident_file(outcome.incident)}
    if outcome.outcome == "failed":
        found |= {"error": outcome.why[0], "hint": outcome.why[1]}
    if imported := outcome.imported:
        found |= {
            "title": imported.title,
            "kind": imported.form,
            "words": {"fields": outcome.fields, "notes": outcome.notes},
            "events": len(imported.incident.timeline),
            "stood_for": list(imported.said_by_field_names),
            "words_stood_for": outcome.replaced,
            "undecided": [_passage(p) for p in imported.undecided],
            "dropped": [_passage(p, "why") for p in imported.dropped],
            "copied": list(outcome.copied),
            "remarks": list(outcome.all_remarks),
        }
        if dry_run:
            found["draft"] = imported.text
    return found


def _passage(passage: PlacedPassage, heading: str = "heading") -> dict[str, Any]:
    """Return a passage as data: its first and last line in the write-up, and how it begins."""
    first, last = passage.lines or (None, None)
    return {
        heading: passage.heading,
        "line": first,
        "last_line": last,
        "words": len(words(passage.text)),
        "begins": _cut(passage.text, _BEGINNING),
    }
