"""What a passage says in a form of its own: tickets, due days, tables of figures, errors, pages."""

from __future__ import annotations

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
