"""Views of the statements of an incident: claims, signatures, changes, notes."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from generator.model import Change, Incident, RuledOut, Signature, Statement
from generator.site.evidence import BadgeLinks, evidence_badge, source_links
from generator.text.markdown import (
    LIST_INDENT,
    Markdown,
    code,
    fence,
    html_inline,
    in_html,
    inline,
    prose,
)


@dataclass(frozen=True, slots=True)
class StatementView:
    """A statement with its badge."""

    text: Markdown
    badge: Markdown


def statement_views(statements: Iterable[Statement], support: BadgeLinks) -> list[StatementView]:
    """Return the views of statements in a list."""
    return [StatementView(inline(s.text), evidence_badge(s, support)) for s in statements]


@dataclass(frozen=True, slots=True)
class RuledOutView:
    """A claim that was ruled out, with the reason."""

    anchor: str
    claim: Markdown
    why: Markdown
    badge: Markdown


def ruled_out_views(claims: Iterable[RuledOut], support: BadgeLinks) -> list[RuledOutView]:
    """Return the views of the claims that were ruled out."""
    return [
        RuledOutView(
            f"ruled-out-{n}",
            inline(claim.claim, links=False),
            prose(claim.why, LIST_INDENT),
            evidence_badge(claim, support, "proved false"),
        )
        for n, claim in enumerate(claims, 1)
    ]


@dataclass(frozen=True, slots=True)
class SignatureView:
    """An error text."""

    note: Markdown
    text: Markdown


def signature_views(signatures: Iterable[Signature]) -> list[SignatureView]:
    """Return the errors to compare with, as HTML: a sample if there is one, else the template."""
    return [
        SignatureView(
            html_inline(s.note) if s.note else Markdown(),
            in_html(s.example.strip("\n")),
        )
        for s in signatures
    ]


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A change to a file, as a diff."""

    title: Markdown
    badge: Markdown
    description: Markdown
    code: Markdown


def change_views(changes: Iterable[Change], support: BadgeLinks) -> list[ChangeView]:
    """Return the views of the changes, each as a diff of before and after."""
    return [
        ChangeView(
            title=code(f"{change.file}:{change.line}" if change.line else change.file),
            badge=evidence_badge(change, support),
            description=prose(change.description) if change.description else Markdown(),
            code=_diff(change),
        )
        for change in changes
    ]


def _diff(change: Change) -> Markdown:
    if change.before is None and change.after is None:
        return Markdown()
    if change.before is None or change.after is None:
        sign = "+" if change.before is None else "-"
        text = change.after if change.before is None else change.before
        lines = [f"{sign}{line}" for line in (text or "").splitlines()]
    else:
        both = difflib.unified_diff(
            change.before.splitlines(), change.after.splitlines(), lineterm="", n=1000
        )
        lines = list(both)[3:]  # without the file names and the hunk header
    return fence("\n".join(lines), "diff")


@dataclass(frozen=True, slots=True)
class NoteView:
    """A passage of the write-up that fits in no field, word for word."""

    heading: Markdown
    text: Markdown
    sources: Markdown


def note_views(incident: Incident, support: BadgeLinks) -> list[NoteView]:
    """Return the notes, word for word.

    Args:
        incident: the incident.
        support: the page's sources.
    """
    return [
        NoteView(
            inline(note.heading or "", links=False),
            word_for_word(note.text),
            Markdown(" ".join(source_links(note.source, support))),
        )
        for note in incident.notes
    ]


def word_for_word(text: str) -> Markdown:
    """Return a block that shows a text unchanged, with long lines wrapped to fit a phone."""
    ticks, _, rest = fence(text.strip("\n")).partition("text\n")
    return Markdown(f"{ticks} {{ .text .kb-word-for-word }}\n{rest}")
