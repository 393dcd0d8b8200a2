"""`runbooks import`: import write-ups as drafts."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import click

from generator.cache.scratch import new_folder
from generator.cli.chat_files import channels_in, days_in, read_chat, with_names
from generator.cli.import_report import Outcome, report, summary, tell
from generator.cli.messages import EXIT_FINDINGS, echo_json, say
from generator.cli.options import format_option, root_option
from generator.cli.progress import bar
from generator.importers import (
    CONVERTERS,
    FORMATS,
    MARKDOWN,
    MARKDOWN_ENDINGS,
    Imported,
    KnownErrors,
    Refused,
    digest_of,
    import_write_up,
    is_chat,
    most_of,
    read,
)
from generator.importers.beside import copies_of_images, place_of, why_not_read
from generator.knowledge.base import load
from generator.knowledge.drafting import free_id
from generator.knowledge.files import FileRefused, read_file, walk
from generator.knowledge.loader import (
    INCIDENT_FILE,
    INCIDENT_FILES,
    is_id,
    load_entry,
)
from generator.knowledge.roots import INCIDENTS

_DIGEST = re.compile(rb"sha256:[0-9a-f]{32}\b")
_TITLE = re.compile(rb"^title:[ \t]*([^\n]+)", re.MULTILINE)
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
# The ends of the names of files that are imported of a folder. Others may be anything.
_RECORD = ".json"
_WRITE_UPS = frozenset((*MARKDOWN_ENDINGS, *(end for one in CONVERTERS.values() for end in one.endings))) - {_RECORD}  # fmt: skip
_NOT_WRITTEN_UP = frozenset((".git", "node_modules"))


@dataclass(frozen=True)
class _File:
    """A file to import.

    Attributes:
        shown: its path as given, safe to print.
        title: the name by which the draft calls it.
        root: the folder out of which nothing is read.
        name: its path from there, with forward slashes.
        why: why it is not read; None if it is.
        days: the names of its days, if it is the folder of a channel.
    """

    shown: str
    title: str
    root: Path
    name: str
    why: OSError | None = None
    days: tuple[str, ...] = ()

    def read(self) -> bytes:
        """Return its content; of a chat, with the names of who wrote.

        Raises:
            Refused: it is a chat that is too large, or cannot be read.
            OSError: it is not there, may not be read, or is too large.
        """
        if self.days:
            return read_chat(self.root, self.days)
        raw = read_file(self.root, self.name, most_of(self.name))
        return with_names(self.root, self.name, raw)

    def is_record(self, raw: bytes, kind: str | None) -> bool:
        """Whether it is the record of a run.

        Args:
            raw: its content.
            kind: its format, if that was named.
        """
        return self.title.lower().endswith(_RECORD) and not is_chat(raw, kind)


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
            for name in INCIDENT_FILES:
                try:
                    raw = read_file(root, f"{INCIDENTS}/{folder.name}/{name}")
                except OSError:
                    continue
                if name == INCIDENT_FILE and (title := _TITLE.search(raw)):
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
    type=click.Choice([*FORMATS, MARKDOWN, *CONVERTERS]),
    help="Kind of write-up, or its format. Default: kind detected from headings and front matter, format from name and content.",
)
@click.option("--dry-run", is_flag=True, help="Print the drafts, and write nothing.")
@click.option("--review", is_flag=True, help="Then ask, for each undecided passage, to which field it belongs.")  # fmt: skip
@root_option
@format_option
@click.pass_context
def import_command(context: click.Context, files: tuple[Path, ...], incident_id: str | None, kind: str | None, dry_run: bool, review: bool, root: Path, form: str) -> None:  # fmt: skip
    """Import write-ups, and records of runs, as drafts.

    A draft is `incidents/<id>/incident.yaml`, with the status draft. FILE is a write-up in
    Markdown, HTML, AsciiDoc, reStructuredText, MediaWiki or wiki markup of Jira and Confluence; a chat export
    (the folder of a channel of Slack, or a .json file of it); or the record (.json) that `runbooks
    run` has written: then timeline, parameters and steps come from it. HTML and reStructuredText
    need the extra `import`; without it, the command says how to install it.

    Reads headings, tables, lists, code and labels (`**Impact**: ...`). Text that fits no field is
    kept word for word in the draft's `notes`. Prints for each file how many words went into which
    field. If FILE is a folder, imports all write-ups in it and its subfolders. Overwrites
    nothing, and skips a file that was imported before.

    With --review, asks in the terminal about each passage in the notes. Each answer is written at
    once. To go on later, run it again: it asks about the draft of a file that was imported before.

    Exit codes: 0 all are imported, 1 some could not be imported, 2 wrong usage, 3 internal error.

    \b
    Examples:
      runbooks import postmortem.md
      runbooks import --dry-run postmortem.md | less
      runbooks import --review postmortem.md
      runbooks import --id queue-stuck notes/2026-11-20.md
      runbooks import ../postmortems --format json
      runbooks import confluence-export/
      runbooks import --from wiki ticket.txt
      runbooks import slack-export/inc-checkout
      runbooks import run-disk-full-20261121T070000Z.json
    """
    if review:
        if dry_run or form == "json":
            raise click.UsageError(f"--review asks and writes; leave out {'--dry-run' if dry_run else '--format json'}")  # fmt: skip
        from generator.cli.import_review import need_terminal

        need_terminal()
    found = list(_files(files))
    if incident_id is not None:
        if len(found) != 1:
            raise click.UsageError("--id is for a single file: name one file")
        if not _SLUG.match(incident_id) or len(incident_id) > 100:
            raise click.BadParameter(f"{incident_id!r} is not an id: lower-case words joined by hyphens", param_hint="--id")  # fmt: skip
    base = _Base.of(root)
    outcomes: list[Outcome] = []
    with bar("Importing write-ups", len(found)) as advance:
        for file in found:
            outcome = _import(file, base, incident_id, kind, dry_run=dry_run)
            outcomes.append(outcome)
            if form == "text":
                tell(outcome, alone=len(found) == 1 and not review)
            advance()
    if form == "json":
        echo_json(report(outcomes, dry_run=dry_run))
    elif len(outcomes) > 1:
        say(summary(outcomes))
    if review:
        _review(root, dict(zip(found, outcomes, strict=True)), kind)
    if any(outcome.outcome == "failed" for outcome in outcomes):
        context.exit(EXIT_FINDINGS)


def _files(paths: Sequence[Path]) -> Iterator[_File]:
    """Yield the files to import, each once; for a folder, the write-ups below it."""
    seen: set[Path] = set()
    for path in paths:
        found = list(_in_folder(path)) if path.is_dir() else [_named(path)]
        if not found and (channels := channels_in(path)):
            say(f"{_shown(path)}: a chat export of {channels:,} channel(s): name the folder of the incident's channel")  # fmt: skip
        elif not found:
            say(f"{_shown(path)}: this folder has no write-up")
        for file in found:
            if (place := file.root / file.name) not in seen:
                seen.add(place)
                yield file


def _named(path: Path) -> _File:
    """Return a file that the command line names; where a link leads is its place, too."""
    real = Path(os.path.realpath(path))
    return _File(_shown(path), path.name, real.parent, real.name)


def _in_folder(path: Path) -> Iterator[_File]:
    """Yield the write-ups below a folder; links in it may not lead out of it."""
    root = Path(os.path.realpath(path))
    if days := days_in(root):
        yield _File(_shown(path), f"{root.name}{_RECORD}", root, "", days=days)
        return
    for found in walk(root, "", _NOT_WRITTEN_UP):
        name = PurePosixPath(found.name)
        if name.suffix.lower() in _WRITE_UPS or not found.name:
            yield _File(_shown(path / found.name), name.name, root, found.name, found.why)


def _import(file: _File, base: _Base, wanted: str | None, kind: str | None, *, dry_run: bool) -> Outcome:  # fmt: skip
    """Import one file; an error in it does not affect others."""
    try:
        if file.why:
            raise file.why
        raw = file.read()
        digest = digest_of(raw)
        if digest in base.known:
            return Outcome(file.shown, "known", base.known[digest])
        if file.is_record(raw, kind):
            imported = _from_record(file.title, raw, base)
        else:
            form, kind = (None, kind) if kind in FORMATS else (kind, None)
            imported = import_write_up(read(file.title, raw, form), kind, base.known_errors, base.titles)  # fmt: skip
        if wanted is not None and wanted in base.taken:
            raise Refused(f"the incident {wanted!r} already exists", "choose another --id; nothing is overwritten")  # fmt: skip
        name = wanted or free_id(imported.name, base.taken)
        images = copies_of_images(file.root, file.name, imported.links)
        own = place_of(file.title)
        copies = {own: raw, **{place: image for place, image in images.files.items() if place != own}}  # fmt: skip
        if not dry_run:
            _write(base.root, name, imported.text, copies)
    except Refused as error:
        return Outcome(file.shown, "failed", why=(str(error), error.hint))
    except FileRefused as error:
        return Outcome(file.shown, "failed", why=(why_not_read(error), error.hint))
    except OSError as error:
        return Outcome(file.shown, "failed", why=(why_not_read(error), "check the path and its permissions"))  # fmt: skip
    except Exception as error:
        if os.environ.get("RUNBOOKS_DEBUG"):
            raise
        why = f"internal error: {type(error).__name__}: {error}"
        return Outcome(file.shown, "failed", why=(why, "this is a bug; to see where it happened, set RUNBOOKS_DEBUG=1"))  # fmt: skip
    base.taken.add(name)
    base.known[digest] = name
    base.add(name, imported)
    outcome = "would-import" if dry_run else "imported"
    return Outcome(file.shown, outcome, name, imported, tuple(copies), images.remarks)


def _review(root: Path, outcomes: Mapping[_File, Outcome], kind: str | None) -> None:
    """Ask about the undecided passages of each draft, also of one that was imported before."""
    from generator.cli.import_review import ImportReview
    from generator.importers.places import Places

    asking = ImportReview(root)
    for file, outcome in outcomes.items():
        if not outcome.incident or asking.ended:
            continue
        places = None
        try:
            if not file.is_record(raw := file.read(), kind):
                write_up = read(file.title, raw, None if kind in FORMATS else kind)
                places = Places(write_up.text, write_up.line_in_file)
        except (OSError, Refused):
            pass  # it is gone by now: the questions do without its lines
        asking.draft(outcome.incident, file.title, places)


def _from_record(name: str, raw: bytes, base: _Base) -> Imported:
    """Make a draft of the record of a run, with what the runbook says now, if it can be read.

    Raises:
        Refused: it is not a record, or no draft can be made of it.
    """
    from generator.importers.run_record import import_record, parse_record  # write-ups need it not

    of = parse_record(raw).incident
    there = is_id(of) and of in base.taken
    runbook = load_entry(base.root, of).incident if there else None
    return import_record(name, raw, runbook, base.taken)


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
    outcome = _import(_named(path), _Base.of(root), wanted, None, dry_run=False)
    if outcome.outcome == "failed":
        raise click.UsageError(f"{outcome.file}: {outcome.why[0]}; {outcome.why[1]}")
    if outcome.outcome == "known":
        raise click.UsageError(f"{outcome.file}: already imported as {outcome.incident}")
    return outcome.incident


def _write(root: Path, name: str, text: str, copies: Mapping[str, bytes]) -> None:
    """Write a draft completely or not at all: in a temporary folder, then renamed into place.

    Args:
        root: the knowledge base.
        name: the id.
        text: the draft.
        copies: what lies beside it, by the path from its folder.

    Raises:
        OSError: the folder cannot be written, or already exists.
    """
    with new_folder(root, "import") as scratch:
        (scratch / INCIDENT_FILE).write_text(text, "utf-8", newline="\n")
        for place, content in copies.items():
            target = scratch / place
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        scratch.chmod(0o755)
        folder = root / INCIDENTS / name
        if folder.exists():
            raise FileExistsError(17, "a folder of this name already exists", str(folder))
        scratch.rename(folder)


def _shown(path: Path) -> str:
    """Return a path that is safe to print."""
    return "".join(c if c.isprintable() else "\ufffd" for c in str(path))
