"""Labels and their values: severity, components, durations, and so on."""

from __future__ import annotations

import re

from generator.importers.dates import find_date
from generator.importers.days import Near
from generator.importers.draft import PLACES, Draft
from generator.importers.headings import Topic, phrase, says_no_more, state_word
from generator.importers.milestones import moment_of
from generator.importers.tickets import leading_ticket
from generator.importers.times import read_stated_time, spell_time
from generator.knowledge.drafting import latin_slug
from generator.model import Moment, SeverityLevel

_SEVERITY = re.compile(r"\b(?:sev(?:erity)?[-\s]?|s)([0-5])\b|^\s*([0-5])\b", re.IGNORECASE)
_NAMED_SEVERITY = re.compile(r"\bsev(?:erity)?[-\s:]{0,2}([1-4])\b", re.IGNORECASE)
_LABELLED_SEVERITY = re.compile(r"\bseverity::([1-4])\b", re.IGNORECASE)
_SEVERITY_WORDS = {
    "critical": 1, "blocker": 1, "catastrophic": 1, "p0": 1, "p1": 1,
    "high": 2, "major": 2, "severe": 2, "p2": 2,
    "medium": 3, "moderate": 3, "p3": 3,
    "low": 4, "minor": 4, "trivial": 4, "p4": 4, "p5": 4,
}  # fmt: skip
_TIMESPAN = re.compile(
    r"\d|\b(?:a|an|one|two|three|four|five|six|seven|eight|nine|ten|few|several|half|less|about)\b"
    r".*\b(?:second|minute|hour|day|week|month)s?\b",
    re.IGNORECASE,
)
_UNTIL: tuple[tuple[str, Moment], ...] = (
    (r"detect|ttd|mttd", Moment.DETECTED),
    (r"acknowledge|tta|mtta|respond", Moment.ACKNOWLEDGED),
    (r"mitigat|ttm|mttm", Moment.MITIGATED),
    (r"recover|resol|restor|repair|fix|ttr|mttr", Moment.RESOLVED),
)
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_TICKET = re.compile(r"(?=\S*\d)[\w#./:-]{1,80}\Z")
_ALERT = re.compile(r"`?([A-Za-z][a-z0-9]*+[A-Z][A-Za-z0-9]*|[A-Za-z][^\W_]*+_\w+)`?\Z")
_HUMPS = r"`?\b([A-Z][a-z0-9]+(?:[A-Z]+[a-z0-9]+)+)\b`?"
_FIRES = r"(?:fired|fires|firing|triggered|went off|was raised|paged|alerted)"
_ALERT_IN_TEXT = re.compile(
    rf"\b[Aa]lerts? (?:named |called )?{_HUMPS} (?:\w+ )?{_FIRES}|{_HUMPS} (?:alert )?(?:\w+ )?{_FIRES}\b"
    # "A page goes out: `EditFailures`", "[FIRING:1] EditFailures", "the alarm `queue-age-high` fired".
    rf"|\b(?:[Pp]age|[Aa]lert|[Aa]larm)(?: goes out| went out| is sent| fires| fired)?: {_HUMPS}"
    rf"|\[FIRING(?::\d{{1,4}})?\] {_HUMPS}"
    rf"|(?:\b[Aa]lert|\b[Aa]larm|アラート) ?`([A-Za-z][\w.:-]{{2,80}})` ?(?:{_FIRES}\b|が?発[報火])"
)
_MOST_WORDS = 5


def place_figure(draft: Draft, topic: Topic | None, label: str, value: str, heading: str) -> bool:
    """Put the value of a label into its field.

    Args:
        draft: the draft.
        topic: the topic of the label.
        label: the label as in the write-up.
        value: its value.
        heading: the heading for a note.

    Returns:
        Whether it was placed; if not, nothing was done.
    """
    value = value.strip()
    if topic is None or not any(c.isalnum() for c in value):
        return False
    placer = _PLACERS.get(topic)
    if placer:
        return placer(draft, label, " ".join(value.split()), heading)
    if topic in PLACES:
        draft.passage(topic, with_label(draft, label, value))
    elif topic in (Topic.MITIGATION, Topic.DIAGNOSIS, Topic.VERIFICATION):
        draft.entry(topic.value, {"do": with_label(draft, label, value)})
    elif topic is Topic.FIX:
        draft.entry("steps", {"do": with_label(draft, label, value)})
    else:
        return False
    return True


