"""What a passage says in a form of its own: tickets, due days, tables of figures, errors, pages."""

from __future__ import annotations

from typing import Any

import pytest

from tests.test_import_truth import made_of, notes_of
from tests.write_ups import draft_of, fields, lost

_LEAD = "# The mill stood still\n\n## Summary\n\nOn March 4, 2026 the mill stood still.\n\n"


def _item(text: str) -> dict[str, str]:
    (item,) = made_of(f"{_LEAD}## Action items\n\n- {text}\n")["action_items"]
    assert isinstance(item, dict)
    return item


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("mill/infra/core#21 Share the value", {"do": "Share the value", "ticket": "mill/infra/core#21", "state": "unknown"}),
        ("a/b/c/d!7 Share the value", {"do": "Share the value", "ticket": "a/b/c/d!7", "state": "unknown"}),
        ("MILL-7 Share the value", {"do": "Share the value", "ticket": "MILL-7", "state": "unknown"}),
        # Here, the ticket is the subject of the sentence.
        ("MILL-7 is closed too early", {"do": "MILL-7 is closed too early", "ticket": "MILL-7", "state": "unknown"}),
        ("[T731910](https://t.example/T731910) Wait for green ✔ *Done*", {"do": "Wait for green", "ticket": "https://t.example/T731910", "state": "done"}),
        ("Wait for green ✔", {"do": "Wait for green", "state": "done"}),
        # What stands behind the mark is no state.
        ("Paint it ✔ green", {"do": "Paint it ✔ green", "state": "unknown"}),
        # A due day is after the incident: the first that is.
        ("Rotate by role (Bea, by May 22)", {"do": "Rotate by role (Bea, by May 22)", "due": "2026-05-22", "state": "unknown"}),
        ("Rotate by role, due December 5", {"do": "Rotate by role, due December 5", "due": "2026-12-05", "state": "unknown"}),
        ("Rotate by role, due January 5", {"do": "Rotate by role, due January 5", "state": "unknown"}),
        ("Rotate by role, by Monday, May 22", {"do": "Rotate by role, by Monday, May 22", "state": "unknown"}),
        # The names of users are names of people.
        ("Oil it (owner: jdoe)", {"do": "Oil it (owner: jdoe)", "state": "unknown"}),
        ("Oil it (owner: jdoe, bea)", {"do": "Oil it (owner: jdoe, bea)", "state": "unknown"}),
        ("Oil it (owner: platform)", {"do": "Oil it", "owner": "platform", "state": "unknown"}),
        ("Oil it (owner: dba-oncall)", {"do": "Oil it", "owner": "dba-oncall", "state": "unknown"}),
        ("Rotate what was sold by role 5", {"do": "Rotate what was sold by role 5", "state": "unknown"}),
    ],
)  # fmt: skip
def test_items(text: str, item: dict[str, str]) -> None:
    assert _item(text) == item


def test_a_due_day_without_a_year_needs_a_day_of_the_incident() -> None:
    data = made_of("# The mill\n\n## Action items\n\n- Oil it, by May 22\n- Sweep it\n")
    assert "due" not in data["action_items"][0]


def test_a_cell_can_have_a_ticket_and_its_state() -> None:
    table = """## Action items

| Action | Owner | Due | Issue |
|---|---|---|---|
| Use one clock | Mill team | 19 Mar 2026 | MILL-1 IN PROGRESS |
| Oil it | | 22 May | [MILL-2](https://j.example/browse/MILL-2) **TO DO** |
| Sweep it | | soon | MILL-3 |
"""
    items = made_of(_LEAD + table)["action_items"]
    assert items == [
        {"do": "Use one clock", "owner": "Mill team", "due": "2026-03-19", "state": "in-progress", "ticket": "MILL-1"},
        {"do": "Oil it", "due": "2026-05-22", "state": "open", "ticket": "https://j.example/browse/MILL-2"},
        {"do": "Sweep it (Due: soon)", "state": "unknown", "ticket": "MILL-3"},
    ]  # fmt: skip


def test_a_table_of_figures_is_part_of_the_prose_around_it() -> None:
    table = """## Impact

These were affected:

| Wheel | How |
|---|---|
| First | stood |
| Second | ran, and logged error 4: `no grain was found in the box` |

| | |
|---|---|
| Time in SEV-1 | 49 mins |
| Sacks lost | 12 |
"""
    data = made_of(_LEAD + table)
    assert data["impact"] == (
        "These were affected:\n\nWheel · How:\n\n- First: stood\n"
        "- Second: ran, and logged error 4: `no grain was found in the box`\n"
        "- Time in SEV-1: 49 mins\n- Sacks lost: 12"
    )
    assert [s["text"] for s in data["symptom"]["signatures"]] == ["no grain was found in the box"]
    assert "notes" not in data


