"""Parts that several sections share: prose, statements, steps, changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from generator.commands.expectations import described, stands_below
from generator.model import (
    NOT_WRITTEN,
    Action,
    Change,
    Incident,
    Statement,
    Step,
    Supported,
    walk,
)
from generator.postmortems.document import (
    Heading,
    PrintedBlock,
    PrintedCode,
    PrintedList,
    PrintedParagraph,
    Span,
    Style,
    StyledText,
    code,
    lines,
    plain,
    prose,
    without_styles,
)
from generator.postmortems.support import SupportNotes
from generator.text.prose import blocks as prose_blocks


def beside(*texts: StyledText) -> StyledText:
    """Join texts with spaces; empty texts are removed."""
    joined: list[Span] = []
    for text in filter(None, texts):
        joined += [Span(Style.PLAIN, " "), *text] if joined else text
    return tuple(joined)


def words_of(value: str) -> str:
    """Return a text on one line, without styles."""
    return without_styles(plain(value))


def label(text: str) -> StyledText:
    """Return the label of a paragraph."""
    return (Span(Style.STRONG, f"{text}:"),)


def paragraphs(value: str, before: StyledText = (), after: StyledText = ()) -> list[PrintedBlock]:
    """Return prose as paragraphs and lists.

    Args:
        value: the prose.
        before: a label before it.
        after: a note after it.
    """
    shown: list[PrintedBlock] = []
    for block in prose_blocks(value):
        if block.listed:
            shown.append(
                PrintedList(tuple((PrintedParagraph(prose(item)),) for item in block.lines))
            )
        else:
            shown.append(PrintedParagraph(prose(block.lines[0])))
    if before:
        shown = _led(shown, before)
    if after:
        shown = _ended(shown, after)
    return shown


def labelled(section: str, incident: Incident) -> Iterator[PrintedBlock]:
    """Yield the texts that a section prints after the names of their fields, in order."""
    for route, text, role in walk.texts(incident):
        if role.section == section:
            name = next(key for key in reversed(route) if isinstance(key, str))
            yield from paragraphs(text, label(name.replace("_", " ").capitalize()))


def _led(shown: list[PrintedBlock], before: StyledText) -> list[PrintedBlock]:
    if shown and isinstance(shown[0], PrintedParagraph):
        return [PrintedParagraph(beside(before, shown[0].text)), *shown[1:]]
    return [PrintedParagraph(before), *shown]


def _ended(shown: list[PrintedBlock], after: StyledText) -> list[PrintedBlock]:
    if shown and isinstance(shown[-1], PrintedParagraph):
        return [*shown[:-1], PrintedParagraph(beside(shown[-1].text, after))]
    return [*shown, PrintedParagraph(after)]


def cell(value: str, after: StyledText = ()) -> StyledText:
    """Return prose for a table cell: its paragraphs and items become lines.

    Args:
        value: the prose.
        after: a note after it.
    """
    found: list[StyledText] = []
    for block in prose_blocks(value):
        bullet = "• " if block.listed else ""
        found += [(*plain_span(bullet), *prose(line)) for line in block.lines]
    if found and after:
        found[-1] = beside(found[-1], after)
    return lines(*found)


def plain_span(text: str) -> StyledText:
    """Return an unchanged text, including spaces at its ends."""
    return (Span(Style.PLAIN, text),) if text else ()


def statements(
    of: Iterable[Statement], support: SupportNotes, *, short: bool = False
) -> PrintedBlock:
    """Return statements as a list, each with its note.

    Args:
        of: the statements.
        support: their evidence.
        short: leave out a note that only says `reported`.
    """
    note = support.short_note if short else support.note
    return PrintedList(tuple(tuple(paragraphs(s.text, after=note(s))) for s in of))


def steps(of: Sequence[Step], support: SupportNotes) -> Iterator[PrintedBlock]:
    """Yield the steps as one numbered list; nothing if there are none."""
    written = [step for step in of if step.do != NOT_WRITTEN]
    if written:
        yield PrintedList(tuple(tuple(_step(step, support)) for step in written), numbered=True)


def _step(step: Step, support: SupportNotes) -> Iterator[PrintedBlock]:
    risk = (step.risk.label,) if step.risk else ()
    first, _, rest = step.do.strip().partition("\n\n")
    yield from paragraphs(first, after=support.short_note(step, *risk))
    yield from paragraphs(rest)
    yield from _action(step)


def _action(action: Action) -> Iterator[PrintedBlock]:
    if action.run:
        yield code(action.run, "bash")
    yield from _expected(action)
    if action.rollback:
        yield from paragraphs(action.rollback.do, label("Rollback"))
        if action.rollback.run:
            yield code(action.rollback.run, "bash")


def _expected(action: Action) -> Iterator[PrintedBlock]:
    """Yield what is expected as one paragraph, then the longer texts as blocks."""
    parts: list[StyledText] = []
    blocks: list[PrintedCode] = []
    for said, text in described(action.expect, action.poll):
        if not said:
            parts.append(prose(text or ""))
        elif text is None:
            parts.append(plain(said))
        elif stands_below(text):
            parts.append(plain(f"{said} the following text"))
            blocks.append(code(text))
        else:
            parts.append(beside(plain(said), plain(text, Style.CODE)))
    if parts:
        joined: list[Span] = []
        for part in parts:
            joined += [*plain_span("; "), *part] if joined else part
        yield PrintedParagraph((*beside(label("Expected"), tuple(joined)), *plain_span(".")))
    yield from blocks


def change(of: Change, support: SupportNotes) -> Iterator[PrintedBlock]:
    """Yield a change: the file, what was done, the code before and after."""
    place = f"{of.file}:{of.line}" if of.line else of.file
    yield Heading(plain(place, Style.CODE), depth=2)
    yield from paragraphs(of.description or "", after=support.short_note(of))
    for word, text in (("Before", of.before), ("After", of.after)):
        if text is not None:
            yield PrintedParagraph(label(word))
            yield code(text, of.language or "text")


def supported(value: str, statement: Supported, support: SupportNotes) -> list[PrintedBlock]:
    """Return the prose of a statement with its note, if the note says more than `reported`."""
    return paragraphs(value, after=support.short_note(statement))