_PLAIN = frozenset(("root cause", "root causes", "what happened", "tl dr"))


def with_label(draft: Draft, label: str, value: str) -> str:
    """Return a value; after its label, if the label says more than the name of the field."""
    plain = phrase(label)
    if says_no_more(label) and (" " not in plain or plain in _PLAIN):
        draft.said_by_field_name(label)
        return value
    return f"{label}: {value}"


def _keep(draft: Draft, label: str, value: str, heading: str) -> bool:
    draft.note(heading, f"- {label}: {value}")
    return True


# `24 h. Time to detect: 2 min. MTTR = 3 h`: several durations in one line.
_NEXT_DURATION = re.compile(
    r"[.;,]\s++(?=(?:(?:mean )?time to|[a-z /]*duration|ttd|tta|ttm|ttr|mttd|mtta|mttm|mttr)\b[^:=.;]{0,40}[:=]\s*\S)",
    re.IGNORECASE,
)


def _duration(draft: Draft, label: str, value: str, heading: str) -> bool:
    own, *others = _NEXT_DURATION.split(value)
    if others:
        for part in (f"{label}: {own}", *others):
            name, said = re.split(r"(?<!\s)\s*+[:=]\s*", part, maxsplit=1)
            _duration(draft, name, said.rstrip(". "), heading)
        return True
    if not _TIMESPAN.search(value) or len(value) > 200:
        return _keep(draft, label, value, heading)
    until = next((m for pattern, m in _UNTIL if re.search(pattern, label.casefold())), None)
    entry = {"of": label, "says": value}
    if until:
        entry["until"] = until.value
    draft.entry("stated_durations", entry)
    return True


def severity_of(text: str) -> tuple[str | None, str]:
    """Return the severity that a text states, and the part of the text that states it."""
    match = _SEVERITY.search(text)
    if match:
        number = int(match[1] or match[2])
        level = f"SEV{min(max(number, 1), 4)}"
        return level, match[0] if 1 <= number <= 4 else ""
    for word in re.findall(r"\w+", text.casefold()):
        if word in _SEVERITY_WORDS:
            return f"SEV{_SEVERITY_WORDS[word]}", ""
    return None, ""


def stated_severity(title: str, text: str) -> str | None:
    """Return the severity that a title names, as in `SEV-1: ...`, or else a label such as `severity::2`.

    Args:
        title: the title of the write-up.
        text: the whole write-up.
    """
    for pattern, where in ((_NAMED_SEVERITY, title), (_LABELLED_SEVERITY, text)):
        found = set(pattern.findall(where))
        if len(found) == 1:
            return SeverityLevel(f"SEV{found.pop()}").value
    return None


def _severity(draft: Draft, label: str, value: str, heading: str) -> bool:
    level, said = severity_of(value)
    if level is None or "severity" in draft.fields:
        return _keep(draft, label, value, heading)
    draft.fields["severity"] = SeverityLevel(level).value
    draft.count("severity", level)
    draft.said_by_field_name(f"{label}: {said}")
    if phrase(value) != phrase(said):
        _keep(draft, label, value, heading)
    return True


def _names(field_name: str, draft: Draft, label: str, value: str, heading: str) -> bool:
    parts = [part.strip(" `.") for part in re.split(r"[,;|\n]|\s/\s", value)]
    if field_name == "components":
        parts = [name for part in parts for name in re.split(r"(?<!\s)\s++(?:and|&)\s+", part)]
    slugs = [latin_slug(part) for part in parts if part]
    if not all(slugs) or any(len(part.split()) > _MOST_WORDS for part in parts):
        return _keep(draft, label, value, heading)
    for name in slugs:
        draft.name(field_name, name)
    draft.said_by_field_name(label)
    if re.search(r"\sand\s", value) and field_name == "components":
        draft.said_by_field_name("and")  # The list has it.
    return True


