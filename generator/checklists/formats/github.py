"""A checklist as the body of an issue or a pull request on GitHub or GitLab."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from generator.checklists import wording
from generator.checklists.formats.markdown import details, heading, task
from generator.checklists.items import Checklist, ChosenCheck, ParameterValue
from generator.commands.masking import Masker, visible

MARKER = "<!-- incident-runbooks checklist -->"
"""The first line; it identifies the comment of an earlier run on a pull request."""

MOST = 65_000
"""GitHub refuses a comment of more than 65,536 characters."""

# A comment between @ or # and the name: nobody is notified, and no issue is mentioned.
_MENTION = re.compile(r"(&#(?:64|35);)")


def as_github(checklist: Checklist) -> str:
    """Return a checklist as task lists, with the details of each check folded.

    A checklist that is too long for a comment loses its details, then its last checks, and says so.
    Many people read a comment: a given value that is a secret is left out, and asked for instead.
    """
    public = replace(checklist, items=tuple(map(_without_secrets, checklist.items)))
    for folded in (True, False):
        text = _whole(public, folded=folded)
        if len(text) <= MOST:
            return text
    note = "\n\n**This list is cut:** it is too long for a comment. See the artifact of the run.\n"
    cut = text[: MOST - len(note)]
    return cut[: cut.rindex("\n- [ ]")] + note


def _without_secrets(item: ChosenCheck) -> ChosenCheck:
    values = (replace(v, value=None, given=False) if _is_secret(v) else v for v in item.values)
    return replace(item, values=tuple(values))


def _is_secret(value: ParameterValue) -> bool:
    """Whether a given value contains a secret, which a record would mask."""
    given = value.value or ""
    return value.given and Masker({value.name: given}).values[value.name] != visible(given)


def _whole(checklist: Checklist, *, folded: bool) -> str:
    lines = [MARKER, f"## {wording.TITLE}", "", *heading(checklist)]
    for phase, items in checklist.by_phase.items():
        lines += ["", f"### {wording.PHASE_TITLES[phase]}", ""]
        for item in items:
            lines += task(item)
            if folded:
                lines += _folded(item, checklist.site_url)
    return _MENTION.sub(r"\1<!-- -->", "\n".join(lines)) + "\n"


def _folded(item: ChosenCheck, site_url: str | None) -> Iterator[str]:
    yield "  <details><summary>Why, and how</summary>"
    yield ""
    yield from details(item, site_url)
    yield ""
    yield "  </details>"
