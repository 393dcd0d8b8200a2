"""The shapes of timelines: each entry becomes an event with its time, and no word is lost."""

from __future__ import annotations

import pytest

from tests.write_ups import draft_of, fields, lost

HEAD = "# Down\n\n**Date**: 2024-07-02\n\n"
TWO = ["2024-07-02T10:00:00Z error", "2024-07-02T11:00:00Z fixed"]
NEXT = ["2024-07-02T10:00:00Z error", "2024-07-03T11:00:00Z fixed"]
SHAPES = {
    "list": ("## Timeline (UTC)\n\n- 10:00 error\n- 11:00 - fixed\n", TWO),
    "lines": ("## Timeline (UTC)\n\n10:00 error\n11:00 fixed\n", TWO),
    "lines that are wrapped": ("## Timeline (UTC)\n\n10:00 error\nand more\n11:00 fixed\n", ["2024-07-02T10:00:00Z error and more", TWO[1]]),
    "paragraphs": ("## Timeline (UTC)\n\n10:00 AM: error\n\n11:00 AM: fixed\n", TWO),
    "table": ("## Timeline\n\n| Time (UTC) | What |\n|-|-|\n| 10:00 | error |\n| 11:00 | fixed |\n", TWO),
    "table, day of its own": ("## Timeline\n\n| Date | Time (UTC) | What |\n|-|-|-|\n| July 2, 2024 | 10:00 | error |\n| | 11:00 | fixed |\n", TWO),
    "table, ditto marks": ('## Timeline\n\n| Date | Time (UTC) | What |\n|-|-|-|\n| 2024-07-02 | 10:00 | error |\n| " | 11:00 | fixed |\n', TWO),
    "table, day behind": ("## Timeline\n\n| Time (UTC) | Date | What |\n|-|-|-|\n| 10:00 | 2 July 2024 | error |\n| 11:00 | 3 July 2024 | fixed |\n", NEXT),
    "table, rows of days": ("## Timeline\n\n| Time (UTC) | What |\n|-|-|\n| **2024-07-02** | |\n| 10:00 | error |\n| **2024-07-03** | |\n| 11:00 | fixed |\n", NEXT),
    "table, headed by zones": ("## Timeline\n\n| UTC | What |\n|-|-|\n| 10:00 | error |\n| 11:00 | fixed |\n", TWO),
    "table in German": ("## Timeline\n\n| Datum | Uhrzeit (UTC) | Ereignis |\n|-|-|-|\n| 02.07.2024 | 10:00 Uhr | error |\n| | 11:00 Uhr | fixed |\n", TWO),
    "headings": ("## Timeline (UTC)\n\n### 10:00\n\nerror\n\n### 11:00\n\nfixed\n", TWO),
    "headings with text": ("## Timeline (UTC)\n\n### 10:00 - error\n\n### 11:00: fixed\n", TWO),
    "headings alone": ("## 2024-07-02 10:00 UTC\n\nerror\n\n## 2024-07-02 11:00 UTC\n\nfixed\n", TWO),
    "headings below days": ("## Timeline (UTC)\n\n### July 2\n\n#### 10:00\n\nerror\n\n### July 3\n\n#### 11:00\n\nfixed\n", NEXT),
    "bold times": ("## Timeline (UTC)\n\n**10:00**\n\nerror\n\n**11:00**\n\nfixed\n", TWO),
    "days on lines": ("## Timeline (UTC)\n\n**July 2**\n\n- 10:00 error\n\n**July 3:**\n\n- 11:00 fixed\n", NEXT),
    "day with a zone": ("## Timeline\n\n2024-07-02 (UTC)\n\n10:00 error\n\n11:00 fixed\n", TWO),
    "a weekday on a line": ("## Timeline (UTC)\n\n- 10:00 error\n\nWednesday\n\n- 11:00 fixed\n", NEXT),
    "next day": ("## Timeline (UTC)\n\n- 10:00 error\n\n### Next day\n\n- 11:00 fixed\n", NEXT),
    "another day that is open": ("## Timeline (UTC)\n\n- 10:00 error\n\n### Day 5\n\n- 11:00 fixed\n", TWO[:1]),
    "days as items": ("## Timeline (UTC)\n\n- 2024-07-02\n  - 10:00 error\n- 2024-07-03\n  - 11:00 fixed\n", NEXT),
    "entries below entries": ("## Timeline (UTC)\n\n- 10:00 error\n  - 10:05 looked\n- 11:00 fixed\n", [TWO[0], "2024-07-02T10:05:00Z looked", TWO[1]]),
    "code": ("## Timeline (UTC)\n\n```\n10:00 error\n11:00 fixed\n```\n", TWO),
    "folded": ("<details><summary>Timeline</summary>\n\n- 10:00 UTC error\n- 11:00 UTC fixed\n\n</details>\n", TWO),
    "folded, without blank lines": ("<details>\n<summary><b>Timeline</b></summary>\n- 10:00 UTC error\n- 11:00 UTC fixed\n</details>\n", TWO),
    "folded below lessons": ("## Lessons\n\n<details><summary>Timeline</summary>\n\n- 10:00 UTC error\n- 11:00 UTC fixed\n\n</details>\n", TWO),
    "below another heading": ("## What happened\n\n- 10:00 UTC error\n- 11:00 UTC fixed\n", TWO),
    "labels": ("## Key events\n\n- error: 2024-07-02 10:00 UTC\n- fixed: 2024-07-02 11:00 UTC\n", TWO),
    "since the start": ("## Timeline\n\n- T+0 (2024-07-02 10:00 UTC): error\n- T+1h: fixed\n", ["2024-07-02T10:00:00Z error (2024-07-02 10:00 UTC)", TWO[1]]),
    "day with a sentence": ("## Timeline\n\n2024-07-02 (*all times UTC*)\n\n- 10:00 error\n- 11:00 fixed\n", TWO),
    "spans in words": ("## Timeline (UTC)\n\n- Between 10:00 and 10:15, error\n- From 11:00 to 11:10: fixed\n", ["2024-07-02T10:00:00Z error (Between 10:00 and 10:15)", "2024-07-02T11:00:00Z fixed (From 11:00 to 11:10)"]),
    "paragraphs below another heading": ("## What happened\n\n(All times UTC)\n\nAt 10:00, error\n\nAt about 10:30 we looked\n\n11:00 fixed\n", [TWO[0], "2024-07-02T10:30:00Z we looked (At about 10:30)", TWO[1]]),
    "numbered rows": ("## Timeline\n\n| # | Time (UTC) | Who | What |\n|-|-|-|-|\n| 1 | 10:00 | - | error |\n| 2 | 11:00 | - | fixed |\n", TWO),
    "times without a zone": ("## Timeline\n\n- 10:00 error\n- 11:00 fixed\n", []),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_every_entry_is_an_event(shape: str) -> None:
    text, events = SHAPES[shape]
    draft = draft_of(HEAD + text)
    assert not lost(HEAD + text, draft)
    timeline = fields(draft).get("timeline", ())
    assert [f"{event['at']} {event['what']}" for event in timeline] == events


def test_parts_in_parts_are_read() -> None:
    text = "<details><summary>Timeline</summary>\n\n" * 500 + "- 10:00 UTC error\n"
    assert [event["what"] for event in fields(draft_of(HEAD + text))["timeline"]] == ["error"]


def test_steps_with_times_stay_steps() -> None:
    text = "## Mitigation\n\n- 10:00 UTC restarted the API\n- 11:00 UTC moved the traffic\n"
    assert len(fields(draft_of(HEAD + text))["mitigation"]) == 2


def test_a_log_in_a_timeline_is_no_timeline() -> None:
    text = (
        "## Timeline (UTC)\n\n- 10:00 error\n\n```\nError: cannot open file 2024-07-02 10:00\n```\n"
    )
    assert len(fields(draft_of(HEAD + text))["timeline"]) == 1


def test_a_table_of_lengths_is_no_timeline() -> None:
    text = (
        "## Stats\n\n| Time to detect | Note |\n|-|-|\n| 00:05 | quick |\n\nAll times are in UTC.\n"
    )
    assert "timeline" not in fields(draft_of(HEAD + text))
