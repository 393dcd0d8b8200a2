"""What a message tells, from the JSON that `match`, `checklist` and `actions` print.

Texts come from incidents and logs. Secrets in them are masked here, once for every receiver, and each
receiver escapes its own markup.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from generator.commands.masking import Masker, visible
from generator.text.labels import plural, spell_severity
from generator.text.prose import one_line
from generator.text.secrets import mask

MOST = 20
"""How many items a message has; receivers refuse long ones."""

_LONGEST = 500


class NotANotice(Exception):
    """The JSON is not what one of these commands prints; the message says what it is."""


@dataclass(frozen=True)
class NoticeItem:
    """One thing that is told: an incident, a check, an action item.

    Attributes:
        id: its name in the knowledge base.
        title: what it is, on one line.
        lines: what else to know, each on one line.
        command: a command to show, or nothing.
        url: its page; empty if `site_url` is not set.
    """

    id: str
    title: str
    lines: tuple[str, ...] = ()
    command: str = ""
    url: str = ""


@dataclass(frozen=True)
class Notice:
    """A message.

    Attributes:
        about: the command whose output it is: `match`, `checklist` or `actions`.
        title: the message in one line.
        level: how bad it is, in the words of PagerDuty: critical, error, warning or info.
        items: what is told, the most important first.
        left_out: how many more there are.
    """

    about: str
    title: str
    level: str
    items: tuple[NoticeItem, ...]
    left_out: int = 0

    @property
    def key(self) -> str:
        """What is the same for the same message, so that a receiver can tell a repetition."""
        names = "\0".join((self.about, *(item.id for item in self.items)))
        return f"runbooks-{hashlib.sha256(names.encode('utf-8', 'replace')).hexdigest()[:16]}"


def read_notice(data: Any) -> Notice:
    """Return what a message tells; it has no items if there is nothing to tell.

    Args:
        data: the JSON of `runbooks match`, `runbooks checklist` or `runbooks actions`.

    Raises:
        NotANotice: it is none of these.
    """
    try:
        if isinstance(data, Mapping) and data.get("version") == 1:
            if isinstance(data.get("matches"), list):
                return _of_matches(data["matches"])
            if isinstance(data.get("checks"), list):
                return _of_checks(data["checks"], str(data.get("about") or ""))
            if isinstance(data.get("items"), list):
                return _of_actions(data["items"])
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise NotANotice(f"the JSON is damaged: {type(error).__name__} at {error}") from None
    raise NotANotice(
        "this is not what `runbooks match`, `runbooks checklist` or `runbooks actions` prints "
        "with --format json"
    )


def _of_matches(matches: Sequence[Mapping[str, Any]]) -> Notice:
    items = []
    for one in matches:
        source = f", from {one['source']}" if one.get("source") else ""
        lines = [f"Severity {spell_severity(one['severity'])}, {one['status']}{source}"]
        masker = Masker(one.get("captures") or {})
        if one.get("text"):
            lines.append(f"Line {one['line']}: {masker(one['text'])}")
        elif one.get("alert"):
            lines.append(f"Alert {one['alert']}")
        lines += [f"{name} = {value}" for name, value in masker.values.items()]
        lines += [
            f"{name} = {value} (default)" for name, value in (one.get("defaults") or {}).items()
        ]
        if one.get("not_set"):
            lines.append(f"Set first: {', '.join(map(str, one['not_set']))}")
        command = ""
        for step in one.get("steps") or ():
            risk = f" ({step['risk']})" if step.get("risk") else ""
            colon = "" if step["heading"].endswith("?") else ":"
            lines.append(f"{step['heading']}{colon} {step['do']}{risk}")
            if step.get("rollback") and step.get("risk") not in (None, "read-only"):
                lines.append(f"Undo: {step['rollback']}")
            command = command or step.get("run") or ""
        items.append(_item(one["incident"], one["title"], lines, command, one.get("address")))
    severities = [str(one["severity"]) for one in matches]
    level = "critical" if "SEV1" in severities else "error" if "SEV2" in severities else "warning"
    return _notice("match", f"{plural(len(items), 'known incident')} in the log", level, items)


def _of_checks(checks: Sequence[Mapping[str, Any]], about: str) -> Notice:
    items = []
    for one in checks:
        reasons = [str(reason.get("why") or "") for reason in one.get("reasons") or ()]
        lines = [f"{one['phase']} the deploy, {one['level']}", *(f"Why: {w}" for w in reasons if w)]
        if one.get("waiver"):
            lines.append("Waived")
        items.append(_item(one["id"], one["check"], lines, one.get("run") or ""))
    blocking = sum(one["level"] == "blocking" for one in checks)
    title = f"{plural(len(items), 'deploy check')}, {blocking} blocking{f': {about}' if about else ''}"  # fmt: skip
    return _notice("checklist", title, "warning" if blocking else "info", items)


def _of_actions(actions: Sequence[Mapping[str, Any]]) -> Notice:
    items = []
    for one in actions:
        due = f"due {one['due']}" if one.get("due") else "without a due date"
        over = f", overdue by {plural(one['days_overdue'], 'day')}" if one.get("overdue") else ""
        lines = [f"{one.get('owner') or 'No owner'}: {due}{over}"]
        ticket = str(one.get("ticket") or "")
        items.append(_item(one["name"], one["do"], lines, url=ticket if "://" in ticket else ""))
    overdue = sum(bool(one.get("overdue")) for one in actions)
    title = f"{plural(len(items), 'action item')}, {overdue} overdue"
    return _notice("actions", title, "warning" if overdue else "info", items)


def _item(id_: Any, title: Any, lines: Iterable[str], command: str = "", url: Any = "") -> NoticeItem:  # fmt: skip
    address = str(url or "")
    return NoticeItem(
        _line(id_),
        _line(title),
        tuple(map(_line, lines)),
        mask(visible(str(command)))[: 4 * _LONGEST],
        address if address.startswith(("https://", "http://")) else "",
    )


def _notice(about: str, title: str, level: str, items: Sequence[NoticeItem]) -> Notice:
    return Notice(about, _line(title), level, tuple(items[:MOST]), max(0, len(items) - MOST))


def _line(text: Any) -> str:
    line = one_line(visible(mask(str(text))))
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
