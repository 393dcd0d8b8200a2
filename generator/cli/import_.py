"""`runbooks import`: import write-ups in Markdown as drafts."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from generator.cache.scratch import new_folder
from generator.cli.messages import EXIT_FINDINGS, echo, echo_json, say
from generator.cli.options import format_option, root_option
from generator.cli.progress import bar
from generator.importers import (
    FORMATS,
    Imported,
    KnownErrors,
    Refused,
    digest_of,
    import_write_up,
    read,
)
from generator.importers.words import words
from generator.knowledge.base import load
from generator.knowledge.drafting import free_id
from generator.knowledge.files import read_file
from generator.knowledge.loader import INCIDENT_FILE, incident_file, is_id, load_entry
from generator.knowledge.roots import INCIDENTS
from generator.limits import RECORD_BYTES, YAML_BYTES

_DIGEST = re.compile(rb"sha256:[0-9a-f]{32}\b")
_TITLE = re.compile(rb"^title:[ \t]*([^\n]+)", re.MULTILINE)
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_MARKDOWN = frozenset((".md", ".markdown", ".mdown"))
_RECORD = ".json"
_MOST_SHOWN = 6


@dataclass
class _Outcome:
    """The result for one file.

    Attributes:
        file: its path, as given.
        outcome: imported, known (imported before), would-import (a dry run) or failed.
        incident: the id of its incident, if there is one.
        imported: the draft.
        why: why it failed, and what to do about it.
    """

    file: str
    outcome: str
    incident: str = ""
    imported: Imported | None = None
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


@dataclass
class _Base:
    """What is in the knowledge base: the names and titles in use, and what was imported before."""

    root: Path
    taken: set[str] = field(default_factory=set)
    known: dict[str, str] = field(default_factory=dict)
    titles: set[str] = field(default_factory=set)

    _known_errors: KnownErrors | None = None

    def known_errors(self) -> KnownErrors:
        """Return the errors of all incidents, which are loaded for the first draft that has one."""
        if self._known_errors is None:
            self._known_errors = KnownErrors()
            for incident_id, incident in load(self.root).incidents.items():
                self._known_errors.add(incident_id, incident)
        return self._known_errors

    def add(self, name: str, imported: Imported) -> None:
        """Add a draft, so that later drafts are compared with it."""
        self.titles.add(imported.title.casefold())
        if imported.incident.symptom.signatures:
            self.known_errors().add(name, imported.incident)

    @classmethod
    def of(cls, root: Path) -> _Base:
        """Search the incidents' files without loading them, so that a broken one does no harm."""
        base = cls(root)
        for folder in sorted((root / INCIDENTS).iterdir()):
            base.taken.add(folder.name.lower())
            try:
                raw = read_file(root, incident_file(folder.name))
            except OSError:
                continue
            if title := _TITLE.search(raw):
                base.titles.add(title[1].decode("utf-8", "replace").strip(" '\"").casefold())
            for digest in _DIGEST.findall(raw):
                base.known.setdefault(digest.decode(), folder.name)
        return base


