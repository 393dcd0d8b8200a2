"""From write-ups in Markdown to drafts of incidents.

A write-up is parsed into sections and blocks (`parsing`, `document`). Each passage goes into the field
for its heading (`headings`, `reading`); passages that fit in no field go into the notes. No word is
lost; the draft keeps count (`draft`). Details of one kind of write-up are in its format. To add a
format, write a module with a `FORMAT` (see `base.Format`), and add it to the table.
"""

from __future__ import annotations

from collections.abc import Callable, Container

from generator.importers import alert_runbook, front_matter, known_issue, post_mortem
from generator.importers.base import Format
from generator.importers.decoding import Refused, WriteUp, digest_of, read
from generator.importers.making import Imported, make
from generator.importers.same_errors import Kin

FORMATS: dict[str, Format] = {
    "known-issue": known_issue.FORMAT,
    "alert-runbook": alert_runbook.FORMAT,
    "front-matter": front_matter.FORMAT,
    "post-mortem": post_mortem.FORMAT,
}
"""All formats, by the name that `--from` takes; the first that fits is used."""


def import_write_up(
    write_up: WriteUp,
    form: str | None = None,
    kin: Callable[[], Kin] = Kin,
    titles: Container[str] = frozenset(),
) -> Imported:
    """Make a draft of a write-up.

    Args:
        write_up: the write-up.
        form: the name of its format; None to detect it.
        kin: returns the errors of all incidents; called if the draft has an error.
        titles: the titles of all incidents, casefolded; the date is added to a title that is taken.

    Raises:
        Refused: it cannot be made into a draft.
    """
    return make(write_up, FORMATS if form is None else {form: FORMATS[form]}, kin, titles)


__all__ = [
    "FORMATS",
    "Format",
    "Imported",
    "Kin",
    "Refused",
    "WriteUp",
    "digest_of",
    "import_write_up",
    "read",
]
