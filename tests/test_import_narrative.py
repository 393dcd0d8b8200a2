"""Times that prose tells become events where a write-up has no timeline, if day and zone are certain."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.importers.told_times import sentences
from tests.test_import_truth import made_of, notes_of


def _events(
    text: str, day: str = "On March 4, 2026 the mill stood still."
) -> list[tuple[str, str]]:
    data = made_of(f"# The mill stood\n\n## Summary\n\n{day}\n\n{text}\n\n## Impact\n\nNo flour.\n")
    return [(event["at"], event["what"]) for event in data.get("timeline", ())]


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ("At 14:02 UTC, the wheel stopped.", [("14:02", "At 14:02 UTC, the wheel stopped.")]),
        ("The wheel stopped at 14:02 UTC.", [("14:02", "The wheel stopped at 14:02 UTC.")]),
        ("The wheel stopped at 2:02 p.m. UTC. It stood.", [("14:02", "The wheel stopped at 2:02 p.m. UTC.")]),
        ("On March 4, 2026 at 14:02 UTC the wheel stopped.", [("14:02", "On March 4, 2026 at 14:02 UTC the wheel stopped.")]),
        ("Between 14:02 and 15:00 UTC, nothing ran.", [("14:02", "Between 14:02 and 15:00 UTC, nothing ran.")]),
        ("By 14:02 UTC the miller had come.", [("14:02", "By 14:02 UTC the miller had come.")]),
        ("The box jammed at 14:02 UTC, and the wheel stood.", [("14:02", "The box jammed at 14:02 UTC, and the wheel stood.")]),
        # Parts of a sentence are events of their own.
        ("We oiled it at 14:02 UTC and started it at 14:10 UTC.", [("14:02", "We oiled it at 14:02 UTC"), ("14:10", "Started it at 14:10 UTC.")]),
        ("At 14:02 UTC it stopped, and at 14:10 UTC it ran.", [("14:02", "At 14:02 UTC it stopped"), ("14:10", "At 14:10 UTC it ran.")]),
        ("It stopped at 14:02 UTC; Bea called at 14:05 UTC.", [("14:02", "It stopped at 14:02 UTC"), ("14:05", "Bea called at 14:05 UTC.")]),
        ("It was stopped at 14:02 UTC by a sack.", [("14:02", "It was stopped at 14:02 UTC by a sack.")]),
        ("We have planned a stop at 14:02 UTC.", []),
        # The zone of all other times.
        ("At 14:02 UTC it stopped. At 14:10 it ran.", [("14:02", "At 14:02 UTC it stopped."), ("14:10", "At 14:10 it ran.")]),
        # A part that is not about its time.
        ("As the sack fell at 14:02 UTC, the wheel stopped.", []),
        ("The sack of 14:02 UTC was torn.", []),
        ("It had run until 14:02 UTC.", []),
        # No moment of the incident.
        ("It starts every day at 14:02 UTC.", []),
        ("The mill will start at 14:02 UTC.", []),
        ("The review meeting was at 14:02 UTC.", []),
        ("The graph begins at 14:02 UTC.", []),
        ("An earlier version said that it began at 14:02 UTC.", []),
        # Morning or evening, if the others say which.
        ("At 2:02 PM UTC it stopped. At 2:10 UTC it ran.", [("14:02", "At 2:02 PM UTC it stopped.")]),
        # No zone, or two.
        ("At 14:02 it stopped.", []),
        ("At 14:02 UTC it stopped. At 15:04 CET it ran. At 14:10 it was oiled.", [("14:02", "At 14:02 UTC it stopped."), ("14:04", "At 15:04 CET it ran.")]),
    ],
)  # fmt: skip
def test_sentences(text: str, events: list[tuple[str, str]]) -> None:
    told = [
        (
            at.replace("15:04:00+01:00", "14:04:00Z")
            .removeprefix("2026-03-04T")
            .removesuffix(":00Z"),
            what,
        )
        for at, what in _events(text)
    ]
    assert told == events


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("On March 4, 2026 at 23:50 UTC it stopped. At 00:12 UTC it ran.", ["2026-03-04", "2026-03-05"]),
        ("On March 4, 2026 at 23:50 UTC it stopped. At 00:12 UTC it ran. At 04:40 UTC it was oiled.", ["2026-03-04", "2026-03-05"]),
        ("At 10:00 UTC it stopped. At 17:00 UTC it ran.", ["2026-03-04", "2026-03-04"]),
        # It may have been on that day, or on the day after.
        ("At 10:00 UTC it stopped. At 08:00 UTC a sack fell.", ["2026-03-04"]),
        ("On March 5, 2026 at 10:00 UTC it ran. At 10:20 UTC it stopped again.", ["2026-03-05", "2026-03-05"]),
        ("On March 5, 2026 at 10:00 UTC it ran. At 19:00 UTC it stopped again.", ["2026-03-05"]),
        ("On March 5, 2026 at 10:00 UTC it ran. The rest was done at 19:00 UTC that day.", ["2026-03-05", "2026-03-05"]),
        ("Between 22:00 UTC on March 4 and 01:00 UTC on March 5, 2026, nothing ran.", ["2026-03-04"]),
        # In a span whose day is stated.
        ("On March 4, 2026, from 08:00 to 12:00 UTC, it stood. It was oiled on March 3, 2026 at 16:00 UTC. At 08:30 UTC Bea came.", ["2026-03-03", "2026-03-04", "2026-03-04"]),
        # Long after the incident.
        ("On March 4, 2026 at 10:00 UTC it stood. The belt came on May 20, 2026 at 10:00 UTC.", ["2026-03-04"]),
        ("Between 22:00 and 23:00 UTC on March 5, 2026, nothing ran.", ["2026-03-05"]),
    ],
)  # fmt: skip
def test_days(text: str, days: list[str]) -> None:
    assert [at[:10] for at, _ in _events(text)] == days


def test_no_day_no_event() -> None:
    assert _events("At 14:02 UTC it stopped.", day="The mill stood still.") == []


def test_a_timeline_makes_prose_prose() -> None:
    text = "At 14:02 UTC, the wheel stopped.\n\n## Timeline\n\n- 15:00 UTC It ran"
    assert [what for _, what in _events(text)] == ["It ran"]


def test_lists_of_lessons_and_items_tell_no_events() -> None:
    text = "## Lessons learned\n\nAt 14:02 UTC nobody looked.\n\n## Action items\n\nAt 14:02 UTC: look."
    assert _events(text) == []


def _story() -> dict[str, Any]:
    filler = "The mill has a wheel, a box and a belt, and all of them are old. " * 20
    return made_of(
        "# Summary of the mill event\n\nOn March 4, 2026 the mill stood still.\n\n"
        f"To explain it, we tell how it works. {filler}\n\n"
        "At 14:02 UTC, the wheel stopped. Nobody saw it.\n\nThe rest of the mill was quiet.\n\n"
        f"Soon, at 14:10 UTC, the miller came. She oiled it, and it ran at 14:30 UTC.\n\n{filler}\n\n{filler}\n\n"
        "You can look at yours with:\n\n```\nwheel --show\n```\n"
    )


def test_a_story_without_headings_is_summary_and_timeline() -> None:
    data = _story()
    assert [(event["at"][11:16], event["what"]) for event in data["timeline"]] == [
        ("14:02", "At 14:02 UTC, the wheel stopped. Nobody saw it."),
        ("14:10", "Soon, at 14:10 UTC, the miller came."),
        ("14:30", "She oiled it, and it ran at 14:30 UTC."),
    ]
    assert data["summary"].startswith("On March 4, 2026 the mill stood still.\n\nTo explain it")
    assert "The rest of the mill was quiet." in data["summary"]


def test_a_long_story_and_advice_for_readers_go_to_the_notes() -> None:
    notes = notes_of(_story())
    assert "The mill has a wheel" in notes
    assert "You can look at yours with:\n\n```\nwheel --show\n```" in notes


@given(st.text(alphabet='ab .!?AB12p.m"(', max_size=80))
def test_sentences_are_the_paragraph(text: str) -> None:
    found = list(sentences(text))
    assert "".join("".join(part.split()) for _, part in found) == "".join(text.split())
    assert all(text[begin:].startswith(part) for begin, part in found)


def test_events_that_pass_midnight_may_begin_on_the_day_before() -> None:
    # "Early on March 4": that the wheel stopped at 23:50 was on March 3.
    assert _events("At 23:50 UTC it slowed. At 00:10 UTC it stopped. At 02:40 UTC it ran.") == []


@pytest.mark.parametrize(
    "text",
    ["March 4, 2026 - 16:40 UTC", "When: Wednesday 2026-03-04, 10:05 to 12:10 UTC.", "Through 15:02 UTC on March 4."],
)  # fmt: skip
def test_a_time_alone_is_no_event(text: str) -> None:
    assert _events(text) == []


def test_a_time_that_opens_a_sentence_keeps_its_clause() -> None:
    text = "However, at 19:30 UTC, the wheel fell off, and all was well again by 23:30 UTC."
    assert [(at[11:16], what) for at, what in _events(text)] == [
        ("19:30", "However, at 19:30 UTC, the wheel fell off"),
        ("23:30", "All was well again by 23:30 UTC."),
    ]
    # What lasted until 23:00 was not at 23:00.
    text = "On March 4, 2026, at 14:27 UTC, the mill had a fault that lasted until March 5, 2026, at 03:00 UTC."
    assert [at[11:16] for at, _ in _events(text)] == ["14:27"]
