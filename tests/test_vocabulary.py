"""The words of write-ups: every synonym, in every language, leads to its field."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.importers import vocabulary
from generator.importers.headings import (
    exact_topic,
    heading_topic,
    is_column,
    label_topic,
    state_word,
)
from generator.importers.vocabulary import LANGUAGES, Topic, languages, phrase
from tests.write_ups import data_of

FOLDER = Path(vocabulary.__file__).with_name("languages")


def words_of(language: str) -> dict[str, Any]:
    words: dict[str, Any] = yaml.safe_load((FOLDER / f"{language}.yaml").read_text("utf-8"))
    return words


def pairs(kind: str) -> Iterator[tuple[str, str, str]]:
    for language in LANGUAGES:
        for topic, names in words_of(language)[kind].items():
            for name in names:
                yield language, topic, name


def test_every_file_is_a_language() -> None:
    assert sorted(path.stem for path in FOLDER.iterdir()) == sorted(LANGUAGES)


def test_every_word_is_text() -> None:
    kinds = ("headings", "labels", "columns", "states", "within")
    assert [found for kind in kinds for found in pairs(kind) if not isinstance(found[2], str)] == []


def test_every_heading_has_its_topic() -> None:
    assert [p for p in pairs("headings") if exact_topic(p[2]) != p[1]] == []


def test_every_label_has_its_topic() -> None:
    assert [p for p in pairs("labels") if label_topic(p[2]) != p[1]] == []


def test_every_column_has_its_kind() -> None:
    assert [p for p in pairs("columns") if not is_column(p[2], p[1])] == []


def test_every_state_is_read() -> None:
    assert [p for p in pairs("states") if state_word(p[2]) != (p[1], True)] == []


def test_words_within_a_heading_have_their_topic() -> None:
    def heading(name: str) -> str:
        return f"Qq {name.replace(' ... ', ' qq ').replace('*', '')} qq"

    assert [p for p in pairs("within") if heading_topic(heading(p[2])) != p[1]] == []


def test_weak_headings_are_headings() -> None:
    for language in languages():
        assert language.weak <= language.headings.keys()


@pytest.mark.parametrize(
    ("typed", "topic"),
    [
        ("What Didn\u2019t Go So Well?", Topic.WENT_WRONG),
        ("RESOLUCION", Topic.FIX),
        ("Resume", Topic.SUMMARY),
        ("3. Maßnahmen:", Topic.ACTIONS),
        ("Ce qui s\u2019est bien passé", Topic.WENT_WELL),
        ("根本原因", Topic.ROOT_CAUSE),
        ("1. 影響範囲", Topic.IMPACT),
        ("Issue Summary", Topic.SUMMARY),
        ("Leadup", Topic.TRIGGER),
        ("Moving forward", Topic.LESSONS),
    ],
)
def test_case_accents_and_numbers_do_not_matter(typed: str, topic: Topic) -> None:
    assert heading_topic(typed) == topic


def test_marks_that_make_another_letter_matter() -> None:
    assert phrase("が") != phrase("か")


# What stands below a heading of each topic, and the route of keys that it comes to.
PLACED = {
    "summary": ("It broke.", ("summary",)),
    "symptom": ("It broke.", ("symptom",)),
    "impact": ("It broke.", ("impact",)),
    "detection": ("It broke.", ("detection",)),
    "diagnosis": ("Look at it.", ("diagnosis",)),
    "root_cause": ("It broke.", ("root_cause",)),
    "trigger": ("It broke.", ("root_cause", "trigger")),
    "contributing_factors": ("- It broke.", ("root_cause", "contributing_factors")),
    "mitigation": ("Mend it.", ("mitigation",)),
    "fix": ("Mend it.", ("fix",)),
    "changes": ("- `src/app.py`: mended", ("fix", "changes")),
    "verification": ("Look at it.", ("verification",)),
    "timeline": ("- 2026-11-20 03:12 UTC: it broke", ("timeline",)),
    "action_items": ("- Mend it", ("action_items",)),
    "learned": ("- Mend it", ("lessons", "learned")),
    "went_well": ("- Mend it", ("lessons", "went_well")),
    "went_wrong": ("- Mend it", ("lessons", "went_wrong")),
    "got_lucky": ("- Mend it", ("lessons", "got_lucky")),
    "false_positives": ("- Mend it", ("symptom", "false_positives")),
    "escalation": ("- Web team", ("escalation",)),
    "stats": ("- Severity: SEV2", ("severity",)),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_synonym_leads_to_its_field(language: str) -> None:
    astray = []
    for topic, names in words_of(language)["headings"].items():
        text, route = PLACED[topic]
        for name in names:
            found: Any = data_of(
                f"# The mill\n\nXyz.\n\n## {name}\n\n{text}\n\n## Qwertz\n\nUiop.\n"
            )
            for key in route:
                found = found.get(key, {}) if isinstance(found, dict) else {}
            if not found or found == "Xyz.":
                astray.append((topic, name))
    assert astray == []
