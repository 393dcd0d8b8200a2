"""The sentences of a checklist; `assets/checklist-formats.js` has the same for the browser.

A sentence is a list of parts, so that each format marks up names and escapes texts in its own way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from generator.checklists.items import Checklist, ChosenCheck, Reason, ReleaseMatch, Stage
from generator.model import Phase
from generator.text.labels import HEADINGS, plural

TITLE = "Deploy checklist"

PHASE_TITLES: Mapping[Phase | Stage, str] = {
    Phase.BEFORE: "Before the deploy",
    Phase.DURING: "During the deploy",
    Phase.AFTER: "After the deploy",
    Phase.ROLLBACK: "When rolling back",
    Stage.DIAGNOSIS: HEADINGS["diagnosis"],
    Stage.MITIGATION: HEADINGS["mitigation"],
    Stage.FIX: HEADINGS["fix"],
    Stage.VERIFICATION: HEADINGS["verification"],
}

_UNTIL = "it counts as before until that is merged"
RULE_CHANGES: Mapping[str, str] = {
    "removed": f"this change removes the check; {_UNTIL}",
    "narrowed": f"this change narrows to what the check applies; {_UNTIL}",
    "broken": f"in this change, the file of the check has errors; {_UNTIL}",
    "level": f"this change makes the check advisory; {_UNTIL}",
    "phase": f"this change moves the check to a later phase; {_UNTIL}",
    "approval": f"this change no longer asks for a second person; {_UNTIL}",
    "run": "this change edits the command of the check",
    "expect": "this change edits what the check expects",
    "severity": "this change lowers the severity of the incident",
    "waiver": "this change waives the check; the waiver counts when that is merged",
}
"""What a release does to a check of its own target, see `target_rules.py`."""

NOTHING = "No check applies to this release."


class SentencePart(NamedTuple):
    """A part of a sentence.

    Attributes:
        text: the text. Text from elsewhere is always a name.
        name: whether it is a name, a path or a glob, which formats mark up.
    """

    text: str
    name: bool = False


def joined(parts: Iterable[SentencePart], mark: str = "") -> str:
    """Return the parts as plain text, with a mark around names."""
    return "".join(f"{mark}{part.text}{mark}" if part.name else part.text for part in parts)


def summary(checklist: Checklist) -> str:
    """Return the number of checks, as a sentence."""
    items = checklist.items
    if not items:
        return NOTHING
    blocking = sum(item.blocking for item in items)
    counts = [
        f"{number:,} {word}"
        for number, word in ((blocking, "blocking"), (len(items) - blocking, "advisory"))
        if number
    ]
    return f"{plural(len(items), 'check')}: {', '.join(counts)}."


def marks(item: ChosenCheck) -> str:
    """Return the marks after a check's text: its level, the risk of its command, who must agree."""
    kind = "by hand" if item.manual else item.risk.value if item.risk else ""
    second = "needs a second person" if item.approval else ""
    waived = "waived" if item.waived else ""
    altered = "altered here" if _altered(item) else ""
    return ", ".join(part for part in (item.level.value, kind, second, waived, altered) if part)


def _altered(item: ChosenCheck) -> bool:
    return any(match.kind == "rules" for reason in item.reasons for match in reason.matched)


def altering(checklist: Checklist) -> str:
    """Return how many of its own checks a release alters, as a sentence; empty if none."""
    number = sum(map(_altered, checklist.items))
    if not number:
        return ""
    them = "It is" if number == 1 else "They are"
    return f"This change alters {plural(number, 'check')} of its own. {them} marked: altered here."


def waiver(item: ChosenCheck) -> str:
    """Return the decision that a check need not hold, as a sentence; empty if there is none.

    The reason and the role are text from elsewhere.
    """
    if item.waiver is None:
        return ""
    until = f" until {item.waiver.until}" if item.waiver.until else " for this run"
    ended = "; this has ended, so the check counts" if item.waiver.ended else ""
    return f"{item.waiver.who}{until}: {item.waiver.reason}{ended}"


