"""The words that write-ups use for the fields of an incident, in several languages.

Each file of `languages/` has the words of one language:

- `headings`: the headings of each `Topic`; they are its labels, too (`**Impact**: ...`).
- `labels`: more labels, which also are keys of front matter and columns of tables of figures.
- `columns`: the headings of columns, by what is in the column.
- `states`: the states of an action item, by the state in the model.
- `within`: words that tell the topic of a longer heading. The first topic that matches counts. `...` stands for
  a few words, and `*` for any ending.
- `sides`: words that name a side of the lessons beside the words of the other one: "what worked, what didn't".
- `cause`: headings of what went wrong that tell the cause, if prose stands below them and no lessons beside them.
- `closing`: headings at the end that sum the story up, if only prose stands below them.
- `around`: words around a heading that do not change what it means.
- `weak`: headings that mean a topic only where no section around them has one: below "Root cause", a
  heading "Problem" still tells the cause.

Phrases are compared without case, accents, numbering, symbols and punctuation. To add a language, add its file
and its name to `LANGUAGES`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from generator.model import ItemState

try:
    from yaml.cyaml import CBaseLoader as _Loader
except ImportError:  # PyYAML without libyaml: the same, more slowly.
    from yaml import BaseLoader as _Loader  # type: ignore[assignment]

LANGUAGES = ("en", "de", "fr", "es", "pt", "ja")
"""The languages; where two use a phrase for different topics, the first counts."""


class Topic(StrEnum):
    """The topic of a passage; most topics have the name of the field for it."""

    SUMMARY = "summary"
    SYMPTOM = "symptom"
    IMPACT = "impact"
    DETECTION = "detection"
    DIAGNOSIS = "diagnosis"
    ROOT_CAUSE = "root_cause"
    TRIGGER = "trigger"
    FACTORS = "contributing_factors"
    MITIGATION = "mitigation"
    FIX = "fix"
    CHANGES = "changes"
    VERIFICATION = "verification"
    TIMELINE = "timeline"
    ACTIONS = "action_items"
    LESSONS = "learned"
    WENT_WELL = "went_well"
    WENT_WRONG = "went_wrong"
    GOT_LUCKY = "got_lucky"
    FALSE_POSITIVES = "false_positives"
    ESCALATION = "escalation"
    STATS = "stats"
    # Topics of labels, columns and front matter only.
    TITLE = "title"
    DATE = "date"
    SEVERITY = "severity"
    COMPONENTS = "components"
    TAGS = "tags"
    ALIASES = "aliases"
    ALERTS = "alerts"
    DURATION = "duration"
    USERS = "users"
    DATA = "data"
    ZONE = "zone"
    SLUG = "slug"
    MOMENT = "moment"
    """A milestone with its time: `**Start time**: 2026-11-20 03:12 UTC`."""
    WRITTEN = "written"
    NOTES = "notes"
    """Kept as a note on purpose: a passage that fits in no field."""


_NUMBERING = re.compile(
    r"^\s*(?:(?:step|part|section)\s+)?(?:(?:\d{1,3}(?:\.\d{1,3})*|[a-z]|[ivx]+)[.):]|\d{1,3}(?:\.\d{1,3})+)\s+",
    re.IGNORECASE,
)
_NO_WORD = re.compile(r"[^\w;]+|_+")
# Accents of Latin letters; the marks of other scripts make other letters.
_ACCENTS = re.compile("[\u0300-\u036f]+")
# A script without spaces between words.
_SPACELESS = re.compile("[\u3040-\u30ff\u3400-\u9fff]")


@dataclass(frozen=True)
class Language:
    """The words of one language, as `phrase` spells them.

    Attributes:
        headings: the topic of each heading.
        labels: the topic of each label, headings among them.
        columns: the headings of columns, by what is in the column.
        states: the state of an action item that a word means.
        within: expressions that find a topic in a longer heading.
        sides: words that name a side of the lessons.
        cause: headings of what went wrong that may tell the cause.
        closing: headings that may sum the story up.
        around: words around a heading that do not change what it means.
        weak: headings that mean their topic only where nothing else does.
    """

    headings: Mapping[str, Topic]
    labels: Mapping[str, Topic]
    columns: Mapping[str, frozenset[str]]
    states: Mapping[str, ItemState]
    within: tuple[tuple[re.Pattern[str], Topic], ...]
    sides: Mapping[Topic, frozenset[str]]
    cause: frozenset[str]
    closing: frozenset[str]
    around: frozenset[str]
    weak: frozenset[str]


def phrase(text: str) -> str:
    """Return a heading or label in normal form: plain lower-case words."""
    text = text.replace("\u2019", "").replace("'", "").casefold().replace("(s)", "s")
    if not text.isascii():
        text = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", text)))
    return " ".join(_NO_WORD.sub(" ", _NUMBERING.sub("", text)).replace(";", " ").split())


def without_number(heading: str) -> str:
    """Return a heading without the number before it: `2. Updated the script`."""
    return _NUMBERING.sub("", heading) or heading


@cache
def languages() -> tuple[Language, ...]:
    """Return the words of all languages; read once, when the first write-up is imported."""
    return tuple(map(_language, LANGUAGES))


def _language(name: str) -> Language:
    path = Path(__file__).with_name("languages") / f"{name}.yaml"
    data: dict[str, Any] = yaml.load(path.read_text("utf-8"), _Loader)  # noqa: S506 - builds text alone
    headings = _by_phrase(data["headings"])
    return Language(
        headings=headings,
        labels={**headings, **_by_phrase(data["labels"])},
        columns={kind: frozenset(map(phrase, names)) for kind, names in data["columns"].items()},
        states={phrase(n): ItemState(s) for s, names in data["states"].items() for n in names},
        within=tuple((_any_of(names), Topic(topic)) for topic, names in data["within"].items()),
        sides={Topic(t): frozenset(map(phrase, names)) for t, names in data["sides"].items()},
        cause=frozenset(map(phrase, data["cause"])),
        closing=frozenset(map(phrase, data["closing"])),
        around=frozenset(map(phrase, data["around"])),
        weak=frozenset(map(phrase, data["weak"])),
    )


def _by_phrase(table: Mapping[str, Iterable[str]]) -> dict[str, Topic]:
    found: dict[str, Topic] = {}
    for topic, names in table.items():
        for name in names:
            found.setdefault(phrase(name), Topic(topic))
    return found


def _any_of(names: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(_within, names)))


def _within(name: str) -> str:
    """Return the expression for a phrase of `within`."""
    few_words = ".{0,40}".join(re.escape(phrase(part)) for part in name.rstrip("*").split(" ... "))
    if _SPACELESS.search(name):
        return few_words
    return rf"\b{few_words}" if name.endswith("*") else rf"\b{few_words}\b"