@click.command("import")
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option("--id", "incident_id", metavar="ID", help="Id of the incident, for a single file. Default: from its title.")  # fmt: skip
@click.option(
    "--from",
    "kind",
    type=click.Choice(list(FORMATS)),
    help="Kind of write-up. Default: detected from headings and front matter.",
)
@click.option("--dry-run", is_flag=True, help="Print the drafts, and write nothing.")
@root_option
@format_option
@click.pass_context
def import_command(context: click.Context, files: tuple[Path, ...], incident_id: str | None, kind: str | None, dry_run: bool, root: Path, form: str) -> None:  # fmt: skip
    """Import write-ups, and records of runs, as drafts.

    A draft is `incidents/<id>/incident.yaml`, with the status draft. FILE is a write-up, or the
    record (.json) that `runbooks run` has written: then timeline, parameters and steps come from it.

    Reads headings, tables, lists, code and labels (`**Impact**: ...`). Text that fits no field is
    kept word for word in the draft's `notes`. Prints for each file how many words went into which
    field. If FILE is a folder, imports all Markdown files in it and its subfolders. Overwrites
    nothing, and skips a file that was imported before.

    Exit codes: 0 all are imported, 1 some could not be imported, 2 wrong usage, 3 internal error.

    \b
    Examples:
      runbooks import postmortem.md
      runbooks import --dry-run postmortem.md | less
      runbooks import --id queue-stuck notes/2026-11-20.md
      runbooks import ../postmortems --format json
      runbooks import run-disk-full-20261121T070000Z.json
    """
    paths = list(_files(files))
    if incident_id is not None:
        if len(paths) != 1:
            raise click.UsageError("--id is for a single file: name one file")
        if not _SLUG.match(incident_id) or len(incident_id) > 100:
            raise click.BadParameter(f"{incident_id!r} is not an id: lower-case words joined by hyphens", param_hint="--id")  # fmt: skip
    base = _Base.of(root)
    outcomes: list[_Outcome] = []
    with bar("Importing write-ups", len(paths)) as advance:
        for path in paths:
            outcome = _import(path, base, incident_id, kind, dry_run=dry_run)
            outcomes.append(outcome)
            if form == "text":
                _tell(outcome)
            advance()
    if form == "json":
        echo_json(_report(outcomes, dry_run=dry_run))
    elif len(outcomes) > 1:
        say(_summary(outcomes))
    if any(outcome.outcome == "failed" for outcome in outcomes):
        context.exit(EXIT_FINDINGS)


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield the files to import, each once; for a folder, the Markdown files below it."""
    seen = set()
    for path in paths:
        inside = [path]
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.suffix.lower() in _MARKDOWN and p.is_file())  # fmt: skip
            if not inside:
                say(f"{_shown(path)}: this folder has no Markdown file")
        for file in inside:
            if file not in seen:
                seen.add(file)
                yield file


def _import(path: Path, base: _Base, wanted: str | None, kind: str | None, *, dry_run: bool) -> _Outcome:  # fmt: skip
    """Import one file; an error in it does not affect others."""
    shown = _shown(path)
    try:
        raw = _content(path)
        digest = digest_of(raw)
        if digest in base.known:
            return _Outcome(shown, "known", base.known[digest])
        if path.suffix.lower() == _RECORD:
            imported = _from_record(path, raw, base)
        else:
            imported = import_write_up(read(path.name, raw), kind, base.known_errors, base.titles)
        if wanted is not None and wanted in base.taken:
            raise Refused(f"the incident {wanted!r} already exists", "choose another --id; nothing is overwritten")  # fmt: skip
        name = wanted or free_id(imported.name, base.taken)
        if not dry_run:
            _write(base.root, name, imported.text)
    except Refused as error:
        return _Outcome(shown, "failed", why=(str(error), error.hint))
    except OSError as error:
        return _Outcome(shown, "failed", why=(error.strerror or str(error), "check the path and its permissions"))  # fmt: skip
    except Exception as error:
        if os.environ.get("RUNBOOKS_DEBUG"):
            raise
        why = f"internal error: {type(error).__name__}: {error}"
        return _Outcome(shown, "failed", why=(why, "this is a bug; to see where it happened, set RUNBOOKS_DEBUG=1"))  # fmt: skip
    base.taken.add(name)
    base.known[digest] = name
    base.add(name, imported)
    return _Outcome(shown, "would-import" if dry_run else "imported", name, imported)


def _from_record(path: Path, raw: bytes, base: _Base) -> Imported:
    """Make a draft of the record of a run, with what the runbook says now, if it can be read.

    Raises:
        Refused: it is not a record, or no draft can be made of it.
    """
    from generator.importers.run_record import import_record, parse_record  # write-ups need it not

    of = parse_record(raw).incident
    there = is_id(of) and of in base.taken
    runbook = load_entry(base.root, of).incident if there else None
    return import_record(path.name, raw, runbook, base.taken)


def draft_of_record(root: Path, path: Path, wanted: str | None) -> str:
    """Write the draft of the record of a run; return the id of the new incident.

    Args:
        root: the knowledge base.
        path: the record.
        wanted: the id; None for one from the runbook and the day.

    Raises:
        click.UsageError: no draft can be made of it.
    """
    if path.suffix.lower() != _RECORD:
        raise click.UsageError(f"{_shown(path)}: a record is a .json file; for a write-up, use runbooks import")  # fmt: skip
    outcome = _import(path, _Base.of(root), wanted, None, dry_run=False)
    if outcome.outcome == "failed":
        raise click.UsageError(f"{outcome.file}: {outcome.why[0]}; {outcome.why[1]}")
    if outcome.outcome == "known":
        raise click.UsageError(f"{outcome.file}: already imported as {outcome.incident}")
    return outcome.incident


def _content(path: Path) -> bytes:
    """Return a file's content, up to one byte more than the limit.

    Raises:
        Refused: it is not a regular file.
        OSError: it does not exist, or cannot be read.
    """
    if path.exists() and not path.is_file():
        raise Refused("not a regular file", "name files or folders with write-ups")
    with path.open("rb") as stream:
        return stream.read((RECORD_BYTES if path.suffix.lower() == _RECORD else YAML_BYTES) + 1)


def _write(root: Path, name: str, text: str) -> None:
    """Write a draft completely or not at all: in a temporary folder, then renamed into place.

    Raises:
        OSError: the folder cannot be written, or already exists.
    """
    with new_folder(root, "import") as scratch:
        (scratch / INCIDENT_FILE).write_text(text, "utf-8", newline="\n")
        scratch.chmod(0o755)
        folder = root / INCIDENTS / name
        if folder.exists():
            raise FileExistsError(17, "a folder of this name already exists", str(folder))
        scratch.rename(folder)


def _tell(outcome: _Outcome) -> None:
    """Print the result for a file."""
    if outcome.outcome == "failed":
        why, hint = outcome.why
        say(f"{outcome.file}: not imported: {why}; {hint}")
        return
    if outcome.outcome == "known":
        echo(f"{outcome.file}: already imported as {outcome.incident}; not changed. To import it again, remove its folder.")  # fmt: skip
        return
    imported = outcome.imported
    assert imported is not None
    where = incident_file(outcome.incident)
    out = say if outcome.outcome == "would-import" else click.echo
    if outcome.outcome == "would-import":
        echo(imported.text, nl=False)
        out(f"{outcome.file}: would be written to {where} ({imported.form})")
    else:
        out(f"{outcome.file}: {where} ({imported.form})")
    out(f"  {sum(outcome.fields.values()):,} words into fields{_listed(outcome.fields)}")
    out(f"  {imported.placed.get('notes', 0):,} words into notes{_listed(outcome.notes)}")
    for remark in imported.remarks:
        out(f"  {remark}")


def _listed(counts: dict[str, int]) -> str:
    """Return counts as text: the largest, and the number of the others."""
    largest = sorted(counts.items(), key=lambda item: -item[1])
    shown = [f"{name or 'without a heading'} {number:,}" for name, number in largest[:_MOST_SHOWN]]
    if len(largest) > _MOST_SHOWN:
        shown.append(f"{len(largest) - _MOST_SHOWN} more")
    return f": {', '.join(shown)}" if shown else ""


def _totals(outcomes: Sequence[_Outcome]) -> dict[str, int]:
    count = Counter(outcome.outcome for outcome in outcomes)
    return {
        "imported": count["imported"] + count["would-import"],
        "known": count["known"],
        "failed": count["failed"],
        "words_into_fields": sum(sum(o.fields.values()) for o in outcomes),
        "words_into_notes": sum(o.imported.placed.get("notes", 0) for o in outcomes if o.imported),
    }


def _summary(outcomes: Sequence[_Outcome]) -> str:
    totals = _totals(outcomes)
    dry = any(outcome.outcome == "would-import" for outcome in outcomes)
    parts = [f"{totals['imported']:,} {'would be imported' if dry else 'imported'}"]
    parts += [f"{totals['known']:,} already imported"] if totals["known"] else []
    parts += [f"{totals['failed']:,} not imported"] if totals["failed"] else []
    return f"{', '.join(parts)}: {totals['words_into_fields']:,} words into fields, {totals['words_into_notes']:,} into notes"  # fmt: skip


def _report(outcomes: Sequence[_Outcome], *, dry_run: bool) -> dict[str, Any]:
    return {"version": 1, "files": [_file_report(o, dry_run=dry_run) for o in outcomes], "totals": _totals(outcomes)}  # fmt: skip


def _file_report(outcome: _Outcome, *, dry_run: bool) -> dict[str, Any]:
    report: dict[str, Any] = {"file": outcome.file, "outcome": outcome.outcome}
    if outcome.incident:
        report |= {"id": outcome.incident, "path": incident_file(outcome.incident)}  # fmt: skip
    if outcome.outcome == "failed":
        report |= {"error": outcome.why[0], "hint": outcome.why[1]}
    if imported := outcome.imported:
        report |= {
            "title": imported.title,
            "kind": imported.form,
            "words": {"fields": outcome.fields, "notes": outcome.notes},
            "stood_for": list(imported.said_by_field_names),
            "remarks": list(imported.remarks),
        }
        if dry_run:
            report["draft"] = imported.text
    return report


def _shown(path: Path) -> str:
    """Return a path that is safe to print."""
    return "".join(c if c.isprintable() else "\ufffd" for c in str(path))