def origin(reason: Reason) -> str:
    """Return the facts of an incident: severity, date, whether it is a draft, and whose it is if not ours."""
    draft = "draft" if reason.status == "draft" else ""
    severity = reason.severity if reason.severity != "unknown" else ""
    whose = f"from {reason.source}" if reason.source else ""
    day = f"documented {reason.date}" if reason.documented else reason.date
    return ", ".join(part for part in (severity, day, draft, whose) if part)


def about(item: ChosenCheck, reason: Reason) -> list[SentencePart]:
    """Return the text after an incident's title: its facts; if there are several reasons, the check."""
    parts = [SentencePart(reason.id, name=True)] if len(item.reasons) > 1 else []
    was = origin(reason)
    if was:
        parts += [SentencePart(", "), SentencePart(was)] if parts else [SentencePart(was)]
    return parts


def why(reason: Reason) -> list[SentencePart]:
    """Return what in the release matched, as the parts of a sentence without a period."""
    parts: list[SentencePart] = []
    for match in reason.matched:
        parts += [SentencePart("; ")] if parts else []
        parts += _matched(match)
    return parts


_NEW = "!"
_SIGNS = {
    "+": ", added: ",
    "-": ", removed: ",
    "~": ", updated: ",
    "=": ", kind of change ",
    _NEW: ", a new file",
}


def _conditions(match: ReleaseMatch) -> Iterator[SentencePart]:
    for line in match.lines:
        yield SentencePart(_SIGNS[line[0]])
        if line != _NEW:
            yield SentencePart(line[1:] or " ", True)
    what, *of = match.repository or ("",)
    for said, text in zip(_REPOSITORY[what], of, strict=False):
        yield SentencePart(said)
        yield SentencePart(text or " ", True)
    if match.lines_unknown:
        yield SentencePart(" (which lines changed is not known)")
    if match.repository_unknown:
        yield SentencePart(" (which repository this is, is not known)")


_REPOSITORY: Mapping[str, tuple[str, ...]] = {
    "": (),
    "name": (", in the repository ",),
    "file": (", in a repository with ", " that contains "),
}


def _matched(match: ReleaseMatch) -> Sequence[SentencePart]:
    more = f" and {plural(match.more, 'more file')}" if match.more else ""
    match match.kind:
        case "path":
            told = SentencePart(f"{more} match " if more else " matches ")
            return (
                SentencePart(match.value, True),
                told,
                SentencePart(match.rule, True),
                *_conditions(match),
            )
        case "component" | "kind":
            noun = "component" if match.kind == "component" else "kind of change"
            named = SentencePart(f"{noun} "), SentencePart(match.value, True)
            if not match.rule:
                return named
            told = SentencePart(f"{more} match " if more else " matches ")
            return (
                *named,
                SentencePart(": "),
                SentencePart(match.path, True),
                told,
                SentencePart(match.rule, True),
                *_conditions(match),
            )
        case "incident":
            return (SentencePart("this incident was selected"),)
        case "standing":
            return SentencePart("on every checklist"), *_conditions(match)
        case "rules":
            return (SentencePart(RULE_CHANGES[match.value]),)
        case _:
            return (SentencePart("all checks were selected"),)


def shown_path(path: str) -> str:
    """Return a path as git shows it: if it is not plain text, escaped and in double quotes.

    Args:
        path: the path; bytes that are not UTF-8 are lone surrogates, as from `os.fsdecode`.
    """
    if not any(c < " " or c in '"\\\x7f' or "\ud800" <= c <= "\udfff" for c in path):
        return path
    return '"' + "".join(_escaped(c) for c in path) + '"'


_LETTERS = {"\a": "a", "\b": "b", "\t": "t", "\n": "n", "\v": "v", "\f": "f", "\r": "r"}


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character in _LETTERS:
        return "\\" + _LETTERS[character]
    if character < " " or character == "\x7f":
        return f"\\{ord(character):03o}"
    if "\udc80" <= character <= "\udcff":
        return f"\\{ord(character) - 0xDC00:03o}"
    return "\ufffd" if "\ud800" <= character <= "\udfff" else character