@pytest.mark.parametrize(
    ("title", "text", "severity"),
    [
        ("SEV-1: the mill stood", "", "SEV1"),
        ("The mill stood (Sev 3)", "", "SEV3"),
        ("The mill stood", 'Labels: ~"severity::2" ~"mill"', "SEV2"),
        ("The mill stood", "From severity::2 it went to severity::1.", None),
        ("From SEV2 to SEV1", "", None),
        ("The mill stood", "It began as a SEV-3.", None),
    ],
)
def test_the_severity_of_a_title_or_a_label(title: str, text: str, severity: str | None) -> None:
    assert made_of(f"# {title}\n\nIt stood.\n\n{text}\n").get("severity") == severity


def _signatures(text: str) -> list[str]:
    return [s["text"] for s in made_of(text).get("symptom", {}).get("signatures", ())]


@pytest.mark.parametrize(
    ("text", "signatures"),
    [
        # An error is one wherever it stands, and whatever printed it.
        ("```console\n$ mill start\nError: no grain was found in the box\n```", ["no grain was found in the box"]),
        ('```json\n{"level":"error","at":1,"msg":"no grain was found in the box"}\n```', ["no grain was found in the box"]),
        ('```json\n{"level":"info","at":1,"msg":"no grain was found in the box"}\n```', []),
        ('```json\n{"name": "mill", "error": "none was found at all"}\n```', []),
        ("<pre>\n2026-03-04 10:00:01 ERROR no grain was found in the box\n</pre>", ["no grain was found in the box"]),
        ("The runs failed with `no grain was found in the box`.", ["no grain was found in the box"]),
        ('Millers saw "We could not load the page in time" on the screen.', ["We could not load the page in time"]),
        # What people saw is no error if it does not say so.
        ('Millers saw "The mill is open today" on the door.', []),
        ("The mill deals with `grain of every kind and colour`.", []),
        ("```console\n$ mill start\ngrain was found in the box\n```", []),
    ],
)  # fmt: skip
@pytest.mark.parametrize("heading", ["Impact", "Further words"])
def test_errors(text: str, signatures: list[str], heading: str) -> None:
    if heading == "Further words" and text[0] not in "`<":
        signatures = []  # What is quoted in a passage about something unknown may be anything.
    assert _signatures(f"{_LEAD}## {heading}\n\n{text}\n") == signatures


def test_the_commands_above_an_error_stay() -> None:
    text = (
        f"{_LEAD}## Cause\n\n```console\n$ mill start\nError: no grain was found in the box\n```\n"
    )
    assert "$ mill start" in notes_of(made_of(text))


@pytest.mark.parametrize(
    ("lines", "marks"),
    [
        (["The wheel stops", "We're paged.", "Paged again"], [None, "detected", None]),
        (["Impact starts", "Bea is paged by the alert"], ["started", "detected"]),
        (["Bea is paged for another mill", "Impact starts", "The on-call receives a page"], [None, "started", "detected"]),
        (["We're paged", "Problem detected"], [None, "detected"]),
        (["Incident resolved", "We're paged"], ["resolved", None]),
        (["Bea reads page 3", "Nobody is paged yet? Not so"], [None, None]),
        (["The home page is down"], [None]),
    ],
)  # fmt: skip
def test_a_page_is_the_detection_at_the_latest(lines: list[str], marks: list[str | None]) -> None:
    entries = "\n".join(f"- 10:0{number} UTC {line}" for number, line in enumerate(lines))
    events = made_of(f"{_LEAD}## Timeline\n\n{entries}\n")["timeline"]
    assert [event.get("marks") for event in events] == marks


def test_a_paragraph_below_a_timeline_is_not_on_its_day() -> None:
    text = f"{_LEAD}## Timeline\n\n**2026-03-04**\n\n- 10:00 UTC It stops\n- The miller sleeps\n\nWhat we ran:\n"
    assert notes_of(made_of(text)).split("\n\n") == [
        "- 2026-03-04: The miller sleeps",
        "What we ran:",
    ]


