"""Updates as a status page shows them: what somebody wrote, and below it when.

    **Identified** - A network policy blocks the traffic.
    Mar 3, 2026 - 15:12 UTC

They become a list whose items begin with their times, as timelines have it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from generator.importers.document import List, ListItem, WriteUpBlock, WriteUpParagraph
from generator.importers.draft import Draft
from generator.importers.times import read_stated_time

_FEWEST = 2
_LONGEST_LINE = 120
# `Posted 2 months ago. Mar 03, 2026 - 16:40 UTC`
_POSTED = re.compile(
    r"[\s*_]{0,4}(?:posted|updated)\b(?:[^.\n]{0,40}?\bago\.|\s?(?:on|at)\b|:)?\s{0,3}",
    re.IGNORECASE,
)
_EDGES = " \t*_-\u2013\u2014"
# How status pages begin an update. Without it, a time in a paragraph of its own may also head what follows.
_STATE = re.compile(r"\W{0,4}(?:investigating|identified|monitoring|resolved|update|updated|in progress|completed|verifying|scheduled|post-?mortem)\b(?=[\s*_]{0,4}(?:[:\u2013\u2014-]|\Z|\n))", re.IGNORECASE)  # fmt: skip


def with_updates(draft: Draft, blocks: Sequence[WriteUpBlock]) -> list[WriteUpBlock]:
    """Return the blocks of a section, with updates that stand above their times as a list.

    Args:
        draft: the draft, which records words for which the time of the event stands.
        blocks: the blocks.

    Returns:
        The blocks; the same ones if there are not two such updates in a row.
    """
    found: list[WriteUpBlock] = []
    run: list[tuple[list[WriteUpParagraph], WriteUpParagraph]] = []
    rest = list(blocks)
    while rest:
        taken = _update(rest)
        if taken:
            own, entry = taken
            run.append((own, entry))
            del rest[: len(own)]
            continue
        found += _listed(draft, run)
        run = []
        found.append(rest.pop(0))
    return [*found, *_listed(draft, run)]


def _listed(
    draft: Draft, run: Sequence[tuple[list[WriteUpParagraph], WriteUpParagraph]]
) -> list[WriteUpBlock]:
    if len(run) < _FEWEST:
        return [block for own, _ in run for block in own]
    raws: list[str] = []
    for own, _ in run:
        raw = "\n\n".join(block.raw for block in own)
        if posted := _POSTED.match(_last_line(own[-1])):
            draft.said_by_field_name(posted[0])
            before, _, behind = raw.rpartition(posted[0])
            raw = before + behind
        raws.append(raw)
    items = (ListItem(raw, (entry,)) for raw, (_, entry) in zip(raws, run, strict=True))
    return [List("\n\n".join(raws), tuple(items), ordered=False)]


def _update(blocks: Sequence[WriteUpBlock]) -> tuple[list[WriteUpParagraph], WriteUpParagraph] | None:  # fmt: skip
    """Return the paragraphs of an update at the beginning of some blocks, and what they are as an entry."""
    own: list[WriteUpParagraph] = []
    for block in blocks[:2]:
        if not isinstance(block, WriteUpParagraph) or block.is_image:
            return None
        own.append(block)
        last = _last_line(block)
        when = _time_in(last) if block.text.rstrip(_EDGES).endswith(last) else ""
        told = [part.text for part in own]
        told[-1] = block.text.rstrip(_EDGES).removesuffix(last)
        what = " ".join(" ".join(told).split())
        if (state := _STATE.match(own[0].raw)) and own[0].raw[state.end() :].startswith("\n"):
            what = what.replace(state[0].strip(), f"{state[0].strip()}:", 1)
        if not when:
            continue
        # A time that begins an entry is no time of the text above it.
        if not any(map(str.isalnum, what)) or read_stated_time(what):
            return None
        if len(own) > 1 and not state:
            return None
        raw = "\n\n".join(part.raw for part in own)
        return own, WriteUpParagraph(raw, f"{when} - {what}")
    return None


def _last_line(block: WriteUpParagraph) -> str:
    """Return the last line of a paragraph; its text has them on one."""
    return " ".join(block.raw.strip().rpartition("\n")[2].split()).strip(_EDGES)


def _time_in(line: str) -> str:
    """Return the time of a line that is nothing but the day and the time of an update; empty if it is more."""
    if len(line) > _LONGEST_LINE:
        return ""
    posted = _POSTED.match(line)
    text = line[posted.end() if posted else 0 :].strip(_EDGES)
    stamp = read_stated_time(text)
    whole = stamp is not None and stamp.day is not None and stamp.clock_end >= stamp.end
    return text if whole and stamp and not any(map(str.isalnum, text[stamp.end :])) else ""
