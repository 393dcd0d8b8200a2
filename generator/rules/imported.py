"""KB906 to KB908: what an import leaves to be done, in an incident that is no longer a draft."""

from __future__ import annotations

from collections.abc import Iterator

from generator.knowledge.diagnostics import Position, Severity
from generator.knowledge.drafting import MADE_BY_IMPORT, NOTES_OF_IMPORT
from generator.model import Incident, SourceKind, Status
from generator.rules.base import Finding, Rule, Subject

_STORY = ("summary", "detection", "timeline")


def comment_of_import(subject: Subject) -> int | None:
    """Return the line on which the comments of the import begin; None without them."""
    if MADE_BY_IMPORT not in subject.source.text:  # nearly always, and the comments need positions
        return None
    return next(
        (n for n, text in subject.source.comments if text.strip().startswith(MADE_BY_IMPORT)), None
    )


def import_comments(subject: Subject) -> Iterator[Finding]:
    """The comments that `runbooks import` wrote are still in the file.

    They say what was left to do when the draft was made. In an incident that is reviewed, readers of
    the file cannot tell whether it was done. Do it, then remove the comments.
    """
    line = comment_of_import(subject)
    if line and subject.incident.status is not Status.DRAFT:
        yield Finding(
            (),
            "the comments of `runbooks import` are still here",
            "do what they say, then remove them",
            at=Position(line),
        )


def import_notes(subject: Subject) -> Iterator[Finding]:
    """A note has what `runbooks import` could not place.

    Under headings such as "Headings" or "Other lines", the import collects words of the write-up
    that fit in no field. Without their context, they tell a reader nothing. Write what matters into
    the right fields, then remove the note. `runbooks import --review FILE` helps with that.
    """
    if subject.incident.status is Status.DRAFT:
        return
    for index, note in enumerate(subject.incident.notes):
        if note.heading in NOTES_OF_IMPORT:
            yield Finding(
                ("notes", index, "heading"),
                f"the note {note.heading!r} has what the import could not place",
                "move what matters to the right fields, and remove the note",
            )


def no_story(subject: Subject) -> Iterator[Finding]:
    """An imported incident does not say how it went: no summary, detection or timeline.

    The write-up in `sources` tells what happened, but readers of the page, of the post-mortem and of
    the statistics do not open it. Write a `summary` of some sentences, how the incident was noticed
    (`detection`), and the `timeline`. If the write-up does not say it, suppress the finding.
    """
    incident = subject.incident
    lacking = [f"`{name}`" for name in _STORY if not getattr(incident, name)]
    if incident.status is Status.DRAFT or not lacking or not _is_imported(incident):
        return
    yield Finding(
        ("status",),
        f"the status is {incident.status.value}, but there is no {' and no '.join(lacking)}",
        "add what the write-up says about it",
    )


def _is_imported(incident: Incident) -> bool:
    """Whether a source is a write-up with the digest that the import has written."""
    return any(
        source.kind is SourceKind.WRITE_UP
        and any(version.startswith("sha256:") for version in source.versions)
        for source in incident.sources
    )


_WRITE_UP = """\
sources:
  - {id: write-up, title: Write-up, kind: write-up, versions: "sha256:709b736368c0f16b892ed90e51a06ded"}
"""

IMPORTED = (
    Rule(
        "KB906",
        "import-comments",
        Severity.HINT,
        f"# {MADE_BY_IMPORT} from disk.md:\nstatus: draft\n",
        f"# {MADE_BY_IMPORT} from disk.md:\nstatus: published\n",
        (1, 1),
        import_comments,
    ),
    Rule(
        "KB907",
        "import-notes",
        Severity.HINT,
        "notes: [{heading: Seating, text: Row one.}]\n",
        "notes:\n  - heading: Headings\n    text: Row one.\n",
        (2, 14),
        import_notes,
    ),
    Rule(
        "KB908",
        "no-story",
        Severity.HINT,
        _WRITE_UP
        + """\
summary: Nobody could log in for an hour.
detection: A customer called.
timeline:
  - {at: 2026-03-01T03:00:00Z, what: The first login fails.}
""",
        "status: published\nsummary: Nobody could log in.\n" + _WRITE_UP,
        (1, 9),
        no_story,
    ),
)