def test_lines_of_an_error_in_an_entry_go_to_the_symptom() -> None:
    text = f"{_LEAD}## Timeline\n\n- 10:00 UTC The log has:\n\n  ```\n  ERROR no grain was found in the box\n  ERROR the box is shut\n  ```\n"
    draft = draft_of(text)
    assert not lost(text, draft)
    assert [event["what"] for event in fields(draft)["timeline"]] == ["The log has:"]


def test_a_page_of_a_status_site_is_a_timeline() -> None:
    text = """---
title: Mill slow
date: 2024-03-01T10:00:00Z
resolvedWhen: 2024-03-01T12:30:00Z
section: issue
---
*Resolved* - The belt is new. {{< track "2024-03-01T12:30:00Z" >}}

*Investigating* - We look at the belt. {{< track "2024-03-01T10:10:00Z" >}}
"""
    assert made_of(text)["timeline"] == [
        {"at": "2024-03-01T10:10:00Z", "what": "Investigating - We look at the belt."},
        {"at": "2024-03-01T12:30:00Z", "what": "Resolved - The belt is new.", "marks": "resolved"},
    ]


def test_a_table_with_two_labels_in_a_row() -> None:
    table = """## Summary

| Metadata ||||
|---|---|---|---|
| **Incident ID** | MILL-7 | **Start** | 2026-03-04 10:00:00 |
| **People paged** | 2 | **End** | 2026-03-04 11:00:00 |
| **Impact** | No flour. | | |

The mill stood.

## Timeline

All times in UTC.

- 2026-03-04 10:00 The wheel stops. OUTAGE BEGINS
- 11:00 It runs
"""
    data = made_of(f"# The mill stood\n\n{table}")
    assert (data["aliases"], data["impact"], data["summary"]) == (["MILL-7"], "No flour.", "The mill stood.")  # fmt: skip
    # A label is no second event at the time of what happened.
    assert [(e["at"][11:16], e["what"], e.get("marks")) for e in data["timeline"]] == [
        ("10:00", "The wheel stops. OUTAGE BEGINS", "started"),
        ("11:00", "End", "resolved"),
        ("11:00", "It runs", None),
    ]
    assert "- People paged: 2" in notes_of(data)


def test_a_conclusion_in_prose_is_of_the_summary_and_a_list_is_of_the_lessons() -> None:
    data = made_of(f"{_LEAD}## Conclusion\n\nA small sack met a large box.\n")
    assert data["summary"].endswith("\n\nA small sack met a large box.")
    data = made_of(f"{_LEAD}## Conclusion\n\n- A small sack met a large box.\n")
    assert data["lessons"]["learned"] == ["A small sack met a large box."]


@pytest.mark.parametrize("line", ["*We are hiring millers.*", "_Thanks to Bea._", "`Outage` `Mill`"])  # fmt: skip
def test_what_stands_at_the_end_of_the_page_is_no_lesson(line: str) -> None:
    data = made_of(f"{_LEAD}## Lessons learned\n\n- Oil the belt\n\n{line}\n")
    assert data["lessons"] == {"learned": ["Oil the belt"]}
    assert line.strip("*_") in notes_of(data)


@pytest.mark.parametrize(
    ("text", "is_step"),
    [
        ("The miller answered at 11:36 and Bea joined at 12:15.", False),
        ("- Bea was paged and came online", False),
        ("Bea joined and restarted the wheel.", True),
        ("Restart the wheel.", True),
    ],
)
def test_who_came_mitigates_nothing(text: str, *, is_step: bool) -> None:
    data = made_of(f"{_LEAD}## Response\n\n{text}\n")
    assert ("mitigation" in data) is is_step


def test_an_entry_takes_the_zone_that_most_others_name() -> None:
    lines = [
        "10:00 AM PST It stops",
        "10:05 AM PST Bea looks",
        "10:20-ish: Bea oils it",
        "10:30 AM PST It runs",
        "11:00 AM PST The end",
    ]
    data = made_of(
        "# Mill\n\n## Timeline on March 4, 2026\n\n" + "\n".join(f"- {line}" for line in lines)
    )
    assert [e["at"] for e in data["timeline"]][2] == "2026-03-04T10:20:00-08:00"
    assert data["timeline"][2]["what"] == "Bea oils it (10:20-ish)"
    data = made_of(
        "# Mill\n\n## Timeline on March 4, 2026\n\n" + "\n".join(f"- {line}" for line in lines[:3])
    )
    assert len(data["timeline"]) == 2


