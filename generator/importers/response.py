"""Commands and queries that a write-up shows outside its steps: in its timeline, its cause, its lessons.

Such a block is a step only if the words above it say what it was for. A command may as well be what
broke everything, or advice for readers: when in doubt, it stays where it is.
"""

from __future__ import annotations

import re

from generator.importers.acts import ACTS, LOOKS, MENDS
from generator.importers.document import WriteUpCode
from generator.importers.draft import Draft, Values
from generator.importers.headings import Topic
from generator.importers.milestones import is_page
from generator.importers.shell import is_shell, risk_of
from generator.importers.steps import as_queries, is_query, with_command
from generator.importers.timeline_entries import told_behind
from generator.importers.times import read_stated_time
from generator.importers.told_times import sentences
from generator.model import Moment, Risk
from generator.rules.steps import destructive_text

# Advice for readers, and what went wrong.
_NOT_OURS = re.compile(
    r"\b(?:customers?|users?|you|your|anyone|everyone|readers|clients?)\b", re.IGNORECASE
)
_WENT_WRONG = re.compile(
    r"\b(?:wors\w+|accident\w*|mistake\w*|wrong\w*|unfortunately|in error|without (?:effect|success)|no effect|did not (?:help|work)|didn['\u2019]t (?:help|work)"
    r"|caus(?:e[sd]?|ing)|trigger\w*|broke|led to|should have|could have|would have|in vain)\b",
    re.IGNORECASE,
)
_LONGEST_LEAD = 400
_BEGAN = frozenset((Moment.STARTED.value, Moment.DETECTED.value))
# Where the words above a command must say that it mended something.
_OF_THE_CAUSE = frozenset((Topic.ROOT_CAUSE, Topic.TRIGGER, Topic.FACTORS, Topic.SUMMARY, Topic.IMPACT, Topic.LESSONS, Topic.WENT_WELL, Topic.DETECTION))  # fmt: skip


def place_command(draft: Draft, code: WriteUpCode, lead: str, topic: Topic) -> bool:
    """Make a step of commands, or of a query, if the words above them say what they were for.

    Args:
        draft: the draft; the words above stay where they are, too.
        code: the block.
        lead: the text above it.
        topic: what the section is about.

    Returns:
        Whether it is a step now.
    """
    shell, query = is_shell(code), is_query(code)
    if not (shell or query):
        return False
    *_, (_, told) = sentences(lead.strip()[-_LONGEST_LEAD:])
    if stamp := read_stated_time(told):
        told = told_behind(told, stamp.end)
    field = _field(draft, code, told, topic)
    if field is None or not told:
        return False
    step: Values = {"do": told}
    if shell:
        with_command(step, code)
    else:
        step["do"] = f"{told}\n\n{as_queries(code)}"
    draft.fields.setdefault(field, []).append(step)
    draft.count(field, code.text)
    return True


def _field(draft: Draft, code: WriteUpCode, told: str, topic: Topic) -> str | None:
    if _NOT_OURS.search(told) or _WENT_WRONG.search(told):
        return None
    mends = MENDS.search(told) is not None
    if topic is Topic.TIMELINE:
        mends = mends or (ACTS.search(told) is not None and _has_begun(draft))
    elif topic not in _OF_THE_CAUSE:
        return None
    if mends:
        return "mitigation"
    reads = risk_of(code.text) == Risk.READ_ONLY.value or not destructive_text(code.text)
    return "diagnosis" if LOOKS.search(told) and reads and not ACTS.search(told) else None


def _has_begun(draft: Draft) -> bool:
    """Whether an event before says that the incident began, or was seen."""
    events = draft.fields.get("timeline", ())
    return any(event.get("marks") in _BEGAN or is_page(event["what"]) for event in events)