def _components(draft: Draft, label: str, value: str, heading: str) -> bool:
    return _names("components", draft, label, value, heading)


def _tags(draft: Draft, label: str, value: str, heading: str) -> bool:
    return _names("tags", draft, label, value, heading)


def ticket_named(value: str) -> str:
    """Return the ticket that a value is, perhaps with its link and its state: `OPS-41 RESOLVED`; empty if it is none."""
    found = leading_ticket(" ".join(value.split()))
    if found is None:
        return ""
    name, behind = found
    state = state_word(behind)
    return name if not behind.strip(" .()-:*`") or (state and state[1]) else ""


def _alias(draft: Draft, label: str, value: str, heading: str) -> bool:
    name = value if _TICKET.match(value) else ticket_named(value)
    if not name:
        return False
    draft.name("aliases", name)
    return _keep(draft, label, value, heading)


def _alerts(draft: Draft, label: str, value: str, heading: str) -> bool:  # noqa: ARG001
    parts = [part.strip() for part in re.split(r"[,;]|\sand\s", value)]
    matches = [_ALERT.match(part) for part in parts]
    if not all(matches):
        return False
    for match in matches:
        draft.in_symptom("alerts", match[1], match[1])  # type: ignore[index]
    draft.said_by_field_name(label)
    if " and " in value:
        draft.said_by_field_name("and")
    return True


def alerts_in(draft: Draft, text: str) -> None:
    """Record the alerts that a text names."""
    for match in _ALERT_IN_TEXT.finditer(text):
        draft.in_symptom("alerts", next(filter(None, match.groups())))


def _written(draft: Draft, label: str, value: str, heading: str) -> bool:
    draft.written = draft.written or find_date(value)
    return _keep(draft, label, value, heading)


def _title(draft: Draft, label: str, value: str, heading: str) -> bool:
    if draft.title:
        return _keep(draft, label, value, heading)
    draft.title = value
    draft.said_by_field_name(label)
    draft.count("title", value)
    return True


def _line(topic: Topic, draft: Draft, label: str, value: str) -> bool:
    name, key = PLACES[topic].keys
    if draft.fields.get(name, {}).get(key):
        return False
    draft.said_by_field_name(label)
    draft.passage(topic, value)
    return True


def _users(draft: Draft, label: str, value: str, heading: str) -> bool:  # noqa: ARG001
    return _line(Topic.USERS, draft, label, value)


def _data_lost(draft: Draft, label: str, value: str, heading: str) -> bool:  # noqa: ARG001
    return _line(Topic.DATA, draft, label, value)


def _moment(draft: Draft, label: str, value: str, heading: str) -> bool:
    """Make an event from a milestone whose time has a day and a zone."""
    stamp = read_stated_time(value)
    mark = moment_of(label)
    spelled = " ".join(_HUMP.sub(" ", label).replace("_", " ").split())
    if stamp is None or mark is None:
        return _keep(draft, label, value, heading)
    day = draft.calendar.day_of(stamp, Near())
    at = draft.calendar.time_of(day, stamp.clock, (stamp.zone,)) if day else None
    if at is None:
        return _keep(draft, label, value, heading)
    behind = value[stamp.end :].strip(" ()-\u2013.,;")
    told = spell_time(at)
    draft.time_as_written(value[: stamp.end], told)
    what = f"{spelled} ({behind})" if behind else spelled
    draft.entry("timeline", {"at": told, "what": what, "marks": mark.value})
    return True


_PLACERS = {
    Topic.MOMENT: _moment,
    Topic.DURATION: _duration,
    Topic.SEVERITY: _severity,
    Topic.COMPONENTS: _components,
    Topic.TAGS: _tags,
    Topic.ALIASES: _alias,
    Topic.ALERTS: _alerts,
    Topic.DATE: _keep,
    Topic.WRITTEN: _written,
    Topic.ZONE: _keep,
    Topic.TITLE: _title,
    Topic.USERS: _users,
    Topic.DATA: _data_lost,
}
"""The function for labels of each topic that is not plain prose."""
