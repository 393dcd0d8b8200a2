"""From write-ups in Markdown to drafts of incidents.

A write-up in another format becomes Markdown first (`converters`). It is read into sections and blocks (`parsing`, `document`). Each passage goes where its
heading says (`headings`, `reading`), and what fits nowhere into the notes: no word is lost, and the
draft keeps the account (`draft`). What is peculiar to one kind of write-up stands in its format. To
add one, write a module beside these with a `FORMAT` (see `base.WriteUpFormat`), and put it into the
table.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from pathlib import PurePath

from generator.importers import alert_runbook, front_matter, known_issue, post_mortem
from generator.importers.base import WriteUpFormat
from generator.importers.converters import (
    CONVERTERS,
    MARKDOWN,
    MARKDOWN_ENDINGS,
    slack,
    to_markdown,
)
from generator.importers.decoding import Refused, WriteUp, decode, digest_of
from generator.importers.making import Imported, make
from generator.importers.same_errors import KnownErrors
from generator.limits import EXPORT_BYTES, YAML_BYTES, Limit

_BEGIN = 10_000  # bytes of a file that show what it is

FORMATS: dict[str, WriteUpFormat] = {
    "known-issue": known_issue.FORMAT,
    "alert-runbook": alert_runbook.FORMAT,
    "front-matter": front_matter.FORMAT,
    "post-mortem": post_mortem.FORMAT,
}
"""All formats, by the name that `--from` takes; the first that fits is used."""


def most_of(name: str) -> Limit:
    """Return how large a file may be: exports hold more than their text."""
    return YAML_BYTES if PurePath(name).suffix.lower() in MARKDOWN_ENDINGS else EXPORT_BYTES


def is_chat(raw: bytes, form: str | None = None) -> bool:
    """Return whether a file in JSON is a chat export, and not the record of a run."""
    return form == "slack" or slack.is_chat(raw[:_BEGIN].decode("utf-8", "replace"))


def read(name: str, raw: bytes, form: str | None = None) -> WriteUp:
    """Read a file's bytes as a write-up in Markdown.

    Args:
        name: the file name, without folders.
        raw: its content.
        form: the name of its format, of `CONVERTERS` or `MARKDOWN`; None to find it out.

    Raises:
        Refused: it is empty, too large, binary, in an encoding that cannot be detected, or in a format
            that cannot be read.
    """
    return to_markdown(decode(name, raw, most_of(name)), form)


def import_write_up(
    write_up: WriteUp,
    form: str | None = None,
    known_errors: Callable[[], KnownErrors] = KnownErrors,
    titles: Container[str] = frozenset(),
) -> Imported:
    """Make a draft of a write-up.

    Args:
        write_up: the write-up.
        form: the name of its format; None to find it out.
        known_errors: returns the errors of all incidents; called when the draft has an error.
        titles: the titles of all incidents, casefolded; a title that is taken gets its day.

    Raises:
        Refused: it cannot be made into a draft.
    """
    return make(write_up, FORMATS if form is None else {form: FORMATS[form]}, known_errors, titles)


__all__ = [
    "CONVERTERS",
    "FORMATS",
    "MARKDOWN",
    "MARKDOWN_ENDINGS",
    "Imported",
    "KnownErrors",
    "Refused",
    "WriteUp",
    "WriteUpFormat",
    "digest_of",
    "import_write_up",
    "is_chat",
    "most_of",
    "read",
]
