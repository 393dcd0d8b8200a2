"""What the text of an action item says about itself: owner, due date, priority, state and ticket."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from generator.importers.dates import days_in, find_date, only_day
from generator.importers.draft import Values
from generator.importers.headings import is_column, state_word
from generator.importers.tickets import (
    BARE_LEADS,
    LEADS,
    TICKET_NAME,
    is_ticket,
    leading_ticket,
    linked,
    ticket_inside,
    ticket_of,
)
from generator.importers.words import words
from generator.model import ItemState, Priority
from generator.rules.people import has_role_word, person_in

PRIORITY = re.compile(r"\bP([0-4])\b")
"""A priority in a text."""
# Words that a link cannot be cut off behind.
_HANGS = re.compile(
    r"(?:\b(?:in|on|with|see|via|per|of|for|to|the|an?|by|from|as|and|or|like|than|at|is|are|pr|issue|ticket|bug|request)|[,:&/+])\Z",
    re.IGNORECASE,
)
# `5554825 TODO` in the column of tickets, as in Google's book on site reliability.
_STATE_BEHIND = re.compile(r"\b(?P<state>TODO|DONE|OPEN|CLOSED|WIP)\b[\s*).]*\Z")
_NONE = re.compile(
    r"(?:n/?a|none|tb[da]|unassigned|unknown|nobody|[-\u2013\u2014?\s]{1,9})?\Z", re.IGNORECASE
)
# An owner is looked for, or is a guess: `help wanted`, `you?`.
_NO_OWNER = re.compile(
    r"(?:not assigned|no one|no owner|any(?:one|body)|some(?:one|body)|open|you|everyone"
    r"|(?:help|owners?|volunteers?)(?: is| are)? (?:wanted|needed)|to be (?:decided|defined|determined|assigned|found)"
    r"|[^?]{0,60}\?{1,3})\Z",
    re.IGNORECASE,
)
_USER = re.compile(r"[a-z][a-z0-9_.-]{0,40}\Z")
_AND = re.compile(r"\s?[,/&;+]\s?|\sand\s")
_A_TEAM = re.compile(
    r"\b(?:team|squad|on-?call|engineers?|engineering|sre|ops|dbas?)\Z", re.IGNORECASE
)
_TITLE_CASE = re.compile(r"[A-Z][\w&/-]{1,24}(?: [A-Z][\w&/-]{1,24}){0,2}\Z")
_DUE = re.compile(
    r"(?:due(?: (?:date|by|on))?|by|deadline|before|until|eta|target)\b\s*[:=]?\s*", re.IGNORECASE
)
_DUE_AT_END = re.compile(
    r"(?<!\bfrom )\b(?:due|by|before|until|deadline)\s[^.;:()\n]{4,40}\.?\Z", re.IGNORECASE
)
_LABEL = re.compile(r"([A-Za-z][\w -]{1,24}?)\s?[:=]\s?(?=\S)")
_DONE, _OPEN, _GOES_ON = "✅☑✔✓🎉", "☐⬜🔲❌✗✘🔴", "🚧⏳🔄🟡🟠🏗⌛"
_MARKS = re.compile(f"[{_DONE}{_OPEN}{_GOES_ON}]\ufe0f?")
# `... ✔`, and `... ✔ Done`.
_MARK_AT_END = re.compile(
    rf"\s{{0,3}}({_MARKS.pattern})\s{{0,3}}(?P<word>[A-Za-z][A-Za-z ]{{0,20}}[.)]?)?\Z"
)
_BOX = re.compile(r"\[([ xX]?)\](?=\s|\Z)\s*")
# `DONE: ...`, `[done] ...`, `(P1) ...`: what stands alone before a text.
_BEFORE = re.compile(
    r"(?:\[([^\[\]]{1,24})\]|\(([^()]{1,24})\))\s{0,2}[:\u2013\u2014-]?\s{0,2}(?=\S)"
)
_NAMED_BEFORE = re.compile(
    rf"(?P<what>P[0-4]|{TICKET_NAME}|TODO|DONE|WIP|Done|Todo|In progress)(?:\s?:\s+|\s[\u2013\u2014-]\s)(?=\S)"
)
_LABEL_BEFORE = re.compile(
    r"(?P<label>[A-Za-z][\w -]{1,24}?)\s?:\s?(?P<value>[^:;,\n\u2013\u2014|]{1,60}?)\s*(?:[\u2013\u2014|;]|\s-\s)\s*(?=\S)"
)
_NAME_AT_END = re.compile(rf"(?:(?<!\s)\s{{1,3}})?\[?(?<![\w.-])({TICKET_NAME})\]?\Z")
_BEHIND = re.compile(r"\s?(?:\(([^()\n]{1,400})\)|\[([^\[\]\n]{1,120})\])[.;]?\Z")
_INLINE = re.compile(r"\(([^()\n]{4,80})\)")
_LINKED_TO = re.compile(r"\s?\(https?://[^\s()]{1,400}\)")
_NO_DETAILS = frozenset(("date", "when", "progress"))
_NO_LABEL = re.compile(r"(?:https?|\w*//)")
# Words of states that say so without a label.
_SAYS_STATE = re.compile(
    r"(?:done|completed?|closed|finished|merged|shipped|to[ -]?do|open|in[ -]progress|wip|not started|pending|planned|won'?t (?:do|fix)|declined|rejected)"
    r"(?:\s(?:on|in|at|since|as of)\s[^.;:\n]{1,24})?\Z",
    re.IGNORECASE,
)
_GAPS = (" - ", " \u2013 ", " \u2014 ", " | ", "; ", ". ", ", ")
_LONGEST_MARK = 36
_MOST_DETAILS, _LONGEST, _LONGEST_GROUP = 12, 2_000, 600
KINDS = ("owner", "due", "priority", "state", "ticket")
"""The fields of an item besides its text; each has columns of its name."""


@dataclass
class ItemDetails:
    """What an item says.

    Attributes:
        do: its text, without what stands in `values`.
        values: the fields of the item.
        said: labels and words that the names and values of these fields replace.
    """

    do: str
    values: Values = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    def take(self, text: str) -> bool:
        """Read a part of the text that says nothing else; False if it does not, or not exactly."""
        found = labelled(text)
        if found is None:
            return False
        kind, value, exact = found
        if self.values.get(kind, value) != value:
            return False
        self.values[kind] = value
        if exact:
            self.said.append(text)
        return exact


def details_of(text: str) -> ItemDetails:
    """Read the text of an item: what its beginning and its end say about itself is cut off.

    Args:
        text: the text; only its first line is read, lists below it stay.
    """
    head, newline, rest = text.partition("\n")
    details = ItemDetails(head)
    _marks(details)
    for _ in range(_MOST_DETAILS if len(head) <= _LONGEST else 0):
        if not (_cut_before(details) or _cut_behind(details)):
            break
    _inside(details)
    details.do = details.do.strip()
    if not words(details.do):
        details.do = head.strip()
    details.do += newline + rest
    return details


def labelled(text: str) -> tuple[str, str, bool] | None:
    """Read a text such as `Owner: Web team`, `P1` or `due 2024-08-01`.

    Returns:
        The field, its value, and whether that is all that the text says; else None.
    """
    text = text.strip(" .;,*_`")
    label = _LABEL.match(text)
    if label and not _NO_LABEL.match(text):
        kind = next((k for k in KINDS if is_column(label[1], k)), None)
        if kind is None or label[1].casefold() in _NO_DETAILS:
            return None
        read = value_of(kind, text[label.end() :])
        return (kind, *read) if read and (kind != "ticket" or is_ticket(read[0])) else None
    if (due := _DUE.match(text)) and (day := find_date(text[due.end() :])):
        exact = words(day.isoformat()) == words(text[due.end() :])
        return "due", day.isoformat(), exact
    for kind in ("priority", "ticket"):
        read = value_of(kind, text)
        if read and (kind != "ticket" or is_ticket(read[0])) and not text.isdecimal():
            return kind, *read
    if _SAYS_STATE.match(text) and (read := value_of("state", text)):
        return "state", *read
    if _A_TEAM.search(text) and len(text.split()) < 5 and not any(map(str.isdigit, text)) and is_role(text):  # fmt: skip
        return "owner", text, True
    return None


def value_of(kind: str, text: str) -> tuple[str, bool] | None:
    """Return the value of a field, and whether it says all that the text says; None if invalid."""
    plain = re.sub(r"^[^\w#@(]+(?=\w)", "", text.strip(" `*."))
    if kind == "owner":
        return (
            (plain, True)
            if is_role(plain)
            and not _NONE.match(plain)
            and not _NO_OWNER.match(text.strip(" `*_."))
            and ":" not in plain
            else None
        )
    if kind == "due":
        day = find_date(text)
        exact = words(day.isoformat()) == words(text) if day else False
        return (day.isoformat(), exact or only_day(text) is not None) if day else None
    if kind == "priority":
        found = PRIORITY.search(text.upper())
        return (f"P{found[1]}", words(text) == words(found[0])) if found else None
    if kind == "state":
        return _state(text)
    behind = _STATE_BEHIND.search(plain)
    named = plain[: behind.start()].rstrip(" *(").strip(" `*.") if behind else plain
    if behind and _NONE.match(named):
        return None
    return ticket_of(named)


def state_behind(cell: str) -> tuple[str, str]:
    """Return the state behind a ticket in a cell, and the words that say so; empty if none."""
    if behind := _STATE_BEHIND.search(cell):
        read = _state(behind["state"])
        return (read[0], behind["state"]) if read else ("", "")
    # `PAY-55 IN PROGRESS`: whatever the state is, it is all that stands behind the ticket.
    led = leading_ticket(" ".join(cell.split()))
    found = state_word(led[1]) if led and words(led[1]) else None
    return (found[0].value, led[1]) if led and found and found[1] else ("", "")


def says_none(cell: str) -> bool:
    """Whether a cell says that there is nothing to say: `n/a`."""
    return bool(_NONE.match(_STATE_BEHIND.sub("", cell).strip(" *(.")))


def is_role(text: str) -> bool:
    """Whether an owner is valid: a role or a team, and not obviously a person.

    One word in lower case, such as `jdoe`, is taken for the name of a user, unless it is a word of teams.
    """
    if any(_USER.match(part) and not has_role_word(part) for part in _AND.split(text)):
        return False
    return person_in(text, mailbox_allowed=False) is None


def _state(text: str) -> tuple[str, bool] | None:
    box = _BOX.match(text.strip())
    mark = _MARKS.search(text)
    said = _MARKS.sub("", _BOX.sub("", text) if box else text).strip(" `*.()~_:-")
    if found := state_word(said):
        state, exact = found
        return (state.value, exact) if exact or len(words(said)[0]) > 3 else None
    if said.casefold() == "x":
        return ItemState.DONE.value, True
    if words(said) and not (box or mark):
        return None
    if box:
        return (ItemState.DONE if box[1].strip() else ItemState.OPEN).value, not words(said)
    if mark:
        return _of_mark(mark[0]).value, not words(said)
    return None


def _of_mark(mark: str) -> ItemState:
    done = ItemState.DONE if mark[0] in _DONE else ItemState.OPEN
    return ItemState.IN_PROGRESS if mark[0] in _GOES_ON else done


def _marks(details: ItemDetails) -> None:
    """Take the marks of the state at both ends: `✅ ...`, `... ✅`, `[x] ...`."""
    text = details.do.strip()
    if box := _BOX.match(text):
        details.values["state"] = (ItemState.DONE if box[1].strip() else ItemState.OPEN).value
        details.said.append(box[1])
        text = text[box.end() :]
    first = _MARKS.match(text)
    if first:
        details.values.setdefault("state", _of_mark(first[0]).value)
        text = text[first.end() :].lstrip(" :\u2013\u2014-")
    end = text[-_LONGEST_MARK:]
    last = _MARK_AT_END.search(end)
    word = last["word"] if last else None
    told = state_word(word) if word else None
    if last and (not word or (told and told[1])):
        details.values.setdefault("state", told[0].value if told else _of_mark(last[1]).value)
        details.said.append(word or "")
        text = text[: len(text) - len(end) + last.start()]
    details.do = text


def _cut_before(details: ItemDetails) -> bool:
    """Cut off what the beginning says about the item; False if it says nothing."""
    text = details.do.lstrip()
    if (link := LEADS.match(text)) and (read := linked(link)) and "ticket" not in details.values:
        details.values["ticket"] = read[0]
        if read[1]:
            details.said.append(link["name"])
            details.do = text[link.end() :]
        return read[1]
    bare = BARE_LEADS.match(text)
    if bare and "ticket" not in details.values:
        details.values["ticket"] = bare["name"]
        details.said.append(bare["name"])
        details.do = text[bare.end() :]
        return True
    for pattern in (_BEFORE, _NAMED_BEFORE):
        match = pattern.match(text)
        if match and details.take(next(filter(None, match.groups()))):
            details.do = text[match.end() :]
            return True
    match = _LABEL_BEFORE.match(text)
    if match and details.take(f"{match['label']}: {match['value']}"):
        details.do = text[match.end() :]
        return True
    label = _LABEL.match(text)
    if label and is_column(label[1], "do") and label[1].casefold() != "description":
        details.said.append(label[1])
        details.do = text[label.end() :]
        return True
    return False


def _cut_behind(details: ItemDetails) -> bool:
    """Cut off what the end says about the item; False if it says nothing."""
    text = details.do.rstrip()
    end = text[-_LONGEST_GROUP:]
    if group := _BEHIND.search(end):
        inside = next(filter(None, group.groups()))
        rest = text[: len(text) - len(end) + group.start()]
        parts = [part for part in re.split(r"[,;|]\s", inside) if part.strip()]
        if _HANGS.search(rest):
            return False
        # All of them must be details: `(see OPS-7, and the log)` stays.
        trial = ItemDetails("", dict(details.values))
        taken = [trial.take(part) for part in parts]
        if taken and all(taken):
            details.values, details.do = trial.values, rest
            details.said += trial.said
            name = _NAME_AT_END.search(rest)
            url = words(str(details.values.get("ticket", "")))
            if name and inside.startswith("http") and set(words(name[1])) <= set(url) and not _HANGS.search(rest[: name.start()]):  # fmt: skip
                details.do = rest[: name.start()]
            return True
        details.values.update({k: v for k, v in trial.values.items() if k not in details.values})
        return False
    for gap in sorted(_GAPS, key=text.rfind, reverse=True):
        before, found, behind = text.rpartition(gap)
        if not found or not words(before) or len(behind) > 120:
            continue
        ends = gap == ". " and _SAYS_STATE.match(behind.rstrip("."))
        if gap in (". ", ", ") and not (_LABEL.match(behind) or _DUE.match(behind) or ends):
            continue
        if details.take(behind):
            details.do = before + ("." if gap == ". " else "")
            return True
        if gap in (". ", ", ", "; ") or not details.values:
            continue
        more = len(details.values) > 1 or labelled(before.rpartition(gap)[2]) is not None
        # `... - P1 - Billing - 2024-08-01 - done`: between details, a name is the owner, a day is due.
        kind = "owner" if _TITLE_CASE.match(behind) else "due"
        read = value_of(kind, behind) if kind not in details.values else None
        if read and read[1] and (kind == "due" or more):
            details.values[kind] = read[0]
            details.do = before
            return True
    return False


def _inside(details: ItemDetails) -> None:
    """Read what the middle of the text says; the text stays."""
    text, values = details.do, details.values
    for match in _INLINE.finditer(_LINKED_TO.sub("", text)):
        for part in re.split(r"[,;]\s*", match[1]):
            if found := labelled(part):
                values.setdefault(found[0], found[1])
    if "due" not in values and (due := _DUE_AT_END.search(text[-60:])):
        # The day ends the text: "Delete what was written before 2024-05-01 in the log" has no deadline.
        days = [stated for _, stated in days_in(due[0])]
        if days and (day := days[-1].sure()) and not words(due[0].rpartition(days[-1].text)[2]):
            values["due"] = day.isoformat()
    if (found_priority := PRIORITY.search(text)) and "priority" not in values:
        values["priority"] = Priority(f"P{found_priority[1]}").value
    if ticket := ticket_inside(text):
        values.setdefault("ticket", ticket)
