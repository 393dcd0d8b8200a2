"""A checklist as a task list in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from generator.checklists import wording
from generator.checklists.items import Checklist, ChosenCheck, Reason
from generator.checklists.wording import SentencePart
from generator.commands.expectations import ExpectationPart as Expected
from generator.commands.expectations import described
from generator.text.markdown import Markdown, fence, inline, plain
from generator.text.prose import one_line
from generator.text.urls import incident_address, on_site

_INDENT = "  "


def as_markdown(checklist: Checklist) -> str:
    """Return a checklist as Markdown; each check is a task with its reasons and its command."""
    lines = [f"# {wording.TITLE}", "", *heading(checklist)]
    for phase, items in checklist.by_phase.items():
        lines += ["", f"## {wording.PHASE_TITLES[phase]}"]
        for item in items:
            lines += ["", *task(item), "", *details(item, checklist.site_url)]
    return "\n".join(lines) + "\n"


def heading(checklist: Checklist) -> Iterator[str]:
    """Yield the heading of the checks: the release, and how many checks it needs."""
    yield f"{plain(checklist.about)}. {wording.summary(checklist)}"
    if checklist.unreadable:
        names = ", ".join(span(name) for name in checklist.unreadable)
        yield ""
        yield f"**Not all checks are known:** these incidents have errors: {names}."
    if checklist.missing_sources:
        names = ", ".join(span(name) for name in checklist.missing_sources)
        yield ""
        yield f"**Not all checks are known:** these sources are not here: {names}."
    altering = wording.altering(checklist)
    if altering:
        yield ""
        yield f"**{altering}**"


def task(item: ChosenCheck) -> Iterator[str]:
    """Yield the check as one line of a task list."""
    yield f"- [ ] **{inline(item.check, links=False)}** ({wording.marks(item)})"


def details(item: ChosenCheck, site_url: str | None) -> Iterator[str]:
    """Yield the details of a check, as paragraphs inside its list item."""
    yield f"{_INDENT}{span(item.id)}"
    for reason in item.reasons:
        yield ""
        yield f"{_INDENT}Why: {why(item, reason, site_url)}"
    if item.run:
        yield ""
        yield _INDENT + fence(item.command, "sh", _INDENT)
    for title, text in parts(item):
        yield ""
        yield f"{_INDENT}{title}: {text}"
    if item.undo:  # after the last of its parts, which says what it does
        yield ""
        yield _INDENT + fence(item.undo, "sh", _INDENT)


def parts(item: ChosenCheck) -> Iterator[tuple[str, Markdown]]:
    """Yield the other parts of a check, each with its title."""
    if item.waiver:
        yield "Waived by", inline(wording.waiver(item))
    missing = item.asked
    if missing:
        asked = "; ".join(f"{span(v.name)}: {inline(v.description)}" for v in missing)
        yield "Set first", Markdown(asked)
    expected = expectation(item)
    if expected:
        yield "Expect", expected
    if item.needs:
        yield "Needs", Markdown("; ".join(inline(need) for need in item.needs))
    if item.rollback:
        yield "Rollback", inline(item.rollback.do)


def expectation(item: ChosenCheck) -> Markdown:
    """Return what is expected, in one line."""
    return Markdown("; ".join(_expected(part) for part in described(item.expect, item.poll)))


def _expected(part: Expected) -> str:
    if part.text is None:
        return part.words
    return f"{part.words} {span(part.text)}" if part.words else inline(part.text)


def why(item: ChosenCheck, reason: Reason, site_url: str | None) -> Markdown:
    """Return a reason: the incident, its facts, and what in the release matched.

    Args:
        item: the check.
        reason: one of its reasons.
        site_url: the URL of the site; None for no link.
    """
    matched = sentence(wording.why(reason))
    if not reason.incident:
        return Markdown(f"{matched}.")
    title = inline(reason.title, links=False)
    if site_url:
        title = Markdown(f"[{title}]({on_site(site_url, incident_address(reason.incident))})")
    about = sentence(wording.about(item, reason))
    return Markdown(f"{title}{about and f' ({about})'}: {matched}.")


def sentence(words: Iterable[SentencePart]) -> Markdown:
    """Return the parts of a sentence as Markdown."""
    return Markdown("".join(span(p.text) if p.name else p.text for p in words))


def span(value: str) -> Markdown:
    """Return a CommonMark code span, in which backslashes are literal and backticks need a longer fence."""
    text = one_line(value) or " "
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    ticks, gap = "`" * (longest + 1), " " if longest else ""
    return Markdown(f"{ticks}{gap}{text}{gap}{ticks}")