@pytest.mark.parametrize(
    "line",
    [
        "2026-03-03 (all times in PST, UTC-8; what people in Europe saw is 9 hours later)",
        "**2026-03-03** (PST)",
    ],
)
def test_a_day_can_have_a_remark_about_its_times(line: str) -> None:
    data = made_of(f"{_LEAD}## Timeline\n\n{line}\n\n* 02:12 It stops\n")
    assert data["timeline"][0]["at"] == "2026-03-03T02:12:00-08:00"


@pytest.mark.parametrize(
    "lead",
    [
        "The feast, planned for that day, was moved to March 9.",
        "By [Bea Miller](/people/bea) and [Jo Sack](/people/jo), engineers, realtime · March 9, 2026 · 9 min read",
        "March 9, 2026",
    ],
)
def test_a_day_of_the_page_or_of_a_plan_is_not_that_of_the_incident(lead: str) -> None:
    text = f"# The mill stood on March 4, 2026\n\n{lead}\n\n## Timeline\n\n* 02:12 UTC It stops\n"
    assert made_of(text)["timeline"][0]["at"] == "2026-03-04T02:12:00Z"


def test_a_table_of_other_incidents_has_no_action_items() -> None:
    table = "## Related incidents\n\n| Bug | Date | Description |\n|---|---|---|\n| [17](https://b.example/show_bug.cgi?id=17) | 2021-06-09 | It stood then |\n"
    assert "action_items" not in made_of(_LEAD + table)


@pytest.mark.parametrize(
    "line", ["[1] See the announcement.", "**Appendix**", "bea 23:02: who has the key?"]
)
def test_remarks_beside_items_are_none(line: str) -> None:
    data = made_of(
        f"{_LEAD}## Action items\n\n- [ ] Oil the belt\n- [x] Sweep the floor\n\n{line}\n"
    )
    assert [item["do"] for item in data["action_items"]] == ["Oil the belt", "Sweep the floor"]


def test_items_that_are_not_planned_are_dropped() -> None:
    data = made_of(
        f"{_LEAD}## Action items\n\n**Now**\n\n- Oil the belt\n\n**Not planned**\n\n- A second mill\n"
    )
    assert [item["state"] for item in data["action_items"]] == ["unknown", "dropped"]


def test_the_sides_of_lessons_can_be_items_of_a_list() -> None:
    text = f"{_LEAD}## Lessons learned\n\n* **What went well:**\n    * The oil\n* **What didn't go well:**\n    * The belt\n* **Where we got lucky:**\n    * The rain\n* **Additional:** More oil\n"
    assert made_of(text)["lessons"] == {
        "learned": ["Additional: More oil"],
        "went_well": ["The oil"],
        "went_wrong": ["The belt"],
        "got_lucky": ["The rain"],
    }


def test_what_went_wrong_the_first_time_is_a_story() -> None:
    data = made_of(
        f"{_LEAD}## What went wrong the first time?\n\nThe belt was old.\n\nThen it broke.\n"
    )
    assert data["root_cause"].endswith("The belt was old.\n\nThen it broke.")
    assert "lessons" not in data


@pytest.mark.parametrize(
    ("line", "signatures"),
    [
        (
            "Out of memory: Killed process 2113 (beam.smp) total-vm:48kB",
            ["Out of memory: Killed process {_} ({_})"],
        ),
        (
            '{"level":"warn","msg":"policy limit of the mill exceeded","value":41}',
            ["policy limit of the mill exceeded"],
        ),
        ('{"level":"warn","msg":"the mill is a little slow today","value":41}', []),
    ],
)
def test_more_errors(line: str, signatures: list[str]) -> None:
    assert _signatures(f"{_LEAD}## Cause\n\n```\n{line}\n```\n") == signatures


def test_milestones_in_other_languages() -> None:
    text = "# 障害\n\n## 概要\n\n- **開始日時**: 2026年3月4日 23:18 JST\n- **復旧日時**: 2026年3月5日 5:40 JST\n"
    marks = [(event["at"], event["marks"]) for event in made_of(text)["timeline"]]
    assert marks == [
        ("2026-03-04T23:18:00+09:00", "started"),
        ("2026-03-05T05:40:00+09:00", "resolved"),
    ]


def test_a_column_of_numbers_is_a_list() -> None:
    table = "## Action items\n\n| Nr. | Action | Owner |\n|---|---|---|\n| 1 | Oil the belt | Mill team |\n| 2 | Sweep | Mill team |\n"
    data = made_of(_LEAD + table)
    assert [item["do"] for item in data["action_items"]] == ["Oil the belt", "Sweep"]
    assert "notes" not in data


