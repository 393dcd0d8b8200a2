"""A checklist as the body of an issue or a pull request on a forge."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from generator.checklists import wording
from generator.checklists.comment_text import HTML, LINK, Frame, check_mark, marked
from generator.checklists.formats.markdown import details, heading, task
from generator.checklists.items import Checklist, ChosenCheck, ParameterValue
from generator.commands.masking import Masker, visible

MOST = 64_000
"""GitHub refuses a comment of more than 65,536 characters; the marks that are added when it is posted need some."""
_MOST_TEXT = MOST - 100
_MOST_BITBUCKET = 31_000  # of 32,768
_CUT = "\n\n**This list is cut:** it is too long for a comment. See the artifact of the run.\n"

# A comment between @ or # and the name: nobody is notified, and no issue is mentioned.
_MENTION = re.compile(r"(&#(?:64|35);)")


def as_github(checklist: Checklist) -> str:
    """Return a checklist as task lists, with the details of each check folded.

    It contains marks, by which `runbooks checklist comment` reads it: see `comment_text.py`.
    A checklist that is too long for a comment loses its details, then its last checks, and says so.
    Many people read a comment: a given value that is a secret is left out, and asked for instead.
    """
    return _fitting(checklist, _on_github, _MOST_TEXT, HTML)


def as_bitbucket(checklist: Checklist) -> str:
    """Return the same for Bitbucket, which has no boxes, folds nothing, and shows comments of HTML."""
    return _fitting(checklist, _on_bitbucket, _MOST_BITBUCKET, LINK)


def _fitting(
    checklist: Checklist, write: Callable[[Checklist, bool], str], most: int, frame: Frame
) -> str:
    public = replace(checklist, items=tuple(map(_without_secrets, checklist.items)))
    for detailed in (True, False):
        text = write(public, detailed)
        if len(text) <= most:
            return marked(public, text, frame)
    cut = text[: most - len(_CUT)]
    return marked(public, cut[: cut.rindex("\n- ")] + _CUT, frame)


def _without_secrets(item: ChosenCheck) -> ChosenCheck:
    values = (replace(v, value=None, given=False) if _is_secret(v) else v for v in item.values)
    return replace(item, values=tuple(values))


def _is_secret(value: ParameterValue) -> bool:
    """Whether a given value contains a secret, which a record would mask."""
    given = value.value or ""
    return value.given and Masker({value.name: given}).values[value.name] != visible(given)


def _on_github(checklist: Checklist, detailed: bool) -> str:
    lines = [f"## {wording.TITLE}", "", *heading(checklist)]
    for phase, items in checklist.by_phase.items():
        lines += ["", f"### {wording.PHASE_TITLES[phase]}", ""]
        for item in items:
            lines += [line + check_mark(item) for line in task(item)]
            if detailed:
                lines += _folded(item, checklist.site_url)
    return _MENTION.sub(r"\1<!-- -->", "\n".join(lines)) + "\n"


def _folded(item: ChosenCheck, site_url: str | None) -> Iterator[str]:
    yield "  <details><summary>Why, and how</summary>"
    yield ""
    yield from details(item, site_url)
    yield ""
    yield "  </details>"


def _on_bitbucket(checklist: Checklist, detailed: bool) -> str:
    lines = [f"## {wording.TITLE}", "", *heading(checklist)]
    for phase, items in checklist.by_phase.items():
        lines += ["", f"### {wording.PHASE_TITLES[phase]}", ""]
        for item in items:
            lines += [line.replace("- [ ] ", "- ", 1) for line in task(item)]
            lines += ["", *details(item, checklist.site_url), ""] if detailed else []
    return "\n".join(lines) + "\n"
