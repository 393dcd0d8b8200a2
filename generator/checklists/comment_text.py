"""A checklist as a comment on a pull request: the marks in it, by which a later run reads it.

People tick the boxes of a comment, and the forge writes that into its text. So the text says of each
box to which check it belongs and what that check was: a tick stays as long as the check is the same.
The marks are comments of HTML, which forges do not show; on Bitbucket, which shows them, the first two
are definitions of links, and there are no boxes.

    <!-- incident-runbooks checklist commit=0123abc key=deploy/checks -->
    <!-- checks=1 unknown=0 hidden=0 -->
    - [x] **Tables exist** (blocking, read-only) <!-- check some-incident/tables 0123456789ab gate -->
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote

from generator.checklists.items import Checklist, ChosenCheck
from generator.model import Phase

Frame = tuple[str, str]
"""What stands around a mark, so that nobody sees it."""

HTML: Frame = ("<!-- ", " -->")
LINK: Frame = ("[//]: # (", ")")

_NAME = "incident-runbooks checklist"
_BEFORE_CHECK = " <!-- check "
_BOX = re.compile(r"- \[([ xX])\] ")
_CHECK = re.compile(r"([a-z0-9-]+/[a-z0-9-]+) ([0-9a-f]{12})( gate)? -->")
_COUNTS = re.compile(r"checks=([0-9]{1,9}) unknown=([0-9]{1,9}) hidden=([0-9]{1,9})")
_COMMIT = re.compile(r"[0-9a-f]{7,64}")


@dataclass(frozen=True, slots=True)
class CommentBox:
    """A check in a comment, with its box.

    Attributes:
        check: the id of the check.
        digest: what the check was, see `digest_of`.
        gate: whether the release waits for it.
        ticked: whether somebody has ticked the box.
    """

    check: str
    digest: str
    gate: bool
    ticked: bool


@dataclass(frozen=True)
class ChecklistComment:
    """A comment that contains a checklist.

    Attributes:
        lines: its text, without the first line.
        boxes: its checks with boxes, by the number of their line.
        frame: what stands around its marks.
        checks: the number of checks that apply.
        unknown: how many incidents have errors, and sources are missing, so that their checks are not known.
        hidden: for how many checks that are not shown the release waits.
        commit: the commit for which it was made; empty before it is posted.
        key: distinguishes comments of several jobs; None if it has none.
    """

    lines: Sequence[str]
    boxes: Mapping[int, CommentBox]
    frame: Frame = HTML
    checks: int = 0
    unknown: int = 0
    hidden: int = 0
    commit: str = ""
    key: str | None = None

    @property
    def says_nothing(self) -> bool:
        """Whether no check applies."""
        return not self.checks and not self.unknown

    @property
    def gates(self) -> int:
        """The number of checks for which the release waits."""
        return sum(box.gate for box in self.boxes.values()) + self.hidden

    @property
    def open(self) -> int:
        """The number of these that are not ticked."""
        return sum(box.gate and not box.ticked for box in self.boxes.values()) + self.hidden

    def text(self) -> str:
        """Return the text as it is posted."""
        commit = f" commit={self.commit}" if self.commit else ""
        key = "" if self.key is None else f" key={_quoted(self.key)}"
        return "\n".join([_framed(self.frame, f"{_NAME}{commit}{key}"), *self.lines])

    def with_ticks_of(self, earlier: ChecklistComment) -> ChecklistComment:
        """Return the comment with the ticks of an earlier one, at checks that are still the same."""
        ticked = {(box.check, box.digest) for box in earlier.boxes.values() if box.ticked}
        lines, boxes = list(self.lines), dict(self.boxes)
        for number, box in self.boxes.items():
            if not box.ticked and (box.check, box.digest) in ticked:
                lines[number] = _BOX.sub("- [x] ", lines[number], count=1)
                boxes[number] = replace(box, ticked=True)
        return replace(self, lines=lines, boxes=boxes)


def read_comment(text: str) -> ChecklistComment | None:
    """Read a comment; None if it contains no checklist of ours.

    Args:
        text: the text, as a forge returns it, perhaps edited by somebody.
    """
    first, *lines = [line.rstrip("\r") for line in text.split("\n")]
    frame = next((one for one in (HTML, LINK) if _unframed(one, first).startswith(_NAME)), None)
    if frame is None:
        return None
    named = dict(part.partition("=")[::2] for part in _unframed(frame, first).split())
    found = _COUNTS.fullmatch(_unframed(frame, lines[0])) if lines else None
    checks, unknown, hidden = map(int, found.groups()) if found else (0, 0, 0)
    commit = named.get("commit", "")
    return ChecklistComment(
        lines,
        dict(_boxes(lines)),
        frame,
        checks,
        unknown,
        hidden,
        commit if _COMMIT.fullmatch(commit) else "",
        unquote(named["key"]) if "key" in named else None,
    )


def _framed(frame: Frame, mark: str) -> str:
    return f"{frame[0]}{mark}{frame[1]}"


def _unframed(frame: Frame, line: str) -> str:
    begin, end = frame
    return line[len(begin) : -len(end)] if line.startswith(begin) and line.endswith(end) else ""


def _boxes(lines: Sequence[str]) -> Iterator[tuple[int, CommentBox]]:
    for number, line in enumerate(lines):
        box = _BOX.match(line)
        if box:
            about = _CHECK.fullmatch(line.rpartition(_BEFORE_CHECK)[2])
            if about:
                ticked = box[1] != " "
                yield number, CommentBox(about[1], about[2], bool(about[3]), ticked)


def check_mark(item: ChosenCheck) -> str:
    """Return the mark at the end of a check's line."""
    gate = " gate" if waited_for(item) else ""
    return f"{_BEFORE_CHECK}{item.id} {digest_of(item)}{gate} -->"


def marked(checklist: Checklist, text: str, frame: Frame = HTML) -> str:
    """Return a comment with the marks of its first lines: whose it is, and what it does not show.

    Args:
        checklist: the checks.
        text: the comment, with those of them that it shows.
        frame: what stands around the marks.
    """
    gates = sum(map(waited_for, checklist.items))
    shown = sum(box.gate for _, box in _boxes(text.split("\n")))
    unknown = len(checklist.unreadable) + len(checklist.missing_sources)
    counts = f"checks={len(checklist.items)} unknown={unknown} hidden={gates - shown}"
    return "\n".join([_framed(frame, _NAME), _framed(frame, counts), text])


def waited_for(item: ChosenCheck) -> bool:
    """Whether a release waits for a check: a blocking one before the deploy that nobody has waived."""
    return item.blocking and item.phase is Phase.BEFORE and not item.waived


def digest_of(item: ChosenCheck) -> str:
    """Return a digest of what a check asks for. It does not depend on what in the release matched."""
    about = (
        item.id,
        item.phase.value,
        item.level.value,
        item.check,
        item.command,
        item.expect.model_dump(mode="json", exclude_defaults=True),
        item.rollback.model_dump(mode="json", exclude_defaults=True) if item.rollback else None,
        item.approval,
        sorted(reason.id for reason in item.reasons),
    )
    text = json.dumps(about, ensure_ascii=True, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _quoted(key: str) -> str:
    # Two hyphens would end a comment of HTML in some parsers.
    return quote(key, safe="/").replace("--", "%2D%2D").replace("->", "%2D%3E")