def _data(text: str) -> dict[str, Any]:
    return fields(draft_of(f"# D\n\n{text}"))


def _items(text: str) -> list[dict[str, Any]]:
    return _data(f"## Action items\n\n{text}")["action_items"]  # type: ignore[no-any-return]


def test_what_stands_beside_a_list_of_items_is_none() -> None:
    found = _items(
        "Now:\n\n- Remove the old path ([infra#12](https://x.example/infra/issues/12), merged)\n- Test each hour. Done on Monday.\n\n"
        "Not planned:\n\n- A second provider\n\nSome things did work.\n\n— Rosa\n"
    )
    assert [(item["do"][:8], item["state"]) for item in found] == [
        ("Remove t", "done"),
        ("Test eac", "done"),
        ("A second", "dropped"),
    ]


@pytest.mark.parametrize(("text", "expected"), [
    ("~~Block the host~~ rejected: the vendor uses it", ("Block the host (rejected: the vendor uses it)", "dropped")),
    ("~~Block the host~~ ❌", ("Block the host", "dropped")),
    ("~~Block the host~~ (done)", ("Block the host", "done")),
    ("~~Block the host~~", None), ("~~Block the host~~ we talked", None),
])  # fmt: skip
def test_a_struck_item_is_one_if_it_says_what_became_of_it(text: str, expected: tuple[str, str] | None) -> None:  # fmt: skip
    found = _items(f"- Fix the disk\n- {text}\n")[1:]
    assert [(item["do"], item["state"]) for item in found] == ([expected] if expected else [])


def test_a_struck_row_and_numbers_of_rows() -> None:
    data = _data("## Action items\n\n| Nr. | Action | Owner | Status |\n|---|---|---|---|\n| 1 | Fix the disk | Ops | done |\n| 2 | ~~Buy it~~ declined by finance | Ops | ❌ |\n")  # fmt: skip
    assert data["action_items"] == [
        {"do": "Fix the disk", "owner": "Ops", "state": "done"},
        {"do": "Buy it (declined by finance)", "owner": "Ops", "state": "dropped"},
    ]
    assert "notes" not in data


def test_a_query_below_a_fix_is_no_code_of_a_change() -> None:
    data = _data("## Fix\n\nAfterwards we checked that no traffic goes there:\n\n```sql\nSELECT count(*)\nFROM t;\n```\n\nThen:\n\n```python\na = 2\nb = 3\n```\n")  # fmt: skip
    (step, *_) = data["fix"]
    assert step["do"].endswith("goes there: `SELECT count(*) FROM t;`")
    (note,) = data["notes"]
    assert note["text"] == "```python\na = 2\nb = 3\n```"


def test_who_led_the_response_is_no_summary() -> None:
    text = "# The mill\n\nIncident lead: Ada Berg\nIncident commander: Bea Stone\nSeverity: SEV2\n\nThe belt broke.\n"
    data = made_of(text)
    assert (data["summary"], data["severity"]) == ("The belt broke.", "SEV2")
    assert "Incident lead: Ada Berg" in notes_of(data)


def test_two_sentences_behind_a_colon_are_the_summary() -> None:
    data = made_of("# The mill\n\nThe belt: it broke.\nThe wheel: it stood still.\n")
    assert data["summary"] == "The belt: it broke.\n\nThe wheel: it stood still."


def test_plain_labels_about_the_page_are_no_summary() -> None:
    text = "# The mill stood\n\n- Created By: @bea\n- Last Modified: 2026-03-09\n- Impact: no flour\n\n## Summary\n\nThe belt broke.\n"
    data = fields(draft_of(text))
    assert (data["summary"].strip(), data["impact"]) == ("The belt broke.", "no flour")
    assert "@bea" in str(data["notes"])


@pytest.mark.parametrize(("line", "alerts"), [
    ("A page goes out: `EditFailures`", ["EditFailures"]), ("Page: EditFailures", ["EditFailures"]),
    ("[FIRING:1] EditFailures on db-1", ["EditFailures"]), ("The alarm `queue-age-high` fired", ["queue-age-high"]),
    ("CloudWatch のアラート `queue-age-high` が発報", ["queue-age-high"]),
    ("The alarm `queue-age-high` never fired", []), ("We looked at the page of EditFailures", []),
])  # fmt: skip
def test_alerts_that_fired(line: str, alerts: list[str]) -> None:
    data = _data(f"## Timeline\n\n- 2026-03-04 02:12 UTC {line}\n")
    assert data.get("symptom", {}).get("alerts", []) == alerts
