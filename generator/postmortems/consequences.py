"""The last sections of a post-mortem: lessons, action items, deploy checks, sources, notes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from generator.model import LESSON_TITLES
from generator.postmortems import parts
from generator.postmortems.document import (
    Heading,
    PrintedBlock,
    PrintedList,
    PrintedParagraph,
    PrintedTable,
    Span,
    Style,
    StyledText,
    code,
    plain,
    prose,
)
from generator.postmortems.support import SupportNotes


def lessons(support: SupportNotes) -> Iterator[PrintedBlock]:
    """Yield what went well, what went wrong, where we got lucky, and what else was learned."""
    for name, title in LESSON_TITLES.items():
        if of := getattr(support.incident.lessons, name, ()):
            yield Heading(plain(title))
            yield parts.statements(of, support, short=True)


def action_items(support: SupportNotes, today: date) -> Iterator[PrintedBlock]:
    """Yield the action items as a table."""
    items = support.incident.action_items
    if not items:
        return
    rows = tuple(
        (
            parts.cell(item.do, support.short_note(item)),
            prose(item.owner or ""),
            plain(f"{item.due:%Y-%m-%d}" if item.due else ""),
            plain(item.priority.value if item.priority else ""),
            plain(f"{item.state.value}{', overdue' if item.days_over(today) else ''}"),
            prose(item.ticket or ""),
        )
        for item in items
    )
    yield PrintedTable(
        ("Action", "Owner", "Due", "Priority", "State", "Ticket"),
        rows,
        (32, 16, 15, 11, 13, 13),
    )


def deploy_checks(support: SupportNotes) -> Iterator[PrintedBlock]:
    """Yield the deploy checks as a table."""
    checks = support.incident.checks
    if checks:
        rows = tuple(
            (
                parts.cell(check.check, support.short_note(check)),
                plain(check.phase.value),
                plain(check.level.value),
            )
            for check in checks
        )
        yield PrintedTable(("Check", "When", "Level"), rows, (68, 16, 16))


def sources(support: SupportNotes) -> Iterator[PrintedBlock]:
    """Yield the sources, with the numbers used in the notes after statements."""
    items: list[tuple[PrintedBlock, ...]] = []
    for source in support.incident.sources:
        facts = [source.kind.value]
        if source.date:
            facts.append(f"{source.date:%Y-%m-%d}")
        facts += source.versions
        where = _location(source.location or "")
        head = parts.beside(
            plain(source.title, Style.STRONG), plain(f"({', '.join(facts)})"), where
        )
        items.append((PrintedParagraph(head), *([code(source.says)] if source.says else [])))
    if items:
        yield PrintedList(tuple(items), numbered=True)


def _location(location: str) -> StyledText:
    """Return the location of a source; a location that is not a URL is a path."""
    spans = prose(location)
    whole = len(spans) == 1 and spans[0].style is Style.ADDRESS
    return spans if whole else plain(location, Style.CODE)


def notes(support: SupportNotes) -> Iterator[PrintedBlock]:
    """Yield the passages of a write-up that fit in no field, word for word."""
    for note in support.incident.notes:
        numbers = support.numbers(note.source)
        origin = (Span(Style.NOTE, f"(source {', '.join(numbers)})"),) if numbers else ()
        if note.heading or origin:
            yield Heading(parts.beside(plain(note.heading or "Without a heading"), origin))
        yield code(note.text)
